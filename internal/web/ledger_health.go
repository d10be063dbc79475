package web

import (
	"time"

	"github.com/fourfold/fourfold/internal/audit"
)

// ledgerHealth is how well the ledger is protected, in the reader's language.
type ledgerHealth struct {
	Begun bool // there is a log
	// Entries, Signed and SignedAt are of the log and its last checkpoint; SignedAt is "" before the first.
	Entries, Signed, SignedAt string
	Late                      bool // the last checkpoint is older than it should be
	Witnessed                 string
	Witnesses                 []witnessLine
	Waiting                   string // entries that are not in the log yet, "" for none
	Lag                       string // how long the oldest of them waits
}

// witnessLine is a witness and when it signed.
type witnessLine struct{ Name, When string }

// checkpointPatience is how old the last checkpoint may be while something waits to be signed.
const checkpointPatience = 5 * time.Minute

func (s *Server) healthOf(v visit, h audit.Health) ledgerHealth {
	p := v.printer
	out := ledgerHealth{Begun: h.Origin != "", Entries: p.Int(h.Size), Signed: p.Int(h.Signed), Witnessed: p.Int(h.Witnessed)}
	if !h.SignedAt.IsZero() {
		out.SignedAt = p.DateTime(h.SignedAt, v.actor.Zone)
	}
	out.Late = h.Size > h.Signed && s.now().Sub(h.SignedAt) > checkpointPatience
	for _, w := range h.Witnesses {
		out.Witnesses = append(out.Witnesses, witnessLine{w.Witness, p.DateTime(time.Unix(w.At, 0), v.actor.Zone)})
	}
	if h.Waiting > 0 {
		out.Waiting = p.Int(h.Waiting)
		wait := max(s.now().Sub(h.Since), 0)
		out.Lag = p.N("%d second", "%d seconds", int(wait.Seconds()))
	}
	return out
}
