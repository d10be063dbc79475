package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is a commitment to the first Size entries of the log named Origin.
type Checkpoint struct {
	Origin string // unique, schema-less name of the log, for example "node.example/ledger"
	Size   int64  // number of entries, 0 or more
	Root   Hash   // Merkle tree hash of those entries; of the empty string when Size is 0
	// Extensions are opaque further lines. [RestoredFrom] writes one.
	Extensions []string
}

// restoredPrefix begins the extension line by which a log started after a restore names the last
// checkpoint of its predecessor that a witness had seen.
const restoredPrefix = "restored-from "

// RestoredFrom returns the extension line that names a predecessor's last witnessed checkpoint.
func RestoredFrom(last Checkpoint) string {
	return fmt.Sprintf("%s%s %d %s", restoredPrefix, last.Origin, last.Size, base64.StdEncoding.EncodeToString(last.Root[:]))
}

// EmptyRoot is the root of a log without entries: SHA-256 of the empty string (RFC 6962 section 2.1).
func EmptyRoot() Hash {
	return Hash{
		0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
		0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
	}
}

// Root returns the tree hash of the first size entries, read through r. Cost: O(log size) hashes.
func Root(size int64, r HashReader) (Hash, error) {
	if size == 0 {
		return EmptyRoot(), nil
	}
	return tlog.TreeHash(size, r)
}

// Text returns the body of the checkpoint in the form of C2SP tlog-checkpoint, which is what gets signed.
func (c Checkpoint) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
	for _, line := range c.Extensions {
		b.WriteString(line + "\n")
	}
	return b.String()
}

// ParseCheckpoint reads the body of a checkpoint, without its signatures. It is strict: one reading per
// byte sequence.
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[len(lines)-1] != "" {
		return Checkpoint{}, errors.New("ledger: a checkpoint has at least three lines, each ended")
	}
	lines = lines[:len(lines)-1]
	if lines[0] == "" {
		return Checkpoint{}, errors.New("ledger: checkpoint without origin")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("ledger: checkpoint size %q is not a whole number", lines[1])
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return Checkpoint{}, fmt.Errorf("ledger: checkpoint root: %w", err)
	}
	if size == 0 && root != EmptyRoot() {
		return Checkpoint{}, errors.New("ledger: an empty log has another root")
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: root}
	for _, line := range lines[3:] {
		if line == "" {
			return Checkpoint{}, errors.New("ledger: empty extension line")
		}
		c.Extensions = append(c.Extensions, line)
	}
	return c, nil
}

// Sign returns the checkpoint as a signed note.
func (c Checkpoint) Sign(signers ...note.Signer) ([]byte, error) {
	if len(signers) == 0 {
		return nil, errors.New("ledger: a checkpoint needs a signer")
	}
	if _, err := ParseCheckpoint(c.Text()); err != nil {
		return nil, err
	}
	return note.Sign(&note.Note{Text: c.Text()}, signers...)
}

// OpenCheckpoint verifies a signed note against the log's key and returns the checkpoint. The note must
// carry the log's own signature, and its origin must be the one expected.
func OpenCheckpoint(signed []byte, origin string, log note.Verifier) (Checkpoint, error) {
	n, err := note.Open(signed, note.VerifierList(log))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("ledger: checkpoint signature: %w", err)
	}
	c, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	if c.Origin != origin {
		return Checkpoint{}, fmt.Errorf("ledger: checkpoint of log %q, not of %q", c.Origin, origin)
	}
	return c, nil
}

func parseHash(s string) (Hash, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != tlog.HashSize || base64.StdEncoding.EncodeToString(b) != s {
		return Hash{}, fmt.Errorf("%q is not a base64 hash of 32 bytes", s)
	}
	return Hash(b), nil
}
