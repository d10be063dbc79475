package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// logKeyType is the C2SP key type of a plain Ed25519 signature.
const logKeyType = 0x01

// NewLogSigner returns the signer of a log's checkpoints: the Ed25519 key of a seed of 32 bytes, under
// the log's origin as its name.
func NewLogSigner(origin string, seed []byte) (note.Signer, error) {
	if !validKeyName(origin) || len(seed) != ed25519.SeedSize {
		return nil, errors.New("ledger: a log key is an origin without spaces or plus sign and a seed of 32 bytes")
	}
	key := ed25519.NewKeyFromSeed(seed)
	return &logSigner{name: origin, key: key}, nil
}

type logSigner struct {
	name string
	key  ed25519.PrivateKey
}

func (s *logSigner) Name() string                    { return s.name }
func (s *logSigner) KeyHash() uint32                 { return keyHash(s.name, logKeyType, s.public()) }
func (s *logSigner) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.key, msg), nil }
func (s *logSigner) public() ed25519.PublicKey       { return s.key.Public().(ed25519.PublicKey) }

// VerifierOf returns the public key of a signer made by [NewLogSigner], in the text form of C2SP
// signed-note: name, key id and key with plus signs between them.
func VerifierOf(s note.Signer) (string, error) {
	own, ok := s.(*logSigner)
	if !ok {
		return "", errors.New("ledger: the signer is not a log's")
	}
	return formatKey(own.name, logKeyType, own.public()), nil
}

func formatKey(name string, kind byte, key ed25519.PublicKey) string {
	return fmt.Sprintf("%s+%08x+%s", name, keyHash(name, kind, key), base64.StdEncoding.EncodeToString(append([]byte{kind}, key...)))
}

func keyHash(name string, kind byte, key ed25519.PublicKey) uint32 {
	h := sha256.New()
	h.Write([]byte(name + "\n"))
	h.Write([]byte{kind})
	h.Write(key)
	return binary.BigEndian.Uint32(h.Sum(nil))
}

// String returns the witness's public key in the text form of C2SP signed-note.
func (v *CosignatureVerifier) String() string { return formatKey(v.name, cosignatureKey, v.key) }

// ParseWitnessKey reads the text form of a witness's public key.
func ParseWitnessKey(text string) (*CosignatureVerifier, error) {
	name, rest, _ := strings.Cut(text, "+")
	hash, encoded, found := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if !found || err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != cosignatureKey {
		return nil, errors.New("ledger: not the key of a witness: it has a name, eight hexadecimal digits and a key that begins with BA, with plus signs between them")
	}
	v, err := NewCosignatureVerifier(name, ed25519.PublicKey(raw[1:]))
	if err != nil {
		return nil, err
	}
	if fmt.Sprintf("%08x", v.KeyHash()) != hash {
		return nil, fmt.Errorf("ledger: the key of witness %q does not fit its digits %q: it was copied wrongly", name, hash)
	}
	return v, nil
}

// LogKeys reads the text form of public keys of logs, and returns their verifiers by origin, as
// [NewWitness] takes them.
func LogKeys(texts ...string) (map[string]note.Verifier, error) {
	keys := make(map[string]note.Verifier, len(texts))
	for _, text := range texts {
		v, err := note.NewVerifier(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("ledger: public key of a log: %w", err)
		}
		keys[v.Name()] = v
	}
	return keys, nil
}
