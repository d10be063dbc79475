package reliability_test

import (
	"fmt"

	"github.com/fourfold/fourfold/analysis/reliability"
)

// Two analysts read six provisions of an invented law against one duty.
func ExampleAlpha() {
	ratings, err := reliability.Read([][]string{
		{"covered", "covered"},
		{"covered", "partly"},
		{"partly", "partly"},
		{"not", "not"},
		{"not", "not"},
		{"covered", ""}, // the second analyst has not read this one yet
	}, []string{"not", "partly", "covered"})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := reliability.Alpha(ratings, reliability.AlphaSettings{Metric: reliability.Ordinal, Draws: 2000, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("alpha %.3f on %d units, %d read once only\n", result.Alpha, result.Units, result.Dropped)
	fmt.Printf("interval %.2f to %.2f: %s\n", result.Interval.Lower, result.Interval.Upper, result.LowerReading)
	fmt.Printf("plain agreement %.0f %%\n", 100*result.Agreement)
	// Output:
	// alpha 0.890 on 5 units, 1 read once only
	// interval 0.00 to 1.00: unreliable
	// plain agreement 80 %
}
