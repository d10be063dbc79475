package nodekey

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
)

// File is a node key in a file that only the user of the program can read.
type File struct {
	// Path names the file.
	Path string
	// Phrase asks for the pass phrase of a locked file; nil means that nobody can be asked.
	Phrase func(context.Context) (private.Text, error)
}

// NodeKey reads the key. With a pass phrase it takes about a tenth of a second and 64 MiB. Its
// errors are faults: [fault.Invalid] for a missing, foreign or open file, [fault.Denied] for a wrong
// pass phrase.
func (f File) NodeKey(ctx context.Context) (Key, error) {
	text, err := read(f.Path, true)
	if err != nil {
		return Key{}, err
	}
	defer clear(text)
	return decode(text, f.Path, f.ask(ctx))
}

func (f File) ask(ctx context.Context) func() (string, error) {
	if f.Phrase == nil {
		return nil
	}
	return func() (string, error) {
		words, err := f.Phrase(ctx)
		if err != nil {
			return "", err
		}
		return words.Reveal("unlock the node key"), nil
	}
}

// Write writes k to a new file, locked when Phrase is set; an empty pass phrase is refused then. A
// file that exists is never overwritten.
func (f File) Write(ctx context.Context, k Key) error {
	words := ""
	if ask := f.ask(ctx); ask != nil {
		var err error
		if words, err = ask(); err != nil {
			return err
		}
		if words == "" {
			return fault.New(fault.Invalid, "The pass phrase is empty.")
		}
	}
	text, err := encode(k, words, newLock())
	if err != nil {
		return err
	}
	defer clear(text)
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
		return cannotCreate(f.Path, err)
	}
	out, err := os.OpenFile(f.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Conflict, "The key file %s exists already.", f.Path).
			WithHint("Name another file. What an old key sealed, only the old key opens.")
	}
	if err != nil {
		return cannotCreate(f.Path, err)
	}
	_, err = out.Write(text)
	// The key must be on the disk before anything is sealed with it.
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		return cannotCreate(f.Path, errors.Join(err, os.Remove(f.Path)))
	}
	return nil
}

func cannotCreate(path string, err error) error {
	return fault.New(fault.Unavailable, "The key file %s cannot be created.", path).
		WithHint("Check that its folder exists, has room and belongs to the user who runs the program.").Wrap(err)
}

// Credential is a node key that the service manager hands over: a file in the directory that
// systemd names in $CREDENTIALS_DIRECTORY, decrypted by it from a key in the machine's security
// chip or its own, and readable by this service alone.
type Credential struct {
	// Dir is the value of $CREDENTIALS_DIRECTORY; the command line reads it.
	Dir string
	// Name is the name of the credential. Empty means "fourfold.key".
	Name string
}

// NodeKey reads the key: the text of a key file without pass phrase. Its errors are faults.
func (c Credential) NodeKey(context.Context) (Key, error) {
	if c.Dir == "" {
		return Key{}, fault.New(fault.Invalid, "No credential directory is set.").
			WithHint("Start the program as a systemd service with LoadCredentialEncrypted, or name a key file.")
	}
	name := c.Name
	if name == "" {
		name = "fourfold.key"
	}
	if !filepath.IsLocal(name) {
		return Key{}, fault.New(fault.Invalid, "The credential name %q is not valid.", name)
	}
	path := filepath.Join(c.Dir, name)
	text, err := read(path, false)
	if err != nil {
		return Key{}, err
	}
	defer clear(text)
	return decode(text, path, nil)
}

// read reads a small file. With closed it refuses one that other users can read or change; a
// credential directory is closed as a whole, and its files may show other bits.
func read(path string, closed bool) ([]byte, error) {
	in, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Invalid, "The key file %s is missing.", path).
			WithHint("Without the node key no sealed value can be opened. Put back the key file from the place where you keep its copy, or recover the key from two printed sheets.").Wrap(err)
	}
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer func() { _ = in.Close() }()
	info, err := in.Stat()
	switch {
	case err != nil:
		return nil, unreadable(path, err)
	case !info.Mode().IsRegular():
		return nil, fault.New(fault.Invalid, "The key file %s is not a file.", path)
	// Windows has no such bits; its folders are closed to other users by inheritance.
	case closed && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return nil, fault.New(fault.Invalid, "The key file %s can be read or changed by other users.", path).
			WithHint("Close it with: chmod 600 %s", path)
	}
	var b bytes.Buffer
	if _, err := io.Copy(&b, io.LimitReader(in, maxFile+1)); err != nil {
		return nil, unreadable(path, err)
	}
	return b.Bytes(), nil
}

func unreadable(path string, err error) error {
	return fault.New(fault.Unavailable, "The key file %s cannot be read.", path).
		WithHint("Check that it belongs to the user who runs the program.").Wrap(err)
}
