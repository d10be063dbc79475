package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/referral"
)

// leaving is the third scene: a man was referred to a clinic and to the police, both accepted, and know who he is. Then he
// takes back what he agreed to. What each of them makes of it is for the visitor to see.
func leaving(ctx context.Context, a *app.App, house, unit, clinic settled, now time.Time) error {
	s, err := enter(ctx, a, house.named[Leaving], "Corvin Ashbeck (invented)", 37, casefile.Begin{Reason: "referred-here", Origin: "labour-inspection"})
	if err != nil {
		return err
	}
	for _, to := range []struct {
		side   settled
		reader auth.Role
		term   consent.Term
		need   string
	}{
		{clinic, auth.SupportWorker, consent.Term{Recall: consent.RecallYes, Feeds: consent.FeedsNo}, "medical"},
		{unit, auth.Supervisor, consent.Term{Recall: consent.RecallNo, Why: "police-record"}, "safety"},
	} {
		terms := agreement.DefaultTerms(now)
		terms.Partner, terms.Purposes, terms.Subjects = to.side.org, []string{"support"}, []string{"survivor"}
		terms.Fields = []string{
			"referral.service", "referral.age-group", "referral.language", "referral.safety", "identity.name", "contact.channel", "need.health",
		}
		terms.Recipients, terms.Authority = []string{string(to.reader)}, []string{"consent"}
		terms.Country, terms.Citation = Country, "Protection of Persons Act (invented), section 14"
		id, err := offer(ctx, a, house, terms)
		if err != nil {
			return err
		}
		if err := sign(ctx, a, id, house, to.side); err != nil {
			return err
		}
		to.term.To = consent.Party(to.side.org)
		err = s.say(ctx, consent.Said{
			Kind: consent.Sharing, State: consent.Given, Recipients: []consent.Named{{Term: to.term}},
			Classes: []string{"referral", "identity", "contact", "need"}, Purposes: []string{"support"},
		})
		if err != nil {
			return err
		}
		if err := s.refer(ctx, to.side, to.reader, to.need); err != nil {
			return err
		}
	}
	return nil
}

// refer sends a need to an organisation, which accepts.
func (s stage) refer(ctx context.Context, to settled, reader auth.Role, need string) error {
	of := string(s.id)
	id, err := s.app.Referrals.Make(ctx, s.worker, of, referral.Wish{
		To: to.org, Purpose: "support", Needs: []string{need}, Urgency: "days", Blind: referral.Blind{Age: "25-39", Languages: []string{"en"}},
		Later: referral.Later{
			"identity.name": private.New("Corvin Ashbeck (invented)"), "contact.channel": private.New("text message, mornings (invented)"),
		},
	}, "")
	if err != nil {
		return err
	}
	p, err := s.app.Referrals.Preview(ctx, s.worker, of, id)
	if err != nil {
		return err
	}
	if err := s.app.Referrals.Send(ctx, s.worker, of, id, p.Seen); err != nil {
		return err
	}
	got, err := s.app.Referrals.Accept(ctx, to.actors[reader], id)
	if err == nil && got == "" {
		err = fmt.Errorf("demo: %s accepted, and nothing was released", to.org)
	}
	return err
}
