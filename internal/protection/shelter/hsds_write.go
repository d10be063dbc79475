package shelter

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
)

// writer makes tables of services.
type writer struct {
	tables hsTables
	made   map[string]bool
}

func (w *writer) add(table string, row hsRow, from any) hsRow {
	v := reflect.ValueOf(from)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if v.Field(i).Kind() == reflect.String && name != "-" && v.Field(i).String() != "" {
			row[name] = v.Field(i).String()
		}
	}
	w.tables[table] = append(w.tables[table], row)
	return row
}

// numbered names a row after what it belongs to.
func numbered(of, table string, n int) string { return of + "-" + table + "-" + strconv.Itoa(n) }

// tablesOf writes services as tables. Where people stay has no address, whatever it has.
func tablesOf(all []Service) hsTables {
	w := &writer{tables: hsTables{}, made: map[string]bool{}}
	for _, s := range all {
		w.service(s)
	}
	return w.tables
}

func (w *writer) service(s Service) {
	id := s.ForeignID
	row := w.add("service", hsRow{"id": id}, s)
	delete(row, "program")
	for column, age := range map[string]int{"minimum_age": s.AgeFrom, "maximum_age": s.AgeTo} {
		if age > 0 {
			row[column] = strconv.Itoa(age)
		}
	}
	if o := s.Organisation; o.ID != "" {
		row["organization_id"] = o.ID
		if !w.made["organization/"+o.ID] {
			w.made["organization/"+o.ID] = true
			w.add("organization", hsRow{}, o)
		}
	}
	if s.Programme != "" {
		row["program_id"] = numbered(id, "program", 1)
		w.tables["program"] = append(w.tables["program"], hsRow{"id": row["program_id"], "name": s.Programme, "organization_id": s.Organisation.ID})
	}
	rowsOf(w, id, "phone", s.Phones)
	rowsOf(w, id, "contact", s.Contacts)
	rowsOf(w, id, "language", s.Languages)
	rowsOf(w, id, "service_area", s.Areas)
	rowsOf(w, id, "schedule", s.Hours)
	rowsOf(w, id, "cost_option", s.Costs)
	for i, d := range s.Documents {
		w.tables["required_document"] = append(w.tables["required_document"], hsRow{"id": numbered(id, "document", i), "service_id": id, "document": d})
	}
	for i, f := range s.Funding {
		w.tables["funding"] = append(w.tables["funding"], hsRow{"id": numbered(id, "funding", i), "service_id": id, "source": f})
	}
	w.sites(s)
	for i, t := range s.Terms {
		w.attribute(id, i, t, "")
	}
	for i, x := range ruleTerms(s) {
		w.attribute(id, len(s.Terms)+i, Term{eligibility, x[0], x[0]}, x[1])
	}
}

func rowsOf[T any](w *writer, id, table string, list []T) {
	for i, one := range list {
		w.add(table, hsRow{"id": numbered(id, table, i), "service_id": id}, one)
	}
}

// sites writes where a service is; what helps people in belongs to a site, and so does a service without an
// address that says so.
func (w *writer) sites(s Service) {
	sites := s.Sites
	if s.Stay {
		sites = nil
	}
	if len(sites) == 0 && len(s.Access) > 0 {
		sites = []Site{{Type: "virtual"}}
	}
	for i, site := range sites {
		where := numbered(s.ForeignID, "location", i)
		row := hsRow{"id": where}
		for column, text := range map[string]string{"location_type": site.Type, "name": site.Name, "description": site.About, "transportation": site.Way} {
			if text != "" {
				row[column] = text
			}
		}
		w.tables["location"] = append(w.tables["location"], row)
		w.tables["service_at_location"] = append(w.tables["service_at_location"], hsRow{"id": numbered(s.ForeignID, "at", i), "service_id": s.ForeignID, "location_id": where})
		address := site
		address.Type, address.Name, address.About, address.Way = "", "", "", ""
		if address != (Site{}) {
			w.add("address", hsRow{"id": numbered(s.ForeignID, "address", i), "location_id": where}, address)
		}
		for k, a := range s.Access {
			if i == 0 {
				w.add("accessibility", hsRow{"id": numbered(s.ForeignID, "access", k), "location_id": where}, a)
			}
		}
	}
}

func (w *writer) attribute(id string, i int, t Term, value string) {
	term := "term-" + t.Taxonomy + "-" + t.Code + "-" + t.Name
	if !w.made[term] {
		w.made[term] = true
		w.add("taxonomy_term", hsRow{"id": term}, t)
	}
	row := hsRow{"id": numbered(id, "attribute", i), "link_id": id, "link_entity": "service", "taxonomy_term_id": term}
	if value != "" {
		row["value"] = value
	}
	w.tables["attribute"] = append(w.tables["attribute"], row)
}

// ruleTerms are whom a service takes, as codes and values of our extension.
func ruleTerms(s Service) (all [][2]string) {
	if s.Stay {
		all = append(all, [2]string{"stay", "true"})
	}
	if s.Rules == nil {
		return all
	}
	v := reflect.ValueOf(*s.Rules)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if f := v.Field(i); f.Kind() == reflect.Slice {
			for k := range f.Len() {
				all = append(all, [2]string{name, f.Index(k).String()})
			}
		} else if !f.IsZero() {
			all = append(all, [2]string{name, fmt.Sprint(f.Interface())})
		}
	}
	return all
}

// Format is how the directory is written.
type Format string

// The formats.
const (
	JSON Format = "json" // HSDS 3.0 as tables in one JSON document
	ZIP  Format = "zip"  // the same tables as CSV
)

// WriteHSDS writes services as HSDS 3.0.
func WriteHSDS(all []Service, as Format) ([]byte, error) {
	t := tablesOf(all)
	if as == ZIP {
		return t.zipped()
	}
	return json.MarshalIndent(t, "", " ")
}

// Export writes the directory. A protected place is not in it: neither its address nor that there is one.
func (s *Shelters) Export(ctx context.Context, actor auth.Actor, as Format) (data []byte, err error) {
	if !actor.May(auth.WorkCases) && !actor.May(auth.ManageTeams) {
		return nil, missing()
	}
	var all []Service
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if all, err = services(ctx, tx, actor.Org); err != nil {
			return err
		}
		return note(ctx, tx, actor, "directory.export", string(as))
	})
	if err != nil {
		return nil, err
	}
	unique(all)
	return WriteHSDS(all, as)
}

// unique gives services that have the same identifier in two sources one of their own.
func unique(all []Service) {
	var seen []string
	for i := range all {
		if slices.Contains(seen, all[i].ForeignID) {
			all[i].ForeignID = all[i].Source + "-" + all[i].ForeignID
		}
		seen = append(seen, all[i].ForeignID)
	}
}
