package person

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// codeList is a list of codes as a column holds it.
type codeList []string

// Value writes the codes with spaces between them.
func (w codeList) Value() (driver.Value, error) { return strings.Join(w, " "), nil }

// Scan reads them.
func (w *codeList) Scan(v any) error {
	switch t := v.(type) {
	case string:
		*w = strings.Fields(t)
	case []byte:
		*w = strings.Fields(string(t))
	default:
		return fmt.Errorf("person: codes of %T", v)
	}
	return nil
}

// guardianFacts are what decides about a guardian without opening who they are.
type guardianFacts struct {
	Objections       codeList // without that of time, which changes by itself
	Scope            codeList
	From, Until, End string
}

var guardians = &record.Table[guardianFacts]{
	Name:   "protection_guardian",
	Sealed: []record.Column{{Name: "personal", Class: vault.Personal}},
	Clear:  []string{"objections", "scope", "valid_from", "valid_until", "ended_on"},
	Fields: func(f *guardianFacts) []any { return []any{&f.Objections, &f.Scope, &f.From, &f.Until, &f.End} },
}

func (g Guardian) facts() guardianFacts {
	f := guardianFacts{From: g.From, Until: g.Until, End: g.Ended}
	for _, o := range g.trust("") {
		if o != OutOfTime {
			f.Objections = append(f.Objections, string(o))
		}
	}
	for _, m := range g.Scope {
		f.Scope = append(f.Scope, string(m))
	}
	return f
}

// may is [GuardianMay] of what stands in clear.
func (f guardianFacts) may(m Matter, on string) bool {
	inTime := (f.From == "" || f.From <= on) && (f.Until == "" || on <= f.Until) && (f.End == "" || on < f.End)
	return len(f.Objections) == 0 && inTime && slices.Contains(f.Scope, string(m))
}

type determinationFacts struct {
	Matter    Matter
	Finding   Finding
	Heard     Answer
	On, Until string
}

var determinations = &record.Table[determinationFacts]{
	Name:   "protection_best_interests",
	Sealed: []record.Column{{Name: "narrative", Class: vault.Narrative}},
	Clear:  []string{"matter", "finding", "heard", "decided_on", "valid_until"},
	Fields: func(f *determinationFacts) []any { return []any{&f.Matter, &f.Finding, &f.Heard, &f.On, &f.Until} },
}

// Guard keeps a guardian: a new one with an empty id, or what is known of one now.
func (p *People) Guard(ctx context.Context, actor auth.Actor, of casefile.ID, id string, seen Seen, g Guardian) (string, error) {
	if err := g.check(); err != nil {
		return "", err
	}
	act := record.Act{Actor: actor, Name: "person.guardian", Detail: map[string]string{"objections": strings.Join(g.facts().Objections, " ")}}
	return put(ctx, p, guardians, act, of, id, seen, g.facts(), record.Doc{Class: vault.Personal, Value: g})
}

// Determine keeps a determination of what is best for a child: a new one with an empty id, or the outcome of one.
func (p *People) Determine(ctx context.Context, actor auth.Actor, of casefile.ID, id string, seen Seen, d Determination) (string, error) {
	var now string
	if err := p.db.Read(ctx, func(tx *db.Tx) error { now = civilToday(tx, actor); return nil }); err != nil {
		return "", err
	}
	if err := d.check(now); err != nil {
		return "", err
	}
	act := record.Act{Actor: actor, Name: "person.best-interests", Detail: map[string]string{"matter": string(d.Matter), "finding": string(d.Finding)}}
	facts := determinationFacts{d.Matter, d.Finding, d.Heard, d.On, d.Until}
	return put(ctx, p, determinations, act, of, id, seen, facts, record.Doc{Class: vault.Narrative, Value: d})
}

// put writes a row beside the sections: a new one with an empty id, or one that the actor saw at its version.
func put[C any](ctx context.Context, p *People, t *record.Table[C], act record.Act, of casefile.ID, id string, seen Seen, facts C, doc record.Doc) (kept string, err error) {
	err = p.db.Write(ctx, func(tx *db.Tx) error {
		kept, _, err = record.Once(ctx, tx, act.Actor, seen.Key, func() (string, error) {
			c, err := casefile.Lock(ctx, tx, act.Actor, of, auth.WorkCases)
			if err != nil {
				return "", err
			}
			if id == "" {
				row, err := t.Insert(ctx, tx, p.vault, act, record.Row[C]{Key: c.Child(), Clear: facts}, doc)
				return row.ID, err
			}
			row, err := t.Get(ctx, tx, act.Actor.Org, id)
			if err != nil {
				return "", err
			}
			if row.Person != c.Person {
				return "", missing()
			}
			if row.Version != seen.Version {
				return "", stale()
			}
			row.Clear = facts
			row, err = t.Update(ctx, tx, p.vault, act, row, doc)
			return row.ID, err
		})
		return err
	})
	return kept, err
}

// GuardianFits reports, in tx and without opening anything, whether a guardian of a person may decide a matter now.
func GuardianFits(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID, guardian string, m Matter) (bool, error) {
	rows, err := guardians.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2 AND id = $3", string(org), string(person), guardian)
	if err != nil || len(rows) != 1 {
		return false, err
	}
	on, err := orgToday(ctx, tx, org)
	return err == nil && rows[0].Clear.may(m, on), err
}

// StepAllowed reports, in tx and without opening anything, whether a step may be taken for a person now: see
// [MayStep]. Whoever is not known to be an adult has the safeguards of a child.
func StepAllowed(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID, m Matter) (bool, error) {
	child, err := Safeguarded(ctx, tx, org, person)
	if err != nil || !child {
		return err == nil, err
	}
	rows, err := determinations.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2", string(org), string(person))
	if err != nil {
		return false, err
	}
	all := make([]Determination, len(rows))
	for i, r := range rows {
		all[i] = Determination{Matter: r.Clear.Matter, Finding: r.Clear.Finding, Heard: r.Clear.Heard, On: r.Clear.On, Until: r.Clear.Until}
	}
	on, err := orgToday(ctx, tx, org)
	return err == nil && MayStep(m, Standing{Safeguards: true}, all, on), err
}
