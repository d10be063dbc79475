package script

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestNameParts(t *testing.T) {
	tests := []struct {
		in   string
		want string // parts joined by |
	}{
		{"", ""},
		{"  — ", ""},
		{"José María", "jose|maria"},
		{"Jean-Luc  O'Neil", "jean|luc|oneil|jeanluc"},
		{"Xiao-Ming Wang", "xiao|ming|wang|xiaoming"},
		{"Wang Xiao Ming", "wang|xiao|ming|xiaoming"},
		{"Smith-Richardson", "smith|richardson"},
		{"J. R. Smith", "j|r|smith"},
		{"Mr. Smith", "smith"},
		{"Dr", "dr"},
		{"Person 12", "person"},
		{"12", "12"},
		{"Ali Ali", "ali"},
		{"Mc Donald", "mcdonald"},
		{"Ludwig van Beethoven", "ludwig|beethoven"},
		{"Van Nguyen", "van|nguyen"},
		{"Nguyễn Văn Nam", "nguyen|nam"},
		{"María de la Cruz", "maria|cruz"},
		{"de", "de"},
		{"Ọláyínká Ṣọlá", "olayinka|sola"},
		{"Abd al-Rahman", "abdulrahman|rahman"},
		{"Abdul Rahman", "abdulrahman|rahman"},
		{"Abdurrahman", "abdulrahman|rahman"},
		{"Abdelrahman Al-Ahmad", "abdulrahman|rahman|ahmad"},
		{"Abd Allah", "abdullah"},
		{"Abdoullah", "abdullah"},
		{"Abdul", "abdul"},
		{"Saif al-Din", "saifuddin|saif"},
		{"Salahuddin", "salahuddin|salah"},
		{"Seif Eddine", "seifuddin|seif"},
		{"Nasr Allah", "nasrullah|nasr"},
		{"Abu Bakr", "abubakr|bakr"},
		{"ar-Rahman", "rahman"},
		{"Ahmad ibn Ali", "ahmad|ali"},
	}
	for _, tt := range tests {
		if got := strings.Join(NameParts(tt.in), "|"); got != tt.want {
			t.Errorf("NameParts(%q) is %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestNamePartsOfOtherScripts(t *testing.T) {
	tests := []struct{ in, want string }{
		{"عبد الرحمن", "عبدالرحمن|رحمن"},
		{"عبدالرحمن", "عبدالرحمن|رحمن"},
		{"عبد الله", "عبدالله"},
		{"أحمد بن علي", "احمد|علي"},
		{"الأحمد", "احمد"},
		{"إلهام", "الهام"},
		{"صلاح الدين", "صلاحالدين|صلاح"},
		{"أبو بكر", "ابوبكر|بكر"},
		{"نصر الله", "نصرالله|نصر"},
		{"ወ/ሮ አበበች", "አበበች"},
		{"አቶ ተስፋዬ ገብረ", "ተስፋዬ|ገብረ"},
		{"श्री राजेश कुमार", "राजेश|कुमार"},
		{"นายสมชาย ใจดี", "สมชาย|ใจดี"},
		{"王小明", "王小明|王|小明"},
		{"欧阳小明", "欧阳小明|欧阳|小明"},
		{"歐陽修", "歐陽修|歐陽|修"},
		{"王 小明", "王|小明"},
		{"王先生", "王"},
		{"囧囧囧", "囧囧囧"},
		{"김철수", "김철수|김|철수"},
		{"남궁민수", "남궁민수|남궁|민수"},
		{"山田太郎", "山田太郎|山田|太郎"},
		{"田中さくら", "田中さくら|田中|さくら"},
		{"အောင်ဆန်းစုကြည်", "အောင်ဆန်းစုကြည်|အောင်|ဆန်း|စု|ကြည်"},
		{"ဒေါ် ခင်ကြည်", "ခင်ကြည်|ခင်|ကြည်"},
		{"U Thant", "thant"},
		{"Иван Петрович", "иван|петрович"},
		{"Ali علي", "ali|علي"},
	}
	for _, tt := range tests {
		if got := strings.Join(NameParts(tt.in), "|"); got != tt.want {
			t.Errorf("NameParts(%q) is %s, want %s", tt.in, got, tt.want)
		}
	}
}

// Names as the issue and the briefs of the field spell them.
func TestSkeletonMeets(t *testing.T) {
	meet := [][]string{
		{"mohammed", "محمد", "Мухаммад", "ሙሐመድ", "मोहम्मद"},
		{"yusuf", "يوسف", "Юсуф", "ዩሱፍ"},
		{"chen", "陳", "陈", "Чэнь"},
		{"nguyen", "Nguyễn", "Нгуен"},
		{"tesfaye", "ተስፋዬ"},
		{"somchai", "สมชาย"},
		{"rajesh", "राजेश", "রাজেশ", "ਰਾਜੇਸ਼"},
		{"olayinka", "Ọláyínká"},
		{"abdulrahman", "abdelrahman", "Абдурахман", "عبدالرحمن"},
		{"kim", "김"},
		{"tanaka", "田中", "たなか", "タナカ"},
		{"giorgos", "Γιώργος"},
		{"giorgi", "გიორგი"},
		{"david", "דוד"},
		{"hovhannes", "Հովհաննես"},
		{"kumar", "குமார்", "కుమార్"},
		{"aung", "အောင်"},
		{"htun", "tun", "ထွန်း"},
	}
	for _, g := range meet {
		for _, other := range g[1:] {
			if a, b := Skeleton(g[0]), Skeleton(other); a != b {
				t.Errorf("%s (%s) and %s (%s, %s) should meet", g[0], a, other, b, Latin(other))
			}
		}
	}
	apart := [][2]string{
		{"yusuf", "josef"},
		{"ali", "omar"},
		{"li", "lu"},
		{"chen", "zhang"},
		{"amin", "amina"},
		{"hasan", "husniya"},
		{"tesfaye", "tadesse"},
		{"囧", "槑"},
		{"1", "2"},
	}
	for _, p := range apart {
		if Skeleton(p[0]) == Skeleton(p[1]) {
			t.Errorf("%s and %s should stay apart, both are %s", p[0], p[1], Skeleton(p[0]))
		}
	}
}

func TestLatin(t *testing.T) {
	tests := [][2]string{
		{"", ""},
		{"Nguyễn", "nguyen"},
		{"O'Neil 12", "oneil"},
		{"Щербаков", "shcherbakov"},
		{"Хрущёв", "khrushchev"},
		{"Сергій", "serhiy"},
		{"Чжан", "chzhan"},
		{"Παπαδόπουλος", "papadopoulos"},
		{"Μπάμπης", "bampis"},
		{"محمد", "muhammad"},
		{"عبدالرحمن", "abdulrahman"},
		{"الهاشمي", "alhashimi"},
		{"فرهاد", "frhad"},
		{"囧", ""},
		{"ተስፋዬ", "tesfaye"},
		{"ግርማ", "girma"},
		{"መንግሥቱ", "mengistu"},
		{"राजेश", "rajesh"},
		{"कमला", "kamla"},
		{"कृष्ण", "krishna"},
		{"नरेन्द्र", "narendra"},
		{"सिंह", "singh"},
		{"শেখ", "shekh"},
		{"ਸਿੰਘ", "singh"},
		{"குமார்", "kumar"},
		{"สมชาย", "somchai"},
		{"ประเสริฐ", "prasoet"},
		{"ธนากร", "thanakon"},
		{"กรรณิการ์", "kannikan"},
		{"ສົມສັກ", "somsak"},
		{"欧阳", "ouyang"},
		{"建国", "jianguo"},
		{"曾", "zeng"},
		{"鈴木", "suzuki"},
		{"김", "kim"},
		{"박", "park"},
		{"철수", "cheolsu"},
		{"さとう", "sato"},
		{"しょうこ", "shoko"},
		{"はっとり", "hattori"},
		{"ユウコ", "yuko"},
		{"გიორგი", "giorgi"},
		{"Սարգսյան", "sargsyan"},
		{"משה", "moshe"},
		{"שלום", "slom"},
	}
	for _, tt := range tests {
		if got := Latin(tt[0]); got != tt[1] {
			t.Errorf("Latin(%s) is %q, want %q", tt[0], got, tt[1])
		}
	}
}

func TestDeletions(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{"", nil},
		{"ab", nil},
		{"abc", []string{"bc", "ac", "ab"}},
		{"anna", []string{"nna", "ana", "ann"}},
		{"aaa", []string{"aa"}},
		{"王小明", []string{"小明", "王明", "王小"}},
		{"किरण", []string{"रण", "किण", "किर"}}, // a vowel sign goes with its letter
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, Deletions(tt.in)); diff != "" {
			t.Errorf("Deletions(%q):\n%s", tt.in, diff)
		}
	}
	if got := Deletions(strings.Repeat("ab", 50)); len(got) != maxDeletion || len(got[0]) != maxDeletion-1 {
		t.Errorf("a long part gives %d deletions: %q", len(got), got)
	}
}

// One letter more, fewer, other, or two neighbours exchanged: the two share an element.
func TestDeletionsMeet(t *testing.T) {
	alphabet := []string{"a", "b", "c", "ي", "م", "ሰ", "कि", "क", "王", "é"}
	letter := rapid.SampledFrom(alphabet)
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SliceOfN(letter, 3, 40).Draw(t, "word")
		other := slices.Clone(word)
		at := rapid.IntRange(0, len(word)-1).Draw(t, "at")
		switch rapid.IntRange(0, 3).Draw(t, "edit") {
		case 0:
			other = slices.Insert(other, at, letter.Draw(t, "new"))
		case 1:
			other = slices.Delete(other, at, at+1)
		case 2:
			other[at] = letter.Draw(t, "new")
		case 3:
			at = min(at, len(word)-2)
			other[at], other[at+1] = other[at+1], other[at]
		}
		a, b := strings.Join(word, ""), strings.Join(other, "")
		mine, theirs := append(Deletions(a), a), append(Deletions(b), b)
		if !slices.ContainsFunc(mine, func(s string) bool { return slices.Contains(theirs, s) }) {
			t.Errorf("%q and %q share nothing: %q, %q", a, b, mine, theirs)
		}
	})
}

// checkName holds what is promised for any text.
func checkName(t failer, s string) {
	t.Helper()
	parts := NameParts(s)
	if again := NameParts(Fold(s)); !slices.Equal(parts, again) && !strings.ContainsAny(s, hyphens) {
		t.Errorf("folding first changes the parts of %+q: %q, %q", s, parts, again)
	}
	if says := strings.IndexFunc(Fold(s), func(r rune) bool { return !unicode.IsMark(r) && r != ' ' }) >= 0; says != (len(parts) > 0) {
		t.Errorf("%+q folds to %q but has the parts %q", s, Fold(s), parts)
	}
	for i, p := range parts {
		if p == "" || Fold(p) != p || strings.Contains(p, " ") || slices.Contains(parts[:i], p) {
			t.Errorf("%+q has the part %+q among %q", s, p, parts)
		}
		if Skeleton(p) == "" {
			t.Errorf("the part %+q of %+q has no skeleton", p, s)
		}
		checkDeletions(t, p)
	}
	latin := Latin(s)
	if strings.Trim(latin, "abcdefghijklmnopqrstuvwxyz") != "" || Latin(latin) != latin {
		t.Errorf("Latin(%+q) is %+q", s, latin)
	}
	if k := Skeleton(s); !utf8.ValidString(k) || k != Skeleton(Fold(s)) || len(k) > 3*len(Fold(s))+3 {
		t.Errorf("Skeleton(%+q) is %+q", s, k)
	}
}

func checkDeletions(t failer, p string) {
	t.Helper()
	out := Deletions(p)
	for i, d := range out {
		if len(d) >= len(p) || d == "" || slices.Contains(out[:i], d) || !utf8.ValidString(d) {
			t.Errorf("%+q has the deletion %+q among %q", p, d, out)
		}
	}
	if len(out) > maxDeletion {
		t.Errorf("%+q has %d deletions", p, len(out))
	}
}

// A part of a name is a part when it comes alone: what is searched for by one part is found.
func TestNamePartAlone(t *testing.T) {
	for _, file := range []string{"latin.txt", "cyrillic.txt", "arabic.txt", "ethiopic.txt", "devanagari.txt", "thai.txt", "han.txt", "distinct.txt"} {
		for _, g := range groups(t, file) {
			for _, name := range []string{strings.Join(g, " "), strings.Join(g, ""), strings.Join(g, " al-"), "Abd " + strings.Join(g, " عبد ")} {
				for _, p := range NameParts(name) {
					if !slices.Contains(NameParts(p), p) {
						t.Errorf("the part %+q of %+q is cut again: %q", p, name, NameParts(p))
					}
				}
			}
		}
	}
}

// Every single character of the basic plane and some beyond it, beside letters and alone.
func TestNameEveryCharacter(t *testing.T) {
	check := func(r rune) { checkName(t, string(r)+" a"+string(r)+"b"+string(r)+"d") }
	for r := range rune(0x10000) {
		check(r)
	}
	for r := rune(0x10000); r <= unicode.MaxRune; r += 97 {
		check(r)
	}
}

func TestNameProperties(t *testing.T) {
	words := []string{"abd", "abdul", "al", "ar", "rahman", "din", "allah", "abu", "mc", "van", "mr", "li", "عبد", "ال", "الله", "الدين", "ابو", "بن", "王", "小明", "欧阳", "김", "철수", "สม", "นาย", "कि", "्", "အောင်", "သန္တာ", "12", " ", " ", "-", "\xff", "ー", "たなか"}
	rapid.Check(t, func(t *rapid.T) {
		checkName(t, strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 8).Draw(t, "words"), ""))
		checkName(t, rapid.String().Draw(t, "s"))
	})
}

func FuzzName(f *testing.F) {
	for _, s := range []string{"José", "عبد الرحمن", "Nguyễn", "\xff", "ﷺ", "王小明", "กรรณิการ์", "क्ष", "다나카", "さとうー", "ወ/ሮ", "\u0301a", "Abdul"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkName(t, s) })
}
