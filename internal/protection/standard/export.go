package standard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Profile says how much of each record a release holds.
type Profile string

// The profiles, from the least.
const (
	// Codes are those that stand in clear: nothing is opened for them.
	Codes Profile = "codes"
	// Contribution adds gender and citizenship, as collections of data ask for them.
	Contribution Profile = "contribution"
	// Whole is everything that the standard has a place for, names included.
	Whole Profile = "whole"
)

// Profiles returns the profiles, in the order of the constants.
func Profiles() []Profile { return []Profile{Codes, Contribution, Whole} }

// Label says in English what a profile holds; it is the key of its translation.
func (p Profile) Label() string {
	switch p {
	case Codes:
		return i18n.Mark("codes only: no name, birth, place or text")
	case Contribution:
		return i18n.Mark("codes, gender and citizenship")
	case Whole:
		return i18n.Mark("everything, names included")
	}
	return string(p)
}

// Ourselves is the recipient of a release that stays in the organisation, such as one for another program of ours.
const Ourselves = "us"

// Release is what is let out, to whom and why.
type Release struct {
	Map     Map
	Form    Form
	Profile Profile // "" is Codes
	// To is [Ourselves] or a party; Purpose one of [consent.Purposes].
	To, Purpose string
	// Reason is a code of [Reasons].
	Reason string
	// Lost gets the losses of each record. Nil counts them only.
	Lost func(Loss) error
}

// Reasons are the codes of why something is let out.
func Reasons() []consent.Word {
	return []consent.Word{
		{Code: "report", Label: i18n.Mark("a report that is due")},
		{Code: "move", Label: i18n.Mark("a move to another program")},
		{Code: "handover", Label: i18n.Mark("a handover of cases")},
		{Code: "research", Label: i18n.Mark("research that was approved")},
		{Code: "demand", Label: i18n.Mark("a demand by law")},
	}
}

// Released says what was let out.
type Released struct {
	Records int
	// LeftOut counts the cases of persons about whom nothing lets the recipient know, and records that are kept and not used.
	LeftOut int
	Losses  map[Kind]int
	Hash    string // SHA-256 of the file
}

// pageOf is how many cases one page of a release has.
const pageOf = 200

// Export writes the cases of the organisation that the actor may see, open ones and then closed ones. Each page is
// entered in the ledger before it is written: what is opened, and for a recipient outside what the person agreed to or the
// law demands, and an agreement in force lets the recipient have for the purpose; whoever lacks one of them is left out. What is
// sealed of the extension fields stays here: no agreement has a class for it. It takes [auth.ExchangeCases].
func (s *Standards) Export(ctx context.Context, actor auth.Actor, r Release, to io.Writer) (done Released, err error) {
	if !actor.May(auth.ExchangeCases) {
		return done, missing()
	}
	if err := r.check(); err != nil {
		return done, err
	}
	e := exporting{Standards: s, ctx: ctx, actor: actor, r: r, sum: sha256.New(), done: Released{Losses: map[Kind]int{}}}
	if err := e.begin(); err != nil {
		return done, err
	}
	if e.out, err = NewWriter(io.MultiWriter(to, e.sum), r.Map, r.Form, 1); err != nil {
		return done, err
	}
	for _, standing := range []casefile.Standing{casefile.Open, casefile.Closed} {
		if err := e.standing(standing); err != nil {
			return e.done, err
		}
	}
	if err := e.out.Close(); err != nil {
		return e.done, err
	}
	e.done.Hash = hex.EncodeToString(e.sum.Sum(nil))
	return e.done, e.enter("release.done")
}

func (r *Release) check() error {
	if r.Profile == "" {
		r.Profile = Codes
	}
	f := fault.New(fault.Invalid, "Nothing was released.")
	if r.Profile != Codes && r.Profile != Contribution && r.Profile != Whole {
		f = f.WithField("profile", "Choose how much of each record.")
	}
	if !coded(Reasons(), r.Reason) {
		f = f.WithField("reason", "Choose a reason.")
	}
	if r.To == "" {
		f = f.WithField("to", "Say who gets it.")
	}
	if !coded(consent.Purposes(), r.Purpose) {
		f = f.WithField("purpose", "Choose a purpose.")
	}
	if r.Form != JSON && r.Form != CSV {
		f = f.WithField("form", "Choose json or csv.")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func coded(words []consent.Word, code string) bool {
	for _, w := range words {
		if w.Code == code {
			return true
		}
	}
	return false
}

// exporting is a release that is being written.
type exporting struct {
	*Standards
	ctx       context.Context //nolint:containedctx // of one call
	actor     auth.Actor
	r         Release
	agreement string
	out       *Writer
	sum       hash.Hash
	done      Released
}

// begin enters the release, and asks which agreement it rests on.
func (e *exporting) begin() error {
	return e.db.Write(e.ctx, func(tx *db.Tx) error {
		if e.r.To != Ourselves {
			var err error
			if e.agreement, err = e.covered(e.ctx, tx, e.actor.Org, e.r.To, e.r.Purpose, e.r.Profile); err != nil {
				return err
			}
		}
		return audit.Append(e.ctx, tx, e.entry("release.begin"))
	})
}

func (e *exporting) entry(act string) audit.Entry {
	return audit.Entry{
		Org: string(e.actor.Org), Actor: string(e.actor.Account), Kind: audit.Export, Subject: "cases", Detail: map[string]string{
			"act": act, "via": string(e.actor.Via), "standard": e.r.Map.Standard, "version": e.r.Map.Version, "profile": string(e.r.Profile),
			"to": e.r.To, "purpose": e.r.Purpose, "reason": e.r.Reason, "agreement": e.agreement, "records": count(e.done.Records), "left-out": count(e.done.LeftOut), "hash": e.done.Hash,
		},
	}
}

func (e *exporting) enter(act string) error {
	return e.db.Write(e.ctx, func(tx *db.Tx) error { return audit.Append(e.ctx, tx, e.entry(act)) })
}

// standing writes the cases of a standing, page by page.
func (e *exporting) standing(of casefile.Standing) error {
	filter := casefile.Filter{Whose: casefile.Every, Standing: of, Limit: pageOf}
	for {
		p, err := e.cases.List(e.ctx, e.actor, filter)
		if err != nil {
			return err
		}
		if err := e.page(p.Cases); err != nil {
			return err
		}
		if p.Next.IsZero() {
			return nil
		}
		filter.Before = p.Next
	}
}

// page writes the cases of a page.
func (e *exporting) page(cases []casefile.Case) error {
	cases, err := e.lawful(cases)
	if err != nil || len(cases) == 0 {
		return err
	}
	all, err := e.read(cases)
	if err != nil {
		return err
	}
	for i := range all {
		e.done.Records++
		values, losses := all[i].values, all[i].losses
		row, more := e.r.Map.Out(e.done.Records, values)
		left, err := e.out.Write(row)
		if err != nil {
			return err
		}
		for _, l := range append(append(losses, more...), left...) {
			l.Record = e.done.Records
			e.done.Losses[l.Kind]++
			if e.r.Lost == nil {
				continue
			}
			if err := e.r.Lost(l); err != nil {
				return err
			}
		}
	}
	return nil
}

// purpose is why an export opens a file.
const purpose vault.Purpose = "release"

// gathered is a record before it is written.
type gathered struct {
	values Values
	losses []Loss
}

// read collects what the profile holds of some cases, opening what it needs, with the entries before.
func (e *exporting) read(cases []casefile.Case) ([]gathered, error) {
	var g record.Reading
	rows := map[string]record.Row[facts]{}
	opened := make([][]held, len(cases))
	var files []*person.File
	err := e.db.Read(e.ctx, func(tx *db.Tx) (err error) {
		g, rows = record.Reading{}, map[string]record.Row[facts]{}
		files, err = e.people.Want(e.ctx, tx, e.actor, &g, cases, e.r.Profile.sections()...)
		if err != nil {
			return err
		}
		ids := make([]string, len(cases))
		for i, c := range cases {
			ids[i] = string(c.ID())
		}
		marks, args := auth.In(3, ids)
		found, err := extensions.Find(e.ctx, tx, "WHERE org_id = $1 AND set_id = $2 AND case_id IN ("+marks+")",
			append([]any{string(e.actor.Org), Trafficking().ID}, args...)...)
		for _, row := range found {
			rows[row.Case] = row
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, c := range cases {
		opened[i] = make([]held, len(sealedClasses))
		if row, ok := rows[string(c.ID())]; ok && e.r.Profile == Whole && e.r.To == Ourselves {
			for j, class := range sealedClasses {
				row.Want(&g, class, &opened[i][j])
			}
		}
	}
	if err := g.Open(e.ctx, e.vault, e.actor, vault.Why{Purpose: purpose, Each: true}); err != nil {
		return nil, err
	}
	all := make([]gathered, len(cases))
	for i, c := range cases {
		values := Values{}
		if row, ok := rows[string(c.ID())]; ok {
			values = valuesOf(row, opened[i])
		}
		all[i].values, all[i].losses = FromFile(*files[i], values)
		if row, ok := rows[string(c.ID())]; ok && e.r.Profile == Whole && e.r.To != Ourselves {
			for _, class := range sealedClasses {
				if row.Has(class) {
					all[i].losses = append(all[i].losses, Loss{Kind: KeptBack, Column: string(class)})
				}
			}
		}
	}
	return all, nil
}

// sections are the parts of a person's file that a profile opens. Where somebody stays is in none.
func (p Profile) sections() []person.Section {
	switch p {
	case Contribution:
		return []person.Section{person.OfAbout, person.OfCitizenship}
	case Whole:
		return []person.Section{
			person.OfNames, person.OfBirth, person.OfAbout, person.OfLanguages, person.OfCitizenship, person.OfContact, person.OfDocuments,
		}
	case Codes:
	}
	return nil
}
