package segment

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fourfold/fourfold/internal/law/numbering"
)

// grammar is how laws of one language name their parts. Words are in lower case.
type grammar struct {
	articles   []string
	containers []word // the outermost first
	schedules  []string
	provisos   []string
	explained  []string
	// ordinals are the beginnings of the words for first to tenth.
	ordinals [][]string
	// bare says that "143. Text" begins an article, where the law uses no word for one.
	bare bool
	// han says that words stand behind their numbers: 第五条.
	han bool
}

type word struct {
	text string
	kind Kind
}

func each(stems string) [][]string {
	var out [][]string
	for s := range strings.FieldsSeq(stems) {
		out = append(out, strings.Split(s, "/"))
	}
	return out
}

var grammars = map[string]grammar{
	"en": {
		articles: []string{"article", "section", "art.", "sec.", "s."}, bare: true,
		containers: []word{{"book", Part}, {"part", Part}, {"title", Title}, {"chapter", Chapter}, {"division", Division}},
		schedules:  []string{"schedule", "annex", "appendix"}, provisos: []string{"provided that", "provided further that", "provided also that", "provided,"},
		explained: []string{"explanation"}, ordinals: each("one/first two/second three/third four/fourth five/fifth six/sixth seven/seventh eight/eighth nine/ninth ten/tenth"),
	},
	"fr": {
		articles:   []string{"article", "art."},
		containers: []word{{"livre", Part}, {"partie", Part}, {"titre", Title}, {"chapitre", Chapter}, {"section", Division}, {"sous-section", Subdivision}},
		schedules:  []string{"annexe"}, ordinals: each("premi/1er/ier deuxi/second troisi quatri cinqui sixi septi huiti neuvi dixi"),
	},
	"es": {
		articles:   []string{"artículo", "articulo", "art.", "disposición adicional", "disposición transitoria", "disposición final", "disposición derogatoria"},
		containers: []word{{"libro", Part}, {"parte", Part}, {"título", Title}, {"titulo", Title}, {"capítulo", Chapter}, {"capitulo", Chapter}, {"sección", Division}, {"seccion", Division}},
		schedules:  []string{"anexo"}, ordinals: each("primer/únic segund tercer cuart quint sext séptim/septim octav noven décim/decim"),
	},
	"pt": {
		articles:   []string{"artigo", "art.", "art"},
		containers: []word{{"livro", Part}, {"parte", Part}, {"título", Title}, {"titulo", Title}, {"capítulo", Chapter}, {"capitulo", Chapter}, {"seção", Division}, {"secção", Division}},
		schedules:  []string{"anexo"}, ordinals: each("primeir/únic segund terceir quart quint sext sétim/setim oitav non décim/decim"),
	},
	"de": {
		articles:   []string{"§", "artikel", "art."},
		containers: []word{{"buch", Part}, {"teil", Part}, {"titel", Title}, {"kapitel", Chapter}, {"abschnitt", Chapter}, {"unterabschnitt", Division}},
		schedules:  []string{"anlage", "anhang"}, ordinals: each("erst zweit dritt viert fünft sechst siebt acht neunt zehnt"),
	},
	"it": {
		articles:   []string{"articolo", "art."},
		containers: []word{{"libro", Part}, {"parte", Part}, {"titolo", Title}, {"capo", Chapter}, {"sezione", Division}},
		schedules:  []string{"allegato"}, ordinals: each("prim second terz quart quint sest settim ottav non decim"),
	},
	"ru": {
		articles:   []string{"статья", "ст."},
		containers: []word{{"часть", Part}, {"раздел", Title}, {"глава", Chapter}, {"параграф", Division}},
		schedules:  []string{"приложение"}, explained: []string{"примечание", "примечания"}, ordinals: each("перв втор трет четверт пят шест седьм восьм девят десят"),
	},
	"ar": {
		articles:   []string{"المادة", "مادة", "الماده", "ماده"},
		containers: []word{{"الكتاب", Part}, {"القسم", Part}, {"الباب", Title}, {"الفصل", Chapter}, {"الفرع", Division}},
		schedules:  []string{"الملحق", "ملحق", "الجدول"}, ordinals: each("الأول/الاول الثاني/الثانية الثالث الرابع الخامس السادس السابع الثامن التاسع العاشر"),
	},
	"zh": {
		han: true, articles: []string{"条", "條"},
		containers: []word{{"编", Part}, {"編", Part}, {"章", Chapter}, {"节", Division}, {"節", Division}},
		schedules:  []string{"附件", "附录", "附表"},
	},
}

// Languages are those with a grammar, as codes of BCP 47, in order.
func Languages() []string {
	all := make([]string, 0, len(grammars))
	for code := range grammars {
		all = append(all, code)
	}
	slices.Sort(all)
	return all
}

// head is a line that begins a container, an article or a schedule.
type head struct {
	kind Kind
	num  string // as written
	slug string // as part of an identifier
	rest string // what follows on the line
}

// head reads a line as the beginning of a part.
func (g *grammar) head(line string) (head, bool) {
	if g.han {
		if h, ok := g.hanHead(line); ok {
			return h, true
		}
	}
	lower := strings.ToLower(line)
	for _, s := range g.schedules {
		if h, ok := g.worded(line, lower, s, Schedule); ok {
			return h, true
		}
	}
	if rest, found := strings.CutPrefix(lower, "the schedule"); found && rest == "" {
		return head{kind: Schedule, slug: "1"}, true
	}
	if g.han {
		return head{}, false
	}
	for _, c := range g.containers {
		if h, ok := g.worded(line, lower, c.text, c.kind); ok {
			return h, true
		}
		if h, ok := g.ordinalFirst(line, lower, c); ok {
			return h, true
		}
	}
	for _, a := range g.articles {
		h, ok := g.worded(line, lower, a, Article)
		if !ok {
			continue
		}
		if _, roman := numbering.Roman(h.num); roman && a == "section" {
			h.kind = Division
		} else if a == "section" || a == "sec." || a == "s." || a == "§" {
			h.kind = Section
		}
		return h, true
	}
	return head{}, false
}

// worded reads "Article 18a – Heading": a word, a number or an ordinal, and the rest.
func (g *grammar) worded(line, lower, w string, kind Kind) (head, bool) {
	if !strings.HasPrefix(lower, w) || len(lower) != len(line) {
		return head{}, false
	}
	rest := strings.TrimLeft(line[len(w):], " \t\u00a0")
	if rest == line[len(w):] && w != "§" && rest != "" && !strings.HasPrefix(rest, "(") {
		return head{}, false
	}
	if rest == "" {
		return head{kind: kind, slug: "1"}, kind == Schedule
	}
	num, slug, after, ok := g.number(rest, kind != Article && kind != Section)
	if !ok {
		return head{}, false
	}
	return head{kind, num, slug, after}, true
}

// number takes a number, a Roman numeral or an ordinal off a text. What follows must not be the rest of a
// sentence: "Article 5 of this Act applies" begins no article.
func (g *grammar) number(s string, roman bool) (num, slug, after string, ok bool) {
	s = strings.TrimPrefix(s, "(")
	end := 0
	for end < len(s) {
		c, size := utf8.DecodeRuneInString(s[end:])
		if unicode.IsSpace(c) || strings.ContainsRune(":)—–[", c) {
			break
		}
		end += size
	}
	token := s[:end]
	tail := s[end:]
	// "177 bis" and "370 A" have a blank inside.
	if next, rest, found := strings.Cut(strings.TrimLeft(tail, " \u00a0"), " "); tail != "" && next != "" {
		joined := token + " " + strings.TrimRight(next, ".:)-")
		if suffixed(token, joined) {
			token, tail = joined, next[len(strings.TrimRight(next, ".:)-")):]
			if found {
				tail += " " + rest
			}
		}
	}
	trimmed := strings.TrimRight(token, ".-°ºª,;")
	tail = token[len(trimmed):] + tail
	if trimmed, was := cutOrdinalMark(trimmed); was {
		if n, err := numbering.Parse(trimmed); err == nil {
			num, slug, ok = trimmed, n.Slug(), true
		}
	}
	if n, err := numbering.Parse(trimmed); !ok && err == nil {
		num, slug, ok = trimmed, n.Slug(), true
	}
	if v, is := numbering.Roman(trimmed); !ok && is && (roman || strings.ToUpper(trimmed) == trimmed) {
		num, slug, ok = trimmed, strings.ToLower(numbering.FormatRoman(v)), true
	}
	if before, suffix, found := strings.Cut(trimmed, " "); !ok && found { // VII bis
		if v, is := numbering.Roman(before); is {
			num, slug, ok = trimmed, strings.ToLower(numbering.FormatRoman(v)+suffix), true
		}
	}
	if at := g.ordinal(trimmed); !ok && at > 0 {
		num, slug, ok = trimmed, itoa(at), true
	}
	if !ok {
		return "", "", "", false
	}
	marked := strings.TrimLeft(tail, " \t\u00a0")
	after = strings.TrimLeft(tail, " \t\u00a0.:)-–—°ºª")
	c, _ := utf8.DecodeRuneInString(after)
	if after != "" && after == marked && (unicode.IsLower(c) || c == ',' || c == ';') {
		return "", "", "", false // the rest of a sentence
	}
	if strings.HasPrefix(tail, ",") || strings.HasPrefix(tail, ";") {
		return "", "", "", false
	}
	return num, slug, after, true
}

// suffixed reports whether a token and the word behind it are one number: 177 bis, VII bis.
func suffixed(token, joined string) bool {
	if _, roman := numbering.Roman(token); roman {
		joined = "1" + joined[len(token):]
	}
	n, err := numbering.Parse(joined)
	return err == nil && len(n.Steps) > 1 && n.Steps[len(n.Steps)-1].Mark == numbering.Latin
}

// cutOrdinalMark takes the mark off 1er and 2º, and leaves 600-ter.
func cutOrdinalMark(s string) (string, bool) {
	for _, m := range []string{"er", "º", "°", "ª"} {
		if cut, ok := strings.CutSuffix(s, m); ok && cut != "" && '0' <= cut[len(cut)-1] && cut[len(cut)-1] <= '9' {
			return cut, true
		}
	}
	return s, false
}

func (g *grammar) ordinal(s string) int {
	s = strings.ToLower(s)
	for i, stems := range g.ordinals {
		for _, stem := range stems {
			if strings.HasPrefix(s, stem) && utf8.RuneCountInString(s) <= utf8.RuneCountInString(stem)+3 {
				return i + 1
			}
		}
	}
	return 0
}

// ordinalFirst reads "Erster Abschnitt" and what follows.
func (g *grammar) ordinalFirst(line, lower string, c word) (head, bool) {
	first, rest, found := strings.Cut(lower, " ")
	if !found || len(lower) != len(line) || !strings.HasPrefix(rest, c.text) {
		return head{}, false
	}
	at := g.ordinal(first)
	after := line[len(first)+1+len(c.text):]
	if at == 0 || after != "" && after[0] != ' ' && after[0] != '.' {
		return head{}, false
	}
	return head{c.kind, line[:len(first)], itoa(at), strings.TrimLeft(after, " .–—:")}, true
}

// hanHead reads 第五章 总则 and 第三百五十八条之一.
func (g *grammar) hanHead(line string) (head, bool) {
	rest, found := strings.CutPrefix(line, "第")
	if !found {
		return head{}, false
	}
	for _, c := range append(slices.Clone(g.containers), word{g.articles[0], Article}, word{g.articles[1], Article}) {
		num, after, found := strings.Cut(rest, c.text)
		if !found || utf8.RuneCountInString(num) > 12 {
			continue
		}
		num = strings.TrimSpace(num)
		if more, is := strings.CutPrefix(after, "之"); is {
			n := 0
			for n < len(more) {
				r, size := utf8.DecodeRuneInString(more[n:])
				if _, ok := numbering.Han(string(r)); !ok && !unicode.IsDigit(r) && r != '十' {
					break
				}
				n += size
			}
			num, after = num+"之"+more[:n], more[n:]
		}
		n, err := numbering.Parse(num)
		if err != nil {
			continue
		}
		if after != "" && strings.ContainsAny(after[:min(len(after), 3)], "，、第款项的规和至") && c.kind == Article && !startsBlank(after) {
			for _, goes := range []string{"，", "、", "第", "款", "项", "的", "规定", "和", "至"} {
				if strings.HasPrefix(after, goes) {
					return head{}, false // a citation at the beginning of a line
				}
			}
		}
		return head{c.kind, num, n.Slug(), strings.TrimLeft(after, " \u3000\t")}, true
	}
	return head{}, false
}

func startsBlank(s string) bool {
	c, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(c)
}
