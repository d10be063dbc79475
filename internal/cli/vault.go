package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault/keyring"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// vaultCmd looks after the vault of a node.
type vaultCmd struct {
	Status  vaultStatus  `cmd:"" help:"Show whether the vault is locked, and how its keys are kept."`
	Lock    vaultLock    `cmd:"" help:"Drop the keys from the memory of the running node, at once."`
	Unlock  vaultUnlock  `cmd:"" help:"Unlock the running node."`
	Phrase  vaultPhrase  `cmd:"" help:"Give the node key a pass phrase, change it or take it away."`
	Sheets  vaultSheets  `cmd:"" help:"Print three recovery sheets; two of them bring the node key back."`
	Drill   vaultDrill   `cmd:"" help:"Try two sheets, without writing anything."`
	Recover vaultRecover `cmd:"" help:"Bring the node key back from two sheets."`
	Rotate  vaultRotate  `cmd:"" help:"Give every organisation a new key now."`
	Rekey   vaultRekey   `cmd:"" help:"Give the node a new node key; old sheets and key files become worthless."`
	Restore vaultRestore `cmd:"" help:"Bring the keyring back from its newest copy."`
}

// Help is the long help of the commands.
func (vaultCmd) Help() string {
	return `The node key stands above every other key of a node: without it nothing that is sealed can be opened by anybody. It lies in node.key in the data folder, the keys of persons in keyring beside it. Keep a copy of node.key, or printed sheets, where the data folder is not.

A key file without pass phrase unlocks the node by itself when it starts. With one, the node asks on the terminal, or reads the file that FOURFOLD_NODE_PASSPHRASE_FILE names, or starts locked and waits for "fourfold vault unlock".`
}

// unlock unlocks the vault of a node that is about to serve. When its pass phrase cannot be had the
// node serves locked, which is what a machine that starts by itself must do.
func (r *run) unlock(ctx context.Context, a *app.App) (locked bool, err error) {
	err = a.Vault.Unlock(ctx)
	if errors.Is(err, errNobody) {
		return true, nil
	}
	return false, err
}

// unlocked opens the node for a command and unlocks its vault.
func (r *run) unlocked(do func(node) error) error {
	return r.withNode(func(n node) error {
		if err := n.Vault.Unlock(r.ctx); err != nil {
			return err
		}
		defer n.Vault.Lock()
		return do(n)
	})
}

// orders gives an order to every running node of the data folder and returns how many obeyed.
func (r *run) orders(act string, o order) (n int, last reply, err error) {
	conf, err := r.config(nil)
	if err != nil {
		return 0, reply{}, err
	}
	nodes, err := nodesRunning(r.ctx, conf.Dir)
	if err != nil {
		return 0, reply{}, err
	}
	for _, c := range nodes {
		answer, err := c.order(r.ctx, act, o)
		if err != nil {
			return n, last, fault.New(fault.Unavailable, "The running node does not answer.").
				WithHint("Stop it: what it holds in memory goes with it.").Wrap(err)
		}
		if err := answer.fault(); err != nil {
			return n, last, err
		}
		n, last = n+1, answer
	}
	return n, last, nil
}

// vaultStatus shows the state of the vault.
type vaultStatus struct {
	JSON bool `help:"Print JSON."`
}

// vaultLine is the state of a vault as JSON.
type vaultLine struct {
	Running    int        `json:"running_nodes"`
	Locked     bool       `json:"locked"`
	Persons    int        `json:"persons"`
	Erased     int        `json:"erased"`
	Unfinished int        `json:"unfinished_erasures"`
	Copies     []copyLine `json:"keyring_copies"`
}

type copyLine struct {
	Path string `json:"path"`
	Made string `json:"made_at"` // "" for none
}

// Run prints the state.
func (c *vaultStatus) Run(r *run) error {
	n, last, err := r.orders("status", order{})
	if err != nil {
		return err
	}
	return r.withNode(func(v node) error {
		s, err := v.Vault.Status(r.ctx, r.clock())
		if err != nil {
			return err
		}
		line := vaultLine{Running: n, Locked: n == 0 || last.Locked, Persons: s.Persons, Erased: s.Erased, Unfinished: s.Unfinished, Copies: []copyLine{}}
		for _, k := range s.Copies {
			made := ""
			if !k.MadeAt.IsZero() {
				made = k.MadeAt.Format(time.RFC3339)
			}
			line.Copies = append(line.Copies, copyLine{k.Path, made})
		}
		if c.JSON {
			return r.printJSON(line)
		}
		return r.printVault(line)
	})
}

func (r *run) printVault(l vaultLine) error {
	p := r.words
	state := p.T("No node is running in this folder; no key is in memory.")
	switch {
	case l.Running > 0 && l.Locked:
		state = p.T("The running node is locked.")
	case l.Running > 0:
		state = p.T("The running node is unlocked.")
	}
	_, err := fmt.Fprintf(r.out, "%s\n%s\n", state,
		p.T("Files of persons: %d. Erased: %d. Erasures not finished: %d.", l.Persons, l.Erased, l.Unfinished))
	for _, c := range l.Copies {
		if err == nil {
			_, err = fmt.Fprintln(r.out, p.T("Copy of the keyring: %s, made %s", c.Path, c.Made))
		}
	}
	return err
}

// vaultLock locks the running node.
type vaultLock struct{}

// Run locks and says so.
func (vaultLock) Run(r *run) error {
	n, _, err := r.orders("lock", order{})
	if err != nil {
		return err
	}
	text := r.words.T("The node is locked: its keys are out of memory.")
	if n == 0 {
		text = r.words.T("No node is running in this folder; no key is in memory.")
	}
	_, err = fmt.Fprintln(r.out, text)
	return err
}

// vaultUnlock unlocks the running node.
type vaultUnlock struct{}

// Run asks for the pass phrase when the key file has one.
func (vaultUnlock) Run(r *run) error {
	conf, err := r.config(nil)
	if err != nil {
		return err
	}
	var phrase private.Text
	if conf.NodeKey == nil {
		if locked, err := (nodekey.File{Path: conf.NodeKeyPath()}).Locked(); err != nil {
			return err
		} else if locked {
			if phrase, err = r.phrase(r.ctx); err != nil {
				return err
			}
		}
	}
	n, _, err := r.orders("unlock", order{Phrase: phrase.Reveal("unlock the running node")})
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "No node is running in this folder.").WithHint("Start it with \"fourfold serve\".")
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(r.out, r.words.T("The node is unlocked."))
	return err
}

// vaultPhrase changes the pass phrase of the key file.
type vaultPhrase struct {
	NewFile string `placeholder:"FILE" help:"File with the new pass phrase; an empty one takes it away. Default: it is typed."`
}

// Run writes the key file anew. The key stays the same.
func (c *vaultPhrase) Run(r *run) error {
	conf, err := r.config(nil)
	if err != nil {
		return err
	}
	from := nodekey.File{Path: conf.NodeKeyPath(), Phrase: r.phrase}
	to, err := r.newPhrase(from, c.NewFile)
	if err != nil {
		return err
	}
	if err := from.Relock(r.ctx, to); err != nil {
		return err
	}
	if err := r.withNode(func(n node) error { return n.Vault.Note(r.ctx, auth.ViaCLI, "pass phrase") }); err != nil {
		return err
	}
	text := r.words.T("The node key is locked by the new pass phrase.")
	if to.Phrase == nil {
		text = r.words.T("The node key has no pass phrase: whoever has the file has the key.")
	}
	_, err = fmt.Fprintln(r.out, text)
	return err
}

// newPhrase returns a key file with a new pass phrase, from a file or typed.
func (r *run) newPhrase(f nodekey.File, path string) (nodekey.File, error) {
	var text private.Text
	var err error
	if path != "" {
		text, err = readPhrase(path, true)
	} else {
		text, err = r.askTwice(r.ctx)
	}
	f.Phrase = func(context.Context) (private.Text, error) { return text, nil }
	if text.Reveal("see whether there is one") == "" {
		f.Phrase = nil
	}
	return f, err
}

// vaultRotate rotates organisation keys.
type vaultRotate struct{}

// Run rotates at once.
func (vaultRotate) Run(r *run) error {
	return r.unlocked(func(v node) error {
		n, err := v.Vault.RotateNow(r.ctx, r.clock())
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(r.out, r.words.T("Organisations with a new key: %d.", n))
		return errors.Join(err, v.Vault.Note(r.ctx, auth.ViaCLI, "rotate"))
	})
}

// vaultRekey replaces the node key.
type vaultRekey struct {
	NewPhraseFile string `placeholder:"FILE" help:"File with the pass phrase of the new key; an empty one for none. Default: it is typed when the old key has one."`
}

// Run replaces the node key, also in running nodes.
func (c *vaultRekey) Run(r *run) error {
	conf, err := r.config(nil)
	if err != nil {
		return err
	}
	file := nodekey.File{Path: conf.NodeKeyPath(), Phrase: r.phrase}
	return r.unlocked(func(n node) error {
		to := nodekey.File{Path: file.Path}
		locked, err := file.Locked()
		if err == nil && (locked || c.NewPhraseFile != "") {
			to, err = r.newPhrase(file, c.NewPhraseFile)
		}
		if err != nil {
			return err
		}
		if err := n.Vault.Rekey(r.ctx, r.clock(), to); err != nil {
			return err
		}
		if err := r.reunlock(to); err != nil {
			return err
		}
		_, err = fmt.Fprintln(r.out, r.words.T("The node has a new node key. Print new sheets now, and destroy the old ones and every copy of the old key file."))
		return errors.Join(err, n.Vault.Note(r.ctx, auth.ViaCLI, "rekey"))
	})
}

// reunlock makes running nodes take up a new node key.
func (r *run) reunlock(f nodekey.File) error {
	var words string
	if f.Phrase != nil {
		text, err := f.Phrase(r.ctx)
		if err != nil {
			return err
		}
		words = text.Reveal("unlock the running node")
	}
	_, was, err := r.orders("status", order{})
	if err != nil || was.Locked {
		return err
	}
	if _, _, err := r.orders("lock", order{}); err != nil {
		return err
	}
	_, _, err = r.orders("unlock", order{Phrase: words})
	return err
}

// vaultRestore brings the keyring back.
type vaultRestore struct {
	Copies []string `arg:"" name:"copy" help:"Copies of the keyring; also an old keyring that was moved away."`
}

// Run takes the newest copy.
func (c *vaultRestore) Run(r *run) error {
	return r.withNode(func(n node) error {
		var copies []keyring.File
		for _, path := range c.Copies {
			if _, err := os.Stat(path); err != nil {
				return fault.New(fault.Invalid, "The copy %s of the keyring cannot be read.", path).Wrap(err)
			}
			copies = append(copies, keyring.File{Path: filepath.Clean(path)})
		}
		done, err := n.Vault.RestoreKeyring(r.ctx, r.clock(), copies...)
		if err != nil {
			return err
		}
		if err := n.Vault.Unlock(r.ctx); err != nil { // replays the erasures
			return err
		}
		n.Vault.Lock()
		_, err = fmt.Fprintln(r.out, r.words.T("The keyring is back as it was on %s. What was sealed with keys made later cannot be opened.", done.MadeAt.Format(time.RFC3339)))
		return errors.Join(err, n.Vault.Note(r.ctx, auth.ViaCLI, "restore keyring"))
	})
}
