package app_test

import (
	"context"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/identification"
	"github.com/fourfold/fourfold/internal/protection/justice"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/shelter"
	"github.com/fourfold/fourfold/internal/protection/staff"
	"github.com/fourfold/fourfold/internal/protection/standard"
	"github.com/fourfold/fourfold/internal/protection/support"
)

// act is something that somebody does in a case. What they see of it comes back.
type act struct {
	name string
	do   func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error)
}

// acts are what staff do, room by room. The names of those that change support or identification begin with that.
func (w *walk) acts() []act {
	all := append(w.caseActs(), w.personActs()...)
	all = append(all, w.consentActs()...)
	all = append(all, w.identificationActs()...)
	all = append(all, w.supportActs()...)
	return append(all, w.shelterActs()...)
}

func pick[T any](w *walk, all []T) T { return all[w.r.IntN(len(all))] }

// only is what an act that shows nothing shows.
func only(err error) (any, error) { return nil, err }

func both[T any](v T, err error) (any, error) { return v, err }

func (w *walk) caseActs() []act {
	return []act{
		{"case sensitivity", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			s := pick(w, append(casefile.Sensitivities(), "", ""))
			return only(w.Cases.Change(ctx, a, c.ID(), casefile.Edit{Version: c.Version, Sensitivity: &s}))
		}},
		{"case note", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			return only(errOf(w.Cases.Write(ctx, a, c.ID(), casefile.Draught{Kind: casefile.Observation, Sight: casefile.ForCase, Text: planted})))
		}},
		{"case read notes", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			notes, err := w.Cases.Notes(ctx, a, c.ID())
			if err != nil || len(notes) == 0 {
				return notes, err
			}
			_, texts, err := w.Cases.ReadNotes(ctx, a, c, "support", notes[0].ID)
			return texts, err
		}},
		{"case task", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			return only(errOf(w.Cases.AddTask(ctx, a, c.ID(), casefile.NewTask{Kind: "do", Text: planted, DueOn: w.today()})))
		}},
		{"case timeline", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			return both(w.Cases.Timeline(ctx, a, c.ID()))
		}},
		{"case who has seen", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			return both(w.Cases.WhoHasSeen(ctx, a, c.ID()))
		}},
		{"case words", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			return both(w.Cases.Words(ctx, a, c, "support"))
		}},
		{"case close", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			return only(w.Cases.Close(ctx, a, c.ID(), c.Version, pick(w, casefile.CloseReasons())))
		}},
		{"case reopen", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			return only(w.Cases.Reopen(ctx, a, c.ID(), c.Version, pick(w, casefile.ReopenReasons())))
		}},
		{"case mark", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			to := casefile.Active
			if c.Clear.State == casefile.Active && w.r.IntN(3) == 0 {
				to = casefile.Restricted
			}
			return only(w.Cases.Mark(ctx, a, c.ID(), c.Version, to))
		}},
		{"case follows", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			if len(w.cases) > 6 {
				return only(errOf(w.Cases.Get(ctx, a, c.ID())))
			}
			id, err := w.Cases.Open(ctx, a, casefile.Begin{Reason: "returned", Follows: c.ID()})
			if err == nil {
				w.added(id, c)
			}
			return only(err)
		}},
		{"threat", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			return only(errOf(w.Staff.Report(ctx, a, c.ID(), staff.Threat{Against: "house", Kind: "call", On: w.today(), Words: planted})))
		}},
		{"going out", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			g := staff.Going{BackBy: w.now.Add(time.Hour), Tell: w.chief.Account, ThenTell: w.manager.Account, Where: planted, Reach: planted}
			if a.Account == w.chief.Account || a.Account == w.manager.Account {
				g.Tell, g.ThenTell = w.worker.Account, w.mate.Account
			}
			return only(errOf(w.Staff.Leave(ctx, a, c.ID(), g)))
		}},
		{"threats", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			return both(w.Staff.Threats(ctx, a, c.ID()))
		}},
	}
}

func (w *walk) personActs() []act {
	births := [][2]string{{"1990-01-01", "1999-12-31"}, {"2012-01-01", "2012-12-31"}, {"2007-01-01", "2010-12-31"}}
	return []act{
		{"person birth", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			f, err := w.People.OpenSome(ctx, a, c.ID(), person.Purpose, person.OfBirth)
			if err != nil {
				return only(err)
			}
			b := pick(w, births)
			births := person.Births{List: []person.Birth{{From: b[0], To: b[1], Basis: person.ByEstimate}}}
			seen := person.Seen{Version: f.Marks[person.OfBirth].Version, Source: record.Source{From: "observed"}}
			return f, w.People.SetBirth(ctx, a, c.ID(), seen, record.Is(births, record.Source{}))
		}},
		{"person names", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			f, err := w.People.OpenSome(ctx, a, c.ID(), person.Purpose, person.OfNames)
			if err != nil {
				return only(err)
			}
			names := person.Names{List: []person.Name{{Text: plantedText}}}
			return f, w.People.SetNames(ctx, a, c.ID(), person.Seen{Version: f.Marks[person.OfNames].Version}, record.Is(names, record.Source{}))
		}},
		{"person guardian", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			g := person.Guardian{Name: plantedText, Proof: person.CourtOrder, SeenOn: w.today(), Alleged: pick(w, []person.Answer{person.Yes, person.No}), Scope: []person.Matter{person.DataUse}}
			return only(errOf(w.People.Guard(ctx, a, c.ID(), "", person.Seen{}, g)))
		}},
		{"person file", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			return both(w.People.Open(ctx, a, c.ID(), person.Purpose))
		}},
		{"person suggest", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			return both(w.People.Suggest(ctx, a, c.ID()))
		}},
		{"signs begin", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			return only(errOf(w.Signs.Begin(ctx, a, c.ID(), "ilo-eleven", w.today(), "")))
		}},
		{"signs save", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			_, all, err := w.Signs.List(ctx, a, c.ID())
			if err != nil || len(all) == 0 {
				return all, err
			}
			_, s, err := w.Signs.Read(ctx, a, c.ID(), all[0].ID)
			if err != nil {
				return s, err
			}
			s.Setting = planted
			return s, w.Signs.Save(ctx, a, c.ID(), s, "", "")
		}},
		{"extension fields", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			all, err := w.Standards.Extensions(ctx, a, c.ID(), "support")
			if err != nil {
				return only(err)
			}
			return all, w.Standards.Keep(ctx, a, c.ID(), "harbour", all[0].Version, standard.Values{"d": {plantedText}}, "")
		}},
	}
}

func (w *walk) consentActs() []act {
	override := func(ctx context.Context, a auth.Actor, c casefile.Case, g consent.Ground) (any, error) {
		o := consent.Override{
			Ground: g, Recipient: "health", Classes: []string{"identity"}, Purpose: "safety", Told: consent.NotReachable, Why: planted, Plan: planted,
		}
		d, err := w.Consents.Refusal(ctx, a, c.Row.ID, o.Recipient, o.Purpose, o.Classes)
		if err != nil {
			return only(err)
		}
		o.Seen = consent.Seen(d)
		return d, errOf(w.Consents.Begin(ctx, a, c.Row.ID, o, ""))
	}
	return []act{
		{"consent yes", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			w.now = w.now.Add(time.Second)
			return only(errOf(w.Consents.Give(ctx, a, c.Row.ID, w.yes(plantedText), "")))
		}},
		{"consent to identification", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			w.now = w.now.Add(time.Second)
			said := w.yes(plantedText)
			said.Kind, said.Classes, said.Purposes = consent.Identification, []string{"identity"}, []string{"identification"}
			said.Recipients = []consent.Named{{Term: consent.Term{To: "competent-authority", Recall: consent.RecallNo, Why: "police-record", Feeds: consent.FeedsNo}}}
			return only(errOf(w.Consents.Give(ctx, a, c.Row.ID, said, "")))
		}},
		{"consent no", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			w.now = w.now.Add(time.Second)
			kind := pick(w, []consent.Kind{consent.Sharing, consent.Identification})
			return only(errOf(w.Consents.Give(ctx, a, c.Row.ID, consent.Said{Kind: kind, State: consent.Refused}, "")))
		}},
		{"consent withdraw", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			v, err := w.Consents.View(ctx, a, c.Row.ID)
			if err != nil || len(v.Lines) == 0 {
				return v, err
			}
			return v, errOf(w.Consents.Withdraw(ctx, a, c.Row.ID, consent.Withdrawal{Consent: pick(w, v.Lines).ID, Words: planted}))
		}},
		{"consent discretion", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			return override(ctx, a, c, consent.Discretion)
		}},
		{"consent emergency", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			return override(ctx, a, c, consent.Emergency)
		}},
		{"consent demand", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			o := consent.Order{Recipient: "court", Purpose: "investigation", Classes: []string{"contact"}, Words: planted}
			return only(errOf(w.Consents.Receive(ctx, a, c.Row.ID, o, "")))
		}},
		{"duty", w.duty},
	}
}

// duty notes a duty and reports it in the same minute.
func (w *walk) duty(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
	o := consent.Override{Ground: consent.Duty, Recipient: "child-protection", Classes: []string{"contact", "risk"}, Purpose: "safety", Told: consent.NotSafe, Plan: planted}
	if rules := consent.Reports(pick(w, profile.Procedures().Jurisdictions()), w.today(), time.UTC); len(rules) > 0 && w.r.IntN(2) == 0 {
		rule := pick(w, rules)
		o.Rule, o.Version, o.Began = rule.ID, rule.Version, w.now
		o.Due, _ = rule.Due(w.now)
	}
	id, err := w.Consents.Begin(ctx, a, c.Row.ID, o, "")
	if err != nil {
		return only(err)
	}
	return only(w.Consents.Report(ctx, a, c.Row.ID, id))
}

func (w *walk) identificationActs() []act {
	return []act{
		{"identification open", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			o, err := w.Identifications.Show(ctx, a, c.ID())
			if err != nil || len(o.Procedures) > 1 {
				return o, err
			}
			return o, errOf(w.Identifications.Open(ctx, a, c.ID(), pick(w, profile.Procedures().Jurisdictions()), ""))
		}},
		{"identification step", w.step},
		{"identification step", w.step},
		{"identification step", w.step},
		{"identification step", w.step},
		{"identification sign", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			o, err := w.Identifications.Show(ctx, a, c.ID())
			if err != nil || len(o.Procedures) == 0 || len(o.Procedures[0].Events) == 0 {
				return o, err
			}
			e := o.Procedures[0].Events
			return o, w.Identifications.Sign(ctx, a, c.ID(), e[len(e)-1].ID)
		}},
		{"identification assert", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			s := identification.Assertion{Says: pick(w, identification.Says()).Code, Body: pick(w, identification.Bodies()).Code, Day: profile.Date(w.today()), Words: planted}
			return only(errOf(w.Identifications.Assert(ctx, a, c.ID(), s, "")))
		}},
		{"identification help", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			return only(errOf(w.Identifications.Entitle(ctx, a, c.ID(), identification.Help{From: profile.Date(w.today()), Remark: planted}, "")))
		}},
		{"justice", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			v, err := w.Justice.View(ctx, a, c.ID())
			if err != nil {
				return only(err)
			}
			return v, w.Justice.Decide(ctx, a, c.ID(), v.Version, justice.Choice{Stance: pick(w, justice.Stances()), On: w.today(), Words: planted})
		}},
	}
}

// step takes a step of a procedure, one that is possible or any, for any body.
func (w *walk) step(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
	o, err := w.Identifications.Show(ctx, a, c.ID())
	if err != nil || len(o.Procedures) == 0 {
		return o, err
	}
	p := pick(w, o.Procedures)
	t := identification.Taking{
		Case: c.ID(), Procedure: p.ID, Step: "refuse", Body: "anybody", Own: w.r.IntN(3) == 0, On: profile.Date(w.today()),
		Agreed:   pick(w, []identification.Agreement{identification.NotAsked, identification.Agreed, identification.Declined}),
		BodyName: planted, Reasons: planted, Basis: planted,
	}
	if all := identification.Choices(p.Rules.Version, p.State, o.Adult || w.r.IntN(3) > 0); len(all) > 0 && w.r.IntN(5) > 0 {
		choice := pick(w, all)
		if i := slices.IndexFunc(all, func(c identification.Choice) bool { return c.Refusal }); i >= 0 && w.r.IntN(3) == 0 {
			choice = all[i]
		}
		// What the other choices are for somebody known to be adult is tried for a child too.
		if t.Step = choice.ID; choice.Agreed && w.r.IntN(4) > 0 {
			t.Agreed = identification.Agreed
		}
		if len(choice.Who) > 0 {
			t.Body = pick(w, choice.Who)
		}
	}
	out, err := w.Identifications.Take(ctx, a, t)
	if err == nil && !out.Waiting && !o.Adult {
		w.childStep = p.ID
	}
	return o, err
}

func (w *walk) supportActs() []act {
	return []act{
		{"support move", w.move},
		{"support move", w.move},
		{"support goal", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			err := errOf(w.Support.KeepGoal(ctx, a, c.ID(), support.Seen{}, support.Goal{Words: planted, State: "agreed", AgreedOn: w.today()}))
			if err == nil {
				w.shadow(c.ID()).Agreed++
			}
			return only(err)
		}},
		{"support safety", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			v, err := w.Support.View(ctx, a, c.ID())
			if err != nil {
				return only(err)
			}
			s := support.Safety{Steps: planted, Places: support.Places{Safe: planted}}
			return v, w.Support.KeepSafety(ctx, a, c.ID(), support.Seen{Version: v.Safety.Version}, s)
		}},
		{"support service", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			s := support.Service{Service: pick(w, support.Services()).Code, State: "needed", Note: planted}
			return only(errOf(w.Support.KeepService(ctx, a, c.ID(), support.Seen{}, s)))
		}},
		{"support again", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			return only(w.Support.Again(ctx, a, c.ID(), support.Sign{There: w.r.IntN(2) == 0}))
		}},
	}
}

// move takes support to any stage. Where the rule of support alone allows it, it happens; where not, not.
func (w *walk) move(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
	to, why := pick(w, support.Stages()), pick(w, support.EndReasons())
	err := w.Support.Move(ctx, a, c.ID(), 0, to, why)
	s := w.shadow(c.ID())
	next, refused := support.Next(s.State, to, why)
	if w.inside(a, c.ID()) && c.Clear.State == casefile.Active && (err == nil) != (refused == nil) {
		w.t.Errorf("support from %s to %s: %v, its rule says %v", s.Stage, to, err, refused)
	}
	if err == nil {
		s.State = next
	}
	return only(err)
}

func (w *walk) shelterActs() []act {
	return []act{
		{"shelter ask", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			n := shelter.Need{Ages: shelter.Ages{From: 30, To: 35}, Gender: "woman", Languages: []string{"en"}}
			return only(errOf(w.Shelters.Ask(ctx, a, c.ID(), "", n)))
		}},
		{"shelter step", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			_, all, err := w.Shelters.Of(ctx, a, c.ID())
			if err != nil || len(all) == 0 {
				return all, err
			}
			s := all[0]
			if s.State == shelter.Requested {
				err = w.Shelters.Offer(ctx, a, c.ID(), s.ID, s.Version, w.place)
				if err == nil && w.r.IntN(3) > 0 {
					err = w.Shelters.Answer(ctx, w.guard, w.place, s.ID, s.Version+1, true, private.New("under the clock"))
				}
				return all, err
			}
			next := shelter.Choices(s.State)
			if len(next) == 0 {
				return all, nil
			}
			to := pick(w, next)
			return all, w.Shelters.Step(ctx, a, c.ID(), s.ID, s.Version, to.To, to.Reason)
		}},
		{"referral send", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			id, err := w.Referrals.Make(ctx, a, c.Row.ID, w.wish(), "")
			if err != nil {
				return only(err)
			}
			p, err := w.Referrals.Preview(ctx, a, c.Row.ID, id)
			if err != nil {
				return only(err)
			}
			return p, w.Referrals.Send(ctx, a, c.Row.ID, id, p.Seen)
		}},
		{"referral recall", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			all, err := w.Referrals.OfCase(ctx, a, c.Row.ID)
			if err != nil || len(all) == 0 {
				return all, err
			}
			return all, w.Referrals.Recall(ctx, a, c.Row.ID, pick(w, all).ID, "mind")
		}},
		{"slip", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) { return w.newSlip(ctx, a, c) }},
		{"asked on the own page", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			return both(w.Space.Asked(ctx, a, c.ID()))
		}},
		{"handed over", func(ctx context.Context, a auth.Actor, c casefile.Case) (any, error) {
			return both(w.Space.HandOver(ctx, a, c.ID()))
		}},
	}
}
