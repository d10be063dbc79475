package app

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
	"github.com/fourfold/fourfold/internal/protection/referral"
)

// referrals is the room of referrals with what it asks of the agreements.
func (a *App) referrals() *referral.Referrals {
	return referral.On(a.DB, a.Vault, a.Cases, a.Consents, signedAgreements{a.Agreements}, referral.Sources{
		People: a.People, Support: a.Support, Identifications: a.Identifications,
	})
}

// signedAgreements puts the questions of referrals to the room of agreements.
type signedAgreements struct{ *agreement.Agreements }

// MaySend decides by every agreement in force between two organisations.
func (s signedAgreements) MaySend(ctx context.Context, tx *db.Tx, q referral.Question) ([]referral.Permit, error) {
	found, err := s.Agreements.MaySend(ctx, tx, agreement.Sending{
		From: q.From, To: q.To, Only: agreement.ID(q.Only), Purpose: q.Purpose, Roles: q.Roles, Fields: q.Fields, Marks: q.Marks, Grounds: q.Grounds,
	})
	list := make([]referral.Permit, len(found))
	for i, p := range found {
		list[i].Agreement = string(p.Agreement)
		for _, f := range p.Fields {
			list[i].Fields = append(list[i].Fields, referral.PermitField{Allowed: f.Allowed, Roles: f.Roles, Reasons: f.Reasons})
		}
	}
	return list, err
}

// Receivers returns to whom an organisation may send anything.
func (s signedAgreements) Receivers(ctx context.Context, tx *db.Tx, from auth.OrgID) ([]auth.Org, error) {
	return s.Agreements.Receivers(ctx, tx, from)
}
