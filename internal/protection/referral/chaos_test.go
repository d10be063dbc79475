package referral_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/referral"
)

// chaos is a town in which everybody does anything, again and again and in any order.
type chaos struct {
	*town
	rnd   *rand.Rand
	ids   []string          // of referrals from the shelter
	cases map[string]string // of the clinic, by referral
	yes   map[string]bool   // somebody of the clinic has accepted
}

// TestChaosOfPeople: random acts of both sides over the stores, repeated and out of order, never give a case two owners, never
// release who somebody is before a yes or after a recall, and leave rows that agree with each other and with the ledger.
func TestChaosOfPeople(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	towns := 1
	if os.Getenv("FOURFOLD_CAMPAIGN") == "full" {
		towns = 60
	}
	done := map[string]int{}
	for i := 0; i < towns || i < 20 && done["accept"] == 0; i++ { // a consent that goes at once leaves a town quiet
		c := &chaos{town: newTown(t), rnd: rand.New(rand.NewPCG(seed, uint64(i))), cases: map[string]string{}, yes: map[string]bool{}}
		c.run(150, done)
	}
	if done["send"] == 0 || done["accept"] == 0 {
		t.Errorf("hardly anything happened: %v", done)
	}
	t.Logf("%d towns: %v", towns, done)
}

// run takes steps and checks what must hold.
func (c *chaos) run(steps int, done map[string]int) {
	t := c.t
	t.Helper()
	for i := range steps {
		name, err := c.step()
		switch fault.KindOf(err) {
		case fault.Internal:
			if err != nil {
				t.Fatalf("step %d, %s: %v", i, name, fault.Cause(err))
			}
		default:
		}
		if err == nil {
			done[name]++
		}
		if i%10 == 0 || i == steps-1 {
			c.check(i, name)
		}
	}
	checked, err := c.vault.Check(t.Context())
	if err != nil || len(checked.Findings) > 0 {
		t.Errorf("the rows do not match the ledger: %+v %v", checked, err)
	}
}

func (c *chaos) pick() string {
	if len(c.ids) == 0 {
		return "none"
	}
	return c.ids[c.rnd.IntN(len(c.ids))]
}

func (c *chaos) step() (string, error) {
	ctx, id := c.t.Context(), c.pick()
	switch c.rnd.IntN(16) {
	case 0, 1:
		w := c.wish(c.clinic, []string{"accommodation", "legal", "medical"}[c.rnd.IntN(3)])
		w.Kind = []referral.Kind{referral.Help, referral.Help, referral.Transfer}[c.rnd.IntN(3)]
		id, err := c.Make(ctx, c.home.worker, c.of, w, record.NewSubmissionKey())
		if err == nil {
			c.ids = append(c.ids, id)
			return "send", c.go_(c.home, c.of, id)
		}
		return "make", err
	case 2:
		p, err := c.Preview(ctx, c.home.worker, c.of, id)
		if err == nil {
			err = c.Send(ctx, c.home.worker, c.of, id, p.Seen)
		}
		return "send again", err
	case 3, 4, 5, 14:
		of, err := c.Accept(ctx, c.clinic.worker, id)
		if err == nil && of != "" {
			c.cases[id] = of
		}
		if err == nil || fault.KindOf(err) == fault.Denied {
			c.yes[id] = true
		}
		return "accept", err
	case 6:
		return "decline", c.Decline(ctx, c.clinic.worker, id, "full")
	case 7, 8, 12, 13:
		a := []referral.Act{referral.Start, referral.Start, referral.Report, referral.Miss, referral.Stop}[c.rnd.IntN(5)]
		reason := ""
		if a == referral.Report {
			reason = "helped"
		}
		return string(a), c.Follow(ctx, c.clinic.worker, c.cases[id], id, a, reason)
	case 9:
		return "recall", c.Recall(ctx, c.home.worker, c.of, id, "mind")
	case 10:
		return "finish", c.Finish(ctx, c.home.worker, c.of, id)
	}
	return c.person()
}

// person is what the person does, or time.
func (c *chaos) person() (string, error) {
	c.now = c.now.Add(time.Duration(c.rnd.IntN(40)) * time.Hour)
	switch c.rnd.IntN(3) {
	case 0:
		_, err := c.consents.Withdraw(c.t.Context(), c.home.worker, c.of, consent.Withdrawal{Consent: c.consent})
		return "withdraw", err
	case 1:
		c.consent = c.give(c.home, c.of, c.clinic.org)
		return "agree", nil
	}
	all, err := c.consents.AskedBack(c.t.Context(), c.clinic.worker)
	if err == nil && len(all) > 0 {
		err = c.consents.GiveBack(c.t.Context(), c.clinic.worker, all[0].ID, consent.RecallAnswer{State: consent.Honoured})
	}
	return "give back", err
}

// check holds what must always hold, from the rows.
func (c *chaos) check(step int, last string) {
	c.t.Helper()
	ctx := c.t.Context()
	var owners, open, wild int
	c.must(c.db.Read(ctx, func(tx *db.Tx) error {
		q := "SELECT count(*) FROM protection_referral WHERE direction = 'in' AND kind = 'transfer' AND sending = 'closed' AND receiving = 'started'"
		if err := tx.QueryRow(ctx, q).Scan(&owners); err != nil {
			return err
		}
		q = "SELECT count(*) FROM protection_case WHERE org_id = $1 AND standing = 'open'"
		if err := tx.QueryRow(ctx, q, string(c.home.org)).Scan(&open); err != nil {
			return err
		}
		q = `SELECT count(*) FROM protection_referral a JOIN protection_referral b ON a.id = b.id AND a.direction = 'out' AND b.direction = 'in'
			WHERE a.sending <> b.sending OR a.receiving <> b.receiving OR a.released_at > 0 AND b.case_id = ''
			OR b.case_id <> '' AND b.receiving IN ('', 'received', 'declined')`
		return tx.QueryRow(ctx, q).Scan(&wild)
	}))
	if owners+open != 1 {
		c.t.Fatalf("step %d, after %s: %d owners there and %d here", step, last, owners, open)
	}
	if wild > 0 {
		for id, of := range c.cases {
			c.t.Logf("%+v\n%+v", c.one(c.home, c.of, id), c.one(c.clinic, of, id))
		}
		c.t.Fatalf("step %d, after %s: the sides of %d referrals do not agree", step, last, wild)
	}
	for _, id := range c.ids {
		if c.yes[id] {
			continue
		}
		if a, err := c.Look(ctx, c.clinic.worker, id); err == nil && (a.Case != "" || a.State == "released") {
			c.t.Fatalf("step %d, after %s: released before anybody accepted: %+v", step, last, a.Referral)
		}
	}
	if strings.Contains(c.rows(c.clinic.org), "Zebrafinch") {
		c.t.Fatalf("step %d, after %s: who it is stands in clear", step, last)
	}
}
