package indicator

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/analysis/causal"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/testdata"
)

// decisionStrand reads first decisions of one age group (a column prefix; "" for all) straight from
// nrm_reasonable_grounds.csv, from a year to a year.
func decisionStrand(t *testing.T, age string, from, to int) strand {
	t.Helper()
	file, err := os.Open(filepath.Join(testdata.Dir(t, "uk-nrm"), "nrm_reasonable_grounds.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	s := strand{
		indicator: Indicator{ID: NRMDecisionsFirst, Kind: Count, Definition: "First decisions.", CannotTell: "Not prevalence."},
		area:      "GBR", label: "Total", part: map[Dim]string{"decision": "positive"},
	}
	if age != "" {
		s.key, s.label = Key("age="+strings.ToLower(age)), age
	}
	for _, r := range records[1:] {
		year, _ := strconv.Atoi(r[0])
		if r[1] == "Total" || year < from || year > to {
			continue
		}
		positive, all := 0.0, 0.0
		for j, name := range records[0] {
			v, _ := strconv.ParseFloat(r[j], 64)
			switch {
			case !strings.HasPrefix(name, age) || !strings.Contains(name, " - "):
			case strings.Contains(name, "Positive"):
				positive += v
			case strings.HasSuffix(name, "Total"):
				all += v
			}
		}
		quarter, _ := strconv.Atoi(r[1][1:])
		s.figures = append(s.figures, outcome{figure.QuarterOf(year, quarter), figure.Of(positive), figure.Of(all)})
		s.published++
	}
	return s
}

// counted is an invented quarterly count of one area from 2020-Q1.
func counted(values ...Value) strand {
	s := strand{indicator: Indicator{ID: "own.count", Kind: Count, Definition: "Things."}, area: "GBR", label: "Total"}
	p := figure.QuarterOf(2020, 1)
	for _, v := range values {
		s.figures = append(s.figures, outcome{p, v, Value{State: Exact}})
		if v.IsMissing() {
			s.gaps = append(s.gaps, p)
		} else {
			s.published++
		}
		p = p.Next()
	}
	return s
}

func exact(values ...float64) []Value {
	var out []Value
	for _, v := range values {
		out = append(out, figure.Of(v))
	}
	return out
}

func wavy() []Value {
	return exact(100, 104, 98, 103, 99, 105, 101, 97, 120, 126, 118, 124)
}

func close4(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 5e-5 {
		t.Errorf("%s = %.6f, want %.4f", what, got, want)
	}
}

// TestEffectOfJanuary2023 holds the figures of the uk-nrm README (R 4.2.2, quasi-binomial) through
// the room: the change of 30 January 2023 falls into 2023-Q1, which counts as after it.
func TestEffectOfJanuary2023(t *testing.T) {
	e, err := interrupt(EffectQuery{
		EffectScope: EffectScope{Note: "checked by hand", NoteBy: "A. N. Alyst (invented)"},
		Changes:     []DatedChange{{Name: "guidance", Date: "2023-01-30"}},
	}, decisionStrand(t, "", 2018, 2023))
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Runs) != 1 || e.Runs[0].Ends != AsPublished {
		t.Fatalf("runs %+v", e.Runs)
	}
	level := e.Runs[0].Result.Changes[0].Level
	close4(t, "log odds", level.Coef, -2.1198)
	close4(t, "SE", level.SE, 0.2008)
	close4(t, "odds ratio", level.Ratio, 0.1201)
	c := e.Changes[0]
	if c.Period != figure.QuarterOf(2023, 1) || c.DaysBefore != 29 || c.Days != 90 {
		t.Errorf("placed %+v", c)
	}
	if len(e.Notes) != 1 || !strings.Contains(e.Notes[0].String(), "29 of its 90 days") {
		t.Errorf("notes %v", e.Notes)
	}
	if !strings.Contains(e.Run.Method, "quasi-binomial") || e.Run.Version != causal.Version {
		t.Errorf("run card %+v", e.Run)
	}
	card := e.Runs[0].Result.Card
	others := strings.Join(card.OtherChanges, "\n")
	for _, want := range []string{"2023-01-30, England and Wales", "2023-07-24, England and Wales", "2022-12-13, England and Wales"} {
		if !strings.Contains(others, want) {
			t.Errorf("the card does not name the change of %s:\n%s", want, others)
		}
	}
	if card.Note != "checked by hand" || !strings.Contains(card.Measured, "Not prevalence.") || !strings.Contains(card.Units, "2018-Q1 to 2023-Q4") {
		t.Errorf("card %+v", card)
	}
	if last := e.Card[len(e.Card)-1]; last.Field != "Note" || last.Lines[0].String() != "checked by hand (A. N. Alyst (invented))" {
		t.Errorf("the analyst's note: %+v", last)
	}
}

// TestBothChangesOf2023 asks about both dates at once and leaves the broken quarters out.
func TestBothChangesOf2023(t *testing.T) {
	q := EffectQuery{Changes: []DatedChange{{Date: "2023-01-30"}, {Date: "2023-07-24"}}}
	s := decisionStrand(t, "", 2018, 2023)
	e, err := interrupt(q, s)
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Runs[0].Result.Changes; len(got) != 2 || got[0].After != 4 || got[1].After != 2 || got[0].Intervention.Name != "2023-01-30" {
		t.Errorf("changes %+v", got)
	}
	q.Changes, q.LeaveOutTouched = q.Changes[:1], true
	e, err = interrupt(q, s)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Periods) != 23 || e.Runs[0].Result.Changes[0].After != 3 || e.Runs[0].Result.Points[20].Time != 22 {
		t.Errorf("23 quarters without the first of 2023: %d, %+v", len(e.Periods), e.Runs[0].Result.Changes[0])
	}
	if !strings.Contains(e.Notes[0].String(), "was left out") {
		t.Errorf("notes %v", e.Notes)
	}
}

// TestAdultsAndChildren holds the difference of the README, −0.3023, with the figures that
// statsmodels 0.15.0 gives for clusters by quarter.
func TestAdultsAndChildren(t *testing.T) {
	q := ContrastQuery{Change: DatedChange{Date: "2023-01-30"}, Errors: causal.ClusterRobust}
	c, err := compare(q, decisionStrand(t, "Adult", 2021, 2023), decisionStrand(t, "Child", 2021, 2023))
	if err != nil {
		t.Fatal(err)
	}
	r := c.Runs[0].Result
	close4(t, "difference", r.Difference, -0.3023)
	close4(t, "adults after", r.Treated.After, .4086)
	close4(t, "SE", r.Effect.SE, 0.0530)
	if c.TreatedLabel != "Adult" || c.ControlLabel != "Child" || len(c.Periods) != 12 || r.Clusters != 12 {
		t.Errorf("groups %q and %q, %d periods, %d clusters", c.TreatedLabel, c.ControlLabel, len(c.Periods), r.Clusters)
	}
	if _, err := compare(q, decisionStrand(t, "Adult", 2021, 2023), decisionStrand(t, "Adult", 2021, 2023)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("one group against itself: %v", err)
	}
}

// TestRangesAreBounded: ranges are refused, and when bounded the four estimates enclose the
// estimate on any figures within the ranges.
func TestRangesAreBounded(t *testing.T) {
	values := wavy()
	values[3], values[10] = figure.Within(95, 110), Value{Interval: figure.Between(110, 125), State: Disputed}
	q := EffectQuery{Changes: []DatedChange{{Date: "2022-01-01"}}}
	_, err := interrupt(q, counted(values...))
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "2020-Q4, 2022-Q3") {
		t.Fatalf("ranges: %v", err)
	}
	q.Bound = true
	e, err := interrupt(q, counted(values...))
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Runs) != 4 {
		t.Fatalf("%d runs", len(e.Runs))
	}
	ratio := map[Ends]float64{}
	for _, run := range e.Runs {
		ratio[run.Ends] = run.Result.Changes[0].Level.Ratio
	}
	inside, err := interrupt(EffectQuery{Changes: q.Changes}, counted(wavy()...))
	if err != nil {
		t.Fatal(err)
	}
	if got := inside.Runs[0].Result.Changes[0].Level.Ratio; !(ratio[Falling] < got && got < ratio[Rising]) {
		t.Errorf("ratio %.4f lies outside %v", got, ratio)
	}
	if len(e.Notes) == 0 || !strings.Contains(e.Notes[0].String(), "ranges") {
		t.Errorf("notes %v", e.Notes)
	}
}

// TestEndsOfAShare: the low share has few events and many trials, the high one the reverse, and
// events never exceed trials.
func TestEndsOfAShare(t *testing.T) {
	o := outcome{events: figure.Within(1, 4), trials: figure.Within(3, 9)}
	if e, f := o.at(false, true); e != 1 || f != 8 {
		t.Errorf("low: %v of %v", e, e+f)
	}
	if e, f := o.at(true, true); e != 4 || f != 0 {
		t.Errorf("high: %v of %v", e, e+f)
	}
	if e, f := o.at(true, false); e != 4 || f != 0 {
		t.Errorf("high count: %v, %v", e, f)
	}
}

// TestEffectRefusals lists what is refused, and what the message says.
func TestEffectRefusals(t *testing.T) {
	at := func(days ...string) EffectQuery {
		var q EffectQuery
		for _, d := range days {
			q.Changes = append(q.Changes, DatedChange{Date: d})
		}
		return q
	}
	broken := counted(wavy()...)
	broken.breaks = []Break{{Period: figure.QuarterOf(2021, 2), Kind: Declared, Note: "another office counts"}}
	yearly := counted(wavy()...)
	for i := range yearly.figures {
		yearly.figures[i].period = figure.YearOf(2000 + i)
	}
	seasons := at("2009-01-01")
	seasons.Harmonics = 1
	for _, c := range []struct {
		name string
		s    strand
		q    EffectQuery
		says string
	}{
		{"no date", counted(wavy()...), EffectQuery{}, "At least one date"},
		{"no such day", counted(wavy()...), at("2022-02-30"), "2022-02-30"},
		{"outside", counted(wavy()...), at("2030-01-01"), "run from 2020-Q1 to 2022-Q4"},
		{"one quarter", counted(wavy()...), at("2022-01-10", "2022-02-10"), "2022-Q1"},
		{"missing", counted(append(wavy(), Value{}, figure.Of(3))...), at("2022-01-01"), "2023-Q1"},
		{"break", broken, at("2022-01-01"), "breaks at 2021-Q2"},
		{"too few", counted(wavy()[6:]...), at("2020-07-01", "2021-01-01"), "too few"},
		{"nothing after", counted(append(wavy()[:8], exact(0, 0, 0, 0)...)...), at("2022-01-01"), "From 2022-Q1 on"},
		{"exact", counted(exact(5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5)...), at("2022-01-01"), "no measure of error"},
		{"yearly season", yearly, seasons, "no season"},
	} {
		_, err := interrupt(c.q, c.s)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want it to say %q", c.name, err, c.says)
		}
	}
	q := at("2022-01-01")
	q.AcrossBreaks = true
	e, err := interrupt(q, broken)
	if err != nil || len(e.Breaks) != 1 || !strings.Contains(strings.Join(e.Runs[0].Result.Card.Breaks, " "), "another office counts") {
		t.Errorf("a break that is allowed stands on the card: %v, %+v", err, e.Breaks)
	}
	q = at("2021-04-01")
	e, err = interrupt(q, broken)
	if err != nil || len(e.Breaks) != 0 || !strings.Contains(strings.Join(e.Runs[0].Result.Card.Breaks, " "), "cannot tell the two apart") {
		t.Errorf("a break in the period of the change: %v", err)
	}
	q = at("2022-01-01")
	q.LeaveOutMissing = true
	e, err = interrupt(q, counted(append(wavy(), Value{}, figure.Of(119), figure.Of(125))...))
	if err != nil || len(e.Periods) != 14 || e.Runs[0].Result.Points[13].Time != 15 {
		t.Errorf("a missing quarter left out: %v, %d periods", err, len(e.Periods))
	}
}

// TestCardInArabic: notes are written in the language asked for, arguments included.
func TestCardInArabic(t *testing.T) {
	e, err := interrupt(EffectQuery{Changes: []DatedChange{{Date: "2022-01-01"}}}, counted(wavy()...))
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"en", "ar", "en-XA"} {
		p := i18n.For(lang)
		for _, line := range e.Card {
			for _, n := range append(line.Lines, line.Label) {
				if text := n.In(p); text == "" || strings.Contains(text, "%!") {
					t.Errorf("%s, %s: %q", lang, line.Field, text)
				}
			}
		}
	}
	if got := e.Card[0].Lines[0].In(i18n.For("en")); !strings.Contains(got, i18n.For("en").Quarter(2020, 1)) {
		t.Errorf("the first quarter is written %q", got)
	}
	if got := dayIn("2024", i18n.For("en")); got != "2024" {
		t.Errorf("a year is written %q", got)
	}
}
