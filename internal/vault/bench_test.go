package vault

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault/keyring"
)

const (
	people         = 1000
	fieldsOfPerson = 12
)

// text40 is a value of about forty bytes, as most are.
const text40 = "Quillfeather-Zzyzx, 17 Invented Lane, X1"

// filled returns a house with sealed values of many people.
func filled(b *testing.B) (*house, []Item) {
	h := newHouse(b)
	var items []Item
	h.write(func(tx *db.Tx) error {
		var values []Value
		for i := range people {
			person := PersonID(fmt.Sprintf("%s-%04d", strings.Repeat("p", 21), i))
			if err := h.Enrol(b.Context(), tx, worker, person, "adult-client"); err != nil {
				return err
			}
			for f := range fieldsOfPerson {
				p := place(person, fmt.Sprintf("field_%02d", f))
				p.Record = string(person)
				values = append(values, Value{p, private.New(text40)})
			}
		}
		sealed, err := h.Seal(b.Context(), tx, values...)
		for i, s := range sealed {
			items = append(items, Item{values[i].Place, s})
		}
		return err
	})
	return h, items
}

// check looks at the answers before anything is measured.
func check(b *testing.B, texts []private.Text, err error) {
	b.Helper()
	if err != nil || len(texts) != people*fieldsOfPerson {
		b.Fatalf("%d texts: %v", len(texts), err)
	}
	for _, t := range texts {
		if t.Reveal("benchmark") != text40 {
			b.Fatal("a wrong text")
		}
	}
}

func perValue(b *testing.B) {
	b.ReportMetric(float64(b.N)*people*fieldsOfPerson/b.Elapsed().Seconds(), "values/s")
}

// BenchmarkUnwrapAndOpen unwraps the key of every person, sets up its cipher and opens twelve values
// of 40 bytes, on one core.
func BenchmarkUnwrapAndOpen(b *testing.B) {
	h, items := filled(b)
	_, owners, err := concerned(worker, items)
	if err != nil {
		b.Fatal(err)
	}
	texts, err := h.openAll(b, owners, items)
	check(b, texts, err)
	for b.Loop() {
		h.mu.Lock()
		clear(h.cache)
		h.mu.Unlock()
		if _, err := h.openAll(b, owners, items); err != nil {
			b.Fatal(err)
		}
	}
	perValue(b)
}

// BenchmarkOpenWithKeysAtHand opens the same values with the ciphers of a running node.
func BenchmarkOpenWithKeysAtHand(b *testing.B) {
	h, items := filled(b)
	_, owners, err := concerned(worker, items)
	if err != nil {
		b.Fatal(err)
	}
	texts, err := h.openAll(b, owners, items)
	check(b, texts, err)
	for b.Loop() {
		if _, err := h.openAll(b, owners, items); err != nil {
			b.Fatal(err)
		}
	}
	perValue(b)
}

func (h *house) openAll(b *testing.B, owners []owner, items []Item) ([]private.Text, error) {
	keys, err := h.keys(b.Context(), owners)
	if err != nil {
		return nil, err
	}
	return decrypt(keys, items)
}

// BenchmarkOpenList opens 12 values of 1,000 people with an entry for each, durable before it
// returns.
func BenchmarkOpenList(b *testing.B) {
	h, items := filled(b)
	texts, err := h.Open(b.Context(), worker, why, items...)
	check(b, texts, err)
	if n := len(h.entries("opening")); n != people {
		b.Fatalf("%d entries", n)
	}
	for b.Loop() {
		if _, err := h.Open(b.Context(), worker, why, items...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/list")
}

// BenchmarkSeal seals 12 values of 1,000 people.
func BenchmarkSeal(b *testing.B) {
	h, items := filled(b)
	values := make([]Value, len(items))
	for i, item := range items {
		values[i] = Value{item.Place, private.New(text40)}
	}
	for b.Loop() {
		h.write(func(tx *db.Tx) error {
			_, err := h.Seal(b.Context(), tx, values...)
			return err
		})
	}
	perValue(b)
}

// BenchmarkDestroy erases one key of a keyring of 10,000, and BenchmarkRotate gives all a new
// organisation key.
func BenchmarkDestroy(b *testing.B) {
	h := ringOf(b, 10_000)
	ring, err := h.opened()
	if err != nil {
		b.Fatal(err)
	}
	i := 0
	for b.Loop() {
		i++
		if err := ring.Destroy(b.Context(), *h.now, keyring.Name{Org: string(org), Kind: keyring.Person, Subject: fmt.Sprint(i)}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRotate wraps 10,000 keys under a new organisation key.
func BenchmarkRotate(b *testing.B) {
	h := ringOf(b, 10_000)
	now := *h.now
	for b.Loop() {
		now = now.Add(keyring.Epoch + time.Second)
		if n, err := h.Rotate(b.Context(), now); n != 1 || err != nil {
			b.Fatal(n, err)
		}
	}
}

func ringOf(b *testing.B, n int) *house {
	h := newHouse(b)
	ring, err := h.opened()
	if err != nil {
		b.Fatal(err)
	}
	names := make([]keyring.Name, n)
	for i := range names {
		names[i] = keyring.Name{Org: string(org), Kind: keyring.Person, Subject: fmt.Sprint(i)}
	}
	if _, err := ring.Create(b.Context(), *h.now, time.Time{}, names...); err != nil {
		b.Fatal(err)
	}
	return h
}

// BenchmarkOpenListOfCases is BenchmarkOpenList with each person in a case of their own, by a worker to
// whom all these cases are assigned: what a page of a list costs when names are asked for.
func BenchmarkOpenListOfCases(b *testing.B) {
	h, items := filled(b)
	actor := h.staff(auth.SupportWorker)
	h.write(func(tx *db.Tx) error {
		for i := 0; i < len(items); i += fieldsOfPerson {
			p := items[i].Place.Person
			if err := h.Bind(b.Context(), tx, org, "case-"+string(p), p); err != nil {
				return err
			}
			_, err := tx.Exec(b.Context(), "INSERT INTO assignment (org_id, scope, holder_kind, holder_id, assigned_by, assigned_at) VALUES ($1, $2, 'account', $3, '', 0)",
				string(org), "case-"+string(p), string(actor.Account))
			if err != nil {
				return err
			}
		}
		return nil
	})
	each := Why{Purpose: "list", Each: true}
	texts, err := h.Open(b.Context(), actor, each, items...)
	check(b, texts, err)
	if n := len(h.entries("opening")); n != people {
		b.Fatalf("%d entries", n)
	}
	for b.Loop() {
		if _, err := h.Open(b.Context(), actor, each, items...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/list")
}
