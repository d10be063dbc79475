package indicator

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/analysis/causal"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
)

// seededNode is a node that holds what ships with the program, the published first decisions among it.
func seededNode(t *testing.T) (*Indicators, auth.Actor) {
	t.Helper()
	r, actor := &Indicators{DB: dbtest.Open(t)}, auth.CLI("org")
	if _, err := (auth.Accounts{DB: r.DB}).EnsureOrg(t.Context(), auth.Org{ID: "org", Name: "Office (invented)", Zone: "UTC"}); err != nil {
		t.Fatal(err)
	}
	if err := r.Seed(t.Context(), actor); err != nil {
		t.Fatal(err)
	}
	return r, actor
}

// TestEffectFromTheDatabase asks the room for the figures of the uk-nrm README: log odds −2.1198
// (SE 0.2008), odds ratio 0.1201, adults against children −0.3023.
func TestEffectFromTheDatabase(t *testing.T) {
	r, actor := seededNode(t)
	scope := EffectScope{
		Indicator: NRMDecisionsFirst, Part: map[Dim]string{"decision": "positive"},
		From: Period{Kind: Quarter, Year: 2018, N: 1}, To: Period{Kind: Quarter, Year: 2023, N: 4},
	}
	q := EffectQuery{EffectScope: scope, Changes: []DatedChange{{Date: "2023-01-30"}}}
	// The program declares both changes of 2023 as breaks, so one date alone crosses the other.
	if _, err := r.InterruptedSeries(t.Context(), actor, q); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "2023-Q3") {
		t.Errorf("across the break of July 2023: %v", err)
	}
	q.AcrossBreaks = true
	e, err := r.InterruptedSeries(t.Context(), actor, q)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Breaks) != 1 || !strings.Contains(strings.Join(e.Runs[0].Result.Card.Breaks, " "), "24 July 2023") {
		t.Errorf("breaks %+v, card %v", e.Breaks, e.Runs[0].Result.Card.Breaks)
	}
	level := e.Runs[0].Result.Changes[0].Level
	close4(t, "log odds", level.Coef, -2.1198)
	close4(t, "SE", level.SE, 0.2008)
	close4(t, "odds ratio", level.Ratio, 0.1201)
	if e.Area != "GBR" || !e.Share || len(e.Periods) != 24 || len(e.Releases) != 1 || len(e.Run.DataHash) != 64 {
		t.Errorf("area %q, share %v, %d periods, %d releases, run %+v", e.Area, e.Share, len(e.Periods), len(e.Releases), e.Run)
	}
	again, err := r.InterruptedSeries(t.Context(), actor, q)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(e, again); diff != "" {
		t.Errorf("asked again, the answer differs: %s", diff)
	}

	both := q
	both.AcrossBreaks, both.Changes = false, []DatedChange{{Date: "2023-01-30"}, {Date: "2023-07-24"}}
	if e, err := r.InterruptedSeries(t.Context(), actor, both); err != nil || len(e.Breaks) != 0 {
		t.Errorf("both dates together cross no break: %v, %+v", err, e.Breaks)
	}

	scope.From, scope.AcrossBreaks = Period{Kind: Quarter, Year: 2021, N: 1}, true
	contrast := ContrastQuery{
		EffectScope: scope, Treated: map[Dim]string{"age": "adult"}, Control: map[Dim]string{"age": "child"},
		Change: DatedChange{Date: "2023-01-30"}, Errors: causal.ClusterRobust,
	}
	c, err := r.DifferenceInDifferences(t.Context(), actor, contrast)
	if err != nil {
		t.Fatal(err)
	}
	close4(t, "difference", c.Runs[0].Result.Difference, -0.3023)
	close4(t, "adults before", c.Runs[0].Result.Treated.Before, .8838)
	close4(t, "children after", c.Runs[0].Result.Control.After, .7397)

	scope.Part = nil
	counts := EffectQuery{EffectScope: scope, Changes: q.Changes}
	e, err = r.InterruptedSeries(t.Context(), actor, counts)
	if err != nil {
		t.Fatal(err)
	}
	if e.Share || e.Runs[0].Result.Settings.Family != causal.QuasiPoisson {
		t.Errorf("counts are modelled by %s", e.Runs[0].Result.Settings.Family)
	}
}

// TestEffectIsGuarded: permission, unknown indicators and cells give the errors of the room.
func TestEffectIsGuarded(t *testing.T) {
	r, actor := seededNode(t)
	for _, c := range []struct {
		name  string
		actor auth.Actor
		scope EffectScope
		kind  fault.Kind
	}{
		{"nobody", auth.Actor{Org: "org"}, EffectScope{Indicator: NRMDecisionsFirst}, fault.Denied},
		{"another organisation", auth.CLI("other"), EffectScope{Indicator: NRMDecisionsFirst}, fault.NotFound},
		{"unknown indicator", actor, EffectScope{Indicator: "no.such"}, fault.NotFound},
		{"unknown dimension", actor, EffectScope{Indicator: NRMDecisionsFirst, Where: map[Dim]string{"height": "tall"}}, fault.Invalid},
		{"unpublished cell", actor, EffectScope{Indicator: NRMDecisionsFirst, Where: map[Dim]string{"age": "martian"}}, fault.Invalid},
		{"fixed twice", actor, EffectScope{
			Indicator: NRMDecisionsFirst, Where: map[Dim]string{"decision": "negative"}, Part: map[Dim]string{"decision": "positive"},
		}, fault.Invalid},
		{"another country", actor, EffectScope{Indicator: NRMDecisionsFirst, Area: "FRA"}, fault.Invalid},
	} {
		_, err := r.InterruptedSeries(t.Context(), c.actor, EffectQuery{EffectScope: c.scope, Changes: []DatedChange{{Date: "2023-01-30"}}})
		if fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want %s", c.name, err, c.kind)
		}
		_, err = r.DifferenceInDifferences(t.Context(), c.actor, ContrastQuery{EffectScope: c.scope, Change: DatedChange{Date: "2023-01-30"}})
		if fault.KindOf(err) != c.kind {
			t.Errorf("%s, two groups: %v, want %s", c.name, err, c.kind)
		}
	}
}
