package person

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/order"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

type tieFacts struct {
	Interpreter string
	Tie         Tie
	Refused     bool
	// Hindrances are those of [Fit] when somebody looked last, Looked and Need the versions of the register and of
	// the person's languages then. With another version of either somebody has to look again.
	Hindrances   codeList
	Looked, Need int64
}

var ties = &record.Table[tieFacts]{
	Name:   "protection_interpreter_tie",
	Sealed: []record.Column{{Name: "sensitive", Class: vault.Sensitive}},
	Clear:  []string{"interpreter_id", "tie", "refused", "hindrances", "looked_at", "need_version"},
	Fields: func(f *tieFacts) []any {
		return []any{&f.Interpreter, &f.Tie, &f.Refused, &f.Hindrances, &f.Looked, &f.Need}
	},
}

type sessionFacts struct{ Interpreter string }

var sessions = &record.Table[sessionFacts]{
	Name:   "protection_interpreter_session",
	Sealed: []record.Column{{Name: "sensitive", Class: vault.Sensitive}},
	Clear:  []string{"interpreter_id"},
	Fields: func(f *sessionFacts) []any { return []any{&f.Interpreter} },
}

// besides is what the register keeps sealed with the secrets of the organisation.
type besides struct {
	Communities []string `json:"communities,omitempty"`
	Contact     string   `json:"contact,omitempty"`
}

func registerPlace(id string) string { return "interpreter " + id }

// Interpreters returns the register, by name, to whoever works on cases or keeps it.
func (p *People) Interpreters(ctx context.Context, actor auth.Actor) (all []Interpreter, err error) {
	if !actor.May(auth.WorkCases) && !actor.May(auth.KeepInterpreters) {
		return nil, missing()
	}
	err = p.db.Read(ctx, func(tx *db.Tx) error {
		all, err = p.register(ctx, tx, actor.Org, "")
		return err
	})
	return all, err
}

// register reads the register, or one entry of it.
func (p *People) register(ctx context.Context, tx *db.Tx, org auth.OrgID, only string) ([]Interpreter, error) {
	rows, err := tx.Query(ctx, `SELECT id, version, name, gender, languages, signs, vetted_on, vetted_until, ended_on, private
		FROM protection_interpreter WHERE org_id = $1 AND ($2 = '' OR id = $2) ORDER BY name, id`, string(org), only)
	var sealed [][]byte
	all, err := db.Collect(rows, err, func(r *sql.Rows) (i Interpreter, err error) {
		var languages string
		var content []byte
		err = r.Scan(&i.ID, &i.Version, &i.Name, &i.Gender, &languages, &i.Signs, &i.VettedOn, &i.VettedUntil, &i.EndedOn, &content)
		i.Languages = strings.Fields(languages)
		sealed = append(sealed, content)
		return i, err
	})
	if err != nil {
		return nil, err
	}
	for n := range all {
		text, err := p.secrets.Open(ctx, org, registerPlace(all[n].ID), sealed[n])
		if err != nil {
			return nil, err
		}
		var b besides
		if err := json.Unmarshal(text, &b); err != nil {
			return nil, fault.New(fault.Internal, "The register of interpreters is damaged.")
		}
		clear(text)
		all[n].Communities, all[n].Contact = b.Communities, b.Contact
	}
	return all, nil
}

// Register enters an interpreter, or changes an entry that the actor saw at its version. It takes
// [auth.KeepInterpreters].
func (p *People) Register(ctx context.Context, actor auth.Actor, i Interpreter, key record.SubmissionKey) (id string, err error) {
	if !actor.May(auth.KeepInterpreters) {
		return "", missing()
	}
	if err := i.check(); err != nil {
		return "", err
	}
	err = p.db.Write(ctx, func(tx *db.Tx) error {
		id, _, err = record.Once(ctx, tx, actor, key, func() (string, error) { return p.enter(ctx, tx, actor, i) })
		return err
	})
	return id, err
}

func (p *People) enter(ctx context.Context, tx *db.Tx, actor auth.Actor, i Interpreter) (string, error) {
	act := "interpreter.change"
	if i.ID == "" {
		i.ID, act = db.NewID(), "interpreter.enter"
	} else if err := tx.Bump(ctx, "protection_interpreter", string(actor.Org), i.ID, i.Version); err != nil {
		return "", err
	}
	text, err := json.Marshal(besides{Communities: i.Communities, Contact: i.Contact})
	if err != nil {
		return "", err
	}
	sealed, err := p.secrets.Seal(ctx, actor.Org, registerPlace(i.ID), text)
	if err != nil {
		return "", err
	}
	args := []any{
		i.Name, string(i.Gender), strings.Join(i.Languages, " "), i.Signs, i.VettedOn, i.VettedUntil, i.EndedOn, sealed,
		string(actor.Account), tx.NowMicros(), string(actor.Org), i.ID,
	}
	q := `UPDATE protection_interpreter SET name = $1, gender = $2, languages = $3, signs = $4, vetted_on = $5, vetted_until = $6,
		ended_on = $7, private = $8, changed_by = $9, changed_at = $10 WHERE org_id = $11 AND id = $12`
	if act == "interpreter.enter" {
		q = `INSERT INTO protection_interpreter (name, gender, languages, signs, vetted_on, vetted_until, ended_on, private,
			changed_by, changed_at, org_id, id, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)`
	}
	if _, err := tx.Exec(ctx, q, args...); err != nil {
		return "", err
	}
	return i.ID, audit.Append(ctx, tx, audit.Entry{
		Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Decision, Subject: i.ID,
		Detail: map[string]string{"act": act, "via": string(actor.Via)},
	})
}

// Choice is an interpreter with what speaks against them for one person.
type Choice struct {
	Interpreter
	Engaged
	TieVersion int64
	Against    []Hindrance
}

// Choose returns the register for one person: those who fit first. What the person asked for is taken from their
// file, which the caller has opened.
func (p *People) Choose(ctx context.Context, actor auth.Actor, f File) (all []Choice, err error) {
	err = p.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := casefile.Load(ctx, tx, actor, f.Case, auth.ReadCases); err != nil {
			return err
		}
		listed, err := p.register(ctx, tx, actor.Org, "")
		if err != nil {
			return err
		}
		between, err := ties.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2", string(actor.Org), string(f.Person))
		all = nil
		for _, i := range listed {
			c := Choice{Interpreter: i}
			for _, t := range between {
				if t.Clear.Interpreter == i.ID {
					c.Engaged, c.TieVersion = Engaged{t.Clear.Tie, t.Clear.Refused}, t.Version
				}
			}
			c.Against = Fit(i, f.Languages.Need.Value, c.Engaged, f.Today)
			all = append(all, c)
		}
		return err
	})
	order.By(all, func(a, b Choice) int { return len(a.Against) - len(b.Against) })
	return all, err
}

// Engage keeps what stands between an interpreter and a person: whether somebody asked if they know each other, and
// whether the person refuses them. The reason is a code of [TieReasons], or "".
func (p *People) Engage(ctx context.Context, actor auth.Actor, of casefile.ID, interpreter string, seen Seen, e Engaged, reason string) error {
	known := reason == "" || slices.ContainsFunc(TieReasons(), func(r struct{ Code, Label string }) bool { return r.Code == reason })
	if !known || e.Tie != NotChecked && e.Tie != Clear && e.Tie != Conflict || e.Tie == Conflict && reason == "" {
		return fault.New(fault.Invalid, "This was not kept.").WithField("tie", "Say whether there is a conflict, and which.")
	}
	_, f, err := p.look(ctx, actor, of, OfLanguages)
	if err != nil {
		return err
	}
	return p.db.Write(ctx, func(tx *db.Tx) error {
		_, _, err := record.Once(ctx, tx, actor, seen.Key, func() (string, error) {
			return "", p.engage(ctx, tx, actor, f, interpreter, seen.Version, e, reason)
		})
		return err
	})
}

func (p *People) engage(ctx context.Context, tx *db.Tx, actor auth.Actor, f File, interpreter string, version int64, e Engaged, reason string) error {
	c, err := casefile.Lock(ctx, tx, actor, f.Case, auth.WorkCases)
	if err != nil {
		return err
	}
	listed, err := p.register(ctx, tx, actor.Org, interpreter)
	if err != nil {
		return err
	}
	if interpreter == "" || len(listed) != 1 {
		return missing()
	}
	found, err := ties.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2 AND interpreter_id = $3", string(actor.Org), string(c.Person), interpreter)
	if err != nil {
		return err
	}
	var row record.Row[tieFacts]
	if len(found) > 0 {
		row = found[0]
	}
	if row.Version != version {
		return stale()
	}
	against := Fit(listed[0], f.Languages.Need.Value, e, f.Today)
	row.Clear = tieFacts{interpreter, e.Tie, e.Refused, toCodes(against), listed[0].Version, f.Marks[OfLanguages].Version}
	act := record.Act{Actor: actor, Name: "interpreter.tie", Detail: map[string]string{"interpreter": interpreter, "tie": string(e.Tie)}}
	doc := record.Doc{Class: vault.Sensitive, Value: map[string]string{"reason": reason}}
	if len(found) > 0 {
		_, err = ties.Update(ctx, tx, p.vault, act, row, doc)
		return err
	}
	row.Key = c.Child()
	_, err = ties.Insert(ctx, tx, p.vault, act, row, doc)
	return err
}

func toCodes[T ~string](all []T) codeList {
	w := make(codeList, len(all))
	for i, c := range all {
		w[i] = string(c)
	}
	return w
}

// Converse enters a session with an interpreter. What spoke against them is entered with it, and does not stop the
// record of what has happened: a session that should not have been is worth knowing most.
func (p *People) Converse(ctx context.Context, actor auth.Actor, of casefile.ID, interpreter string, seen Seen, s Session) error {
	_, f, err := p.look(ctx, actor, of, OfLanguages)
	if err != nil {
		return err
	}
	if err := s.check(f.Today); err != nil {
		return err
	}
	choices, err := p.Choose(ctx, actor, f)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(choices, func(c Choice) bool { return c.ID == interpreter })
	if at < 0 {
		return missing()
	}
	s.Hindered = Fit(choices[at].Interpreter, f.Languages.Need.Value, choices[at].Engaged, s.On)
	return p.db.Write(ctx, func(tx *db.Tx) error {
		_, _, err := record.Once(ctx, tx, actor, seen.Key, func() (string, error) {
			c, err := casefile.Lock(ctx, tx, actor, of, auth.WorkCases)
			if err != nil {
				return "", err
			}
			act := record.Act{Actor: actor, Name: "interpreter.session", Detail: map[string]string{"interpreter": interpreter}}
			row, err := sessions.Insert(ctx, tx, p.vault, act, record.Row[sessionFacts]{Key: c.Child(), Clear: sessionFacts{interpreter}},
				record.Doc{Class: vault.Sensitive, Value: s})
			return row.ID, err
		})
		return err
	})
}

// Held is a session with who interpreted.
type Held struct {
	Session
	Interpreter string // its identifier
}

// Conversations opens the sessions of a person, the newest first, for a purpose.
func (p *People) Conversations(ctx context.Context, actor auth.Actor, of casefile.ID, purpose vault.Purpose) ([]Held, error) {
	var rows []record.Row[sessionFacts]
	var c casefile.Case
	err := p.db.Read(ctx, func(tx *db.Tx) (err error) {
		if c, err = casefile.Load(ctx, tx, actor, of, auth.ReadCases); err != nil {
			return err
		}
		rows, err = sessions.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2 ORDER BY id", string(actor.Org), string(c.Person))
		return err
	})
	if err != nil {
		return nil, err
	}
	var g record.Reading
	all := make([]Held, len(rows))
	for i, r := range rows {
		all[i].Interpreter = r.Clear.Interpreter
		r.Want(&g, vault.Sensitive, &all[i].Session)
	}
	err = g.Open(ctx, p.vault, actor, c.Why(purpose))
	order.By(all, func(a, b Held) int { return strings.Compare(b.On, a.On) })
	return all, err
}

// InterpreterFits reports, in tx and without opening anything, whether an interpreter may work for a person now: when
// somebody looked, nothing spoke against them but perhaps their vetting, which is looked up; and neither the register
// nor what the person asks for has changed since. Whoever was never looked at does not fit.
func (p *People) InterpreterFits(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID, interpreter string) (bool, error) {
	listed, err := p.register(ctx, tx, org, interpreter)
	if err != nil || interpreter == "" || len(listed) != 1 {
		return false, err
	}
	found, err := ties.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2 AND interpreter_id = $3", string(org), string(person), interpreter)
	if err != nil || len(found) != 1 {
		return false, err
	}
	languages, err := sections.Find(ctx, tx, "WHERE org_id = $1 AND person_id = $2 AND section = $3", string(org), string(person), string(OfLanguages))
	if err != nil {
		return false, err
	}
	need := int64(0)
	for _, l := range languages {
		need = l.Version
	}
	on, err := orgToday(ctx, tx, org)
	if err != nil {
		return false, err
	}
	f := found[0].Clear
	before := slices.ContainsFunc(f.Hindrances, func(h string) bool { return Hindrance(h) != NotVetted && Hindrance(h) != Left })
	now := Fit(listed[0], Need{}, Engaged{f.Tie, f.Refused}, on)
	return !before && len(now) == 0 && f.Looked == listed[0].Version && f.Need == need, nil
}
