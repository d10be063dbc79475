package cli

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/backup"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/keyring"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// restoreSource is all that a restore needs.
type restoreSource struct {
	backupSource `embed:""`
	Copies       []string `name:"keyring-from" type:"path" placeholder:"FILE" help:"Copy of the keyring, or an old keyring that was moved away; may be repeated. The newest is taken."`
	Kept         []string `type:"path" placeholder:"FILE" help:"Signed checkpoint that a witness keeps; a backup from before it is refused. May be repeated."`
	Sheets       bool     `help:"Take the node key from two recovery sheets, which are typed, instead of --node-key."`
}

// from reads what was named. The node key is that of --node-key, of the data folder, or of two sheets.
func (c *restoreSource) from(r *run) (from app.RestoreFrom, err error) {
	if from.NodeKey, err = c.nodeKey(r); err != nil {
		return from, err
	}
	if from.Backup, err = c.source(from.NodeKey.Signer().Public().(ed25519.PublicKey)); err != nil {
		return from, err
	}
	for _, path := range append(c.Copies, r.globals.KeyringCopy...) {
		if _, err := os.Stat(path); err != nil {
			return from, fault.New(fault.Invalid, "The copy %s of the keyring cannot be read.", path).Wrap(err)
		}
		from.Copies = append(from.Copies, keyring.File{Path: path})
	}
	if len(from.Copies) == 0 {
		return from, fault.New(fault.Invalid, "No copy of the keyring was named.").
			WithHint("Name it with --keyring-from. Without it nothing that is sealed can be opened.")
	}
	from.Kept, err = readAll(c.Kept)
	from.Into.Clock = r.clock
	return from, err
}

func (c *restoreSource) nodeKey(r *run) (nodekey.Key, error) {
	if c.Sheets {
		shares, err := r.readSheets()
		if err != nil {
			return nodekey.Key{}, err
		}
		return nodekey.Combine(shares...)
	}
	conf, err := r.config(nil)
	if err != nil {
		return nodekey.Key{}, err
	}
	if conf.NodeKey != nil {
		return conf.NodeKey.NodeKey(r.ctx)
	}
	return nodekey.File{Path: conf.NodeKeyPath(), Phrase: r.phrase}.NodeKey(r.ctx)
}

// restoreCmd brings a node back.
type restoreCmd struct {
	restoreSource `embed:""`
	Into          string `type:"path" placeholder:"DIR" help:"New data folder. It must not exist, or be empty. With --db the rows go to that database, which must be empty."`
	DryRun        bool   `help:"Read and check everything, and write nothing."`
}

// Help is the long help of the command.
func (restoreCmd) Help() string {
	return `Needed are the backup, the secret key of a recipient (--identity), a copy of the keyring (--keyring-from), and the node key (--node-key or --sheets). Nothing that exists is overwritten, and what fails leaves nothing behind.

A backup that was altered, cut off, of another node, or older than one beside it is refused, and so is one whose ledger does not verify. Persons who were erased after the backup are erased again. The node begins a new log that names the last witnessed checkpoint. Everybody signs in anew.

The new node key file has no pass phrase: give it one with "fourfold vault phrase".`
}

// Run restores.
func (c *restoreCmd) Run(r *run) error {
	if c.DryRun == (c.Into != "") {
		return usage("give --into with a new folder, or --dry-run")
	}
	if c.DryRun {
		return c.dry(r)
	}
	from, err := c.from(r)
	if err != nil {
		return err
	}
	defer from.NodeKey.Forget()
	from.Into.Dir, from.Into.DB = c.Into, r.globals.DB
	done, err := app.Restore(r.ctx, from)
	if err != nil {
		return err
	}
	return r.printRestored(done, c.Into)
}

// dry checks the backup only. A copy of the keyring and a node key are not needed for that.
func (c *restoreCmd) dry(r *run) error {
	var node ed25519.PublicKey
	if key, err := c.nodeKey(r); err == nil {
		node = key.Signer().Public().(ed25519.PublicKey)
		key.Forget()
	}
	s, err := c.source(node)
	if err != nil {
		return err
	}
	var found backup.Checked
	if found, err = s.Check(); err != nil {
		return err
	}
	return r.printContent(found)
}

func (r *run) printRestored(done app.Restored, dir string) error {
	p := r.words
	if err := r.printContent(done.Checked); err != nil {
		return err
	}
	_, err := fmt.Fprintf(r.out, "%s\n%s\n%s\n",
		p.T("Keyring as of %s. Erased again: %d.", done.Keyring.MadeAt.UTC().Format(time.RFC3339), done.Erased),
		p.T("The ledger is whole; a new log begins."),
		p.T("The node is back in %s. Next: fourfold serve --data %s", dir, filepath.Clean(dir)))
	if done.Keyring.MadeAt.Before(done.Cover.MadeAt) {
		_, more := fmt.Fprintln(r.out, p.T("The copy of the keyring is older than the backup: what was sealed in between for new persons cannot be opened."))
		err = errors.Join(err, more)
	}
	return err
}
