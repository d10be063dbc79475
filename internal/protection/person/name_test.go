package person

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/script"
)

func TestGreetWith(t *testing.T) {
	for _, c := range []struct {
		name  string
		names []Name
		want  string
	}{
		{"none", nil, ""},
		{"only papers", []Name{{Text: "Legal", Kind: Legal}}, "Legal"},
		{"used before papers", []Name{{Text: "Legal", Kind: Legal}, {Text: "Used", Kind: Used}}, "Used"},
		{"a name of no kind before an alias", []Name{{Text: "Alias", Kind: Alias}, {Text: "Plain"}}, "Plain"},
		{"marked before all", []Name{{Text: "Used", Kind: Used}, {Text: "Legal", Kind: Legal, Greet: true}}, "Legal"},
		{"never the imposed one", []Name{{Text: "Imposed", Kind: Imposed}}, ""},
		{"not even when it is marked", []Name{{Text: "Imposed", Kind: Imposed, Greet: true}, {Text: "Legal", Kind: Legal}}, "Legal"},
		{"not an empty one", []Name{{Text: "  ", Kind: Used}, {Text: "Ö", Kind: Alias}}, "Ö"},
	} {
		got, ok := Names{List: c.names}.GreetWith()
		if got.Text != c.want || ok != (c.want != "") {
			t.Errorf("%s: got %q, %v", c.name, got.Text, ok)
		}
	}
}

func TestNamesAcceptWhatPeopleAreCalled(t *testing.T) {
	for _, text := range []string{"", "U", "Ü", "李", "ا", "O", "X Æ A-12", "Nguyễn Thị Ánh", "محمد\u200cرضا", "N/A", "null", "'; DROP TABLE", strings.Repeat("ka ", 100)} {
		if err := (Names{List: []Name{{Text: text}}}).check(); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for name, bad := range map[string]Names{
		"too long":            {List: []Name{{Text: strings.Repeat("a", maxName+1)}}},
		"too many":            {List: make([]Name, maxNames+1)},
		"two to greet with":   {List: []Name{{Text: "A", Greet: true}, {Text: "B", Greet: true}}},
		"greet with a forced": {List: []Name{{Text: "A", Kind: Imposed, Greet: true}}},
		"unknown kind":        {List: []Name{{Text: "A", Kind: "stage"}}},
		"unknown audience":    {List: []Name{{Text: "A", With: []Audience{"everybody"}}}},
	} {
		if err := bad.check(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNameMayBeUsedOnlyWhereSaid: nothing said is nobody but the team.
func TestNameMayBeUsedOnlyWhereSaid(t *testing.T) {
	n := Name{Text: "A", With: []Audience{WithServices}}
	for _, a := range Audiences() {
		if want := a == WithTeam || a == WithServices; n.MayUseWith(a) != want {
			t.Errorf("%s: %v", a, !want)
		}
	}
}

func TestNothingOfANameIsPrinted(t *testing.T) {
	n := Names{List: []Name{{Text: "Canary Kanarek"}}}
	for _, s := range []string{fmt.Sprint(n), fmt.Sprintf("%+v", n), fmt.Sprintf("%#v", n.List), fmt.Sprintf("%s", n.List[0]), fmt.Sprint(&n)} {
		if strings.Contains(s, "Kanarek") {
			t.Errorf("printed: %s", s)
		}
	}
}

func TestWarningsSayWhatAndWhere(t *testing.T) {
	for _, c := range []struct {
		text string
		want []Warning
	}{
		{"Maria", nil},
		{"Мария", nil},
		{"Maria Мария", nil},
		{"محمد\u200cرضا", nil}, // the joiner that Persian needs
		{"क्\u200dष", nil},
		{"山田さくらカナ", nil},
		{"Ma\u200bria", []Warning{{What: Invisible, At: 3, Code: "U+200B"}}},
		{"\u202eairaM", []Warning{{What: Invisible, At: 1, Code: "U+202E"}}},
		{"Ma\u00adria", []Warning{{What: Invisible, At: 3, Code: "U+00AD"}}},
		{"Mаria", []Warning{{What: OtherSet, At: 2, Code: "U+0430", Meant: "a"}}},
		{"Мaрия", []Warning{{What: OtherSet, At: 2, Code: "U+0061", Meant: "а"}}},
		{"Mariaж", []Warning{{What: OtherSet, At: 6, Code: "U+0436"}}},
		{"Zo\u0301\u0301\u0301\u0301\u0301\u0301\u0301e", []Warning{{What: Piled, At: 8, Code: "U+0301"}}},
		{"A\xffB", []Warning{{What: Broken, At: 2, Code: "U+FFFD"}}},
	} {
		got := Warnings(c.text)
		if len(got) != len(c.want) {
			t.Errorf("%+q: %d warnings, want %d", c.text, len(got), len(c.want))
			continue
		}
		for i, w := range got {
			if w != c.want[i] {
				t.Errorf("%+q: %s at %d %s meant %+q", c.text, w.What, w.At, w.Code, w.Meant)
			}
		}
	}
}

func TestPlainIsWhatIsRead(t *testing.T) {
	for typed, want := range map[string]string{
		"Maria":         "Maria",
		"Мария":         "Мария",
		"Ma\u200bria":   "Maria",
		"Mаriа Petrov":  "Maria Petrov",
		"Мaриa":         "Мариа",
		"РАUL":          "PAUL", // two Cyrillic letters that look Latin
		"محمد\u200cرضا": "محمد\u200cرضا",
		"Mariaж":        "Mariaж",
	} {
		if got := Plain(typed); got != want {
			t.Errorf("%+q: got %+q, want %+q", typed, got, want)
		}
	}
}

func TestSpellingsHoldBothReadings(t *testing.T) {
	n := Names{List: []Name{{Text: "Mаria", Romanisation: "Marija"}, {Text: " Marija "}}}
	if got := strings.Join(n.Spellings(), "|"); got != "Mаria|Maria|Marija" {
		t.Errorf("got %+q", got)
	}
}

// FuzzName: any input is taken without a panic, warned about exactly when package script finds it odd, and its
// plain form has nothing left that cannot be seen and gives the same form again.
func FuzzName(f *testing.F) {
	for _, s := range []string{"", "U", "Mаria", "Ma\u200bria", "\u202eairaM", "محمد\u200cرضا", "山田さくら", "A\xffB", "Ω\u034f\u200dx", "αß\u200d\u200d", "1\u200b2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > maxName {
			return
		}
		unseen, other, broken := false, false, false
		all := Warnings(s)
		for _, w := range all {
			unseen, other, broken = unseen || w.What == Invisible, other || w.What == OtherSet, broken || w.What == Broken
			if w.At < 1 || w.At > utf8.RuneCountInString(s) {
				t.Fatalf("%+q: a warning at %d", s, w.At)
			}
		}
		d := script.Detect(s)
		if len(all) < maxWarnings && (unseen != d.Invisible || other != d.Mixed || d.Invalid && !broken) {
			t.Fatalf("%+q: %v, script says %+v", s, all, d)
		}
		p := Plain(s)
		if script.Detect(p).Invisible {
			t.Fatalf("%+q: %+q still has what cannot be seen", s, p)
		}
		if again := Plain(p); again != p {
			t.Fatalf("%+q: %+q becomes %+q", s, p, again)
		}
		if utf8.ValidString(s) && !utf8.ValidString(p) {
			t.Fatalf("%+q: broken", s)
		}
	})
}
