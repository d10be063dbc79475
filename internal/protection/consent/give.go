package consent

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Said is what a person said to something, as a worker writes it down. A yes that was not given well is kept
// too: it permits nothing, and the page says what is missing.
type Said struct {
	Kind       Kind
	State      State // Draft, Given or Refused
	Recipients []Named
	Classes    []string
	Purposes   []string
	Last       string // last civil day on which it holds, in the zone of the organisation
	Giving
	Sealed
	// Supersedes is the consent whose place this one takes, at the version that was seen; "" for none.
	Supersedes        ID
	SupersedesVersion int64
}

// Named is a recipient. One of [Recipients] that has a name gets a code of its own, so that a yes to one clinic is
// none to another.
type Named struct {
	Term
	Name private.Text
}

var (
	partyForm = regexp.MustCompile(`^[a-z2-7]{26}$`)
	namedForm = regexp.MustCompile(`^([a-z-]{2,40})\.[a-z2-7]{8}$`)
	codeForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,63}$`)
)

// ValidRecipient reports whether a code is one of a recipient: a party of agreements, one of [Recipients], or one of
// those with a name of its own.
func ValidRecipient(code string) bool {
	if m := namedForm.FindStringSubmatch(code); m != nil {
		code = m[1]
	}
	return partyForm.MatchString(code) || Known(Recipients(), code)
}

// KindOf is the kind of recipient of a code; "" for a party.
func KindOf(code string) string {
	kind, _, _ := strings.Cut(code, ".")
	if !Known(Recipients(), kind) {
		return ""
	}
	return kind
}

// maxWords bounds what is written down of what somebody said, in bytes.
const maxWords = 20_000

// check looks at the form of what was said. It refuses what cannot be meant, never what was merely not asked.
func (s Said) check(now time.Time, zone *time.Location, rule Rule) (until time.Time, err error) {
	f := fault.New(fault.Invalid, "What was said cannot be kept like this.")
	wrong := func(is bool, field, msg string, args ...any) {
		if is {
			f = f.WithField(field, msg, args...)
		}
	}
	wrong(!Known(Kinds(), string(s.Kind)), "kind", "Choose what it is about.")
	wrong(!slices.Contains([]State{Draft, Given, Refused}, s.State), "state", "Choose what the person said.")
	for _, n := range s.Recipients {
		wrong(!ValidRecipient(n.To), "recipient", "Choose who it is about.")
		wrong(!known(n.Recall, RecallUnknown, RecallYes, RecallPartly, RecallNo) || !known(n.Feeds, FeedsUnknown, FeedsNo, FeedsMay, FeedsYes) ||
			n.Why != "" && !Known(RecallReasons(), n.Why), "recipient", "Choose whether it can be taken back there.")
	}
	for _, c := range s.Classes {
		wrong(!Known(Classes(), c), "class", "Choose what it is about from the list.")
	}
	for _, p := range s.Purposes {
		wrong(!Known(Purposes(), p), "purpose", "Choose what it is for from the list.")
	}
	wrong(!s.known(), "given", "Choose from the lists how it was given.")
	wrong(len(s.Words.Reveal("measure it")) > maxWords, "words", "Write less than %d letters.", maxWords/4)
	if s.State == Given {
		wrong(len(s.Recipients) == 0, "recipient", "Choose who may have it. Nobody is chosen.")
		wrong(len(s.Classes) == 0, "class", "Choose what they may have. Nothing is chosen.")
		wrong(len(s.Purposes) == 0, "purpose", "Choose what it is for.")
	}
	if s.Last != "" || s.State == Given {
		day, err := time.ParseInLocation(time.DateOnly, s.Last, zone)
		until = day.AddDate(0, 0, 1)
		latest := now.AddDate(0, 0, rule.Longest)
		wrong(err != nil || !until.After(now) || until.After(latest), "last", "Choose a last day, at most %d days from now.", rule.Longest-1)
	}
	if len(f.Fields) > 0 {
		return until, f
	}
	return until, nil
}

// known reports whether all codes of how it was given are known ones. Empty ones are: they were not asked.
func (s Said) known() bool {
	for _, e := range s.Explained {
		if !slices.Contains(Elements(), e) {
			return false
		}
	}
	for _, p := range s.Present {
		if !Known(Roles(), p.As) {
			return false
		}
	}
	id := func(code string) bool { return code == "" || codeForm.MatchString(code) }
	return known(s.OwnLanguage, NotKnown, Yes, No) && known(s.Understood, NotKnown, Yes, No) && known(s.Exploiter, NotKnown, Yes, No) &&
		known(s.By, NobodyYet, Herself, ByChild, ByOther) && known(s.Assent, NotAsked, Agreed, Objected, TooYoung) &&
		known(s.Method, append(Methods(), "")...) && id(s.Guardian) && id(s.Interpreter) && id(s.Information) && id(s.Language)
}

func known[T comparable](v T, list ...T) bool { return slices.Contains(list, v) }

// Give keeps what a person said in a case. The same form sent twice is kept once. Sheets whose place it takes end
// with it, and what has left without a ground now is recalled.
func (r *Consents) Give(ctx context.Context, actor auth.Actor, of string, s Said, form record.SubmissionKey) (ID, error) {
	id, err := r.once(ctx, actor, of, form, func(tx *db.Tx, k record.Key) (string, error) { return r.give(ctx, tx, actor, k, s) })
	return ID(id), err
}

func (r *Consents) give(ctx context.Context, tx *db.Tx, actor auth.Actor, k record.Key, s Said) (string, error) {
	lock := r.lock
	if s.State == Refused {
		lock = r.lockAny
	}
	if err := lock(ctx, tx, actor, k); err != nil {
		return "", err
	}
	zone, err := zoneOf(actor)
	if err != nil {
		return "", err
	}
	row, err := r.sheetOf(ctx, tx, actor, k, &s, zone)
	if err != nil {
		return "", err
	}
	if s.Supersedes != "" {
		if err := r.supersede(ctx, tx, actor, k, s); err != nil {
			return "", err
		}
	}
	named, names := s.codes()
	s.Names = names
	act := record.Act{Actor: actor, Name: "consent." + string(s.State), Detail: map[string]string{
		"kind": string(s.Kind), "to": codes(recipientsOf(named)), "classes": row.Clear.Classes, "purposes": row.Clear.Purposes,
	}}
	row, err = sheets.Insert(ctx, tx, r.vault, act, row, record.Doc{Class: vault.Sensitive, Value: s.Sealed})
	if err != nil {
		return "", err
	}
	for i, t := range named {
		if err := insertTerm(ctx, tx, row.Key, i, t); err != nil {
			return "", err
		}
	}
	if s.State == Given {
		if err := r.askAgain(ctx, tx, actor, row, zone); err != nil {
			return "", err
		}
	}
	because := Narrowed
	if s.State == Refused {
		because = SaidNo
	}
	_, err = r.recallUngrounded(ctx, tx, actor, k, because)
	return row.ID, err
}

// sheetOf checks what was said and makes its row.
func (r *Consents) sheetOf(ctx context.Context, tx *db.Tx, actor auth.Actor, k record.Key, s *Said, zone *time.Location) (row record.Row[sheet], err error) {
	rule, err := ruleOf(ctx, tx, actor.Org)
	if err != nil {
		return row, err
	}
	until, err := s.check(tx.Now(), zone, rule)
	if err != nil {
		return row, err
	}
	if s.Information == "" && s.State == Given {
		s.Information = InformationVersion
	}
	row.Key, row.Clear = k, s.clear()
	row.Clear.UntilAt = micros(until)
	if s.State != Draft {
		row.Clear.DecidedAt = tx.NowMicros()
	}
	if s.Interpreter != "" && r.looks.Fits != nil {
		row.Clear.InterpreterFit, err = r.looks.Fits(ctx, tx, actor.Org, k.Person, s.Interpreter)
	}
	return row, err
}

// codes gives a recipient with a name a code of its own.
func (s Said) codes() (named []Term, names map[string]private.Text) {
	names = map[string]private.Text{}
	for _, n := range s.Recipients {
		if !n.Name.IsZero() && Known(Recipients(), n.To) {
			n.To += "." + strings.ToLower(db.NewID()[:8])
		}
		if !n.Name.IsZero() {
			names[n.To] = n.Name
		}
		if !slices.ContainsFunc(named, func(t Term) bool { return t.To == n.To }) {
			named = append(named, n.Term)
		}
	}
	return named, names
}

func recipientsOf(list []Term) []string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = t.To
	}
	return out
}

func (s Said) clear() sheet {
	return sheet{
		Kind: s.Kind, State: s.State, Classes: codes(s.Classes), Purposes: codes(s.Purposes), Explained: codes(s.Explained),
		Information: s.Information, Own: string(s.OwnLanguage), Understood: string(s.Understood), DecidedBy: string(s.By), Assent: string(s.Assent),
		Guardian: s.Guardian, Interpreter: s.Interpreter, Exploiter: string(s.Exploiter), Method: string(s.Method), Supersedes: s.Supersedes,
	}
}

func insertTerm(ctx context.Context, tx *db.Tx, k record.Key, ordinal int, t Term) error {
	_, err := tx.Exec(ctx, `INSERT INTO protection_consent_term (org_id, consent_id, recipient, ordinal, person_id, recall, why, feeds, ended_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		string(k.Org), k.ID, t.To, ordinal, string(k.Person), string(t.Recall), t.Why, string(t.Feeds), micros(t.Ended))
	return err
}

// supersede ends the sheet whose place another takes. It must be as it was when the form was made.
func (r *Consents) supersede(ctx context.Context, tx *db.Tx, actor auth.Actor, k record.Key, s Said) error {
	old, err := sheets.Get(ctx, tx, actor.Org, string(s.Supersedes))
	if err != nil {
		return err
	}
	if old.Case != k.Case || old.Person != k.Person || old.Clear.Kind != s.Kind {
		return notFound()
	}
	if old.Clear.State != Given && old.Clear.State != Draft {
		return stale()
	}
	if s.State == Draft && old.Clear.State == Given {
		return nil // a draft takes nothing's place before it is decided
	}
	if old.Version != s.SupersedesVersion {
		return stale()
	}
	old.Clear.State, old.Clear.EndedAt = Superseded, tx.NowMicros()
	if _, err = sheets.Update(ctx, tx, r.vault, record.Act{Actor: actor, Name: "consent.supersede"}, old); err != nil {
		return err
	}
	if err := r.settle(ctx, tx, actor, k, ofConsent(old.ID), casefile.Done); err != nil {
		return err
	}
	if was := old.Clear.Supersedes; old.Clear.DecidedAt == 0 && was != "" {
		// A draft was the renewal of another sheet: that one ends now, and not when the draft was written.
		return r.endReplaced(ctx, tx, actor, k, was)
	}
	return nil
}

func (r *Consents) endReplaced(ctx context.Context, tx *db.Tx, actor auth.Actor, k record.Key, id ID) error {
	row, err := sheets.Get(ctx, tx, actor.Org, string(id))
	if err != nil || row.Clear.State != Given || row.Person != k.Person {
		return err
	}
	row.Clear.State, row.Clear.EndedAt = Superseded, tx.NowMicros()
	if _, err = sheets.Update(ctx, tx, r.vault, record.Act{Actor: actor, Name: "consent.supersede"}, row); err != nil {
		return err
	}
	return r.settle(ctx, tx, actor, k, ofConsent(row.ID), casefile.Done)
}

// zoneOf is the time zone of the actor's organisation.
func zoneOf(actor auth.Actor) (*time.Location, error) {
	return time.LoadLocation(actor.Zone)
}

func notFound() *fault.Error { return fault.New(fault.NotFound, "This does not exist.") }

func stale() *fault.Error {
	return fault.New(fault.Stale, "What the person said has changed since the page was shown.").
		WithHint("Load the page again, look at the change, then decide.")
}
