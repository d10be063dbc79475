package numbering_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/law/numbering"
)

func TestParse(t *testing.T) {
	w := func(v int) numbering.Step { return numbering.Step{Mark: numbering.Whole, Value: v} }
	s := func(m numbering.Mark, v int) numbering.Step { return numbering.Step{Mark: m, Value: v} }
	for _, c := range []struct {
		text, slug string
		steps      []numbering.Step
	}{
		{"18", "18", []numbering.Step{w(18)}},
		{" 18a ", "18a", []numbering.Step{w(18), s(numbering.Letter, 1)}},
		{"18A", "18a", []numbering.Step{w(18), s(numbering.Letter, 1)}},
		{"370 A", "370a", []numbering.Step{w(370), s(numbering.Letter, 1)}},
		{"149-A", "149a", []numbering.Step{w(149), s(numbering.Letter, 1)}},
		{"177 bis", "177bis", []numbering.Step{w(177), s(numbering.Latin, 2)}},
		{"600-octies", "600octies", []numbering.Step{w(600), s(numbering.Latin, 8)}},
		{"143¹", "143-1", []numbering.Step{w(143), s(numbering.Raised, 1)}},
		{"143¹²", "143-12", []numbering.Step{w(143), s(numbering.Raised, 12)}},
		{"271.7A", "271-7a", []numbering.Step{w(271), s(numbering.Point, 7), s(numbering.Letter, 1)}},
		{"127.1", "127-1", []numbering.Step{w(127), s(numbering.Point, 1)}},
		{"225-4-1", "225-4-1", []numbering.Step{w(225), s(numbering.Point, 4), s(numbering.Point, 1)}},
		{"12aa", "12aa", []numbering.Step{w(12), s(numbering.Letter, 27)}},
		{"٣٤٥", "345", []numbering.Step{w(345)}},
		{"三百五十八", "358", []numbering.Step{w(358)}},
		{"二百四十之一", "240-1", []numbering.Step{w(240), s(numbering.Point, 1)}},
		{"十二", "12", []numbering.Step{w(12)}},
		{"一千零五", "1005", []numbering.Step{w(1005)}},
		{"二〇", "20", []numbering.Step{w(20)}},
	} {
		n, err := numbering.Parse(c.text)
		if err != nil || !slices.Equal(n.Steps, c.steps) || n.Slug() != c.slug || n.Text != strings.TrimSpace(c.text) {
			t.Errorf("Parse(%q) = %+v, slug %q, %v; want %v, %q", c.text, n, n.Slug(), err, c.steps, c.slug)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"", "a", "bis", "18 to 20", "18 and", "18 ab", "5 bis 7", "18)", "18.", "18-", "1..2", "143⁰", "100000", "九万九千九百九十九十万",
		strings.Repeat("1", 65), "1" + strings.Repeat(".1", 9), "18\xff",
	} {
		n, err := numbering.Parse(text)
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Invalid || n.Steps != nil {
			t.Errorf("Parse(%q) = %+v, %v; want a refusal", text, n, err)
		}
	}
}

func TestOrder(t *testing.T) {
	want := []string{"1", "2", "17", "18", "18 bis", "18 ter", "18a", "18b", "18z", "18aa", "18¹", "18²", "18.1", "18.1a", "18.2", "19", "127-1", "225-4", "225-4-1", "225-5", "1005"}
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		got := make([]numbering.Number, len(want))
		for i, at := range r.Perm(len(want)) {
			got[i] = mustParse(t, want[at])
		}
		slices.SortFunc(got, numbering.Number.Compare)
		for i := range got {
			if got[i].Text != want[i] {
				t.Fatalf("place %d holds %s, want %s", i, got[i].Text, want[i])
			}
		}
	}
	if mustParse(t, "149A").Compare(mustParse(t, "149-A")) != 0 {
		t.Error("149A and 149-A differ")
	}
}

// TestSlugsStand reads each slug back: it is the same number, but for raised digits, which become a step.
func TestSlugsStand(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 5_000 {
		steps := []string{fmt.Sprint(r.IntN(2000))}
		for range r.IntN(4) {
			steps = append(steps, []string{" bis", "a", "-C", ".7", "-4", "²", " ter", "zz"}[r.IntN(8)])
		}
		text := strings.Join(steps, "")
		n, err := numbering.Parse(text)
		if err != nil {
			continue
		}
		back, err := numbering.Parse(n.Slug())
		if err != nil || back.Slug() != n.Slug() {
			t.Fatalf("%q has the slug %q, which reads as %+v, %v", text, n.Slug(), back, err)
		}
		if !strings.Contains(text, "²") && back.Compare(n) != 0 {
			t.Fatalf("%q and its slug %q are not the same number", text, n.Slug())
		}
	}
}

func TestRange(t *testing.T) {
	for _, c := range []struct{ text, language, from, to string }{
		{"5 to 7", "en", "5", "7"},
		{"5–7", "en-GB", "5", "7"},
		{"5-7", "en", "5", "7"},
		{"370-370A", "en", "370", "370A"},
		{"5 à 7", "fr", "5", "7"},
		{"225-4-1 à 225-4-9", "fr", "225-4-1", "225-4-9"},
		{"5 bis 7", "de", "5", "7"},
		{"177 a 179", "es", "177", "179"},
		{"600 bis a 604", "it", "600 bis", "604"},
		{"127 по 130", "ru", "127", "130"},
		{"٥ إلى ٧", "ar", "٥", "٧"},
		{"三百五十八至三百六十", "zh", "三百五十八", "三百六十"},
	} {
		from, to, ok := numbering.Range(c.text, c.language)
		if !ok || from.Text != c.from || to.Text != c.to {
			t.Errorf("Range(%q, %s) = %q, %q, %v", c.text, c.language, from.Text, to.Text, ok)
		}
	}
	for _, c := range [][2]string{{"225-4", "fr"}, {"127-1", "ru"}, {"7 to 5", "en"}, {"5 to", "en"}, {"177 bis", "de"}, {"5 bis 7", "it"}, {"", "en"}, {"5 to 7", "xx"}} {
		if from, to, ok := numbering.Range(c[0], c[1]); ok {
			t.Errorf("Range(%q, %s) = %q, %q", c[0], c[1], from.Text, to.Text)
		}
	}
}

func TestRoman(t *testing.T) {
	for v := 1; v < 4000; v++ {
		text := numbering.FormatRoman(v)
		if got, ok := numbering.Roman(strings.ToLower(text)); !ok || got != v {
			t.Fatalf("%d is written %s and read %d, %v", v, text, got, ok)
		}
	}
	for _, text := range []string{"", "IIII", "VX", "IC", "MMMM", "A", "XIVI", strings.Repeat("M", 20)} {
		if v, ok := numbering.Roman(text); ok {
			t.Errorf("%q reads %d", text, v)
		}
	}
	if numbering.FormatRoman(0) != "" || numbering.FormatRoman(4000) != "" {
		t.Error("numerals beyond 1 to 3999")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"18a", "177 bis", "149-A", "143¹", "271.7A", "三百五十八条之一", "٥", "5 bis 7", "第"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := numbering.Parse(text)
		if err != nil {
			return
		}
		if len(n.Steps) == 0 || n.Compare(n) != 0 || n.Slug() == "" {
			t.Errorf("%q reads %+v", text, n)
		}
		if back, err := numbering.Parse(n.Slug()); err != nil || back.Slug() != n.Slug() {
			t.Errorf("%q has the slug %q, which reads %+v, %v", text, n.Slug(), back, err)
		}
		numbering.Range(text, "en")
	})
}

func mustParse(t *testing.T, text string) numbering.Number {
	t.Helper()
	n, err := numbering.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
