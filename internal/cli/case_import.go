package cli

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/protection/shelter"
	"github.com/fourfold/fourfold/internal/protection/standard"
)

type (
	importHTCDS struct {
		Of string `name:"of" default:"2.0" enum:"0.1,0.2,1.0,2.0" help:"Version of the standard: ${enum}."`
		caseFlags
	}
	importCTDC struct{ caseFlags }
)

// Run takes cases in.
func (c *importHTCDS) Run(r *run) error { return c.run(r, "htcds", c.Of) }

// Run takes cases in.
func (c *importCTDC) Run(r *run) error { return c.run(r, "ctdc", "") }

// caseFlags are the same for every file of cases.
type caseFlags struct {
	File    string `arg:"" help:"The file: JSON or CSV."`
	Account string `required:"" placeholder:"NAME" help:"Who takes them in: an account that answers for a service. The cases are theirs, and the ledger names them."`
	Report  string `placeholder:"FILE" help:"Where the list of what is lost goes, as CSV. It repeats words of the file: keep it as you keep the file."`
	Strict  bool   `help:"Refuse the file when anything of it would be lost."`
	DryRun  bool   `help:"Read and report, and keep nothing."`
}

// Help is the long help of the import of cases.
func (caseFlags) Help() string {
	return `The file is read to its end before anything is kept; a damaged file is refused as a whole. Each record becomes a case of its own, sealed, found by a search and entered in the ledger. Whatever has no place here is listed with record, column and remedy. An import that was interrupted goes on where it was when the same file is taken in again.`
}

// acting is the account in whose name a command touches people's files. The person at the terminal has no right
// to them by itself.
func (n node) acting(r *run, name string) (auth.Actor, error) {
	account, err := n.account(r.ctx, name)
	if err != nil {
		return auth.Actor{}, err
	}
	return n.Accounts.Actor(r.ctx, account.ID)
}

func (c *caseFlags) run(r *run, name, version string) error {
	m, err := standard.MapOf(name, version)
	if err != nil {
		return err
	}
	form, err := formOf(c.File)
	if err != nil {
		return err
	}
	lost, err := c.report()
	if err != nil {
		return err
	}
	err = r.unlocked(func(n node) error {
		actor, err := n.acting(r, c.Account)
		if err != nil {
			return err
		}
		p := r.progress(func(done int64) string { return r.words.T("%s cases kept", r.words.Int(done)) })
		report, err := n.Standards.Import(r.ctx, actor, standard.File{
			Map: m, Form: form, Open: func() (io.ReadCloser, error) { return openFile(c.File) },
			Strict: c.Strict, Check: c.DryRun, Lost: lost.write, Progress: p.At,
		})
		p.Done()
		return errors.Join(c.print(r, report, err), err)
	})
	return errors.Join(err, lost.close())
}

// formOf is the form that the name of a file says.
func formOf(path string) (standard.Form, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".json", ".ndjson", ".jsonl":
		return standard.JSON, nil
	case ".csv":
		return standard.CSV, nil
	}
	return "", usage("The name of the file must end in .json or .csv")
}

func openFile(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.NotFound, "%s cannot be read.", path).WithHint("Check the name of the file and that you may read it.").Wrap(err)
	}
	return f, nil
}

func (c *caseFlags) print(r *run, report standard.Report, refused error) error {
	p := r.words
	for _, k := range standard.Kinds() {
		if n := report.Losses[k]; n > 0 {
			fmt.Fprintf(r.err, "%s × %s: %s\n", p.Int(int64(n)), k, p.T(k.Label()))
		}
	}
	if refused != nil {
		return nil
	}
	read := p.N("%d record read", "%d records read", report.Records)
	outcome := p.T("%s: %s, %s.", filepath.Base(c.File), read, p.N("%d case opened", "%d cases opened", report.Cases))
	switch {
	case report.Already:
		outcome = p.T("%s: this very file is here already; nothing changed.", filepath.Base(c.File))
	case c.DryRun:
		outcome = p.T("%s: %s, nothing stands in the way. Nothing was saved (dry run).", filepath.Base(c.File), read)
	}
	_, err := fmt.Fprintln(r.out, outcome)
	return err
}

// lossFile is where losses go, one after another. Without a name they go nowhere.
type lossFile struct {
	file *os.File
	csv  *csv.Writer
}

func (c *caseFlags) report() (*lossFile, error) { return newLossFile(c.Report) }

func newLossFile(path string) (*lossFile, error) {
	if path == "" {
		return &lossFile{}, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, cannotWrite(path, err)
	}
	l := &lossFile{f, csv.NewWriter(f)}
	return l, l.csv.Write([]string{"record", "line", "column", "kind", "value", "nearest", "what"})
}

func (l *lossFile) write(one standard.Loss) error {
	if l.csv == nil {
		return nil
	}
	return l.csv.Write([]string{
		strconv.Itoa(one.Record), strconv.Itoa(one.Line), one.Column, string(one.Kind), one.Value.Reveal("the report about the reader’s own file"),
		one.Near, one.Kind.Label(),
	})
}

func (l *lossFile) close() error {
	if l.csv == nil {
		return nil
	}
	l.csv.Flush()
	return errors.Join(l.csv.Error(), l.file.Close())
}

// importHSDS takes a directory of services in.
type importHSDS struct {
	File    string `arg:"" help:"A file of HSDS 3: JSON, or a zip of tables."`
	Source  string `required:"" placeholder:"NAME" help:"Whose directory it is."`
	Account string `required:"" placeholder:"NAME" help:"Who takes it in."`
}

// Run takes services in and tells what of them was not kept.
func (c *importHSDS) Run(r *run) error {
	data, err := os.ReadFile(c.File)
	if err != nil {
		return fault.New(fault.NotFound, "%s cannot be read.", c.File).WithHint("Check the name of the file and that you may read it.").Wrap(err)
	}
	in, err := shelter.ReadHSDS(data)
	if err != nil {
		return err
	}
	return r.withNode(func(n node) error {
		actor, err := n.acting(r, c.Account)
		if err != nil {
			return err
		}
		took, err := n.Shelters.Take(r.ctx, actor, c.Source, in)
		if err != nil {
			return err
		}
		for _, l := range slices.Concat(in.Problems, in.Losses) {
			fmt.Fprintf(r.err, "%s: %s\n", l.Record, l.What)
		}
		p := r.words
		_, err = fmt.Fprintln(r.out, p.T("New: %s. Changed: %s. As before: %s.", p.Int(int64(took.New)), p.Int(int64(took.Changed)), p.Int(int64(took.Same))))
		return err
	})
}

// importFields takes a list of extension fields in.
type importFields struct {
	File string `arg:"" help:"The definition file."`
}

// Run takes a definition in.
func (c *importFields) Run(r *run) error {
	f, err := openFile(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	return r.withNode(func(n node) error {
		set, err := n.Standards.Define(r.ctx, n.actor, f)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(r.out, r.words.T("%s: %s fields of the list %s.", filepath.Base(c.File), r.words.Int(int64(len(set.Fields))), set.ID))
		return err
	})
}
