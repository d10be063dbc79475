package db

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
)

// keyBytes is the length of the key of the cipher (Adiantum).
const keyBytes = 32

// loadKey reads the key of an SQLite database as hexadecimal digits. A missing file is created
// when fresh, that is, when there is no database yet that another key may have encrypted.
func loadKey(path string, fresh bool) (string, error) {
	if fresh {
		awaitKey(path)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && fresh:
		return createKey(path)
	case errors.Is(err, fs.ErrNotExist):
		return "", fault.New(fault.Invalid, "The key file %s of the database is missing.", path).
			WithHint("Without its key the database cannot be read. Put back the key file from the place where you keep its copy.").Wrap(err)
	case err != nil:
		return "", fault.New(fault.Unavailable, "The key file %s cannot be read.", path).
			WithHint("Check that it belongs to the user who runs the program.").Wrap(err)
	case !info.Mode().IsRegular():
		return "", fault.New(fault.Invalid, "The key file %s is not a file.", path)
	// Windows has no such bits; its folders are closed to other users by inheritance.
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return "", fault.New(fault.Invalid, "The key file %s can be read or changed by other users.", path).
			WithHint("Close it with: chmod 600 %s", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fault.New(fault.Unavailable, "The key file %s cannot be read.", path).
			WithHint("Check that it belongs to the user who runs the program.").Wrap(err)
	}
	key := strings.TrimSpace(string(text))
	if raw, err := hex.DecodeString(key); err != nil || len(raw) != keyBytes {
		return "", fault.New(fault.Invalid, "The key file %s does not hold a key.", path).
			WithHint("It must hold 64 hexadecimal digits. Put back the key file from the place where you keep its copy.")
	}
	return key, nil
}

func createKey(path string) (string, error) {
	raw := make([]byte, keyBytes)
	_, _ = rand.Read(raw) // never fails: it ends the program instead
	key := hex.EncodeToString(raw)
	cannot := fault.New(fault.Unavailable, "The key file %s cannot be created.", path).
		WithHint("Check that its folder exists and belongs to the user who runs the program.")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", cannot.Wrap(err)
	}
	// O_EXCL: of two processes that start at once one makes the key, the other waits and reads it.
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		awaitKey(path)
		return loadKey(path, false)
	}
	if err != nil {
		return "", cannot.Wrap(err)
	}
	_, err = f.WriteString(key + "\n")
	// The key must be on the disk before anything is encrypted with it.
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", cannot.Wrap(err)
	}
	return key, nil
}

// awaitKey gives another process that is creating the key file a moment to finish. A file with a
// key in it, or none, is not waited for.
func awaitKey(path string) {
	for range 30 {
		if info, err := os.Stat(path); err != nil || info.Size() >= 2*keyBytes {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}
