package cli

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/importer"
)

// resource is one table of a data package, https://datapackage.org/standard/data-resource/.
type resource struct {
	Name        string       `json:"name"`
	Type        string       `json:"type"`
	Path        string       `json:"path"`
	Title       string       `json:"title"`
	Description string       `json:"description"`
	Format      string       `json:"format"`
	MediaType   string       `json:"mediatype"`
	Encoding    string       `json:"encoding"`
	Bytes       int64        `json:"bytes"`
	Hash        string       `json:"hash"`
	Licenses    []licence    `json:"licenses,omitempty"`
	Sources     []origin     `json:"sources,omitempty"`
	Schema      *tableSchema `json:"schema"`
}

type licence struct {
	Name  string `json:"name,omitempty"`
	Path  string `json:"path,omitempty"`
	Title string `json:"title"`
}

type origin struct {
	Title string `json:"title"`
	Path  string `json:"path,omitempty"`
}

// tableSchema is a Frictionless Table Schema; fields are taken over from that of the format.
type tableSchema struct {
	Fields        []json.RawMessage `json:"fields"`
	MissingValues []string          `json:"missingValues"`
}

func newResource(i indicator.Indicator) resource {
	name := strings.ReplaceAll(string(i.ID), "_", "-")
	res := resource{
		Name: name, Type: "table", Path: name + ".csv", Title: i.Title,
		Description: strings.TrimSpace(i.Definition + " " + i.CannotTell),
		Format:      "csv", MediaType: "text/csv", Encoding: "utf-8",
		Schema: schemaOf(i),
	}
	if i.Licence != "" {
		res.Licenses = []licence{licenceOf(i)}
	}
	if i.SourceTitle != "" {
		res.Sources = []origin{{Title: strings.TrimSpace(i.SourceTitle + ". " + i.Attribution), Path: i.SourceURL}}
	}
	return res
}

// licenceOf names the licence by its Open Definition id where it has one; the standard wants a
// name or a path.
func licenceOf(i indicator.Indicator) licence {
	l := licence{Title: i.Licence, Path: i.SourceURL}
	if strings.HasPrefix(i.Licence, "Open Government Licence v3.0") {
		l.Name = "OGL-UK-3.0"
		l.Path = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
	}
	return l
}

// schemaOf describes the columns that the file has, in their order: the fixed ones of the format,
// and a text for each dimension after the period.
func schemaOf(i indicator.Indicator) *tableSchema {
	var format struct {
		Fields []json.RawMessage `json:"fields"`
	}
	if err := json.Unmarshal(importer.Schema, &format); err != nil {
		panic(err) // an embedded file of this program
	}
	fields := map[string]json.RawMessage{}
	for _, f := range format.Fields {
		var named struct {
			Name string `json:"name"`
		}
		if json.Unmarshal(f, &named) == nil {
			fields[named.Name] = f
		}
	}
	out := &tableSchema{MissingValues: []string{""}}
	for _, column := range columnsOf(i) {
		f, ok := fields[column]
		if !ok {
			f = dimensionField(i, column)
		}
		out.Fields = append(out.Fields, f)
	}
	return out
}

// columnsOf reads the header that the writer of the format makes.
func columnsOf(i indicator.Indicator) []string {
	var dims []indicator.Dim
	for _, d := range i.Dimensions {
		dims = append(dims, d.Dim)
	}
	slices.Sort(dims)
	var header strings.Builder
	w, err := importer.NewWriter(&header, dims, i.Own)
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		panic(err) // a string builder does not fail
	}
	return strings.Split(strings.TrimSpace(header.String()), ",")
}

func dimensionField(i indicator.Indicator, column string) json.RawMessage {
	field := map[string]string{"name": column, "type": "string", "description": "Empty is the total."}
	for _, d := range i.Dimensions {
		if string(d.Dim) == column {
			field["title"] = d.Label
		}
	}
	text, err := json.Marshal(field)
	if err != nil {
		panic(err) // a map of texts
	}
	return text
}
