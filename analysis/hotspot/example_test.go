package hotspot_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/fourfold/fourfold/analysis/hotspot"
)

// reports is an invented country: calls to a helpline by district, and the people who live there.
const reports = `area,x,y,cases,population
Ara,0,0,2,21000
Bel,10,0,3,30000
Cor,20,0,2,25000
Dun,0,10,3,32000
Esk,10,10,14,28000
Fen,20,10,12,26000
Gar,0,20,1,19000
Hol,10,20,2,22000
Isk,20,20,13,27000
`

func ExampleScan() {
	ctx := context.Background()
	d, err := hotspot.ReadCSV(ctx, hotspot.Columns{}, strings.NewReader(reports))
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := hotspot.Scan(ctx, d, hotspot.ScanSettings{Model: hotspot.Poisson, MinPopulation: 10000, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	w := r.Clusters[0]
	var names []string
	for _, m := range w.Members {
		names = append(names, d.Areas[m].Name)
	}
	fmt.Println(strings.Join(names, ", "))
	fmt.Printf("%g calls, %.1f expected, %.1f times the rate elsewhere\nLLR %.3f, p %.3f\n", w.Cases, w.Expected, w.Risk, w.LLR, w.P)
	// Output:
	// Isk, Hol, Fen, Esk
	// 41 calls, 23.3 expected, 4.6 times the rate elsewhere
	// LLR 12.639, p 0.001
}

// A scan for what is alive now needs no population: it asks whether a place has more than its share
// of the latest weeks.
func ExampleScan_prospective() {
	d := hotspot.Data{Periods: 4, Cases: []float64{
		3, 2, 4, 3,
		2, 3, 2, 3,
		1, 2, 2, 9,
		4, 3, 3, 2,
	}}
	for i, name := range []string{"Ara", "Bel", "Cor", "Dun"} {
		d.Areas = append(d.Areas, hotspot.Area{Name: name, X: float64(i)})
	}
	r, err := hotspot.Scan(context.Background(), d, hotspot.ScanSettings{Model: hotspot.Permutation, Span: hotspot.Prospective, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	w := r.Clusters[0]
	fmt.Printf("%s, weeks %d to %d: %g reports, %.1f expected, by chance once in %.0f weeks\n", d.Areas[w.Centre].Name, w.First, w.Last, w.Cases, w.Expected, w.Recurrence())
	// Output:
	// Cor, weeks 3 to 3: 9 reports, 5.0 expected, by chance once in 50 weeks
}

// One of nine districts stands out by itself; among nine, that is no discovery.
func ExampleGiStar() {
	ctx := context.Background()
	d, err := hotspot.ReadCSV(ctx, hotspot.Columns{}, strings.NewReader(reports))
	if err != nil {
		fmt.Println(err)
		return
	}
	w, err := hotspot.Within(ctx, d.Areas, d.Metric, 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	rates := make([]float64, len(d.Areas))
	for i, p := range d.Population {
		rates[i] = d.Cases[i] / p * 10000
	}
	heat, err := hotspot.GiStar(ctx, w, rates, hotspot.GiSettings{Rate: 0.1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, h := range heat {
		if h.P < 0.1 {
			fmt.Printf("%s z %.2f p %.3f adjusted %.3f hot %v\n", d.Areas[i].Name, h.Z, h.P, h.Adjusted, h.Hot)
		}
	}
	c, err := hotspot.Moran(ctx, w, rates, hotspot.MoranSettings{Replications: 999, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("Moran's I %.2f\n", c.I)
	// Output:
	// Fen z 2.21 p 0.027 adjusted 0.244 hot false
	// Moran's I 0.16
}

func ExampleInterpolate() {
	people, basis, err := hotspot.Interpolate([]int{2020, 2021, 2022}, []hotspot.Census{{Year: 2011, Count: 50000}, {Year: 2021, Count: 60000}}, hotspot.StartOfYear)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(people)
	fmt.Println(basis)
	// Output:
	// [59500 60000 60000]
	// population of the middle of each year, in straight lines between censuses dated at the start of their year, constant before the first and after the last
}
