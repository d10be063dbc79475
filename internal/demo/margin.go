package demo

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/seed"
)

// quarters are those of the real series after which the country is grown, the oldest first. The last one
// stands for the quarter of today.
var quarters = []string{"2022-Q2", "2022-Q3", "2022-Q4", "2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"}

// crossed is how many real people were referred in those quarters, by age, form of exploitation, sex and kind
// of citizenship: sums of the published tables of the Home Office (Open Government Licence v3.0), of which
// the national series that ships with the program holds other margins. A test makes it anew from the tables.
//
//go:embed margin.csv
var crossed []byte

// Weights are how common each value of one or several columns is, in the order of the table. Values of
// several columns stand with commas between.
type Weights struct {
	Values []string
	Counts []float64
}

// Add counts a value.
func (w *Weights) Add(value string, n float64) {
	i := slices.Index(w.Values, value)
	if i < 0 {
		w.Values, w.Counts = append(w.Values, value), append(w.Counts, 0)
		i = len(w.Counts) - 1
	}
	w.Counts[i] += n
}

// Total is the sum of the counts.
func (w *Weights) Total() (sum float64) {
	for _, n := range w.Counts {
		sum += n
	}
	return sum
}

// Share is how common a value is, from 0 to 1.
func (w *Weights) Share(value string) float64 {
	if i := slices.Index(w.Values, value); i >= 0 {
		return w.Counts[i] / w.Total()
	}
	return 0
}

// figures is a CSV file with a header.
type figures struct {
	header []string
	rows   [][]string
}

func readFigures(text []byte) figures {
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		panic(err) // a defect of the build, found by every test
	}
	return figures{rows[0], rows[1:]}
}

// by adds up a column of numbers by other columns, over the rows that want accepts.
func (f figures) by(number string, columns []string, want func(get func(string) string) bool) (w Weights) {
	for _, row := range f.rows {
		get := func(column string) string { return row[slices.Index(f.header, column)] }
		n, err := strconv.ParseFloat(get(number), 64)
		if err != nil || !want(get) {
			continue
		}
		values := make([]string, len(columns))
		for i, c := range columns {
			values[i] = get(c)
		}
		w.Add(strings.Join(values, ","), n)
	}
	return w
}

// Margins are the real margins that the country follows.
type Margins struct {
	// Came is by where the exploitation was (within the country, abroad, both, unknown), age and quarter, in that order:
	// what comes first is dealt most exactly.
	Came Weights
	// Via is by quarter and kind of first responder.
	Via Weights
	// Kind is by age, form, sex and kind of citizenship.
	Kind Weights
	// First and Final are the decisions of the two stages by age.
	First, Final Weights
	// Agreed is how many adults were referred, and how many were only reported because they did not agree.
	Agreed Weights
}

// RealMargins reads the margins from what ships with the program.
func RealMargins() Margins {
	national := readFigures(seed.National())
	of := func(indicator string, columns []string, want func(get func(string) string) bool) Weights {
		return national.by("value", columns, func(get func(string) string) bool {
			return get("indicator") == indicator && slices.Contains(quarters, get("period")) && want(get)
		})
	}
	decided := func(get func(string) string) bool { return get("age") != "" && get("decision") != "" }
	m := Margins{
		Came: of("nrm.referrals", []string{"location", "age", "period"}, func(get func(string) string) bool {
			return get("age") != "" && get("location") != ""
		}),
		Via: of("nrm.referrals.detail", []string{"period", "responder_type"}, func(get func(string) string) bool {
			return get("responder") == "" && get("responder_type") != ""
		}),
		Kind:  readFigures(crossed).by("people", []string{"age", "form", "sex", "citizenship"}, func(func(string) string) bool { return true }),
		First: of("nrm.decisions.first", []string{"age", "decision"}, decided),
		Final: of("nrm.decisions.final", []string{"age", "decision"}, decided),
	}
	m.Came.sort()
	came, unnamed := m.Came.Of(1), of("nrm.duty-to-notify", nil, func(func(string) string) bool { return true })
	m.Agreed = Weights{[]string{"yes", "no"}, []float64{came.Share("adult") * came.Total(), unnamed.Total()}}
	return m
}

// Under returns what of the weights begins with a value, without it.
func (w *Weights) Under(first string) (part Weights) {
	for i, v := range w.Values {
		if rest, ok := strings.CutPrefix(v, first+","); ok {
			part.Add(rest, w.Counts[i])
		}
	}
	return part
}

// Of returns the margin of one column, counted from 0.
func (w *Weights) Of(column int) (m Weights) {
	for i, v := range w.Values {
		m.Add(strings.Split(v, ",")[column], w.Counts[i])
	}
	return m
}

// sort puts the values in order.
func (w *Weights) sort() {
	was := *w
	*w = Weights{Values: slices.Sorted(slices.Values(was.Values))}
	for _, v := range w.Values {
		w.Counts = append(w.Counts, was.Counts[slices.Index(was.Values, v)])
	}
}
