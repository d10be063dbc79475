package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/backup"
	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/keyring"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// RestoreFrom says from what a node is brought back, and where to.
type RestoreFrom struct {
	Backup backup.Source
	// NodeKey is the node key, from its file or from two recovery sheets.
	NodeKey nodekey.Key
	// Copies are copies of the keyring, and old keyrings that were moved away: the newest is taken, and
	// what any of them says was destroyed stays destroyed.
	Copies []keyring.File
	// Kept are signed checkpoints that a witness keeps. A backup that is older than one of them is
	// refused, unless Backup.Older says that it is wanted.
	Kept [][]byte
	// Into is the configuration of the new node. Its folder must not exist, or be empty; its database
	// must not hold anything. NodeKey, Keyring, Phrase and copies are not looked at.
	Into Config
}

// Restored says what was brought back.
type Restored struct {
	backup.Checked
	// Keyring says of when the keyring is.
	Keyring keyring.Restored
	// Erased is how many persons were erased again, because their erasure came after the backup.
	Erased int
	// Canaries is how many organisations have shown that keyring and data fit together.
	Canaries int
	// Restarted is how many organisations begin a new log.
	Restarted int
}

// Restore brings a node back. Everything is made in a folder beside the one that is named, which gets
// its name at the end: what fails leaves nothing behind. The order is: signature, rows, keyring,
// canaries, the erasures that the backup does not know of, ledger; then every organisation begins a new log that names the last checkpoint of the old one that was witnessed.
func Restore(ctx context.Context, from RestoreFrom) (r Restored, err error) {
	dir := filepath.Clean(from.Into.Dir)
	if err := vacant(dir); err != nil {
		return r, err
	}
	c := from.Into.clocked()
	c.Dir = dir + ".unfinished"
	if err := os.Mkdir(c.Dir, 0o700); err != nil {
		return r, cannotMake(c.Dir, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(c.Dir))
		}
	}()
	if r, err = restore(ctx, from, c); err != nil {
		return r, err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return r, cannotMake(dir, err)
	}
	if err := os.Rename(c.Dir, dir); err != nil {
		return r, cannotMake(dir, err)
	}
	return r, nil
}

// vacant refuses a folder that holds anything.
func vacant(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || len(entries) > 0 {
		return fault.New(fault.Conflict, "The folder %s holds something already.", dir).
			WithHint("Name a new folder. A restore never overwrites.").Wrap(err)
	}
	return nil
}

func cannotMake(dir string, err error) error {
	return fault.New(fault.Unavailable, "The folder %s cannot be made.", dir).
		WithHint("Check that the folder above it exists, has room and belongs to you. What an interrupted restore left is in a folder that ends in .unfinished; remove it.").Wrap(err)
}

// restore makes the node in its unfinished folder.
func restore(ctx context.Context, from RestoreFrom, c Config) (r Restored, err error) {
	if c.DB == "" {
		c.DB = "sqlite:" + filepath.Join(c.Dir, "fourfold.db")
	}
	c.KeyFile = filepath.Join(c.Dir, "fourfold.key")
	file := nodekey.File{Path: filepath.Join(c.Dir, "node.key")}
	if err := file.Write(ctx, from.NodeKey); err != nil {
		return r, err
	}
	c.NodeKey, c.Phrase, c.Keyring, c.KeyringCopies = file, nil, nil, nil
	r.Checked, err = from.Backup.Restore(ctx, db.Config{URL: c.DB, KeyFile: c.KeyFile, Clock: c.Clock, Logger: c.Logger}, c.store)
	if err != nil {
		return r, err
	}
	ring := keyring.File{Path: filepath.Join(c.Dir, "keyring")}
	readers := make([]keyring.Reader, len(from.Copies))
	for i, k := range from.Copies {
		readers[i] = k
	}
	if r.Keyring, err = keyring.Restore(ctx, ring, from.NodeKey, c.Clock(), readers...); err != nil {
		return r, err
	}
	a, err := Open(ctx, c)
	if err != nil {
		return r, err
	}
	return r, errors.Join(a.takeUp(ctx, from, &r), a.Close())
}

// store is where the attachments of a node that is brought back go.
func (c Config) store(d *db.DB) (blob.Store, error) {
	if d.Engine() != db.SQLite {
		return blob.Table{DB: d}, nil
	}
	return blob.OpenFolder(filepath.Join(c.Dir, "attachments"))
}

// takeUp verifies a restored node and makes it ready to be used.
func (a *App) takeUp(ctx context.Context, from RestoreFrom, r *Restored) error {
	orgs, err := a.Accounts.Orgs(ctx)
	if err != nil {
		return err
	}
	kept := from.Kept
	if from.Backup.Older {
		kept = nil
	}
	if err := a.Vault.UnlockAsFound(ctx); err != nil {
		return err
	}
	defer a.Vault.Lock()
	if r.Canaries, err = backup.OpenCanaries(ctx, a.DB, a.Vault); err != nil {
		return err
	}
	// Before the ledger is verified: the entries about somebody who was erased after the backup do not
	// open, and only the erasure that is done again says why.
	if r.Erased, err = a.Vault.Replay(ctx); err != nil {
		return err
	}
	for _, o := range orgs {
		report, err := audit.Verify(ctx, a.DB, string(o.ID), audit.Against{Opener: a.Vault, Signer: a.Vault, Kept: ofLogs(kept, string(o.ID))})
		if err != nil {
			return err
		}
		if report.First != nil {
			return fault.New(fault.Conflict, "The ledger of %s in the backup is not whole: %s.", o.Name, report.First.String()).
				WithHint("The data were altered before the backup was made, or the backup is older than a checkpoint that was kept. Take another backup. Nothing was restored.")
		}
	}
	for _, o := range orgs {
		last, err := newest(from.Kept, string(o.ID))
		if err == nil {
			err = a.DB.Write(ctx, func(tx *db.Tx) error {
				if err := audit.Restart(ctx, tx, string(o.ID), last); err != nil {
					return err
				}
				return audit.Append(ctx, tx, audit.Entry{
					Org: string(o.ID), Actor: "node", Kind: audit.Configuration, Subject: "backup",
					Detail: map[string]string{"act": "restore", "backup": r.Cover.MadeAt.UTC().Format(time.RFC3339)},
				})
			})
		}
		if err != nil {
			return err
		}
		r.Restarted++
	}
	return nil
}

// ofLogs returns the kept checkpoints that are of logs of an organisation.
func ofLogs(kept [][]byte, org string) (mine [][]byte) {
	for _, k := range kept {
		if c, err := bodyOf(k); err == nil && strings.Contains(c.Origin, "/"+org+"/") {
			mine = append(mine, k)
		}
	}
	return mine
}

// newest returns the kept checkpoint of an organisation that reaches furthest, nil for none.
func newest(kept [][]byte, org string) (last *ledger.Checkpoint, err error) {
	for _, k := range ofLogs(kept, org) {
		c, err := bodyOf(k)
		if err != nil {
			return nil, err
		}
		if last == nil || c.Size > last.Size {
			last = &c
		}
	}
	return last, nil
}

// bodyOf parses a signed checkpoint. The verification of the ledger has checked its signature.
func bodyOf(signed []byte) (ledger.Checkpoint, error) {
	body, _, _ := strings.Cut(string(signed), "\n\n")
	c, err := ledger.ParseCheckpoint(body + "\n")
	if err != nil {
		return c, fault.New(fault.Invalid, "A checkpoint that was given cannot be read.").Wrap(err)
	}
	return c, nil
}

// RehearseRestore restores into a scratch folder, which it removes whatever happens: a drill.
func RehearseRestore(ctx context.Context, from RestoreFrom) (Restored, error) {
	scratch, err := os.MkdirTemp("", "fourfold-drill-")
	if err != nil {
		return Restored{}, cannotMake(os.TempDir(), err)
	}
	from.Into = Config{Dir: filepath.Join(scratch, "node"), Clock: from.Into.Clock}
	r, err := Restore(ctx, from)
	return r, errors.Join(err, os.RemoveAll(scratch))
}
