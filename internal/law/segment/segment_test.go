package segment_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/law/segment"
	"github.com/fourfold/fourfold/internal/law/work"
)

// outline writes a tree as one line a node, for comparison.
func outline(nodes []*segment.Node) string {
	var b strings.Builder
	var walk func(n *segment.Node, depth int)
	walk = func(n *segment.Node, depth int) {
		fmt.Fprintf(&b, "%s%s", strings.Repeat(" ", depth), n.EID)
		if n.Heading != "" {
			fmt.Fprintf(&b, " [%s]", n.Heading)
		}
		b.WriteByte('\n')
		for _, c := range n.Children {
			walk(c, depth+1)
		}
	}
	for _, n := range nodes {
		walk(n, 0)
	}
	return strings.TrimSpace(b.String())
}

// The laws are invented.
var laws = []struct{ name, language, text, want string }{
	{"English treaty", "en", "The Parties,\nHaving agreed,\nArticle 1\nUse of terms\nFor this Protocol:\n(a) The word harbour means:\n(i) to lodge;\n(ii) to hide;\n(b) The word child means anybody under eighteen.\nArticle 2\n1. Each Party shall act.\n2. Article 1 applies.\n", `preamble
art_1 [Use of terms]
 art_1__point_a
  art_1__point_a__point_i
  art_1__point_a__point_ii
 art_1__point_b
art_2
 art_2__para_1
 art_2__para_2`},
	{"English act", "en", "CHAPTER VI\nOF OFFENCES\n143. Invented offence.—(1) Whoever lodges another shall be punished.\nProvided that no child is punished.\nExplanation 1.—The word other means anybody.\n(2) Whoever hides another shall be punished.\n144. Other matters.—(1) Nothing here binds.\nTHE SCHEDULE\n1. First form\n", `chp_vi [OF OFFENCES]
 sec_143 [Invented offence]
  sec_143__para_1
   sec_143__para_1__proviso_1
  sec_143__expl_1
  sec_143__para_2
 sec_144 [Other matters]
  sec_144__para_1
sched_1
 sched_1__sec_1 [First form]`},
	{"letters and Roman ones", "en", "Article 1\nThe words are:\n(g) one;\n", `art_1
`},
	{"French", "fr", "TITRE PREMIER\nDispositions communes\nChapitre II – Des peines\nArticle 225-4-1\nI. – Une peine est prévue.\nII. – Une autre peine est prévue.\nArticle 225-4-2\nLes peines sont :\na) la première ;\nb) la seconde.\n", `title_1 [Dispositions communes]
 title_1__chp_ii [Des peines]
  art_225-4-1
   art_225-4-1__point_i
   art_225-4-1__point_ii
  art_225-4-2
   art_225-4-2__point_a
   art_225-4-2__point_b`},
	{"Spanish", "es", "TÍTULO VII BIS\nDe las ofensas inventadas\nArtículo 177 bis.\n1. Será castigado quien aloje.\na) Con engaño.\nb) Con fuerza.\n2. El artículo 178 no se aplica.\nArtículo 178. Otras cosas\nTexto que dice algo.\nDisposición final primera. Entrada en vigor\n", `title_viibis [De las ofensas inventadas]
 art_177bis
  art_177bis__para_1
   art_177bis__para_1__point_a
   art_177bis__para_1__point_b
  art_177bis__para_2
 art_178 [Otras cosas]
 art_1 [Entrada en vigor]`},
	{"Portuguese", "pt", "CAPÍTULO I\nDas regras\nArt. 149-A. Alojar alguém, mediante engano.\nI - com fraude;\nII - com abuso.\nArt. 150. Esta lei entra em vigor hoje.\n", `chp_i [Das regras]
 art_149a
  art_149a__point_i
  art_149a__point_ii
 art_150`},
	{"German", "de", "Achter Abschnitt\nErfundene Taten\n§ 232 Beherbergen\n(1) Wer beherbergt, wird bestraft.\n1. mit List,\n2. mit Gewalt.\n(2) § 233 gilt.\n§ 232a Verstecken\n(1) Wer versteckt, wird bestraft.\n", `chp_8 [Erfundene Taten]
 sec_232 [Beherbergen]
  sec_232__para_1
   sec_232__para_1__point_1
   sec_232__para_1__point_2
  sec_232__para_2
 sec_232a [Verstecken]
  sec_232a__para_1`},
	{"Italian", "it", "Titolo I\nArt. 600-bis\nFatto inventato\nChi ospita è punito.\nArt. 600-ter\nAltro fatto\nChi nasconde è punito.\n", `title_i
 art_600bis [Fatto inventato]
 art_600ter [Altro fatto]`},
	{"Russian", "ru", "Глава 17. Вымышленные деяния\nСтатья 127.1. Укрывание\n1. Кто укрывает, наказывается.\n2. То же деяние, совершённое:\nа) обманом;\nб) силой.\nПримечание. Слово не имеет значения.\nСтатья 127.2. Иное\nТекст.\n", `chp_17 [Вымышленные деяния]
 art_127-1 [Укрывание]
  art_127-1__para_1
  art_127-1__para_2
   art_127-1__para_2__point_1
   art_127-1__para_2__point_2
  art_127-1__expl_1
 art_127-2 [Иное]`},
	{"Arabic", "ar", "الفصل الأول\nأحكام عامة\nالمادة 1\nيقصد بالكلمات الآتية:\n(أ) الأولى؛\n(ب) الثانية.\nالمادة (٢)\nيعاقب كل من خالف.\nالمادة الثالثة\nينشر هذا القانون.\n", `chp_1 [أحكام عامة]
 art_1
  art_1__point_1
  art_1__point_2
 art_2
 art_3`},
	{"Chinese", "zh", "第一章 总则\n第一条 为了保护，制定本法。\n第二条 下列行为：\n（一）甲；\n（二）乙。\n第二条之一 前条规定适用。\n第二章 附则\n第三条 本法施行。\n", `chp_1 [总则]
 art_1
 art_2
  art_2__para_1
  art_2__para_2
 art_2-1
chp_2 [附则]
 art_3`},
	{"raised numbers", "ru", "Статья 143¹. Вымысел\nТекст.\n", `art_143-1 [Вымысел]`},
	{"what is quoted is not a part", "en", "Article 1\nAfter Article 18 the following is inserted:\n“Article 18a\nKnowing use\n1. A Party shall act.”\nArticle 2\nThis Act is invented.\n", `art_1
art_2`},
	{"sentences that begin with a citation", "en", "Article 1\nArticle 5 of the Act applies.\nArticle 6, which is invented, does not.\nArticle 2\nText.\n", `art_1
art_2`},
	{"letters go on after h", "en", "Article 1\n(f) six\n(a) one\n(b) two\n(c) three\n(d) four\n(e) five\n(f) six\n(g) seven\n(h) eight\n(i) nine\n(j) ten\n", `art_1
 art_1__point_a
 art_1__point_b
 art_1__point_c
 art_1__point_d
 art_1__point_e
 art_1__point_f
 art_1__point_g
 art_1__point_h
 art_1__point_i
 art_1__point_j`},
	{"Roman ones below h", "en", "Article 1\n(a) one\n(b) two\n(c) three\n(d) four\n(e) five\n(f) six\n(g) seven\n(h) eight:\n(i) first\n(ii) second\n", `art_1
 art_1__point_a
 art_1__point_b
 art_1__point_c
 art_1__point_d
 art_1__point_e
 art_1__point_f
 art_1__point_g
 art_1__point_h
  art_1__point_h__point_i
  art_1__point_h__point_ii`},
}

func TestSplit(t *testing.T) {
	for _, l := range laws {
		tree, err := segment.Split(l.text, l.language)
		if err != nil {
			t.Errorf("%s: %v", l.name, err)
			continue
		}
		if got := outline(tree.Nodes); got != strings.TrimSpace(l.want) {
			t.Errorf("%s:\n%s\nwant\n%s", l.name, got, l.want)
		}
		keepsAll(t, tree, l.text)
	}
}

// keepsAll checks that each line that is not blank belongs to exactly one node, and that its words are there.
func keepsAll(t *testing.T, tree *segment.Tree, text string) {
	t.Helper()
	owner := map[int]int{}
	seen := map[string]bool{}
	var walk func(nodes []*segment.Node)
	walk = func(nodes []*segment.Node) {
		for _, n := range nodes {
			if seen[n.EID] {
				t.Fatalf("%s stands twice", n.EID)
			}
			seen[n.EID] = true
			for _, l := range n.Lines {
				owner[l]++
			}
			walk(n.Children)
		}
	}
	walk(tree.Nodes)
	for i, l := range strings.Split(text, "\n") {
		want := 0
		if strings.Trim(l, " \t\u00a0\u3000\u200b\u200e\u200f\u00ad\u061c\ufeff\u202f\r\v\f\u0085\u2028\u2029\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u205f") != "" {
			want = 1
		}
		if owner[i+1] != want {
			t.Fatalf("line %d, %q, belongs to %d nodes", i+1, l, owner[i+1])
		}
	}
}

// TestSplitKeepsAll mixes the lines of all laws.
func TestSplitKeepsAll(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	var lines []string
	for _, l := range laws {
		lines = append(lines, strings.Split(l.text, "\n")...)
	}
	for range 300 {
		mixed := make([]string, 60)
		for i := range mixed {
			mixed[i] = lines[r.IntN(len(lines))]
		}
		text := strings.Join(mixed, "\n")
		for _, language := range segment.Languages() {
			tree, err := segment.Split(text, language)
			if err != nil {
				t.Fatal(err)
			}
			keepsAll(t, tree, text)
		}
	}
}

func TestSplitTells(t *testing.T) {
	tree, err := segment.Split("Article 5\nOne thing.\nArticle 6\n(1) First.\n(d) Lost.\nArticle 5\nAnother thing.\n", "en")
	if err != nil {
		t.Fatal(err)
	}
	if got := outline(tree.Nodes); got != "art_5\nart_6\n art_6__para_1\nart_5_2" {
		t.Errorf("outline\n%s", got)
	}
	if len(tree.Problems) != 1 || !strings.Contains(tree.Problems[0].Error(), "5 stands twice: in line 1 and in line 6") {
		t.Errorf("problems %v", tree.Problems)
	}
	if !slices.Equal(tree.Unmatched, []int{5}) || tree.Nodes[1].Children[0].Text != "First.\n(d) Lost." {
		t.Errorf("unmatched %v, text %q", tree.Unmatched, tree.Nodes[1].Children[0].Text)
	}
	if tree, err = segment.Split("Nothing of a law.", "en"); err != nil || len(tree.Problems) != 1 {
		t.Errorf("a text without articles: %v, %v", tree, err)
	}
	if _, err = segment.Split("x", "tlh"); !refused(err, "grammar") {
		t.Errorf("an unknown language: %v", err)
	}
}

func TestProvisions(t *testing.T) {
	tree, err := segment.Split(laws[0].text, "en")
	if err != nil {
		t.Fatal(err)
	}
	parts := tree.Provisions("e1")
	var ids []string
	for i, p := range parts {
		ids = append(ids, p.Parent+">"+p.EID)
		if p.Ordinal != i+1 || p.Expression != "e1" || p.Hash != work.Hash(p.Heading, p.Text) {
			t.Errorf("part %d is %+v", i, p)
		}
	}
	want := []string{
		">preamble", ">art_1", "art_1>art_1__point_a", "art_1__point_a>art_1__point_a__point_i", "art_1__point_a>art_1__point_a__point_ii",
		"art_1>art_1__point_b", ">art_2", "art_2>art_2__para_1", "art_2>art_2__para_2",
	}
	if !slices.Equal(ids, want) {
		t.Errorf("parts %q", ids)
	}
	law := work.Work{ID: "w1", Jurisdiction: "XX", Kind: "act", Title: "Invented Act", Adopted: clock.Day("2020-01-01")}
	if err := work.CheckExpression(law, work.Expression{ID: "e1", Work: "w1", Language: "en", AsOf: "2020-01-02", Form: work.Enacted, Source: "invented", Hash: strings.Repeat("0", 64)}, parts); err != nil {
		t.Errorf("the room refuses the parts: %v", err)
	}
}

func TestDecode(t *testing.T) {
	wide := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune("第一条\r\n𠀀")) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for _, c := range []struct{ file, text string }{
		{"Article 1\r\nText\rEnd", "Article 1\nText\nEnd"}, {"\xef\xbb\xbfمادة", "مادة"}, {string(wide), "第一条\n𠀀"},
	} {
		if got, err := segment.Decode([]byte(c.file)); err != nil || got != c.text {
			t.Errorf("Decode(%q) = %q, %v", c.file, got, err)
		}
	}
	for _, c := range []struct{ file, says string }{
		{"%PDF-1.7\n1 0 obj", "PDF"},
		{"PK\x03\x04word", "word processor"},
		{"  \n \n", "no text"},
		{"", "no text"},
		{"Article\x00", "zero"},
		{"Article 1\nTexte fran\xe7ais et tr\xe8s clair", "byte 21, in line 2"},
		{"Article fran\xe7ais", "Windows-1252"},
		{"\xd1\xf2\xe0\xf2\xfc\xff \xf2\xf0\xe8", "Windows-1251"},
		{"\xb5\xda\xd2\xbb\xcc\xf5 \xce\xaa\xc1\xcb", "GB 18030"},
		{"\xff\xfea\x00b", "cut off"},
		{"\xff\xfe\x00\xd8a\x00", "half a character"},
	} {
		if text, err := segment.Decode([]byte(c.file)); !refused(err, c.says) || text != "" {
			t.Errorf("Decode(%q) = %q, %v; want %q", c.file, text, err, c.says)
		}
	}
}

func refused(err error, says string) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind == fault.Invalid && strings.Contains(f.Error(), says)
}

func FuzzSplit(f *testing.F) {
	for _, l := range laws {
		f.Add(l.text, l.language)
	}
	f.Fuzz(func(t *testing.T, text, language string) {
		decoded, err := segment.Decode([]byte(text))
		if err != nil {
			return
		}
		tree, err := segment.Split(decoded, language)
		if err != nil {
			return
		}
		keepsAll(t, tree, decoded)
	})
}

// BenchmarkSplit divides an invented law: articles of two paragraphs and three points.
func BenchmarkSplit(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, "Article %d\nHeading of an invented article\n1. Each Party shall do what it has said, and nothing else:\n(a) to lodge nobody;\n(b) to hide nobody;\n(c) to carry nobody.\n2. Nothing in this article is true.\n", i+1)
		}
		b.Run(fmt.Sprint(6*n), func(b *testing.B) {
			tree, err := segment.Split(text.String(), "en")
			if err != nil || len(tree.Nodes) != n || len(tree.Problems) > 0 || len(tree.Nodes[n-1].Children) != 2 || len(tree.Nodes[n-1].Children[0].Children) != 3 {
				b.Fatalf("not divided: %v", err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := segment.Split(text.String(), "en"); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(6*n)*float64(b.N)/b.Elapsed().Seconds(), "provisions/s")
		})
	}
}
