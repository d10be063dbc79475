package demo

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Forgery is a forged copy of a ledger, and what the verifier said of it.
type Forgery struct {
	// Found is what the verifier named; nil when it found nothing.
	Found *audit.Finding
}

// Forged is a ledger, an entry of it, and copies of it that were forged.
type Forged struct {
	Entry audit.Placed
	Size  int64
	// Whole is what the verifier says of an unaltered copy.
	Whole Forgery
	// Changed has another actor in the entry. Cut has lost its last entries.
	Changed, Cut Forgery
}

// Forge copies the published ledger of an organisation to a temporary folder, forges copies of it and
// asks the verifier that anybody can run. The ledger itself is not touched.
func Forge(ctx context.Context, a *app.App, org auth.OrgID) (f Forged, err error) {
	dir, err := os.MkdirTemp("", "fourfold-forged-*")
	if err != nil {
		return f, fault.New(fault.Unavailable, "No temporary folder can be made.").Wrap(err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	var opening ledger.Opening
	var key string
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		state, err := audit.State(ctx, tx, string(org))
		if err != nil {
			return err
		}
		f.Size, key = state.Signed, state.Verifier
		f.Entry, opening, err = chosen(ctx, tx, string(org), state.Signed)
		if err != nil {
			return err
		}
		return audit.Publish(ctx, tx, string(org), func(path string, data []byte) error { return write(dir, path, data) })
	})
	if err != nil {
		return f, err
	}
	ask := func(to *Forgery, change func() error) error {
		if err := change(); err != nil {
			return err
		}
		r, err := audit.VerifyFolder(os.DirFS(dir), audit.Outside{Key: key})
		to.Found = r.First
		return err
	}
	last := ledger.BundlePath(f.Size/bundle, int(f.Size%bundle))
	if f.Size%bundle == 0 {
		last = ledger.BundlePath(f.Size/bundle-1, bundle)
	}
	return f, errors.Join(
		ask(&f.Whole, func() error { return nil }),
		ask(&f.Changed, func() error { return swap(dir, opening) }),
		ask(&f.Cut, func() error { return errors.Join(swapBack(dir, opening), cut(dir, last)) }),
	)
}

// bundle is how many entries a published file holds.
const bundle = 256

// chosen is an entry in clear that the last checkpoint holds.
func chosen(ctx context.Context, tx *db.Tx, org string, signed int64) (audit.Placed, ledger.Opening, error) {
	all, err := audit.Find(ctx, tx, org, audit.Filter{Limit: 200})
	if err != nil {
		return audit.Placed{}, ledger.Opening{}, err
	}
	for _, p := range all {
		if p.Shut || p.Leaf == nil || p.Leaf.Index >= signed {
			continue
		}
		o, err := audit.OpeningOf(ctx, tx, org, p.ID)
		return p, o, err
	}
	return audit.Placed{}, ledger.Opening{}, fault.New(fault.Unavailable, "The ledger is not signed yet.").
		WithHint("It is signed each minute. Come back in a minute.")
}

// swap puts another actor into the entry, with the salt that only the node has, so that the leaf is
// that of the forged entry.
func swap(dir string, o ledger.Opening) error {
	forged, err := forged(o)
	if err != nil {
		return err
	}
	return replace(dir, ledger.Commitment(o.Salt, o.Canonical), ledger.Commitment(o.Salt, forged))
}

// swapBack undoes swap.
func swapBack(dir string, o ledger.Opening) error {
	forged, err := forged(o)
	if err != nil {
		return err
	}
	return replace(dir, ledger.Commitment(o.Salt, forged), ledger.Commitment(o.Salt, o.Canonical))
}

// forged returns the entry with another actor.
func forged(o ledger.Opening) ([]byte, error) {
	e, err := ledger.ParseEntry(o.Canonical)
	if err != nil {
		return nil, err
	}
	e.Actor = "somebody-else"
	return e.Canonical()
}

// replace replaces a commitment in the published files of entries.
func replace(dir string, was, by []byte) error {
	return filepath.WalkDir(filepath.Join(dir, "tile", "entries"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(data, was) {
			return err
		}
		return os.WriteFile(path, bytes.Replace(data, was, by, 1), 0o600)
	})
}

// cut removes the last three entries of the last published file.
func cut(dir, last string) error {
	const record = 34 // a length of two bytes, and a commitment
	file := filepath.Join(dir, filepath.FromSlash(last))
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	return os.Truncate(file, max(info.Size()-3*record, 0))
}

func write(dir, path string, data []byte) error {
	file := filepath.Join(dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}
