package i18n

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/testdata"
)

// mark is U+200E, which CLDR puts beside signs in right-to-left languages.
const mark = "\u200e"

func TestNumbers(t *testing.T) {
	en, ar := For("en"), For("ar")
	native := ar.WithDigits(NativeDigits)
	tests := []struct{ name, got, want string }{
		{"grouped", en.Int(58769), "58,769"},
		{"small", en.Int(999), "999"},
		{"four digits", en.Int(4171), "4,171"},
		{"millions", en.Int(-1234567), "-1,234,567"},
		{"smallest", en.Int(-9223372036854775808), "-9,223,372,036,854,775,808"},
		{"decimals kept", en.Number(0.5, 4), "0.5000"},
		{"rounded", en.Number(-2.11981, 4), "-2.1198"},
		{"no minus nought", en.Number(-0.0001, 2), "0.00"},
		{"not a number", en.Number(nan(), 2), "–"},
		{"percent", en.Percent(0.604, 1), "60.4%"},
		{"percent above all", en.Percent(12.5, 0), "1,250%"},
		{"percent of nothing", en.Percent(nan(), 1), "–"},
		{"Arabic, Latin digits", ar.Int(58769), "58,769"},
		{"Arabic minus", ar.Int(-5), mark + "-5"},
		{"Arabic percent", ar.Percent(0.604, 1), "60.4" + mark + "%" + mark},
		{"Arabic digits when asked for", native.Number(58769.5, 1), "٥٨٬٧٦٩٫٥"},
		{"Arabic digits in a percentage", native.Percent(0.604, 1), "٦٠٫٤٪\u061c"},
		{"Arabic digits in a message", native.T("no key %d", 2022), "no key ٢٠٢٢"},
		{"Arabic digits in a date", native.Date("2022-06-30"), "٣٠ يونيو ٢٠٢٢"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %+q, want %+q", tt.name, tt.got, tt.want)
		}
	}
}

func nan() float64 { var zero float64; return zero / zero }

func TestDates(t *testing.T) {
	en, ar, xa := For("en"), For("ar"), For("en-XA")
	tests := []struct{ name, got, want string }{
		{"English", en.Date("2022-06-30"), "30 June 2022"},
		{"Arabic", ar.Date("2022-06-30"), "30 يونيو 2022"},
		{"pseudo", xa.Date("2022-06-30"), "30 June 2022"},
		{"no date", en.Date("2023-02-30"), "2023-02-30"},
		{"empty", en.Date(""), ""},
		{"month", en.Month(2022, 6), "June 2022"},
		{"Arabic month", ar.Month(2022, 11), "نوفمبر 2022"},
		{"no such month", en.Month(2022, 13), "13 2022"},
		{"quarter", en.Quarter(2022, 2), "Q2 2022"},
		{"Arabic quarter", ar.Quarter(2022, 2), "الربع الثاني 2022"},
		{"no such quarter", en.Quarter(2022, 5), "Q5 2022"},
		{"list of one", en.List([]string{"a"}), "a"},
		{"list of two", en.List([]string{"a", "b"}), "a and b"},
		{"list of three", en.List([]string{"a", "b", "c"}), "a, b and c"},
		{"Arabic list", ar.List([]string{"أ", "ب", "ج"}), "أ وب وج"},
		{"Arabic list of foreign words", ar.List([]string{"a", "b"}), "\u2068a\u2069 و\u2068b\u2069"},
		{"empty list", en.List(nil), ""},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %+q, want %+q", tt.name, tt.got, tt.want)
		}
	}
}

// Arabic has six forms; the rule is CLDR's (0, 1, 2, 3–10, 11–99, 100–102 and the rest).
func TestArabicPlurals(t *testing.T) {
	ar := For("ar")
	for n, want := range map[int]string{
		0: "لا أيام", 1: "يوم واحد", 2: "يومان", 3: "3 أيام", 10: "10 أيام", 11: "11 يومًا", 99: "99 يومًا",
		100: "100 يوم", 102: "102 يوم", 103: "103 أيام", 111: "111 يومًا", 1000: "1,000 يوم", -3: mark + "-3 أيام",
	} {
		if got := ar.N("%d day", "%d days", n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

// What would reorder an Arabic sentence is isolated, and nothing else is.
func TestIsolate(t *testing.T) {
	ar := For("ar")
	for s, want := range map[string]bool{
		"علي": false, "محمد علي": false, "4,171": false, "60.4" + mark + "%" + mark: false, "30 يونيو 2022": false, "": false,
		"nrm.csv": true, "2022-06-30": true, "1–4": true, "علي (2)": true, "Q2 2022": true,
	} {
		got := ar.Isolate(s)
		if isolated := got != s; isolated != want {
			t.Errorf("Isolate(%q) is %+q", s, got)
		}
		if again := ar.Isolate(got); again != got {
			t.Errorf("isolated twice: %+q", again)
		}
	}
	if got := ar.T("Source: %s", "nrm.csv"); !strings.Contains(got, "\u2068nrm.csv\u2069") {
		t.Errorf("a file name in an Arabic sentence stands bare: %+q", got)
	}
	if got, want := ar.T("(found %q)", "a\tb"), "(وُجد \u2068\"a\\tb\"\u2069)"; got != want {
		t.Errorf("quoted: %+q, want %+q", got, want)
	}
}

// The loader takes every language of the reference table, although we ship two; each can write
// a date with the month in words and a number.
func TestAllLanguagesOfTheReference(t *testing.T) {
	dir := testdata.Dir(t, "l10n")
	all, err := readL10n(os.DirFS(dir), "cldr45-dates-numbers-subset.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 40 {
		t.Errorf("%d languages, want 40", len(all))
	}
	want := map[string][2]string{ // as CLDR 45 writes them, checked against the patterns by hand
		"en": {"June 30, 2022", "-1,234,567.50"},
		"fr": {"30 juin 2022", "-1\u202f234\u202f567,50"},
		"de": {"30. Juni 2022", "-1.234.567,50"},
		"es": {"30 de junio de 2022", "-1.234.567,50"},
		"ru": {"30 июня 2022\u202fг.", "-1\u00a0234\u00a0567,50"},
		"zh": {"2022年6月30日", "-1,234,567.50"},
		"hi": {"30 जून 2022", "-12,34,567.50"},
		"th": {"30 มิถุนายน 2022", "-1,234,567.50"},
		"yo": {"30 Òkú 2022", "-1,234,567.50"},
	}
	for tag, form := range all {
		p := &Printer{lang: Language{Tag: tag, Dir: "ltr"}, form: form, digits: LatinDigits}
		date, number := p.Date("2022-06-30"), p.Number(-1234567.5, 2)
		if w, ok := want[tag]; ok && (date != w[0] || number != w[1]) {
			t.Errorf("%s: %+q and %+q, want %+q and %+q", tag, date, number, w[0], w[1])
		}
		if !strings.Contains(date, "2022") || strings.Contains(date, "06") || !strings.Contains(number, "567") {
			t.Errorf("%s: %q, %q", tag, date, number)
		}
		if strings.ContainsAny(date, "MLG'") && !strings.ContainsAny(p.form.Months.Format.Wide["6"], "MLG'") {
			t.Errorf("%s: the pattern %q is left in %q", tag, p.form.DateFormats.Long, date)
		}
	}
}

// The embedded table says what the reference says, but for what the README names.
func TestEmbeddedTableEqualsTheReference(t *testing.T) {
	dir := testdata.Dir(t, "l10n")
	all, err := readL10n(os.DirFS(dir), "cldr45-dates-numbers-subset.json")
	if err != nil {
		t.Fatal(err)
	}
	ours, err := readL10n(locale, "locale/l10n.json")
	if err != nil {
		t.Fatal(err)
	}
	for tag, o := range ours {
		r := all[tag]
		if diff := cmp.Diff(r.Months, o.Months); diff != "" {
			t.Errorf("%s months:\n%s", tag, diff)
		}
		if diff := cmp.Diff(r.Numbers, o.Numbers); diff != "" {
			t.Errorf("%s numbers:\n%s", tag, diff)
		}
		if r.DateFormats != o.DateFormats && tag != "en" {
			t.Errorf("%s: long date %q, reference %q", tag, o.DateFormats.Long, r.DateFormats.Long)
		}
	}
	if _, err := fs.Stat(os.DirFS(testdata.Root(t)), "internal/i18n/locale/LICENSE-Unicode-3.0.txt"); err != nil {
		t.Errorf("the notice of the table is missing: %v", err)
	}
}

func TestReadL10nRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON": `{`, "no pattern": `{"xx": {}}`, "no months": `{"xx": {"dateFormats": {"long": "d MMMM y"}}}`,
	} {
		if _, err := readL10n(fstest.MapFS{"l.json": {Data: []byte(text)}}, "l.json"); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := readL10n(fstest.MapFS{}, "l.json"); err == nil {
		t.Error("a missing file is accepted")
	}
}

// The pseudo-locale keeps every placeholder, is longer, and shows where it begins and ends.
func TestPseudoProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		msg := rapid.OneOf(rapid.String(), rapid.StringMatching(`([a-zA-Z ]|%[sd]|%\[2\]s|%%){0,40}`)).Draw(t, "msg")
		out := pseudo(msg)
		if diff := cmp.Diff(verbTexts(msg), verbTexts(out)); diff != "" {
			t.Errorf("placeholders of %q changed:\n%s", msg, diff)
		}
		if !strings.HasPrefix(out, "[") || !strings.HasSuffix(out, "]") {
			t.Errorf("no brackets: %q", out)
		}
		if a, b := len([]rune(msg)), len([]rune(out)); b < a+a/3 {
			t.Errorf("%d letters grew to only %d", a, b)
		}
	})
}

func verbTexts(msg string) []string {
	var out []string
	for _, v := range Verbs(msg) {
		out = append(out, msg[v.Start:v.End])
	}
	return out
}

func FuzzVerbs(f *testing.F) {
	for _, s := range []string{"%d rows", "%[2]s %", "%%%s", "%[99999999999999999999]s", "%-+#05.2f", "%[", "%[]s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		for _, v := range Verbs(s) {
			if v.Start < last || v.End <= v.Start || v.End > len(s) || s[v.Start] != '%' || v.Letter != s[v.End-1] || v.Arg > 1000 {
				t.Fatalf("%q: %+v", s, v)
			}
			last = v.End
		}
		For("ar").T(s, "a", 1)
		For("en-XA").N(s, s, 3, "a")
	})
}

func FuzzMatch(f *testing.F) {
	f.Add("ar,en;q=0.5", "")
	f.Add("", "en-XA")
	f.Fuzz(func(t *testing.T, accept, cookie string) {
		got := Match(accept, cookie)
		if For(got).Lang() != got {
			t.Fatalf("Match(%q, %q) is %q, which is not shipped", accept, cookie, got)
		}
	})
}

func BenchmarkText(b *testing.B) {
	for _, lang := range []string{"en", "ar", "en-XA"} {
		p := For(lang)
		b.Run(lang, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.T("Source: %s", "nrm.csv")
			}
		})
	}
}
