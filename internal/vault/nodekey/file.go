package nodekey

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/fourfold/fourfold/internal/fault"
)

// The text of a key file, one field a line:
//
//	fourfold node key 1
//	id: 32 hexadecimal digits
//	key: 64 hexadecimal digits
//
// or, locked by a pass phrase, in place of the key
//
//	argon2id: t=3 m=65536 p=4 salt=32 hexadecimal digits
//	sealed: nonce, key and tag in 120 hexadecimal digits
const (
	fileTitle = "fourfold node key 1"
	maxFile   = 4 << 10
)

// lock says how a pass phrase becomes the key that seals the node key.
type lock struct {
	passes, memory uint32 // memory in KiB
	lanes          uint8
	salt           [16]byte
}

// newLock returns the second recommended setting of RFC 9106 (3 passes, 64 MiB, 4 lanes), which a
// laptop can afford, and a fresh salt.
func newLock() lock {
	l := lock{passes: 3, memory: 64 << 10, lanes: 4}
	_, _ = rand.Read(l.salt[:])
	return l
}

// Bounds of what a file may ask for, so that a forged file cannot exhaust the machine, nor weaken
// what protects the next key that is sealed alike.
const (
	minMemory, maxMemory = 8 << 10, 1 << 20 // KiB
	maxPasses            = 16
	maxLanes             = 16
)

func (l lock) aead(phrase string) (cipher.AEAD, error) {
	derived := argon2.IDKey([]byte(phrase), l.salt[:], l.passes, l.memory, l.lanes, Size)
	defer clear(derived)
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func (l lock) String() string {
	return fmt.Sprintf("t=%d m=%d p=%d salt=%x", l.passes, l.memory, l.lanes, l.salt)
}

const nonceSize, tagSize = 12, 16

// content is a parsed key file: a key in clear, or a lock and what it seals.
type content struct {
	id     ID
	key    []byte // nil when locked
	lock   lock
	sealed []byte
}

var errNotAKey = errors.New("nodekey: not a key file")

// parse reads the text of a key file. It accepts exactly what encode writes.
func parse(text []byte) (content, error) {
	if len(text) > maxFile {
		return content{}, errNotAKey
	}
	lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n"), "\n")
	if lines[0] != fileTitle || len(lines) < 3 {
		return content{}, errNotAKey
	}
	var c content
	if err := field(lines[1], "id: ", c.id[:]); err != nil {
		return content{}, err
	}
	if len(lines) == 3 {
		c.key = make([]byte, Size)
		return c, field(lines[2], "key: ", c.key)
	}
	if len(lines) != 4 {
		return content{}, errNotAKey
	}
	settings, ok := strings.CutPrefix(lines[2], "argon2id: ")
	if !ok {
		return content{}, errNotAKey
	}
	var err error
	if c.lock, err = parseLock(settings); err != nil {
		return content{}, err
	}
	c.sealed = make([]byte, nonceSize+Size+tagSize)
	return c, field(lines[3], "sealed: ", c.sealed)
}

// field decodes the hexadecimal digits after name into all of out.
func field(line, name string, out []byte) error {
	digits, ok := strings.CutPrefix(line, name)
	if !ok || len(digits) != 2*len(out) || strings.ToLower(digits) != digits {
		return errNotAKey
	}
	if _, err := hex.Decode(out, []byte(digits)); err != nil {
		return errNotAKey
	}
	return nil
}

func parseLock(text string) (lock, error) {
	parts := strings.Split(text, " ")
	if len(parts) != 4 {
		return lock{}, errNotAKey
	}
	var l lock
	var numbers [3]uint64
	for i, name := range []string{"t=", "m=", "p="} {
		digits, ok := strings.CutPrefix(parts[i], name)
		n, err := strconv.ParseUint(digits, 10, 32)
		if !ok || err != nil {
			return lock{}, errNotAKey
		}
		numbers[i] = n
	}
	if err := field(parts[3], "salt=", l.salt[:]); err != nil {
		return lock{}, err
	}
	t, m, p := numbers[0], numbers[1], numbers[2]
	if t < 1 || t > maxPasses || m < minMemory || m > maxMemory || p < 1 || p > maxLanes {
		return lock{}, errNotAKey
	}
	l.passes, l.memory, l.lanes = uint32(t), uint32(m), uint8(p)
	if l.String() != text {
		return lock{}, errNotAKey // leading zeros
	}
	return l, nil
}

// encode writes k as the text of a key file, locked when phrase is not empty.
func encode(k Key, phrase string, l lock) ([]byte, error) {
	id := k.ID()
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nid: %s\n", fileTitle, id)
	if phrase == "" {
		fmt.Fprintf(&b, "key: %x\n", k.secret[:])
		return b.Bytes(), nil
	}
	aead, err := l.aead(phrase)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, nonceSize)
	_, _ = rand.Read(nonce)
	fmt.Fprintf(&b, "argon2id: %s\nsealed: %x\n", l, aead.Seal(nonce, nonce, k.secret[:], lockedData(id, l)))
	return b.Bytes(), nil
}

// lockedData binds a locked key to its file: identifier and settings cannot be exchanged.
func lockedData(id ID, l lock) []byte {
	return []byte(fileTitle + "\x00" + id.String() + "\x00" + l.String())
}

// decode returns the key in the text of a key file. where names the file in messages; phrase is
// asked for only when the key is locked.
func decode(text []byte, where string, phrase func() (string, error)) (Key, error) {
	c, err := parse(text)
	if err != nil {
		return Key{}, fault.New(fault.Invalid, "The key file %s does not hold a node key.", where).
			WithHint("Put back the key file from the place where you keep its copy, or recover the key from two printed sheets.").Wrap(err)
	}
	k := Key{}
	if c.key != nil {
		k = fromBytes(c.key)
	} else if k, err = c.unlock(where, phrase); err != nil {
		return Key{}, err
	}
	if k.ID() != c.id {
		k.Forget()
		return Key{}, fault.New(fault.Invalid, "The key file %s is damaged: the key in it is not the one it names.", where).
			WithHint("Put back the key file from the place where you keep its copy, or recover the key from two printed sheets.")
	}
	return k, nil
}

func (c content) unlock(where string, phrase func() (string, error)) (Key, error) {
	if phrase == nil {
		return Key{}, fault.New(fault.Invalid, "The key file %s is locked by a pass phrase, and none was given.", where).
			WithHint("Unlock the node with its pass phrase.")
	}
	words, err := phrase()
	if err != nil {
		return Key{}, err
	}
	aead, err := c.lock.aead(words)
	if err != nil {
		return Key{}, err
	}
	raw, err := aead.Open(nil, c.sealed[:nonceSize], c.sealed[nonceSize:], lockedData(c.id, c.lock))
	if err != nil {
		// A wrong phrase and a flipped bit cannot be told apart: that is what authentication means.
		return Key{}, fault.New(fault.Denied, "The pass phrase does not open the key file %s.", where).
			WithHint("Type it again. If you are sure of it, the file is damaged: put back its copy, or recover the key from two printed sheets.")
	}
	return fromBytes(raw), nil
}
