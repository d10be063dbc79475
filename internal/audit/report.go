package audit

import (
	"cmp"
	"fmt"

	"github.com/fourfold/fourfold/exchange/ledger"
)

// Finding names something that is wrong with a ledger. It holds identifiers only.
type Finding struct {
	Log   int64  // number of the log, 0 when it is of none
	Index int64  // place in the log, from 0; -1 when no single entry can be named
	Entry string // identifier of the entry, when it is known
	Where string // row, tile or file at fault
	What  string // "missing", "altered: …"
}

// String says it in one line.
func (f *Finding) String() string {
	text := f.Where + " is " + f.What
	if f.Entry != "" && f.Where != "entry" {
		text = "entry " + f.Entry + ": " + text
	} else if f.Entry != "" {
		text = "entry " + f.Entry + " is " + f.What
	}
	if f.Index >= 0 {
		text = fmt.Sprintf("number %d, %s", f.Index, text)
	}
	if f.Log > 1 {
		text = fmt.Sprintf("log %d: %s", f.Log, text)
	}
	return text
}

// LogReport says what was found of one log.
type LogReport struct {
	Number   int64
	Origin   string
	Verifier string // public key of the log
	Size     int64  // entries, padding included
	Signed   int64  // up to where the last checkpoint reaches
	// Witnessed is up to where a known witness has signed, and Witnesses who and when.
	Witnessed   int64
	Witnesses   []ledger.Cosigned
	Checkpoints int64
	// Opened are the entries that were read and opened their leaves, Sealed those about persons that
	// were not opened because the vault is locked or absent, Erased those that an erasure lists, and
	// Padding those that record nothing. Together they are Size.
	Opened, Sealed, Erased, Padding int64
}

// Report is the result of a verification.
type Report struct {
	Org  string
	Logs []LogReport
	// Waiting are entries that will be in the log in a moment.
	Waiting int64
	// Unlogged are entries from before there was a log: nothing protects them.
	Unlogged int64
	// First is the first altered or missing entry, or what else is wrong; nil when the ledger is whole.
	First *Finding
}

// findings keeps the first that names an entry, and the first that names something else.
type findings struct{ entry, other *Finding }

func (f *findings) add(found Finding) {
	to := &f.other
	if found.Index >= 0 {
		to = &f.entry
	}
	if *to == nil || cmp.Or(cmp.Compare(found.Log, (*to).Log), cmp.Compare(found.Index, (*to).Index)) < 0 {
		*to = &found
	}
}

func (f *findings) first() *Finding { return cmp.Or(f.entry, f.other) }
