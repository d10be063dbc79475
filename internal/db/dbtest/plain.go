package dbtest

import (
	"encoding/binary"
	"encoding/hex"
	"os"
	"testing"

	"lukechampine.com/adiantum"
)

// Plain returns the content of a file of an SQLite test database, its log included, as it would lie on
// the disk without encryption: every byte of it, free pages and old frames too. It is how tests look at
// what a disk keeps without the program having a way to write in clear.
func Plain(t testing.TB, path string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const block = 4096 // what the file system encrypts at once, with its offset as tweak
	cipher := adiantum.New(raw)
	var tweak [8]byte
	for at := 0; at+block <= len(text); at += block {
		binary.LittleEndian.PutUint64(tweak[:], uint64(at))
		copy(text[at:], cipher.Decrypt(text[at:at+block], tweak[:]))
	}
	return text
}
