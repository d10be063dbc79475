package referral

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Line is one field of a referral: whether it leaves, on what, and if not, why it stays.
type Line struct {
	Field  string
	Blind  bool // leaves before acceptance
	Leaves bool
	// Authority is the consent, or else the legal basis, on which it leaves; To are the roles that may have it there.
	Authority consent.Authority
	To        []auth.Role
	Reasons   []accord.Reason
	// Said is what the person has said to it, where they have not agreed.
	Said []consent.Reason
	// Text is what would leave. Of a blind field it is in [Preview.Blind].
	Text private.Text
}

func (l Line) class() string {
	class, _, _ := strings.Cut(l.Field, ".")
	return class
}

// verdict is what may leave of a row, under one agreement.
type verdict struct {
	agreement string // "" when none is in force
	lines     []Line
}

// judge decides field by field what of a row may leave now to people with some roles: agreement ∩ purpose ∩ authority.
func (r *Referrals) judge(ctx context.Context, tx *db.Tx, one row, fields []string, roles []auth.Role) (v verdict, err error) {
	c := one.Clear
	grounds, _, err := r.consents.Grounds(ctx, tx, one.Org, one.Person)
	if err != nil {
		return v, err
	}
	permits, err := r.agreements.MaySend(ctx, tx, Question{
		From: one.Org, To: c.Partner, Only: c.Agreement, Purpose: c.Purpose, Roles: roles, Fields: fields, Marks: marks, Grounds: grounds,
	})
	if err != nil {
		return v, err
	}
	best := Permit{Fields: make([]PermitField, len(fields))}
	most := -1
	for _, p := range permits {
		n := 0
		for _, f := range p.Fields {
			if f.Allowed {
				n++
			}
		}
		if n > most {
			best, most = p, n
		}
	}
	v.agreement = best.Agreement
	for i, field := range fields {
		l := Line{Field: field, Blind: strings.HasPrefix(field, blindClass+"."), To: best.Fields[i].Roles, Reasons: best.Fields[i].Reasons}
		a, d, err := r.consents.AuthorityFor(ctx, tx, one.Org, consent.Request{
			Person: one.Person, Kind: consent.Sharing, Recipient: consent.Party(c.Partner), Class: l.class(), Purpose: c.Purpose,
		})
		if err != nil {
			return verdict{}, err
		}
		if !a.Valid() {
			l.Said = d.Reasons
		}
		if l.Leaves = best.Fields[i].Allowed && a.Valid(); l.Leaves {
			l.Authority = a
		}
		v.lines = append(v.lines, l)
	}
	return v, nil
}

// leaving returns the fields that leave.
func (v verdict) leaving() (fields []string) {
	for _, l := range v.lines {
		if l.Leaves {
			fields = append(fields, l.Field)
		}
	}
	return fields
}

// line returns the line of a field, or one that stays.
func (v verdict) line(field string) Line {
	for _, l := range v.lines {
		if l.Field == field {
			return l
		}
	}
	return Line{Field: field}
}

// seen names a verdict, so that nobody sends what they have not read.
func (v verdict) seen(version int64) string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%d %s\n", version, v.agreement) // a hash takes everything
	for _, l := range v.lines {
		_, _ = fmt.Fprintf(h, "%s %v %v %v\n", l.Field, l.Leaves, l.Authority, l.To)
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// Preview is a referral field by field, before it is sent or afterwards.
type Preview struct {
	Referral
	Case  casefile.Case
	Blind Blind
	Lines []Line
	// Files is how many attachments the case has: they stay, and the receiver is told that there are some.
	Files int
	// Stays is why nothing of it can be sent now; nil when it can.
	Stays error
	// Seen names what this shows, for [Referrals.Authorise].
	Seen string
}

// Preview opens a referral of a case. One that is not sent is decided anew; of one that was, the lines say what left.
func (r *Referrals) Preview(ctx context.Context, actor auth.Actor, case_, id string) (p Preview, err error) {
	var one row
	err = r.db.Read(ctx, func(tx *db.Tx) error {
		p = Preview{}
		c, err := casefile.Load(ctx, tx, actor, casefile.ID(case_), auth.ReadCases)
		if err != nil {
			return err
		}
		if one, err = of(ctx, tx, actor, c, id); err != nil {
			return err
		}
		p.Referral, p.Case, p.Files = referralOf(one, tx.Now()), c, int(one.Clear.Files)
		if one.Clear.Direction != out || one.Clear.Sending != Draft && one.Clear.Sending != Authorised {
			return nil
		}
		if p.Files, err = files(ctx, tx, actor.Org, c); err != nil {
			return err
		}
		v, err := r.judge(ctx, tx, one, strings.Fields(one.Clear.Fields), acceptors())
		if err != nil {
			return err
		}
		p.Lines, p.Seen, p.Agreement = v.lines, v.seen(one.Version), v.agreement
		p.Stays = r.stays(ctx, tx, one, v)
		return nil
	})
	if err != nil {
		return Preview{}, err
	}
	return p, p.open(ctx, r.vault, actor, one)
}

// open opens what is sealed in a row, unless it is asked back.
func (p *Preview) open(ctx context.Context, v *vault.Vault, actor auth.Actor, one row) error {
	if c := one.Clear; c.Back == AskedBack || c.Back == Destroyed {
		return nil
	}
	var g record.Reading
	later := Later{}
	one.Want(&g, vault.Personal, &p.Blind)
	one.Want(&g, vault.Sensitive, &later)
	if err := g.Open(ctx, v, actor, vault.Why{Purpose: Purpose, Scope: one.Case}); err != nil {
		return err
	}
	if p.Lines == nil { // it has left, or come
		fields := slices.Clone(p.Fields)
		if !p.End.Out { // all that came is shown, whatever was said to come
			for f := range later {
				fields = append(fields, f)
			}
			slices.Sort(fields)
			fields = slices.Compact(fields)
		}
		for _, f := range fields {
			p.Lines = append(p.Lines, Line{Field: f, Blind: strings.HasPrefix(f, blindClass+"."), Leaves: true})
		}
	}
	for i, l := range p.Lines {
		p.Lines[i].Text = later[l.Field]
	}
	return nil
}

// files counts the attachments of a case.
func files(ctx context.Context, tx *db.Tx, org auth.OrgID, c casefile.Case) (n int, err error) {
	err = tx.QueryRow(ctx, "SELECT count(*) FROM attachment WHERE org_id = $1 AND record = $2 AND state = 'kept'", string(org), "case/"+c.Row.ID).Scan(&n)
	return n, err
}

// stays says why nothing of a row can be sent now: without the need itself there is nothing to ask for, and a child
// goes over only after a determination of their best interests.
func (r *Referrals) stays(ctx context.Context, tx *db.Tx, one row, v verdict) error {
	if v.agreement == "" {
		return fault.New(fault.Denied, "There is no agreement in force with them.").WithHint("Ask whoever keeps the agreements.")
	}
	if !v.line("referral.service").Leaves {
		return fault.New(fault.Denied, "Nothing may leave: not even the need.").
			WithHint("Look at the lines below: each says what is missing. Usually the person has not been asked.")
	}
	if one.Clear.Kind != Transfer {
		return nil
	}
	ok, err := person.StepAllowed(ctx, tx, one.Org, one.Person, person.Transfer)
	if err != nil || ok {
		return err
	}
	return fault.New(fault.Denied, "The person is or may be a child: the case goes over only after a determination of their best interests.").
		WithHint("Record the determination with the person’s file first.")
}

// Authorise keeps that somebody has looked at every line and that consent or a legal basis carries what leaves. Seen is
// what the page showed: another answer by now is [fault.Stale].
func (r *Referrals) Authorise(ctx context.Context, actor auth.Actor, case_, id, seen string) error {
	return r.write(ctx, actor, case_, id, func(tx *db.Tx, _ casefile.Case, one row) error {
		return r.authorise(ctx, tx, actor, one, seen)
	})
}

func (r *Referrals) authorise(ctx context.Context, tx *db.Tx, actor auth.Actor, one row, seen string) error {
	e, done := endOf(one).Do(Authorise, tx.Now())
	if !endOf(one).Out || done != Done && done != Again {
		return gone()
	}
	v, err := r.judge(ctx, tx, one, strings.Fields(one.Clear.Fields), acceptors())
	if err != nil {
		return err
	}
	if v.seen(one.Version) != seen {
		return stale()
	}
	if done == Again {
		return errAgain
	}
	if err := r.stays(ctx, tx, one, v); err != nil {
		return err
	}
	e.put(&one)
	_, err = r.save(ctx, tx, actor, "authorise", one)
	return err
}

// usable refuses what is to leave a case whose record is kept and not used.
func usable(ctx context.Context, tx *db.Tx, one row) error {
	var state casefile.State
	err := tx.QueryRow(ctx, "SELECT state FROM protection_case WHERE org_id = $1 AND id = $2", string(one.Org), one.Case).Scan(&state)
	if err == nil && state != casefile.Active {
		err = cannot()
	}
	return err
}

// cannot is all that the receiving side learns of why nothing leaves.
func cannot() *fault.Error {
	return fault.New(fault.Denied, "Nothing can be told of it at present.").WithHint("Speak to whoever sent it, and try again later.")
}

// rolesOf are the roles that may see every blind field that leaves.
func (v verdict) rolesOf() (roles []auth.Role) {
	roles = slices.Clone(v.line("referral.service").To)
	for _, l := range v.lines {
		if l.Blind && l.Leaves {
			roles = slices.DeleteFunc(roles, func(r auth.Role) bool { return !slices.Contains(l.To, r) })
		}
	}
	return roles
}
