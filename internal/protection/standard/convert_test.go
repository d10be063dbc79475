package standard_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/protection/standard"
	"github.com/fourfold/fourfold/internal/testdata"
)

const today = "2026-06-01"

// values draws values that a column may hold, as the standard writes them.
func values(t *rapid.T, m standard.Map, c standard.Column, f standard.Field) []string {
	one := func() string {
		switch f.Type {
		case standard.Code:
			return rapid.SampledFrom(c.Codes).Draw(t, "code")
		case standard.Flag:
			return rapid.SampledFrom([]string{"true", "false"}).Draw(t, "flag")
		case standard.Date:
			return fmt.Sprintf("%d-%02d-%02d", rapid.IntRange(1930, 2025).Draw(t, "year"), rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day"))
		case standard.Number:
			return fmt.Sprint(rapid.IntRange(-90, 90).Draw(t, "number"))
		case standard.Country:
			return rapid.SampledFrom([]string{"KE", "VN", "GB", "ER", "KH"}).Draw(t, "country")
		case standard.Language:
			return rapid.SampledFrom([]string{"tir", "vie", "ron", "ar"}).Draw(t, "language")
		case standard.Text, standard.Long:
		}
		return rapid.StringMatching(`[a-zA-Z0-9éقक'@,"\n]{1,3}( [a-z;]{1,3})?`).Filter(func(s string) bool { return strings.TrimSpace(s) == s && s != "" }).Draw(t, "text")
	}
	if c.Is != "" {
		return []string{rapid.SampledFrom([]string{"1", "0"}).Draw(t, "answer")}
	}
	all := []string{one()}
	if c.Many && rapid.Bool().Draw(t, "more") {
		if v := one(); v != all[0] {
			all = append(all, v)
		}
	}
	return all
}

// record draws a record of a standard.
func recordOf(t *rapid.T, m standard.Map) standard.Row {
	r := standard.Row{Number: 1}
	set := standard.Trafficking()
	fill := rapid.IntRange(1, 9).Draw(t, "how full")
	for _, c := range m.Fields {
		if c.Derived || rapid.IntRange(0, 9).Draw(t, "filled") > fill {
			continue
		}
		name := c.Name
		if c.To != "" {
			name = c.To
		}
		f, _ := set.Field(name)
		r.Cells = append(r.Cells, standard.Cell{Column: c.Name, Values: values(t, m, c, f)})
		if strings.HasPrefix(c.Name, "hte_") && rapid.Bool().Draw(t, "again") {
			r.Cells = append(r.Cells, standard.Cell{Column: c.Name + "#2", Values: values(t, m, c, f)})
		}
	}
	return r
}

// said is a record as a map, without what was not said.
func said(m standard.Map, r standard.Row) map[string][]string {
	all := map[string][]string{}
	for _, c := range r.Cells {
		if len(c.Values) > 0 && (m.Missing == "" || c.Values[0] != m.Missing) {
			v := slices.Clone(c.Values)
			slices.Sort(v)
			all[c.Column] = v
		}
	}
	return all
}

// through takes a record into the forms in which it is kept, and out again.
func through(m standard.Map, r standard.Row) (standard.Row, []standard.Loss) {
	values, losses := m.In(r)
	file, rest, more := standard.ToFile(values, today)
	losses = append(losses, more...)
	values, more = standard.FromFile(file, rest)
	losses = append(losses, more...)
	out, more := m.Out(1, values)
	return out, append(losses, more...)
}

// harmless are losses that a round trip through the same version may name: what is carried and only said to be different
// here, and the age band that we work out.
func harmless(l standard.Loss) bool {
	return l.Kind == standard.NoConsent || l.Kind == standard.StaysOpen || l.Column == "ageBand"
}

// A record of each version comes out as it went in, in both forms of file.
func TestRoundTrip(t *testing.T) {
	for _, m := range standard.Maps() {
		for _, form := range []standard.Form{standard.JSON, standard.CSV} {
			t.Run(m.Standard+" "+m.Version+" "+string(form), func(t *testing.T) {
				rapid.Check(t, func(rt *rapid.T) {
					r := recordOf(rt, m)
					back := parse(t, form, text(t, m, form, r))
					if len(r.Cells) == 0 {
						return
					}
					if diff := cmp.Diff(said(m, r), said(m, back[0])); diff != "" {
						rt.Fatalf("file: %s", diff)
					}
					out, losses := through(m, back[0])
					if diff := cmp.Diff(said(m, r), said(m, out)); diff != "" {
						rt.Fatalf("record: %s", diff)
					}
					for _, l := range losses {
						if !harmless(l) {
							rt.Fatalf("%s: %s", l.Column, l.Kind)
						}
					}
				})
			})
		}
	}
}

func parse(t testing.TB, form standard.Form, file string) (all []standard.Row) {
	t.Helper()
	err := standard.Read(strings.NewReader(file), form, func(r standard.Row) error {
		r.Cells = slices.Clone(r.Cells)
		all = append(all, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// From any version to any other: whatever was said is in the other record or among the losses, value by value.
func TestNothingGoesInSilence(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		from := rapid.SampledFrom(standard.Maps()).Draw(rt, "from")
		to := rapid.SampledFrom(standard.Maps()).Draw(rt, "to")
		values, _ := from.In(recordOf(rt, from))
		row, losses := to.Out(1, values)
		named, near := 0, map[[2]string]bool{}
		for _, l := range losses {
			// Of two that become the same code one is carried and the other is named.
			became := [2]string{l.Column, l.Near}
			if l.Kind != standard.Changed || near[became] {
				named++
			}
			near[became] = near[became] || l.Kind == standard.Changed
		}
		n := 0
		for _, v := range values {
			n += len(v)
		}
		carried := 0
		for _, v := range said(to, row) {
			carried += len(v)
		}
		if carried+named != n {
			rt.Fatalf("%s %s to %s %s: %d values, %d carried and %d named as lost", from.Standard, from.Version, to.Standard, to.Version, n, carried, named)
		}
	})
}

// What a column cannot hold is named with the record, the column and what would be right.
func TestLosses(t *testing.T) {
	m, err := standard.MapOf("htcds", "2.0")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		column, value string
		kind          standard.Kind
		near          string
	}{
		{"vic_TypeOfExploitation", "ForcedLabor", standard.UnknownCode, "ForcedLabour"},
		{"vic_TypeOfExploitation", "IllicitActivities", standard.UnknownCode, ""},
		{"vic_MethodsOfControl", "RestrictsMovement", standard.UnknownCode, ""},
		{"vic_TypeOfExploitation", "Zzyzx", standard.UnknownCode, ""},
		{"prs_FristName", "Selam", standard.UnknownColumn, "prs_FirstName"},
		{"prs_Birthdate", "17.5.2008", standard.BadValue, "2008-05-17"},
		{"prs_NumberOfChildren", "NaN", standard.BadValue, "12.5"},
		{"prs_Citizenship", "ZR", standard.UnknownCode, ""},
		{"prs_PrimaryLanguage", "Tigrinya", standard.BadValue, "ara"},
		{"con_Consent", "true", standard.NoConsent, ""},
		{"cas_Status", "ClosedReferred", standard.StaysOpen, ""},
		{"prs_FirstName#2", "x", standard.UnknownColumn, "prs_FirstName"},
		{"hte_City#1", "x", standard.UnknownColumn, "hte_City"},
		{"prs_FirstName", strings.Repeat("x", 2001), standard.BadValue, ""},
	} {
		_, losses := m.In(standard.Row{Number: 7, Line: 8, Cells: []standard.Cell{{Column: c.column, Values: []string{c.value}}}})
		if len(losses) != 1 || losses[0].Kind != c.kind || losses[0].Near != c.near || losses[0].Record != 7 || losses[0].Line != 8 {
			t.Errorf("%s %s: %+v", c.column, c.value[:min(20, len(c.value))], losses)
		}
	}
	_, losses := m.In(standard.Row{Number: 1, Cells: []standard.Cell{{Column: "vic_ForcedLabourIndustry", Values: []string{"C_Manufacturing", "F_Construction"}}}})
	if len(losses) != 1 || losses[0].Kind != standard.TooMany {
		t.Errorf("two industries: %+v", losses)
	}
}

// CTDC keeps "no" and "not said" apart; both spellings of a long name are the same column.
func TestAnswersOfCTDC(t *testing.T) {
	m, err := standard.MapOf("ctdc", "")
	if err != nil {
		t.Fatal(err)
	}
	file := "yearOfRegistration,ageBroad,meansOfControlDebtBondage,meansOfControlTakesEarnings,meansOfControlThreats,meansOfControlThreatOfLawEnforce,meansOfControlConcatenated,traffickMonths,citizenship\n" +
		"2019,18--20,1,0,-99,1,Debt bondage,0--12 (0-1 yr),UA\n"
	rows := parse(t, standard.CSV, file)
	values, losses := m.In(rows[0])
	if diff := cmp.Diff([]string{"DebtBondage", "!TakesEarnings", "ThreatsLawEnforcement"}, values["vic_MethodsOfControl"]); diff != "" {
		t.Error(diff)
	}
	if values["ageBand"][0] != "18-20" || values["prs_Citizenship"][0] != "UKR" || len(losses) != 1 || losses[0].Kind != standard.Derived {
		t.Errorf("%v %+v", values, losses)
	}
	out, _ := m.Out(1, values)
	got := said(m, out)
	for column, want := range map[string]string{
		"meansOfControlDebtBondage": "1", "meansOfControlTakesEarnings": "0", "meansOfControlThreatOfLawEnforcement": "1", "ageBroad": "18--20", "citizenship": "UA",
	} {
		if len(got[column]) != 1 || got[column][0] != want {
			t.Errorf("%s is %v, want %s", column, got[column], want)
		}
	}
	if _, is := got["meansOfControlThreats"]; is {
		t.Error("what was not said became an answer")
	}
	to, _ := standard.MapOf("htcds", "2.0")
	_, losses = to.Out(1, values)
	if !slices.ContainsFunc(losses, func(l standard.Loss) bool { return l.Kind == standard.SaidNo && l.Column == "vic_MethodsOfControl" }) {
		t.Errorf("HTCDS cannot say no, and nobody is told: %+v", losses)
	}
}

// The shipped mapping has every column and every code of the published versions, and nothing that they do not have.
func TestPublishedColumns(t *testing.T) {
	dir := testdata.Dir(t, "htcds")
	for _, version := range []string{"0.1", "0.2", "1.0", "2.0"} {
		var published struct {
			Fields []struct {
				FullName string `json:"fullName"`
				Multi    bool
				Values   []struct{ Code string }
			}
		}
		b, err := os.ReadFile(filepath.Join(dir, "htcds-"+version+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &published); err != nil {
			t.Fatal(err)
		}
		want := map[string][]string{}
		for _, f := range published.Fields {
			if f.FullName == "" {
				continue
			}
			want[f.FullName] = nil
			for _, v := range f.Values {
				want[f.FullName] = append(want[f.FullName], v.Code)
			}
		}
		if version == "0.1" { // the file pairs its nine codes with seven labels
			want["vic_TypeOfExploitation"] = append(want["vic_TypeOfExploitation"], "Other")
		}
		m, err := standard.MapOf("htcds", version)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][]string{}
		for _, c := range m.Fields {
			got[c.Name] = c.Codes
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", version, diff)
		}
	}
	testPublishedCTDC(t)
}

func testPublishedCTDC(t *testing.T) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(testdata.Dir(t, "ctdc"), "ctdc-dictionary.json"))
	if err != nil {
		t.Fatal(err)
	}
	var published struct{ VictimVariables []struct{ Name string } }
	if err := json.Unmarshal(b, &published); err != nil {
		t.Fatal(err)
	}
	m, _ := standard.MapOf("ctdc", "")
	got := map[string]bool{}
	for _, c := range m.Fields {
		got[c.Name] = true
	}
	for _, v := range published.VictimVariables {
		if !got[v.Name] {
			t.Errorf("CTDC: %s is missing", v.Name)
		}
		delete(got, v.Name)
	}
	if left := slices.Sorted(maps.Keys(got)); !slices.Equal(left, []string{"traffickMonths"}) {
		t.Errorf("CTDC has no %v", left)
	}
}

// Files that are no such file are refused with the place, and none of them is read on for ever.
func TestDamagedFiles(t *testing.T) {
	long := `{"prs_FirstName":"` + strings.Repeat("x", 3<<20) + `"}`
	for _, c := range []struct{ form, file, want string }{
		{"json", `{"records":[{"a":"b"},`, "record 2"},
		{"json", `[{"a":"b"}`, "end"},
		{"json", `[{"a":{"b":1}}]`, "record 1"},
		{"json", `[1]`, "record 1"},
		{"json", `7`, "no records"},
		{"json", ``, "too early"},
		{"json", `[` + long + `]`, "more than"},
		{"json", long, "more than"},
		{"csv", "", "too early"},
		{"csv", "a,a\n1,2\n", "column 2"},
		{"csv", "a,\n1,2\n", "column 2"},
		{"csv", "a,b\n1\n", "record 1"},
		{"csv", "a\n\"x", "record 1"},
		{"csv", "a\n\"" + strings.Repeat("x", 3<<20), "more than"},
		{"xml", "<a/>", "form"},
	} {
		err := standard.Read(strings.NewReader(c.file), standard.Form(c.form), func(standard.Row) error { return nil })
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %.30q: %v, want %s", c.form, c.file, err, c.want)
		}
	}
	n := 0
	for _, file := range []string{`{"a":"b"}` + "\n" + `{"a":"c"}`, `[{"a":"b"},{"a":"c"}]`, `{"standard":"HTCDS","version":"2.0","records":[{"a":"b"},{"a":"c"}]}`, "[]", `{"records":[]}`} {
		n += len(parse(t, standard.JSON, file))
	}
	if n != 6 {
		t.Errorf("%d records of the three forms of JSON, want 6", n)
	}
	if rows := parse(t, standard.CSV, "\ufeffa\nb\n"); rows[0].Cells[0].Column != "a" {
		t.Error("a mark of byte order became part of a name")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"records":[{"prs_FirstName":"Selam","vic_TypeOfExploitation":["ForcedLabour"]}]}`), true)
	f.Add([]byte("prs_FirstName,hte_City#2\nSelam,\"a;b\"\n"), false)
	f.Fuzz(func(t *testing.T, file []byte, tree bool) {
		form := standard.CSV
		if tree {
			form = standard.JSON
		}
		_ = standard.Read(bytes.NewReader(file), form, func(r standard.Row) error {
			for _, m := range standard.Maps()[3:] {
				values, _ := m.In(r)
				file, rest, _ := standard.ToFile(values, today)
				if file.Check() == nil {
					back, _ := standard.FromFile(file, rest)
					m.Out(1, back)
				}
			}
			return nil
		})
	})
}

func FuzzDefinition(f *testing.F) {
	f.Add([]byte(definition))
	f.Fuzz(func(t *testing.T, text []byte) {
		if d, err := standard.ReadDefinition(bytes.NewReader(text)); err == nil && len(d.Set.Fields) == 0 {
			t.Error("a set without fields")
		}
	})
}
