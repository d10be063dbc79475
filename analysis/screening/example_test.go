package screening_test

import (
	"fmt"

	"github.com/fourfold/fourfold/analysis/screening"
)

// What an outreach worker noted about an invented person, laid out against the Delphi list.
func ExampleEvaluate() {
	in, _ := screening.Find("delphi-adult-labour")
	profile, err := screening.Evaluate(in, []screening.Answer{
		{Indicator: "deceptive_recruitment.01", Value: screening.Present, By: "outreach", Source: "her words"},
		{Indicator: "deceptive_recruitment.02", Value: screening.Present, By: "outreach", Source: "her words"},
		{Indicator: "exploitative_conditions.01", Value: screening.Present, By: "labour inspector", Source: "visit"},
		{Indicator: "exploitative_conditions.04", Value: screening.Refused},
		{Indicator: "coercion_destination.01", Value: screening.Absent, By: "outreach", Source: "she showed her passport"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range profile.Dimensions {
		fmt.Printf("%s: %s", d.Label, d.State)
		if d.Line != nil {
			fmt.Printf(" (%s)", d.Line.Label)
		}
		fmt.Println()
	}
	first := profile.Gaps[0]
	fmt.Printf("could settle most: %s (%s)\n", first.Label, first.Value)
	fmt.Println("validated:", profile.Validated)
	// Output:
	// Deception at recruitment: positive (One strong sign and one that is medium or weak)
	// Coercion at recruitment: open
	// Abuse of vulnerability at recruitment: open
	// Exploitation at work: open
	// Coercion where the work is done: open
	// Abuse of vulnerability where the work is done: open
	// could settle most: Bad living conditions (not asked)
	// validated: false
}

// The trap of the United States rule: labour asks for means at any age. The age of this invented
// person is disputed, so both readings stand.
func ExampleElements() {
	for _, rule := range screening.Rules() {
		if rule.Jurisdiction() != "us" {
			continue
		}
		result, err := screening.Elements(rule, screening.Facts{
			Age: screening.AgeDisputed, Day: "2026-11-23",
			Purposes: []string{"commercial-sex", "forced-labour"},
			Signs:    []screening.Sign{{Element: screening.Act, Alternative: "recruitment"}},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, r := range result.Readings {
			fmt.Printf("%s, %s: act %s, means %s, purpose %s\n", r.Purpose, r.As, r.Act.State, r.Means.State, r.Exploit.State)
		}
	}
	// Output:
	// commercial-sex, child: act evidenced, means not required, purpose open
	// commercial-sex, adult: act evidenced, means open, purpose open
	// labour-servitude, child: act evidenced, means open, purpose open
	// labour-servitude, adult: act evidenced, means open, purpose open
}
