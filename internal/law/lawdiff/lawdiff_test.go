package lawdiff_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/law/lawdiff"
)

// treaty is an invented treaty of 159 articles and 19,367 words, and what became of it when one word in twenty was changed.
// Some words are left out and some are put in, so that the articles do not stay as long as they were.
func treaty(seed uint64) (old, text []lawdiff.Provision, edits int) {
	draw := rand.New(rand.NewPCG(seed, 5))
	const articles, words = 159, 19_367 - 159 // and a heading each
	for n := range articles {
		size := words / articles
		if n < words%articles {
			size++
		}
		before := make([]string, 0, size)
		for range size {
			before = append(before, fmt.Sprintf("word%d", int(4000*draw.Float64()*draw.Float64())))
		}
		var after []string
		for _, w := range before {
			if draw.IntN(20) > 0 {
				after = append(after, w)
				continue
			}
			switch draw.IntN(4) {
			case 0:
				edits++
			case 1:
				after, edits = append(after, w, fmt.Sprint("new", edits)), edits+1
			default:
				after, edits = append(after, fmt.Sprint("new", edits)), edits+2
			}
		}
		id := fmt.Sprintf("art_%d", n+1)
		head := fmt.Sprintf("Article-%d ", n+1)
		old = append(old, lawdiff.Provision{EID: id, Text: head + strings.Join(before, " ")})
		text = append(text, lawdiff.Provision{EID: id, Text: head + strings.Join(after, " ")})
	}
	return old, text, edits
}

func whole(all []lawdiff.Provision) string {
	var b strings.Builder
	for _, p := range all {
		b.WriteString(p.Text + "\n")
	}
	return b.String()
}

// aligned compares article by article and counts positions through the whole law.
func aligned(old, text []lawdiff.Provision) (all []lawdiff.Edit) {
	i, j := 0, 0
	for _, p := range lawdiff.Align(old, text) {
		for _, e := range lawdiff.Words(old[p.Old].Text, text[p.New].Text) {
			e.Old, e.New = e.Old+i, e.New+j
			all = append(all, e)
		}
		i, j = i+len(strings.Fields(old[p.Old].Text)), j+len(strings.Fields(text[p.New].Text))
	}
	return all
}

// TestTreaty holds that article by article and as a whole the same edits are found, and no more than were made.
func TestTreaty(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for _, s := range []uint64{1, 2, seed, seed + 1, seed + 2} {
		old, text, made := treaty(s)
		for i, p := range lawdiff.Align(old, text) {
			if p.Old != i || p.New != i || p.Moved || p.Renumbered {
				t.Fatalf("seed %d: article %d: %+v", s, i+1, p)
			}
		}
		byArticle, asWhole := aligned(old, text), lawdiff.Words(whole(old), whole(text))
		if !slices.Equal(byArticle, asWhole) {
			t.Errorf("seed %d: %d edits article by article, %d as a whole, or at other places", s, len(byArticle), len(asWhole))
		}
		if len(byArticle) == 0 || len(byArticle) > made {
			t.Errorf("seed %d: %d edits found, %d made", s, len(byArticle), made)
		}
	}
}

// TestWordsAreShortest compares with the plain table of longest common subsequences.
func TestWordsAreShortest(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 0, 30).Draw(r, "old")
		b := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 0, 30).Draw(r, "new")
		edits := lawdiff.Words(strings.Join(a, " "), strings.Join(b, " "))
		if want := len(a) + len(b) - 2*longest(a, b); len(edits) != want {
			r.Fatalf("%d edits, %d are enough: %v", len(edits), want, edits)
		}
		var out, in []string
		for _, p := range lawdiff.Pieces(strings.Join(a, " "), strings.Join(b, " ")) {
			words := strings.Fields(p.Text)
			if p.Op != lawdiff.In {
				out = append(out, words...)
			}
			if p.Op != lawdiff.Out {
				in = append(in, words...)
			}
		}
		if !slices.Equal(out, a) && len(a) > 0 || !slices.Equal(in, b) && len(b) > 0 {
			r.Fatalf("the pieces are %v and %v", out, in)
		}
		for i, e := range edits {
			if e.Op == lawdiff.Out && a[e.Old] != e.Word || e.Op == lawdiff.In && b[e.New] != e.Word {
				r.Fatalf("edit %d names %q at another place", i, e.Word)
			}
		}
	})
}

func longest(a, b []string) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		last := 0
		for j, y := range b {
			up := row[j+1]
			if x == y {
				row[j+1] = last + 1
			} else {
				row[j+1] = max(up, row[j])
			}
			last = up
		}
	}
	return row[len(b)]
}

func provisions(texts ...string) (all []lawdiff.Provision) {
	for _, one := range texts {
		id, text, _ := strings.Cut(one, ": ")
		all = append(all, lawdiff.Provision{EID: id, Text: text})
	}
	return all
}

func TestAlign(t *testing.T) {
	const (
		aid     = "Each State shall give every person who was trafficked a safe house, a doctor and an interpreter"
		stay    = "A person who was trafficked may stay for at least ninety days, whatever the court decides"
		penalty = "Whoever recruits, moves or harbours another by force for work shall be punished with prison"
		court   = "The court hears a witness behind a screen when the witness asks for it"
	)
	old := provisions("art_1: "+aid, "art_2: "+stay, "art_3: "+penalty, "art_4: "+court)
	for name, c := range map[string]struct {
		text []lawdiff.Provision
		want []lawdiff.Pair
	}{
		"renumbered by one put in before": {
			provisions("art_1: This law is about people.", "art_2: "+aid, "art_3: "+stay, "art_4: "+penalty, "art_5: "+court),
			[]lawdiff.Pair{
				{Old: -1, New: 0, Change: lawdiff.Added},
				{Old: 0, New: 1, Change: lawdiff.Same, Renumbered: true},
				{Old: 1, New: 2, Change: lawdiff.Same, Renumbered: true},
				{Old: 2, New: 3, Change: lawdiff.Same, Renumbered: true},
				{Old: 3, New: 4, Change: lawdiff.Same, Renumbered: true},
			},
		},
		"one moved, one changed and one removed": {
			provisions("art_4: "+court, "art_1: "+strings.Replace(aid, "shall", "may", 1), "art_3: "+penalty),
			[]lawdiff.Pair{
				{Old: 3, New: 0, Change: lawdiff.Same, Moved: true},
				{Old: 0, New: 1, Change: lawdiff.Changed},
				{Old: 1, New: -1, Change: lawdiff.Removed},
				{Old: 2, New: 2, Change: lawdiff.Same},
			},
		},
		"split": {
			provisions("art_1: Each State shall give every person who was trafficked a safe house", "art_1a: every person who was trafficked a doctor and an interpreter",
				"art_2: "+stay, "art_3: "+penalty, "art_4: "+court),
			[]lawdiff.Pair{
				{Old: 0, New: 0, Change: lawdiff.Changed},
				{Old: 0, New: 1, Change: lawdiff.SplitOff},
				{Old: 1, New: 2, Change: lawdiff.Same},
				{Old: 2, New: 3, Change: lawdiff.Same},
				{Old: 3, New: 4, Change: lawdiff.Same},
			},
		},
		"merged": {
			provisions("art_1: "+aid+". "+stay, "art_3: "+penalty, "art_4: "+court),
			[]lawdiff.Pair{
				{Old: 0, New: 0, Change: lawdiff.Changed},
				{Old: 1, New: 0, Change: lawdiff.MergedInto},
				{Old: 2, New: 1, Change: lawdiff.Same},
				{Old: 3, New: 2, Change: lawdiff.Same},
			},
		},
		"another text under the number": {
			provisions("art_1: "+aid, "art_2: Nothing of this is for sale.", "art_3: "+penalty, "art_4: "+court),
			[]lawdiff.Pair{
				{Old: 0, New: 0, Change: lawdiff.Same},
				{Old: 1, New: 1, Change: lawdiff.Changed},
				{Old: 2, New: 2, Change: lawdiff.Same},
				{Old: 3, New: 3, Change: lawdiff.Same},
			},
		},
	} {
		if got := lawdiff.Align(old, c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, c.want)
		}
	}
	text := provisions("art_9: Nothing of the kind.")
	text[0].WID = "art_2"
	if got := lawdiff.Align(old[1:2], text); len(got) != 1 || got[0].Change != lawdiff.Added {
		// The old one's WID is not given, so it is not the same.
		if len(got) != 2 {
			t.Errorf("%+v", got)
		}
	}
	named := slices.Clone(old)
	named[1].WID, text[0].WID = "w2", "w2"
	if got := lawdiff.Align(named[1:2], text); len(got) != 1 || got[0].Change != lawdiff.Changed || !got[0].Renumbered {
		t.Errorf("by the identifier through all versions: %+v", got)
	}
}

// TestAlignKeepsAll holds that each provision is told of once, in whatever order they come.
func TestAlignKeepsAll(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		side := func(name string) []lawdiff.Provision {
			return rapid.SliceOfN(rapid.Custom(func(r *rapid.T) lawdiff.Provision {
				return lawdiff.Provision{
					EID:  rapid.SampledFrom([]string{"art_1", "art_2", "art_3"}).Draw(r, "eid"),
					WID:  rapid.SampledFrom([]string{"", "w1", "art_1"}).Draw(r, "wid"),
					Text: rapid.StringMatching(`([ab] ){0,4}`).Draw(r, "text"),
				}
			}), 0, 7).Draw(r, name)
		}
		old, text := side("old"), side("new")
		seenOld, seenNew := make([]int, len(old)), make([]int, len(text))
		for _, p := range lawdiff.Align(old, text) {
			if p.Old >= 0 && p.Change != lawdiff.SplitOff {
				seenOld[p.Old]++
			}
			if p.New >= 0 && p.Change != lawdiff.MergedInto {
				seenNew[p.New]++
			}
		}
		for _, n := range append(seenOld, seenNew...) {
			if n != 1 {
				r.Fatalf("one stands %d times", n)
			}
		}
	})
}

func TestWordsOfScripts(t *testing.T) {
	got := lawdiff.Words("禁止贩卖人口。", "禁止买卖人口。")
	want := []lawdiff.Edit{{Op: lawdiff.Out, Old: 2, New: 2, Word: "贩"}, {Op: lawdiff.In, Old: 3, New: 2, Word: "买"}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	if got := lawdiff.Words("the same  words", "the\nsame words "); len(got) > 0 {
		t.Errorf("white space is no change: %v", got)
	}
	if got := lawdiff.Words("the the end", "the end"); len(got) != 1 || got[0].Old != 0 {
		t.Errorf("a change stands as near to the beginning as it can: %v", got)
	}
}

func FuzzWords(f *testing.F) {
	f.Add("a b c", "a c")
	f.Add("", "\xff")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) > 2000 {
			return
		}
		out, in := 0, 0
		for _, e := range lawdiff.Words(a, b) {
			if e.Op == lawdiff.Out {
				out++
			} else {
				in++
			}
		}
		back := lawdiff.Words(b, a)
		if len(back) != out+in {
			t.Errorf("%d edits there, %d back", out+in, len(back))
		}
	})
}

func BenchmarkTreaty(b *testing.B) {
	old, text, _ := treaty(1)
	if !slices.Equal(aligned(old, text), lawdiff.Words(whole(old), whole(text))) {
		b.Fatal("the edits differ")
	}
	b.Run("aligned", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, p := range lawdiff.Align(old, text) {
				lawdiff.Words(old[p.Old].Text, text[p.New].Text)
			}
		}
	})
	a, c := whole(old), whole(text)
	b.Run("whole", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			lawdiff.Words(a, c)
		}
	})
}

func ExampleWords() {
	for _, p := range lawdiff.Pieces("The State shall consider a residence permit.", "The State shall issue a residence permit.") {
		fmt.Printf("%s%s\n", map[lawdiff.Op]string{lawdiff.Kept: "  ", lawdiff.Out: "- ", lawdiff.In: "+ "}[p.Op], p.Text)
	}
	// Output:
	//   The State shall
	// - consider
	// + issue
	//   a residence permit.
}
