package alignment_test

import (
	"fmt"

	"github.com/fourfold/fourfold/analysis/alignment"
)

// An invented law, read on two of three topics.
func ExampleStandard_Assess() {
	standard, err := alignment.NewStandard(
		[]alignment.Topic{
			{Code: "definition", Pillar: "prosecution", Tier: alignment.Essential},
			{Code: "shelter", Pillar: "protection", Tier: alignment.Core},
			{Code: "training", Pillar: "prevention", Tier: alignment.Core},
		},
		[]alignment.Obligation{
			{ID: "art 3", Topic: "definition", Strength: alignment.Shall},
			{ID: "art 6", Topic: "shelter", Strength: alignment.ShallConsider},
			{ID: "art 10", Topic: "training", Strength: alignment.Shall},
		}, alignment.DefaultWeights())
	if err != nil {
		fmt.Println(err)
		return
	}
	law, err := standard.Assess([]alignment.Finding{
		{Topic: "definition", Status: alignment.Partly, Reason: "the law asks for means where the victim is a child"},
		{Topic: "shelter", Status: alignment.Covered},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("between %.2f and %.2f, %.0f %% of the weight read\n", law.Lower, law.Upper, 100*law.Known)
	fmt.Println("hard gaps:", law.EssentialNotFull)
	fmt.Printf("read next: %s, which settles %.0f %%\n", law.Reading[0].Topic, 100*law.Reading[0].Weight)
	// Output:
	// between 0.42 and 0.75, 67 % of the weight read
	// hard gaps: [definition]
	// read next: training, which settles 33 %
}
