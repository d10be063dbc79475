package linkage_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/analysis/linkage"
)

// quick are settings for small tables.
func quick() linkage.Settings { return linkage.Settings{RandomPairs: 50_000} }

// link links with the settings.
func link(t testing.TB, table *linkage.Table, s linkage.Settings) *linkage.Result {
	t.Helper()
	r, err := linkage.Run(t.Context(), table, s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The same bytes on 1, 2 and 8 workers, and nothing given is changed.
func TestWorkers(t *testing.T) {
	file, _ := generate(2000, 5)
	kept := bytes.Clone(file)
	var first []byte
	for _, workers := range []int{1, 2, 8} {
		table, err := linkage.ReadCSV(t.Context(), bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		s := quick()
		s.Workers = workers
		s.Decisions = []linkage.Decision{{A: 7, B: 3, Verdict: linkage.Same}, {A: 1, B: 9, Verdict: linkage.NotSure}}
		before := slices.Clone(s.Decisions)
		names := strings.Join(values(t, table, "surname"), "\n")
		text, err := json.Marshal(link(t, table, s))
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = text
		}
		if !bytes.Equal(text, first) {
			t.Errorf("%d workers give other bytes than 1", workers)
		}
		if names != strings.Join(values(t, table, "surname"), "\n") || !slices.Equal(before, s.Decisions) {
			t.Error("the input was changed")
		}
	}
	if !bytes.Equal(file, kept) {
		t.Error("the file was changed")
	}
	s := quick()
	s.Seed = 2
	table, _ := linkage.ReadCSV(t.Context(), bytes.NewReader(file))
	if text, _ := json.Marshal(link(t, table, s)); bytes.Equal(text, first) {
		t.Error("another seed gives the same bytes: it is not used")
	}
}

// A prediction is what is then made, and every pair that meets a rule is compared once.
func TestPredict(t *testing.T) {
	table, truth := generated(t, 600, 3)
	s := quick()
	s.Rules = []linkage.Rule{
		{{Column: "surname", Form: linkage.Sound}},
		{{Column: "given_name", Form: linkage.Start}, {Column: "date_of_birth", Form: linkage.Year}},
		{{Column: "postcode"}},
	}
	list, err := linkage.Predict(t.Context(), table, s)
	if err != nil {
		t.Fatal(err)
	}
	r := link(t, table, s)
	var sum int64
	for i, p := range list {
		if p.Pairs != r.Rules[i].Pairs || p.Pairs < r.Rules[i].New {
			t.Errorf("%s: %d pairs predicted, %d made", p.Text, p.Pairs, r.Rules[i].New)
		}
		sum += r.Rules[i].New
	}
	postcode := values(t, table, "postcode")
	var same, met int64
	for a := range truth {
		for b := range a {
			if x := strings.TrimLeft(postcode[a], "0"); x == strings.TrimLeft(postcode[b], "0") && x != "" {
				same++
			}
			e, err := r.Explain(a, b)
			if err != nil {
				t.Fatal(err)
			}
			if len(e.Rules) > 0 {
				met++
			}
		}
	}
	if list[2].Pairs != same {
		t.Errorf("%d pairs have the same postcode, %d predicted", same, list[2].Pairs)
	}
	if sum != met || r.Pairs != met {
		t.Errorf("%d pairs meet a rule, %d were compared", met, sum)
	}
	s.MaxPairs = list[0].Pairs + list[1].Pairs
	_, err = linkage.Run(t.Context(), table, s)
	if linkage.ProblemOf(err) != linkage.TooLarge || !strings.Contains(err.Error(), "postcode") {
		t.Errorf("the rule over the limit is not refused by name: %v", err)
	}
}

// Parts of the waterfall add up to the weight of the link.
func TestExplain(t *testing.T) {
	table, _ := generated(t, 2000, 4)
	r := link(t, table, quick())
	if len(r.Links) < 500 {
		t.Fatalf("%d links", len(r.Links))
	}
	rare := false
	for _, k := range append(r.Links[:300:300], r.Review...) {
		e, err := r.Explain(k.B, k.A)
		if err != nil {
			t.Fatal(err)
		}
		sum := e.Prior
		for _, s := range e.Steps {
			sum += s.Weight + s.Frequency
			rare = rare || s.Level == "same" && s.Frequency > 1
			if s.M > 0 && math.Abs(math.Log2(s.M/s.U)-s.Weight) > 1e-9 {
				t.Fatalf("%+v: the weight is not log₂(m/u)", s)
			}
		}
		if math.Abs(sum-k.Weight) > 1e-9 || math.Abs(e.Weight-k.Weight) > 1e-9 || e.A != k.A || e.B != k.B {
			t.Fatalf("rows %d and %d: parts add up to %v, the link weighs %v", k.A, k.B, sum, k.Weight)
		}
		if p := 1 / (1 + math.Exp2(-sum)); math.Abs(p-e.Probability) > 1e-9 || math.Abs(p-k.Probability) > 1e-9 {
			t.Fatalf("%v bits are a probability of %v, not %v", sum, p, e.Probability)
		}
		if text := e.String(); strings.Contains(text, e.Steps[1].ValueA) && len(e.Steps[1].ValueA) > 4 {
			t.Fatal("the text of an explanation holds a value")
		}
	}
	if !rare {
		t.Error("no value was rare")
	}
	for _, rows := range [][2]int{{0, 0}, {-1, 3}, {0, 2000}} {
		if _, err := r.Explain(rows[0], rows[1]); linkage.ProblemOf(err) != linkage.BadTable {
			t.Errorf("rows %v: %v", rows, err)
		}
	}
}

// Fields that strangers share together, such as place and postcode, are weighed together: neighbours
// are not taken for one person, and the probabilities hold.
func TestTies(t *testing.T) {
	table, truth := generated(t, 20_000, 6)
	r, s := score(t, table, truth, quick())
	t.Logf("precision %.4f recall %.4f F1 %.4f, clusters %.4f, blocking recall %.4f (estimated %.4f)", s.Precision, s.Recall, s.F1, s.ClusterF1, s.BlockingRecall, r.Model.Recall)
	if s.Precision < 0.99 || s.Recall < 0.97 {
		t.Errorf("precision %.4f, recall %.4f", s.Precision, s.Recall)
	}
	given := map[string]string{}
	for _, f := range r.Model.Fields {
		given[f.Column] = f.Given
	}
	if g := given["postcode"]; g != "suburb" && given["suburb"] != "postcode" {
		t.Errorf("suburb and postcode are weighed apart: %v", given)
	}
	if math.Abs(r.Model.Recall-s.BlockingRecall) > 0.02 || math.Abs(r.Expected.Recall-s.Recall) > 0.03 {
		t.Errorf("blocking recall %.4f estimated %.4f; recall %.4f estimated %.4f", s.BlockingRecall, r.Model.Recall, s.Recall, r.Expected.Recall)
	}
}

// Where a rule fixes the postcode, agreement on the place is no news: the rule must not take those who
// share a place for matches. With two rules there is no majority of others to correct it.
func TestTiedRule(t *testing.T) {
	file, truth := generateIn(10_000, 1000, 6)
	table, err := readText(t, string(file))
	if err != nil {
		t.Fatal(err)
	}
	s := quick()
	s.Rules = []linkage.Rule{
		{{Column: "postcode"}},
		{{Column: "surname", Form: linkage.Sound}, {Column: "date_of_birth", Form: linkage.Year}},
	}
	r, sc := score(t, table, truth, s)
	for _, rule := range r.Model.Rules {
		if rule.Matches > float64(sc.True) {
			t.Errorf("%s: %.0f matches are expected, there are %d in all", rule.Rule, rule.Matches, sc.True)
		}
	}
	if sc.F1 < 0.9 {
		t.Errorf("F1 %.4f", sc.F1)
	}
}

// Rows given are left as they are.
func TestUnchanged(t *testing.T) {
	rows := [][]string{{" Ana ", "1990-01-01"}, {"Bo", " 1991-02-02"}, {"Bo", "1991-02-02 "}}
	columns := []string{" name", "born "}
	table, err := linkage.NewTable(columns, rows)
	if err != nil {
		t.Fatal(err)
	}
	link(t, table, quick())
	if rows[0][0] != " Ana " || rows[1][1] != " 1991-02-02" || columns[0] != " name" {
		t.Errorf("the rows were changed: %q %q", columns, rows)
	}
	if table.Value(0, 0) != "Ana" || table.Columns()[1] != "born" {
		t.Errorf("white space is kept: %q", table.Value(0, 0))
	}
}

// With two files only pairs across them are compared.
func TestAcross(t *testing.T) {
	file, truth := generate(3000, 8)
	lines := bytes.SplitAfter(file, []byte("\n"))
	head, rows := lines[0], lines[1:]
	one := append(slices.Clone(head), bytes.Join(rows[:1500], nil)...)
	two := append(slices.Clone(head), bytes.Join(rows[1500:], nil)...)
	table, err := linkage.ReadCSV(t.Context(), bytes.NewReader(one), bytes.NewReader(two))
	if err != nil {
		t.Fatal(err)
	}
	r, s := score(t, table, truth, quick())
	for _, k := range slices.Concat(r.Links, r.Review) {
		if k.A >= 1500 || k.B < 1500 || table.File(k.A) != 0 || table.File(k.B) != 1 {
			t.Fatalf("rows %d and %d are of one file", k.A, k.B)
		}
	}
	if s.F1 < 0.95 || table.Line(1500) != 2 || table.Files() != 2 {
		t.Errorf("F1 %.4f; row 1500 is line %d", s.F1, table.Line(1500))
	}
}

// Names in three scripts, given and family name exchanged, accents and case.
func TestScripts(t *testing.T) {
	file, _ := generate(400, 9)
	table, err := linkage.ReadCSV(t.Context(), bytes.NewReader(append(file, strings.Join([]string{
		"x1,Mohammed,Haddad,12,tree road,,Amman,9001,nsw,19900412",
		"x2,محمد,حداد,12,tree road,,Amman,9001,nsw,19900412",
		"x3,Мухаммад,Хаддад,,tree road,,,,nsw,19900412",
		"x4,HADDAD,Móhammed,12,,,Amman,9001,,19901204",
	}, "\n")...)))
	if err != nil {
		t.Fatal(err)
	}
	r := link(t, table, quick())
	for a := 400; a < 404; a++ {
		for b := a + 1; b < 404; b++ {
			e, err := r.Explain(a, b)
			if err != nil || e.Probability < 0.9 {
				t.Errorf("%v\n%v", e, err)
			}
		}
	}
	e, _ := r.Explain(400, 403)
	if e.Steps[0].Level != "exchanged with the other name" || e.Steps[1].Level != "exchanged, counted above" || e.Steps[1].Weight != 0 {
		t.Errorf("exchanged names:\n%v", e)
	}
	if e, _ := r.Explain(400, 401); e.Steps[0].Level != "same sound or same parts" && e.Steps[0].Level != "same" {
		t.Errorf("two scripts:\n%v", e)
	}
}

// The rounds are capped and a context ends the work.
func TestCap(t *testing.T) {
	table, _ := generated(t, 2000, 10)
	s := quick()
	s.Rounds = 1
	r := link(t, table, s)
	for _, rule := range r.Model.Rules {
		if rule.Rounds > 1 {
			t.Errorf("%d rounds", rule.Rounds)
		}
	}
	if !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "had not settled after 1 rounds") }) {
		t.Errorf("nothing is said of the rounds that ran out: %q", r.Notes)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := linkage.Run(ctx, table, quick()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := linkage.ReadCSV(ctx, strings.NewReader("a\n1\n")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// What Infer makes of columns.
func TestInfer(t *testing.T) {
	columns := []string{"rec_id", "GivenName", "surname", "full name", "born", "year", "phone", "mail", "sex", "street", "empty", "constant", "truth"}
	var rows [][]string
	for i := range 300 {
		n := strconv.Itoa(i)
		given, family := []string{"ana", "bo", "cy", "dee"}[i%4]+string(rune('a'+i%26)), "family"+string(rune('a'+i%23))+string(rune('a'+i%7))
		rows = append(rows, []string{
			"r-" + n, given, family, given + " x " + family, "1980-01-" + strconv.Itoa(10+i%20), strconv.Itoa(1950 + i%50), "+4917" + strconv.Itoa(1000000+i*37),
			given + n + "@example.org", []string{"f", "m"}[i%2], "street of " + family + string(rune('a'+i%11)), "", "same", "p",
		})
	}
	table, err := linkage.NewTable(columns, rows)
	if err != nil {
		t.Fatal(err)
	}
	fields, left := linkage.Infer(table, "truth")
	var got []string
	for _, f := range fields {
		got = append(got, f.Column+" "+f.Kind.String()+" "+f.Exchanged)
	}
	want := []string{"GivenName name surname", "surname name ", "born date ", "year number ", "phone code ", "mail code ", "sex category ", "street text "}
	if !slices.Equal(got, want) {
		t.Errorf("inferred %q\nexpected %q", got, want)
	}
	if text := strings.Join(left, "\n"); len(left) != 4 || !strings.Contains(text, `"full name" is left out: it repeats`) || !strings.Contains(text, "numbers the rows") {
		t.Errorf("left out: %q", left)
	}
}
