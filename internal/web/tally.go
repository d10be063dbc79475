package web

import (
	"context"
	"fmt"
	"sync"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
)

// tally is how much a release changed.
type tally struct{ added, revised int }

// tallies keeps, for each organisation, the tally of its newest release. Comparing a large release
// with all before it takes a second, and everybody's first page asks for it. What is held decides
// what a comparison gives, so a tally is good until a release comes in.
type tallies struct {
	mu   sync.Mutex
	kept map[auth.OrgID]keptTally
}

type keptTally struct {
	held string // which releases it was made from
	tally
}

// of returns the tally of the newest of the releases that the actor sees. Who asks while it is made
// waits for it, so that it is made once.
func (t *tallies) of(ctx context.Context, room *indicator.Indicators, a auth.Actor, newest string, all []indicator.Release) (tally, error) {
	last := int64(0)
	for _, r := range all {
		last = max(last, r.ImportedAt)
	}
	held := fmt.Sprint(newest, len(all), last)
	t.mu.Lock()
	defer t.mu.Unlock()
	if k, ok := t.kept[a.Org]; ok && k.held == held {
		return k.tally, nil
	}
	changes, err := room.Changes(ctx, a, newest)
	if err != nil {
		return tally{}, err
	}
	if t.kept == nil {
		t.kept = map[auth.OrgID]keptTally{}
	}
	made := tally{added: changes.NewCount, revised: changes.RevisedCount}
	t.kept[a.Org] = keptTally{held, made}
	return made, nil
}
