package ledger

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Proof shows that one entry is in the log of one signed checkpoint. It is what a person downloads.
type Proof struct {
	Index  int64  // position of the entry, from 0
	Hashes []Hash // inclusion path, leaf to root
	// Extra is whatever the writer added. It is not authenticated and proves nothing.
	Extra      []byte
	Checkpoint []byte // signed checkpoint
}

const (
	proofHeader = "c2sp.org/tlog-proof@v1"
	extraPrefix = "extra "
)

// Prove returns the inclusion path of entry index in a log of the given size.
func Prove(size, index int64, r HashReader) ([]Hash, error) { return tlog.ProveRecord(size, index, r) }

// Format returns the proof as the text of C2SP tlog-proof.
func (p Proof) Format() []byte {
	var b strings.Builder
	b.WriteString(proofHeader + "\n")
	if len(p.Extra) > 0 {
		b.WriteString(extraPrefix + base64.StdEncoding.EncodeToString(p.Extra) + "\n")
	}
	fmt.Fprintf(&b, "index %d\n", p.Index)
	for _, h := range p.Hashes {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteByte('\n')
	b.Write(p.Checkpoint)
	return []byte(b.String())
}

// ParseProof reads the text of a proof.
func ParseProof(text []byte) (Proof, error) {
	if len(text) > 64<<10 {
		return Proof{}, errors.New("ledger: proof above 64 KiB")
	}
	head, checkpoint, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	var extra []byte
	if len(lines) > 2 && lines[0] == proofHeader && strings.HasPrefix(lines[1], extraPrefix) {
		var err error
		if extra, err = base64.StdEncoding.Strict().DecodeString(lines[1][len(extraPrefix):]); err != nil || len(extra) == 0 {
			return Proof{}, errors.New("ledger: the extra data of a proof are not base64")
		}
		lines = append(lines[:1:1], lines[2:]...)
	}
	if !found || len(lines) < 2 || lines[0] != proofHeader {
		return Proof{}, fmt.Errorf("ledger: not a proof: it must begin with %q", proofHeader)
	}
	digits, found := strings.CutPrefix(lines[1], "index ")
	index, err := strconv.ParseInt(digits, 10, 64)
	if !found || err != nil || index < 0 || strconv.FormatInt(index, 10) != digits {
		return Proof{}, errors.New("ledger: a proof names the index before its hashes")
	}
	if len(lines)-2 > maxProofHashes {
		return Proof{}, fmt.Errorf("ledger: proof of more than %d hashes", maxProofHashes)
	}
	p := Proof{Index: index, Checkpoint: []byte(checkpoint), Extra: extra}
	for _, line := range lines[2:] {
		h, err := parseHash(line)
		if err != nil {
			return Proof{}, fmt.Errorf("ledger: proof: %w", err)
		}
		p.Hashes = append(p.Hashes, h)
	}
	return p, nil
}

// Pack returns the index and path in binary: at most 8 + 63·32 bytes, and under 1 kB for a log of ten
// million entries. The checkpoint travels once for many packed proofs.
func (p Proof) Pack() []byte {
	out := binary.BigEndian.AppendUint64(nil, uint64(p.Index))
	for _, h := range p.Hashes {
		out = append(out, h[:]...)
	}
	return out
}

// Verify checks that the log named origin, signed by the given key, holds the commitment at the proof's
// index, and returns the checkpoint that says so.
func (p Proof) Verify(commitment []byte, origin string, log note.Verifier) (Checkpoint, error) {
	c, err := OpenCheckpoint(p.Checkpoint, origin, log)
	if err != nil {
		return Checkpoint{}, err
	}
	if p.Index >= c.Size {
		return Checkpoint{}, fmt.Errorf("ledger: entry %d is beyond the checkpoint's %d", p.Index, c.Size)
	}
	if err := tlog.CheckRecord(tlog.RecordProof(p.Hashes), c.Size, c.Root, p.Index, LeafHash(commitment)); err != nil {
		return Checkpoint{}, fmt.Errorf("ledger: entry %d is not what was committed, or the proof is wrong: %w", p.Index, err)
	}
	return c, nil
}
