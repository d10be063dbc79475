package vault

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault/keyring"
)

// Seal seals values in the caller's transaction, in their order. The persons must have been enrolled
// and not erased. It writes nothing: the caller stores the bytes, and puts [Fingerprint] of them
// into the entry of the change. A public value is refused, because sealing would promise something.
func (v *Vault) Seal(ctx context.Context, tx *db.Tx, values ...Value) ([]Sealed, error) {
	for _, val := range values {
		if err := val.Place.check(); err != nil {
			return nil, err
		}
		if val.Place.Class == Public || strings.HasPrefix(val.Place.Record, reserved) {
			return nil, fmt.Errorf("vault: field %s is public or its record reserved, and is not sealed", val.Place.Field)
		}
	}
	return v.seal(ctx, tx, values)
}

func (v *Vault) seal(ctx context.Context, tx *db.Tx, values []Value) ([]Sealed, error) {
	var owners []owner
	seen := map[owner]bool{}
	for _, val := range values {
		if o := (owner{val.Place.Org, val.Place.Person}); !seen[o] {
			seen[o] = true
			owners = append(owners, o)
		}
	}
	if err := living(ctx, tx, owners); err != nil {
		return nil, err
	}
	keys, err := v.keys(ctx, owners)
	if err != nil {
		return nil, err
	}
	sealed := make([]Sealed, 0, len(values))
	for _, val := range values {
		text := val.Text.Reveal("seal it")
		if len(text) > MaxText {
			return nil, fault.New(fault.TooLarge, "The text is too long: %d bytes, at most %d.", len(text), MaxText).
				WithHint("Add it as an attachment.")
		}
		sealed = append(sealed, keys[owner{val.Place.Org, val.Place.Person}].seal(val.Place, text))
	}
	return sealed, nil
}

// batch is how many persons one query asks for.
const batch = 500

// living refuses persons who are not enrolled or were erased, with one answer.
func living(ctx context.Context, tx *db.Tx, owners []owner) error {
	byOrg := map[auth.OrgID][]PersonID{}
	for _, o := range owners {
		byOrg[o.org] = append(byOrg[o.org], o.person)
	}
	for org, persons := range byOrg {
		for some := range slices.Chunk(persons, batch) {
			args := []any{string(org)}
			var marks strings.Builder
			for i, p := range some {
				args = append(args, string(p))
				fmt.Fprintf(&marks, ",$%d", i+2)
			}
			var n int
			err := tx.QueryRow(ctx, `SELECT count(*) FROM vault_person
				WHERE org_id = $1 AND erased_at IS NULL AND id IN (`+marks.String()[1:]+`)`, args...).Scan(&n)
			if err != nil {
				return err
			}
			if n != len(some) {
				return notFound()
			}
		}
	}
	return nil
}

// Purpose is a code for why something is opened, from the list of the organisation: lower-case
// letters, digits and dashes.
type Purpose string

// Why is what an actor must say to open something.
type Why struct {
	Purpose Purpose
	// Scope is the identifier of the case, task or request for which it is needed. Of a person to whom
	// cases are bound it must be one of those: see [Vault.Bind].
	Scope string
	// Each says, instead of a scope, that every person is opened within a case of their own which the
	// actor may open: for a list. The entry names that case. One person without such a case refuses all.
	Each bool
}

var (
	purposeForm = regexp.MustCompile(`^[a-z][a-z0-9-]{1,63}$`)
	// An identifier, so that no name or note gets into a record that outlives the file.
	scopeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9:._/-]{0,127}$`)
)

func (w Why) check() error {
	if !purposeForm.MatchString(string(w.Purpose)) {
		return fault.New(fault.Invalid, "Say for which purpose this is opened.").
			WithField("purpose", "Choose a purpose.")
	}
	if w.Each && w.Scope == "" {
		return nil
	}
	if w.Each || !scopeForm.MatchString(w.Scope) {
		return fault.New(fault.Invalid, "Say for which case or task this is opened.").
			WithField("scope", "Name a case or task by its number.")
	}
	return nil
}

// maxOpened bounds the values of one Open: a list longer than that is read page by page.
const maxOpened = 100_000

// Open returns the texts of items, in their order. First it writes an entry for every person
// concerned, in a transaction of its own; only when that is durable is anything decrypted. When the
// entries cannot be written, for want of room or for any reason, it refuses and shows nothing.
//
// A value of another organisation, of an erased person, of nobody, or within a scope that is not the
// actor's, is [fault.NotFound]; see [auth.MayOpen]. A value
// that does not open in its place is [fault.Conflict] with a [*Damage] that names the place; then no
// value is returned, and the entry stays. It must not be called within a transaction.
func (v *Vault) Open(ctx context.Context, actor auth.Actor, why Why, items ...Item) ([]private.Text, error) {
	for i := range items {
		if !visible(actor, items[i].Place.Class) {
			return nil, notFound()
		}
	}
	return v.open(ctx, actor, why, mayOpen, items)
}

// Disclose is Open for what an agreement lets a partner have: no account of the holder acts, so no role
// can be asked. Only the rooms of agreements and of referrals call it, after their decision; the actor is of the holder's
// organisation and names the agreement's side, and the entry is the same. Whoever came by a session, a token
// or the terminal is refused with [fault.NotFound]: people open with Open, which asks what they may.
func (v *Vault) Disclose(ctx context.Context, actor auth.Actor, why Why, items ...Item) ([]private.Text, error) {
	overseen := func(i Item) bool { return i.Place.Class == Overseen }
	if actor.Via != "" || why.Each || slices.ContainsFunc(items, overseen) {
		return nil, notFound()
	}
	decided := func(_ context.Context, _ *db.Tx, _ auth.Actor, why Why, persons []PersonID) (scopes, error) {
		return within(why.Scope, persons), nil
	}
	return v.open(ctx, actor, why, decided, items)
}

// judge decides in the transaction that writes the entries, and says within which scope each person is
// opened.
type judge func(context.Context, *db.Tx, auth.Actor, Why, []PersonID) (scopes, error)

func (v *Vault) open(ctx context.Context, actor auth.Actor, why Why, may judge, items []Item) ([]private.Text, error) {
	if err := acts(actor); err != nil {
		return nil, err
	}
	if err := why.check(); err != nil {
		return nil, err
	}
	if len(items) > maxOpened {
		return nil, fault.New(fault.TooLarge, "This opens too much at once: %d values, at most %d.", len(items), maxOpened)
	}
	openings, owners, err := concerned(actor, items)
	if err != nil {
		return nil, err
	}
	keys, err := v.keys(ctx, owners)
	if errors.Is(err, keyring.ErrAbsent) {
		// The answer for somebody who was never enrolled must not differ from the one for somebody erased.
		err = cmp.Or(v.db.Read(ctx, func(tx *db.Tx) error { return living(ctx, tx, owners) }), err)
	}
	if err != nil {
		return nil, err
	}
	persons := make([]PersonID, len(openings))
	for i, o := range openings {
		persons[i] = o.person
	}
	err = v.db.Write(ctx, func(tx *db.Tx) error {
		found, err := may(ctx, tx, actor, why, persons)
		if err != nil {
			return err
		}
		// Sealing the entries looks, in the same transaction, whether another process has erased somebody.
		return v.Record(ctx, tx, entries(actor, why, found, openings)...)
	})
	if err != nil {
		return nil, err
	}
	texts, err := decrypt(keys, items)
	if err != nil {
		return nil, err
	}
	if v.Locked() { // while this was running
		return nil, locked()
	}
	return texts, nil
}

// opening is what is opened of one person.
type opening struct {
	person  PersonID
	values  int
	fields  []string
	records []string
}

// concerned groups items by person, in the order of their first item.
func concerned(actor auth.Actor, items []Item) (openings []*opening, owners []owner, err error) {
	byPerson := map[PersonID]*opening{}
	var one *opening
	for _, i := range items {
		if err := i.Place.check(); err != nil {
			return nil, nil, err
		}
		if i.Place.Org != actor.Org {
			return nil, nil, notFound()
		}
		if one == nil || one.person != i.Place.Person {
			if one = byPerson[i.Place.Person]; one == nil {
				one = &opening{person: i.Place.Person}
				byPerson[one.person] = one
				openings = append(openings, one)
				owners = append(owners, owner{actor.Org, one.person})
			}
		}
		one.values++
		one.fields = insert(one.fields, i.Place.Field)
		one.records = insert(one.records, i.Place.Record)
	}
	return openings, owners, nil
}

// insert adds s to a sorted set.
func insert(set []string, s string) []string {
	at, found := slices.BinarySearchFunc(set, s, cmp.Compare[string])
	if found {
		return set
	}
	return slices.Insert(set, at, s)
}

// maxNamed bounds the fields and records that one entry names, so that it stays small; a person of
// whom more is opened gets several entries.
const maxNamed = 25

// entries returns the entries of an opening.
func entries(actor auth.Actor, why Why, of scopes, openings []*opening) []audit.Entry {
	all := make([]audit.Entry, 0, len(openings))
	for _, o := range openings {
		for i := 0; i == 0 || i < len(o.fields) || i < len(o.records); i += maxNamed {
			all = append(all, audit.Entry{
				Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Opening, Person: string(o.person),
				Detail: map[string]string{
					"purpose": string(why.Purpose), "scope": of[o.person], "via": string(actor.Via),
					"values": strconv.Itoa(o.values), "fields": some(o.fields, i), "records": some(o.records, i),
				},
			})
		}
	}
	return all
}

// some returns the names from i, at most maxNamed, with spaces between them.
func some(names []string, i int) string {
	names = names[min(i, len(names)):]
	return strings.Join(names[:min(maxNamed, len(names))], " ")
}

// Damage names the value that did not open. It holds identifiers only.
type Damage struct {
	Place Place
}

// Error says where the value is.
func (d *Damage) Error() string {
	p := d.Place
	return fmt.Sprintf("vault: the sealed value of field %s, record %s, version %d, person %s does not open in its place", p.Field, p.Record, p.Version, p.Person)
}

// Is makes every Damage match the one reason for which values do not open.
func (d *Damage) Is(err error) bool { return errors.Is(errDamage, err) }

func decrypt(keys map[owner]*personKey, items []Item) ([]private.Text, error) {
	var (
		o   opener
		who owner
		key *personKey
	)
	defer func() { o.clear() }()
	texts := make([]private.Text, 0, len(items))
	for n := range items {
		i := &items[n]
		if now := (owner{i.Place.Org, i.Place.Person}); now != who || key == nil {
			who, key = now, keys[now]
		}
		text, err := o.open(key, i.Place, i.Sealed)
		if err != nil {
			return nil, fault.New(fault.Conflict, "A sealed value was altered, or belongs to another place.").
				WithHint("It was changed outside the program. Do not rely on the record; compare with a backup and tell the person responsible for security.").
				Wrap(&Damage{Place: i.Place})
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// personRow is what the vault knows of a person.
type personRow struct {
	version int64
	erased  sql.Null[int64]
}

// find returns the row of a person of the actor's organisation, or not found. One who was erased is
// found too.
func find(ctx context.Context, tx *db.Tx, org auth.OrgID, person PersonID) (r personRow, err error) {
	err = tx.QueryRow(ctx, "SELECT version, erased_at FROM vault_person WHERE org_id = $1 AND id = $2",
		string(org), string(person)).Scan(&r.version, &r.erased)
	return r, absent(err)
}

// absent turns the database's answer for no row into not found.
func absent(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return notFound()
	}
	return err
}
