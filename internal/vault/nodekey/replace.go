package nodekey

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/fourfold/fourfold/internal/fault"
)

// A key file is replaced in three steps, so that whatever a crash leaves can be gone on with: the new
// text is durable in a file beside it, ".new"; then the keyring is put under the new key; then the new
// file takes the name of the old one, whose bytes are overwritten. Which step came last is told by the
// identifiers, which stand in clear in key files and keyring: no pass phrase is needed.

func (f File) next() File {
	f.Path += ".new"
	return f
}

// Prepare writes k beside the file, locked when Phrase is set. What an interrupted Prepare left is
// overwritten; the caller has made sure by [File.Settle] that it is not in use.
func (f File) Prepare(ctx context.Context, k Key) error {
	if err := wipe(f.next().Path); err != nil {
		return cannotCreate(f.next().Path, err)
	}
	return f.next().Write(ctx, k)
}

// Commit puts what Prepare wrote in the place of the file and overwrites the old bytes. It may be
// called again.
func (f File) Commit() error {
	if _, err := os.Lstat(f.next().Path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	old := f.Path + ".old"
	err := os.Link(f.Path, old)
	if errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		err = nil // a Commit was interrupted, or the old file is gone
	}
	if err == nil {
		err = os.Rename(f.next().Path, f.Path)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(f.Path))
	}
	if err == nil {
		err = wipe(old)
	}
	if err != nil {
		return cannotCreate(f.Path, err)
	}
	return nil
}

// Settle finishes or takes back a replacement that was interrupted: ring is the node key under which
// the keyring stands, zero when there is no keyring. Nothing happens when nothing was interrupted.
func (f File) Settle(ring ID) error {
	old := f.Path + ".old"
	if _, err := os.Lstat(f.next().Path); errors.Is(err, fs.ErrNotExist) {
		// Renamed, but perhaps the old bytes were not overwritten.
		if id, err := f.id(); err == nil && id == ring {
			return wipe(old)
		}
		return nil
	}
	id, err := f.next().id()
	if err == nil && id == ring {
		return f.Commit()
	}
	// The keyring never came under the new key, or the new file was cut off while it was written.
	if mine, err := f.id(); err != nil || mine != ring && ring != (ID{}) {
		return nil // neither fits: reading the key will say so
	}
	if same(f.Path, old) {
		if err := os.Remove(old); err != nil {
			return cannotCreate(f.Path, err)
		}
	}
	if err := wipe(f.next().Path); err != nil {
		return cannotCreate(f.next().Path, err)
	}
	return nil
}

// id reads the identifier that a key file names, without its pass phrase and unproven.
func (f File) id() (ID, error) {
	text, err := read(f.Path, true)
	if err != nil {
		return ID{}, err
	}
	defer clear(text)
	c, err := parse(text)
	clear(c.key)
	return c.id, err
}

// Locked reports whether a pass phrase is needed to read the file.
func (f File) Locked() (bool, error) {
	text, err := read(f.Path, true)
	if err != nil {
		return false, err
	}
	defer clear(text)
	c, err := parse(text)
	clear(c.key)
	if err != nil {
		return false, fault.New(fault.Invalid, "The key file %s does not hold a node key.", f.Path).
			WithHint("Put back the key file from the place where you keep its copy, or recover the key from two printed sheets.").Wrap(err)
	}
	return c.key == nil, nil
}

// Relock writes the key of the file anew, under another pass phrase: that of to, or none. to names the
// same file.
func (f File) Relock(ctx context.Context, to File) error {
	if f.Path != to.Path {
		return errors.New("nodekey: relocked under another name")
	}
	k, err := f.NodeKey(ctx)
	if err != nil {
		return err
	}
	defer k.Forget()
	if err := to.Prepare(ctx, k); err != nil {
		return err
	}
	return to.Commit()
}

func same(a, b string) bool {
	one, err := os.Lstat(a)
	if err != nil {
		return false
	}
	other, err := os.Lstat(b)
	return err == nil && os.SameFile(one, other)
}

// wipe overwrites a file with zeros and removes it. A file that is not there is wiped.
func wipe(path string) error {
	out, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	info, err := out.Stat()
	if err == nil {
		_, err = out.Write(make([]byte, min(info.Size(), maxFile)))
	}
	return errors.Join(err, out.Sync(), out.Close(), os.Remove(path))
}

// syncFolder makes a rename durable. Windows has no such call and keeps its own journal.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
