package mse_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/fourfold/fourfold/analysis/mse"
)

// Women held in a station of military sexual slavery, on three lists (Ball and others, 2018, as carried
// by the R package MultipleSystemsEstimation).
const women = `b,c,d,count
0,0,1,41
0,1,0,5
1,0,0,5
1,1,0,54
1,0,1,6
0,1,1,0
1,1,1,12
`

func table() mse.Table {
	t, err := mse.Read(strings.NewReader(women))
	if err != nil {
		panic(err)
	}
	return t
}

// Three methods give three answers from the same 123 women.
func Example() {
	ctx, t := context.Background(), table()
	for _, m := range []mse.Method{mse.Fixed{}, mse.Stepwise{}, mse.BIC{}} {
		r, err := mse.Estimate(ctx, t, m)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%s: %.0f, model %s\n", m.Name(), r.Estimate, r.Model.Notation(3))
	}
	// Output:
	// independence: 142, model [1,2,3]
	// stepwise: 269, model [12,3]
	// bic: 157, model [12,23]
}

func ExampleRead() {
	_, err := mse.Read(strings.NewReader("police,charity,count\n1,0,12\n0,2,9\n"))
	fmt.Println(err)
	// Output:
	// mse: bad file: line 3, column "charity": "2" is neither 0 nor 1
}

// A model without an estimate says so instead of giving a large number.
func ExampleExistence() {
	t, _ := mse.NewTable([]string{"A", "B", "C"}, []mse.Cell{
		{History: mse.HistoryOf(0), Count: 40},
		{History: mse.HistoryOf(1), Count: 30},
		{History: mse.HistoryOf(2), Count: 20},
		{History: mse.HistoryOf(0, 1), Count: 6},
	})
	code, err := mse.Existence(context.Background(), t, mse.NewModel(mse.HistoryOf(0, 1)))
	fmt.Println(code, err)
	// Output:
	// the likelihood has no maximum (existence code 1) <nil>
}

func ExampleBootstrap() {
	b, err := mse.Bootstrap(context.Background(), table(), mse.Stepwise{}, mse.BootstrapSettings{Draws: 500, Seed: 1, Levels: []float64{0.025, 0.975}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f, 95 %% from %.0f to %.0f\n", b.Result.Estimate, b.Limits[0].Value, b.Limits[1].Value)
	// Output:
	// 269, 95 % from 123 to 407
}

func ExampleGraphAverage() {
	p, err := mse.GraphAverage(context.Background(), table(), mse.AverageSettings{MaxTotal: 3000})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f, 95 %% from %.0f to %.0f over %d graphs\n", p.Median, p.Lower, p.Upper, p.Graphs)
	// Output:
	// 163, 95 % from 127 to 454 over 8 graphs
}

// A report says when no number should be given.
func ExampleAnalyse() {
	r, err := mse.Analyse(context.Background(), table(), mse.ReportSettings{Bootstrap: mse.BootstrapSettings{Draws: 200, Seed: 1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range r.Answers {
		fmt.Printf("%s %.0f refused %t\n", a.Name, *a.Estimate, a.Refused)
	}
	for _, reason := range r.Reasons {
		fmt.Println(reason)
	}
	// Output:
	// stepwise 269 refused true
	// bic 157 refused true
	// graphs 163 refused true
	// independence 142 refused true
	// models that fit about equally well differ 2.2-fold in their estimates
}

func ExampleStratify() {
	strata, err := mse.ReadStrata(strings.NewReader(`sex,a,b,count
f,1,0,30
f,0,1,20
f,1,1,10
m,1,0,40
m,0,1,40
m,1,1,8
`), "sex")
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := mse.Stratify(context.Background(), strata, mse.Fixed{}, mse.BootstrapSettings{Draws: 200})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range s.Strata {
		fmt.Printf("%s: %.0f\n", e.Name, e.Estimate.Result.Estimate)
	}
	fmt.Printf("all: %.0f\n", s.Total.Estimate)
	// Output:
	// sex=f: 120
	// sex=m: 288
	// all: 408
}
