package ledger_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/fourfold/fourfold/exchange/ledger"
)

func witnessFor(t *testing.T, l *memLog, state ledger.WitnessState) (*ledger.Witness, *ledger.CosignatureVerifier) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	signer, err := ledger.NewCosigner("witness.invalid", key, func() int64 { return 1_700_000_000 })
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := ledger.NewCosignatureVerifier("witness.invalid", key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return ledger.NewWitness(signer, state, map[string]note.Verifier{origin: l.verifier}), verifier
}

func request(t *testing.T, l *memLog, from, to int64) ledger.CosignRequest {
	t.Helper()
	proof, err := ledger.ProveExtension(from, to, l)
	if err != nil {
		t.Fatal(err)
	}
	return ledger.CosignRequest{Old: from, Proof: proof, Checkpoint: l.signed(t, to)}
}

func TestWitnessRefusesForkAndRollback(t *testing.T) {
	dir := t.TempDir()
	l := newLog(t, 100)
	w, known := witnessFor(t, l, ledger.NewFileState(dir))
	for _, step := range [][2]int64{{0, 10}, {10, 64}, {64, 64}} {
		r, err := ledger.ParseCosignRequest(request(t, l, step[0], step[1]).Format())
		if err != nil {
			t.Fatal(err)
		}
		signed, err := w.Cosign(r)
		if err != nil {
			t.Fatalf("%v: %v", step, err)
		}
		if _, err := ledger.OpenCheckpoint(signed, origin, l.verifier); err != nil {
			t.Errorf("cosigning lost the log's signature: %v", err)
		}
		who, err := ledger.Witnesses(signed, known)
		if err != nil || len(who) != 1 || who[0] != (ledger.Cosigned{Witness: "witness.invalid", At: 1_700_000_000}) {
			t.Errorf("cosigned by %v, %v", who, err)
		}
	}
	// A restart must not forget.
	w, _ = witnessFor(t, l, ledger.NewFileState(dir))
	forked := newLog(t, 64)
	for i := 64; i < 90; i++ {
		forked.append(t, commitmentOf(i+1000))
	}
	rewritten := newLog(t, 0)
	for i := range 90 {
		rewritten.append(t, commitmentOf(i+500))
	}
	var stale *ledger.StaleError
	if _, err := w.Cosign(request(t, l, 10, 90)); !errors.As(err, &stale) || stale.Size != 64 {
		t.Errorf("an old starting size gives %v, want StaleError{64}", err)
	}
	if _, err := w.Cosign(request(t, l, 10, 20)); err == nil {
		t.Error("a rolled-back log is cosigned")
	}
	rolledBack := request(t, l, 0, 20)
	rolledBack.Old = 64
	if _, err := w.Cosign(rolledBack); err == nil {
		t.Error("a rolled-back log that lies about the old size is cosigned")
	}
	if _, err := w.Cosign(request(t, rewritten, 64, 90)); err == nil {
		t.Error("a rewritten log is cosigned")
	}
	if _, err := w.Cosign(request(t, rewritten, 64, 64)); err == nil {
		t.Error("another log of the same size is cosigned")
	}
	if _, err := w.Cosign(request(t, forked, 64, 90)); err != nil {
		t.Errorf("an extension of what was cosigned is refused: %v", err)
	}
	if _, err := w.Cosign(request(t, l, 64, 90)); err == nil {
		t.Error("after one branch was cosigned, the other is too")
	}
	if _, err := w.Cosign(ledger.CosignRequest{Checkpoint: []byte("unknown/log\n1\n\n")}); err == nil {
		t.Error("an unknown log is cosigned")
	}
}

// failingState loses what it is told to keep.
type failingState struct{ ledger.WitnessState }

func (failingState) Advance(string, string, string) error { return errors.New("disk full") }

func TestWitnessSignsNothingItCannotRemember(t *testing.T) {
	l := newLog(t, 5)
	w, _ := witnessFor(t, l, failingState{ledger.NewFileState(t.TempDir())})
	if signed, err := w.Cosign(request(t, l, 0, 5)); err == nil || signed != nil {
		t.Errorf("signed %q although its state could not be kept", signed)
	}
}
