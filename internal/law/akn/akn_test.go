package akn_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/law/akn"
	"github.com/fourfold/fourfold/internal/law/segment"
	"github.com/fourfold/fourfold/internal/law/work"
)

// invented is a law that nobody made, as other programs write it.
const invented = `<?xml version="1.0" encoding="UTF-8"?>
<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><act name="act"><meta><identification source="#x">
<FRBRWork><FRBRthis value="/akn/xx/act/2020/5/!main"/><FRBRuri value="/akn/xx/act/2020/5"/><FRBRalias value="Invented Act" name="title"/><FRBRdate date="2020-05-01" name="Generation"/><FRBRauthor href="#a"/><FRBRcountry value="xx"/></FRBRWork>
<FRBRExpression><FRBRuri value="/akn/xx/act/2020/5/eng@2020-06-01"/><FRBRdate date="2020-06-01" name="Generation"/><FRBRlanguage language="eng"/></FRBRExpression>
<FRBRManifestation><FRBRuri value="/akn/xx/act/2020/5/eng@2020-06-01.xml"/></FRBRManifestation></identification></meta>
<preface><longTitle><p>An Act that nobody made</p></longTitle></preface>
<body><chapter eId="chp_1"><num>I</num><heading>Of <b>offences</b></heading>
<article eId="chp_1__art_1" wId="art_1"><num>1.</num><heading>Words</heading><intro><p>In this Act:</p></intro>
<point><num>(a)</num><content><p>harbour means to lodge, see <ref href="#x">section 2</ref>;</p></content></point>
<point><num>(b)</num><content><p>child means anybody under 18.</p><strange>It is kept.</strange></content></point>
<wrapUp><p>And nothing else.</p></wrapUp></article>
<article eId="chp_1__art_2"><num>2</num><content><p>One &amp; two.</p><table><tr><td><p>cell</p></td><td>other</td></tr></table></content></article>
</chapter></body></act></akomaNtoso>`

func TestRead(t *testing.T) {
	d, err := akn.Read(strings.NewReader(invented))
	if err != nil {
		t.Fatal(err)
	}
	want := &akn.Document{
		Type: "act", Work: "/akn/xx/act/2020/5", Expression: "/akn/xx/act/2020/5/eng@2020-06-01", Adopted: "2020-05-01", AsOf: "2020-06-01",
		Language: "eng", Title: "Invented Act", Unknown: []string{"strange"},
		Parts: []*akn.Part{
			{Name: "preface", EID: "preface_1", Text: "An Act that nobody made"},
			{Name: "chapter", EID: "chp_1", Num: "I", Heading: "Of offences", Parts: []*akn.Part{
				{Name: "article", EID: "chp_1__art_1", WID: "art_1", Num: "1.", Heading: "Words", Text: "In this Act:\nAnd nothing else.", Parts: []*akn.Part{
					{Name: "point", EID: "chp_1__art_1__point_1", Num: "(a)", Text: "harbour means to lodge, see section 2;"},
					{Name: "point", EID: "chp_1__art_1__point_2", Num: "(b)", Text: "child means anybody under 18.\nIt is kept."},
				}},
				{Name: "article", EID: "chp_1__art_2", Num: "2", Text: "One & two.\ncell\nother"},
			}},
		},
	}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("read %s\nwant %s", show(d), show(want))
	}
}

func show(d *akn.Document) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%+v\n", *d)
	var walk func(parts []*akn.Part, depth int)
	walk = func(parts []*akn.Part, depth int) {
		for _, p := range parts {
			fmt.Fprintf(&b, "%s%s %q %q %q %q %q\n", strings.Repeat(" ", depth), p.Name, p.EID, p.WID, p.Num, p.Heading, p.Text)
			walk(p.Parts, depth+1)
		}
	}
	walk(d.Parts, 1)
	return b.String()
}

func TestReadRefuses(t *testing.T) {
	bomb := `<?xml version="1.0"?>` + "\n" + `<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>` + "\n"
	open, body := `<akomaNtoso xmlns="`+akn.Namespace+`"><act name="act">`, `</act></akomaNtoso>`
	for name, c := range map[string]struct{ file, says, line string }{
		"an entity bomb":        {bomb + strings.Replace(invented[38:], "One", "&c;", 1), "document type", "2"},
		"an external entity":    {`<!DOCTYPE act SYSTEM "file:///etc/passwd">` + invented[38:], "document type", "1"},
		"an undeclared entity":  {strings.Replace(invented, "One", "&c;", 1), "entity", "12"},
		"a deep one":            {open + strings.Repeat("<point>", 70) + strings.Repeat("</point>", 70) + body, "64 levels", "1"},
		"a deep text":           {open + "<body><article>" + strings.Repeat("<p>", 70) + strings.Repeat("</p>", 70) + "</article></body>" + body, "64 levels", "1"},
		"a deep meta":           {open + "<meta>" + strings.Repeat("<a>", 70) + strings.Repeat("</a>", 70) + "</meta>" + body, "64 levels", "1"},
		"another namespace":     {`<akomaNtoso xmlns="http://www.akomantoso.org/2.0"><act/></akomaNtoso>`, "no Akoma Ntoso 3.0", "1"},
		"another root":          {`<other xmlns="` + akn.Namespace + `"><act/></other>`, "no Akoma Ntoso 3.0", "1"},
		"a page":                {"<html></html>", "no Akoma Ntoso", "1"},
		"another document":      {`<akomaNtoso xmlns="` + akn.Namespace + `"><judgment/></akomaNtoso>`, "judgment", "1"},
		"one cut off":           {invented[:900], "", ""},
		"one with wrong ends":   {open + "<body></bodi>" + body, "not well formed", "1"},
		"one in another script": {`<?xml version="1.0" encoding="windows-1251"?><akomaNtoso/>`, "only UTF-8", ""},
		"two documents":         {open + "<body/></act><act/></akomaNtoso>", "more than one document", "1"},
		"nothing":               {"", "ends before", "1"},
		"no document":           {`<akomaNtoso xmlns="` + akn.Namespace + `"></akomaNtoso>`, "no document", "1"},
	} {
		d, err := akn.Read(strings.NewReader(c.file))
		var f *fault.Error
		if d != nil || !errors.As(err, &f) || f.Kind != fault.Invalid || !strings.Contains(f.Error(), c.says) {
			t.Errorf("%s: %v, %v", name, d, err)
			continue
		}
		if c.line != "" && !strings.Contains(fmt.Sprint(f.Fields), c.line) {
			t.Errorf("%s: no line %s in %v", name, c.line, f.Fields)
		}
	}
	if _, err := akn.Read(&endless{head: open + "<body><article><p>"}); err == nil || !strings.Contains(err.Error(), "64 MB") {
		t.Errorf("an endless file: %v", err)
	}
}

// endless is a file without an end.
type endless struct{ head string }

func (e *endless) Read(b []byte) (int, error) {
	n := copy(b, e.head)
	e.head = e.head[n:]
	for i := n; i < len(b); i++ {
		b[i] = 'x'
	}
	return len(b), nil
}

// TestThereAndBack writes documents at random and reads them.
func TestThereAndBack(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 300 {
		d := random(r)
		var first, second bytes.Buffer
		if err := akn.Write(&first, d); err != nil {
			t.Fatal(err)
		}
		if err := akn.Write(&second, d); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Fatalf("two writings differ, %v", err)
		}
		back, err := akn.Read(&first)
		if err != nil || !reflect.DeepEqual(back, d) {
			t.Fatalf("%v: read\n%s\nwant\n%s", err, show(back), show(d))
		}
	}
}

func random(r *rand.Rand) *akn.Document {
	words := []string{"", "a & b", "<p>", "\"quoted\"", "المادة", "第一条", "one\ntwo", "ё", "it's"}
	names := []string{"part", "chapter", "section", "article", "paragraph", "point", "hcontainer"}
	id := 0
	var parts func(depth int) []*akn.Part
	parts = func(depth int) []*akn.Part {
		var out []*akn.Part
		for range r.IntN(4) {
			id++
			p := &akn.Part{
				Name: names[r.IntN(len(names))], EID: fmt.Sprintf("id_%d", id), Num: strings.ReplaceAll(words[r.IntN(len(words))], "\n", " "),
				Heading: strings.ReplaceAll(words[r.IntN(len(words))], "\n", " "), Text: words[r.IntN(len(words))],
			}
			if r.IntN(3) == 0 {
				p.WID = fmt.Sprintf("w_%d", id)
			}
			if p.Name == "hcontainer" {
				p.Role = "schedule"
			}
			if depth < 4 {
				p.Parts = parts(depth + 1)
			}
			out = append(out, p)
		}
		return out
	}
	return &akn.Document{
		Type: []string{"act", "bill", "doc", "statement"}[r.IntN(4)], Work: "/akn/xx/act/2020/5", Expression: "/akn/xx/act/2020/5/eng@2020-06-01",
		Adopted: "2020-05-01", AsOf: "2020-06-01", Language: "eng", Title: "A & B", Parts: parts(0),
	}
}

// TestALawGoesOutAndComesBack divides an invented law, writes it and reads its provisions back.
func TestALawGoesOutAndComesBack(t *testing.T) {
	tree, err := segment.Split("Preamble of nobody\nCHAPTER I\nWords\n1. Meaning.—(1) To lodge:\n(a) one;\n(b) two.\nProvided that nothing holds.\nExplanation.—Nothing.\n2. End.\nSCHEDULE 1\nForms\n", "en")
	if err != nil {
		t.Fatal(err)
	}
	want := tree.Provisions("e1")
	parts, err := akn.Parts(want)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := akn.Write(&file, &akn.Document{Type: "act", Parts: parts}); err != nil {
		t.Fatal(err)
	}
	back, err := akn.Read(&file)
	if err != nil {
		t.Fatal(err)
	}
	if got := back.Provisions("e1"); len(got) < 9 || !reflect.DeepEqual(got, want) {
		t.Errorf("came back\n%+v\nwent out\n%+v", got, want)
	}
	for name, list := range map[string][]work.Provision{
		"an orphan": {{EID: "a", Kind: "point", Parent: "b"}}, "one twice": {{EID: "a", Kind: "point"}, {EID: "a", Kind: "point"}}, "no name": {{Kind: "point"}},
		"its own parent": {{EID: "a", Kind: "point", Parent: "a"}},
	} {
		if parts, err := akn.Parts(list); err == nil || parts != nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// TestIdentify gives parts without an identifier one that nothing else has.
func TestIdentify(t *testing.T) {
	d, err := akn.Read(strings.NewReader(`<akomaNtoso xmlns="` + akn.Namespace + `"><act><body><article><num>5</num><point/><point eId="art_5"/></article><article><num>5</num></article><article eId="art_5_2"/></body></act></akomaNtoso>`))
	if err != nil || d.Check() != nil {
		t.Fatalf("%v, %v", err, d.Check())
	}
	var ids []string
	for _, p := range d.Provisions("") {
		ids = append(ids, p.EID)
	}
	if got := strings.Join(ids, " "); got != "art_5_3 art_5_3__point_1 art_5 art_5_4 art_5_2" {
		t.Errorf("identifiers %s", got)
	}
}

func TestCheck(t *testing.T) {
	d := &akn.Document{Type: "act", Parts: []*akn.Part{
		{Name: "article", EID: "art_1"}, {Name: "article", EID: "art_1"}, {Name: "marquee", EID: "m"}, {Name: "point"}, {Name: "point", EID: "a b"},
	}}
	err := d.Check()
	for _, says := range []string{"/article[2]", "too [/article[1]]", "/marquee[3]", "/point[4]", "no eId", "/point[5]"} {
		var f *fault.Error
		if !errors.As(err, &f) || !strings.Contains(fmt.Sprint(f.Fields), says) {
			t.Errorf("no word of %s in %v", says, f.Fields)
		}
	}
	var out bytes.Buffer
	if akn.Write(&out, d) == nil || out.Len() > 0 {
		t.Error("a document that cannot be kept was written")
	}
	if (&akn.Document{Type: "poem"}).Check() == nil {
		t.Error("a poem is an act")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(invented))
	f.Fuzz(func(t *testing.T, file []byte) {
		d, err := akn.Read(bytes.NewReader(file))
		if err != nil || d.Check() != nil {
			return
		}
		var out bytes.Buffer
		if err := akn.Write(&out, d); err != nil {
			t.Fatal(err)
		}
		if _, err := akn.Read(&out); err != nil {
			t.Fatalf("what was written is refused: %v", err)
		}
	})
}

// BenchmarkRead reads an invented law of articles with two points.
func BenchmarkRead(b *testing.B) {
	for _, n := range []int{200, 2_000, 20_000} {
		d := &akn.Document{Type: "act"}
		for i := range n {
			id := fmt.Sprintf("art_%d", i+1)
			d.Parts = append(d.Parts, &akn.Part{Name: "article", EID: id, Num: fmt.Sprint(i + 1), Heading: "Invented", Text: "In this article:", Parts: []*akn.Part{
				{Name: "point", EID: id + "__point_a", Num: "(a)", Text: "to lodge means nothing;"}, {Name: "point", EID: id + "__point_b", Num: "(b)", Text: "to hide means nothing."},
			}})
		}
		var file bytes.Buffer
		if err := akn.Write(&file, d); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(3*n), func(b *testing.B) {
			if back, err := akn.Read(bytes.NewReader(file.Bytes())); err != nil || !reflect.DeepEqual(back, d) {
				b.Fatalf("not read back: %v", err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := akn.Read(bytes.NewReader(file.Bytes())); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(3*n)*float64(b.N)/b.Elapsed().Seconds(), "provisions/s")
		})
	}
}
