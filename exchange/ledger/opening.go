package ledger

import (
	"bytes"
	"fmt"
	"iter"
)

// Opening is what the node keeps beside a leaf: its salt and its readable entry.
type Opening struct {
	Index     int64
	Salt      Salt
	Canonical []byte
}

// VerifyOpenings checks a node's readable entries against the commitments of its log: every leaf must be
// opened by the entry given for it, and a leaf without one is accepted only if an erasure entry, approved by
// two people and itself opened, lists its index. The openings must come in ascending order of index.
// It returns a [*Damage] that names the first altered or missing entry, or nil.
//
// commitment returns the published commitment of leaf i. Memory: the listed indices of erasures, and the
// indices of the leaves without an opening.
func VerifyOpenings(size int64, commitment func(i int64) ([]byte, error), openings iter.Seq2[Opening, error]) error {
	var absent []int64
	erased := map[int64]bool{}
	next := int64(0)
	for o, err := range openings {
		if err != nil {
			return err
		}
		if o.Index < next || o.Index >= size {
			return &Damage{Index: o.Index, What: "out of order or beyond the log"}
		}
		for ; next < o.Index; next++ {
			absent = append(absent, next)
		}
		next++
		e, err := open(o, commitment)
		if err != nil {
			return err
		}
		for _, i := range e.Erased {
			if i < o.Index { // an erasure cannot excuse what came after it
				erased[i] = true
			}
		}
	}
	for ; next < size; next++ {
		absent = append(absent, next)
	}
	for _, i := range absent {
		if !erased[i] {
			return &Damage{Index: i, What: "missing, and no erasure lists it"}
		}
	}
	return nil
}

func open(o Opening, commitment func(int64) ([]byte, error)) (Entry, error) {
	want, err := commitment(o.Index)
	if err != nil {
		return Entry{}, fmt.Errorf("ledger: read commitment %d: %w", o.Index, err)
	}
	if !bytes.Equal(Commitment(o.Salt, o.Canonical), want) {
		return Entry{}, &Damage{Index: o.Index, What: "altered: it does not open its leaf"}
	}
	e, err := ParseEntry(o.Canonical)
	if err != nil {
		return Entry{}, &Damage{Index: o.Index, What: "not readable: " + err.Error()}
	}
	return e, nil
}
