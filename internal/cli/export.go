package cli

import (
	"archive/zip"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/fault"
)

// exportCmd writes the figures of the node as an open data package.
type exportCmd struct {
	Out string `short:"o" required:"" placeholder:"PATH" help:"A folder that does not exist yet, or a file that ends in .zip."`
	All bool   `help:"Also those that may not be passed on, for your own use."`
}

// Help is the long help of the command.
func (exportCmd) Help() string {
	return `The package holds one CSV file for each indicator that has figures, with every cell and every release, and datapackage.json, which describes them (Frictionless Data Package 2.0). Each file can be taken in again with fourfold import csv. Figures whose licence does not let them be passed on are left out, and named.`
}

// Run writes the package.
func (c *exportCmd) Run(r *run) error {
	if _, err := os.Lstat(c.Out); err == nil {
		return fault.New(fault.Conflict, "%s exists already.", c.Out).WithHint("Choose another name, or remove it first.")
	} else if !errors.Is(err, fs.ErrNotExist) {
		return cannotWrite(c.Out, err)
	}
	return r.withNode(func(n node) error {
		if strings.EqualFold(filepath.Ext(c.Out), ".zip") {
			return c.toZip(r, n)
		}
		return c.toFolder(r, n)
	})
}

func (c *exportCmd) toZip(r *run, n node) error {
	return writeFile(c.Out, func(w io.Writer) error {
		archive := zip.NewWriter(w)
		err := c.pack(r, n, func(name string, produce func(io.Writer) error) error {
			// The present time would make two files of the same figures differ.
			entry, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: zipEpoch()})
			if err != nil {
				return err
			}
			return produce(entry)
		})
		return errors.Join(err, archive.Close())
	})
}

// zipEpoch is the first instant that a zip file can name.
func zipEpoch() time.Time { return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) }

// toFolder writes beside the folder and renames at the end.
func (c *exportCmd) toFolder(r *run, n node) (err error) {
	tmp, err := os.MkdirTemp(filepath.Dir(c.Out), ".fourfold-*")
	if err != nil {
		return cannotWrite(c.Out, err)
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(tmp)
		}
	}()
	err = c.pack(r, n, func(name string, produce func(io.Writer) error) error {
		return writeFile(filepath.Join(tmp, name), produce)
	})
	if err != nil {
		return err
	}
	if err := os.Rename(tmp, c.Out); err != nil {
		return cannotWrite(c.Out, err)
	}
	return nil
}

// pack writes the files of the package through put and tells what is in it.
func (c *exportCmd) pack(r *run, n node, put func(name string, produce func(io.Writer) error) error) error {
	all, err := n.Indicators.List(r.ctx, n.actor, indicator.Filter{})
	if err != nil {
		return err
	}
	var done int64
	p := r.progress(func(rows int64) string { return r.words.T("%s figures written", r.words.Int(rows)) })
	defer p.Done()
	var resources []resource
	for _, i := range all {
		if i.SeriesCount == 0 {
			continue
		}
		if !i.Shippable && !i.Own && !c.All {
			p.Done()
			fmt.Fprintln(r.err, r.words.T("%s is left out: its licence does not let it be passed on (%s).", string(i.ID), r.words.T(i.Licence)))
			continue
		}
		if i, err = n.Indicators.Get(r.ctx, n.actor, i.ID); err != nil {
			return err
		}
		res := newResource(i)
		sum := measured{hash: sha256.New()}
		rows := 0
		err := put(res.Path, func(w io.Writer) (err error) {
			rows, err = n.Indicators.WriteAll(r.ctx, n.actor, i.ID, io.MultiWriter(w, &sum))
			return err
		})
		if err != nil {
			return err
		}
		res.Bytes, res.Hash = sum.bytes, fmt.Sprintf("sha256:%x", sum.hash.Sum(nil))
		resources = append(resources, res)
		done += int64(rows)
		p.At(done)
	}
	if len(resources) == 0 {
		return fault.New(fault.NotFound, "There are no figures to export.").WithHint("Import some first, see fourfold import --help.")
	}
	descriptor := newPackage(n.actor.OrgName, r.clock(), resources)
	if err := put("datapackage.json", func(w io.Writer) error { return writeJSON(w, descriptor) }); err != nil {
		return err
	}
	p.Done()
	_, err = fmt.Fprintln(r.out, r.words.T("%s: %s figures of %s indicators.", c.Out, r.words.Int(done), r.words.Int(int64(len(resources)))))
	return err
}

// measured counts and hashes what is written.
type measured struct {
	hash  hash.Hash
	bytes int64
}

// Write never fails.
func (m *measured) Write(p []byte) (int, error) {
	m.bytes += int64(len(p))
	return m.hash.Write(p)
}

// dataPackage is the descriptor of a Frictionless Data Package,
// https://datapackage.org/standard/data-package/.
type dataPackage struct {
	Schema    string     `json:"$schema"`
	Name      string     `json:"name"`
	Title     string     `json:"title"`
	Created   string     `json:"created"`
	Homepage  string     `json:"homepage,omitempty"`
	Resources []resource `json:"resources"`
}

func newPackage(org string, now time.Time, resources []resource) dataPackage {
	return dataPackage{
		Schema: "https://datapackage.org/profiles/2.0/datapackage.json",
		Name:   "fourfold-figures", Title: "Figures held by " + org,
		Created: now.UTC().Format(time.RFC3339), Resources: resources,
	}
}
