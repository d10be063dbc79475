package shelter

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/fourfold/fourfold/internal/fault"
)

// HSDS 3.0 is a set of tables; the same tables nested in one another are its JSON. Both are read into
// tables, and written from them. Facts of the standard: Open Referral, Human Services Data Specification
// 3.0, CC BY-SA 4.0; the columns below are as recalled where the data package was not at hand.

// hsRow is a row of a table: columns that have something.
type hsRow map[string]string

// hsTables are tables by name.
type hsTables map[string][]hsRow

// plural is how nested JSON names the rows of a table below another.
var plural = map[string]string{
	"phones": "phone", "schedules": "schedule", "service_areas": "service_area", "languages": "language", "contacts": "contact",
	"addresses": "address", "accessibility": "accessibility", "required_documents": "required_document", "cost_options": "cost_option",
	"funding": "funding", "attributes": "attribute", "metadata": "metadata", "service_at_locations": "service_at_location",
	"services": "service", "locations": "location", "programs": "program", "organization_identifiers": "organization_identifier",
	"organization": "organization", "program": "program", "location": "location", "taxonomy_term": "taxonomy_term", "taxonomy_detail": "taxonomy",
	"service": "service",
}

// tableNames are the tables that are read; others are named in the report.
var tableNames = []string{
	"organization", "program", "service", "service_at_location", "location", "phone", "contact", "address", "schedule", "service_area",
	"language", "accessibility", "required_document", "cost_option", "funding", "taxonomy", "taxonomy_term", "attribute", "metadata",
	"organization_identifier", "meta_table_description",
}

// The bounds of a file.
const (
	maxFile  = 32 << 20
	maxRows  = 200_000
	maxCell  = 20_000
	maxDepth = 8
)

func badFile(msg string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, "The file was not read.").WithField("file", msg, args...)
}

// readTables reads a file of HSDS: a zip of tables, or JSON.
func readTables(data []byte) (hsTables, error) {
	if len(data) > maxFile {
		return nil, badFile("Use a file of at most %d MB.", maxFile>>20)
	}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return readZip(data)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var top any
	if err := d.Decode(&top); err != nil {
		return nil, badFile("This is neither JSON nor a zip of tables, or it stops in the middle.")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, badFile("There is something after the end of the JSON.")
	}
	n := &nester{tables: hsTables{}, seen: map[string]bool{}}
	if err := n.top(top); err != nil {
		return nil, err
	}
	return n.tables, nil
}

// nester flattens nested JSON. Objects without an identifier get one, so that what is below them can name
// them.
type nester struct {
	tables hsTables
	seen   map[string]bool // table and identifier
	rows   int
	made   int
}

func (n *nester) top(v any) error {
	switch x := v.(type) {
	case []any:
		for _, one := range x {
			if err := n.top(one); err != nil {
				return err
			}
		}
		return nil
	case map[string]any:
		if contents, ok := x["contents"].([]any); ok { // a page of the API
			return n.top(contents)
		}
		tabular := false
		for _, table := range []string{"service", "organization"} {
			if list, ok := x[table].([]any); ok { // tables as JSON
				tabular = true
				if err := n.list(table, list); err != nil {
					return err
				}
			}
		}
		if tabular {
			return n.rest(x)
		}
		_, err := n.object("service", x, "", "", 0)
		return err
	}
	return badFile("The JSON is not of services.")
}

// rest reads the other tables of a file that has tables as lists.
func (n *nester) rest(x map[string]any) error {
	for _, table := range tableNames {
		if list, ok := x[table].([]any); ok && table != "service" && table != "organization" {
			if err := n.list(table, list); err != nil {
				return err
			}
		}
	}
	return nil
}

func (n *nester) list(table string, list []any) error {
	for _, one := range list {
		o, ok := one.(map[string]any)
		if !ok {
			return badFile("A row of %s is not an object.", table)
		}
		if _, err := n.object(table, o, "", "", 0); err != nil {
			return err
		}
	}
	return nil
}

// object adds an object as a row and returns its identifier. above is the table that it is nested in.
func (n *nester) object(table string, o map[string]any, above, aboveID string, depth int) (string, error) {
	if depth > maxDepth {
		return "", badFile("The file is nested too deeply.")
	}
	if n.rows++; n.rows > maxRows {
		return "", badFile("The file has more than %d rows.", maxRows)
	}
	row := hsRow{}
	for k, v := range o {
		if text, ok := scalar(v); ok && text != "" {
			if err := row.set(k, text); err != nil {
				return "", err
			}
		}
	}
	if row["id"] == "" {
		n.made++
		row["id"] = "made-" + strconv.Itoa(n.made)
	}
	if above != "" && row[above+"_id"] == "" {
		row[above+"_id"] = aboveID
	}
	if err := n.below(table, o, row, depth); err != nil {
		return "", err
	}
	if mark := table + "/" + row["id"]; depth == 0 || !n.seen[mark] { // an organisation stands in each of its services
		n.seen[mark] = true
		n.tables[table] = append(n.tables[table], row)
	}
	return row["id"], nil
}

// below adds what is nested in an object.
func (n *nester) below(table string, o map[string]any, row hsRow, depth int) error {
	keys := make([]string, 0, len(o))
	for k := range o {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		child, ok := plural[k]
		switch v := o[k].(type) {
		case map[string]any:
			if !ok {
				row["+"+k] = "{}"
				continue
			}
			id, err := n.object(child, v, "", "", depth+1)
			if err != nil {
				return err
			}
			row[child+"_id"] = id
		case []any:
			if !ok {
				if len(v) > 0 {
					row["+"+k] = "[]"
				}
				continue
			}
			for _, one := range v {
				x, isObject := one.(map[string]any)
				if !isObject {
					return badFile("A row of %s is not an object.", child)
				}
				if _, err := n.object(child, x, above(table, child), row["id"], depth+1); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// above is the column by which a child names its parent; attributes and metadata name anything.
func above(table, child string) string {
	if child == "attribute" {
		return "link"
	}
	if child == "metadata" {
		return "resource"
	}
	return table
}

func (r hsRow) set(k, text string) error {
	if len(text) > maxCell {
		return badFile("A value of %s is longer than %d bytes.", short(k), maxCell)
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return badFile("A value of %s is not text.", short(k))
	}
	r[k] = strings.TrimSpace(text)
	return nil
}

// short bounds the name of a column in a message.
func short(name string) string {
	if len(name) > 40 || !utf8.ValidString(name) {
		return "a column"
	}
	return name
}

func scalar(v any) (string, bool) {
	switch x := v.(type) {
	case string:
		return x, true
	case json.Number:
		return x.String(), true
	case bool:
		return strconv.FormatBool(x), true
	}
	return "", false
}

// readZip reads tables as CSV, each file named after its table.
func readZip(data []byte) (hsTables, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, badFile("The zip is damaged or stops in the middle.")
	}
	t, left, rows := hsTables{}, int64(maxFile), 0
	for _, f := range z.File {
		name, ok := strings.CutSuffix(path.Base(f.Name), ".csv")
		if !ok || strings.HasPrefix(path.Base(f.Name), ".") {
			continue
		}
		if !slices.Contains(tableNames, name) {
			t["+"] = append(t["+"], hsRow{"id": short(name)})
			continue
		}
		if len(t[name]) > 0 {
			return nil, badFile("The zip has the table %s twice.", name)
		}
		if t[name], left, err = readCSV(f, name, left, &rows); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func readCSV(f *zip.File, name string, left int64, count *int) (rows []hsRow, rest int64, err error) {
	r, err := f.Open()
	if err != nil {
		return nil, left, badFile("The table %s is damaged.", name)
	}
	defer func() { _ = r.Close() }() // read only
	text, err := io.ReadAll(io.LimitReader(r, left+1))
	if left -= int64(len(text)); left < 0 {
		return nil, 0, badFile("Use a file of at most %d MB.", maxFile>>20)
	}
	if err != nil {
		return nil, left, badFile("The table %s is damaged.", name)
	}
	c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))))
	head, err := c.Read()
	if err == io.EOF {
		return nil, left, nil
	}
	for err == nil {
		var record []string
		if record, err = c.Read(); err != nil {
			break
		}
		if *count++; *count > maxRows {
			return nil, left, badFile("The file has more than %d rows.", maxRows)
		}
		row := hsRow{}
		for i, cell := range record {
			if cell = strings.TrimSpace(cell); cell == "" {
				continue
			}
			if err := row.set(head[i], unguarded(cell)); err != nil {
				return nil, left, err
			}
		}
		rows = append(rows, row)
	}
	if err != io.EOF {
		return nil, left, badFile("The table %s is not a table of comma-separated values.", name)
	}
	return rows, left, nil
}

// zipped writes tables as a zip of CSV.
func (t hsTables) zipped() ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range tableNames {
		if len(t[name]) == 0 {
			continue
		}
		w, err := z.Create(name + ".csv")
		if err != nil {
			return nil, err
		}
		if err := writeCSV(w, t[name]); err != nil {
			return nil, fmt.Errorf("shelter: table %s: %w", name, err)
		}
	}
	err := z.Close()
	return out.Bytes(), err
}

func writeCSV(w io.Writer, rows []hsRow) error {
	var head []string
	for _, r := range rows {
		for k := range r {
			if !slices.Contains(head, k) {
				head = append(head, k)
			}
		}
	}
	slices.Sort(head)
	c := csv.NewWriter(w)
	if err := c.Write(head); err != nil {
		return err
	}
	for _, r := range rows {
		record := make([]string, len(head))
		for i, k := range head {
			record[i] = guarded(r[k])
		}
		if err := c.Write(record); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// guarded keeps a spreadsheet from taking a cell for a formula.
func guarded(cell string) string {
	if cell != "" && strings.ContainsRune("=@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func unguarded(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && guarded(rest) == cell {
		return rest
	}
	return cell
}
