package importer

import (
	"bytes"
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
)

// What the writer writes, the importer reads back to the same figures and releases.
func TestWriterRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := drawLines(t)
		var file bytes.Buffer
		w, err := NewWriter(&file, []figure.Dim{"age", "ward"}, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if err := w.Write(l); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		o := optionsOf("csv", file.Bytes())
		out, err := Check(context.Background(), o)
		if err != nil || !out.OK() {
			t.Fatalf("%v %+v of\n%s", err, out, file.String())
		}
		var got []Line
		err = Replay(context.Background(), o, out, func(f Figure) error {
			r := out.Releases[f.Release]
			got = append(got, Line{
				Indicator: f.Indicator, Area: f.Area, Key: f.Key, Period: f.Period, Value: f.Value, Derived: f.Derived,
				ReleasedOn: r.ReleasedOn, Basis: r.Basis, Release: r.Label, First: r.First, Title: "Own", Kind: "rate",
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(lines, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

// drawLines draws rows with different places.
func drawLines(t *rapid.T) []Line {
	type at struct {
		key  figure.Key
		year int
		on   string
	}
	places := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) at {
		cell := map[figure.Dim]string{
			"age":  rapid.SampledFrom([]string{"", "adult", "child", "40+"}).Draw(t, "age"),
			"ward": rapid.SampledFrom([]string{"", "x-north", "x-جنوب", "x-1"}).Draw(t, "ward"),
		}
		key, err := figure.MakeKey(cell)
		if err != nil {
			t.Fatal(err)
		}
		return at{key, rapid.IntRange(1900, 2100).Draw(t, "year"), rapid.SampledFrom([]string{"2023-01-31", "2024-02-29"}).Draw(t, "on")}
	}), 1, 20, func(a at) at { return a }).Draw(t, "places")
	lines := make([]Line, len(places))
	for i, p := range places {
		lines[i] = Line{
			Indicator: "own.x", Area: rapid.SampledFrom([]string{"GBR", "FRA", "UNODC-SAM", "001"}).Draw(t, "area"),
			Key: p.key, Period: figure.YearOf(p.year), Value: drawValue(t), Derived: rapid.Bool().Draw(t, "derived"),
			ReleasedOn: p.on, Basis: rapid.SampledFrom([]string{"stated", "recalled"}).Draw(t, "basis"),
			Release: rapid.SampledFrom([]string{"One", "Zwei, \"drei\"", "سنة"}).Draw(t, "release"),
			First:   rapid.Bool().Draw(t, "first"), Title: "Own", Kind: "rate",
		}
	}
	return lines
}

func drawValue(t *rapid.T) figure.Value {
	a := float64(rapid.IntRange(0, 1e6).Draw(t, "a")) / 8
	b := a + float64(rapid.IntRange(1, 1e6).Draw(t, "b"))/8
	return rapid.SampledFrom([]figure.Value{
		{},
		figure.Of(a), figure.Within(a, b),
		{Interval: figure.Between(a, b), State: figure.Disputed},
		{Interval: figure.Exact(a), State: figure.Range},
	}).Draw(t, "value")
}
