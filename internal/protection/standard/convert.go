package standard

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vocab"
)

// Values are the values of a record by field, or by field, "#" and a number for the second and later of a
// group that repeats. A code after "!" is one of which somebody said that it is not so.
type Values map[string][]string

// Cell is a column of a record as a file has it.
type Cell struct {
	Column string
	Values []string
}

// Row is a record of a file.
type Row struct {
	Number, Line int
	Cells        []Cell
}

// no begins a code that was denied.
const no = "!"

// groups are the beginnings of columns that may repeat, and maxRepeat how often.
var groups = []string{"hte_", "spl_", "cco_", "per_"}

const maxRepeat = 99

// split separates a column from the number of its repetition: "hte_City#2". ok is false for one that may not
// repeat.
func split(column string) (name, times string, ok bool) {
	name, times, has := strings.Cut(column, "#")
	if !has {
		return name, "", true
	}
	n, err := strconv.Atoi(times)
	if err != nil || n < 2 || n > maxRepeat || strconv.Itoa(n) != times {
		return name, "", false
	}
	return name, "#" + times, slices.ContainsFunc(groups, func(g string) bool { return strings.HasPrefix(name, g) })
}

// In turns a record of the standard into values of ours.
func (m Map) In(r Row) (Values, []Loss) {
	in := reading{m: m, row: r, values: Values{}}
	for _, c := range r.Cells {
		in.cell(c)
	}
	return in.values, in.losses
}

type reading struct {
	m      Map
	row    Row
	values Values
	losses []Loss
}

func (in *reading) lose(column string, k Kind, value, near string) {
	in.losses = append(in.losses, Loss{Record: in.row.Number, Line: in.row.Line, Column: column, Kind: k, Value: private.New(short(value)), Near: near})
}

// short bounds what a report repeats of a file.
func short(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

func (in *reading) cell(c Cell) {
	said := c.Values[:0:0]
	for _, v := range c.Values {
		if v = strings.TrimSpace(v); v != "" && (in.m.Missing == "" || v != in.m.Missing) {
			said = append(said, v)
		}
	}
	if len(said) == 0 {
		return
	}
	name, times, ok := split(c.Column)
	i, known := in.m.byName[name]
	if !known || !ok {
		in.lose(short(c.Column), UnknownColumn, said[0], in.m.nearestColumn(name))
		return
	}
	column := in.m.Fields[i]
	if column.Derived {
		in.lose(c.Column, Derived, "", "")
		return
	}
	f, _ := in.m.set.Field(column.field())
	key := f.Code + times
	if column.Is != "" {
		in.question(c.Column, key, column, said)
		return
	}
	for _, v := range said {
		ours, kind, near := f.in(column, v)
		switch {
		case kind != "":
			in.lose(c.Column, kind, v, near)
		case ours == "": // said that it is not known
		case !column.Many && !f.Many && len(in.values[key]) > 0, !column.Many && len(said) > 1 && v != said[0]:
			in.lose(c.Column, TooMany, v, "")
		case !slices.Contains(in.values[key], ours):
			in.values[key] = append(in.values[key], ours)
		}
	}
	switch f.Code {
	case "con_Consent", "vic_AgreementToManagePersonalData":
		in.lose(c.Column, NoConsent, "", "")
	case "cas_Status":
		if v := in.values[key]; len(v) == 1 && strings.HasPrefix(v[0], "Closed") {
			in.lose(c.Column, StaysOpen, "", "")
		}
	}
}

func (m Map) nearestColumn(name string) string {
	names := make([]string, 0, len(m.Fields))
	for _, c := range m.Fields {
		names = append(names, c.Name)
	}
	return nearest(name, names)
}

// question reads a column with the answers 1 and 0.
func (in *reading) question(name, key string, c Column, said []string) {
	code := ""
	switch strings.ToLower(said[0]) {
	case "1", "1.0", "true":
		code = c.Is
	case "0", "0.0", "false":
		code = no + c.Is
	}
	if code == "" || len(said) > 1 {
		in.lose(name, BadValue, said[0], "")
		return
	}
	if !slices.Contains(in.values[key], code) {
		in.values[key] = append(in.values[key], code)
	}
}

const (
	maxText = 2000
	maxLong = 256 << 10
)

var languageForm = regexp.MustCompile(`^[A-Za-z]{2,3}$`)

// in reads a value of a column. An empty answer without a kind is one that says that nobody knows.
func (f Field) in(c Column, v string) (ours string, kind Kind, near string) {
	if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
		return "", BadValue, ""
	}
	switch f.Type {
	case Code:
		if slices.Contains(c.Codes, v) {
			return c.ours(v), "", ""
		}
		return "", UnknownCode, nearest(v, c.Codes)
	case Flag:
		return flag(v)
	case Date:
		if len(v) > 10 && (v[10] == 'T' || v[10] == ' ') {
			v = v[:10]
		}
		if t, err := time.Parse(time.DateOnly, v); err != nil || t.Year() < 1000 {
			return "", BadValue, "2008-05-17"
		}
		return v, "", ""
	case Number:
		if n, err := strconv.ParseFloat(v, 64); err != nil || math.IsInf(n, 0) || math.IsNaN(n) || len(v) > 32 || strings.ContainsAny(v, "xXpP_") {
			return "", BadValue, "12.5"
		}
		return v, "", ""
	case Country:
		return country(v)
	case Language:
		if !languageForm.MatchString(v) {
			return "", BadValue, "ara"
		}
		return v, "", ""
	case Long:
		if len(v) > maxLong {
			return "", BadValue, ""
		}
		return v, "", ""
	case Text:
	}
	if len(v) > maxText {
		return "", BadValue, ""
	}
	return v, "", ""
}

func flag(v string) (string, Kind, string) {
	switch strings.ToLower(v) {
	case "true", "1", "yes":
		return "true", "", ""
	case "false", "0", "no":
		return "false", "", ""
	}
	return "", BadValue, "true"
}

// country reads a state: two or three letters, or a name. "0" is how CTDC writes that nobody knows.
func country(v string) (string, Kind, string) {
	if v == "0" {
		return "", "", ""
	}
	if code, ok := vocab.Find(vocab.Area, v); ok {
		if c, ok := vocab.Get(vocab.Area, code); ok && c.Kind == vocab.Country {
			return code, "", ""
		}
	}
	return "", UnknownCode, ""
}

// Out turns values of ours into a record of the standard. What it cannot hold is among the losses.
func (m Map) Out(number int, values Values) (Row, []Loss) {
	out := writing{m: m, number: number, row: Row{Number: number}, left: Values{}}
	for k, v := range values {
		out.left[k] = slices.Clone(v)
	}
	most := 1
	for k := range values {
		if _, times, _ := split(k); times != "" {
			n, _ := strconv.Atoi(times[1:])
			most = max(most, n)
		}
	}
	for _, c := range m.Fields {
		for n := 1; n <= most; n++ {
			out.column(c, n)
		}
	}
	out.rest()
	return out.row, out.losses
}

type writing struct {
	m      Map
	number int
	row    Row
	left   Values
	losses []Loss
}

func (out *writing) lose(column string, k Kind, value, near string) {
	out.losses = append(out.losses, Loss{Record: out.number, Column: column, Kind: k, Value: private.New(short(value)), Near: near})
}

func (out *writing) put(column string, values ...string) {
	out.row.Cells = append(out.row.Cells, Cell{column, values})
}

func (out *writing) column(c Column, n int) {
	f, _ := out.m.set.Field(c.field())
	key, name := f.Code, c.Name
	if n > 1 {
		key, name = fmt.Sprintf("%s#%d", f.Code, n), fmt.Sprintf("%s#%d", c.Name, n)
	}
	values, said := out.left[key]
	if c.Is != "" {
		out.answer(name, key, c, f)
		return
	}
	if !said {
		if out.m.Missing != "" && n == 1 {
			out.put(name, out.m.Missing)
		}
		return
	}
	var put, left []string
	for _, v := range values {
		text, kind, near := f.out(c, v)
		switch {
		case kind == NoPlace || kind == SaidNo:
			left = append(left, v) // another column may have a place for it
		case len(put) > 0 && !c.Many:
			out.lose(name, TooMany, v, "")
		case slices.Contains(put, text):
			out.lose(name, kind, v, near)
		default:
			if kind != "" {
				out.lose(name, kind, v, near)
			}
			put = append(put, text)
		}
	}
	delete(out.left, key)
	if len(left) > 0 {
		out.left[key] = left
	}
	if len(put) > 0 {
		out.put(name, put...)
	} else if out.m.Missing != "" {
		out.put(name, out.m.Missing)
	}
}

// answer writes a column with the answers 1 and 0.
func (out *writing) answer(name, key string, c Column, f Field) {
	values := out.left[key]
	answer := out.m.Missing
	for i, v := range values {
		code, denied := strings.CutPrefix(v, no)
		if code != c.Is {
			continue
		}
		answer = "1"
		if denied {
			answer = "0"
		}
		out.left[key] = slices.Delete(values, i, i+1)
		break
	}
	for i, v := range out.left[key] {
		if answer != out.m.Missing || f.Near[v] != c.Is || out.m.holds(f.Code, v) {
			continue
		}
		answer = "1"
		out.lose(name, Changed, v, c.Is)
		out.left[key] = slices.Delete(out.left[key], i, i+1)
		break
	}
	if len(out.left[key]) == 0 {
		delete(out.left, key)
	}
	out.put(name, answer)
}

// holds reports whether a column asks for a code of a field.
func (m Map) holds(field, code string) bool {
	return slices.ContainsFunc(m.Fields, func(c Column) bool { return c.field() == field && c.Is == code })
}

// out writes a value for a column.
func (f Field) out(c Column, v string) (text string, kind Kind, near string) {
	switch f.Type {
	case Code:
		if strings.HasPrefix(v, no) {
			return "", SaidNo, ""
		}
		if t, ok := c.theirs(v); ok {
			return t, "", ""
		}
		if t, ok := c.theirs(f.Near[v]); ok {
			return t, Changed, t
		}
		return "", NoPlace, ""
	case Country:
		if two, ok := vocab.Map(vocab.Area, v, "iso2"); ok && two != "" {
			return two, "", ""
		}
		return v, "", ""
	case Text, Long, Date, Number, Flag, Language:
	}
	return v, "", ""
}

// rest reports what no column has taken, in the order of the fields.
func (out *writing) rest() {
	keys := make([]string, 0, len(out.left))
	for k := range out.left {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		for _, v := range out.left[k] {
			kind := NoPlace
			if strings.HasPrefix(v, no) {
				kind = SaidNo
			}
			out.lose(k, kind, v, "")
		}
	}
}
