package cli

import (
	"fmt"
	"os"

	"github.com/rogpeppe/go-internal/testscript"
)

// flip FILE N: turns the lowest bit of byte N around.
func flipBit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: flip FILE N")
	}
	var n int
	_, err := fmt.Sscan(args[1], &n)
	ts.Check(err)
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	data[n] ^= 1
	ts.Check(os.WriteFile(path, data, 0o600))
}
