//go:build unix

package db_test

import (
	"os"
	"testing"

	"github.com/fourfold/fourfold/internal/fault"
)

// TestKeyFileOfOthers opens the key file to other users, one bit at a time.
func TestKeyFileOfOthers(t *testing.T) {
	for _, mode := range []os.FileMode{0o640, 0o620, 0o610, 0o604, 0o602, 0o601} {
		c := newConfig(t)
		create(t, c)
		if err := os.Chmod(c.KeyFile, mode); err != nil {
			t.Fatal(err)
		}
		wantFault(t, c, fault.Invalid, "by other users")
	}
}
