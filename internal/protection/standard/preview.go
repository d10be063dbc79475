package standard

import (
	"context"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// Preview is what a release to somebody else would hold: counts, and nobody by name.
type Preview struct {
	Leave, LeftOut int
	Fields         []FieldPreview
}

// FieldPreview counts the people whose consent, or a law, lets a field leave.
type FieldPreview struct {
	Class, Field string
	Consent      int
}

// Preview says what a release to another organisation would hold now. Nothing is opened and nothing leaves. An agreement that lets
// the fields go for the purpose must be in force. It takes [auth.ExchangeCases].
func (s *Standards) Preview(ctx context.Context, actor auth.Actor, r Release) (p Preview, err error) {
	if !actor.May(auth.ExchangeCases) {
		return p, missing()
	}
	if err := r.check(); err != nil {
		return p, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		_, err := s.covered(ctx, tx, actor.Org, r.To, r.Purpose, r.Profile)
		return err
	})
	if err != nil {
		return p, err
	}
	for _, f := range r.Profile.fields() {
		class, field, _ := strings.Cut(f, ".")
		p.Fields = append(p.Fields, FieldPreview{Class: class, Field: field})
	}
	for _, of := range []casefile.Standing{casefile.Open, casefile.Closed} {
		if err := s.previewOf(ctx, actor, r, of, &p); err != nil {
			return Preview{}, err
		}
	}
	return p, nil
}

func (s *Standards) previewOf(ctx context.Context, actor auth.Actor, r Release, of casefile.Standing, p *Preview) error {
	filter := casefile.Filter{Whose: casefile.Every, Standing: of, Limit: pageOf}
	for {
		found, err := s.cases.List(ctx, actor, filter)
		if err != nil {
			return err
		}
		all := make([]verdict, len(found.Cases))
		err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
			for i, c := range found.Cases {
				if all[i], err = s.judge(ctx, tx, actor.Org, r, c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, v := range all {
			p.count(v, r.Profile.classes())
		}
		if found.Next.IsZero() {
			return nil
		}
		filter.Before = found.Next
	}
}

func (p *Preview) count(v verdict, classes []string) {
	if v.leaves() {
		p.Leave++
	} else {
		p.LeftOut++
	}
	for i, a := range v.on {
		for j := range p.Fields {
			if a.Valid() && p.Fields[j].Class == classes[i] {
				p.Fields[j].Consent++
			}
		}
	}
}
