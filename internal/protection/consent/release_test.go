package consent_test

import (
	"slices"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/consent"
)

// matches asks whether the person may be compared with the clinic's.
func (h *house) matches() consent.Decision {
	h.t.Helper()
	var d consent.Decision
	h.must(h.db.Read(h.t.Context(), func(tx *db.Tx) (err error) {
		d, err = h.Matching(h.t.Context(), tx, h.org, consent.Request{Person: h.person, Recipient: consent.Party(h.clinic)})
		return err
	}))
	return d
}

// TestWrittenRelease: where the organisation needs written releases, which takes two people to say, a spoken yes lets nothing
// leave and nobody be compared, and neither does one without a near end; comparing takes a yes of its own everywhere.
func TestWrittenRelease(t *testing.T) {
	h := newHouse(t)
	s := h.said()
	s.Method, s.Classes, s.Purposes = consent.Spoken, []string{"contact", "identity"}, []string{"support"}
	h.give(s)
	if h.matches().Allowed {
		t.Error("a yes to support is one to being compared")
	}
	s.Purposes = []string{"support", "matching"}
	h.give(s)
	if !h.matches().Allowed || !h.ask("police", "contact", "support").Allowed {
		t.Error("a spoken yes counts nowhere")
	}
	accounts := &auth.Accounts{DB: h.db}
	accounts.Register(auth.ReleaseRule, consent.ReleaseRule())
	two := [3]auth.Actor{}
	for i, role := range []auth.Role{auth.Administrator, auth.ProtectionOfficer, auth.Administrator} {
		id, err := accounts.CreateAccount(t.Context(), auth.CLI(h.org), "Invented "+string(role), role)
		h.must(err)
		two[i] = h.as(id, role)
	}
	first, second := two[0], two[1]
	id, err := accounts.Propose(t.Context(), first, consent.ReleaseChange(true, "covered provider"))
	h.must(err)
	if !h.matches().Allowed {
		t.Error("one person was enough")
	}
	_, err = accounts.Propose(t.Context(), first, auth.Change{Kind: auth.ReleaseRule, Subject: "release-rule", Detail: map[string]string{"covered": "maybe"}})
	h.kind("neither yes nor no", err, fault.Invalid)
	h.kind("approved by another administrator", accounts.Approve(t.Context(), two[2], id), fault.NotFound)
	h.must(accounts.Approve(t.Context(), second, id))
	for name, d := range map[string]consent.Decision{"compared": h.matches(), "told": h.ask("police", "contact", "support")} {
		if d.Allowed || !slices.Equal(d.Reasons, []consent.Reason{consent.ReasonUnwritten}) {
			t.Errorf("%s on a spoken yes: %+v", name, d)
		}
	}
	if is, err := h.Covered(t.Context(), h.org); err != nil || !is {
		t.Errorf("covered %v %v", is, err)
	}
	s.Method, s.Last = consent.Signed, "2027-06-10"
	_, err = h.Give(t.Context(), h.worker, h.of, s, "")
	h.kind("a release for more than a year", err, fault.Invalid)
	s.Last = "2026-08-31"
	h.give(s)
	if !h.matches().Allowed || !h.ask("police", "contact", "support").Allowed {
		t.Error("a written release does not count")
	}
}
