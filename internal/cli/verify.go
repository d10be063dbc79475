package cli

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
)

// verifyCmd verifies a ledger.
type verifyCmd struct {
	Dir     string   `type:"path" placeholder:"DIR" help:"Verify tiles that were exported, or that a backup holds, instead of this node."`
	Key     string   `placeholder:"KEY" help:"Public key of the log, or a file with it, kept apart from what is verified."`
	Kept    []string `type:"path" placeholder:"FILE" help:"Signed checkpoint that was kept elsewhere; may be repeated."`
	Witness []string `placeholder:"KEY" help:"Public key of a witness, or a file with it; with --dir. May be repeated."`
	JSON    bool     `help:"Print JSON."`
}

// Help is the long help of the command.
func (verifyCmd) Help() string {
	return `Recomputes every entry of the ledger from what is stored, every tile from the entries and every signed checkpoint from the tiles, and names the first entry that was altered or is missing. Exit code 1 means that something was.

On a node, entries about persons are opened through the vault; with a locked vault only their place is checked, and the answer says so. Sealed records are compared with the newest entry about each, so that one that was put back to an earlier state is named. With --dir no node and no key of a node is needed: give --key and --kept from where they were kept, because whoever alters tiles can alter what lies beside them.

What was entered after the last checkpoint that a witness has signed is not protected from somebody with every right on the machine.`
}

// Run verifies and prints what was found.
func (c *verifyCmd) Run(r *run) error {
	key, err := keyText(c.Key)
	if err != nil {
		return err
	}
	kept, err := readAll(c.Kept)
	if err != nil {
		return err
	}
	if c.Dir != "" {
		return c.folder(r, key, kept)
	}
	if len(c.Witness) > 0 {
		return usage("--witness belongs to --dir; a node knows its witnesses")
	}
	return r.withNode(func(n node) error {
		if _, err := r.unlock(r.ctx, n.App); err != nil {
			return err
		}
		defer n.Vault.Lock()
		report, err := n.VerifyLedger(r.ctx, n.actor.Org, audit.Against{Opener: n.Vault, Signer: n.Vault, Key: key, Kept: kept})
		if err != nil {
			return err
		}
		if err := c.answer(r, report); err != nil {
			return err
		}
		return c.records(r, n)
	})
}

// folder verifies exported tiles.
func (c *verifyCmd) folder(r *run, key string, kept [][]byte) error {
	if _, err := os.Stat(c.Dir); err != nil {
		return fault.New(fault.NotFound, "The folder %s cannot be read.", c.Dir).Wrap(err)
	}
	o := audit.Outside{Key: key, Kept: kept}
	for _, w := range c.Witness {
		text, err := keyText(w)
		if err != nil {
			return err
		}
		o.Witnesses = append(o.Witnesses, text)
	}
	report, err := audit.VerifyFolder(os.DirFS(c.Dir), o)
	if err != nil {
		return err
	}
	if c.Key == "" {
		fmt.Fprintln(r.err, r.words.T("The key of the log was taken from the folder itself: this shows accidents, not whoever altered the whole folder. Give --key."))
	}
	return c.answer(r, report)
}

// answer prints a report. What is wrong is the error of the command.
func (c *verifyCmd) answer(r *run, report audit.Report) error {
	if c.JSON {
		if err := r.printJSON(report); err != nil {
			return err
		}
	} else {
		r.printReport(report)
	}
	if report.First == nil {
		return nil
	}
	return fault.New(fault.Conflict, "The ledger was altered or is not whole: %s.", report.First.String()).
		WithHint("Keep a copy of everything as it is, compare with a backup, and tell the person responsible for security.")
}

func (r *run) printReport(report audit.Report) {
	p := r.words
	for _, l := range report.Logs {
		fmt.Fprintln(r.out, p.T("Log %s: %d entries, signed up to %d.", l.Origin, l.Size, l.Signed))
		if l.Opened > 0 {
			fmt.Fprintln(r.out, "  "+p.T("%d were read and fit.", l.Opened))
		}
		if l.Sealed > 0 {
			fmt.Fprintln(r.out, "  "+p.T("%d are sealed: their place fits, what they say was not read.", l.Sealed))
		}
		if l.Erased > 0 {
			fmt.Fprintln(r.out, "  "+p.T("%d were erased by two people.", l.Erased))
		}
		if l.Padding > 0 {
			fmt.Fprintln(r.out, "  "+p.T("%d are padding.", l.Padding))
		}
		fmt.Fprintln(r.out, "  "+witnessLine(r, l))
	}
	if len(report.Logs) == 0 && report.First == nil {
		fmt.Fprintln(r.out, p.T("There is no log yet."))
	}
	if report.Waiting > 0 {
		fmt.Fprintln(r.out, p.T("%d entries wait to be put into the log.", report.Waiting))
	}
	if report.Unlogged > 0 {
		fmt.Fprintln(r.out, p.T("%d entries are from before there was a log; nothing protects them.", report.Unlogged))
	}
}

// witnessLine says up to where the log is witnessed.
func witnessLine(r *run, l audit.LogReport) string {
	if l.Witnessed == 0 {
		return r.words.T("No witness has signed it: it is not protected from somebody with every right on the machine.")
	}
	return r.words.T("Witnessed up to %d by %s; later entries are not protected from somebody with every right on the machine.", l.Witnessed, signers(l.Witnesses))
}

func signers(by []ledger.Cosigned) string {
	all := make([]string, len(by))
	for i, w := range by {
		all[i] = w.Witness + " (" + time.Unix(w.At, 0).UTC().Format(time.RFC3339) + ")"
	}
	return strings.Join(all, ", ")
}

// keyText returns a public key that was given as itself or as a file.
func keyText(given string) (string, error) {
	if given == "" || strings.Count(given, "+") >= 2 {
		return given, nil
	}
	data, err := os.ReadFile(given)
	if err != nil {
		return "", fault.New(fault.Invalid, "%q is neither a public key nor a file with one.", given).Wrap(err)
	}
	return strings.TrimSpace(string(data)), nil
}

func readAll(paths []string) ([][]byte, error) {
	var all [][]byte
	for _, path := range paths {
		data, err := readInput(path)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// readInput reads a file that a command was given.
func readInput(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.New(fault.NotFound, "The file %s cannot be read.", path).Wrap(err)
	}
	return data, nil
}

// entryOf is the beginning of an entry that a command writes.
func entryOf(a auth.Actor) audit.Entry {
	return audit.Entry{Org: string(a.Org), Actor: string(a.Account)}
}
