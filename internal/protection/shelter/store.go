package shelter

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// Looks is who asks for a new look at the dangers of a person, after a move or when somebody is missing.
type Looks interface {
	TriggerIn(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, trigger string) error
}

// Shelters is the store of places and services of a node. It is safe for concurrent use.
type Shelters struct {
	db       *db.DB
	vault    *vault.Vault
	accounts *auth.Accounts
	cases    *casefile.Cases
	looks    Looks
}

// On returns the store of a node. What the vault checks and erases goes here too.
func On(d *db.DB, v *vault.Vault, accounts *auth.Accounts, cases *casefile.Cases, looks Looks) *Shelters {
	places.Guard(v)
	placements.Guard(v)
	return &Shelters{db: d, vault: v, accounts: accounts, cases: cases, looks: looks}
}

// placeFacts is what stands in clear of a protected place: nothing finer than an area, and no words.
type placeFacts struct {
	Code       string
	Team       auth.TeamID
	Area       string
	Open       bool
	VerifiedOn string
	Rules      string
	Units      string
}

var places = record.Table[placeFacts]{
	Name:   "protection_place",
	Sealed: []record.Column{{Name: "location", Class: vault.ProtectedLocation}},
	Clear:  []string{"code", "team", "area", "open", "verified_on", "rules", "units"},
	Fields: func(f *placeFacts) []any {
		return []any{&f.Code, &f.Team, &f.Area, &f.Open, &f.VerifiedOn, &f.Rules, &f.Units}
	},
}

// stayFacts is what stands in clear of a placement.
type stayFacts struct {
	State  State
	Reason string
	Place  string
	Size   int64
	Party  int64
	Answer string
	Asked  int64
	Since  int64
}

var placements = record.Table[stayFacts]{
	Name:   "protection_placement",
	Sealed: []record.Column{{Name: "sensitive", Class: vault.Sensitive}, {Name: "location", Class: vault.ProtectedLocation}},
	Clear:  []string{"state", "reason", "place", "size", "party", "answer", "asked_at", "since"},
	Fields: func(f *stayFacts) []any {
		return []any{&f.State, &f.Reason, &f.Place, &f.Size, &f.Party, &f.Answer, &f.Asked, &f.Since}
	},
}

func missing() *fault.Error { return fault.New(fault.NotFound, "This does not exist.") }

func stale() error {
	return fault.New(fault.Stale, "Somebody else has changed this meanwhile. Nothing was overwritten.").
		WithHint("Compare what you wrote with what is there now, then save again.")
}

func act(actor auth.Actor, name string, detail map[string]string) record.Act {
	return record.Act{Actor: actor, Name: name, Detail: detail}
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

// letters are the characters of a code: none that is heard or read as another.
const letters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode makes a name for a place that says nothing.
func newCode() string {
	var raw [5]byte
	_, _ = rand.Read(raw[:]) // never fails: it ends the program instead
	for i, r := range raw {
		raw[i] = letters[int(r)%len(letters)]
	}
	return "P-" + string(raw[:])
}

func toJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // codes and numbers: a defect of the program
	}
	return string(b)
}

// holding are the states in which a room is taken.
const holding = "('offered', 'accepted', 'in', 'missing')"

// taken returns how many rooms of each size of each place are held.
func taken(ctx context.Context, tx *db.Tx, org auth.OrgID) (map[string]map[int]int, error) {
	rows, err := tx.Query(ctx, "SELECT place, size, count(*) FROM protection_placement WHERE org_id = $1 AND place <> '' AND state IN "+holding+
		" GROUP BY place, size", string(org))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // an error of the rows is asked for below
	all := map[string]map[int]int{}
	for rows.Next() {
		var place string
		var size, n int
		if err := rows.Scan(&place, &size, &n); err != nil {
			return nil, err
		}
		if all[place] == nil {
			all[place] = map[int]int{}
		}
		all[place][size] = n
	}
	return all, rows.Err()
}

// offerOf is a place as the rule sees it, with what is free of it.
func offerOf(r record.Row[placeFacts], held map[int]int) (Offer, error) {
	o := Offer{ID: r.ID, Area: r.Clear.Area, Open: r.Clear.Open}
	if err := json.Unmarshal([]byte(r.Clear.Rules), &o.Rules); err != nil {
		return o, err
	}
	if err := json.Unmarshal([]byte(r.Clear.Units), &o.Units); err != nil {
		return o, err
	}
	for i, u := range o.Units {
		o.Units[i].Free = max(0, u.Total-held[u.Size])
	}
	return o, nil
}

// offers returns all places of an organisation as the rule sees them.
func offers(ctx context.Context, tx *db.Tx, org auth.OrgID) (rows []record.Row[placeFacts], all []Offer, err error) {
	if rows, err = places.Find(ctx, tx, "WHERE org_id = $1 ORDER BY id", string(org)); err != nil {
		return nil, nil, err
	}
	held, err := taken(ctx, tx, org)
	if err != nil {
		return nil, nil, err
	}
	all = make([]Offer, len(rows))
	for i, r := range rows {
		if all[i], err = offerOf(r, held[r.ID]); err != nil {
			return nil, nil, err
		}
	}
	return rows, all, nil
}
