// Package backup makes copies of a whole node for people to keep, and brings a node back from one.
//
// A backup is one file: every row of every table as of one moment and the sealed attachments, the same
// bytes from SQLite and PostgreSQL, encrypted to the recipients that two people chose, and signed with
// the key of the node. It is read back and compared before it gets its name. It holds no keyring: what
// is sealed in it opens only together with the keyring, or a copy of it that is at most 30 days old,
// and the node key. So erasing a person reaches every backup. It holds no key that lives for days, no
// session and no job.
//
// Trust: whoever holds the secret key of a recipient reads what is in clear columns, as an operator
// does, and nothing that is sealed. Whoever holds the node key can sign a backup. An older backup in
// the place of a newer one shows by its name, by newer files beside it and by a checkpoint that a
// witness keeps; not otherwise.
package backup

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault"
)

// Backups makes the backups of a node. It is safe for concurrent use; one is made at a time.
type Backups struct {
	db      *db.DB
	vault   *vault.Vault
	store   func() blob.Store
	program string
	making  chan struct{} // holds one token while a backup is made
}

// New returns the backups of a node. store is asked when a backup is made; program is its version.
func New(d *db.DB, v *vault.Vault, store func() blob.Store, program string) *Backups {
	return &Backups{db: d, vault: v, store: store, program: program, making: make(chan struct{}, 1)}
}

// leftOut reports which tables no backup holds: what must not come back, such as sessions, links and
// tokens that were ended since, what belongs to a running process, and what stands in the file in
// another form.
func leftOut(name string) bool {
	switch name {
	case "session", "session_held", "one_time_link", "api_token", "credential_ceremony", "audit_lease",
		"attachment_chunk", "vault_ring", "vault_ring_part", "backup_run":
		return true
	}
	return strings.HasPrefix(name, "river_")
}

// Made is a backup that was written and read back.
type Made struct {
	Path   string
	Bytes  int64
	MadeAt time.Time
	Signer string // hexadecimal digits of the public key
	Totals
}

// Make writes a backup into a folder, reads it back, and gives it its name only then. It goes on while
// others write. Memory is a few megabytes, whatever the size of the node. A file is never overwritten.
func (b *Backups) Make(ctx context.Context, dir string) (m Made, err error) {
	select {
	case b.making <- struct{}{}:
		defer func() { <-b.making }()
	default:
		return m, fault.New(fault.Unavailable, "A backup is being made already.").WithHint("Wait until it is done.")
	}
	if err := b.canaries(ctx); err != nil {
		return m, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return m, unwritable(dir, err)
	}
	temporary, err := os.CreateTemp(dir, unfinished+"*")
	if err != nil {
		return m, unwritable(dir, err)
	}
	defer func() { _ = os.Remove(temporary.Name()) }() // gone already when all went well
	sweep(dir, temporary)
	capture := &capture{}
	m, err = b.write(ctx, temporary, capture)
	err = errors.Join(full(dir, err), full(dir, temporary.Sync()), temporary.Close())
	if err != nil {
		return m, err
	}
	defer clear(capture.key)
	if err := readBack(temporary.Name(), m, capture); err != nil {
		return m, err
	}
	m.Path = filepath.Join(dir, nameOf(m.MadeAt))
	if err := os.Link(temporary.Name(), m.Path); errors.Is(err, fs.ErrExist) {
		return m, fault.New(fault.Conflict, "The backup %s exists already.", m.Path).WithHint("Wait a second.")
	} else if err != nil { // a file system without links
		err = os.Rename(temporary.Name(), m.Path)
		if err != nil {
			return m, unwritable(dir, err)
		}
	}
	if d, err := os.Open(dir); err == nil { // makes the name durable, where the system can
		_ = d.Sync()
		_ = d.Close()
	}
	return m, nil
}

// unfinished begins the names of files that are being written. One that nobody has written to for the
// time of abandoned is what a crash left.
const (
	unfinished = ".unfinished-"
	abandoned  = time.Hour
)

// sweep removes what crashes left, by the age of files beside one that was just made. A file that cannot
// be removed does not keep a backup from being made.
func sweep(dir string, fresh *os.File) {
	now, err := fresh.Stat()
	if err != nil {
		return
	}
	before := now.ModTime().Add(-abandoned)
	left, err := filepath.Glob(filepath.Join(dir, unfinished+"*"))
	if err != nil {
		return
	}
	for _, path := range left {
		if info, err := os.Stat(path); err == nil && info.ModTime().Before(before) {
			_ = os.Remove(path)
		}
	}
}

func unwritable(dir string, err error) error {
	return fault.New(fault.Unavailable, "The folder %s of the backups cannot be written.", dir).
		WithHint("Check that it exists, has room and belongs to the user who runs the program.").Wrap(err)
}

// full translates an error of writing the file; those of the database are faults already.
func full(dir string, err error) error {
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return unwritable(dir, err)
	}
	return err
}

// capture stands among the recipients while a backup is made and keeps the key of the file, so that the
// node can read back what it wrote without being able to read any other backup.
type capture struct {
	key     []byte
	quantum bool
}

// Wrap implements age.Recipient.
func (c *capture) Wrap(key []byte) ([]*age.Stanza, error) {
	c.key = bytes.Clone(key)
	return nil, nil
}

// WrapWithLabels implements age.RecipientWithLabels: age refuses recipients of two kinds.
func (c *capture) WrapWithLabels(key []byte) ([]*age.Stanza, []string, error) {
	stanzas, err := c.Wrap(key)
	if c.quantum {
		return stanzas, []string{"postquantum"}, err
	}
	return stanzas, nil, err
}

// write writes the whole file.
func (b *Backups) write(ctx context.Context, file *os.File, c *capture) (m Made, err error) {
	var out *sink
	var files []attachment
	err = b.db.Snapshot(ctx, func(s *db.Snapshot) error {
		versions, err := s.Versions(ctx) // the moment begins here
		if err != nil {
			return err
		}
		h := Header{MadeAt: s.Tx().NowMicros(), Program: b.program, Engine: string(b.db.Engine()), Versions: versions}
		if h.Orgs, err = heads(ctx, s.Tx()); err != nil {
			return err
		}
		m.MadeAt = s.Tx().Now()
		if out, err = b.begin(ctx, s.Tx(), file, c, &m); err != nil {
			return err
		}
		if err := out.json(frameHeader, h); err != nil {
			return err
		}
		if err := writeTables(ctx, s, out.frames); err != nil {
			return err
		}
		files, err = attachments(ctx, s.Tx())
		return err
	})
	if err != nil {
		return m, err
	}
	if err := b.chunks(ctx, out.frames, files); err != nil {
		return m, err
	}
	if err := out.end(); err != nil {
		return m, err
	}
	m.Totals = out.totals
	m.Bytes, err = out.sign(b.vault)
	return m, err
}

// sink is the file while it is written: frames, encrypted, hashed.
type sink struct {
	*frames
	file  *os.File
	sum   hash.Hash
	plain io.WriteCloser
}

// begin writes the cover and sets up the encryption.
func (b *Backups) begin(ctx context.Context, tx *db.Tx, file *os.File, c *capture, m *Made) (*sink, error) {
	have, err := recipients(ctx, tx)
	if err != nil {
		return nil, err
	}
	if len(have) == 0 {
		return nil, fault.New(fault.Conflict, "Nobody could read the backup: this node has no recipient of its backups.").
			WithHint("Make a key with \"fourfold backup key\", keep its secret part away from the node, and name it with \"fourfold backup recipient\".")
	}
	to := []age.Recipient{}
	for _, r := range have {
		one, quantum, err := parseRecipient(r.Key)
		if err != nil {
			return nil, err
		}
		to, c.quantum = append(to, one), quantum
	}
	_, signer, err := b.vault.SignBackup(nil)
	if err != nil {
		return nil, err
	}
	m.Signer = hex.EncodeToString(signer)
	cover, err := json.Marshal(Cover{MadeAt: m.MadeAt, Signer: m.Signer, Recipients: len(have)})
	if err != nil {
		return nil, err
	}
	out := &sink{file: file, sum: sha256.New()}
	all := paced{w: io.MultiWriter(file, out.sum), pacer: newPacer()}
	if _, err := fmt.Fprintf(all, "%s%s\n", title, cover); err != nil {
		return nil, err
	}
	if out.plain, err = age.Encrypt(all, append(to, c)...); err != nil {
		return nil, err
	}
	out.frames = newFrames(out.plain)
	return out, nil
}

// sign ends the encryption and writes the signature.
func (s *sink) sign(v *vault.Vault) (size int64, err error) {
	if err := s.plain.Close(); err != nil {
		return 0, err
	}
	signature, _, err := v.SignBackup(append([]byte(signedBy), s.sum.Sum(nil)...))
	if err != nil {
		return 0, err
	}
	if _, err := s.file.Write(append([]byte(endMark), signature...)); err != nil {
		return 0, err
	}
	info, err := s.file.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// attachment is where the chunks of an attachment lie, and how many they are.
type attachment struct {
	name   blob.Name
	chunks int64
}

// readBack reads a new backup from the disk and compares it with what was written.
func readBack(path string, m Made, c *capture) error {
	e, err := openEnvelope(path)
	if err != nil {
		return err
	}
	defer func() { _ = e.Close() }()
	signer, err := hex.DecodeString(m.Signer)
	if err != nil {
		return err
	}
	// In one pass: the hash sees the bytes that the decryption reads.
	sum := sha256.New()
	head := io.NewSectionReader(e.file, 0, e.head)
	if _, err := io.Copy(sum, head); err != nil {
		return err
	}
	r, err := e.contents(paced{r: io.TeeReader(e.body(), sum), pacer: newPacer()}, age.NewInjectedFileKeyIdentity(c.key))
	if err != nil {
		return err
	}
	if _, err := r.header(); err != nil {
		return e.wrong("its header", err)
	}
	got, err := r.body(nothing)
	if err != nil {
		return e.wrong("its content", err)
	}
	if got != m.Totals {
		return e.altered("it does not hold what was written", nil)
	}
	return e.trust(sum.Sum(nil), ed25519.PublicKey(signer))
}

// nothing looks at every row and chunk and keeps none.
var nothing = taker{
	table: func(_ db.Table, next func() ([]byte, error)) error {
		for {
			if _, err := next(); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
		}
	},
	chunk: func(blob.Name, int64, []byte) error { return nil },
}
