package hotspot_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/analysis/hotspot"
)

func readers(texts ...string) []io.Reader {
	var out []io.Reader
	for _, t := range texts {
		out = append(out, strings.NewReader(t))
	}
	return out
}

// TestReadCSV: the layouts, and how rows come together.
func TestReadCSV(t *testing.T) {
	for name, c := range map[string]struct {
		columns hotspot.Columns
		files   []string
		want    hotspot.Data
	}{
		"one file": {
			files: []string{"\ufeffArea,X,y,cases,population,note\na,1,2,3,40,\nb,1.5,-2,0,50,x\n"},
			want: hotspot.Data{
				Areas: []hotspot.Area{{Name: "a", X: 1, Y: 2}, {Name: "b", X: 1.5, Y: -2}}, Periods: 1,
				Cases: []float64{3, 0}, Population: []float64{40, 50}, Lines: []int32{2, 3},
			},
		},
		"years, and one without a row": {
			columns: hotspot.Columns{Period: "year"},
			files:   []string{"area,longitude,latitude\na,10,50\nb,11,51\n", "area,year,cases\nb,2003,2\na,2001,1\nb,2003,1\n"},
			want: hotspot.Data{
				Areas: []hotspot.Area{{Name: "a", X: 10, Y: 50}, {Name: "b", X: 11, Y: 51}}, Metric: hotspot.Sphere, Periods: 3,
				Cases: []float64{1, 0, 0, 0, 0, 3}, Lines: []int32{3, 0, 0, 0, 0, 4}, Names: []string{"2001", "2002", "2003"},
			},
		},
		"weeks of dates": {
			columns: hotspot.Columns{Period: "day", Days: 7},
			files:   []string{"area,x,y\na,0,0\nb,1,1\n", "area,day,cases\na,2024-02-26,1\nb,2024/03/10,2\n"},
			want: hotspot.Data{
				Areas: []hotspot.Area{{Name: "a"}, {Name: "b", X: 1, Y: 1}}, Periods: 2,
				Cases: []float64{1, 0, 0, 2}, Lines: []int32{2, 0, 0, 3}, Names: []string{"2024-02-26", "2024-03-04"},
			},
		},
		"controls": {
			files: []string{"area,x,y\na,0,0\nb,1,1\n", "area,cases\na,1\nb,2\n", "area,controls\na,5\n"},
			want: hotspot.Data{
				Areas: []hotspot.Area{{Name: "a"}, {Name: "b", X: 1, Y: 1}}, Periods: 1,
				Cases: []float64{1, 2}, Population: []float64{6, 2}, Lines: []int32{2, 3},
			},
		},
		"groups": {
			columns: hotspot.Columns{Group: []string{"Age"}},
			files:   []string{"area,x,y\na,0,0\nb,1,1\n", "area,age,cases,population\na,young,1,100\na,old,3,100\nb,young,2,200\nb,old,0,0\n"},
			want: hotspot.Data{
				Areas: []hotspot.Area{{Name: "a"}, {Name: "b", X: 1, Y: 1}}, Periods: 1, Basis: "expected events standardised by Age",
				Cases: []float64{4, 2}, Population: []float64{200, 200}, Expected: []float64{4, 2}, Lines: []int32{3, 5},
			},
		},
	} {
		in := readers(c.files...)
		got, err := hotspot.ReadCSV(t.Context(), c.columns, in[0], in[1:]...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestHumberside: 62 cases and 141 controls at 191 places.
func TestHumberside(t *testing.T) {
	d, err := hotspot.ReadCSV(t.Context(), hotspot.Columns{
		Area: "locationid", X: "x-coordinate", Y: "y-coordinate", Cases: "numcases", Controls: "numcontrols",
	}, open(t, "satscan_NHumbersidegeo.csv"), open(t, "satscan_NHumbersidecas.csv"), open(t, "satscan_NHumbersidectl.csv"))
	if err != nil {
		t.Fatal(err)
	}
	cases, people := 0.0, 0.0
	for i := range d.Cases {
		cases, people = cases+d.Cases[i], people+d.Population[i]
	}
	if len(d.Areas) != 191 || cases != 62 || people != 203 {
		t.Fatalf("%d places, %g cases, %g people", len(d.Areas), cases, people)
	}
	r := scan(t, d, hotspot.ScanSettings{Model: hotspot.Bernoulli, Seed: 1, SplitTies: true})
	w := r.Clusters[0]
	t.Logf("%g of %g within %.1f, LLR %.6f, p %.3f: %v", w.Cases, w.Population, w.Radius, w.LLR, w.P, members(d, w))
	if w.P < 0.05 || w.Population > 102 {
		t.Errorf("%+v", w)
	}
}

// TestReadCSVRefuses: the error names the line and the column.
func TestReadCSVRefuses(t *testing.T) {
	const places = "area,x,y\na,0,0\nb,1,1\n"
	for name, c := range map[string]struct {
		files  []string
		line   int
		column string
	}{
		"empty":                {[]string{""}, 1, ""},
		"header only":          {[]string{"area,x,y,cases\n"}, 1, ""},
		"missing column":       {[]string{"area,x,cases\na,1,1\n"}, 1, "y"},
		"missing area column":  {[]string{"place,x,y,cases\na,1,1,1\n"}, 1, "area"},
		"no figures":           {[]string{places, "area\na\n"}, 1, "cases"},
		"no cases":             {[]string{places, "area,population\na,1\nb,1\n"}, 1, "cases"},
		"column twice":         {[]string{"area,x,y,cases,cases\na,1,1,1,1\n"}, 1, "cases"},
		"not CSV":              {[]string{"area,x,y,cases\na,1,1\n"}, 2, ""},
		"NaN":                  {[]string{places, "area,cases\na,1\nb,NaN\n"}, 3, "cases"},
		"infinity":             {[]string{places, "area,cases\na,Inf\n"}, 2, "cases"},
		"negative":             {[]string{places, "area,cases\na,-1\n"}, 2, "cases"},
		"no number":            {[]string{places, "area,cases\na,many\n"}, 2, "cases"},
		"no such area":         {[]string{places, "area,cases\nc,1\n"}, 2, "area"},
		"no name":              {[]string{places, "area,cases\n ,1\n"}, 2, "area"},
		"area twice":           {[]string{"area,x,y\na,0,0\na,1,1\n", "area,cases\na,1\n"}, 3, "area"},
		"area in two places":   {[]string{"area,x,y,cases\na,0,0,1\na,1,1,1\n"}, 3, "x"},
		"place":                {[]string{"area,x,y\na,0,Inf\n", "area,cases\na,1\n"}, 2, "x"},
		"latitude":             {[]string{"area,longitude,latitude\na,0,91\n", "area,cases\na,1\n"}, 2, "longitude"},
		"population twice":     {[]string{places, "area,cases,population\na,1,5\na,1,5\nb,0,5\n"}, 3, "population"},
		"population not told":  {[]string{places, "area,cases,population\na,1,5\n"}, 0, "population"},
		"kind of period":       {[]string{places, "area,period,cases\na,2001,1\na,2001-01-01,1\n"}, 3, "period"},
		"no period":            {[]string{places, "area,period,cases\na,spring,1\n"}, 2, "period"},
		"period in one file":   {[]string{places, "area,period,cases\na,1,1\n", "area,population\na,1\nb,1\n"}, 2, "period"},
		"period in the second": {[]string{places, "area,population\na,1\nb,1\n", "area,period,cases\na,1,1\n"}, 2, "period"},
		"long ages":            {[]string{places, "area,period,cases\na,1,1\na,100000,1\n"}, 0, "period"},
	} {
		in := readers(c.files...)
		_, err := hotspot.ReadCSV(t.Context(), hotspot.Columns{}, in[0], in[1:]...)
		e, ok := errors.AsType[*hotspot.Error](err)
		if !ok || e.Line != c.line || e.Column != c.column || e.Reason == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := hotspot.ReadCSV(ctx, hotspot.Columns{}, strings.NewReader("area,x,y,cases\na,1,1,1\n")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := hotspot.ReadCSV(t.Context(), hotspot.Columns{Days: -1}, strings.NewReader("")); hotspot.ProblemOf(err) != hotspot.BadSetting {
		t.Errorf("days: %v", err)
	}
}

// TestExpected: what strata and censuses cannot be.
func TestExpected(t *testing.T) {
	rows := []hotspot.Stratum{{Group: "x", Cases: 1, Population: 10}, {Area: 1, Group: "y", Cases: 1, Line: 7}}
	_, err := hotspot.Standardise(t.Context(), 2, 1, rows)
	if e, ok := errors.AsType[*hotspot.Error](err); !ok || e.Row != 1 || e.Line != 7 || e.Term != "y" {
		t.Errorf("a group without people: %v", err)
	}
	for name, s := range map[string]hotspot.Stratum{"area": {Area: 2}, "period": {Period: -1}, "cases": {Cases: -1}, "people": {Population: 2e12}} {
		_, err := hotspot.Standardise(t.Context(), 2, 1, append(rows[:1:1], s))
		if e, ok := errors.AsType[*hotspot.Error](err); !ok || e.Row != 1 || e.Problem != hotspot.BadCount {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := hotspot.Standardise(t.Context(), 2, 1, nil); hotspot.ProblemOf(err) != hotspot.TooFew {
		t.Errorf("empty: %v", err)
	}
	years := []int{1999, 2000, 2005, 2010, 2011}
	for dated, want := range map[hotspot.Dating][]float64{
		hotspot.StartOfYear:  {100, 105, 155, 200, 200},
		hotspot.MiddleOfYear: {100, 100, 150, 200, 200},
		hotspot.EndOfYear:    {100, 100, 145, 195, 200},
	} {
		got, basis, err := hotspot.Interpolate(years, []hotspot.Census{{2000, 100}, {2010, 200}}, dated)
		if diff := cmp.Diff(want, got); diff != "" || err != nil || basis == "" {
			t.Errorf("dated %d: %s, %v", dated, diff, err)
		}
	}
	for name, c := range map[string][]hotspot.Census{"none": nil, "order": {{2000, 1}, {2000, 1}}, "negative": {{2000, -1}}} {
		if _, _, err := hotspot.Interpolate(years, c, hotspot.StartOfYear); hotspot.ProblemOf(err) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := hotspot.Interpolate(years, []hotspot.Census{{2000, 1}}, 0); hotspot.ProblemOf(err) != hotspot.BadSetting {
		t.Errorf("no dating: %v", err)
	}
}
