package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/standard"
)

// releaseCmd lets records or counts of cases out. Every release has a reason and an entry in the ledger.
type releaseCmd struct {
	HTCDS   releaseHTCDS   `cmd:"" name:"htcds" help:"Records, by the Human Trafficking Case Data Standard 0.1 to 2.0."`
	CTDC    releaseCTDC    `cmd:"" name:"ctdc" help:"Records, by the dictionary of the Counter-Trafficking Data Collaborative."`
	Monthly releaseMonthly `cmd:"" name:"monthly" help:"Counts by month and code, small ones withheld."`
}

// whyFlags are the same for every release.
type whyFlags struct {
	Out     string `short:"o" required:"" placeholder:"FILE" help:"A file that does not exist yet."`
	Account string `required:"" placeholder:"NAME" help:"Who releases it: an account that answers for a service. The ledger names them."`
	Reason  string `required:"" enum:"report,move,handover,research,demand" help:"Why: ${enum}."`
	To      string `default:"us" placeholder:"CODE" help:"Who gets it: us is our own organisation, or the code of one with which an agreement is in force."`
	Purpose string `default:"statistics" placeholder:"CODE" help:"For what."`
}

func (f whyFlags) free() error {
	if _, err := os.Lstat(f.Out); err == nil {
		return fault.New(fault.Conflict, "%s exists already.", f.Out).WithHint("Choose another name, or remove it first.")
	} else if !errors.Is(err, fs.ErrNotExist) {
		return cannotWrite(f.Out, err)
	}
	return nil
}

type recordFlags struct {
	whyFlags
	Profile string `default:"codes" enum:"codes,contribution,whole" help:"How much of each record: codes that identify nobody; with gender and citizenship; everything, names included."`
	Report  string `placeholder:"FILE" help:"Where the list of what the standard has no place for goes, as CSV."`
}

type (
	releaseHTCDS struct {
		Of string `name:"of" default:"2.0" enum:"0.1,0.2,1.0,2.0" help:"Version of the standard: ${enum}."`
		recordFlags
	}
	releaseCTDC struct{ recordFlags }
)

// Run writes records.
func (c *releaseHTCDS) Run(r *run) error { return c.run(r, "htcds", c.Of) }

// Run writes records.
func (c *releaseCTDC) Run(r *run) error { return c.run(r, "ctdc", "") }

func (c *recordFlags) run(r *run, name, version string) error {
	m, err := standard.MapOf(name, version)
	if err != nil {
		return err
	}
	form, err := formOf(c.Out)
	if err != nil {
		return err
	}
	if err := c.free(); err != nil {
		return err
	}
	lost, err := newLossFile(c.Report)
	if err != nil {
		return err
	}
	err = r.unlocked(func(n node) error {
		actor, err := n.acting(r, c.Account)
		if err != nil {
			return err
		}
		var done standard.Released
		err = writeFile(c.Out, func(w io.Writer) (err error) {
			done, err = n.Standards.Export(r.ctx, actor, standard.Release{
				Map: m, Form: form, Profile: standard.Profile(c.Profile), To: c.To, Purpose: c.Purpose, Reason: c.Reason, Lost: lost.write,
			}, w)
			return err
		})
		if err != nil {
			return err
		}
		p := r.words
		if done.LeftOut > 0 {
			fmt.Fprintln(r.err, p.T("%s cases were left out: nothing lets this recipient know of them.", p.Int(int64(done.LeftOut))))
		}
		_, err = fmt.Fprintln(r.out, p.T("%s: %s records, SHA-256 %s.", filepath.Base(c.Out), p.Int(int64(done.Records)), done.Hash))
		return err
	})
	return errors.Join(err, lost.close())
}

type releaseMonthly struct {
	whyFlags
	From      string `required:"" placeholder:"MONTH" help:"First month, 2026-01."`
	Until     string `required:"" placeholder:"MONTH" help:"Last month. It must be over."`
	Threshold int    `default:"11" placeholder:"N" help:"Withhold counts below this, 5 at least."`
}

// Run writes counts.
func (c *releaseMonthly) Run(r *run) error {
	if err := c.free(); err != nil {
		return err
	}
	return r.withNode(func(n node) error {
		actor, err := n.acting(r, c.Account)
		if err != nil {
			return err
		}
		cells, err := n.Standards.Table(r.ctx, actor, standard.Monthly{
			From: c.From, To: c.Until, Threshold: c.Threshold, Recipient: c.To, Purpose: c.Purpose, Reason: c.Reason,
		})
		if err != nil {
			return err
		}
		if err := writeFile(c.Out, func(w io.Writer) error { return standard.WriteTable(w, cells) }); err != nil {
			return err
		}
		_, err = fmt.Fprintln(r.out, r.words.T("%s: %s counts.", filepath.Base(c.Out), r.words.Int(int64(len(cells)))))
		return err
	})
}
