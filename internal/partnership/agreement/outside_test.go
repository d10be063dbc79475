package agreement_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"
)

// verifyOutside checks an exported agreement with the standard library alone, as the documentation describes it:
// each party's Ed25519 signature over "fourfold/accord/v1", compiler and document, each on its own line.
func verifyOutside(t *testing.T, text []byte) {
	t.Helper()
	var e struct {
		Document   string
		SHA256     string `json:"sha256"`
		Compiler   string
		Signatures map[string]string
		Keys       map[string]string `json:"public_keys"`
	}
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256([]byte(e.Document)); hex.EncodeToString(sum[:]) != e.SHA256 {
		t.Error("the hash is of something else")
	}
	if len(e.Signatures) != 2 {
		t.Fatalf("%d signatures", len(e.Signatures))
	}
	message := []byte("fourfold/accord/v1\n" + e.Compiler + "\n" + e.Document)
	for party, s := range e.Signatures {
		sig, err1 := hex.DecodeString(s)
		key, err2 := hex.DecodeString(e.Keys[party])
		if err1 != nil || err2 != nil || len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, message, sig) {
			t.Errorf("the signature of %s does not verify", party)
		}
	}
}
