package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/identification"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
)

func (p *pair) step(procedure, step, body string, own bool) error {
	_, err := p.Identifications.Take(p.t.Context(), p.worker, identification.Taking{
		Case: p.of, Procedure: procedure, Step: step, Body: body, Own: own, On: profile.Date(p.now.Format(time.DateOnly)), Reasons: private.New("Because (invented)"),
	})
	return err
}

// An adult, as the file of the person says, is referred by this organisation only on the person's own
// consent to it; a consent to something else is none.
func TestIdentificationAsksTheConsent(t *testing.T) {
	p := newPair(t)
	procedure, err := p.Identifications.Open(t.Context(), p.worker, p.of, "gb-eaw", "")
	p.must(err)
	p.must(p.step(procedure, "presume", "anybody", true))
	refused := func(why string) {
		t.Helper()
		if err := p.step(procedure, "refer", "first-responder", true); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "An adult has to agree") {
			t.Errorf("%s: %v", why, err)
		}
	}
	refused("nobody asked")
	give := func(kind consent.Kind, class string) {
		t.Helper()
		s := p.said(class, "identification")
		s.Kind, s.Recipients = kind, []consent.Named{{Term: consent.Term{To: "competent-authority", Recall: consent.RecallNo, Why: "already-used", Feeds: consent.FeedsNo}}}
		p.now = p.now.Add(time.Minute)
		_, err := p.Consents.Give(t.Context(), p.worker, string(p.of), s, "")
		p.must(err)
	}
	give(consent.Sharing, "identity")
	refused("agreed to be told of, not to be identified")
	give(consent.Identification, "identity")
	p.must(p.step(procedure, "refer", "first-responder", true))
}

// A child, as the file says, is nobody's to refuse for; the day before the birthday is counted from the
// earliest day of birth, and the consent of nobody is asked.
func TestIdentificationKnowsTheBirthday(t *testing.T) {
	p := newPair(t)
	of, err := p.Cases.Open(t.Context(), p.worker, casefile.Begin{Reason: "child-at-risk"})
	p.must(err)
	p.of = of
	born := person.Births{List: []person.Birth{{From: "2008-11-24", To: "2008-12-24", Basis: person.ByDocument}}}
	p.must(p.People.SetBirth(t.Context(), p.worker, p.of, person.Seen{Source: record.Source{From: "document"}}, record.Is(born, record.Source{})))
	procedure, err := p.Identifications.Open(t.Context(), p.worker, p.of, "us", "")
	p.must(err)
	p.must(p.step(procedure, "presume", "anybody", true))
	if err := p.step(procedure, "decline", "anybody", false); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a child declined: %v", err)
	}
	o, err := p.Identifications.Show(t.Context(), p.worker, p.of)
	p.must(err)
	if timer := o.Procedures[0].State.Timers[0]; o.Adult || timer.Due.Day != "2026-11-23" || timer.Term.Bound != profile.Hard {
		t.Errorf("adult %v, %+v", o.Adult, timer)
	}
	p.must(p.step(procedure, "request-child", "anybody", true))
}
