// Package person keeps who somebody is: names, birth, citizenships, languages, ways to reach them, documents,
// dependants, and the people who speak or decide beside them, which are interpreters and guardians. It also says
// who may be the same person, with reasons, and never decides it.
//
// Nothing is required and nothing is a verdict. Every answer carries value, unknown, not asked or refused; two
// dates of birth that contradict each other stand side by side; whoever may be a child keeps the safeguards of a
// child until nobody doubts it. The rules are pure functions, see [AgeOn], [Safeguards], [Fit], [GuardianMay] and
// [Compare]; they are sure of nothing that they were not told.
//
// Trust: the content is sealed under the person's own key (package record), in clear are only codes that name
// nobody. Who may see it is package casefile's to say, and every showing writes an entry in the ledger before.
// What somebody typed is kept and shown as it was typed; what is searched is made from it.
package person

import (
	"fmt"
	"io"
	"log/slog"
)

// hidden keeps what it is embedded in out of logs, errors and test output: every verb prints "private". The
// fields are there for sealing and for pages.
type hidden struct{}

// Format writes "private" for every verb and flag.
func (hidden) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "private") }

// LogValue is "private".
func (hidden) LogValue() slog.Value { return slog.StringValue("private") }
