package standard

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
)

// Question asks what the agreements in force let an organisation send to a recipient about one person.
type Question struct {
	From        auth.OrgID
	To, Purpose string
	Fields      []string // "class.field"
	Grounds     []accord.Authority
}

// Permit is the answer of one agreement: the roles of the recipient that may have each field, in the order of the question.
type Permit struct {
	Agreement string
	Roles     [][]auth.Role
}

// Agreements answers what may be sent. Where there is none, nothing leaves the organisation.
type Agreements interface {
	// MaySend is asked in the transaction in which the disclosure is entered.
	MaySend(ctx context.Context, tx *db.Tx, q Question) ([]Permit, error)
	// Receivers are those to whom an agreement in force lets something go.
	Receivers(ctx context.Context, tx *db.Tx, from auth.OrgID) ([]auth.Org, error)
}

// Receivers returns to whom the actor's organisation may let something out, beside itself. It takes [auth.ExchangeCases].
func (s *Standards) Receivers(ctx context.Context, actor auth.Actor) (list []auth.Org, err error) {
	if !actor.May(auth.ExchangeCases) {
		return nil, missing()
	}
	if s.Agreements == nil {
		return nil, nil
	}
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		list, err = s.Agreements.Receivers(ctx, tx, actor.Org)
		return err
	})
	return list, err
}

// fields are what a profile sends, in the words of agreements.
func (p Profile) fields() []string {
	switch p {
	case Codes:
		return []string{"outline.codes"}
	case Contribution:
		return []string{"outline.codes", "outline.gender", "outline.citizenship"}
	case Whole:
	}
	return []string{
		"outline.codes", "outline.gender", "outline.citizenship", "identity.name", "identity.birth-year", "identity.citizenship",
		"identity.papers", "contact.channel", "contact.language",
	}
}

// classes are those of the fields.
func (p Profile) classes() (list []string) {
	for _, f := range p.fields() {
		class, _, _ := strings.Cut(f, ".")
		list = append(list, class)
	}
	return slices.Compact(list)
}

// under returns the agreement that lets one and the same role have every field, or "". An answer that does not speak of every
// field is a no.
func under(permits []Permit, fields int) string {
	for _, p := range permits {
		if p.Agreement == "" || fields == 0 || len(p.Roles) != fields {
			continue
		}
		common := slices.Clone(p.Roles[0])
		for _, roles := range p.Roles[1:] {
			common = slices.DeleteFunc(common, func(r auth.Role) bool { return !slices.Contains(roles, r) })
		}
		if len(common) > 0 {
			return p.Agreement
		}
	}
	return ""
}

// covered returns an agreement whose terms let a profile go, whoever it is about: it is asked as if every authority were there.
// Of a person it permits nothing; it is for counts, and to refuse a release of which nothing could leave.
func (s *Standards) covered(ctx context.Context, tx *db.Tx, from auth.OrgID, to, purpose string, p Profile) (string, error) {
	if s.Agreements == nil {
		return "", notAgreed()
	}
	q := Question{From: from, To: to, Purpose: purpose, Fields: p.fields()}
	for _, class := range p.classes() {
		for _, kind := range []string{"consent", "duty", "danger-to-life"} {
			q.Grounds = append(q.Grounds, accord.Authority{
				Kind: kind, To: to, Purpose: purpose, Class: class, From: tx.NowMicros(), Until: tx.Now().Add(time.Minute).UnixMicro(),
			})
		}
	}
	permits, err := s.Agreements.MaySend(ctx, tx, q)
	if err != nil {
		return "", err
	}
	id := under(permits, len(q.Fields))
	if id == "" {
		return "", notAgreed()
	}
	return id, nil
}

func notAgreed() error {
	return fault.New(fault.Denied, "No agreement in force lets this recipient have records for this purpose.").
		WithHint("Look at the agreements with this partner, or release it to ourselves.")
}

// lawful keeps the cases of persons of whom the recipient may know, and enters each disclosure before anything leaves. A
// record that is kept and not used leaves with nothing but a move of the whole to another program of ours.
func (e *exporting) lawful(cases []casefile.Case) (kept []casefile.Case, err error) {
	if e.r.To != Ourselves || e.r.Reason != "move" {
		all := len(cases)
		cases = slices.DeleteFunc(cases, func(c casefile.Case) bool { return c.Clear.State != casefile.Active })
		e.done.LeftOut += all - len(cases)
	}
	if e.r.To == Ourselves {
		return cases, nil
	}
	leftOut := 0
	err = e.db.Write(e.ctx, func(tx *db.Tx) error {
		kept, leftOut = nil, 0
		for _, c := range cases {
			leaves, err := e.discloses(tx, c)
			if err != nil {
				return err
			}
			if leaves {
				kept = append(kept, c)
			} else {
				leftOut++
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	e.done.LeftOut += leftOut
	return kept, nil
}

// verdict is what a release would do with one person.
type verdict struct {
	agreement string              // "" when none lets the fields go
	on        []consent.Authority // of each class; one that is not valid carries nothing
}

func (v verdict) leaves() bool {
	return v.agreement != "" && len(v.on) > 0 && !slices.ContainsFunc(v.on, func(a consent.Authority) bool { return !a.Valid() })
}

// judge decides, in tx, about one person by agreement, purpose and authority. The zero verdict lets nothing leave.
func (s *Standards) judge(ctx context.Context, tx *db.Tx, org auth.OrgID, r Release, c casefile.Case) (v verdict, err error) {
	var state casefile.State
	err = tx.QueryRow(ctx, "SELECT state FROM protection_case WHERE org_id = $1 AND id = $2", string(org), string(c.ID())).Scan(&state)
	if err != nil || state != casefile.Active { // a record that is kept and not used does not leave
		return verdict{}, err
	}
	grounds, _, err := s.consents.Grounds(ctx, tx, org, c.Person)
	if err != nil {
		return verdict{}, err
	}
	fields := r.Profile.fields()
	permits, err := s.Agreements.MaySend(ctx, tx, Question{From: org, To: r.To, Purpose: r.Purpose, Fields: fields, Grounds: grounds})
	if err != nil {
		return verdict{}, err
	}
	v.agreement = under(permits, len(fields))
	for _, class := range r.Profile.classes() {
		q := consent.Request{Person: c.Person, Kind: consent.Sharing, Recipient: r.To, Class: class, Purpose: r.Purpose}
		a, _, err := s.consents.AuthorityFor(ctx, tx, org, q)
		if err != nil {
			return verdict{}, err
		}
		v.on = append(v.on, a)
	}
	return v, nil
}

// discloses enters what leaves of one person, class by class, and says whether it leaves.
func (e *exporting) discloses(tx *db.Tx, c casefile.Case) (bool, error) {
	v, err := e.judge(e.ctx, tx, e.actor.Org, e.r, c)
	if err != nil || !v.leaves() {
		return false, err
	}
	for i, class := range e.r.Profile.classes() {
		_, err := e.consents.DiscloseIn(e.ctx, tx, e.actor, c.Child(), consent.Leaving{
			Authority: v.on[i], Recipient: e.r.To, Classes: []string{class}, Purpose: e.r.Purpose, Agreement: v.agreement,
		})
		if err != nil {
			return false, err
		}
	}
	return true, nil
}
