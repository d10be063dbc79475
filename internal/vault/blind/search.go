package blind

import (
	"cmp"
	"container/heap"
	"context"
	"database/sql"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
)

// Query is what is looked for. At least one of Name, Document and Phone is needed.
type Query struct {
	// Why is the purpose, and the case or task in Scope. Without one (empty or [NoScope]) the search is
	// possible and alarms the recipients of [auth.OnSearch].
	Why vault.Why
	// Name is the name or a part of it, in any script and order.
	Name private.Text
	// BirthYear is the year of birth, 0 if unknown; Tolerance how many years it may be off, at most 5.
	// Whose year of birth is not known is found too.
	BirthYear, Tolerance int
	Document, Phone      private.Text
}

// Reason says how a part of what was looked for was met.
type Reason string

// The reasons, from the strongest.
const (
	Exact     Reason = "exact"
	OneLetter Reason = "one-letter" // one letter more, less, other, or two exchanged
	SameSound Reason = "same-sound"
	Missed    Reason = "missed" // this part was not met
)

// Candidate is a person who may be the one. It is a lead to check, never an identification.
type Candidate struct {
	Person vault.PersonID
	// Score is between 0 and 1; a rare part counts more than a common one.
	Score float64
	// Parts say how each part of the name was met, in the order of [script.NameParts] of the query.
	Parts []Reason
	// Whole: every part was met, save those that are only pieces of another one.
	Whole bool
	// Document and Phone say whether the number is theirs.
	Document, Phone bool
	// YearOff is how far the year of birth is from the one asked for; YearUnknown that it is not known,
	// or that none was asked for.
	YearOff     int
	YearUnknown bool
}

// Answer is the result of a search.
type Answer struct {
	// Candidates are at most [MaxCandidates], the likeliest first.
	Candidates []Candidate
	// TooMany: there are, or may be, more persons who meet the whole name than are shown. Adding a year
	// of birth, a number or another part of the name helps. Without it everybody who meets each part is
	// among the candidates.
	TooMany bool
}

const (
	// MaxCandidates is how many persons a search shows.
	MaxCandidates = 50
	// MaxTolerance bounds how many years the year of birth may be off.
	MaxTolerance = 5
	// maxQueryParts bounds the parts of a name that is looked for.
	maxQueryParts = 8
	// deep bounds the blocks that are read of one list, and budget those of a search. Whoever is behind
	// is found by the other parts of the name, or not: then the answer says so.
	deep, budget = 30, 128
	// maxWaiting is how many persons may wait for merging before a search merges them itself.
	maxWaiting = 500
)

func (q Query) scope() string { return cmp.Or(q.Why.Scope, NoScope) }

// fields names what was looked by, not what for.
func (q Query) fields() string {
	var by []string
	for _, f := range []struct {
		name  string
		given bool
	}{{"name", !q.Name.IsZero()}, {"year", q.BirthYear != 0}, {"document", !q.Document.IsZero()}, {"phone", !q.Phone.IsZero()}} {
		if f.given {
			by = append(by, f.name)
		}
	}
	return strings.Join(by, " ")
}

// wanted is a query in folded form.
type wanted struct {
	parts           []string
	year, tolerance int
	document, phone string
}

func (q Query) fold() (w wanted, err error) {
	for _, p := range parts(q.Name) {
		w.parts = add(w.parts, p)
	}
	w.year, w.tolerance = q.BirthYear, q.Tolerance
	w.document, w.phone = documentNumber(q.Document), phoneNumber(q.Phone)
	f := fault.New(fault.Invalid, "This cannot be searched for.")
	if len(w.parts) == 0 && w.document == "" && w.phone == "" {
		f = f.WithField("name", "Give a name, or the number of a document or telephone.")
	}
	if len(w.parts) > maxQueryParts {
		f = f.WithField("name", "Give at most %d parts of a name.", maxQueryParts)
	}
	if w.year < 0 || w.year > lastYear || w.tolerance < 0 || w.tolerance > MaxTolerance {
		f = f.WithField("birth", "Give a year, and how many years it may be off, at most %d.", MaxTolerance)
	}
	if len(f.Fields) > 0 {
		return wanted{}, f
	}
	return w, nil
}

// Search looks for people of the actor's organisation. The search is recorded, without what was looked
// for, and that is durable before anything is read; when it cannot be recorded nothing is answered. It
// takes [auth.SearchPeople]. An account may search [PerHour] times within an hour and [PerDay] within a
// day; the refusal says when the next is possible. Persons from whose file the actor is excluded are
// never among the candidates.
//
// It returns identifiers. Whoever shows a name opens it with [vault.Vault.Open].
func (x *Index) Search(ctx context.Context, actor auth.Actor, q Query) (Answer, error) {
	w, err := q.fold()
	if err != nil {
		return Answer{}, err
	}
	if err := x.admit(ctx, actor, q); err != nil {
		return Answer{}, err
	}
	a, err := x.lookFor(ctx, actor, w, maxWaiting)
	if errors.Is(err, errWaiting) { // nobody merged for long
		if _, err := x.Merge(ctx, actor.Org); err != nil {
			return Answer{}, err
		}
		a, err = x.lookFor(ctx, actor, w, math.MaxInt32)
	}
	if err == nil && x.Vault.Locked() { // while this was running
		err = fault.New(fault.Unavailable, "The vault is locked.").WithHint("Unlock it with the node key, then try again.")
	}
	if err != nil {
		return Answer{}, err
	}
	return a, nil
}

var errWaiting = errors.New("blind: too many wait to be merged")

// lookFor answers in one snapshot; with errWaiting when more than so many wait to be merged.
func (x *Index) lookFor(ctx context.Context, actor auth.Actor, w wanted, waiting int) (a Answer, err error) {
	err = x.DB.Read(ctx, func(tx *db.Tx) error {
		s, _, err := stateOf(ctx, tx, actor.Org)
		if err != nil {
			return err
		}
		a, err = x.answer(ctx, newShelf(tx, actor.Org, s), actor, w, waiting)
		return err
	})
	return a, err
}

// answer looks up what is wanted.
func (x *Index) answer(ctx context.Context, s *shelf, actor auth.Actor, w wanted, waiting int) (Answer, error) {
	m := newMatches(w)
	if err := x.waiting(ctx, s, m, waiting); err != nil {
		return Answer{}, err
	}
	if s.state.generation > 0 {
		if s.state.normaliser != normaliser {
			return Answer{}, fault.New(fault.Unavailable, "The search index is being built anew.").WithHint("Try again in some minutes.")
		}
		k, err := newKeys(ctx, x.Vault, s.org, s.tx.Now())
		if err != nil {
			return Answer{}, err
		}
		if err := m.lookUp(ctx, s, k); err != nil {
			return Answer{}, err
		}
	}
	kept, err := vault.Kept(ctx, s.tx, actor)
	if err != nil {
		return Answer{}, err
	}
	return m.answer(ctx, s, kept)
}

// waiting compares with those who are not in the buckets yet, at most so many.
func (x *Index) waiting(ctx context.Context, s *shelf, m *matches, most int) error {
	rows, err := s.tx.Query(ctx, "SELECT "+indexedCols+" FROM vault_indexed WHERE org_id = $1 AND waiting IS NOT NULL LIMIT $2", string(s.org), int64(most)+1)
	all, err := db.Collect(rows, err, scanIndexed)
	switch {
	case err != nil || len(all) == 0:
		return err
	case len(all) > most:
		return errWaiting
	}
	if err := x.open(ctx, s.org, all); err != nil {
		return err
	}
	for _, r := range all {
		if !r.gone {
			m.compare(r.note.Slot, r.note.Terms)
		}
	}
	return nil
}

// persons returns who stands behind at most namedAtOnce slots. A reference to nobody is of somebody whose terms have
// changed since, or was altered.
func persons(ctx context.Context, s *shelf, slots []uint32) (map[uint32]vault.PersonID, error) {
	found := make(map[uint32]vault.PersonID, len(slots))
	args := []any{string(s.org)}
	for i := range namedAtOnce { // the last one again, as often as it takes: there is one statement
		args = append(args, int64(slots[min(i, len(slots)-1)]))
	}
	rows, err := s.tx.Query(ctx, "SELECT slot, person_id FROM vault_indexed WHERE org_id = $1 AND slot IN ("+marks(2, namedAtOnce)+")", args...)
	if err != nil {
		return nil, err
	}
	err = scanAll(rows, func(r *sql.Rows) error {
		var slot int64
		var person vault.PersonID
		if err := r.Scan(&slot, &person); err != nil {
			return err
		}
		if found[uint32(slot)] != "" {
			return damaged() // two at the same moment drew the same number of four thousand million
		}
		found[uint32(slot)] = person
		return nil
	})
	return found, err
}

// namedAtOnce is how many slots are resolved at once: a few more than are shown.
const namedAtOnce = MaxCandidates + 6

// answer ranks what was met and names the persons.
func (m *matches) answer(ctx context.Context, s *shelf, kept map[vault.PersonID]bool) (Answer, error) {
	m.weigh()
	hits := ranking(slices.AppendSeq(make([]*hit, 0, len(m.hits)), maps.Values(m.hits)))
	heap.Init(&hits)
	var a Answer
	for len(hits) > 0 && len(a.Candidates) < MaxCandidates {
		some := make([]*hit, min(len(hits), namedAtOnce))
		slots := make([]uint32, len(some))
		for i := range some {
			some[i] = heap.Pop(&hits).(*hit)
			slots[i] = some[i].slot
		}
		found, err := persons(ctx, s, slots)
		if err != nil {
			return Answer{}, err
		}
		for len(some) > 0 && len(a.Candidates) < MaxCandidates {
			if person, ok := found[some[0].slot]; ok && !kept[person] {
				a.Candidates = append(a.Candidates, m.candidate(some[0], person))
			}
			some = some[1:]
		}
		a.TooMany = slices.ContainsFunc(some, m.reaches)
	}
	a.TooMany = a.TooMany || !m.complete() || slices.ContainsFunc(hits, m.reaches)
	return a, nil
}

// ranking is hits as a heap, the likeliest first: of hundreds, fifty are wanted in order.
type ranking []*hit

// Len implements heap.Interface, as do the others.
func (r ranking) Len() int { return len(r) }

// Less puts the higher score first.
func (r ranking) Less(i, j int) bool {
	return r[i].score > r[j].score || r[i].score == r[j].score && r[i].slot < r[j].slot
}

// Swap exchanges two.
func (r ranking) Swap(i, j int) { r[i], r[j] = r[j], r[i] }

// Push adds one at the end.
func (r *ranking) Push(h any) { *r = append(*r, h.(*hit)) }

// Pop removes the last.
func (r *ranking) Pop() any {
	last := len(*r) - 1
	h := (*r)[last]
	*r = (*r)[:last]
	return h
}
