package indicator

import (
	"bytes"
	"encoding/csv"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/fault"
)

// TestCSVRoundTrip: what is exported and imported into an empty node gives the same figures, with
// their vintages: the hash tells.
func TestCSVRoundTrip(t *testing.T) {
	r, a := room(t)
	give(t, r, a, "2024-05-01", own)
	for _, q := range []Query{
		{Indicator: NRMReferrals},
		{Indicator: NRMReferrals, By: figure.DimAge, Where: map[Dim]string{figure.DimLocation: "abroad"}},
		{Indicator: NRMDecisionsFirst, By: figure.DimAge, Where: map[Dim]string{figure.DimDecision: "positive"}},
		{Indicator: NRMReferralsDetail, By: figure.DimResponderType},
		{Indicator: "shelter.nights"},
		{Indicator: "shelter.nights", By: figure.DimSex},
	} {
		want := ask(t, r, a, q)
		var file, again bytes.Buffer
		if err := WriteCSV(&file, want); err != nil {
			t.Fatal(err)
		}
		if err := WriteCSV(&again, want); err != nil || !bytes.Equal(file.Bytes(), again.Bytes()) {
			t.Errorf("%+v: written twice, the bytes differ (%v)", q, err)
		}
		other, b := emptyRoom(t)
		if err := other.seedRegistry(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		give(t, other, b, "", file.String())
		got := ask(t, other, b, q)
		if got.Hash != want.Hash || len(got.Series) != len(want.Series) {
			t.Errorf("%+v: the hash differs after a round trip", q)
		}
		for i, s := range got.Series {
			for j, p := range s.Points {
				w := want.Series[i].Points[j]
				if len(p.Earlier) != len(w.Earlier) || p.Revised != w.Revised || p.Derived != w.Derived {
					t.Fatalf("%+v: %+v became %+v", q, w, p)
				}
			}
		}
	}
}

// TestSDMXStatus holds a file with every status, in full.
func TestSDMXStatus(t *testing.T) {
	r, a := emptyRoom(t)
	const head = "indicator,area,period,age,value,lower,upper,status,indicator_title,unit\n"
	give(t, r, a, "2024-05-01", head+
		"own.x,GBR,2019,child,5,,,,Own,people\n"+
		"own.x,GBR,2020,child,<5,,,,,\n"+
		"own.x,GBR,2022,child,7,,,,,\n"+
		"own.x,GBR,2023,child,,1,11,disputed,,\n")
	if _, err := r.DeclareBreak(t.Context(), a, BreakAt{Indicator: "own.x", Period: figure.YearOf(2022), Note: "new definition"}); err != nil {
		t.Fatal(err)
	}
	ans := ask(t, r, a, Query{Indicator: "own.x", By: figure.DimAge})
	var got bytes.Buffer
	if err := WriteSDMX(&got, ans); err != nil {
		t.Fatal(err)
	}
	const want = `DATAFLOW,FREQ,REF_AREA,AGE,TIME_PERIOD,OBS_VALUE,OBS_STATUS,CONF_STATUS,LOWER_BOUND,UPPER_BOUND,UNIT_MEASURE,RELEASE_DATE,COMMENT_OBS
FOURFOLD:OWN_X(1.0),A,GBR,Y_LT18,2019,5,A,F,5,5,people,2024-05-01,
FOURFOLD:OWN_X(1.0),A,GBR,Y_LT18,2020,,Q,A,1,4,people,2024-05-01,
FOURFOLD:OWN_X(1.0),A,GBR,Y_LT18,2021,,O,F,,,people,,
FOURFOLD:OWN_X(1.0),A,GBR,Y_LT18,2022,7,B,F,7,7,people,2024-05-01,
FOURFOLD:OWN_X(1.0),A,GBR,Y_LT18,2023,,U,F,1,11,people,2024-05-01,
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}

// No cell of an export starts like a formula, whatever stands in the answer.
func TestExportsDefuseFormulas(t *testing.T) {
	bad := []string{"=1+1", "+1", "-1", "@x", "\tx", "\rx"}
	for _, s := range bad {
		ans := Answer{
			Indicator: Indicator{Own: true, Title: s, Unit: s, Kind: Count},
			Series:    []Series{{Indicator: "own.x", Area: "GBR", Label: s, Points: []Point{{Period: figure.YearOf(2022), Value: figure.Of(1), Release: "r"}}}},
			Releases:  []Release{{ID: "r", Label: s, ReleasedOn: "2024-01-01"}},
		}
		for _, format := range []string{"csv", "sdmx"} {
			var out bytes.Buffer
			if err := Export(&out, ans, format); err != nil {
				t.Fatal(err)
			}
			rows, err := csv.NewReader(&out).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for _, cell := range slices.Concat(rows...) {
				if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
					t.Errorf("%s: the cell %q", format, cell)
				}
			}
		}
	}
}

// TestFirstDecisionRates: the positive share of first-stage decisions by quarter, as listed to
// three decimals in the README of uk-nrm.
func TestFirstDecisionRates(t *testing.T) {
	r, a := room(t)
	tests := []struct {
		age  string
		want []float64
	}{
		{"", []float64{.900, .905, .885, .856, .604, .502, .533, .546}},
		{"adult", []float64{.905, .887, .871, .843, .508, .273, .448, .405}},
		{"child", []float64{.896, .931, .907, .875, .772, .760, .700, .726}},
	}
	for _, tt := range tests {
		q := Query{
			Indicator: NRMDecisionsFirst, Areas: []string{"GBR"}, Where: map[Dim]string{figure.DimAge: tt.age},
			Part: map[Dim]string{figure.DimDecision: "positive"}, From: figure.YearOf(2022), To: figure.YearOf(2023),
		}
		ans := ask(t, r, a, q)
		// The two changes of 2023 are declared.
		if b := ans.Series[0].Breaks; len(b) != 2 || b[0].Period != figure.QuarterOf(2023, 1) || b[1].Period != figure.QuarterOf(2023, 3) || b[0].Kind != Declared || b[0].Source == "" {
			t.Errorf("breaks %+v", b)
		}
		if !ans.Share || len(ans.Series[0].Points) != 8 {
			t.Fatalf("%+v", ans)
		}
		for i, p := range ans.Series[0].Points {
			if math.Abs(p.Lo-tt.want[i]) > 0.0005 || !p.IsExact() {
				t.Errorf("%s %s: %s, want %.3f", tt.age, p.Period, p.Value, tt.want[i])
			}
		}
	}
	_, err := r.Trend(t.Context(), a, Query{Indicator: NRMDecisionsFirst, Areas: []string{"GBR"}}, false)
	wantKind(t, err, fault.Invalid)
	if !strings.Contains(err.Error(), "2023-Q1") {
		t.Error(err)
	}
}

// A break that is declared once covers the series it names and no other.
func TestDeclaredBreak(t *testing.T) {
	r, a := room(t)
	at := BreakAt{Indicator: NRMReferrals, Area: "GBR", Key: "age=child", Period: figure.YearOf(2016), Note: "a new form", Source: "own"}
	id, err := r.DeclareBreak(t.Context(), a, at)
	if err != nil {
		t.Fatal(err)
	}
	child := ask(t, r, a, Query{Indicator: NRMReferrals, Where: map[Dim]string{figure.DimAge: "child"}}).Series[0]
	if b := child.Breaks; len(b) != 1 || b[0].ID != id || b[0].Period != figure.QuarterOf(2016, 1) || b[0].Note != "a new form" {
		t.Errorf("%+v", b)
	}
	if b := ask(t, r, a, Query{Indicator: NRMReferrals, Where: map[Dim]string{figure.DimAge: "adult"}}).Series[0].Breaks; len(b) != 0 {
		t.Errorf("adults: %+v", b)
	}
	for _, bad := range []BreakAt{
		{Indicator: NRMReferrals, Note: "n"},
		{Indicator: NRMReferrals, Period: at.Period},
		{Indicator: NRMReferrals, Period: at.Period, Note: strings.Repeat("n", 2000)},
		{Indicator: NRMReferrals, Period: at.Period, Note: "n", Area: "Atlantis"},
		{Indicator: NRMReferrals, Period: at.Period, Note: "n", Key: "sex=f|age=child"},
		{Indicator: "no.such", Period: at.Period, Note: "n"},
	} {
		if _, err := r.DeclareBreak(t.Context(), a, bad); fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.NotFound {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// The hash tells the figures and nothing else.
func TestHash(t *testing.T) {
	r, a := room(t)
	q := Query{Indicator: NRMReferrals, Areas: []string{"GBR"}}
	one, two := ask(t, r, a, q), ask(t, r, a, Query{Indicator: NRMReferrals, Areas: []string{"United Kingdom", "GB"}})
	if one.Hash != two.Hash || len(one.Hash) != 64 {
		t.Errorf("%s and %s", one.Hash, two.Hash)
	}
	if _, err := r.DeclareBreak(t.Context(), a, BreakAt{Indicator: NRMReferrals, Period: figure.YearOf(2016), Note: "n"}); err != nil {
		t.Fatal(err)
	}
	if again := ask(t, r, a, q); again.Hash != one.Hash {
		t.Error("a note changes the hash")
	}
	q.KnownOn = "2024-03-06"
	if earlier := ask(t, r, a, q); earlier.Hash == one.Hash {
		t.Error("other figures have the same hash")
	}
}
