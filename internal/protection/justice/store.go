package justice

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Justices is the store of a node. It is safe for concurrent use.
type Justices struct {
	db    *db.DB
	vault *vault.Vault
	cases *casefile.Cases
}

// On returns the store of a node. What the vault checks and erases goes here too.
func On(d *db.DB, v *vault.Vault, cases *casefile.Cases) *Justices {
	sheets.Guard(v)
	return &Justices{db: d, vault: v, cases: cases}
}

// sheet has nothing in clear.
type sheet struct{}

var sheets = record.Table[sheet]{
	Name:   "protection_justice",
	Sealed: []record.Column{{Name: "sensitive", Class: vault.Sensitive}},
}

// Sheet is all that is known of a person about police and courts.
type Sheet struct {
	Choices  []Choice         `json:"choices,omitempty"`
	Measures map[string]Asked `json:"measures,omitempty"`
	Matters  []Matter         `json:"matters,omitempty"`
}

// Now returns what the person decided last.
func (s Sheet) Now() Stance { return Now(s.Choices) }

// View is the sheet of a case, opened.
type View struct {
	Case    casefile.Case
	Today   string
	Version int64 // 0 while nothing is written down
	By      auth.AccountID
	At      time.Time
	Sheet
}

const purpose vault.Purpose = "justice"

// View opens the sheet of a case for whoever may read the case.
func (s *Justices) View(ctx context.Context, actor auth.Actor, id casefile.ID) (View, error) {
	v, row, err := s.read(ctx, actor, id, auth.ReadCases)
	if err != nil || len(row) == 0 {
		return v, err
	}
	var g record.Reading
	row[0].Want(&g, vault.Sensitive, &v.Sheet)
	return v, g.Open(ctx, s.vault, actor, v.Case.Why(purpose))
}

func (s *Justices) read(ctx context.Context, actor auth.Actor, id casefile.ID, perm auth.Permission) (v View, rows []record.Row[sheet], err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		v = View{}
		if v.Case, err = casefile.Load(ctx, tx, actor, id, perm); err != nil {
			return err
		}
		if v.Today, err = today(ctx, tx, actor.Org); err != nil {
			return err
		}
		rows, err = sheets.OfCase(ctx, tx, actor.Org, string(id))
		if len(rows) > 0 {
			v.Version, v.By, v.At = rows[0].Version, rows[0].ChangedBy, rows[0].ChangedAt
		}
		return err
	})
	return v, rows, err
}

// today returns the civil day of an organisation.
func today(ctx context.Context, tx *db.Tx, org auth.OrgID) (string, error) {
	var name string
	if err := tx.QueryRow(ctx, "SELECT zone FROM org WHERE id = $1", string(org)).Scan(&name); err != nil {
		return "", err
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return "", err
	}
	return tx.Now().In(zone).Format(time.DateOnly), nil
}

// change opens the sheet, lets fn change it and writes it, unless somebody else wrote meanwhile or the
// writer saw another version.
func (s *Justices) change(ctx context.Context, actor auth.Actor, id casefile.ID, seen int64, fn func(*View) error, then func(context.Context, *db.Tx, casefile.Case) error) error {
	v, rows, err := s.read(ctx, actor, id, auth.WorkCases)
	if err != nil {
		return err
	}
	if v.Version != seen {
		return stale()
	}
	var g record.Reading
	for _, row := range rows {
		row.Want(&g, vault.Sensitive, &v.Sheet)
	}
	if err := g.Open(ctx, s.vault, actor, v.Case.Why(purpose)); err != nil {
		return err
	}
	if err := fn(&v); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		c, err := casefile.Lock(ctx, tx, actor, id, auth.WorkCases)
		if err != nil {
			return err
		}
		if err := s.write(ctx, tx, actor, c, seen, v.Sheet); err != nil || then == nil {
			return err
		}
		return then(ctx, tx, c)
	})
}

func (s *Justices) write(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, seen int64, x Sheet) error {
	doc := record.Doc{Class: vault.Sensitive, Value: x}
	a := record.Act{Actor: actor, Name: "justice.keep"} // what was decided is not for the ledger's words
	found, err := sheets.OfCase(ctx, tx, actor.Org, string(c.ID()))
	switch {
	case err != nil:
		return err
	case len(found) == 0 && seen == 0:
		row := record.Row[sheet]{Key: c.Child()}
		row.ID = string(c.ID())
		_, err = sheets.Insert(ctx, tx, s.vault, a, row, doc)
		return err
	case len(found) == 0 || found[0].Version != seen:
		return stale()
	}
	_, err = sheets.Update(ctx, tx, s.vault, a, found[0], doc)
	return err
}

func stale() error {
	return fault.New(fault.Stale, "Somebody else has changed this meanwhile. Nothing was overwritten.").
		WithHint("Compare what you wrote with what is there now, then save again.")
}

// Decide writes down what the person decided. seen is the version that the writer saw.
func (s *Justices) Decide(ctx context.Context, actor auth.Actor, id casefile.ID, seen int64, c Choice) error {
	return s.change(ctx, actor, id, seen, func(v *View) (err error) {
		c.By = actor.Account
		v.Choices, err = Decide(v.Choices, c, v.Today)
		return err
	}, nil)
}

// KeepMeasure writes down where a special measure is. "" as state takes it away.
func (s *Justices) KeepMeasure(ctx context.Context, actor auth.Actor, id casefile.ID, seen int64, measure, state string) error {
	return s.change(ctx, actor, id, seen, func(v *View) error {
		if !known(Measures(), measure) || state != "" && !known(MeasureStates(), state) {
			return fault.New(fault.Invalid, "This was not written down.").WithField("measure", "Choose from the list.")
		}
		all := maps.Clone(v.Measures)
		if all == nil {
			all = map[string]Asked{}
		}
		if all[measure] = (Asked{State: state, On: v.Today}); state == "" {
			delete(all, measure)
		}
		v.Measures = all
		return nil
	}, nil)
}

// KeepMatter writes down where a track is; one without an identifier is new. Its deadline waits in the
// list of work, with a name that does not say what it is about.
func (s *Justices) KeepMatter(ctx context.Context, actor auth.Actor, id casefile.ID, seen int64, m Matter) error {
	var before string
	return s.change(ctx, actor, id, seen, func(v *View) error {
		was, err := v.place(&m)
		if err != nil {
			return err
		}
		if err := m.check(was.State, v.Today); err != nil {
			return err
		}
		// A task that has ended stays as it is, so each date has a mark of its own.
		if before, m.Task = was.Task, ""; m.Deadline != "" && m.open() {
			if m.Task = was.Task; m.Deadline != was.Deadline || m.Task == "" {
				m.Task = "date/" + db.NewID()
			}
		}
		all := slices.DeleteFunc(slices.Clone(v.Matters), func(o Matter) bool { return o.ID == m.ID })
		v.Matters = append(all, m)
		return nil
	}, func(ctx context.Context, tx *db.Tx, c casefile.Case) error {
		return s.remind(ctx, tx, actor, c, before, m)
	})
}

// place gives a new matter its identifier, and a known one what it is about, which stays. It returns what
// stood there before.
func (v *View) place(m *Matter) (was Matter, err error) {
	if m.ID == "" {
		if len(v.Matters) >= maxMatters {
			return was, fault.New(fault.TooLarge, "There are %d of these already.", maxMatters)
		}
		m.ID = db.NewID()
		return was, nil
	}
	for _, o := range v.Matters {
		if o.ID == m.ID {
			m.Track = o.Track
			return o, nil
		}
	}
	return was, fault.New(fault.NotFound, "This does not exist.")
}

// remind keeps the task of a deadline in step with it.
func (s *Justices) remind(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, before string, m Matter) error {
	if before != "" && before != m.Task {
		if err := s.cases.EndTaskIn(ctx, tx, actor, c, before, casefile.Done); err != nil {
			return err
		}
	}
	if m.Task == "" || m.Task == before {
		return nil
	}
	_, err := s.cases.AddTaskIn(ctx, tx, actor, c, casefile.NewTask{Kind: "legal.date", Mark: m.Task, Deadline: true, DueOn: m.Deadline})
	return err
}
