package linkage_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/fourfold/fourfold/analysis/linkage"
)

// people are invented.
const people = `given,family,born,town
Amina,Haddad,1991-04-12,Sfax
Amina,Hadad,1991-04-12,Sfax
أمينة,حداد,1991-04-12,
Joseph,Mensah,1987-11-02,Tema
Josef,Mensah,1987-11-02,Tema
Mensah,Joseph,1987-02-11,Tema
Maria,Silva,1990-01-30,Recife
Maria,Santos,1979-06-08,Natal
Ion,Popescu,1984-09-21,Iasi
Ioan,Popa,1995-12-05,Cluj
Linh,Tran,1993-03-17,Hue
Lan,Pham,1988-07-24,Vinh
`

func Example() {
	ctx := context.Background()
	table, err := linkage.ReadCSV(ctx, strings.NewReader(people))
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := linkage.Run(ctx, table, linkage.Settings{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range result.Clusters {
		fmt.Println("perhaps one person: rows", c.Rows)
	}
	// Output:
	// perhaps one person: rows [0 1 2]
	// perhaps one person: rows [3 4 5]
}

func ExampleResult_Explain() {
	ctx := context.Background()
	table, err := linkage.ReadCSV(ctx, strings.NewReader(people))
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := linkage.Run(ctx, table, linkage.Settings{})
	if err != nil {
		fmt.Println(err)
		return
	}
	why, err := result.Explain(3, 5)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, step := range why.Steps {
		fmt.Printf("%s: %s\n", step.Column, step.Level)
	}
	// Output:
	// given: exchanged with the other name
	// family: exchanged, counted above
	// born: one digit differs, or day and month exchanged
	// town: same
}

func ExamplePredict() {
	ctx := context.Background()
	table, err := linkage.ReadCSV(ctx, strings.NewReader(people))
	if err != nil {
		fmt.Println(err)
		return
	}
	rules := []linkage.Rule{
		{{Column: "family", Form: linkage.Sound}},
		{{Column: "town"}, {Column: "born", Form: linkage.Year}},
	}
	list, err := linkage.Predict(ctx, table, linkage.Settings{Rules: rules})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range list {
		fmt.Println(p.Text+":", p.Pairs, "pairs")
	}
	// Output:
	// family: same sound: 4 pairs
	// town: same and born: same year: 4 pairs
}

func ExampleSettings_decisions() {
	ctx := context.Background()
	table, err := linkage.ReadCSV(ctx, strings.NewReader(people))
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := linkage.Run(ctx, table, linkage.Settings{
		Decisions: []linkage.Decision{{A: 0, B: 1, Verdict: linkage.Different}, {A: 3, B: 5, Verdict: linkage.NotSure}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range result.Clusters {
		fmt.Println("perhaps one person: rows", c.Rows)
	}
	fmt.Println("links refused:", len(result.Refused))
	// Output:
	// perhaps one person: rows [0 2]
	// perhaps one person: rows [3 4 5]
	// links refused: 1
}

func ExampleJaroWinkler() {
	fmt.Printf("%.4f %.4f\n", linkage.JaroWinkler("MARTHA", "MARHTA"), linkage.JaroWinkler("DWAYNE", "DUANE"))
	// Output:
	// 0.9611 0.8400
}
