package script

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// The names are common given and family names of many languages, of nobody in particular.
func TestFold(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"empty", "", ""},
		{"ascii", "John Smith", "john smith"},
		{"Spanish", "José", "jose"},
		{"Spanish enye", "Muñoz", "munoz"},
		{"Vietnamese", "Nguyễn", "nguyen"},
		{"Vietnamese tone", "Thị", "thi"},
		{"Vietnamese d", "Đặng", "dang"},
		{"Swedish, precomposed", "Ångström", "angstrom"},
		{"Swedish, decomposed", "A\u030Angstro\u0308m", "angstrom"},
		{"Yoruba", "Ṣọlá", "sola"},
		{"Hausa", "Ɓalaraɓe Ɗanƙwara", "balarabe dankwara"},
		{"Polish", "Wałęsa Łódź", "walesa lodz"},
		{"Danish", "Sørensen Ærø", "sorensen aero"},
		{"Croatian", "Đorđević", "dordevic"},
		{"Icelandic", "Þórður Sigurðsson", "thordur sigurdsson"},
		{"German", "Weiß STRAẞE", "weiss strasse"},
		{"Turkish", "Işık İnci", "isik inci"},
		{"Romanian", "Ștefănescu Țară", "stefanescu tara"},
		{"ligature and full width", "ﬁ Ａｂ１２", "fi ab12"},
		{"apostrophe inside", "O'Neil D’Angelo Hawaiʻi", "oneil dangelo hawaii"},
		{"hyphen and dots", "  Jean-Luc  St. ", "jean luc st"},
		{"underscore and slash", "a_b/c", "a b c"},
		{"Arabic with vowels", "عَلِي", "علي"},
		{"Arabic alefs", "أحمد إبراهيم آمنة ٱلله", "احمد ابراهيم امنه الله"},
		{"Arabic final forms", "هدى فاطمة", "هدي فاطمه"},
		{"Arabic tatweel", "محـــمد", "محمد"},
		{"Arabic hamza", "مؤمن رائد علاء", "مومن رايد علا"},
		{"Arabic presentation forms", "ﻋﻠﻲ", "علي"},
		{"Persian", "علی\u200cرضا کریمی", "عليرضا كريمي"},
		{"Urdu", "محمّد ہمایوں", "محمد همايون"},
		{"Persian letters that stay", "پژمان گچ", "پژمان گچ"},
		{"digits", "٠١٢٣ ۴۵۶ ७८९ ๐", "0123 456 789 0"},
		{"Russian", "Пётр Андрей", "петр андреи"},
		{"Ukrainian", "Їжак Ґалаґан", "іжак галаган"},
		{"Greek", "Γιώργος ΣΟΦΟΣ", "γιωργοσ σοφοσ"},
		{"Hebrew points", "שָׁלוֹם", "שלום"},
		{"Chinese", "张伟", "张伟"},
		{"Korean", "김철수", "김철수"},
		{"Japanese voicing kept", "が か", "が か"},
		{"Half-width kana", "ｶﾞ", "ガ"},
		{"Hindi vowels kept", "किरण", "किरण"},
		{"Hindi nukta dropped", "ज़ैनब", "जैनब"},
		{"Thai vowels kept, tones dropped", "สมชาย น้ำ", "สมชาย นํา"},
		{"Amharic", "አበበ", "አበበ"},
		{"invisible", "a\u200Bb\u202Ec\u00ADd\uFEFF", "abcd"},
		{"mark without a letter", "\u0301", ""},
		{"invalid bytes", "a\xff\xfeb", "a\uFFFDb"},
		{"only punctuation", "—…!", ""},
		{"Western stars", "a*b", "a b"},
	}
	for _, tt := range tests {
		if got := Fold(tt.in); got != tt.want {
			t.Errorf("%s: Fold(%q) is %q (%+q), want %q", tt.name, tt.in, got, got, tt.want)
		}
	}
}

// Pairs that two people might type for one name, and pairs that must stay apart.
func TestFoldFindsEachOther(t *testing.T) {
	same := [][2]string{
		{"José", "jose"},
		{"Muñoz", "MUNOZ"},
		{"عَلِي", "علي"},
		{"Nguyễn", "nguyen"},
		{"Thị", "thi"},
		{"Ångström", "angstrom"},
		{"Ṣọlá", "sola"},
		{"张伟", "张伟"},
		{"فاطمة", "فاطمه"},
		{"يحيى", "يحيي"},
		{"کریم", "كريم"},
		{"Ёлкин", "елкин"},
	}
	for _, p := range same {
		if Fold(p[0]) != Fold(p[1]) {
			t.Errorf("%q and %q should fold alike: %q, %q", p[0], p[1], Fold(p[0]), Fold(p[1]))
		}
	}
	apart := [][2]string{{"علي", "على و"}, {"پری", "بری"}, {"か", "が"}, {"किरण", "करण"}, {"anna", "ana"}, {"张伟", "张玮"}}
	for _, p := range apart {
		if Fold(p[0]) == Fold(p[1]) {
			t.Errorf("%q and %q should stay apart, both fold to %q", p[0], p[1], Fold(p[0]))
		}
	}
}

// Every decimal digit of Unicode folds to the ASCII digit of its place in its run of ten.
func TestFoldDigits(t *testing.T) {
	checked := 0
	check := func(lo, hi rune) {
		for r := lo; r <= hi; r++ {
			if got := Fold(string(r)); got != string('0'+(r-lo)%10) {
				t.Errorf("%U folds to %q, want %q", r, got, string('0'+(r-lo)%10))
			}
			checked++
		}
	}
	for _, r := range unicode.Nd.R16 {
		check(rune(r.Lo), rune(r.Hi))
	}
	for _, r := range unicode.Nd.R32 {
		check(rune(r.Lo), rune(r.Hi))
	}
	if checked < 600 {
		t.Errorf("only %d digits checked", checked)
	}
}

// Every single character of Unicode: idempotent, bounded, clean.
func TestFoldEveryCharacter(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		checkFold(t, "a"+string(r)+"b"+string(r))
	}
}

func TestFoldProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkFold(t, rapid.String().Draw(t, "s")) })
}

// maxExpand is what the documentation of Fold promises.
const maxExpand = 11

type failer interface {
	Helper()
	Errorf(format string, args ...any)
}

func checkFold(t failer, s string) {
	t.Helper()
	once := Fold(s)
	if twice := Fold(once); twice != once {
		t.Errorf("not idempotent: %+q → %+q → %+q", s, once, twice)
	}
	if len(once) > maxExpand*len(s) {
		t.Errorf("%d bytes grew to %d", len(s), len(once))
	}
	if !utf8.ValidString(once) {
		t.Errorf("%+q folds to invalid UTF-8 %+q", s, once)
	}
	if strings.TrimSpace(once) != once || strings.Contains(once, "  ") {
		t.Errorf("%+q folds to loose spaces %+q", s, once)
	}
	if up := Fold(strings.ToUpper(once)); up != once && isPlain(once) {
		t.Errorf("case matters: %+q against %+q", once, up)
	}
}

// isPlain: upper-casing is a round trip only for letters with simple case mappings.
func isPlain(s string) bool {
	for _, r := range s {
		if unicode.ToLower(unicode.ToUpper(r)) != r {
			return false
		}
	}
	return true
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"José", "عَلِي", "Nguyễn", "\xff", "ﷺ", "ǅ", "ｶﾞ", "क़"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkFold(t, s)
		Detect(s)
		Tokens(s)
	})
}

func BenchmarkFold(b *testing.B) {
	for name, s := range map[string]string{
		"ascii": "maria jones of farrowdale", "latin": "Nguyễn Thị Ánh Ngọc", "arabic": "عَبْدُ الرَّحْمٰن", "han": "张伟明",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				Fold(s)
			}
		})
	}
}
