package ledger_test

import (
	"encoding/json"
	"testing"

	"github.com/gowebpki/jcs"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/exchange/ledger"
)

// TestCanonicalIsRFC8785 compares the encoder with a general implementation of RFC 8785, on entries of
// every shape.
func TestCanonicalIsRFC8785(t *testing.T) {
	text := rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.RuneFrom([]rune("\x00\x01\b\t\n\v\f\r\x1f \"\\/<>&\u2028\u2029\x7féሰ😀"))))
	key := rapid.StringMatching(`[ -~]{1,12}`)
	rapid.Check(t, func(t *rapid.T) {
		e := ledger.Entry{
			Version: 1, Kind: rapid.SampledFrom(ledger.Kinds()).Draw(t, "kind"), At: rapid.Int64Range(0, 1<<53-1).Draw(t, "at"),
			ID: text.Draw(t, "id"), Ordinal: rapid.Int64Range(0, 1<<53-1).Draw(t, "ordinal"), Org: "o" + text.Draw(t, "org"),
			Actor: text.Draw(t, "actor"), Person: text.Draw(t, "person"), Object: text.Draw(t, "object"),
			Purpose: text.Draw(t, "purpose"), Scope: text.Draw(t, "scope"), Reason: text.Draw(t, "reason"),
			Detail: rapid.MapOfN(key, text, 0, 5).Draw(t, "detail"),
		}
		if e.Kind == ledger.KindErasure {
			e.Approvers, e.ErasedIn = []string{"a" + text.Draw(t, "one"), "b"}, text.Draw(t, "in")
			for i := range rapid.Int64Range(0, 5).Draw(t, "erased") {
				e.Erased = append(e.Erased, i*7)
			}
		}
		got, err := e.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		want, err := jcs.Transform(raw)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Fatalf("canonical form\n%s\nwant\n%s", got, want)
		}
		back, err := ledger.ParseEntry(got)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := back.Canonical(); err != nil || string(again) != string(got) {
			t.Fatalf("read and written again: %s, %v", again, err)
		}
	})
}

func BenchmarkCanonical(b *testing.B) {
	e := entryOf(1)
	e.Detail = map[string]string{"fields": "name birth_date address", "records": "r1 r2 r3", "values": "12", "via": "session"}
	if c, err := e.Canonical(); err != nil || len(c) < 100 {
		b.Fatal(err)
	}
	for b.Loop() {
		_, _ = e.Canonical()
	}
}
