package web

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/standard"
)

// exchangeRoutes are the pages on which files of cases come in and go out.
func (s *Server) exchangeRoutes() []route {
	may := May(auth.ExchangeCases)
	return []route{
		{"GET", "/cases/import", Staff, may, s.importCases, 0},
		{"POST", "/cases/import", Staff, may, s.takeCases, caseFileLimit + formLimit},
		{"GET", "/cases/release", Staff, may, s.releaseCases, 0},
		{"POST", "/cases/release", Staff, may, s.sendCases, 0},
		{"POST", "/cases/counts", Staff, may, s.sendCounts, 0},
	}
}

// caseFileLimit is the most bytes of a file of cases that a page takes: it is read into memory and nowhere
// else, because it names people. mostLosses is how many losses the answer lists.
const (
	caseFileLimit = 16 << 20
	mostLosses    = 500
)

// exchangePage is both pages: the form, and what became of a file.
type exchangePage struct {
	Page
	Mend                                          []Mend
	Standards, Forms, Profiles, Purposes, Reasons []breachChoice
	Strict                                        bool
	MaxMB                                         int
	From, To                                      string
	Recipients                                    []breachChoice
	Look                                          []exchangeField
	Leave                                         string // how many records would leave, and how many are left out
	Said                                          string // what became of the file
	Sums                                          []string
	Losses                                        []exchangeLoss
	More                                          string
}

// exchangeField is a field that would leave, and for how many people the consent or a law lets it.
type exchangeField struct{ Class, Field, Consent string }

// exchangeLoss is something of a file that is not kept as it stands there.
type exchangeLoss struct {
	Record, Line               int
	Column, Value, Near, Label string
}

// Wrong returns what is to be mended in a field, or "".
func (p exchangePage) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) exchangePage(r *http.Request, title, chosen string) exchangePage {
	page := exchangePage{Page: s.page(r, title), MaxMB: caseFileLimit >> 20}
	for _, m := range standard.Maps() {
		code := m.Standard + " " + m.Version
		page.Standards = append(page.Standards, breachChoice{code, strings.ToUpper(m.Standard) + " " + m.Version, code == chosen || chosen == "" && code == "htcds 2.0"})
	}
	return page
}

// mapOf is the standard that a form names.
func mapOf(code string) (standard.Map, error) {
	name, version, _ := strings.Cut(code, " ")
	for _, m := range standard.Maps() {
		if m.Standard == name && m.Version == version {
			return m, nil
		}
	}
	return standard.Map{}, fault.New(fault.Invalid, "Nothing was done.").WithField("standard", "Choose by which standard the file is written.")
}

func (s *Server) importCases(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, "case_import", s.exchangePage(r, visitOf(r).printer.T("Take in a file of cases"), ""))
}

// caseFile is a file as it was sent.
type caseFile struct {
	standard, name  string
	strict, take    bool
	content         []byte
	chosen, tooLong bool
}

// receiveCases reads the form. The file stays in memory: it goes when the answer is written.
func receiveCases(form *multipart.Reader) (f caseFile, err error) {
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return f, nil
		}
		if err != nil {
			return f, unreadable(err)
		}
		most := int64(500)
		if part.FormName() == "file" {
			most = caseFileLimit
		}
		text, err := io.ReadAll(io.LimitReader(part, most+1))
		if err != nil {
			return f, unreadable(err)
		}
		switch part.FormName() {
		case "standard":
			f.standard = printable(string(text))
		case "strict":
			f.strict = len(text) > 0
		case "take":
			f.take = len(text) > 0
		case "file":
			f.name, f.content = printable(path.Base(strings.ReplaceAll(part.FileName(), "\\", "/"))), text
			f.chosen, f.tooLong = part.FileName() != "", int64(len(text)) > most
		}
	}
}

// file is what the room reads, or what is to be mended.
func (f caseFile) file() (standard.File, error) {
	m, err := mapOf(f.standard)
	if err != nil {
		return standard.File{}, err
	}
	wrong := fault.New(fault.Invalid, "Nothing was kept.")
	form := standard.Form("")
	switch name := strings.ToLower(f.name); {
	case !f.chosen:
		return standard.File{}, wrong.WithField("file", "Choose a file.")
	case f.tooLong:
		return standard.File{}, wrong.WithField("file", "This file is larger than %d MB. It goes in with the command “fourfold import”.", caseFileLimit>>20)
	case strings.HasSuffix(name, ".csv"):
		form = standard.CSV
	case strings.HasSuffix(name, ".json"), strings.HasSuffix(name, ".ndjson"), strings.HasSuffix(name, ".jsonl"):
		form = standard.JSON
	default:
		return standard.File{}, wrong.WithField("file", "The name of the file must end in .json or .csv.")
	}
	return standard.File{
		Map: m, Form: form, Strict: f.strict, Check: !f.take,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.content)), nil },
	}, nil
}

// takeCases checks a file, and takes it in when it was sent for that.
func (s *Server) takeCases(w http.ResponseWriter, r *http.Request) error {
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
	sent, err := receiveCases(form)
	if err != nil {
		return err
	}
	p := visitOf(r).printer
	page := s.exchangePage(r, p.T("Take in a file of cases"), sent.standard)
	page.Strict = sent.strict
	f, err := sent.file()
	if err == nil {
		err = s.readCases(r, &page, sent.name, f)
	}
	if page.Mend, err = toMend(p, err, "file"); err != nil {
		return err
	}
	return s.renderMend(w, r, "case_import", page, page.Mend)
}

// readCases has the room read a file when its turn has come, and keeps what it says for the page.
func (s *Server) readCases(r *http.Request, page *exchangePage, name string, f standard.File) error {
	done, err := s.uploads.turn(r.Context())
	if err != nil {
		return err
	}
	defer done()
	p := page.Printer
	f.Lost = func(l standard.Loss) error {
		if len(page.Losses) < mostLosses {
			page.Losses = append(page.Losses, exchangeLoss{
				l.Record, l.Line, l.Column, l.Value.Reveal("what is lost of the reader’s own file"), l.Near, p.T(l.Kind.Label()),
			})
		}
		return nil
	}
	report, err := s.app.Standards.Import(r.Context(), actorOf(r), f)
	all := 0
	for _, k := range standard.Kinds() {
		if n := report.Losses[k]; n > 0 {
			all += n
			page.Sums = append(page.Sums, fmt.Sprintf("%s × %s", p.Int(int64(n)), p.T(k.Label())))
		}
	}
	if all > len(page.Losses) {
		page.More = p.T("The first %s are listed. The command “fourfold import” writes all of them to a file.", p.Int(int64(len(page.Losses))))
	}
	if err == nil {
		page.Said = said(p, name, f, report)
	}
	return err
}

// said is what became of a file.
func said(p *i18n.Printer, name string, f standard.File, r standard.Report) string {
	read := p.N("%d record read", "%d records read", r.Records)
	switch {
	case f.Check && r.Losses[standard.Refused] > 0:
		return p.T("%s: %s. Some of them cannot be kept; mend what is named below. Nothing was kept.", name, read)
	case f.Check:
		return p.T("%s: %s, nothing stands in the way. Nothing was kept yet: choose the file again and take it in.", name, read)
	case r.Already:
		return p.T("%s: this very file is here already; nothing changed.", name)
	}
	return p.T("%s: %s, %s.", name, read, p.N("%d case opened", "%d cases opened", r.Cases))
}

func (s *Server) releasePage(r *http.Request, mend []Mend) (exchangePage, error) {
	p := visitOf(r).printer
	page := s.exchangePage(r, p.T("Let records out"), r.PostFormValue("standard"))
	page.Mend, page.From, page.To = mend, r.PostFormValue("from"), r.PostFormValue("to")
	words := func(list []consent.Word, field string) (all []breachChoice) {
		for _, one := range list {
			all = append(all, breachChoice{one.Code, p.T(one.Label), one.Code == r.PostFormValue(field)})
		}
		return all
	}
	page.Purposes, page.Reasons = words(consent.Purposes(), "purpose"), words(standard.Reasons(), "reason")
	for _, one := range standard.Profiles() {
		page.Profiles = append(page.Profiles, breachChoice{string(one), p.T(one.Label()), string(one) == r.PostFormValue("profile")})
	}
	for _, one := range []standard.Form{standard.CSV, standard.JSON} {
		page.Forms = append(page.Forms, breachChoice{string(one), strings.ToUpper(string(one)), string(one) == r.PostFormValue("form")})
	}
	others, err := s.app.Standards.Receivers(r.Context(), actorOf(r))
	page.Recipients = []breachChoice{{standard.Ourselves, p.T("our own organisation"), recipientOf(r) == standard.Ourselves}}
	for _, org := range others {
		code := consent.Party(org.ID)
		page.Recipients = append(page.Recipients, breachChoice{code, org.Name, code == recipientOf(r)})
	}
	return page, err
}

// recipientOf is who gets it: ourselves, unless somebody else is chosen.
func recipientOf(r *http.Request) string {
	return cmp.Or(r.PostFormValue("recipient"), standard.Ourselves)
}

// lookAt shows what a release would hold for somebody else, field by field, and lets nothing out.
func (s *Server) lookAt(w http.ResponseWriter, r *http.Request, release standard.Release) error {
	page, err := s.releasePage(r, nil)
	if err != nil {
		return err
	}
	p := page.Printer
	if release.To == standard.Ourselves {
		page.Leave = p.T("Nothing leaves our own organisation: the file holds every case that you may see.")
		return s.render(w, r, http.StatusOK, "case_release", page)
	}
	seen, err := s.app.Standards.Preview(r.Context(), actorOf(r), release)
	if err != nil {
		return s.releaseAgain(w, r, err)
	}
	page.Leave = p.T("%s would leave; %s left out.", p.N("%d record", "%d records", seen.Leave), p.Int(int64(seen.LeftOut)))
	for _, f := range seen.Fields {
		page.Look = append(page.Look, exchangeField{
			p.T(agreement.LabelOf(classWords(), f.Class)), p.T(agreement.LabelOf(fieldWords(f.Class), f.Field)), p.Int(int64(f.Consent)),
		})
	}
	return s.render(w, r, http.StatusOK, "case_release", page)
}

func (s *Server) releaseCases(w http.ResponseWriter, r *http.Request) error {
	page, err := s.releasePage(r, nil)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "case_release", page)
}

// releaseAgain shows the form with what is to be mended.
func (s *Server) releaseAgain(w http.ResponseWriter, r *http.Request, err error) error {
	mend, err := toMend(visitOf(r).printer, err, "reason")
	if err != nil {
		return err
	}
	page, err := s.releasePage(r, mend)
	if err != nil {
		return err
	}
	return s.renderMend(w, r, "case_release", page, mend)
}

// sendCases writes a release while it is read: each page of it stands in the ledger before it leaves.
func (s *Server) sendCases(w http.ResponseWriter, r *http.Request) error {
	m, err := mapOf(r.PostFormValue("standard"))
	if err != nil {
		return s.releaseAgain(w, r, err)
	}
	form := standard.Form(r.PostFormValue("form"))
	patient(w)
	release := standard.Release{
		Map: m, Form: form, Profile: standard.Profile(r.PostFormValue("profile")), To: recipientOf(r),
		Purpose: r.PostFormValue("purpose"), Reason: r.PostFormValue("reason"),
	}
	if r.PostFormValue("look") != "" {
		return s.lookAt(w, r, release)
	}
	to := &late{w: w, name: "release-" + civil(s.now(), actorOf(r).Zone) + "." + string(form), contentType: "text/csv; charset=utf-8"}
	if form == standard.JSON {
		to.contentType = "application/json"
	}
	_, err = s.app.Standards.Export(r.Context(), actorOf(r), release, to)
	switch {
	case err != nil && to.begun:
		panic(http.ErrAbortHandler) // the browser must not take half of it for the whole
	case err != nil:
		return s.releaseAgain(w, r, err)
	}
	return nil
}

// late is a file that begins with its first byte: until then the answer may still be a page.
type late struct {
	w                 http.ResponseWriter
	name, contentType string
	begun             bool
}

func (l *late) Write(b []byte) (int, error) {
	if !l.begun {
		l.begun = true
		l.w.Header().Set("Content-Type", l.contentType)
		l.w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", l.name))
	}
	return l.w.Write(b)
}

// sendCounts sends the counts of months, the small ones withheld.
func (s *Server) sendCounts(w http.ResponseWriter, r *http.Request) error {
	cells, err := s.app.Standards.Table(r.Context(), actorOf(r), standard.Monthly{
		From: r.PostFormValue("from"), To: r.PostFormValue("to"), Recipient: recipientOf(r),
		Purpose: r.PostFormValue("purpose"), Reason: r.PostFormValue("reason"),
	})
	if err != nil {
		return s.releaseAgain(w, r, err)
	}
	return s.download(w, r, "counts-"+r.PostFormValue("from")+"-"+r.PostFormValue("to")+".csv", "text/csv; charset=utf-8", func(to io.Writer) error {
		return standard.WriteTable(to, cells)
	})
}
