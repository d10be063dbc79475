package person

import (
	"context"
	"errors"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Assess keeps an age assessment: a new one with an empty id, which begins as proposed, or the next stage of one that
// is there. It says at once whether the safeguards of a child hold.
func (p *People) Assess(ctx context.Context, actor auth.Actor, of casefile.ID, id string, seen Seen, a Assessment) (string, error) {
	for attempt := 1; ; attempt++ {
		kept, err := p.assess(ctx, actor, of, id, seen, a)
		if !errors.Is(err, errMoved) || attempt == attempts {
			return kept, err
		}
	}
}

func (p *People) assess(ctx context.Context, actor auth.Actor, of casefile.ID, id string, seen Seen, a Assessment) (kept string, err error) {
	before, f, err := p.look(ctx, actor, of, OfBirth)
	if err != nil {
		return "", err
	}
	if err := a.check(f.Today); err != nil {
		return "", err
	}
	was := f
	f.Assessments = slices.Clone(f.Assessments)
	if err := f.put(id, a); err != nil {
		return "", err
	}
	err = p.db.Write(ctx, func(tx *db.Tx) error {
		kept, _, err = record.Once(ctx, tx, actor, seen.Key, func() (string, error) {
			return p.writeAssessment(ctx, tx, actor, of, id, seen.Version, before, was, f, a)
		})
		return err
	})
	return kept, err
}

// put takes an assessment into the file, in place of what it was.
func (f *File) put(id string, a Assessment) error {
	if id == "" {
		if a.Stage != Proposed {
			return fault.New(fault.Invalid, "The age assessment was not kept.").WithField("stage", "An assessment begins when it is proposed.")
		}
		f.Assessments = append(f.Assessments, Kept[Assessment]{Is: a})
		return nil
	}
	for i := range f.Assessments {
		k := &f.Assessments[i]
		if k.ID != id {
			continue
		}
		if a.Stage != k.Is.Stage && !k.Is.Stage.MayBecome(a.Stage) {
			return fault.New(fault.Invalid, "The age assessment was not kept.").WithField("stage", "This does not follow from where it stands.")
		}
		k.Is = a
		return nil
	}
	return missing()
}

func (p *People) writeAssessment(ctx context.Context, tx *db.Tx, actor auth.Actor, of casefile.ID, id string, seen int64, before found, was, f File, a Assessment) (string, error) {
	c, err := casefile.Lock(ctx, tx, actor, of, auth.WorkCases)
	if err != nil {
		return "", err
	}
	now, err := find(ctx, tx, actor, of, auth.WorkCases)
	if err != nil {
		return "", err
	}
	var row record.Row[stageFacts]
	for _, r := range now.assessments {
		if r.ID == id {
			row = r
		}
	}
	if row.Version != seen {
		return "", stale()
	}
	if !now.as(before, []Section{OfBirth}) {
		return "", errMoved
	}
	row.Clear.Stage = a.Stage
	act := record.Act{Actor: actor, Name: "person.age-assessment", Detail: map[string]string{"stage": string(a.Stage)}}
	doc := record.Doc{Class: vault.Sensitive, Value: a}
	if id == "" {
		row.Key = c.Child()
		row, err = assessments.Insert(ctx, tx, p.vault, act, row, doc)
	} else {
		row, err = assessments.Update(ctx, tx, p.vault, act, row, doc)
	}
	if err != nil {
		return "", err
	}
	return row.ID, p.restand(ctx, tx, actor, c, now, was, f)
}

// restand writes what follows from an assessment into the section of birth, which is made when there is none.
func (p *People) restand(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, now found, was, f File) error {
	row, there := now.section(OfBirth)
	code := f.Standing().code()
	act := record.Act{Actor: actor, Name: "person.standing", Detail: map[string]string{"standing": code}}
	var err error
	switch {
	case there && row.Clear.Standing == code:
	case there:
		row.Clear.Standing = code
		_, err = sections.Update(ctx, tx, p.vault, act, row)
	default:
		row.Key, row.Clear = c.Child(), sectionFacts{Section: OfBirth, Standing: code}
		_, err = sections.Insert(ctx, tx, p.vault, act, row)
	}
	if err != nil {
		return err
	}
	return p.birthday(ctx, tx, actor, c, was, f)
}
