package causal_test

import (
	"fmt"

	"github.com/fourfold/fourfold/analysis/causal"
)

// The card is not decoration: without it there is no estimate.
func ExampleCard() {
	_, err := causal.DifferenceOfMeans(nil, 0, causal.Card{Units: "one quarter", Measured: "first decisions"})
	fmt.Println(err)
	// Output:
	// causal: incomplete card: Coverage, Breaks, OtherChanges, Detection; fill these fields, or say in them that nothing is known
}

// Positive and negative first decisions of a quarter, all ages, before and after a change of
// guidance in the ninth quarter (Home Office, National Referral Mechanism statistics, 2021–2023,
// Open Government Licence v3.0).
func ExampleInterruptedSeries() {
	positive := []float64{2633, 2719, 2953, 3006, 3275, 3602, 4073, 3876, 2059, 1736, 1956, 2568}
	negative := []float64{236, 294, 316, 342, 362, 380, 529, 650, 1352, 1724, 1715, 2137}
	var rows []causal.Row
	for i := range positive {
		rows = append(rows, causal.Row{
			Label: fmt.Sprintf("%d-Q%d", 2021+i/4, i%4+1), Time: float64(i + 1),
			Events: positive[i], Failures: negative[i],
		})
	}
	effect, err := causal.InterruptedSeries(rows, causal.SeriesSettings{
		Family:        causal.QuasiBinomial,
		Interventions: []causal.Intervention{{Name: "guidance of January 2023", At: 9}},
	}, causal.Card{
		Units:        "one quarter, United Kingdom, all ages",
		Measured:     "first-stage decisions, positive out of all; not how many people were exploited",
		Coverage:     []string{"no change of coverage is stated in the tables"},
		Breaks:       []string{"none declared by the publisher"},
		OtherChanges: []string{"30 January 2023: the test itself changed", "24 July 2023: guidance revised again"},
		Detection:    "decisions follow referrals; neither measures how much trafficking there is",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	level := effect.Changes[0].Level
	fmt.Printf("odds ratio %.3f (%.3f to %.3f), %s errors\n", level.Ratio, level.RatioLower, level.RatioUpper, level.Errors)
	last := effect.Points[len(effect.Points)-1]
	fmt.Printf("%s: %.2f observed, %.2f expected without the change\n", last.Label, last.Observed, last.Counterfactual)
	// Output:
	// odds ratio 0.204 (0.151 to 0.276), model-based errors
	// 2023-Q4: 0.55 observed, 0.84 expected without the change
}

// Two groups, two periods each side of a date.
func ExampleDifferenceInDifferences() {
	row := func(treated bool, at, value float64) causal.GroupRow {
		return causal.GroupRow{Treated: treated, Time: at, Value: value}
	}
	effect, err := causal.DifferenceInDifferences([]causal.GroupRow{
		row(true, 1, 0.90), row(true, 2, 0.88), row(true, 3, 0.51), row(true, 4, 0.47),
		row(false, 1, 0.92), row(false, 2, 0.90), row(false, 3, 0.77), row(false, 4, 0.79),
	}, causal.GroupSettings{At: 3}, causal.Card{
		Units:        "one quarter, one age group",
		Measured:     "share of positive first decisions",
		Coverage:     []string{"unchanged"},
		Breaks:       []string{"none known"},
		OtherChanges: []string{"none known"},
		Detection:    "decisions, not incidence",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f (SE %.3f)\n", effect.Effect.Value, effect.Effect.SE)
	for _, w := range effect.Warnings {
		fmt.Println(w)
	}
	// Output:
	// -0.27 (SE 0.026)
	// only 2 rows follow the date: the change may not have settled
	// too few rows before the date to see whether the groups were already drifting apart
}
