package ledger

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// cosignatureKey is the C2SP key type of a timestamped Ed25519 cosignature.
const cosignatureKey = 0x04

const cosignatureSize = 8 + ed25519.SignatureSize

// Cosigner signs checkpoints as a witness: a signature by it states that, as of a time, the checkpoint is
// consistent with every other one it has signed for that log. Only [Witness] should use it.
type Cosigner struct {
	name string
	key  ed25519.PrivateKey
	now  func() int64
}

// NewCosigner returns a witness's signer. The name is the witness's own, without spaces or plus signs; now
// returns seconds since 1970 UTC.
func NewCosigner(name string, key ed25519.PrivateKey, now func() int64) (*Cosigner, error) {
	if !validKeyName(name) {
		return nil, fmt.Errorf("ledger: %q cannot be a witness name: no spaces, no plus sign", name)
	}
	if len(key) != ed25519.PrivateKeySize || now == nil {
		return nil, errors.New("ledger: a cosigner needs an Ed25519 key and a clock")
	}
	return &Cosigner{name: name, key: key, now: now}, nil
}

// Name returns the name of the witness.
func (c *Cosigner) Name() string { return c.name }

// KeyHash returns the C2SP key id of the witness's key.
func (c *Cosigner) KeyHash() uint32 {
	return cosignatureKeyHash(c.name, c.key.Public().(ed25519.PublicKey))
}

// Sign returns the cosignature of the note text msg at the signer's present time.
func (c *Cosigner) Sign(msg []byte) ([]byte, error) {
	t := c.now()
	if t < 0 {
		return nil, errors.New("ledger: witness clock before 1970")
	}
	sig := make([]byte, 8, cosignatureSize)
	binary.BigEndian.PutUint64(sig, uint64(t))
	return append(sig, ed25519.Sign(c.key, cosigned(uint64(t), msg))...), nil
}

// CosignatureVerifier verifies a witness's cosignatures.
type CosignatureVerifier struct {
	name string
	key  ed25519.PublicKey
}

// NewCosignatureVerifier returns the verifier for a witness's public key.
func NewCosignatureVerifier(name string, key ed25519.PublicKey) (*CosignatureVerifier, error) {
	if !validKeyName(name) || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("ledger: a witness key is a name without spaces or plus sign and 32 bytes")
	}
	return &CosignatureVerifier{name: name, key: key}, nil
}

// Name returns the name of the witness.
func (v *CosignatureVerifier) Name() string { return v.name }

// KeyHash returns the C2SP key id of the witness's key.
func (v *CosignatureVerifier) KeyHash() uint32 { return cosignatureKeyHash(v.name, v.key) }

// Verify reports whether sig is a cosignature of msg by this witness, whatever its time.
func (v *CosignatureVerifier) Verify(msg, sig []byte) bool {
	if len(sig) != cosignatureSize {
		return false
	}
	t := binary.BigEndian.Uint64(sig)
	return t < 1<<63 && ed25519.Verify(v.key, cosigned(t, msg), sig[8:])
}

// Cosigned says that a witness had seen a checkpoint, and when.
type Cosigned struct {
	Witness string
	At      int64 // seconds since 1970 UTC
}

// Witnesses returns the witnesses, of those given, that cosigned the signed checkpoint, in the order of
// its signature lines. The log's own signature is not looked at: use [OpenCheckpoint] first.
func Witnesses(signed []byte, known ...*CosignatureVerifier) ([]Cosigned, error) {
	list := make([]note.Verifier, len(known))
	for i, v := range known {
		list[i] = v
	}
	n, err := note.Open(signed, note.VerifierList(list...))
	if unverified, ok := errors.AsType[*note.UnverifiedNoteError](err); ok && unverified != nil {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ledger: cosignatures: %w", err)
	}
	out := make([]Cosigned, 0, len(n.Sigs))
	for _, s := range n.Sigs {
		raw, err := base64.StdEncoding.DecodeString(s.Base64)
		if err != nil || len(raw) != 4+cosignatureSize {
			return nil, errors.New("ledger: a verified cosignature has another length")
		}
		out = append(out, Cosigned{Witness: s.Name, At: int64(binary.BigEndian.Uint64(raw[4:]))})
	}
	return out, nil
}

func cosigned(t uint64, msg []byte) []byte {
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", t, msg)
}

func cosignatureKeyHash(name string, key ed25519.PublicKey) uint32 {
	return keyHash(name, cosignatureKey, key)
}

func validKeyName(name string) bool {
	return name != "" && !strings.ContainsAny(name, "+ \t\r\n\u00a0\u2028\u2029")
}
