package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"time"
)

// Folder is a store in a folder of one machine: a file of chunks for each attachment, in a folder of
// its organisation.
type Folder struct {
	root *os.Root
}

// OpenFolder returns the store in dir, which is made when it is absent.
func OpenFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Folder{root}, nil
}

// Close lets go of the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Put implements [Store].
func (f *Folder) Put(_ context.Context, name Name, n int64, sealed []byte) (err error) {
	if len(sealed) > maxSealed {
		return fmt.Errorf("blob: a chunk of %d bytes", len(sealed))
	}
	fresh := false
	if _, err := f.root.Lstat(name.path()); errors.Is(err, fs.ErrNotExist) {
		fresh = true
		if err := f.root.MkdirAll(name.Org, 0o700); err != nil {
			return err
		}
	}
	file, err := f.root.OpenFile(name.path(), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	at := n * maxSealed
	if _, err := file.WriteAt(sealed, at); err != nil {
		return err
	}
	// A longer chunk may have stood here before, when an upload broke off.
	if err := file.Truncate(at + int64(len(sealed))); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if fresh {
		return errors.Join(f.sync(name.Org), f.sync("."))
	}
	return nil
}

// sync makes the names in a folder durable.
func (f *Folder) sync(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrInvalid) {
		err = nil // Windows does not flush folders; it journals names
	}
	return errors.Join(err, d.Close())
}

// Get implements [Store].
func (f *Folder) Get(_ context.Context, name Name, n int64, into []byte) (sealed []byte, err error) {
	file, err := f.root.Open(name.path())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sealed = slices.Grow(into[:0], maxSealed)[:maxSealed]
	got, err := file.ReadAt(sealed, n*maxSealed)
	if got == 0 && errors.Is(err, io.EOF) {
		return nil, fs.ErrNotExist
	}
	if errors.Is(err, io.EOF) {
		err = nil // the last chunk is shorter
	}
	return sealed[:got], err
}

// Remove implements [Store].
func (f *Folder) Remove(_ context.Context, name Name) error {
	err := f.root.Remove(name.path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return errors.Join(err, f.sync(name.Org))
}

// Each implements [Store].
func (f *Folder) Each(ctx context.Context, fn func(Name, time.Time) error) error {
	return fs.WalkDir(f.root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return errors.Join(err, ctx.Err())
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile
		}
		if err != nil {
			return err
		}
		return fn(Name{Org: path.Dir(p), ID: path.Base(p)}, info.ModTime())
	})
}

func (n Name) path() string { return n.Org + "/" + n.ID }
