package shelter

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/order"
)

// Bed is what a search for somewhere to stay answers of a place: how to ask there, and not where it is.
// Its fields are codes and numbers; a test keeps it so.
type Bed struct {
	Place      string // identifier, for asking
	Code       string
	Area       string
	Band       Band // how much is free for this party
	Rules      Rules
	VerifiedOn string
	Verdict    Verdict
}

// Band is how much is free, without saying how many.
type Band string

// The bands.
const (
	None Band = "none"
	Few  Band = "few"
	Some Band = "some"
	Many Band = "many"
)

// Bands are the bands with their labels.
func Bands() []Word {
	return []Word{
		{string(None), i18n.Mark("nothing free")},
		{string(Few), i18n.Mark("one or two rooms free")},
		{string(Some), i18n.Mark("three to nine rooms free")},
		{string(Many), i18n.Mark("ten or more rooms free")},
	}
}

func bandOf(free int) Band {
	switch {
	case free <= 0:
		return None
	case free <= 2:
		return Few
	case free <= 9:
		return Some
	}
	return Many
}

func (o Offer) free(party int) (n int) {
	for _, u := range o.Units {
		if u.Size >= party {
			n += u.Free
		}
	}
	return n
}

func (n Need) check() error {
	f := fault.New(fault.Invalid, "The search was not made.")
	for _, l := range []struct {
		field string
		words []Word
		codes []string
	}{{"access", AccessNeeds(), n.Access}, {"wishes", Features(), n.Wishes}} {
		if !allKnown(l.words, l.codes) {
			f = f.WithField(l.field, "Choose from the list.")
		}
	}
	if n.Gender != "" && !known(Genders(), n.Gender) {
		f = f.WithField("gender", "Choose from the list.")
	}
	if !ageOK(n.Ages.From) || !ageOK(n.Ages.To) || n.Ages.To > 0 && n.Ages.To < n.Ages.From {
		f = f.WithField("age_from", "Write ages in years, the lower one first.")
	}
	if !languagesOK(n.Languages) {
		f = f.WithField("languages", "Write codes of languages, such as en or ar, with spaces between.")
	}
	if n.Others < 0 || n.Others > 10 {
		f = f.WithField("others", "Write a number up to %d.", 10)
	}
	badChild := func(c Child) bool {
		return c.Age < -1 || c.Age >= adult || c.Gender != "" && !known(Genders(), c.Gender)
	}
	if len(n.Children) > 10 || slices.ContainsFunc(n.Children, badChild) {
		f = f.WithField("children", "Write the ages of the children in years, with spaces between.")
	}
	badKeep := func(k Keep) bool { return !IsArea(k.Area) || k.Steps < 0 || k.Steps > 5 }
	if len(n.Avoid) > 20 || slices.ContainsFunc(n.Avoid, badKeep) {
		f = f.WithField("avoid", "Write the codes of areas, with spaces between.")
	}
	if len(n.Near) > 20 || slices.ContainsFunc(n.Near, func(a string) bool { return !IsArea(a) }) {
		f = f.WithField("near", "Write the codes of areas, with spaces between.")
	}
	for _, answer := range []string{n.Pregnant, n.Substance} {
		if answer != "" && answer != "yes" && answer != "no" {
			f = f.WithField("pregnant", "Choose an answer.")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// Find answers who could take somebody: first what fits, then what must be asked, then what cannot, each
// with reasons. It opens nothing, so there is nothing to learn from it about where a place is beyond its
// area. It takes [auth.WorkCases].
func (s *Shelters) Find(ctx context.Context, actor auth.Actor, n Need) (beds []Bed, err error) {
	if !actor.May(auth.WorkCases) {
		return nil, missing()
	}
	if err := n.check(); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		beds, err = find(ctx, tx, actor, n)
		return err
	})
	return beds, err
}

func find(ctx context.Context, tx *db.Tx, actor auth.Actor, n Need) ([]Bed, error) {
	areas, err := graph(ctx, tx, actor.Org)
	if err != nil {
		return nil, err
	}
	rows, found, err := offers(ctx, tx, actor.Org)
	if err != nil {
		return nil, err
	}
	beds := make([]Bed, len(rows))
	for i, o := range found {
		c := rows[i].Clear
		beds[i] = Bed{
			Place: o.ID, Code: c.Code, Area: o.Area, Band: bandOf(o.free(n.Party())), Rules: o.Rules, VerifiedOn: c.VerifiedOn,
			Verdict: Judge(n, o, areas),
		}
	}
	order.By(beds, func(a, b Bed) int {
		return cmp.Or(
			cmp.Compare(a.Verdict.rank(), b.Verdict.rank()), cmp.Compare(a.Verdict.Wishes, b.Verdict.Wishes),
			strings.Compare(b.VerifiedOn, a.VerifiedOn), strings.Compare(a.Code, b.Code),
		)
	})
	return beds, nil
}

func (v Verdict) rank() int {
	switch {
	case v.OK():
		return 0
	case len(v.Against) == 0:
		return 1
	}
	return 2
}
