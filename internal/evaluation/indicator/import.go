package indicator

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/importer"
	"github.com/fourfold/fourfold/internal/fault"
)

// Import takes in a file, whole or not at all. The file is read twice: once to check everything,
// and once to save in one transaction. It needs the permission measures.import.
//
// The report tells what was found, also when the error is not nil: a file with problems gives a
// fault.Invalid and nothing is saved. A dry run gives the report only; whether the file could be
// saved is Report.OK. The very same file imported again changes nothing (Report.Already).
//
// Files beyond importer.MaxBytes or importer.MaxRows are refused before anything is written.
// Memory does not grow with the size of the file beyond 16 bytes a row.
func (r *Indicators) Import(ctx context.Context, a auth.Actor, in Import) (Report, error) {
	if err := mayImport(a); err != nil {
		return Report{}, err
	}
	o, err := options(in)
	if err != nil {
		return Report{}, err
	}
	return r.take(ctx, a, o, in.DryRun)
}

// manyFigures is how many saved figures change what a database should know of its tables.
const manyFigures = 10_000

func (r *Indicators) take(ctx context.Context, a auth.Actor, o importer.Options, dry bool) (Report, error) {
	err := r.DB.Read(ctx, func(tx *db.Tx) (err error) {
		o.Measures, err = measures(ctx, tx, a)
		return err
	})
	if err != nil {
		return Report{}, err
	}
	found, err := importer.Check(ctx, o)
	if err != nil {
		return Report{}, unreadable(o.Name, err)
	}
	report := reportOf(o, found)
	report.DryRun = dry
	if dry {
		return report, nil
	}
	if !found.OK() {
		return report, refused(report)
	}
	save := saving{actor: a, options: o, found: found}
	err = r.DB.Write(ctx, func(tx *db.Tx) error { return save.run(ctx, tx) })
	if err != nil {
		return report, unreadable(o.Name, err)
	}
	report.Saved, report.Already, report.Releases = save.saved, save.already, save.releases
	if report.Saved >= manyFigures {
		r.DB.Replan(ctx)
	}
	return report, nil
}

func options(in Import) (importer.Options, error) {
	o := importer.Options{
		Format: in.Format, Name: in.Name, Open: in.Open, ReleasedOn: in.ReleasedOn, Label: in.Label,
		Progress: in.Progress,
	}
	if !slices.Contains(Formats(), in.Format) {
		near, _ := importer.Nearest(in.Format, Formats())
		return o, fault.New(fault.Invalid, "The format %q is not known.", clip(in.Format)).
			WithHint("Use %s; nrm, glotip and csv are known.", cmp.Or(near, "csv"))
	}
	if o.Open == nil {
		if in.Path == "" {
			return o, fault.New(fault.Invalid, "No file is named.").WithHint("Give the path of the file to import.")
		}
		o.Open = func() (io.ReadCloser, error) { return os.Open(in.Path) }
	}
	o.Name = cmp.Or(in.Name, filepath.Base(in.Path))
	if o.Name == "." {
		o.Name = "file"
	}
	return o, nil
}

// Formats lists the formats that Import knows.
func Formats() []string { return []string{"nrm", "glotip", "csv"} }

// unreadable words failures of the file system and leaves other errors alone.
func unreadable(name string, err error) error {
	if errors.Is(err, importer.ErrChanged) {
		return fault.New(fault.Conflict, "The file %s changed while it was read. Nothing was saved.", name).
			WithHint("Wait until it is written completely, then import it again.").Wrap(err)
	}
	if errors.Is(err, os.ErrNotExist) {
		return fault.New(fault.NotFound, "There is no file %s.", name).WithHint("Check the path.").Wrap(err)
	}
	if _, ok := errors.AsType[*os.PathError](err); ok {
		return fault.New(fault.Unavailable, "The file %s cannot be read.", name).
			WithHint("Check that it is a file and that you may read it.").Wrap(err)
	}
	return err
}

// refused sums up a report whose file is not saved; the problems stand in the report.
func refused(r Report) error {
	first := r.Problems[0]
	if r.ErrorCount == 1 {
		return fault.New(fault.Invalid, "Nothing was saved: %s", first.String())
	}
	return fault.New(fault.Invalid, "Nothing was saved: the file has %d problems. The first is: %s", r.ErrorCount, first.String()).
		WithHint("Mend them and import the file again; a dry run lists them without saving.")
}

func reportOf(o importer.Options, f *importer.Outcome) Report {
	r := Report{
		File: o.Name, Format: o.Format, Table: f.Table, Rows: f.Rows,
		Ranges: f.Ranges, Separators: f.Separators, Absent: f.Absent, Disputed: f.Disputed, Repeats: f.Repeats,
		Bytes: f.Bytes, Problems: f.Problems, ErrorCount: f.ErrorCount, WarningCount: f.WarningCount,
		Truncated:      f.ErrorCount+f.WarningCount > len(f.Problems),
		MarginsChecked: f.MarginsChecked, MarginsOff: f.MarginsOff, Margins: f.Margins,
	}
	for _, x := range f.Releases {
		r.Releases = append(r.Releases, releaseOf(x, f.Digest, 0))
	}
	return r
}

func releaseOf(x importer.Release, digest string, importedAt int64) Release {
	rel := Release{
		ID:     releaseID(x.Source, x.Label, x.ReleasedOn, digest),
		Source: x.Source, Label: x.Label, ReleasedOn: x.ReleasedOn, Basis: x.Basis, First: x.First,
		FileHash: digest, Rows: x.Figures, ImportedAt: importedAt,
	}
	for _, id := range x.Indicators {
		rel.Indicators = append(rel.Indicators, ID(id))
	}
	return rel
}

// measures tells the importer what indicators there are.
func measures(ctx context.Context, tx *db.Tx, a auth.Actor) (map[string]importer.Measure, error) {
	all, err := load(ctx, tx, a, "")
	known := make(map[string]importer.Measure, len(all))
	for _, i := range all {
		known[string(i.ID)] = importer.Measure{Fractions: i.Kind != Count, Every: i.Every}
	}
	return known, err
}
