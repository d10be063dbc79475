package cli

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/backup"
	"github.com/fourfold/fourfold/internal/fault"
)

// backupCmd makes and checks backups.
type backupCmd struct {
	Make      backupMake      `cmd:"" default:"withargs" help:"Make a backup now."`
	Status    backupStatus    `cmd:"" help:"Show the newest backup and who can read it."`
	Key       backupKey       `cmd:"" help:"Make the key of a recipient."`
	Recipient backupRecipient `cmd:"" help:"Name who can read the backups."`
	Verify    backupVerify    `cmd:"" help:"Check that a backup is whole and of this node."`
	Drill     backupDrill     `cmd:"" help:"Bring a backup back into a scratch folder, verify it, and remove it."`
}

// Help is the long help of the commands.
func (backupCmd) Help() string {
	return `A backup is one file with every row and every sealed attachment, encrypted to the recipients and signed by the node. It can be restored into a file or into PostgreSQL, wherever it came from.

It holds no keys of persons: to restore what is sealed you also need the node key, or two recovery sheets, and a copy of the keyring, which the node writes daily to the places that --keyring-copy names. Keep backup, keyring copy and node key in three places. Never put the keyring copy into an archive: a copy that is kept brings back whom you erased.

First: fourfold backup key office.key; keep office.key away from the node. Then: fourfold backup recipient AGE1… --label "safe of the office". From then on a change takes two people.`
}

// backupMake makes a backup.
type backupMake struct {
	To string `type:"path" placeholder:"DIR" env:"FOURFOLD_BACKUP_DIR" help:"Folder of the backups. Default: backups in the data folder."`
}

// Run makes a backup and prints its name.
func (c *backupMake) Run(r *run) error {
	return r.unlocked(func(n node) error {
		dir := c.To
		if dir == "" {
			conf, err := r.config(nil)
			if err != nil {
				return err
			}
			dir = filepath.Join(conf.Dir, "backups")
		}
		m, err := n.Backups.Run(r.ctx, dir)
		if err != nil {
			return err
		}
		p := r.words
		_, err = fmt.Fprintf(r.out, "%s\n%s\n%s\n", m.Path,
			p.T("%d rows and %d pieces of attachments, %d bytes, read back and compared.", m.Rows, m.Chunks, m.Bytes),
			p.T("Signed by %s", m.Signer))
		return err
	})
}

// backupStatus shows how the backups are.
type backupStatus struct{}

// Run prints it.
func (backupStatus) Run(r *run) error {
	return r.withNode(func(n node) error {
		s, err := n.Backups.Status(r.ctx)
		if err != nil {
			return err
		}
		all, err := n.Backups.Recipients(r.ctx)
		if err != nil {
			return err
		}
		p := r.words
		line := p.T("No backup was made yet.")
		if !s.Newest.IsZero() {
			line = p.T("Newest backup: %s, %s, %d bytes.", s.Name, s.Newest.Format(time.RFC3339), s.Bytes)
		}
		if _, err := fmt.Fprintln(r.out, line); err != nil {
			return err
		}
		if s.Failure != "" {
			fmt.Fprintln(r.out, p.T("Failed on %s: %s", s.Failed.Format(time.RFC3339), p.T(s.Failure)))
		}
		for _, one := range all {
			fmt.Fprintln(r.out, p.T("Recipient: %s (%s…)", one.Label, one.Key[:24]))
		}
		return nil
	})
}

// backupKey makes a key.
type backupKey struct {
	File    string `arg:"" type:"path" help:"New file for the secret key."`
	Classic bool   `help:"A shorter key, which a quantum computer of the future could break."`
}

// Run writes the secret key and prints the public one.
func (c *backupKey) Run(r *run) error {
	var public, secret string
	if c.Classic {
		k, err := age.GenerateX25519Identity()
		if err != nil {
			return err
		}
		public, secret = k.Recipient().String(), k.String()
	} else {
		k, err := age.GenerateHybridIdentity()
		if err != nil {
			return err
		}
		public, secret = k.Recipient().String(), k.String()
	}
	out, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return cannotWrite(c.File, err)
	}
	_, err = fmt.Fprintf(out, "# public key: %s\n%s\n", public, secret)
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		return cannotWrite(c.File, err)
	}
	_, err = fmt.Fprintln(r.out, public)
	return err
}

// backupRecipient names a recipient.
type backupRecipient struct {
	Key    string `arg:"" optional:"" help:"Public key of age. Without it the recipients are listed."`
	Label  string `placeholder:"TEXT" help:"Who keeps the secret key: a role or a place."`
	Remove bool   `help:"Propose to remove this recipient."`
	Reason string `placeholder:"TEXT" help:"Why, for the second person."`
}

// Run sets the first recipient, and proposes every later change.
func (c *backupRecipient) Run(r *run) error {
	if c.Key == "" {
		return backupStatus{}.Run(r)
	}
	return r.withNode(func(n node) error {
		all, err := n.Backups.Recipients(r.ctx)
		if err != nil {
			return err
		}
		if len(all) == 0 && !c.Remove {
			if err := n.Backups.First(r.ctx, n.actor, c.Key, c.Label); err != nil {
				return err
			}
			_, err := fmt.Fprintln(r.out, r.words.T("This key can read the backups from now on."))
			return err
		}
		if (c.Label == "") != c.Remove {
			return usage("give --label to add a recipient, or --remove")
		}
		id, err := n.Accounts.Propose(r.ctx, n.actor, backup.Propose(c.Key, c.Label, c.Reason))
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(r.out, r.words.T("Proposed. A second person, who is no administrator, approves it on the page of changes (%s).", string(id)))
		return err
	})
}

// backupSource names a backup and what opens it.
type backupSource struct {
	File     string   `arg:"" type:"path" help:"The backup."`
	Identity []string `type:"path" placeholder:"FILE" help:"File with the secret key of a recipient; may be repeated."`
	Signer   string   `placeholder:"KEY" help:"Key that must have signed it, when it is not this node's, as \"fourfold backup\" printed it."`
	Older    bool     `help:"Take it although a newer one is known: what was written since is lost."`
}

// source returns the backup. node is the key that must have signed it when none was named; nil means any.
func (c *backupSource) source(node ed25519.PublicKey) (backup.Source, error) {
	s := backup.Source{Path: c.File, Signer: node, Older: c.Older}
	if c.Signer != "" {
		raw, err := hex.DecodeString(c.Signer)
		if err != nil || len(raw) != ed25519.PublicKeySize {
			return s, usage("--signer is 64 hexadecimal digits")
		}
		s.Signer = raw
	}
	for _, path := range c.Identity {
		keys, err := backup.ParseKeys(path)
		if err != nil {
			return s, err
		}
		s.Keys = append(s.Keys, keys...)
	}
	return s, nil
}

// backupVerify checks a backup.
type backupVerify struct {
	backupSource `embed:""`
}

// Run checks the signature and, with a secret key, the content.
func (c *backupVerify) Run(r *run) error {
	s, err := c.source(nil)
	if err != nil {
		return err
	}
	p := r.words
	if len(s.Keys) == 0 {
		cover, err := s.Seal()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(r.out, "%s\n%s\n", p.T("Made at %s, signed by %s, and not altered since.", cover.MadeAt.UTC().Format(time.RFC3339), cover.Signer),
			p.T("Its content was not read: give --identity."))
		return err
	}
	found, err := s.Check()
	if err != nil {
		return err
	}
	return r.printContent(found)
}

func (r *run) printContent(found backup.Checked) error {
	p := r.words
	_, err := fmt.Fprintf(r.out, "%s\n%s\n", p.T("Made at %s, signed by %s, and not altered since.", found.MadeAt.UTC().Format(time.RFC3339), found.Signer),
		p.T("It holds %d tables, %d rows, %d pieces of attachments and %d organisations, and all of it can be read.", found.Tables, found.Rows, found.Chunks, len(found.Header.Orgs)))
	return err
}

// backupDrill rehearses a restore.
type backupDrill struct {
	restoreSource `embed:""`
}

// Run restores into a scratch folder.
func (c *backupDrill) Run(r *run) error {
	from, err := c.from(r)
	if err != nil {
		return err
	}
	defer from.NodeKey.Forget()
	done, err := app.RehearseRestore(r.ctx, from)
	if err != nil {
		return err
	}
	if err := r.printContent(done.Checked); err != nil {
		return err
	}
	_, err = fmt.Fprintln(r.out, r.words.T("The drill brought a node back: its ledger is whole, and keyring and node key open what it holds. The scratch folder was removed."))
	return errors.Join(err, r.noteDrill())
}

// noteDrill remembers the drill on the node, where there is one here.
func (r *run) noteDrill() error {
	err := r.withNode(func(n node) error { return n.Vault.Note(r.ctx, auth.ViaCLI, "backup drill") })
	if fault.KindOf(err) == fault.NotFound {
		return nil // on another machine than the node's
	}
	return err
}
