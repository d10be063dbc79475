package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// vaultSheets prints recovery sheets.
type vaultSheets struct{}

// Run prints three sheets, each on a page of its own.
func (vaultSheets) Run(r *run) error {
	return r.withNode(func(n node) error {
		sheets, err := n.Vault.Sheets(r.ctx)
		if err != nil {
			return err
		}
		// Before they are on paper: sheets that nobody knows of must not exist.
		if err := n.Vault.Note(r.ctx, auth.ViaCLI, "sheets"); err != nil {
			return err
		}
		for _, s := range sheets {
			if err := r.printSheet(s, n.actor.OrgName); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *run) printSheet(s nodekey.Share, name string) error {
	p := r.words
	page := "\f"
	if s.Number == 1 {
		page = ""
	}
	_, err := fmt.Fprintf(r.out, "%s%s\n%s\n%s\n\n%s\n%s\n\n%s\n", page,
		p.T("Recovery sheet %d of 3", int(s.Number)), p.T("Node: %s", name), p.T("Printing: %s", s.Printing()), s.Print(),
		p.T("Any two of the three sheets bring the node key back, and with it everything the node keeps. One alone tells nothing. Give each to another trusted person, who keeps it sealed and says at once when it is lost. Try two once a year with \"fourfold vault drill\"."),
		p.T("Sheets are worthless after \"fourfold vault rekey\"."))
	return err
}

// vaultDrill tries sheets.
type vaultDrill struct{}

// Run reads two sheets and compares.
func (vaultDrill) Run(r *run) error {
	return r.withNode(func(n node) error {
		shares, err := r.readSheets()
		if err != nil {
			return err
		}
		if err := n.Vault.Drill(r.ctx, shares...); err != nil {
			return err
		}
		_, err = fmt.Fprintln(r.out, r.words.T("The sheets bring back the key of this node. Nothing was written."))
		return errors.Join(err, n.Vault.Note(r.ctx, auth.ViaCLI, "drill"))
	})
}

// vaultRecover writes the node key from sheets.
type vaultRecover struct{}

// Run reads two sheets and writes the key file.
func (vaultRecover) Run(r *run) error {
	return r.withNode(func(n node) error {
		shares, err := r.readSheets()
		if err != nil {
			return err
		}
		conf, err := r.config(nil)
		if err != nil {
			return err
		}
		to := nodekey.File{Path: conf.NodeKeyPath()}
		if err := n.Vault.Recover(r.ctx, to, shares...); err != nil {
			return err
		}
		_, err = fmt.Fprintln(r.out, r.words.T("The node key is back in %s. Give it a pass phrase with \"fourfold vault phrase\", and print new sheets after \"fourfold vault rekey\" if one is lost.", to.Path))
		return errors.Join(err, n.Vault.Note(r.ctx, auth.ViaCLI, "recover"))
	})
}

// sheetRows is how many lines of digits a sheet has.
const sheetRows = 7

// readSheets reads two sheets, of seven lines each, from the standard input.
func (r *run) readSheets() ([]nodekey.Share, error) {
	var shares []nodekey.Share
	in := bufio.NewScanner(io.LimitReader(r.in, 64<<10))
	if r.errTerminal {
		fmt.Fprintln(r.err, r.words.T("Type the seven rows of one sheet, then those of another."))
	}
	var rows []string
	for len(shares) < 2 && in.Scan() {
		line := strings.TrimSpace(in.Text())
		if line == "" {
			continue
		}
		if rows = append(rows, line); len(rows) < sheetRows {
			continue
		}
		s, err := nodekey.ParseShare(strings.Join(rows, "\n"))
		if err != nil {
			return nil, err
		}
		shares, rows = append(shares, s), nil
	}
	if err := in.Err(); err != nil {
		return nil, err
	}
	if len(shares) < 2 {
		return nil, fault.New(fault.Invalid, "Two of the three recovery sheets are needed.").
			WithHint("Type the seven rows of four groups of four digits of one sheet, then those of another.")
	}
	return shares, nil
}
