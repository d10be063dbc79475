package i18n

import (
	"embed"
	"fmt"
	"strings"
	"sync"

	"github.com/vorlif/spreak/catalog"
	"golang.org/x/text/language"

	"github.com/fourfold/fourfold/internal/packed"
)

//go:embed locale/*.po locale/l10n.json
var embedded embed.FS

var locale = packed.Of(embedded)

// printers is computed once from the embedded files and never changes after.
var printers = sync.OnceValue(load)

// Printer writes texts in one language. Its zero value is not usable: see [For].
type Printer struct {
	lang   Language
	words  catalog.Catalog // nil for English and the pseudo-locale
	form   l10n
	digits Digits
}

// load reads the embedded catalogues. A damaged one is a defect of the build, found by every
// test, so it panics.
func load() map[string]*Printer {
	table, err := readL10n(locale, "locale/l10n.json")
	if err != nil {
		panic(err)
	}
	out := make(map[string]*Printer)
	for _, l := range Languages() {
		p := &Printer{lang: l, digits: LatinDigits}
		base, _, _ := strings.Cut(l.Tag, "-")
		p.form = table[base]
		if l.Status == Drafted || l.Status == Reviewed {
			p.words = readCatalogue(l.Tag)
		}
		out[l.Tag] = p
	}
	return out
}

func readCatalogue(tag string) catalog.Catalog {
	name := "locale/" + tag + ".po"
	data, err := locale.ReadFile(name)
	if err != nil {
		panic(err)
	}
	words, err := catalog.NewPoDecoder().Decode(language.MustParse(tag), "", data)
	if err != nil {
		panic(fmt.Errorf("%s: %w", name, err))
	}
	return words
}

// Lang returns the BCP 47 tag, for the lang attribute.
func (p *Printer) Lang() string { return p.lang.Tag }

// Dir returns "ltr" or "rtl".
func (p *Printer) Dir() string { return p.lang.Dir }

// Name returns the language's own name.
func (p *Printer) Name() string { return p.lang.Name }

// Status says whether the translation is the source, drafted, reviewed or the pseudo-locale.
func (p *Printer) Status() Status { return p.lang.Status }

// T translates msgid, an English text with fmt verbs, and fills the verbs with args. Without a
// translation the English text is used. A verb may name its argument ("%[2]s") where another
// language needs another order; arguments that a text does not mention are left out.
//
// "%d" prints plain digits, since it may be a year: give a quantity as %s with [Printer.Int].
// Strings are isolated where their direction could disturb the sentence.
func (p *Printer) T(msgid string, args ...any) string {
	return p.fill(p.find(msgid), args)
}

// N translates a text that depends on a count, choosing among the plural forms of the language
// (Arabic has six). The count itself is always the first argument of the text, grouped as a
// quantity; args follow it: N("%d row of %s", "%d rows of %s", n, name). A form may leave the
// number out.
func (p *Printer) N(one, many string, n int, args ...any) string {
	all := append([]any{quantity{p, n}}, args...)
	if p.words != nil {
		// Plural rules know counts from zero up.
		if s, err := p.words.LookupPlural("", one, max(n, -n)); err == nil {
			return p.fill(s, all)
		}
	}
	text := many
	if n == 1 || n == -1 {
		text = one
	}
	if p.lang.Status == Pseudo {
		text = pseudo(text)
	}
	return p.fill(text, all)
}

// Has reports whether the language has its own text for msgid. English has every text.
func (p *Printer) Has(msgid string) bool {
	if p.words == nil {
		return true
	}
	_, err := p.words.Lookup("", msgid)
	return err == nil
}

func (p *Printer) find(msgid string) string {
	if msgid == "" {
		return ""
	}
	if p.lang.Status == Pseudo {
		return pseudo(msgid)
	}
	if p.words == nil {
		return msgid
	}
	if s, err := p.words.Lookup("", msgid); err == nil {
		return s
	}
	return msgid
}

// fill puts args into text. A text without arguments is taken literally but for "%%".
func (p *Printer) fill(text string, given []any) string {
	if len(given) == 0 {
		return strings.ReplaceAll(text, "%%", "%")
	}
	n := min(args(text), len(given))
	if n == 0 {
		return strings.ReplaceAll(text, "%%", "%")
	}
	ready := make([]any, n)
	for i, a := range given[:n] {
		ready[i] = p.argument(a)
	}
	return fmt.Sprintf(text, ready...)
}

// argument prepares one value for insertion in a sentence.
func (p *Printer) argument(a any) any {
	switch v := a.(type) {
	case quantity:
		return v
	case string:
		return word{p, v}
	case fmt.Stringer:
		return word{p, v.String()}
	case error:
		return word{p, v.Error()}
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64:
		if p.digits != LatinDigits {
			return numeral{p, v}
		}
	}
	return a
}

// word is a text inside a sentence: isolated as a whole, with the quotation marks of %q.
type word struct {
	p *Printer
	s string
}

// Format writes the text as fmt would, then isolates it.
func (t word) Format(w fmt.State, verb rune) {
	s := fmt.Sprintf(fmt.FormatString(w, verb), t.s)
	_, _ = w.Write([]byte(t.p.Isolate(s)))
}

// quantity is the count of a plural text: grouped digits for %d, %s and %v.
type quantity struct {
	p *Printer
	n int
}

// Format writes the count grouped, whatever the verb.
func (q quantity) Format(w fmt.State, _ rune) { _, _ = w.Write([]byte(q.p.Int(int64(q.n)))) }

// numeral is a number printed with the digits of the setting.
type numeral struct {
	p *Printer
	v any
}

// Format writes the number as fmt would, then replaces its digits.
func (n numeral) Format(w fmt.State, verb rune) {
	s := fmt.Sprintf(fmt.FormatString(w, verb), n.v)
	_, _ = w.Write([]byte(n.p.native(s)))
}
