package audit

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// checkpoint is a stored checkpoint.
type checkpoint struct {
	number, size int64
	at           time.Time
	note         string
	witnessed    int64
}

// checkpoints reads checkpoints of a log; rest orders and limits them.
func checkpoints(ctx context.Context, tx *db.Tx, l *log, rest string, args ...any) ([]checkpoint, error) {
	rows, err := tx.Query(ctx, "SELECT number, size, at, note, witnessed FROM audit_checkpoint WHERE org_id = $1 AND log = $2 "+rest,
		append([]any{l.org, l.number}, args...)...)
	return db.Collect(rows, err, func(r *sql.Rows) (c checkpoint, err error) {
		var at int64
		err = r.Scan(&c.number, &c.size, &at, &c.note, &c.witnessed)
		c.at = time.UnixMicro(at).UTC()
		return c, err
	})
}

// AddWitness makes an organisation count the signatures of a witness. The key is in the text form of
// C2SP signed-note: name, eight digits, key.
func AddWitness(ctx context.Context, tx *db.Tx, actor Entry, key string) (name string, err error) {
	w, err := ledger.ParseWitnessKey(strings.TrimSpace(key))
	if err != nil {
		return "", fault.New(fault.Invalid, "This is not the public key of a witness.").
			WithHint("Copy the whole line that \"fourfold ledger witness-key\" printed on the witness's machine.").Wrap(err)
	}
	n, err := tx.Exec(ctx, `
		INSERT INTO audit_witness (org_id, name, verifier, added_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		actor.Org, w.Name(), w.String(), tx.NowMicros())
	if err != nil {
		return "", err
	}
	if n == 0 {
		return "", fault.New(fault.Conflict, "There is a witness of this name already: %q.", w.Name())
	}
	actor.Kind, actor.Subject = Configuration, w.Name()
	actor.Detail = map[string]string{"act": "ledger.witness", "key": w.String()}
	return w.Name(), Append(ctx, tx, actor)
}

// Witnesses returns the witnesses whose signatures an organisation counts.
func Witnesses(ctx context.Context, tx *db.Tx, org string) ([]*ledger.CosignatureVerifier, error) {
	rows, err := tx.Query(ctx, "SELECT verifier FROM audit_witness WHERE org_id = $1 ORDER BY name", org)
	return db.Collect(rows, err, func(r *sql.Rows) (*ledger.CosignatureVerifier, error) {
		key, err := text(r)
		if err != nil {
			return nil, err
		}
		return ledger.ParseWitnessKey(key)
	})
}

// Request returns what a witness is asked: to sign the last checkpoint, with the proof that it
// extends the one of size old. An old below 0 means the last that this witness, or any when the name
// is empty, has signed.
func Request(ctx context.Context, tx *db.Tx, org, witness string, old int64) (r ledger.CosignRequest, err error) {
	l, found, err := currentLog(ctx, tx, org)
	if err != nil {
		return r, err
	}
	if !found || l.checkpoints == 0 {
		return r, fault.New(fault.NotFound, "There is no checkpoint yet.").
			WithHint("Start the node and wait a minute, or run \"fourfold ledger checkpoint --now\".")
	}
	last, err := checkpoints(ctx, tx, &l, "AND number = $3", l.checkpoints)
	if err != nil || len(last) == 0 {
		return r, errors.Join(err, damaged(l.origin, "its last checkpoint is missing"))
	}
	if old < 0 {
		if old, err = l.seenBy(ctx, tx, witness); err != nil {
			return r, err
		}
	}
	if old > last[0].size {
		return r, fault.New(fault.Invalid, "The witness has seen %d entries, and the log has %d: it was rolled back.", old, last[0].size).
			WithHint("If a backup was restored, the node has to start a new log. Otherwise tell the person responsible for security.")
	}
	r.Old, r.Checkpoint = old, []byte(last[0].note)
	r.Proof, err = ledger.ProveExtension(old, last[0].size, newTree(ctx, tx, org, l.number))
	return r, err
}

// seenBy returns the size of the last checkpoint that a witness has signed, 0 when there is none.
func (l *log) seenBy(ctx context.Context, tx *db.Tx, witness string) (int64, error) {
	known, err := Witnesses(ctx, tx, l.org)
	if err != nil {
		return 0, err
	}
	known = slices.DeleteFunc(known, func(v *ledger.CosignatureVerifier) bool { return witness != "" && v.Name() != witness })
	signed, err := checkpoints(ctx, tx, l, "AND witnessed > 0 ORDER BY number DESC LIMIT 1000")
	if err != nil {
		return 0, err
	}
	for _, c := range signed {
		by, err := ledger.Witnesses([]byte(c.note), known...)
		if err != nil {
			return 0, err
		}
		if len(by) > 0 {
			return c.size, nil
		}
	}
	return 0, nil
}

// Accept stores the signatures of known witnesses on a checkpoint of the log and returns who has
// signed. What is not signed by the log, is another checkpoint than the stored one, or bears no
// signature of a known witness is refused. No entry is written: it would be news for the next
// checkpoint, and witnesses would be asked without end.
func Accept(ctx context.Context, tx *db.Tx, org string, signed []byte) ([]ledger.Cosigned, error) {
	refused := func(why string, err error) error {
		return fault.New(fault.Invalid, "The signed checkpoint cannot be accepted: %s.", why).Wrap(err)
	}
	l, found, err := currentLog(ctx, tx, org)
	if err != nil {
		return nil, err
	}
	if !found || l.verifier == "" {
		return nil, refused("this log has signed none", nil)
	}
	key, err := note.NewVerifier(l.verifier)
	if err != nil {
		return nil, err
	}
	c, err := ledger.OpenCheckpoint(signed, l.origin, key)
	if err != nil {
		return nil, refused("it is not signed by this log", err)
	}
	stored, err := checkpoints(ctx, tx, &l, "AND size = $3", c.Size)
	if err != nil {
		return nil, err
	}
	if len(stored) == 0 || !strings.HasPrefix(stored[0].note, c.Text()+"\n") {
		return nil, refused("it is another one than the log has signed", nil)
	}
	known, err := Witnesses(ctx, tx, org)
	if err != nil {
		return nil, err
	}
	merged, by, err := merge(stored[0].note, string(signed), key, known)
	if err != nil {
		return nil, err
	}
	if len(by) == 0 {
		return nil, refused("no known witness has signed it", nil)
	}
	_, err = tx.Exec(ctx, "UPDATE audit_checkpoint SET note = $1, witnessed = $2 WHERE org_id = $3 AND log = $4 AND number = $5",
		merged, len(by), l.org, l.number, stored[0].number)
	if err != nil {
		return nil, err
	}
	return by, nil
}

// merge puts the valid signatures of known witnesses from both notes on one.
func merge(stored, signed string, log note.Verifier, known []*ledger.CosignatureVerifier) (string, []ledger.Cosigned, error) {
	verifiers := []note.Verifier{log}
	for _, w := range known {
		verifiers = append(verifiers, w)
	}
	list := note.VerifierList(verifiers...)
	a, err := note.Open([]byte(stored), list)
	if err != nil {
		return "", nil, err
	}
	b, err := note.Open([]byte(signed), list)
	if err != nil {
		return "", nil, err
	}
	for _, sig := range b.Sigs {
		have := func(s note.Signature) bool { return s.Name == sig.Name && s.Hash == sig.Hash }
		if !slices.ContainsFunc(a.Sigs, have) {
			a.Sigs = append(a.Sigs, sig)
		}
	}
	a.UnverifiedSigs = nil
	text, err := note.Sign(a)
	if err != nil {
		return "", nil, err
	}
	by, err := ledger.Witnesses(text, known...)
	return string(text), by, err
}
