package agreement

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/beat"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
)

// Ask is what somebody asks a partner for: the fields of one record that an agreement lets them have.
type Ask struct {
	Agreement ID
	Record    RecordID // as the holder, or the person, gave it
	Purpose   string
	// Use is what will be done with it. Empty means the purpose itself.
	Use string
}

// Outcome is what the asker gets. The zero Outcome is the one answer for unknown, refused and withheld: it says
// nothing about which.
type Outcome struct {
	Fields []Released
	// Retention and ReviewAfter are days, Onward a rule: what the asker has taken on with it.
	Retention, ReviewAfter int
	Onward                 string
	Class                  string
}

// Released is one field that left.
type Released struct {
	Field string
	Text  private.Text
}

// Reasons of the room, beside those of [accord]. They stay with the holder.
const (
	ReasonNotInForce accord.Reason = "not-in-force" // the agreement is not in force, or was suspended or ended
	ReasonUnknown    accord.Reason = "unknown"      // there is no such record
	ReasonWithheld   accord.Reason = "withheld"     // somebody of the holder keeps it back
)

var (
	// The form of [db.NewID] and no other: a name that somebody types here would stay in both ledgers.
	askedRecord  = regexp.MustCompile(`^[A-Z2-7]{26}$`)
	askedPurpose = regexp.MustCompile(`^[a-z][a-z0-9-]{1,63}$`)
)

// check looks at the form of a question alone, so its answer tells nothing about what is held.
func (a Ask) check() error {
	f := fault.New(fault.Invalid, "The question is not complete.")
	if a.Agreement == "" {
		f = f.WithField("agreement", "Choose under which agreement you ask.")
	}
	if !askedRecord.MatchString(string(a.Record)) {
		f = f.WithField("record", "Give the reference exactly as you received it: letters and digits.")
	}
	if !askedPurpose.MatchString(a.Purpose) {
		f = f.WithField("purpose", "Say what it is for.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// verdict is a decision with what the holder records of it.
type verdict struct {
	allowed []accord.Decision // one for each field of names
	names   []string
	reasons []accord.Reason // of what stays, each once
}

// Decide evaluates agreement ∩ purpose ∩ authority for a record of the other party, field by field, enters the
// decision in the records of both sides, and opens what may leave. The holder's entry has the reasons; the
// asker's has the same shape whatever the answer. An error of any kind lets nothing leave.
//
// Its duration depends on the answer. Pages call [Agreements.Ask].
func (r *Agreements) Decide(ctx context.Context, actor auth.Actor, a Ask) (Outcome, error) {
	if !actor.May(auth.AskPartners) {
		return Outcome{}, notFound()
	}
	if err := a.check(); err != nil {
		return Outcome{}, err
	}
	if r.vault.Locked() { // the same for every question
		return Outcome{}, fault.New(fault.Unavailable, "The vault is locked.").WithHint("Ask the administrator of the node to unlock it, then try again.")
	}
	if a.Use == "" {
		a.Use = a.Purpose
	}
	var (
		h *held
		s shelved
		v verdict
	)
	err := r.db.Write(ctx, func(tx *db.Tx) (err error) {
		if h, err = load(ctx, tx, actor.Org, a.Agreement); err != nil {
			return err
		}
		if s, err = take(ctx, tx, h.partner, a.Record); err != nil {
			return err
		}
		if err = r.ground(ctx, tx, h.partner, &s); err != nil {
			return err
		}
		v = r.judge(h, s, actor, a, tx.Now())
		return r.enter(ctx, tx, h, s, actor, a, v)
	})
	if err != nil || len(v.allowed) == 0 {
		return Outcome{}, err
	}
	out, err := r.release(ctx, h, s, a, v)
	if err == nil {
		return out, nil
	}
	// The holder learns that nothing left after all; the asker cannot tell it from a refusal.
	err = r.db.Write(ctx, func(tx *db.Tx) error {
		return audit.Append(ctx, tx, entry(h.partner, partnerActor, audit.Decision, string(h.id), map[string]string{
			"act": "disclosure failed", "record": string(a.Record),
		}))
	})
	return Outcome{}, err
}

// judge is the rule, without database or clock. Every field of the record is decided for each role of the asker
// and each authority that exists.
func (r *Agreements) judge(h *held, s shelved, actor auth.Actor, a Ask, at time.Time) (v verdict) {
	agreed := r.inForce(h, at)
	if agreed == nil {
		v.reasons = append(v.reasons, ReasonNotInForce)
	}
	if !s.found {
		v.reasons = append(v.reasons, ReasonUnknown)
	}
	if s.withheld {
		v.reasons = append(v.reasons, ReasonWithheld)
	}
	if agreed == nil || !s.found || s.withheld {
		return v
	}
	d := agreed.Document()
	q := accord.Request{
		Agreement: agreed.Hash(), From: party(h.partner), To: party(h.org), Purpose: a.Purpose, Use: a.Use,
		Subject: s.row.Subject, Class: s.row.Class, TLP: s.row.TLP, Handling: s.row.Handling, Source: s.row.Source,
		Information: s.row.Information, Country: countryOf(d, party(h.org)), At: at.UnixMicro(),
	}
	for _, f := range s.sealed {
		q.Field = f.name
		best := bestOf(agreed, q, actor.Roles, s.grounds)
		if best.Allowed {
			v.allowed, v.names = append(v.allowed, best), append(v.names, f.name)
		}
		for _, reason := range best.Reasons {
			if !slices.Contains(v.reasons, reason) {
				v.reasons = append(v.reasons, reason)
			}
		}
	}
	return v
}

// bestOf decides under each role and each authority and returns what allows, or the nearest refusal.
func bestOf(a *accord.Agreement, q accord.Request, roles []auth.Role, grounds []accord.Authority) (best accord.Decision) {
	if len(grounds) == 0 {
		grounds = []accord.Authority{{}}
	}
	for _, role := range roles {
		for _, g := range grounds {
			q.Role, q.Authority = string(role), g
			d := a.Decide(q)
			if d.Allowed {
				return d
			}
			if best.Reasons == nil || len(d.Reasons) < len(best.Reasons) {
				best = d
			}
		}
	}
	return best
}

func countryOf(d accord.Document, name string) string {
	for _, p := range d.Parties {
		if p.ID == name {
			return p.Country
		}
	}
	return ""
}

// enter writes the decision on both sides, in the transaction that decided.
func (r *Agreements) enter(ctx context.Context, tx *db.Tx, h *held, s shelved, actor auth.Actor, a Ask, v verdict) error {
	kind := audit.Decision
	if len(v.names) > 0 {
		kind = audit.Disclosure
	}
	reasons := make([]string, len(v.reasons))
	for i, reason := range v.reasons {
		reasons[i] = string(reason)
	}
	e := entry(h.partner, partnerActor, kind, string(h.id), map[string]string{
		"act": "asked by partner", "partner": string(h.org), "record": string(a.Record), "purpose": a.Purpose, "use": a.Use,
		"released": strings.Join(v.names, " "), "reasons": strings.Join(reasons, " "),
	})
	if s.found {
		if err := r.record(ctx, tx, s.person, e); err != nil {
			return err
		}
	} else if err := audit.Append(ctx, tx, e); err != nil {
		return err
	}
	err := audit.Append(ctx, tx, entry(actor.Org, string(actor.Account), audit.Decision, string(h.id), map[string]string{
		"act": "ask partner", "partner": string(h.partner), "record": string(a.Record), "purpose": a.Purpose, "use": a.Use,
	}))
	if err != nil || len(v.names) == 0 {
		return err
	}
	if r.Left != nil {
		left := Leaves{Agreement: h.id, Record: a.Record, To: party(h.org), Class: s.row.Class, Purpose: a.Purpose, Asker: partnerActor}
		if err := r.Left(ctx, tx, h.partner, s.person, left); err != nil {
			return err
		}
	}
	holder := &held{org: h.partner, id: h.id, partner: h.org}
	return holder.event(ctx, tx, Disclosed, 0, actor)
}

// ground adds the authorities that are kept elsewhere. Where a person's consents are kept there, one that was written here
// counts no more: it could outlive what the person took back.
func (r *Agreements) ground(ctx context.Context, tx *db.Tx, holder auth.OrgID, s *shelved) error {
	if r.Grounds == nil {
		return nil
	}
	list, speaks, err := r.Grounds(ctx, tx, holder, s.person)
	if err != nil {
		return err
	}
	if speaks {
		s.grounds = slices.DeleteFunc(s.grounds, func(a accord.Authority) bool { return a.Kind == "consent" })
	}
	s.grounds = append(s.grounds, list...)
	return nil
}

// release opens what may leave, in the name of the holder: its record has the opening before anything is shown.
func (r *Agreements) release(ctx context.Context, h *held, s shelved, a Ask, v verdict) (Outcome, error) {
	first := v.allowed[0]
	out := Outcome{Retention: first.Retention, ReviewAfter: first.ReviewAfter, Onward: first.Onward, Class: s.row.Class}
	var items []vault.Item
	for i, name := range v.names {
		f := s.sealed[slices.IndexFunc(s.sealed, func(f sealedField) bool { return f.name == name })]
		items = append(items, vault.Item{Place: place(h.partner, s.person, a.Record, name, f.version), Sealed: f.bytes})
		out.Retention, out.ReviewAfter = min(out.Retention, v.allowed[i].Retention), min(out.ReviewAfter, v.allowed[i].ReviewAfter)
		if v.allowed[i].Onward == "none" {
			out.Onward = "none"
		}
	}
	// The signed agreement, by which all was decided above, stands here in the place of a role of the holder's.
	holder := auth.Actor{Org: h.partner, Account: partnerActor, Roles: []auth.Role{auth.Supervisor}}
	texts, err := r.vault.Disclose(ctx, holder, vault.Why{Purpose: vault.Purpose(a.Purpose), Scope: "agreement/" + string(h.id)}, items...)
	if err != nil {
		return Outcome{}, err
	}
	for i, name := range v.names {
		out.Fields = append(out.Fields, Released{name, texts[i]})
	}
	return out, nil
}

// Ask is Decide on a fixed clock: its answer leaves at a tick of [beat.Schedule] and not when it is ready, so that
// unknown, refused and withheld are one answer with one delay.
func (r *Agreements) Ask(ctx context.Context, actor auth.Actor, a Ask) (Outcome, error) {
	begun := beat.Begin()
	if err := a.check(); err != nil {
		return Outcome{}, err
	}
	out, err := r.Decide(ctx, actor, a)
	if late := r.Schedule.Wait(ctx, begun); late != nil {
		return Outcome{}, late
	}
	return out, err
}
