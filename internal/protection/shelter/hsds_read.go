package shelter

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/order"
)

// Import is what a file of HSDS says.
type Import struct {
	Services []Service
	// Losses are what is not kept, record by record; Problems are records that were left out, and why.
	Losses, Problems []Loss
}

// Loss names what of a record is not kept. It names columns and codes, and no content.
type Loss struct {
	Record string // service and its identifier in the file
	What   string // table and column, or a reason
}

// ReadHSDS reads a file of HSDS 3.0, as JSON or as a zip of tables. It keeps nothing and opens nothing. A
// record that is not a service as the standard has it is left out and named; the others are read.
func ReadHSDS(data []byte) (Import, error) {
	t, err := readTables(data)
	if err != nil {
		return Import{}, err
	}
	r := &reader{tables: t, by: map[string]map[string][]hsRow{}, rows: map[string]map[string]hsRow{}}
	for _, row := range t["+"] {
		r.in.Losses = append(r.in.Losses, Loss{"file", row["id"]})
	}
	if len(t["service"]) == 0 {
		return Import{}, badFile("The file has no services.")
	}
	r.index()
	seen := map[string]bool{}
	for _, row := range t["service"] {
		r.service(row, seen)
	}
	r.orphans()
	order.By(r.in.Services, func(a, b Service) int { return strings.Compare(a.ForeignID, b.ForeignID) })
	byRecord := func(a, b Loss) int {
		return cmp.Or(strings.Compare(a.Record, b.Record), strings.Compare(a.What, b.What))
	}
	order.By(r.in.Losses, byRecord)
	r.in.Losses = slices.Compact(r.in.Losses)
	order.By(r.in.Problems, byRecord)
	return r.in, nil
}

type reader struct {
	tables hsTables
	by     map[string]map[string][]hsRow // "table.column", then value
	rows   map[string]map[string]hsRow   // table, then identifier
	used   map[string]bool
	in     Import
	record string
}

// links are the columns by which rows belong to others.
var links = []string{"service_id", "location_id", "organization_id", "service_at_location_id", "link_id", "resource_id"}

func (r *reader) index() {
	r.used = map[string]bool{}
	for table, rows := range r.tables {
		r.rows[table] = map[string]hsRow{}
		for _, row := range rows {
			if _, twice := r.rows[table][row["id"]]; !twice {
				r.rows[table][row["id"]] = row
			}
			for _, l := range links {
				if row[l] == "" {
					continue
				}
				if r.by[table+"."+l] == nil {
					r.by[table+"."+l] = map[string][]hsRow{}
				}
				r.by[table+"."+l][row[l]] = append(r.by[table+"."+l][row[l]], row)
			}
		}
	}
}

func (r *reader) lose(what string) { r.in.Losses = append(r.in.Losses, Loss{r.record, what}) }

func (r *reader) problem(why string) {
	r.in.Problems = append(r.in.Problems, Loss{r.record, why})
}

// idForm bounds an identifier of another program.
func idOK(id string) bool {
	return id != "" && len(id) <= 128 && !strings.ContainsFunc(id, func(c rune) bool { return c < ' ' })
}

func (r *reader) service(row hsRow, seen map[string]bool) {
	id := row["id"]
	r.record = "service " + id
	if !idOK(id) || strings.HasPrefix(id, "made-") {
		r.record = "service"
		r.problem("service.id")
		return
	}
	if seen[id] {
		r.problem("service.id twice")
		return
	}
	seen[id] = true
	s := Service{ForeignID: id}
	r.fill(&s, "service", row, "organization_id", "program_id")
	if s.Name == "" {
		r.problem("service.name")
		return
	}
	if !slices.Contains(Statuses(), s.Status) {
		r.problem("service.status")
		return
	}
	if !r.plainFacts(&s, row) {
		return
	}
	r.related(&s, row)
	r.sites(&s, id)
	r.attributes(&s, id)
	s.Stay = s.Stay || soundsLikeAStay(s)
	if s.Stay {
		r.dropSites(&s)
	}
	r.in.Services = append(r.in.Services, s)
}

// plainFacts checks the date and the ages of a service.
func (r *reader) plainFacts(s *Service, row hsRow) bool {
	if s.VerifiedOn != "" {
		if len(s.VerifiedOn) > 10 {
			s.VerifiedOn = s.VerifiedOn[:10] // a date with a time
		}
		if _, err := time.Parse(time.DateOnly, s.VerifiedOn); err != nil {
			s.VerifiedOn = ""
			r.lose("service.assured_date")
		}
	}
	for column, age := range map[string]*int{"minimum_age": &s.AgeFrom, "maximum_age": &s.AgeTo} {
		if row[column] == "" {
			continue
		}
		years, err := strconv.ParseFloat(row[column], 64)
		if err != nil || years < 0 || years > oldest {
			r.lose("service." + column)
			continue
		}
		*age = int(years)
	}
	if s.AgeTo > 0 && s.AgeTo < s.AgeFrom {
		r.problem("service.maximum_age")
		return false
	}
	return true
}

// fill sets the text fields of a value from a row by their JSON names, and reports every column with
// something that no field keeps. known are columns that are read elsewhere.
func (r *reader) fill(into any, table string, row hsRow, known ...string) {
	v := reflect.ValueOf(into).Elem()
	kept := map[string]bool{"id": true, "minimum_age": true, "maximum_age": true}
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if v.Field(i).Kind() != reflect.String || name == "-" {
			continue
		}
		kept[name] = true
		v.Field(i).SetString(row[name])
	}
	r.used[table+"/"+row["id"]] = true
	for k := range row {
		if !kept[k] && !slices.Contains(known, k) && !slices.Contains(links, k) {
			r.lose(table + "." + short(strings.TrimPrefix(k, "+")))
		}
	}
}

// related reads what belongs to a service, to its organisation or to its sites.
func (r *reader) related(s *Service, row hsRow) {
	if org := row["organization_id"]; org != "" {
		if o, ok := r.rows["organization"][org]; ok {
			r.fill(&s.Organisation, "organization", o, "parent_organization_id")
			s.Organisation.ID = org
			if o["parent_organization_id"] != "" {
				r.lose("organization.parent_organization_id")
			}
			for _, p := range r.by["phone.organization_id"][org] {
				collect(r, &s.Phones, "phone", p, "contact_id")
			}
			for _, f := range r.by["funding.organization_id"][org] {
				r.list(&s.Funding, "funding", "source", f)
			}
		} else {
			r.lose("service.organization_id")
		}
	}
	if p, ok := r.rows["program"][row["program_id"]]; ok {
		r.used["program/"+p["id"]] = true
		s.Programme = p["name"]
		r.rest("program", p, "name")
	}
	r.below(s, "service_id", s.ForeignID)
	for _, f := range r.by["funding.service_id"][s.ForeignID] {
		r.list(&s.Funding, "funding", "source", f)
	}
	for _, d := range r.by["required_document.service_id"][s.ForeignID] {
		r.list(&s.Documents, "required_document", "document", d)
	}
	for _, c := range r.by["cost_option.service_id"][s.ForeignID] {
		collect(r, &s.Costs, "cost_option", c)
	}
}

// below reads what may belong to a service, a site or both.
func (r *reader) below(s *Service, link, id string) {
	for _, p := range r.by["phone."+link][id] {
		collect(r, &s.Phones, "phone", p, "contact_id")
	}
	for _, c := range r.by["contact."+link][id] {
		collect(r, &s.Contacts, "contact", c)
	}
	for _, l := range r.by["language."+link][id] {
		collect(r, &s.Languages, "language", l, "phone_id")
	}
	for _, a := range r.by["service_area."+link][id] {
		collect(r, &s.Areas, "service_area", a)
	}
	for _, h := range r.by["schedule."+link][id] {
		collect(r, &s.Hours, "schedule", h)
	}
	for _, a := range r.by["accessibility."+link][id] {
		collect(r, &s.Access, "accessibility", a)
	}
}

// collect reads a row into a list, once.
func collect[T comparable](r *reader, into *[]T, table string, row hsRow, known ...string) {
	var one, none T
	r.fill(&one, table, row, known...)
	if one != none && !slices.Contains(*into, one) {
		*into = append(*into, one)
	}
}

// list reads one column of a row into a list of texts.
func (r *reader) list(into *[]string, table, column string, row hsRow) {
	r.used[table+"/"+row["id"]] = true
	if row[column] != "" && !slices.Contains(*into, row[column]) {
		*into = append(*into, row[column])
	}
	r.rest(table, row, column)
}

func (r *reader) rest(table string, row hsRow, kept ...string) {
	for k := range row {
		if k != "id" && !slices.Contains(kept, k) && !slices.Contains(links, k) {
			r.lose(table + "." + short(strings.TrimPrefix(k, "+")))
		}
	}
}

func (r *reader) sites(s *Service, id string) {
	for _, at := range r.by["service_at_location.service_id"][id] {
		r.used["service_at_location/"+at["id"]] = true
		r.rest("service_at_location", at)
		r.below(s, "service_at_location_id", at["id"])
		where, ok := r.rows["location"][at["location_id"]]
		if !ok {
			r.lose("service_at_location.location_id")
			continue
		}
		addresses := r.by["address.location_id"][where["id"]]
		if len(addresses) == 0 {
			addresses = []hsRow{nil}
		}
		for _, a := range addresses {
			var site, from Site
			r.fill(&site, "location", where)
			if a != nil {
				r.fill(&from, "address", a)
			}
			site.Line1, site.Line2, site.City, site.Region, site.Post, site.Country = from.Line1, from.Line2, from.City, from.Region, from.Post, from.Country
			if site != (Site{Type: site.Type}) && !slices.Contains(s.Sites, site) {
				s.Sites = append(s.Sites, site)
			}
		}
		r.below(s, "location_id", where["id"])
	}
}

// eligibility is the taxonomy under which we write whom a service takes.
const eligibility = "fourfold-eligibility"

// ruleKinds are the codes of our extension, which are the names of the fields of [Rules].
var ruleKinds = func() map[string]reflect.Kind {
	all := map[string]reflect.Kind{}
	for f := range reflect.TypeFor[Rules]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		all[name] = f.Type.Kind()
	}
	return all
}()

// stays are words by which a service sounds like somewhere to stay.
var stays = []string{"shelter", "refuge", "safe house", "safehouse", "accommodation", "housing", "hostel", "residential", "bed ", "beds"}

// orphans reports rows that belong to no service.
func (r *reader) orphans() {
	for table, rows := range r.tables {
		if table == "service" || table == "+" || table == "location" || table == "address" || table == "taxonomy" {
			continue
		}
		for _, row := range rows {
			if !r.used[table+"/"+row["id"]] && idOK(row["id"]) {
				r.in.Losses = append(r.in.Losses, Loss{short(table) + " " + row["id"], "belongs to no service"})
			}
		}
	}
}
