package shelter

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Service is an entry of the directory: what HSDS says of it, as far as it is kept, and whom it takes. The
// directory is about services, and says nothing of anybody who uses one.
type Service struct {
	ID         string `json:"-"` // here
	Source     string `json:"-"` // of which import
	ForeignID  string `json:"-"` // there
	Name       string `json:"name"`
	Other      string `json:"alternate_name,omitempty"`
	About      string `json:"description,omitempty"`
	Status     string `json:"status"` // one of [Statuses]
	URL        string `json:"url,omitempty"`
	Email      string `json:"email,omitempty"`
	Interpret  string `json:"interpretation_services,omitempty"`
	Apply      string `json:"application_process,omitempty"`
	Fees       string `json:"fees_description,omitempty"`
	Wait       string `json:"wait_time,omitempty"`
	Alert      string `json:"alert,omitempty"`
	Who        string `json:"eligibility_description,omitempty"`
	AgeFrom    int    `json:"minimum_age,omitempty"`
	AgeTo      int    `json:"maximum_age,omitempty"`
	VerifiedOn string `json:"assured_date,omitempty"` // civil date
	VerifiedBy string `json:"assurer_email,omitempty"`

	Organisation Organisation `json:"organization,omitzero"`
	Phones       []Phone      `json:"phones,omitempty"`
	Contacts     []Contact    `json:"contacts,omitempty"`
	Languages    []Language   `json:"languages,omitempty"`
	Areas        []Served     `json:"service_areas,omitempty"`
	Hours        []Hours      `json:"schedules,omitempty"`
	Access       []Accessible `json:"accessibility,omitempty"`
	Sites        []Site       `json:"sites,omitempty"`
	Documents    []string     `json:"required_documents,omitempty"`
	Costs        []Costs      `json:"cost_options,omitempty"`
	Funding      []string     `json:"funding,omitempty"`
	Terms        []Term       `json:"terms,omitempty"`
	Programme    string       `json:"program,omitempty"`

	// Stay says that people stay there: its address is not kept.
	Stay bool `json:"stay,omitempty"`
	// Rules are whom it takes, for machines; nil where nobody has said.
	Rules *Rules `json:"rules,omitempty"`
}

// Organisation is who offers a service.
type Organisation struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Other string `json:"alternate_name,omitempty"`
	About string `json:"description,omitempty"`
	Email string `json:"email,omitempty"`
	URL   string `json:"website,omitempty"`
	Legal string `json:"legal_status,omitempty"`
}

// The parts of a service, with the columns of HSDS that they keep.
type (
	// Phone is a telephone.
	Phone struct {
		Number    string `json:"number"`
		Extension string `json:"extension,omitempty"`
		Type      string `json:"type,omitempty"`
		About     string `json:"description,omitempty"`
	}
	// Contact is an office that is written to. The name of a person is not kept.
	Contact struct {
		Title string `json:"title,omitempty"`
		Part  string `json:"department,omitempty"`
		Email string `json:"email,omitempty"`
	}
	// Language is a language that is spoken.
	Language struct {
		Code string `json:"code,omitempty"`
		Name string `json:"name,omitempty"`
		Note string `json:"note,omitempty"`
	}
	// Served is an area for which a service is.
	Served struct {
		Name   string `json:"name,omitempty"`
		About  string `json:"description,omitempty"`
		Extent string `json:"extent,omitempty"`
		Type   string `json:"extent_type,omitempty"`
		URI    string `json:"uri,omitempty"`
	}
	// Hours is when a service is open, as RFC 5545 repeats.
	Hours struct {
		From   string `json:"valid_from,omitempty"`
		To     string `json:"valid_to,omitempty"`
		Start  string `json:"dtstart,omitempty"`
		Zone   string `json:"timezone,omitempty"`
		Until  string `json:"until,omitempty"`
		Freq   string `json:"freq,omitempty"`
		Every  string `json:"interval,omitempty"`
		ByDay  string `json:"byday,omitempty"`
		Opens  string `json:"opens_at,omitempty"`
		Closes string `json:"closes_at,omitempty"`
		About  string `json:"description,omitempty"`
		Notes  string `json:"notes,omitempty"`
	}
	// Accessible is what helps people in.
	Accessible struct {
		About   string `json:"description,omitempty"`
		Details string `json:"details,omitempty"`
	}
	// Site is where a service is that is no place to stay.
	Site struct {
		Type    string `json:"location_type,omitempty"`
		Name    string `json:"name,omitempty"`
		About   string `json:"description,omitempty"`
		Way     string `json:"transportation,omitempty"`
		Line1   string `json:"address_1,omitempty"`
		Line2   string `json:"address_2,omitempty"`
		City    string `json:"city,omitempty"`
		Region  string `json:"state_province,omitempty"`
		Post    string `json:"postal_code,omitempty"`
		Country string `json:"country,omitempty"`
	}
	// Costs is what a service costs.
	Costs struct {
		Option   string `json:"option,omitempty"`
		Currency string `json:"currency,omitempty"`
		Amount   string `json:"amount,omitempty"`
		About    string `json:"amount_description,omitempty"`
	}
	// Term is a word of a taxonomy.
	Term struct {
		Taxonomy string `json:"taxonomy,omitempty"`
		Code     string `json:"code,omitempty"`
		Name     string `json:"name,omitempty"`
	}
)

// Statuses are the states of a service in HSDS.
func Statuses() []string { return []string{"active", "inactive", "defunct", "temporarily closed"} }

// AreaCodes returns the areas of a service that are codes.
func (s Service) AreaCodes() (codes []string) {
	for _, a := range s.Areas {
		for _, text := range []string{a.Extent, a.Name} {
			if IsArea(text) && !slices.Contains(codes, text) {
				codes = append(codes, text)
			}
		}
	}
	return codes
}

var sourceForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// Taken is what came of an import.
type Taken struct{ New, Changed, Same int }

// Take puts what was read into the directory, under the name of its source: what came from there before is
// replaced, and what no longer comes stays with the day on which it was verified. It takes
// [auth.ManageTeams].
func (s *Shelters) Take(ctx context.Context, actor auth.Actor, source string, in Import) (t Taken, err error) {
	if !actor.May(auth.ManageTeams) {
		return t, missing()
	}
	if !sourceForm.MatchString(source) {
		return t, fault.New(fault.Invalid, "The file was not read.").WithField("source", "Name the source in small letters, such as national-list.")
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		t = Taken{}
		for _, one := range in.Services {
			if err := t.keep(ctx, tx, actor, source, one); err != nil {
				return err
			}
		}
		return note(ctx, tx, actor, "directory.take", source)
	})
	return t, err
}

func (t *Taken) keep(ctx context.Context, tx *db.Tx, actor auth.Actor, source string, one Service) error {
	doc := toJSON(one)
	var id, was string
	err := tx.QueryRow(ctx, "SELECT id, doc FROM protection_service WHERE org_id = $1 AND source = $2 AND foreign_id = $3",
		string(actor.Org), source, one.ForeignID).Scan(&id, &was)
	areas := strings.Join(one.AreaCodes(), " ")
	switch {
	case errors.Is(err, sql.ErrNoRows):
		t.New++
		_, err = tx.Exec(ctx, `INSERT INTO protection_service (org_id, id, version, source, foreign_id, name, status, stay, areas, verified_on, doc, changed_by, changed_at)
			VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, string(actor.Org), db.NewID(), source, one.ForeignID, one.Name, one.Status,
			one.Stay, areas, one.VerifiedOn, doc, string(actor.Account), tx.NowMicros())
	case err != nil:
	case was == doc:
		t.Same++
	default:
		t.Changed++
		_, err = tx.Exec(ctx, `UPDATE protection_service SET version = version + 1, name = $3, status = $4, stay = $5, areas = $6, verified_on = $7, doc = $8,
			changed_by = $9, changed_at = $10 WHERE org_id = $1 AND id = $2`, string(actor.Org), id, one.Name, one.Status, one.Stay, areas,
			one.VerifiedOn, doc, string(actor.Account), tx.NowMicros())
	}
	return err
}

// maxListed bounds a list of services.
const maxListed = 200

// Services returns services of the directory by name: those whose name or description has the words, and
// that are for the area, if one is named. Protected places are not among them.
func (s *Shelters) Services(ctx context.Context, actor auth.Actor, words, area string) (all []Service, err error) {
	if !actor.May(auth.WorkCases) && !actor.May(auth.ManageTeams) {
		return nil, missing()
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		found, err := services(ctx, tx, actor.Org)
		all = nil
		for _, one := range found {
			if one.has(words) && (area == "" || slices.Contains(one.AreaCodes(), area)) && len(all) < maxListed {
				all = append(all, one)
			}
		}
		return err
	})
	return all, err
}

func (s Service) has(words string) bool {
	text := strings.ToLower(s.Name + " " + s.About + " " + s.Organisation.Name)
	for w := range strings.FieldsSeq(strings.ToLower(words)) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func services(ctx context.Context, tx *db.Tx, org auth.OrgID) ([]Service, error) {
	rows, err := tx.Query(ctx, "SELECT id, source, foreign_id, doc FROM protection_service WHERE org_id = $1 ORDER BY name, id", string(org))
	return db.Collect(rows, err, func(r *sql.Rows) (s Service, err error) {
		var id, source, foreign, doc string
		if err := r.Scan(&id, &source, &foreign, &doc); err != nil {
			return s, err
		}
		err = json.Unmarshal([]byte(doc), &s)
		s.ID, s.Source, s.ForeignID = id, source, foreign
		return s, err
	})
}

// Service returns one service of the directory.
func (s *Shelters) Service(ctx context.Context, actor auth.Actor, id string) (one Service, err error) {
	if !actor.May(auth.WorkCases) && !actor.May(auth.ManageTeams) {
		return one, missing()
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		var doc, source, foreign string
		err := tx.QueryRow(ctx, "SELECT source, foreign_id, doc FROM protection_service WHERE org_id = $1 AND id = $2", string(actor.Org), id).
			Scan(&source, &foreign, &doc)
		if errors.Is(err, sql.ErrNoRows) {
			return missing()
		}
		if err == nil {
			err = json.Unmarshal([]byte(doc), &one)
		}
		one.ID, one.Source, one.ForeignID = id, source, foreign
		return err
	})
	return one, err
}
