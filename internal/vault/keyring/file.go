package keyring

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/fourfold/fourfold/internal/fault"
)

// File is a ring in a file, beside which stand ".lock", and for a moment ".new" and ".old". Several
// processes of one machine may use it.
type File struct {
	Path string
}

var _ Medium = File{}

// Load implements [Reader]. It takes some microseconds when nothing has changed.
func (f File) Load(_ context.Context, mark Mark) ([]byte, Mark, error) {
	in, err := os.Open(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Mark{}, f.vanished(mark)
	}
	if err != nil {
		return nil, Mark{}, f.unreadable(err)
	}
	defer func() { _ = in.Close() }()
	info, err := in.Stat()
	switch {
	case err != nil:
		return nil, Mark{}, f.unreadable(err)
	case !info.Mode().IsRegular():
		return nil, Mark{}, fault.New(fault.Invalid, "The keyring %s is not a file.", f.Path)
	// Windows has no such bits; its folders are closed to other users by inheritance.
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return nil, Mark{}, fault.New(fault.Invalid, "The keyring %s can be read or changed by other users.", f.Path).
			WithHint("Close it with: chmod 600 %s", f.Path)
	}
	head := make([]byte, recordSize)
	if _, err := io.ReadFull(in, head); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, Mark{}, f.unreadable(err)
	}
	generation, ok := generationOf(head)
	if !ok {
		// Not ours, or shorter than a head. It is told from an empty medium, which may be founded on.
		return head, Mark{Generation: 1, Size: info.Size()}, nil
	}
	from := int64(0)
	if generation == mark.Generation {
		from = mark.Size
	}
	return f.tail(in, from, info.Size(), generation)
}

// tail reads whole records from an offset. Half a record at the end is one whose writing was cut
// off, by a crash or by the moment: it does not count until it is whole.
func (f File) tail(in *os.File, from, size int64, generation uint64) ([]byte, Mark, error) {
	end := Mark{Generation: generation, Size: size - size%recordSize}
	if end.Size < from {
		return nil, Mark{}, damaged(errors.New("keyring: cut off"))
	}
	data := make([]byte, min(end.Size-from, maxLoad))
	if _, err := in.ReadAt(data, from); err != nil {
		return nil, Mark{}, f.unreadable(err)
	}
	read := int64(len(data))
	for len(data) > 0 && blank(data[len(data)-recordSize:]) {
		data = data[:len(data)-recordSize]
	}
	if int64(len(data)) == read {
		return data, end, nil
	}
	// Room that a crash left unwritten reaches to the end of the file. What another process is just
	// overwriting may look like it.
	if now, err := os.Stat(f.Path); err != nil || !sameFile(in, now) || !blankFrom(in, from+read, end.Size) {
		return nil, Mark{}, damaged(errors.New("keyring: a hole"))
	}
	end.Size = from + int64(len(data))
	return data, end, nil
}

func sameFile(in *os.File, other os.FileInfo) bool {
	info, err := in.Stat()
	return err == nil && os.SameFile(info, other)
}

func blankFrom(in *os.File, from, to int64) bool {
	part := make([]byte, recordSize)
	for ; from < to; from += recordSize {
		if _, err := in.ReadAt(part, from); err != nil || !blank(part) {
			return false
		}
	}
	return true
}

func blank(record []byte) bool {
	for _, b := range record {
		if b != 0 {
			return false
		}
	}
	return true
}

// vanished refuses to take a ring that was there a moment ago for a new one.
func (f File) vanished(mark Mark) error {
	if mark.Generation == 0 {
		return nil
	}
	return fault.New(fault.Unavailable, "The keyring %s has disappeared.", f.Path).
		WithHint("Put it back, or restore its newest copy.")
}

func (f File) unreadable(err error) error {
	return fault.New(fault.Unavailable, "The keyring %s cannot be read.", f.Path).
		WithHint("Check that it and its folder belong to the user who runs the program.").Wrap(err)
}

func (f File) unwritable(err error) error {
	return fault.New(fault.Unavailable, "The keyring %s cannot be written.", f.Path).
		WithHint("Check that its disk has room and that its folder belongs to the user who runs the program.").Wrap(err)
}

// Alone implements [Medium] with a lock that the system frees when the process ends.
func (f File) Alone(_ context.Context, fn func(Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
		return f.unwritable(err)
	}
	lock, err := os.OpenFile(f.Path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return f.unwritable(err)
	}
	defer func() { _ = lock.Close() }() // frees the lock
	if err := lockFile(lock); err != nil {
		return f.unwritable(err)
	}
	if err := f.finish(); err != nil {
		return f.unwritable(err)
	}
	return fn(fileWriter{f})
}

// finish completes a rewrite that a crash cut off. While ".old" is the ring itself the new one was
// not put in its place yet.
func (f File) finish() error {
	old, err := os.Lstat(f.Path + ".old")
	if err == nil {
		ring, err := os.Lstat(f.Path)
		if err != nil {
			return err
		}
		if os.SameFile(ring, old) {
			err = os.Remove(f.Path + ".old")
		} else {
			err = wipe(f.Path + ".old")
		}
		if err != nil {
			return err
		}
	}
	return wipe(f.Path + ".new")
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
		_, err = io.CopyN(out, zeros{}, info.Size())
	}
	return errors.Join(err, out.Sync(), out.Close(), os.Remove(path))
}

// zeros is an endless source of zero bytes.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// fileWriter is a File while this process holds its lock.
type fileWriter struct{ File }

// Append implements [Writer].
func (w fileWriter) Append(_ context.Context, at Mark, records []byte) error {
	out, err := os.OpenFile(w.Path, os.O_WRONLY, 0)
	if err != nil {
		return w.unwritable(err)
	}
	err = out.Truncate(at.Size) // what a crash left behind the last whole record
	if err == nil {
		_, err = out.WriteAt(records, at.Size)
	}
	if err == nil {
		err = out.Sync()
	}
	if err != nil {
		err = errors.Join(err, out.Truncate(at.Size)) // nothing of it counts
	}
	if err := errors.Join(err, out.Close()); err != nil {
		return w.unwritable(err)
	}
	return nil
}

// Replace implements [Writer]. The new ring is whole on the disk before it takes the name of the old
// one, in one step, so that a reader sees the one or the other; and the old bytes are overwritten
// before anything is reported as done.
func (w fileWriter) Replace(_ context.Context, write func(io.Writer) error) error {
	if err := writeFile(w.Path+".new", write); err != nil {
		err = errors.Join(err, wipe(w.Path+".new"))
		if _, ok := fault.As(err); ok { // of the ring, not of the disk
			return err
		}
		return w.unwritable(err)
	}
	err := os.Link(w.Path, w.Path+".old")
	if errors.Is(err, fs.ErrNotExist) {
		err = nil // the first ring
	}
	if err == nil {
		err = os.Rename(w.Path+".new", w.Path)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(w.Path))
	}
	if err == nil {
		err = wipe(w.Path + ".old")
	}
	if err != nil {
		return w.unwritable(errors.Join(err, w.finish()))
	}
	return nil
}

func writeFile(path string, write func(io.Writer) error) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(write(out), out.Sync(), out.Close())
}

// syncFolder makes renames durable. Windows has no such call and keeps its own journal.
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
