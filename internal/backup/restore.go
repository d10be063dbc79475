package backup

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"

	"filippo.io/age"

	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Source is a backup that is to be read.
type Source struct {
	Path string
	// Keys are the secret keys that may open it.
	Keys []age.Identity
	// Signer is the key with which it must be signed. Nil accepts the one that the backup names, which
	// proves only that it was not damaged.
	Signer ed25519.PublicKey
	// Older allows a backup beside which a newer one lies.
	Older bool
}

// Checked is what was found in a backup.
type Checked struct {
	Cover
	Header Header
	Totals
}

// ParseKeys reads secret keys of age from a file.
func ParseKeys(path string) ([]age.Identity, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.Invalid, "The key file %s cannot be read.", path).Wrap(err)
	}
	defer func() { _ = f.Close() }()
	keys, err := age.ParseIdentities(io.LimitReader(f, 1<<20))
	if err != nil {
		return nil, fault.New(fault.Invalid, "The key file %s holds no secret key of a recipient.", path).
			WithHint("It begins with AGE-SECRET-KEY-, as \"fourfold backup key\" wrote it.").Wrap(err)
	}
	return keys, nil
}

// Seal checks the signature of a backup and reads its cover. It needs no secret key.
func (s Source) Seal() (Cover, error) {
	e, err := openEnvelope(s.Path)
	if err != nil {
		return Cover{}, err
	}
	defer func() { _ = e.Close() }()
	return e.Cover, e.verified(s.Signer)
}

// Check reads the whole of a backup and writes nothing.
func (s Source) Check() (c Checked, err error) {
	err = s.read(func(h Header) (taker, error) {
		c.Header = h
		return nothing, nil
	}, &c)
	return c, err
}

// Restore fills a new database and a new store of attachments from a backup. Both must be empty; after
// an error what they hold is worth nothing, and the caller removes it. The signature is checked before
// anything is written.
func (s Source) Restore(ctx context.Context, into db.Config, store func(*db.DB) (blob.Store, error)) (c Checked, err error) {
	if err := s.newest(); err != nil {
		return c, err
	}
	e, err := openEnvelope(s.Path)
	if err != nil {
		return c, err
	}
	defer func() { _ = e.Close() }()
	if err := e.verified(s.Signer); err != nil {
		return c, err
	}
	r, err := e.contents(e.body(), s.Keys...)
	if err != nil {
		return c, err
	}
	c.Cover = e.Cover
	if c.Header, err = r.header(); err != nil {
		return c, e.wrong("its header", err)
	}
	rest := &split{r: r}
	err = db.Fill(ctx, into, c.Header.Versions, func(f *db.Filler) error {
		return rest.tables(func(t db.Table, next func() ([]byte, error)) error {
			_, err := f.Table(ctx, t, next)
			return err
		})
	})
	if err != nil {
		return c, e.wrong("its content", err)
	}
	d, err := db.Open(ctx, into)
	if err != nil {
		return c, err
	}
	to, err := store(d)
	if err != nil {
		return c, errors.Join(err, d.Close())
	}
	c.Totals, err = rest.chunks(func(name blob.Name, n int64, sealed []byte) error { return to.Put(ctx, name, n, sealed) })
	if folder, ok := to.(io.Closer); ok {
		err = errors.Join(err, folder.Close())
	}
	return c, errors.Join(e.wrong("its content", err), d.Close())
}

// read checks the signature and gives the content to a taker.
func (s Source) read(begin func(Header) (taker, error), c *Checked) error {
	e, err := openEnvelope(s.Path)
	if err != nil {
		return err
	}
	defer func() { _ = e.Close() }()
	c.Cover = e.Cover
	if err := e.verified(s.Signer); err != nil {
		return err
	}
	r, err := e.contents(e.body(), s.Keys...)
	if err != nil {
		return err
	}
	h, err := r.header()
	if err != nil {
		return e.wrong("its header", err)
	}
	to, err := begin(h)
	if err != nil {
		return err
	}
	c.Totals, err = r.body(to)
	return e.wrong("its content", err)
}

// newest refuses a backup beside which a newer one lies: what happened since would be lost by mistake.
func (s Source) newest() error {
	mine, ok := momentOf(filepath.Base(s.Path))
	if s.Older || !ok {
		return nil
	}
	names, err := made(filepath.Dir(s.Path))
	if err != nil {
		return nil // the folder cannot be listed; the file can be read
	}
	last, _ := momentOf(slices.Max(append(names, filepath.Base(s.Path))))
	if last.After(mine) {
		return fault.New(fault.Conflict, "A newer backup lies beside %s: %s.", s.Path, nameOf(last)).
			WithHint("Restore the newer one, or say --older when the older one is wanted: what was written since is lost then.")
	}
	return nil
}

// split reads a backup in two parts: the tables, then the attachments.
type split struct {
	r *reader
}

// errChunks ends the first part.
var errChunks = errors.New("backup: the attachments begin")

func (s *split) tables(table func(db.Table, func() ([]byte, error)) error) error {
	_, err := s.r.body(taker{table: table, chunk: func(blob.Name, int64, []byte) error { return errChunks }})
	if errors.Is(err, errChunks) {
		return nil
	}
	return err
}

// chunks goes on with the chunk at hand, when there is one.
func (s *split) chunks(put func(blob.Name, int64, []byte) error) (Totals, error) {
	if s.r.kind != frameChunk {
		return s.r.totals, nil // the first part came to the end
	}
	name, n, sealed, err := parseChunk(s.r.frame)
	if err == nil {
		err = put(name, n, sealed)
	}
	if err != nil {
		return s.r.totals, err
	}
	return s.r.body(taker{
		table: func(db.Table, func() ([]byte, error)) error { return errFrame },
		chunk: put,
	})
}
