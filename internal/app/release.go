package app

import (
	"context"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/standard"
)

// releasing puts the questions of releases to the room of agreements.
type releasing struct{ *agreement.Agreements }

// releaseMarks are the markings and the grading of a record that is let out.
var releaseMarks = accord.Row{Subject: "survivor", TLP: "amber", Handling: "H1", Source: "B", Information: 2}

// MaySend decides by every agreement in force with the organisation that has the code of the recipient.
func (s releasing) MaySend(ctx context.Context, tx *db.Tx, q standard.Question) (list []standard.Permit, err error) {
	known, err := s.Agreements.Receivers(ctx, tx, q.From)
	if err != nil {
		return nil, err
	}
	for _, org := range known {
		if consent.Party(org.ID) != q.To {
			continue
		}
		found, err := s.Agreements.MaySend(ctx, tx, agreement.Sending{
			From: q.From, To: org.ID, Purpose: q.Purpose, Roles: agreement.ReceivingRoles(), Fields: q.Fields, Marks: releaseMarks, Grounds: q.Grounds,
		})
		if err != nil {
			return nil, err
		}
		for _, p := range found {
			one := standard.Permit{Agreement: string(p.Agreement)}
			for _, f := range p.Fields {
				one.Roles = append(one.Roles, f.Roles)
			}
			list = append(list, one)
		}
	}
	return list, nil
}

// Receivers returns to whom an organisation may let anything out.
func (s releasing) Receivers(ctx context.Context, tx *db.Tx, from auth.OrgID) ([]auth.Org, error) {
	return s.Agreements.Receivers(ctx, tx, from)
}
