package web

import (
	"io"
	"net/http"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/shelter"
)

// directoryLimit is the most bytes of a file of services, with the form around it.
const directoryLimit = 33 << 20

func (s *Server) placeRoutes() []route {
	work, manage, any := May(auth.WorkCases), May(auth.ManageTeams), MayAny(auth.WorkCases, auth.ManageTeams)
	return []route{
		{"GET", "/places", Staff, any, s.places, 0},
		{"POST", "/places", Staff, manage, s.addPlace, 0},
		{"POST", "/places/areas", Staff, manage, s.keepArea, 0},
		{"POST", "/places/services", Staff, manage, s.importServices, directoryLimit},
		{"POST", "/places/copy", Staff, any, s.exportServices, 0},
		{"GET", "/places/find", Staff, work, s.findBed, 0},
		{"POST", "/places/find", Staff, work, s.foundBeds, 0},
		{"POST", "/places/share", Staff, work, s.shareBeds, 0},
		{"GET", "/places/{place}", Staff, work, s.ownPlace, 0},
		{"POST", "/places/{place}", Staff, work, s.keepPlace, 0},
		{"POST", "/places/{place}/where", Staff, work, s.placeWhere, 0},
		{"POST", "/places/{place}/answer", Staff, work, s.placeAnswer, 0},
		{"GET", "/cases/{case}/place", Staff, May(auth.ReadCases), s.casePlace, 0},
		{"POST", "/cases/{case}/place", Staff, work, s.askPlace, 0},
		{"POST", "/cases/{case}/place/{stay}", Staff, work, s.movePlace, 0},
	}
}

// placesPage is the directory, the reader's own places, and what a service manager keeps.
type placesPage struct {
	Page
	Mend     []Mend
	Key      record.SubmissionKey
	Own      []ownRow
	Services []serviceRow
	Areas    []areaRow
	Teams    []breachChoice
	Work     bool // may look for a bed
	Manage   bool
	Took     *tookView
	MaxMB    int64
}

// Wrong returns what is to be mended in a field, or "".
func (p placesPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

// ownRow is a place of a team of the reader's.
type ownRow struct {
	Path, Code, Area, State, Verified string
	Asked                             string // how many answers are waited for
}

// serviceRow is a service in the directory.
type serviceRow struct {
	Name, Organisation, About, Status, Verified, URL string
	Phones, Areas, Languages, Hours, Sites           []string
	Stay, Police                                     bool
}

// areaRow is an area as it is kept.
type areaRow struct{ Code, Name, Near string }

// tookView is what came of an import.
type tookView struct {
	Said             string
	Losses, Problems []shelter.Loss
}

func (s *Server) places(w http.ResponseWriter, r *http.Request) error {
	return s.placesAgain(w, r, nil, nil)
}

func (s *Server) placesAgain(w http.ResponseWriter, r *http.Request, took *tookView, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	page := placesPage{
		Page: s.page(r, p.T("Places and services")), Mend: mend, Key: record.NewSubmissionKey(), Took: took, MaxMB: 32,
		Work: v.actor.May(auth.WorkCases), Manage: v.actor.May(auth.ManageTeams),
	}
	if page.Work {
		own, err := s.app.Shelters.Mine(r.Context(), v.actor)
		if err != nil {
			return err
		}
		for _, o := range own {
			page.Own = append(page.Own, ownRowOf(p, o))
		}
	}
	services, err := s.app.Shelters.Services(r.Context(), v.actor, "", "")
	if err != nil {
		return err
	}
	for _, one := range services {
		page.Services = append(page.Services, serviceRowOf(p, one))
	}
	areas, err := s.app.Shelters.ListAreas(r.Context(), v.actor)
	if err != nil {
		return err
	}
	for _, a := range areas {
		page.Areas = append(page.Areas, areaRow{a.Code, a.Name, strings.Join(a.Near, " ")})
	}
	if page.Manage {
		teams, err := s.app.Accounts.Teams(r.Context(), v.actor)
		if err != nil {
			return err
		}
		for _, t := range teams {
			page.Teams = append(page.Teams, breachChoice{string(t.ID), t.Name, false})
		}
	}
	return s.renderMend(w, r, "places", page, mend)
}

func ownRowOf(p *i18n.Printer, o shelter.Own) ownRow {
	row := ownRow{Path: "/places/" + o.ID, Code: o.Code, Area: o.Offer.Area, State: p.T("takes nobody at present"), Verified: p.T("never")}
	if o.Offer.Open {
		row.State = p.T("open")
	}
	if o.VerifiedOn != "" {
		row.Verified = p.Date(o.VerifiedOn)
	}
	n := 0
	for _, g := range o.Stays {
		if g.State == shelter.Offered && g.Answer == "" {
			n++
		}
	}
	if n > 0 {
		row.Asked = p.N("%d answer is waited for", "%d answers are waited for", n)
	}
	return row
}

func serviceRowOf(p *i18n.Printer, one shelter.Service) serviceRow {
	row := serviceRow{
		Name: one.Name, Organisation: one.Organisation.Name, About: one.About, Status: one.Status, URL: one.URL, Stay: one.Stay,
		Verified: p.T("never"), Police: one.Rules != nil && one.Rules.Police,
	}
	if one.VerifiedOn != "" {
		row.Verified = p.Date(one.VerifiedOn)
	}
	for _, x := range one.Phones {
		row.Phones = append(row.Phones, x.Number)
	}
	for _, x := range one.Areas {
		row.Areas = append(row.Areas, strings.TrimSpace(x.Name+" "+x.Extent))
	}
	for _, x := range one.Languages {
		row.Languages = append(row.Languages, strings.TrimSpace(x.Name+" "+x.Code))
	}
	for _, x := range one.Hours {
		row.Hours = append(row.Hours, strings.TrimSpace(x.ByDay+" "+x.Opens+"–"+x.Closes+" "+x.About))
	}
	for _, x := range one.Sites {
		row.Sites = append(row.Sites, strings.TrimSpace(strings.Join([]string{x.Name, x.Line1, x.Post, x.City}, " ")))
	}
	return row
}

// placesDone sends the reader back, or shows what is to be mended.
func (s *Server) placesDone(w http.ResponseWriter, r *http.Request, err error, fallback string) error {
	mend, err := toMend(visitOf(r).printer, err, fallback)
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.placesAgain(w, r, nil, mend)
	}
	return s.seeOther(w, r, "/places")
}

func (s *Server) addPlace(w http.ResponseWriter, r *http.Request) error {
	_, err := s.app.Shelters.NewPlace(r.Context(), actorOf(r), record.SubmissionKey(r.PostFormValue("key")),
		auth.TeamID(r.PostFormValue("team")), strings.ToUpper(strings.TrimSpace(r.PostFormValue("area"))))
	return s.placesDone(w, r, err, "area")
}

func (s *Server) keepArea(w http.ResponseWriter, r *http.Request) error {
	err := s.app.Shelters.KeepArea(r.Context(), actorOf(r), shelter.Area{
		Code: strings.ToUpper(strings.TrimSpace(r.PostFormValue("code"))), Name: strings.TrimSpace(r.PostFormValue("name")), Near: upperWords(r.PostFormValue("near")),
	})
	return s.placesDone(w, r, err, "code")
}

func upperWords(text string) []string { return strings.Fields(strings.ToUpper(text)) }

// importServices reads a file of services and takes it in, and shows what was not kept.
func (s *Server) importServices(w http.ResponseWriter, r *http.Request) error {
	p := visitOf(r).printer
	source, data, err := servicesOf(r)
	var in shelter.Import
	if err == nil {
		in, err = shelter.ReadHSDS(data)
	}
	var took shelter.Taken
	if err == nil {
		took, err = s.app.Shelters.Take(r.Context(), actorOf(r), source, in)
	}
	mend, err := toMend(p, err, "file")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.placesAgain(w, r, nil, mend)
	}
	const shown = 200
	return s.placesAgain(w, r, &tookView{
		Said:   p.T("New: %s. Changed: %s. As before: %s.", p.Int(int64(took.New)), p.Int(int64(took.Changed)), p.Int(int64(took.Same))),
		Losses: in.Losses[:min(shown, len(in.Losses))], Problems: in.Problems[:min(shown, len(in.Problems))],
	}, nil)
}

// servicesOf reads the form of an import: the name of the source, and the file.
func servicesOf(r *http.Request) (source string, data []byte, err error) {
	form, err := r.MultipartReader()
	for err == nil {
		part, e := form.NextPart()
		if e == io.EOF {
			return source, data, nil
		}
		if err = e; err != nil {
			break
		}
		text, e := io.ReadAll(part)
		err = e
		switch part.FormName() {
		case "source":
			source = strings.TrimSpace(string(text))
		case "file":
			data = text
		}
	}
	return "", nil, fault.New(fault.Invalid, "The form arrived incomplete.").Wrap(err)
}

func (s *Server) exportServices(w http.ResponseWriter, r *http.Request) error {
	format, kind := shelter.JSON, "application/json"
	if r.PostFormValue("format") == "zip" {
		format, kind = shelter.ZIP, "application/zip"
	}
	data, err := s.app.Shelters.Export(r.Context(), actorOf(r), format)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="services.`+string(format)+`"`)
	_, err = w.Write(data)
	return err
}
