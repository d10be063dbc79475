package agreement

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/order"
)

// List returns the agreements of the actor's organisation: those that wait for the actor first, then the newest.
func (r *Agreements) List(ctx context.Context, actor auth.Actor) (list []Summary, err error) {
	if !actor.May(auth.ReadAgreements) && !actor.May(auth.AskPartners) {
		return nil, notFound()
	}
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		list = nil
		all, err := loadAll(ctx, tx, actor.Org, "")
		if err != nil {
			return err
		}
		for _, h := range all {
			s := h.shown()
			if s == nil || s.state == isDraft && !actor.May(auth.ReadAgreements) {
				continue
			}
			summary, err := r.summary(h, s, actor, tx.Now())
			if err != nil {
				return err
			}
			list = append(list, summary)
		}
		return nil
	})
	order.By(list, func(a, b Summary) int {
		switch {
		case a.NeedsMe == b.NeedsMe:
			return 0
		case a.NeedsMe:
			return -1
		default:
			return 1
		}
	})
	return list, err
}

// summary describes one version.
func (r *Agreements) summary(h *held, s *serial, actor auth.Actor, at time.Time) (Summary, error) {
	d, err := accord.Parse([]byte(s.document))
	if err != nil {
		// Altered in the database, or written by a newer program: shown, and it denies everything.
		return Summary{ID: h.id, Partner: h.partnerName, Serial: s.number, State: Unreadable, Ours: s.ours}, nil
	}
	sum := Summary{
		ID: h.id, Partner: h.partnerName, Serial: s.number, State: r.stateOf(h, s, at), Document: d, Ours: s.ours,
		SignedByUs: s.signedBy(party(h.org)), SignedByPartner: s.signedBy(party(h.partner)),
	}
	sum.NeedsMe = sum.State == Draft && actor.May(auth.ProposeAgreement) ||
		sum.State == Offered && !sum.SignedByUs && actor.May(auth.SignAgreement) && s.draftedBy != actor.Account
	return sum, nil
}

// Partners returns the organisations with which the actor's organisation has, or had, an agreement. Who else is on
// the node nobody learns here.
func (r *Agreements) Partners(ctx context.Context, actor auth.Actor) (list []auth.Org, err error) {
	if !actor.May(auth.ReadAgreements) {
		return nil, notFound()
	}
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT partner_org, max(partner_name) FROM partnership_agreement
			WHERE org_id = $1 GROUP BY partner_org ORDER BY 2, 1`, string(actor.Org))
		list, err = db.Collect(rows, err, func(r *sql.Rows) (o auth.Org, err error) { return o, r.Scan(&o.ID, &o.Name) })
		return err
	})
	return list, err
}

// View returns an agreement for its page.
func (r *Agreements) View(ctx context.Context, actor auth.Actor, id ID) (v View, err error) {
	if !actor.May(auth.ReadAgreements) {
		return v, notFound()
	}
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		h, err := load(ctx, tx, actor.Org, id)
		if err != nil {
			return err
		}
		s := h.shown()
		if s == nil {
			return notFound()
		}
		v = View{PartnerOrg: h.partner, Hash: s.hash, Version: h.version, SuspendedByUs: h.suspended, SuspendedByPartner: h.partnerSuspended}
		if v.Summary, err = r.summary(h, s, actor, tx.Now()); err != nil {
			return err
		}
		if a, err := accord.Compile(v.Document); err == nil {
			v.Policies = a.Policies()
		}
		v.DraftedByMe = s.draftedBy == actor.Account
		v.Versions = r.versions(h, tx.Now())
		v.allow(h, actor)
		v.Events, err = events(ctx, tx, actor.Org, id)
		return err
	})
	return v, err
}

// allow says which steps the actor may take now.
func (v *View) allow(h *held, actor auth.Actor) {
	propose, sign := actor.May(auth.ProposeAgreement), actor.May(auth.SignAgreement)
	stands := h.lastSigned() != nil && !h.ended
	open := h.unsettled()
	v.MayOffer = v.State == Draft && propose
	v.MaySign = v.State == Offered && sign && !v.SignedByUs && !v.DraftedByMe && !h.ended
	v.MayDecline = open != nil && (propose || sign)
	v.MaySuspend = stands && !h.suspended && (propose || sign)
	v.MayResume = stands && h.suspended && sign
	v.MayEnd = stands && sign
	v.MayRevise = propose && !h.ended && (open == nil || open.state == isDraft)
}

func (r *Agreements) versions(h *held, at time.Time) []VersionLine {
	var out []VersionLine
	for _, s := range slices.Backward(h.serials) {
		line := VersionLine{Serial: s.number, State: r.stateOf(h, &s, at), Hash: s.hash}
		if d, err := accord.Parse([]byte(s.document)); err == nil {
			line.ValidFrom, line.ValidEnd = d.ValidFrom, d.ValidUntil
		}
		if s.signedAt > 0 {
			line.SignedAt = time.UnixMicro(s.signedAt).UTC()
		}
		out = append(out, line)
	}
	return out
}

// mostEvents is how many events the page shows; the ledger has all.
const mostEvents = 100

func events(ctx context.Context, tx *db.Tx, org auth.OrgID, id ID) ([]Event, error) {
	rows, err := tx.Query(ctx, `SELECT at, kind, serial, ours, account FROM partnership_agreement_event
		WHERE org_id = $1 AND agreement_id = $2 ORDER BY at DESC, id LIMIT $3`, string(org), string(id), mostEvents)
	return db.Collect(rows, err, func(r *sql.Rows) (e Event, err error) {
		var (
			at  int64
			who sql.Null[string]
		)
		err = r.Scan(&at, &e.Kind, &e.Serial, &e.Ours, &who)
		e.At = time.UnixMicro(at).UTC()
		if e.Ours {
			e.Account = auth.AccountID(who.V)
		}
		return e, err
	})
}

// Export is an agreement as a file: the bytes that were signed, the signatures and the public keys, so that
// somebody without this program can verify it.
type Export struct {
	Document   string            `json:"document"`
	Hash       string            `json:"sha256"`
	Compiler   string            `json:"compiler"`
	Signatures map[string]string `json:"signatures"`
	Keys       map[string]string `json:"public_keys"`
}

// Export returns the version that the page shows.
func (r *Agreements) Export(ctx context.Context, actor auth.Actor, id ID) (e Export, err error) {
	if !actor.May(auth.ReadAgreements) {
		return e, notFound()
	}
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		h, err := load(ctx, tx, actor.Org, id)
		if err != nil {
			return err
		}
		s := h.shown()
		if s == nil {
			return notFound()
		}
		e = exported(h, s)
		return nil
	})
	return e, err
}

// Case is what the simulator is asked about: no record, only what kind it would be.
type Case struct {
	Subject, Class, Purpose, Role string
	// Authority is the kind that would exist, "" for none.
	Authority             string
	TLP, Handling, Source string
	Information           int
	// They turns the question round: what would the partner send us?
	They bool
}

// Line is one field of the simulation.
type Line struct {
	Field    string
	Decision accord.Decision
}

// Simulation answers "what would leave, to whom, for this case?".
type Simulation struct {
	From, To string // names of the parties
	Lines    []Line // every field of the class that form or agreement know
	Leaves   int
}

// Simulate decides on every field of a class under the version that the page shows, as if it were signed and
// today. Nothing is sent, and nothing about a person is read.
func (r *Agreements) Simulate(ctx context.Context, actor auth.Actor, id ID, c Case) (Simulation, error) {
	v, err := r.View(ctx, actor, id)
	if err != nil {
		return Simulation{}, err
	}
	now, err := r.now(ctx)
	if err != nil {
		return Simulation{}, err
	}
	return simulate(v, party(actor.Org), party(v.PartnerOrg), c, now)
}

func simulate(v View, us, them string, c Case, now time.Time) (Simulation, error) {
	from, to := us, them
	if c.They {
		from, to = to, from
	}
	d := v.Document
	out := Simulation{From: nameOf(d, from), To: nameOf(d, to)}
	a, err := accord.Compile(d)
	if err != nil {
		return out, err
	}
	at := now.UnixMicro()
	q := accord.Request{
		Agreement: a.Hash(), From: from, To: to, Role: c.Role, Purpose: c.Purpose, Use: c.Purpose, Subject: c.Subject, Class: c.Class,
		TLP: c.TLP, Handling: c.Handling, Source: c.Source, Information: c.Information, Country: countryOf(d, to), At: at,
	}
	if c.Authority != "" {
		q.Authority = accord.Authority{Kind: c.Authority, To: to, Purpose: c.Purpose, Class: c.Class, From: at, Until: at + 1}
	}
	for _, f := range fieldsOf(d, c.Class) {
		q.Field = f
		line := Line{f, a.Decide(q)}
		if v.State != InForce {
			line.Decision.Reasons = append([]accord.Reason{ReasonNotInForce}, line.Decision.Reasons...)
			line.Decision.Allowed = false
		}
		if line.Decision.Allowed {
			out.Leaves++
		}
		out.Lines = append(out.Lines, line)
	}
	return out, nil
}

// fieldsOf are the fields of a class: those of the form, and others that the agreement names.
func fieldsOf(d accord.Document, class string) []string {
	var out []string
	if c, ok := ClassOf(class); ok {
		out = codesOf(c.Fields)
	}
	for _, c := range d.Clauses {
		if c.Class == class {
			out = compact(append(out, c.Fields...)...)
		}
	}
	return out
}

func nameOf(d accord.Document, id string) string {
	for _, p := range d.Parties {
		if p.ID == id {
			return p.Name
		}
	}
	return id
}
