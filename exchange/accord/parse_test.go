package accord

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func canonicalExample(t testing.TB) string {
	t.Helper()
	canonical, err := shelterToPolice().Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return string(canonical)
}

// TestParseSaysWhatIsWrong hands in what people and attackers send and expects the place, and what to do.
func TestParseSaysWhatIsWrong(t *testing.T) {
	good := canonicalExample(t)
	if _, err := Parse([]byte(good)); err != nil {
		t.Fatal(err)
	}
	change := func(old, with string) string {
		if strings.Count(good, old) != 1 {
			t.Fatalf("%q stands %d times in the example", old, strings.Count(good, old))
		}
		return strings.Replace(good, old, with, 1)
	}
	for name, c := range map[string]struct{ input, place, mend string }{
		"unknown field":       {change(`"serial":1`, `"secret":1,"serial":1`), `"secret"`, "ask the sender"},
		"unknown deep field":  {change(`"tlp":"amber"`, `"tip":"","tlp":"amber"`), `"tip"`, "ask the sender"},
		"key twice":           {change(`"serial":1`, `"serial":1,"serial":2`), "serial stands twice", "as it was exported"},
		"deep key twice":      {change(`"retention":90`, `"retention":90,"retention":9000`), "clauses[0].retention stands twice", "as it was exported"},
		"key twice, escaped":  {change(`"retention":90`, `"retention":90,"\u0072etention":9000`), "clauses[0].retention stands twice", "as it was exported"},
		"another case":        {change(`"serial":1`, `"Serial":1`), "canonical form", "as it was exported"},
		"huge number":         {change(`"retention":90`, `"retention":9007199254740993`), "clauses[0].retention", "whole days"},
		"huge exponent":       {change(`"retention":90`, `"retention":1e400`), "clauses[0].retention", "whole days"},
		"fraction":            {change(`"retention":90`, `"retention":90.0`), "clauses[0].retention", "whole days"},
		"minus zero":          {change(`"per_day":0`, `"per_day":-0`), "matching.per_day", "whole days"},
		"thousand digits":     {change(`"retention":90`, `"retention":`+strings.Repeat("9", 1000)), "clauses[0].retention", "whole days"},
		"deep nesting":        {change(`"parties":[`, `"parties":`+strings.Repeat("[", 50_000)), "deeper than 6", "no agreement"},
		"unclosed":            {good[:len(good)-1], "breaks off", "get it again"},
		"something after":     {good + "{}", "something follows", "remove it"},
		"space before":        {" " + good, "from byte 0", "as it was exported"},
		"space after":         {good + "\n", fmt.Sprintf("from byte %d", len(good)), "as it was exported"},
		"not UTF-8":           {change("Harbour House", "Harbour \xff"), "UTF-8", "as it was exported"},
		"lone surrogate":      {change("Harbour House", `Harbour \ud800`), "canonical form", "as it was exported"},
		"escaped where plain": {change("Harbour House", `Harbour \u0048ouse`), "canonical form", "as it was exported"},
		"byte order mark":     {"\ufeff" + good, "not JSON", ""},
		"not an object":       {"[1,2]", "not an agreement", "ask the sender"},
		"nothing":             {"", "breaks off", "get it again"},
		"null":                {"null", "v is 0", ""},
		"too large":           {good + strings.Repeat(" ", maxDocument), "at most", "split"},
	} {
		_, err := Parse([]byte(c.input))
		if err == nil || !strings.Contains(err.Error(), c.place) || !strings.Contains(err.Error(), c.mend) {
			t.Errorf("%s: %.200v\nwant the place %q and what to do: %q", name, err, c.place, c.mend)
		}
	}
}

func FuzzParse(f *testing.F) {
	good := canonicalExample(f)
	f.Add([]byte(good))
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"v":1,"v":1}`))
	f.Add([]byte(`[[[[[[[1e9]]]]]]]`))
	f.Add([]byte(strings.Replace(good, "Harbour", `\ud800`, 1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Parse(b)
		if err != nil {
			return
		}
		again, err := d.Canonical()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("a parsed document has another canonical form: %v", err)
		}
		a, err := Compile(d)
		if err != nil {
			t.Fatalf("a parsed document does not compile: %v", err)
		}
		if a.Decide(Request{Agreement: a.Hash(), At: 1}).Allowed {
			t.Fatal("a request without facts is allowed")
		}
	})
}

func BenchmarkDecide(b *testing.B) {
	for _, policies := range []int{2, 20} {
		b.Run(fmt.Sprintf("policies=%d", policies), func(b *testing.B) {
			d := shelterToPolice()
			for i := 2; i < policies; i++ {
				c := d.Clauses[0]
				c.ID, c.Class = fmt.Sprintf("c%d", i), fmt.Sprintf("class%d", i)
				d.Clauses = append([]Clause{c}, d.Clauses...)
			}
			a := compiled(b, d)
			r := allowed(a)
			if !a.Decide(r).Allowed {
				b.Fatal("the benchmark's request is refused")
			}
			b.ReportAllocs()
			for b.Loop() {
				r.At++ // a new request each time
				if !a.Decide(r).Allowed {
					b.Fatal("refused")
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
		})
	}
}
