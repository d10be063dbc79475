package ledger_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/exchange/ledger"
)

const origin = "farrowdale.invalid/ledger"

// memLog is a log in memory: what internal/audit keeps in SQL.
type memLog struct {
	commitments [][]byte
	stored      []ledger.Hash
	signer      note.Signer
	verifier    note.Verifier
}

func newLog(t testing.TB, n int) *memLog {
	t.Helper()
	signer, verifier := keys(t, origin, 1)
	l := &memLog{signer: signer, verifier: verifier}
	for i := range n {
		l.append(t, commitmentOf(i))
	}
	return l
}

func keys(t testing.TB, name string, seed byte) (note.Signer, note.Verifier) {
	t.Helper()
	skey, vkey, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 64)), name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

func saltOf(i int) ledger.Salt { return ledger.Salt(sha256.Sum256(fmt.Append(nil, "salt", i))) }

func entryOf(i int) ledger.Entry {
	return ledger.Entry{Version: 1, Kind: ledger.KindOpening, At: int64(i), Org: "o", Actor: "a", Person: "p", Purpose: "support"}
}

func commitmentOf(i int) []byte {
	c, err := entryOf(i).Canonical()
	if err != nil {
		panic(err)
	}
	return ledger.Commitment(saltOf(i), c)
}

func (l *memLog) append(t testing.TB, c []byte) {
	t.Helper()
	more, err := tlog.StoredHashesForRecordHash(int64(len(l.commitments)), ledger.LeafHash(c), l)
	if err != nil {
		t.Fatal(err)
	}
	l.stored = append(l.stored, more...)
	l.commitments = append(l.commitments, c)
}

func (l *memLog) ReadHashes(idx []int64) ([]ledger.Hash, error) {
	out := make([]ledger.Hash, len(idx))
	for i, x := range idx {
		out[i] = l.stored[x]
	}
	return out, nil
}

func (l *memLog) checkpoint(t testing.TB, size int64) ledger.Checkpoint {
	t.Helper()
	root, err := ledger.Root(size, l)
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Checkpoint{Origin: origin, Size: size, Root: root}
}

func (l *memLog) signed(t testing.TB, size int64) []byte {
	t.Helper()
	s, err := l.checkpoint(t, size).Sign(l.signer)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRFC6962Roots checks tree heads of the Certificate Transparency test tree (eight leaves), as printed
// in the reference implementation's Merkle tree tests.
func TestRFC6962Roots(t *testing.T) {
	leaves := []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	roots := []string{
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	l := newLog(t, 0)
	for size, want := range roots {
		root, err := ledger.Root(int64(size), l)
		if err != nil || hex.EncodeToString(root[:]) != want {
			t.Errorf("root of %d leaves = %x (%v), want %s", size, root, err, want)
		}
		if size < len(leaves) {
			b, _ := hex.DecodeString(leaves[size])
			l.append(t, b)
		}
	}
}

func TestProofHoldsAndEveryFlippedBitIsSeen(t *testing.T) {
	l := newLog(t, 300)
	path, err := ledger.Prove(300, 123, l)
	if err != nil {
		t.Fatal(err)
	}
	p := ledger.Proof{Index: 123, Hashes: path, Checkpoint: l.signed(t, 300)}
	again, err := ledger.ParseProof(p.Format())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Verify(l.commitments[123], origin, l.verifier); err != nil {
		t.Fatalf("a true proof is refused: %v", err)
	}
	text := p.Format()
	for i := range text {
		bad := slices.Clone(text)
		bad[i] ^= 1
		q, err := ledger.ParseProof(bad)
		if err == nil {
			if _, err = q.Verify(l.commitments[123], origin, l.verifier); err == nil && !bytes.Equal(q.Format(), p.Format()) {
				t.Fatalf("byte %d flipped and nobody noticed", i)
			}
		}
	}
	other := slices.Clone(l.commitments[123])
	other[0] ^= 1
	if _, err := p.Verify(other, origin, l.verifier); err == nil {
		t.Error("another commitment passes")
	}
	if _, err := p.Verify(l.commitments[123], "another/log", l.verifier); err == nil {
		t.Error("another origin passes")
	}
	_, stranger := keys(t, origin, 9)
	if _, err := p.Verify(l.commitments[123], origin, stranger); err == nil {
		t.Error("another key passes")
	}
}

// TestProofUnderOneKilobyteAtTenMillion counts the path of a tree of 10,000,000 leaves, whose hashes are
// read from a store that answers anything: the length depends on the size alone.
func TestProofUnderOneKilobyteAtTenMillion(t *testing.T) {
	any := tlog.HashReaderFunc(func(idx []int64) ([]ledger.Hash, error) { return make([]ledger.Hash, len(idx)), nil })
	worst := 0
	for _, index := range []int64{0, 1, 4_999_999, 9_999_998, 9_999_999} {
		path, err := ledger.Prove(10_000_000, index, any)
		if err != nil {
			t.Fatal(err)
		}
		worst = max(worst, len(ledger.Proof{Index: index, Hashes: path}.Pack()))
	}
	t.Logf("largest packed proof: %d bytes", worst)
	if worst == 0 || worst > 1024 {
		t.Errorf("packed proof of %d bytes, want at most 1024", worst)
	}
}

func TestEntryCanonicalForm(t *testing.T) {
	e := entryOf(7)
	c, err := e.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"actor":"a","at":7,"kind":"opening","org":"o","person":"p","purpose":"support","v":1}`
	if string(c) != want {
		t.Errorf("canonical form %s, want %s", c, want)
	}
	for name, bad := range map[string]string{
		"space":         `{"actor":"a", "at":7,"kind":"opening","org":"o","v":1}`,
		"unknown field": `{"at":7,"kind":"opening","org":"o","v":1,"x":1}`,
		"unknown kind":  `{"at":7,"kind":"peek","org":"o","v":1}`,
		"version":       `{"at":7,"kind":"opening","org":"o","v":2}`,
		"repeated":      `{"at":7,"at":7,"kind":"opening","org":"o","v":1}`,
		"one approver":  `{"approvers":["a"],"at":7,"erased":[1],"kind":"erasure","org":"o","v":1}`,
		"same approver": `{"approvers":["a","a"],"at":7,"erased":[1],"kind":"erasure","org":"o","v":1}`,
		"unsorted":      `{"approvers":["a","b"],"at":7,"erased":[2,1],"kind":"erasure","org":"o","v":1}`,
		"trailing":      want + "{}",
	} {
		if _, err := ledger.ParseEntry([]byte(bad)); err == nil {
			t.Errorf("%s: accepted %s", name, bad)
		}
	}
}

func TestCommitmentHidesAndBinds(t *testing.T) {
	a, b := ledger.Commitment(saltOf(1), []byte("x")), ledger.Commitment(saltOf(2), []byte("x"))
	if bytes.Equal(a, b) {
		t.Error("equal entries under different salts show as equal")
	}
	if bytes.Equal(a, ledger.Commitment(saltOf(1), []byte("y"))) {
		t.Error("two entries share a commitment")
	}
}

func TestPaddedSize(t *testing.T) {
	for _, c := range [][3]int64{{0, 256, 0}, {1, 256, 256}, {256, 256, 256}, {257, 256, 512}, {7, 1, 7}, {7, 0, 7}} {
		if got := ledger.PaddedSize(c[0], c[1]); got != c[2] {
			t.Errorf("PaddedSize(%d, %d) = %d, want %d", c[0], c[1], got, c[2])
		}
	}
}

func TestExtensionProperty(t *testing.T) {
	l := newLog(t, 400)
	rapid.Check(t, func(t *rapid.T) {
		to := rapid.Int64Range(1, 400).Draw(t, "to")
		from := rapid.Int64Range(0, to).Draw(t, "from")
		root := func(n int64) ledger.Checkpoint {
			h, err := ledger.Root(n, l)
			if err != nil {
				t.Fatal(err)
			}
			return ledger.Checkpoint{Origin: origin, Size: n, Root: h}
		}
		proof, err := ledger.ProveExtension(from, to, l)
		if err != nil {
			t.Fatal(err)
		}
		if err := ledger.VerifyExtension(root(from), root(to), proof); err != nil {
			t.Fatalf("true extension refused: %v", err)
		}
		if from == 0 {
			return
		}
		wrong := root(from)
		wrong.Root[rapid.IntRange(0, 31).Draw(t, "byte")] ^= 1
		if err := ledger.VerifyExtension(wrong, root(to), proof); err == nil {
			t.Fatal("a rewritten past passes")
		}
		if from < to {
			if err := ledger.VerifyExtension(root(to), root(from), proof); err == nil {
				t.Fatal("a shrunken log passes")
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	l := newLog(f, 9)
	path, err := ledger.Prove(9, 4, l)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(ledger.Proof{Index: 4, Hashes: path, Checkpoint: l.signed(f, 9)}.Format())
	f.Add(ledger.CosignRequest{Old: 3, Proof: path, Checkpoint: l.signed(f, 9)}.Format())
	f.Add([]byte(l.checkpoint(f, 9).Text()))
	f.Add([]byte(`{"actor":"a","at":7,"kind":"opening","org":"o","v":1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := ledger.ParseProof(b); err == nil && !bytes.Equal(p.Format(), b) {
			t.Errorf("proof %q has two forms", b)
		}
		if r, err := ledger.ParseCosignRequest(b); err == nil && !bytes.Equal(r.Format(), b) {
			t.Errorf("request %q has two forms", b)
		}
		if c, err := ledger.ParseCheckpoint(string(b)); err == nil && c.Text() != string(b) {
			t.Errorf("checkpoint %q has two forms", b)
		}
		if e, err := ledger.ParseEntry(b); err == nil {
			if c, err := e.Canonical(); err != nil || !bytes.Equal(c, b) {
				t.Errorf("entry %q has two forms", b)
			}
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	l := newLog(b, 1)
	c := commitmentOf(1)
	for b.Loop() {
		l.append(b, c)
	}
}
