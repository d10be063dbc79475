package agreement

import (
	"context"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
)

// Sending asks what a party may send of somebody on its own account, without having been asked.
type Sending struct {
	From, To auth.OrgID
	Only     ID // "" for whichever agreement is in force
	Purpose  string
	Roles    []auth.Role // that may receive it; each is decided by itself
	Fields   []string    // "class.field"
	// Marks are the markings and the grading of what would be sent, and about whom it is.
	Marks accord.Row
	// Grounds are the authorities that exist about the person; see [GroundsFunc].
	Grounds []accord.Authority
}

// Permit is what one agreement says to it, in the order of the fields.
type Permit struct {
	Agreement ID
	Fields    []PermitField
}

// PermitField is the decision on one field: the best one, and the roles to which it may go.
type PermitField struct {
	Field string
	accord.Decision
	Roles []auth.Role
}

// MaySend decides, in tx, by every agreement in force between two parties. Nothing is sent or entered: that is for the
// room that sends, in the same transaction.
func (r *Agreements) MaySend(ctx context.Context, tx *db.Tx, s Sending) (list []Permit, err error) {
	all, err := loadAll(ctx, tx, s.From, s.Only)
	if err != nil {
		return nil, err
	}
	for _, h := range all {
		if h.partner != s.To {
			continue
		}
		if a := r.inForce(h, tx.Now()); a != nil {
			list = append(list, permit(a, h, s, tx.NowMicros()))
		}
	}
	return list, nil
}

func permit(a *accord.Agreement, h *held, s Sending, at int64) Permit {
	p := Permit{Agreement: h.id, Fields: make([]PermitField, len(s.Fields))}
	q := accord.Request{
		Agreement: a.Hash(), From: party(s.From), To: party(s.To), Purpose: s.Purpose, Use: s.Purpose, Subject: s.Marks.Subject, TLP: s.Marks.TLP,
		Handling: s.Marks.Handling, Source: s.Marks.Source, Information: s.Marks.Information, Country: countryOf(a.Document(), party(s.To)), At: at,
	}
	for i, f := range s.Fields {
		q.Class, q.Field, _ = strings.Cut(f, ".")
		grounds := slices.DeleteFunc(slices.Clone(s.Grounds), func(g accord.Authority) bool {
			return g.To != q.To || g.Class != q.Class || g.Purpose != q.Purpose
		})
		one := PermitField{Field: f}
		for _, role := range s.Roles {
			d := bestOf(a, q, []auth.Role{role}, grounds)
			if d.Allowed {
				one.Roles = append(one.Roles, role)
			}
			if !one.Allowed && (d.Allowed || one.Reasons == nil || len(d.Reasons) < len(one.Reasons)) {
				one.Decision = d
			}
		}
		p.Fields[i] = one
	}
	return p
}

// Receivers returns, in tx, the organisations to which a party may send something under an agreement in force. Who else is on
// the node nobody learns here.
func (r *Agreements) Receivers(ctx context.Context, tx *db.Tx, from auth.OrgID) (list []auth.Org, err error) {
	all, err := loadAll(ctx, tx, from, "")
	if err != nil {
		return nil, err
	}
	for _, h := range all {
		a := r.inForce(h, tx.Now())
		if a == nil || slices.ContainsFunc(list, func(o auth.Org) bool { return o.ID == h.partner }) {
			continue
		}
		if slices.ContainsFunc(a.Document().Clauses, func(c accord.Clause) bool { return c.From == party(from) }) {
			list = append(list, auth.Org{ID: h.partner, Name: h.partnerName})
		}
	}
	return list, nil
}
