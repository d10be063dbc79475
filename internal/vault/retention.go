package vault

import (
	"bytes"
	"context"
	"database/sql"
	_ "embed" // the retention classes
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

//go:embed retention.json
var retentionFile []byte

// RetentionClass is the code of a rule for how long a file is kept.
type RetentionClass string

// Retention is one class: a list of rules, each in force for a time. Law is dated data: a rule is
// never changed, the next one begins where it ends.
type Retention struct {
	Code  RetentionClass `json:"code"`
	Title string         `json:"title"` // English message
	Rules []Rule         `json:"rules"`
}

// Rule is a rule while it is in force.
type Rule struct {
	From string `json:"from"` // civil date, the first on which it holds
	To   string `json:"to"`   // civil date, the first on which it holds no more; "" for open
	// KeepMonths is how long a file is kept after the day that its class names.
	KeepMonths int `json:"keep_months"`
	// ReviewMonths is after how long an open file is looked at again.
	ReviewMonths int `json:"review_months"`
	// Least says that the file is kept at least so long: nobody has it erased before.
	Least bool `json:"least,omitempty"`
	// OwnDay says that the class counts from a day of its own, which the end of the work on a case does not bring.
	OwnDay bool `json:"own_day,omitempty"`
	// While are the codes of the procedures, of [Procedures], that keep a file beyond its time while they go on.
	While      []string `json:"while,omitempty"`
	Source     string   `json:"source"`
	VerifiedOn string   `json:"verified_on"` // civil date; "" for what nobody has compared with the text
	Confidence string   `json:"confidence"`  // "stated", "recalled", or "proposed" where there is no law
}

// schedule is the classes by code.
type schedule map[RetentionClass]Retention

// loadSchedule reads classes and refuses what is ambiguous: a date that is none, rules that overlap or
// are out of order, a period that is not positive.
func loadSchedule(text []byte) (schedule, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var all []Retention
	if err := dec.Decode(&all); err != nil {
		return nil, fmt.Errorf("vault: retention classes: %w", err)
	}
	s := schedule{}
	for _, r := range all {
		if _, twice := s[r.Code]; twice || r.Code == "" || r.Title == "" || len(r.Rules) == 0 {
			return nil, fmt.Errorf("vault: retention class %q stands twice, or without title or rule", r.Code)
		}
		end := ""
		for i, rule := range r.Rules {
			if err := rule.check(); err != nil {
				return nil, fmt.Errorf("vault: retention class %s: %w", r.Code, err)
			}
			if i > 0 && (end == "" || rule.From < end) {
				return nil, fmt.Errorf("vault: retention class %s: rules overlap at %s", r.Code, rule.From)
			}
			end = rule.To
		}
		s[r.Code] = r
	}
	return s, nil
}

func (r Rule) check() error {
	dates := []string{r.From}
	for _, d := range []string{r.To, r.VerifiedOn} {
		if d != "" {
			dates = append(dates, d)
		}
	}
	for _, d := range dates {
		if _, err := time.Parse(time.DateOnly, d); err != nil {
			return fmt.Errorf("%q is not a date", d)
		}
	}
	for _, code := range r.While {
		if !slices.Contains(Procedures(), code) {
			return fmt.Errorf("%q is no procedure that keeps a file", code)
		}
	}
	if r.To != "" && r.To <= r.From || r.KeepMonths < 1 || r.ReviewMonths < 1 || r.Source == "" ||
		!slices.Contains([]string{"stated", "recalled", "proposed"}, r.Confidence) {
		return fmt.Errorf("the rule from %s has no length, source or confidence, or ends before it begins", r.From)
	}
	return nil
}

// Classes returns the retention classes, by code.
func (v *Vault) Classes() []Retention {
	all := make([]Retention, 0, len(v.schedule))
	for _, r := range v.schedule {
		r.Rules = slices.Clone(r.Rules)
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b Retention) int { return strings.Compare(string(a.Code), string(b.Code)) })
	return all
}

// at returns the rule in force on a day.
func (s schedule) at(class RetentionClass, day string) (Rule, error) {
	for _, r := range s[class].Rules {
		if r.From <= day && (r.To == "" || day < r.To) {
			return r, nil
		}
	}
	return Rule{}, fault.New(fault.Invalid, "There is no retention rule %q for %s.", string(class), day).
		WithHint("Choose a retention class that is in force on that day.")
}

// reviewOpen returns when an open file is looked at again.
func (s schedule) reviewOpen(class RetentionClass, today string) (string, error) {
	r, err := s.at(class, today)
	if err != nil {
		return "", err
	}
	return months(today, r.ReviewMonths)
}

// months returns the civil date n months after day. The 31st of a month without one is its last day:
// a period never ends later than the same day of the month.
func months(day string, n int) (string, error) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return "", fault.New(fault.Invalid, "%q is not a date.", day).WithHint("Write it as 2026-12-31.")
	}
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return civil(first.AddDate(0, 0, min(t.Day(), last)-1)), nil
}

// Retain starts the clock of a person's file: the class counts from a civil date, such as the closure
// of the case or, for a child, the day of majority, by the rule in force on that date. An empty date
// stops the clock again, when the file is reopened. It returns the date on which erasure is due.
func (v *Vault) Retain(ctx context.Context, actor auth.Actor, person PersonID, class RetentionClass, from string) (due string, err error) {
	if err := may(actor, auth.EnrolRecords); err != nil {
		return "", err
	}
	err = v.db.Write(ctx, func(tx *db.Tx) error {
		due, err = v.RetainIn(ctx, tx, actor, person, class, from)
		return err
	})
	return due, err
}

// RetainIn is Retain in the transaction of a room that has judged who may.
func (v *Vault) RetainIn(ctx context.Context, tx *db.Tx, actor auth.Actor, person PersonID, class RetentionClass, from string) (due string, err error) {
	row, err := find(ctx, tx, actor.Org, person)
	if err != nil {
		return "", err
	}
	if row.erased.Valid {
		return "", notFound()
	}
	var start any
	if from == "" {
		due, err = v.schedule.reviewOpen(class, civil(tx.Now()))
	} else {
		start = from
		due, err = v.schedule.due(class, from)
	}
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, `UPDATE vault_person
		SET version = version + 1, retention = $1, retain_from = $2, review_on = $3
		WHERE org_id = $4 AND id = $5`, string(class), start, v.schedule.look(class, due, civil(tx.Now())), string(actor.Org), string(person))
	if err != nil {
		return "", err
	}
	return due, v.Record(ctx, tx, about(actor, audit.Decision, person, map[string]string{
		"act": "retain", "class": string(class), "from": from, "due": due,
	}))
}

// Ended begins the time for which a file is kept, in the transaction in which the work on the last open case of its person
// ends, and returns the date on which erasure is due. A class that counts from a day of its own, and a day that somebody has
// set, stay as they are: "" while there is none.
func (v *Vault) Ended(ctx context.Context, tx *db.Tx, actor auth.Actor, person PersonID, day string) (due string, err error) {
	k, err := v.keeping(ctx, tx, actor.Org, person)
	if err != nil || k.From != "" || k.Rule.OwnDay {
		return k.Due, err
	}
	return v.RetainIn(ctx, tx, actor, person, k.Class, day)
}

// Resumed stops that time, in the transaction in which somebody works with the file again. A class that counts from a day of
// its own goes on.
func (v *Vault) Resumed(ctx context.Context, tx *db.Tx, actor auth.Actor, person PersonID) error {
	k, err := v.keeping(ctx, tx, actor.Org, person)
	if err != nil || k.From == "" || k.Rule.OwnDay {
		return err
	}
	_, err = v.RetainIn(ctx, tx, actor, person, k.Class, "")
	return err
}

// look is when a file is looked at again: when its time is over, and before that as often as an open one when it is kept
// at least for a time.
func (s schedule) look(class RetentionClass, due, today string) string {
	if r, err := s.at(class, today); err == nil && r.Least {
		if soon, err := months(today, r.ReviewMonths); err == nil && soon < due {
			return soon
		}
	}
	return due
}

func (s schedule) due(class RetentionClass, from string) (string, error) {
	if _, err := months(from, 0); err != nil {
		return "", err
	}
	r, err := s.at(class, from)
	if err != nil {
		return "", err
	}
	return months(from, r.KeepMonths)
}

// Review is a person whose file is due: to be erased, or looked at again.
type Review struct {
	Person PersonID
	Class  RetentionClass
	// From is the date from which the class counts; "" for an open file, which is only looked at.
	From string
	On   string
	// Held says that a legal hold is in force: erasure would be refused.
	Held bool
}

// Due returns the files of the actor's organisation whose date is on or before a civil date, the
// oldest first, at most limit.
func (v *Vault) Due(ctx context.Context, actor auth.Actor, on string, limit int) (due []Review, err error) {
	for after := (Review{}); len(due) < limit; {
		some, last, err := v.DueAfter(ctx, actor, on, after, limit)
		if err != nil {
			return nil, err
		}
		if due = append(due, some...); last.Person == "" {
			break
		}
		after = last
	}
	return due[:min(limit, len(due))], nil
}

// DueAfter returns those of [Vault.Due] that follow a file, from at most limit files, without the persons from whom the actor is
// kept; and the file from which to go on, without a person after the last. The zero Review is before the first.
func (v *Vault) DueAfter(ctx context.Context, actor auth.Actor, on string, after Review, limit int) (due []Review, last Review, err error) {
	if err := may(actor, auth.ProposeErasure, auth.ApproveErasure); err != nil {
		return nil, last, err
	}
	err = v.db.Read(ctx, func(tx *db.Tx) error {
		last = Review{}
		rows, err := tx.Query(ctx, `
			SELECT p.id, p.retention, coalesce(p.retain_from, ''), p.review_on,
			       EXISTS (SELECT 1 FROM vault_hold h
			               WHERE h.org_id = p.org_id AND h.person_id = p.id AND h.lifted_at IS NULL)
			FROM vault_person p
			WHERE p.org_id = $1 AND p.review_on <= $2 AND p.erased_at IS NULL AND (p.review_on > $3 OR p.review_on = $3 AND p.id > $4)
			ORDER BY p.review_on, p.id LIMIT $5`, string(actor.Org), on, after.On, string(after.Person), limit)
		due, err = db.Collect(rows, err, func(r *sql.Rows) (d Review, err error) {
			return d, r.Scan(&d.Person, &d.Class, &d.From, &d.On, &d.Held)
		})
		if err != nil {
			return err
		}
		if len(due) == limit {
			last = due[limit-1]
		}
		kept, err := Kept(ctx, tx, actor)
		due = slices.DeleteFunc(due, func(d Review) bool { return kept[d.Person] })
		return err
	})
	return due, last, err
}

// entry returns an audit entry of the actor's organisation.
func entry(a auth.Actor, k audit.Kind, subject string, detail map[string]string) audit.Entry {
	detail["via"] = string(a.Via)
	return audit.Entry{Org: string(a.Org), Actor: string(a.Account), Kind: k, Subject: subject, Detail: detail}
}
