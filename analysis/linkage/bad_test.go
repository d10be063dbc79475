package linkage_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/analysis/linkage"
)

func TestBadFile(t *testing.T) {
	long := strings.Repeat("x", 10<<20)
	for name, c := range map[string]struct {
		files []string
		want  string
	}{
		"empty":            {[]string{""}, "line 1: the file is empty"},
		"missing column":   {[]string{"a,b\n1,2\n3\n"}, "line 3: it has 1 values and the header 2"},
		"too many":         {[]string{"a,b\n1,2,3\n"}, "line 2: it has 3 values"},
		"10 MB":            {[]string{"a,b\n1,2\n3," + long + "\n"}, `line 3, column "b": the value has 10485760 bytes`},
		"not UTF-8":        {[]string{"a,b\n1,\xff\n"}, `line 2, column "b": the value is not UTF-8`},
		"quotation mark":   {[]string{"a,b\n1,2\n\"3,4\n"}, "line 3"},
		"column twice":     {[]string{"a,A\n1,2\n"}, `column "A"`},
		"second file":      {[]string{"a,b\n1,2\n", "a\n1\n"}, `file 2: line 1, column "b": this file lacks`},
		"another column":   {[]string{"a,b\n1,2\n", "a,b,c\n1,2,3\n"}, `file 2: line 1, column "c": the first file has no such`},
		"row of file 2":    {[]string{"a,b\n1,2\n", "b,a\n1,2\n3\n"}, "file 2: line 3"},
		"no file":          {nil, "there is none"},
		"header not UTF-8": {[]string{"\xff\n1\n"}, "line 1"},
	} {
		t.Run(name, func(t *testing.T) {
			var files []string
			files = append(files, c.files...)
			_, err := readText(t, files...)
			if err == nil || linkage.ProblemOf(err) == 0 || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 500 {
				t.Errorf("%.300v\nexpected: %s", err, c.want)
			}
		})
	}
	if _, err := linkage.NewTable([]string{"a"}, [][]string{{"1"}, {"2", "3"}}); err == nil || !strings.Contains(err.Error(), "row 1") {
		t.Errorf("a row of two values: %v", err)
	}
}

func TestBadTable(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		want linkage.Problem
		text string
	}{
		"no row":     {"name,born\n", linkage.TooFew, "there is no row"},
		"one row":    {"name,born\nAna,1990-01-01\n", linkage.TooFew, "line 2: it is the only row"},
		"all equal":  {"id,name,born\n1,Ana,1990-01-01\n2,Ana,1990-01-01\n3,Ana,1990-01-01\n", linkage.NoEvidence, "no column tells records apart"},
		"lone value": {"name,born\nAna,\n" + strings.Repeat(",\n", 300) + "Bo,\n", linkage.NoEvidence, "hardly any two rows"},
		"no values":  {"name,born\n,\n,\n", linkage.NoEvidence, ""},
	} {
		table, err := readText(t, c.file)
		if err != nil {
			t.Fatal(err)
		}
		_, err = linkage.Run(t.Context(), table, linkage.Settings{})
		if linkage.ProblemOf(err) != c.want || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", name, err)
		}
	}
	two, err := readText(t, "name\nAna\nBo\n", "name\n")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := linkage.Run(t.Context(), two, linkage.Settings{}); linkage.ProblemOf(err) != linkage.TooFew {
		t.Errorf("an empty second file: %v", err)
	}
}

func TestBadSetting(t *testing.T) {
	table, truth := generated(t, 300, 14)
	field := func(f ...linkage.Field) linkage.Settings { return linkage.Settings{Fields: f} }
	rule := func(r ...linkage.Part) linkage.Settings { return linkage.Settings{Rules: []linkage.Rule{r}} }
	var many []linkage.Field
	for i := range 17 {
		many = append(many, linkage.Field{Column: fmt.Sprint(i), Kind: linkage.Name})
	}
	for name, s := range map[string]linkage.Settings{
		"threshold NaN":        {Threshold: math.NaN()},
		"threshold infinite":   {Threshold: math.Inf(1)},
		"threshold 1":          {Threshold: 1},
		"review above":         {Threshold: 0.5, Review: 0.6},
		"pairs":                {MaxPairs: -1},
		"random pairs":         {RandomPairs: 5},
		"rounds":               {Rounds: -1},
		"workers":              {Workers: -1},
		"ignored column":       {Ignore: []string{"nosuch"}},
		"no such field":        field(linkage.Field{Column: "nosuch", Kind: linkage.Name}),
		"no kind":              field(linkage.Field{Column: "surname"}),
		"twice":                field(linkage.Field{Column: "surname", Kind: linkage.Name}, linkage.Field{Column: "Surname", Kind: linkage.Name}),
		"exchange with itself": field(linkage.Field{Column: "surname", Kind: linkage.Name, Exchanged: "surname"}),
		"many fields":          field(many...),
		"empty rule":           rule(),
		"no such column":       rule(linkage.Part{Column: "nosuch"}),
		"form":                 rule(linkage.Part{Column: "surname", Form: linkage.Year}),
		"unknown form":         rule(linkage.Part{Column: "surname", Form: 99}),
		"no rules":             {Rules: []linkage.Rule{}},
	} {
		_, err := linkage.Run(t.Context(), table, s)
		if linkage.ProblemOf(err) != linkage.BadSetting {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := linkage.Run(t.Context(), table, linkage.Settings{MaxPairs: 1}); linkage.ProblemOf(err) != linkage.TooLarge {
		t.Errorf("one pair: %v", err)
	}
	r := link(t, table, quick())
	if _, err := r.Evaluate(truth[1:]); linkage.ProblemOf(err) != linkage.BadTable {
		t.Errorf("too few labels: %v", err)
	}
}

// NaN is "not known", not a value on which records agree, and the result says how often. A row without
// values is kept, linked to none and told of.
func TestNotANumber(t *testing.T) {
	file, _ := generate(500, 15)
	var text strings.Builder
	text.WriteString(strings.TrimSuffix(string(file), "\n"))
	for i := range 40 {
		text.WriteString(fmt.Sprintf("\nnan-%d,anna%c,b%c,NaN,,,,NaN,,NaN", i, 'a'+i%26, 'a'+i%23))
	}
	text.WriteString("\nblank-1,,,,,,,,,\nblank-2,,,,,,,,,\n")
	table, err := readText(t, text.String())
	if err != nil {
		t.Fatal(err)
	}
	r := link(t, table, quick())
	notes := strings.Join(r.Notes, "\n")
	for _, want := range []string{
		`column "street_number": 40 values cannot be read as a number`, `column "postcode": 40 values`, `column "date_of_birth": 40 values`,
		"first in row 500", "2 rows have no value", "first row 540",
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("nothing says %q:\n%s", want, notes)
		}
	}
	e, _ := r.Explain(500, 501)
	for _, s := range e.Steps {
		if strings.HasPrefix(s.ValueA, "NaN") && s.Weight != 0 {
			t.Errorf("NaN weighs %v", s.Weight)
		}
	}
	if e, _ := r.Explain(540, 541); e.Probability > 0.01 {
		t.Errorf("two blank rows are one person with %v", e.Probability)
	}
}
