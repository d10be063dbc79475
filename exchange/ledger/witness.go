package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// maxProofHashes bounds a consistency proof: a tree of 2^63 entries needs fewer than 64 hashes.
const maxProofHashes = 63

// CosignRequest asks a witness to cosign a checkpoint (C2SP tlog-witness, add-checkpoint).
type CosignRequest struct {
	Old        int64  // size of the last checkpoint the asker believes the witness has cosigned
	Proof      []Hash // consistency proof from Old to the checkpoint
	Checkpoint []byte // signed checkpoint
}

// Format returns the body of the request.
func (r CosignRequest) Format() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "old %d\n", r.Old)
	for _, h := range r.Proof {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteByte('\n')
	b.Write(r.Checkpoint)
	return b.Bytes()
}

// ParseCosignRequest reads the body of an add-checkpoint request. Bodies above 64 KiB are refused.
func ParseCosignRequest(body []byte) (CosignRequest, error) {
	if len(body) > 64<<10 {
		return CosignRequest{}, errors.New("ledger: witness request above 64 KiB")
	}
	head, checkpoint, found := strings.Cut(string(body), "\n\n")
	if !found {
		return CosignRequest{}, errors.New("ledger: witness request without an empty line before the checkpoint")
	}
	lines := strings.Split(head, "\n")
	digits, found := strings.CutPrefix(lines[0], "old ")
	old, err := strconv.ParseInt(digits, 10, 64)
	if !found || err != nil || old < 0 || strconv.FormatInt(old, 10) != digits {
		return CosignRequest{}, errors.New(`ledger: witness request must begin with "old" and a size`)
	}
	if len(lines)-1 > maxProofHashes {
		return CosignRequest{}, fmt.Errorf("ledger: consistency proof of more than %d hashes", maxProofHashes)
	}
	r := CosignRequest{Old: old, Checkpoint: []byte(checkpoint)}
	for _, line := range lines[1:] {
		h, err := parseHash(line)
		if err != nil {
			return CosignRequest{}, fmt.Errorf("ledger: consistency proof: %w", err)
		}
		r.Proof = append(r.Proof, h)
	}
	return r, nil
}

// VerifyExtension checks that the log of checkpoint to begins with the log of checkpoint from.
// An error means that the log was rewritten or the proof is not one.
func VerifyExtension(from, to Checkpoint, proof []Hash) error {
	switch {
	case from.Origin != to.Origin:
		return fmt.Errorf("ledger: checkpoints of two logs, %q and %q", from.Origin, to.Origin)
	case from.Size > to.Size:
		return fmt.Errorf("ledger: the log shrank from %d to %d entries: it was rolled back", from.Size, to.Size)
	case from.Size == to.Size && from.Root != to.Root:
		return fmt.Errorf("ledger: two different logs of %d entries: it was forked", from.Size)
	case from.Size == to.Size || from.Size == 0:
		if len(proof) != 0 {
			return errors.New("ledger: no proof is needed here, yet one was given")
		}
		return nil
	}
	if err := tlog.CheckTree(tlog.TreeProof(proof), to.Size, to.Root, from.Size, from.Root); err != nil {
		return fmt.Errorf("ledger: entries before %d were changed, or the proof is wrong: %w", from.Size, err)
	}
	return nil
}

// ProveExtension returns the consistency proof from size from to size to.
func ProveExtension(from, to int64, r HashReader) ([]Hash, error) {
	if from == to || from == 0 {
		return nil, nil
	}
	return tlog.ProveTree(to, from, r)
}

// WitnessState keeps, durably, the last checkpoint that a witness has agreed to for each log.
type WitnessState interface {
	// Latest returns the stored checkpoint text of the log, or "" when there is none.
	Latest(origin string) (string, error)
	// Advance replaces old by next, and returns only when next would survive a power cut. It fails when
	// what is stored is not old.
	Advance(origin, old, next string) error
}

// StaleError tells the asker which size the witness has: it should ask again from there.
type StaleError struct{ Size int64 }

func (e *StaleError) Error() string {
	return fmt.Sprintf("ledger: the witness has seen %d entries: ask again with a proof from there", e.Size)
}

// Witness cosigns checkpoints of logs it knows, and never two that contradict one another.
type Witness struct {
	signer *Cosigner
	state  WitnessState
	logs   map[string]note.Verifier
	mu     sync.Mutex
}

// NewWitness returns a witness for the logs given by origin.
func NewWitness(signer *Cosigner, state WitnessState, logs map[string]note.Verifier) *Witness {
	return &Witness{signer: signer, state: state, logs: logs}
}

// Cosign checks a request against what the witness has seen and returns the checkpoint with the witness's
// cosignature added. Its state is durable before it signs: a witness that loses its memory after signing
// could be made to sign a fork. A [StaleError] asks for a proof from another size; every other error is a
// refusal.
func (w *Witness) Cosign(r CosignRequest) ([]byte, error) {
	origin, _, _ := strings.Cut(string(r.Checkpoint), "\n")
	key, known := w.logs[origin]
	if !known {
		return nil, fmt.Errorf("ledger: this witness does not know a log %q", origin)
	}
	next, err := OpenCheckpoint(r.Checkpoint, origin, key)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	stored, err := w.state.Latest(origin)
	if err != nil {
		return nil, fmt.Errorf("ledger: read witness state: %w", err)
	}
	last := Checkpoint{Origin: origin, Root: EmptyRoot()}
	if stored != "" {
		if last, err = ParseCheckpoint(stored); err != nil {
			return nil, fmt.Errorf("ledger: witness state: %w", err)
		}
	}
	if r.Old > next.Size {
		return nil, fmt.Errorf("ledger: old size %d is larger than the checkpoint's %d", r.Old, next.Size)
	}
	if r.Old != last.Size {
		return nil, &StaleError{Size: last.Size}
	}
	if err := VerifyExtension(last, next, r.Proof); err != nil {
		return nil, err
	}
	if err := w.state.Advance(origin, stored, next.Text()); err != nil {
		return nil, fmt.Errorf("ledger: keep witness state: %w", err)
	}
	n, err := note.Open(r.Checkpoint, note.VerifierList(key))
	if err != nil {
		return nil, err
	}
	return note.Sign(n, w.signer)
}

// FileState keeps a witness's state as one file a log in a folder. A file is written whole, flushed, and
// moved into place, and the folder is flushed, before Advance returns. One process may use a folder.
type FileState struct {
	dir string
	mu  sync.Mutex
}

// NewFileState returns a state in dir, which must exist and belong to the witness alone.
func NewFileState(dir string) *FileState { return &FileState{dir: dir} }

func (s *FileState) path(origin string) string {
	sum := sha256.Sum256([]byte(origin)) // an origin may hold any character; a file name may not
	return filepath.Join(s.dir, hex.EncodeToString(sum[:])+".checkpoint")
}

// Latest returns the stored checkpoint text of the log, or "" when there is none.
func (s *FileState) Latest(origin string) (string, error) {
	b, err := os.ReadFile(s.path(origin))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(b), err
}

// Advance replaces old by next durably.
func (s *FileState) Advance(origin, old, next string) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stored, err := s.Latest(origin)
	if err != nil {
		return err
	}
	if stored != old {
		return errors.New("ledger: witness state changed meanwhile")
	}
	f, err := os.CreateTemp(s.dir, "next-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.WriteString(next)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), s.path(origin)); err != nil {
		return err
	}
	return syncDir(s.dir)
}

// syncDir flushes a folder so that a rename in it survives a power cut. Where folders cannot be flushed
// (Windows) the rename itself is all there is.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrPermission) {
		return errors.Join(err, d.Close())
	}
	return d.Close()
}
