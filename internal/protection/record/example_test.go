package record_test

import (
	"fmt"

	"github.com/fourfold/fourfold/internal/protection/record"
)

// A question that nobody put, one that was refused and one that was answered are three things; none of
// them is "no".
func ExampleAnswer() {
	from := record.Source{From: "person", AsOf: "2026-02-03", By: "worker"}
	for _, language := range []record.Answer[string]{{}, record.NotSaid[string](from), record.Is("ti", from)} {
		code, known := language.Get()
		fmt.Printf("asked %v, known %v, %q\n", language.Asked(), known, code)
	}
	// Output:
	// asked false, known false, ""
	// asked true, known false, ""
	// asked true, known true, "ti"
}
