package standard

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// referred is where answers from a file come from. What stands in it was said by somebody else, on a day that
// we do not know; the day is that on which it came.
func referred(today string) record.Source { return record.Source{From: "referral", AsOf: today} }

// homed is what the person's file keeps of a record.
type homed struct {
	values Values
	file   person.File
	src    record.Source
	losses []Loss
}

// ToFile puts the fields that have a home into a person's file, and returns the others. Parts of names and
// telephones stay with the others too: they say which part is which.
func ToFile(values Values, today string) (person.File, Values, []Loss) {
	h := homed{values: Values{}, src: referred(today), file: person.File{Today: today}}
	maps.Copy(h.values, values)
	h.names()
	h.birth(today)
	if v := h.take("prs_Gender"); len(v) > 0 {
		f, _ := Trafficking().Field("prs_Gender")
		h.file.About.Gender = record.Is(labelOf(f, v[0]), h.src)
	}
	h.languages()
	if v := h.take("prs_Citizenship"); len(v) > 0 {
		var list []person.Citizenship
		for _, c := range v {
			list = append(list, person.Citizenship{Area: c})
		}
		h.file.Citizenship.List = record.Is(list, h.src)
	}
	h.reach()
	return h.file, h.values, h.losses
}

func labelOf(f Field, code string) string {
	for _, c := range f.Values {
		if c.Code == code {
			return c.Label["en"]
		}
	}
	return code
}

// take returns the values of a field and removes them.
func (h *homed) take(field string) []string {
	v := h.values[field]
	delete(h.values, field)
	return v
}

func (h *homed) bad(field string) {
	h.losses = append(h.losses, Loss{Column: field, Kind: BadValue})
}

// nameParts are the fields of a name, in the order in which they are said.
var nameParts = []string{"prs_FirstName", "prs_MiddleName", "prs_SecondName"}

func joined(v Values) string {
	var all []string
	for _, f := range nameParts {
		all = append(all, v[f]...)
	}
	return strings.Join(all, " ")
}

func (h *homed) names() {
	text := joined(h.values)
	if text == "" {
		return
	}
	names := person.Names{List: []person.Name{{Text: text}}}
	if len(text) > 400 {
		for _, f := range nameParts {
			if len(h.take(f)) > 0 {
				h.bad(f)
			}
		}
		return
	}
	h.file.Names = record.Is(names, h.src)
}

func (h *homed) birth(today string) {
	v := h.take("prs_Birthdate")
	if len(v) == 0 {
		return
	}
	if v[0] > today {
		h.bad("prs_Birthdate")
		return
	}
	h.file.Birth = record.Is(person.Births{List: []person.Birth{{From: v[0], To: v[0], Basis: person.ByOther, AsOf: today}}}, h.src)
	if len(h.values["ageBand"]) == 0 {
		h.values["ageBand"] = []string{bandOf(v[0], today)}
	}
}

// bandOf returns the band of CTDC in which somebody is who was born on a day.
func bandOf(born, today string) string {
	b, _ := time.Parse(time.DateOnly, born)
	t, _ := time.Parse(time.DateOnly, today)
	age := t.Year() - b.Year()
	if b.AddDate(age, 0, 0).After(t) {
		age--
	}
	for _, one := range []struct {
		to   int
		band string
	}{{8, "0-8"}, {17, "9-17"}, {20, "18-20"}, {23, "21-23"}, {26, "24-26"}, {29, "27-29"}, {38, "30-38"}, {47, "39-47"}} {
		if age <= one.to {
			return one.band
		}
	}
	return "48+"
}

func (h *homed) languages() {
	var known []person.Language
	for _, v := range h.take("prs_PrimaryLanguage") {
		known = append(known, person.Language{Code: v, Prefers: true})
	}
	for _, v := range h.take("prs_SecondaryLanguage") {
		known = append(known, person.Language{Code: v})
	}
	if len(known) > 0 {
		h.file.Languages.Known = record.Is(known, h.src)
	}
}

// reach keeps telephones, addresses of mail and the number of a document. Nobody has said that a telephone is
// safe, so it may not be used until somebody asks the person.
func (h *homed) reach() {
	var list []person.Contact
	add := func(field string, channel person.Channel, keep bool) {
		v := h.values[field]
		if !keep {
			v = h.take(field)
		}
		if len(v) > 0 && len(v[0]) > 400 {
			delete(h.values, field)
			h.bad(field)
			return
		}
		for _, one := range v {
			list = append(list, person.Contact{Channel: channel, Value: one})
		}
	}
	add("prs_Email", person.Email, false)
	add("prs_HomePhone", person.Phone, true)
	add("prs_MobilePhone", person.Phone, false)
	if len(list) > 0 {
		h.file.Contact.List = record.Is(list, h.src)
	}
	v := h.take("prs_IdentityNumber")
	switch {
	case len(v) > 0 && len(v[0]) > 64:
		h.bad("prs_IdentityNumber")
	case len(v) > 0:
		h.file.Documents.List = record.Is([]person.Document{{Kind: "other", Number: v[0]}}, h.src)
	}
}

// FromFile adds what a person's file says to the values of a record, and says what the standard has no field
// for. The file as it is now counts, not what once was imported.
func FromFile(f person.File, values Values) (Values, []Loss) {
	g := gathering{values: Values{}}
	for k, v := range values {
		if home, _ := Trafficking().Field(k); home.Home == "" {
			g.values[k] = v
		}
	}
	g.names(f, values)
	g.birth(f)
	g.gender(f)
	g.languages(f)
	for _, c := range f.Citizenship.List.Value {
		g.set("prs_Citizenship", c.Area)
	}
	if f.Citizenship.Stateless.Asked() {
		g.none("stateless")
	}
	g.reach(f, values)
	for name, said := range map[string]bool{
		"family": f.Family.List.Asked(), "pronouns": f.About.Pronouns.Asked(), "access": f.About.Access.Asked(), "place": f.Place.Reference.Asked(),
		"interpreter": f.Languages.Need.Asked(),
	} {
		if said {
			g.none(name)
		}
	}
	return g.values, g.losses
}

type gathering struct {
	values Values
	losses []Loss
}

func (g *gathering) set(field, value string) { g.values[field] = append(g.values[field], value) }

func (g *gathering) none(what string) {
	g.losses = append(g.losses, Loss{Column: what, Kind: NoPlace})
}

func (g *gathering) changed(field string) {
	g.losses = append(g.losses, Loss{Column: field, Kind: Changed})
}

func (g *gathering) names(f person.File, parts Values) {
	given := false
	for i, n := range f.Names.Value.List {
		if !given && n.Text == joined(parts) && n.Kind != person.Imposed {
			given = true
			for _, field := range nameParts {
				if v := parts[field]; len(v) > 0 {
					g.values[field] = v
				}
			}
			continue
		}
		if i > 0 || given {
			g.none("names")
		}
	}
	if best, ok := f.Names.Value.GreetWith(); ok && !given {
		g.set("prs_SecondName", best.Text)
		g.changed("prs_SecondName")
	}
}

func (g *gathering) birth(f person.File) {
	for i, b := range f.Birth.Value.List {
		if i > 0 || b.From != b.To {
			g.none("birth")
			continue
		}
		g.set("prs_Birthdate", b.From)
	}
}

func (g *gathering) gender(f person.File) {
	text, said := f.About.Gender.Get()
	field, _ := Trafficking().Field("prs_Gender")
	for _, c := range field.Values {
		if fold(c.Code) == fold(text) || c.Label["en"] == text {
			g.set("prs_Gender", c.Code)
			return
		}
	}
	if said {
		g.none("gender")
	}
}

func (g *gathering) languages(f person.File) {
	for _, l := range f.Languages.Known.Value {
		field := "prs_SecondaryLanguage"
		if l.Prefers && len(g.values["prs_PrimaryLanguage"]) == 0 {
			field = "prs_PrimaryLanguage"
		}
		code, variety, _ := strings.Cut(l.Code, "-")
		if len(g.values[field]) > 0 {
			g.none("language")
			continue
		}
		if variety != "" {
			g.changed(field)
		}
		g.set(field, code)
	}
}

func (g *gathering) reach(f person.File, values Values) {
	for _, c := range f.Contact.List.Value {
		field := map[person.Channel]string{person.Email: "prs_Email", person.Phone: "prs_MobilePhone"}[c.Channel]
		if c.Channel == person.Phone && slices.Contains(values["prs_HomePhone"], c.Value) && len(g.values["prs_HomePhone"]) == 0 {
			field = "prs_HomePhone"
		}
		if field == "" || len(g.values[field]) > 0 {
			g.none("contact")
			continue
		}
		if c.Safe != "" || c.CodeWord != "" || c.Hours != "" || c.Say != "" || c.Leave != "" {
			g.none("contact.care")
		}
		g.set(field, c.Value)
	}
	for _, d := range f.Documents.List.Value {
		if d.Number == "" || len(g.values["prs_IdentityNumber"]) > 0 {
			g.none("document")
			continue
		}
		g.set("prs_IdentityNumber", d.Number)
	}
}

// secret makes text private for sealing.
func secret(values []string) []private.Text {
	all := make([]private.Text, len(values))
	for i, v := range values {
		all[i] = private.New(v)
	}
	return all
}
