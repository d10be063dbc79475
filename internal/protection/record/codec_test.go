package record

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/private"
)

type inner struct {
	Name private.Text `json:"name,omitzero"`
	Kind string       `json:"kind,omitempty"`
}

type document struct {
	inner
	Open
	Names  []inner                 `json:"names,omitempty"`
	ByKind map[string]private.Text `json:"by_kind,omitempty"`
	Next   *document               `json:"next,omitempty"`
	Born   Answer[private.Text]    `json:"born,omitzero"`
	Fled   Answer[bool]            `json:"fled,omitzero"`
	At     time.Time               `json:"at,omitzero"`
	Bytes  []byte                  `json:"bytes,omitempty"`
	Any    any                     `json:"any,omitempty"`
	Left   string                  `json:"-"`
}

// Open is embedded and exported.
type Open struct {
	Place private.Text
	Count int
}

func texts(t *rapid.T, name string) private.Text { return private.New(rapid.String().Draw(t, name)) }

func documents(t *rapid.T, depth int) document {
	d := document{
		Open: Open{Place: texts(t, "place"), Count: rapid.Int().Draw(t, "count")},
		Born: Answer[private.Text]{State: rapid.SampledFrom(States()).Draw(t, "state"), Source: Source{From: "person", AsOf: "2026-01-02"}},
		Fled: Is(rapid.Bool().Draw(t, "fled"), Source{By: "worker"}),
		At:   time.UnixMicro(rapid.Int64Range(0, 1<<50).Draw(t, "at")).UTC(),
		Any:  rapid.String().Draw(t, "any"),
	}
	if d.Born.State == Given {
		d.Born.Value = texts(t, "born")
	}
	for range rapid.IntRange(0, 3).Draw(t, "names") {
		d.Names = append(d.Names, inner{texts(t, "name"), rapid.String().Draw(t, "kind")})
	}
	if n := rapid.IntRange(0, 2).Draw(t, "kinds"); n > 0 {
		d.ByKind = map[string]private.Text{}
		for range n {
			d.ByKind[rapid.String().Draw(t, "key")] = texts(t, "by kind")
		}
	}
	if b := rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"); len(b) > 0 {
		d.Bytes = b
	}
	if depth > 0 {
		next := documents(t, depth-1)
		d.Next = &next
	}
	return d
}

var sameText = cmp.Comparer(func(a, b private.Text) bool { return a.Reveal("test") == b.Reveal("test") })

// A document comes back as it was, with all private text in it and none of it in a print of it.
func TestDocumentComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := documents(t, rapid.IntRange(0, 2).Draw(t, "depth"))
		text, err := encode(d)
		if err != nil {
			t.Fatal(err)
		}
		var back document
		if err := decode(text, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d, back, sameText, cmp.AllowUnexported(document{}), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s\n%s", text, diff)
		}
	})
}

func TestDocumentOfAnotherForm(t *testing.T) {
	var d document
	for text, want := range map[string]string{
		`{"names":{"a":1}}`:            "names",
		`{"born":{"state":"no"}}`:      "born",
		`{"Count":"x"}`:                "Count",
		`[`:                            "",
		`{"by_kind":["x"]}`:            "by_kind",
		`{"names":[{"name":{"a":1}}]}`: "name",
	} {
		if err := decode([]byte(text), &d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := decode([]byte(`{}`), d); err == nil {
		t.Error("read into what is no pointer")
	}
	if err := decode([]byte(`{"unheard":1,"next":null,"Count":7}`), &d); err != nil || d.Count != 7 || d.Next != nil {
		t.Errorf("a newer document: %v %+v", err, d)
	}
}

// What the store writes is not what a log line gets.
func TestPrintsHideText(t *testing.T) {
	text, err := json.Marshal(document{Born: Is(private.New("Zzyzx"), Source{})})
	if err != nil || strings.Contains(string(text), "Zzyzx") {
		t.Errorf("%s %v", text, err)
	}
}

func TestAnswer(t *testing.T) {
	s := Source{From: "person", AsOf: "2026-02-03", By: "worker"}
	yes, not, secret := Is(true, s), NotKnown[bool](s), NotSaid[bool](s)
	var none Answer[bool]
	for name, c := range map[string]struct {
		a     Answer[bool]
		asked bool
		has   bool
	}{"given": {yes, true, true}, "unknown": {not, true, false}, "refused": {secret, true, false}, "zero": {none, false, false}} {
		v, ok := c.a.Get()
		if c.a.Asked() != c.asked || ok != c.has || v != c.has {
			t.Errorf("%s: asked %v, got %v %v", name, c.a.Asked(), v, ok)
		}
	}
	if none.Or(secret) != secret || yes.Or(secret) != yes || secret.Or(yes) != secret {
		t.Error("a question that was left out must change nothing, and any answer must")
	}
	refused := Answer[string]{State: Refused, Value: "left over", Source: s}
	if v, ok := refused.Get(); ok || v != "" {
		t.Error("a value shows through a refusal")
	}
}
