package web

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/importer"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
)

// importPage is the form that takes a file in.
type importPage struct {
	Page
	Mend     []Mend
	Formats  []fileFormat
	Format   string
	Released typedDate
	Months   []month
	Label    string
	MaxMB    int64
}

// Wrong returns what is to be mended in a field, or "".
func (p importPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

// fileFormat is one kind of file the importers read.
type fileFormat struct{ Code, Label, Help string }

func fileFormats(p *i18n.Printer) []fileFormat {
	return []fileFormat{
		{"nrm", p.T("National referral statistics"), p.T("The quarterly tables of the national referral mechanism, as published (.csv or .csv.gz)")},
		{"glotip", p.T("UNODC global report"), p.T("The data file of the Global Report on Trafficking in Persons (.csv or .csv.gz)")},
		{"csv", p.T("Your own table"), p.T("One row for each figure, with at least the columns indicator, area, period and value (.csv or .csv.gz)")},
	}
}

func (s *Server) importing(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, "import", s.importForm(r, nil, nil))
}

// importForm fills the form, with what was sent when it has to be mended.
func (s *Server) importForm(r *http.Request, sent *upload, mend []Mend) importPage {
	p := visitOf(r).printer
	page := importPage{
		Page: s.page(r, p.T("Import figures")), Mend: mend, Formats: fileFormats(p),
		Months: months(p), Format: "nrm", MaxMB: s.options.MaxUpload >> 20,
	}
	if sent != nil {
		page.Released, page.Label = sent.Released, sent.Label
		if sent.Format != "" {
			page.Format = sent.Format
		}
	}
	return page
}

// checkUpload takes a file, checks the whole of it and saves nothing. What does not come to wait for
// its owner is removed again, whatever ended it.
func (s *Server) checkUpload(w http.ResponseWriter, r *http.Request) error {
	end, err := s.uploads.begin(actorOf(r).Account)
	if err != nil {
		return err
	}
	defer end()
	patient(w)
	form, err := r.MultipartReader()
	if err != nil {
		return fault.New(fault.Invalid, "The form arrived incomplete.").Wrap(err)
	}
	got, err := s.uploads.receive(form)
	if err != nil {
		return err
	}
	held := false
	defer func() {
		if !held {
			s.uploads.remove(got)
		}
	}()
	p := visitOf(r).printer
	mend := mendUpload(p, got)
	if len(mend) == 0 {
		got.Owner = actorOf(r).Account
		got.Report, err = s.take(r, *got, true)
		if err == nil || len(got.Report.Problems) > 0 {
			held = true
			s.uploads.hold(got)
			return s.seeOther(w, r, "/import/"+got.ID)
		}
		f, ok := fault.As(err)
		if !ok || f.Kind == fault.Internal {
			return err
		}
		mend = mendOf(p, f, "file")
	}
	return s.render(w, r, http.StatusUnprocessableEntity, "import", s.importForm(r, got, mend))
}

// take reads a file when its turn has come: to check it, or to save it as well.
func (s *Server) take(r *http.Request, u upload, dry bool) (indicator.Report, error) {
	done, err := s.uploads.turn(r.Context())
	if err != nil {
		return indicator.Report{}, err
	}
	defer done()
	return s.app.Indicators.Import(r.Context(), actorOf(r), importOf(u, dry))
}

// patient lifts the time limits of an ordinary request: a large file on a slow line takes as long as
// it takes. Only who may import comes here.
func patient(w http.ResponseWriter) {
	c := http.NewResponseController(w)
	// A connection that knows no limits has none to lift.
	_ = c.SetReadDeadline(time.Time{})
	_ = c.SetWriteDeadline(time.Time{})
}

func mendUpload(p *i18n.Printer, got *upload) []Mend {
	var mend []Mend
	known := false
	for _, f := range fileFormats(p) {
		known = known || f.Code == got.Format
	}
	if !known {
		mend = append(mend, Mend{"format", p.T("Say what kind of file it is.")})
	}
	if _, ok := got.Released.civil(); !ok {
		mend = append(mend, Mend{"released_on", p.T("This day does not exist. Give day, month and year, or leave all three empty.")})
	}
	if got.Path == "" {
		mend = append(mend, Mend{"file", p.T("Choose a file.")})
	}
	return mend
}

func importOf(u upload, dry bool) indicator.Import {
	day, _ := u.Released.civil() // checked before the file was
	return indicator.Import{
		Format: u.Format, Path: u.Path, Name: u.Name,
		ReleasedOn: day, Label: u.Label, DryRun: dry,
	}
}

// checkedPage is what an import found, row by row, before and after saving.
type checkedPage struct {
	Page
	ID       string
	Saved    bool
	Report   indicator.Report
	Problems []problemRow
	Margins  []marginRow
}

// problemRow is one problem in the reader's language.
type problemRow struct {
	Line               string
	Column, Value      string
	What, Mend         string
	Stops, WholeOfFile bool
}

func (s *Server) checked(w http.ResponseWriter, r *http.Request) error {
	got, err := s.uploads.find(actorOf(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	p := visitOf(r).printer
	title := p.T("Checked, nothing saved yet")
	switch {
	case got.Saved && got.Report.Already:
		title = p.T("Already here, nothing changed")
	case got.Saved:
		title = p.T("Saved")
	case !got.Report.OK():
		title = p.T("Not ready to save")
	}
	return s.render(w, r, http.StatusOK, "import_checked", checkedPage{
		Page: s.page(r, title), ID: got.ID, Saved: got.Saved, Report: got.Report,
		Problems: problemRows(p, got.Report.Problems), Margins: marginRows(p, got.Report.Margins),
	})
}

func problemRows(p *i18n.Printer, problems []indicator.Problem) []problemRow {
	rows := make([]problemRow, 0, len(problems))
	for _, found := range problems {
		row := problemRow{
			Column: found.Column, Value: found.Value, What: p.T(found.Msg, found.Args...),
			Stops: found.Severity == importer.Fatal, WholeOfFile: found.Line == 0,
		}
		if found.Line > 0 {
			row.Line = p.Int(int64(found.Line))
		}
		if row.Column == "" && found.At > 0 {
			row.Column = p.T("character %s", p.Int(int64(found.At)))
		}
		if found.Mend != "" {
			row.Mend = p.T(found.Mend, found.MendArgs...)
		}
		rows = append(rows, row)
	}
	return rows
}

// marginRow is a published total that differs from its cells, in the reader's language.
type marginRow struct{ When, Where, Over, Published, Summed string }

// mostMargins is how many differing totals the page lists; the command line lists all.
const mostMargins = 20

func marginRows(p *i18n.Printer, checks []indicator.MarginCheck) []marginRow {
	var rows []marginRow
	for _, c := range checks[:min(len(checks), mostMargins)] {
		cell := c.Key.Cell()
		parts := []string{areaName(p, c.Area)}
		for _, d := range slices.Sorted(maps.Keys(cell)) {
			parts = append(parts, codeName(p, d, cell[d], ""))
		}
		rows = append(rows, marginRow{
			When: periodName(p, c.Period), Where: strings.Join(parts, " · "),
			Over:      dimName(p, indicator.Dimension{Dim: c.Over}),
			Published: valueText(p, c.Published), Summed: valueText(p, c.Summed),
		})
	}
	return rows
}

// saveUpload takes a checked file in. It is checked again on the way: all of it is saved, or nothing.
func (s *Server) saveUpload(w http.ResponseWriter, r *http.Request) error {
	got, err := s.uploads.find(actorOf(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	if got.Saved || !got.Report.OK() {
		return s.seeOther(w, r, "/import/"+got.ID)
	}
	patient(w)
	report, err := s.take(r, got, false)
	if err != nil {
		return err
	}
	if !report.OK() {
		return errors.New("save an upload: a file that had passed its check failed it")
	}
	s.uploads.saved(got.ID, report)
	return s.seeOther(w, r, "/import/"+got.ID)
}

func (s *Server) discardUpload(w http.ResponseWriter, r *http.Request) error {
	got, err := s.uploads.find(actorOf(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	s.uploads.discard(got.ID)
	return s.seeOther(w, r, "/import")
}
