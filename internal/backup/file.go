package backup

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/fourfold/fourfold/internal/fault"
)

// The file of a backup: a line that names the format, a line of JSON that anybody may read, what age
// has encrypted, and a signature over the SHA-256 of all before it.
const (
	title     = "fourfold backup 1\n"
	signedBy  = "fourfold/backup/v1\x00" // before the hash, so that no other signature can be taken for it
	endMark   = "fourfold signed\n"
	tail      = len(endMark) + ed25519.SignatureSize
	extension = ".fourfold"
	// stamp is the form of the moment in the name of a file.
	stamp = "20060102T150405Z"
)

// Cover is what anybody can read of a backup, proven by its signature.
type Cover struct {
	MadeAt     time.Time `json:"made_at"`
	Signer     string    `json:"signer"` // Ed25519 public key, in hexadecimal digits
	Recipients int       `json:"recipients"`
}

// nameOf is the name of the file of a backup.
func nameOf(at time.Time) string { return "fourfold-" + at.UTC().Format(stamp) + extension }

// momentOf reads the moment from a name; ok is false for a name that a person has given.
func momentOf(name string) (at time.Time, ok bool) {
	text, found := strings.CutPrefix(name, "fourfold-")
	text, ends := strings.CutSuffix(text, extension)
	at, err := time.Parse(stamp, text)
	return at, found && ends && err == nil
}

// envelope is an open file of a backup whose cover was read.
type envelope struct {
	Cover
	path string
	file *os.File
	size int64 // without the signature
	head int64 // of title and cover
	sign []byte
}

func openEnvelope(path string) (e *envelope, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.Invalid, "The backup %s cannot be read.", path).
			WithHint("Check its name, and that it belongs to you.").Wrap(err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	in := bufio.NewReader(f)
	first, _ := in.ReadString('\n')
	if first != title {
		return nil, fault.New(fault.Invalid, "%s is not a backup of this program.", path).
			WithHint("Name a file that \"fourfold backup\" has made.")
	}
	line, err := in.ReadBytes('\n')
	e = &envelope{path: path, file: f, size: info.Size() - int64(tail), head: int64(len(first) + len(line))}
	if err != nil || json.Unmarshal(line, &e.Cover) != nil {
		return nil, e.altered("its cover cannot be read", err)
	}
	end := make([]byte, tail)
	if e.size < e.head {
		return nil, e.cut(nil)
	}
	if _, err := f.ReadAt(end, e.size); err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(end, []byte(endMark)) {
		return nil, e.cut(nil)
	}
	e.sign = end[len(endMark):]
	return e, nil
}

func (e *envelope) Close() error { return e.file.Close() }

func (e *envelope) cut(err error) error {
	return fault.New(fault.Invalid, "The backup %s is not whole: its end is missing.", e.path).
		WithHint("Copy it again from where it was made, or take another one.").Wrap(err)
}

func (e *envelope) altered(where string, err error) error {
	return fault.New(fault.Invalid, "The backup %s was altered or damaged after it was made: %s.", e.path, where).
		WithHint("Copy it again from where it was made, or take another one. Nothing was restored.").Wrap(err)
}

// trust checks that the backup is signed by the signer that is expected, and that it is the backup that
// its name says. digest is the SHA-256 of the file without its signature.
func (e *envelope) trust(digest []byte, signer ed25519.PublicKey) error {
	named, err := hex.DecodeString(e.Signer)
	if err != nil || len(named) != ed25519.PublicKeySize {
		return e.altered("its cover names no key", err)
	}
	if !ed25519.Verify(named, append([]byte(signedBy), digest...), e.sign) {
		return e.altered("its signature does not fit", nil)
	}
	if signer != nil && !signer.Equal(ed25519.PublicKey(named)) {
		return fault.New(fault.Invalid, "The backup %s is signed by %s, and this node signs with %s.", e.path, e.Signer, hex.EncodeToString(signer)).
			WithHint("It is of another node, or from before the node key was changed. If you know the key from another source, name it with --signer.")
	}
	if at, ok := momentOf(filepath.Base(e.path)); ok && !at.Equal(e.MadeAt.Truncate(time.Second)) {
		return fault.New(fault.Invalid, "The backup %s was made at %s: its name is that of another one.", e.path, e.MadeAt.UTC().Format(time.RFC3339)).
			WithHint("Somebody put an older backup in the place of a newer one. Look for the newer one; do not restore this one before you know why.")
	}
	return nil
}

// verified checks signature and name by reading the whole file once.
func (e *envelope) verified(signer ed25519.PublicKey) error {
	h := sha256.New()
	if _, err := io.CopyBuffer(h, io.NewSectionReader(e.file, 0, e.size), make([]byte, 1<<20)); err != nil {
		return e.cut(err)
	}
	return e.trust(h.Sum(nil), signer)
}

// contents returns what is inside the encryption.
func (e *envelope) contents(from io.Reader, keys ...age.Identity) (*reader, error) {
	plain, err := age.Decrypt(from, keys...)
	if _, no := errors.AsType[*age.NoIdentityMatchError](err); no {
		return nil, fault.New(fault.Denied, "None of the keys given opens the backup %s.", e.path).
			WithHint("Give the file with the secret key of one of its %d recipients.", e.Recipients).Wrap(err)
	}
	if err != nil {
		return nil, e.altered("its encryption cannot be read", err)
	}
	return newReader(plain), nil
}

// body is the encrypted part of the file.
func (e *envelope) body() io.Reader { return io.NewSectionReader(e.file, e.head, e.size-e.head) }

// wrong translates an error of reading the content.
func (e *envelope) wrong(where string, err error) error {
	if _, ok := fault.As(err); ok || err == nil {
		return err
	}
	return e.altered(fmt.Sprintf("%s cannot be read", where), err)
}
