package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/fault"
)

// upload is a file that was checked and waits for its owner to save or discard it.
type upload struct {
	ID       string
	Owner    auth.AccountID
	Path     string
	Name     string
	Format   string
	Released typedDate
	Label    string
	Report   indicator.Report
	At       time.Time
	Saved    bool
}

// keepUpload is how long a checked file waits.
const keepUpload = time.Hour

// keepUploads is how many checked files one account may leave waiting; the oldest goes first.
const keepUploads = 4

// uploads keeps checked files in a folder of its own, readable by the owner of the process only.
// They are published statistics on their way in, never case files, and go when saved, discarded,
// an hour old, or when the node stops.
type uploads struct {
	mu       sync.Mutex
	dir      string
	held     map[string]*upload
	underway map[auth.AccountID]int // files of an account that are being sent or checked now
	turns    chan struct{}          // one place for each file that may be read at the same time
	now      func() time.Time
}

// checkAtOnce is how many files the node reads at the same time, whoever sent them: reading one
// keeps a processor busy, and the pages are to go on.
const checkAtOnce = 2

func newUploads(now func() time.Time) *uploads {
	return &uploads{
		held: map[string]*upload{}, underway: map[auth.AccountID]int{},
		turns: make(chan struct{}, checkAtOnce), now: now,
	}
}

// begin admits one more file of an account, or refuses it when too many are on their way. end is to
// be called when the file is held or gone.
func (u *uploads) begin(owner auth.AccountID) (end func(), err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.underway[owner] >= keepUploads {
		return nil, fault.New(fault.Unavailable, "Other files of yours are still being checked.").
			WithHint("Wait until one of them is done, then send this one again.")
	}
	u.underway[owner]++
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.underway[owner]--; u.underway[owner] == 0 {
			delete(u.underway, owner)
		}
	}, nil
}

// turn waits until a file may be read. done gives the place to the next.
func (u *uploads) turn(ctx context.Context) (done func(), err error) {
	select {
	case u.turns <- struct{}{}:
		return func() { <-u.turns }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// receive reads the form: the fields first, the file last, straight to disk. After an error nothing
// is left of it.
func (u *uploads) receive(form *multipart.Reader) (got *upload, err error) {
	got = &upload{ID: rand.Text(), At: u.now()}
	defer func() {
		if err != nil {
			u.remove(got)
		}
	}()
	fields := map[string]*string{
		"format": &got.Format, "label": &got.Label,
		"day": &got.Released.Day, "month": &got.Released.Month, "year": &got.Released.Year,
	}
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return got, nil
		}
		if err != nil {
			return got, unreadable(err)
		}
		if part.FormName() == "file" {
			if err := u.keep(got, part); err != nil {
				return got, err
			}
			continue
		}
		if into, ok := fields[part.FormName()]; ok {
			text, err := io.ReadAll(io.LimitReader(part, 500))
			if err != nil {
				return got, unreadable(err)
			}
			*into = printable(string(text))
		}
	}
}

// printable drops from a typed text what cannot be shown: half characters and control characters.
func printable(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, text))
}

func unreadable(err error) error {
	if err := tooLarge(err); fault.KindOf(err) == fault.TooLarge {
		return err
	}
	return fault.New(fault.Invalid, "The form arrived incomplete.").Wrap(err).
		WithHint("Choose the file again and send it once more. A slow connection may have been cut.")
}

// keep writes the file to disk. An empty choice leaves the path empty.
func (u *uploads) keep(got *upload, part *multipart.Part) error {
	if part.FileName() == "" {
		return nil
	}
	dir, err := u.folder()
	if err != nil {
		return err
	}
	if got.Path != "" {
		return fault.New(fault.Invalid, "Send one file at a time.")
	}
	got.Name = printable(path.Base(strings.ReplaceAll(part.FileName(), "\\", "/")))
	// The ending tells the importer of compression; nothing else of the name reaches the disk.
	ending := ""
	if strings.HasSuffix(strings.ToLower(got.Name), ".gz") {
		ending = ".gz"
	}
	name := filepath.Join(dir, got.ID+ending)
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep an upload: %w", err)
	}
	got.Path = name
	_, err = io.Copy(f, part)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		u.remove(got)
		return unreadable(err)
	}
	return nil
}

func (u *uploads) folder() (string, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	// Machines clean their folder of temporary files after some days; a node runs for months.
	if _, err := os.Lstat(u.dir); u.dir == "" || errors.Is(err, fs.ErrNotExist) {
		dir, err := os.MkdirTemp("", "fourfold-upload-")
		if err != nil {
			return "", fmt.Errorf("make a folder for uploads: %w", err)
		}
		u.dir = dir
	}
	return u.dir, nil
}

// hold keeps a checked file until it is saved or discarded, and lets go of what is too old or too many.
func (u *uploads) hold(got *upload) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.held[got.ID] = got
	u.dropOld()
	var oldest *upload
	mine := 0
	for _, other := range u.held {
		if other.Owner != got.Owner {
			continue
		}
		mine++
		if oldest == nil || other.At.Before(oldest.At) {
			oldest = other
		}
	}
	if mine > keepUploads && oldest != got {
		u.remove(oldest)
		delete(u.held, oldest.ID)
	}
}

// sweep lets go of what has waited too long, also on a node to which nobody sends files any more.
func (u *uploads) sweep() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.dropOld()
}

// dropOld is called with mu held.
func (u *uploads) dropOld() {
	for id, other := range u.held {
		if u.now().Sub(other.At) > keepUpload {
			u.remove(other)
			delete(u.held, id)
		}
	}
}

// find returns a copy of an upload of the actor's own. Another's is not found.
func (u *uploads) find(actor auth.Actor, id string) (upload, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	got, ok := u.held[id]
	if !ok || got.Owner != actor.Account || u.now().Sub(got.At) > keepUpload {
		return upload{}, notHere()
	}
	return *got, nil
}

// saved marks an upload as taken in and removes its file; the report stays to be read.
func (u *uploads) saved(id string, report indicator.Report) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if got, ok := u.held[id]; ok {
		got.Report, got.Saved = report, true
		u.remove(got)
		got.Path = ""
	}
}

func (u *uploads) discard(id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if got, ok := u.held[id]; ok {
		u.remove(got)
		delete(u.held, id)
	}
}

// remove deletes the file. One that cannot be deleted goes with the folder.
func (u *uploads) remove(got *upload) {
	if got.Path != "" {
		_ = os.Remove(got.Path)
	}
}

// close deletes everything that waits.
func (u *uploads) close() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.dir == "" {
		return nil
	}
	return os.RemoveAll(u.dir)
}
