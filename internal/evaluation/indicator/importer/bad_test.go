package importer

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf16"
)

// check reads a text as a file of a format.
func check(t testing.TB, format string, content []byte) *Outcome {
	t.Helper()
	out, err := Check(context.Background(), optionsOf(format, content))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func optionsOf(format string, content []byte) Options {
	return Options{
		Format: format, Name: "f.csv", ReleasedOn: "2024-05-01",
		Open:     func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
		Measures: map[string]Measure{"nrm.referrals": {Every: 2}, "sdg.16.2.2": {Fractions: true, Every: 1}},
	}
}

// only returns the one error of an outcome.
func only(t testing.TB, out *Outcome) Problem {
	t.Helper()
	var errs []Problem
	for _, p := range out.Problems {
		if p.Severity == Fatal {
			errs = append(errs, p)
		}
	}
	if len(errs) != 1 || out.ErrorCount != 1 || out.OK() {
		t.Fatalf("want one error, got %d: %v", out.ErrorCount, errs)
	}
	return errs[0]
}

const good = "indicator,area,period,sex,value\nnrm.referrals,GBR,2022-Q1,f,5\n"

func gz(b []byte) []byte {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	_, _ = w.Write(b)
	_ = w.Close()
	return buf.Bytes()
}

// manyRows are rows whose values do not repeat, so that they stay long when they are compressed.
func manyRows() string {
	var b strings.Builder
	for i := range 500 {
		fmt.Fprintf(&b, "nrm.referrals,GBR,%d-Q%d,m,%d\n", 1900+i/4, 1+i%4, i*i*7919%1000003)
	}
	return b.String()
}

func half(b []byte) []byte { return b[:len(b)/2] }

func utf16le(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

// TestBadInput: whatever is wrong, the report names file, line, column and value and says what to
// do, and there is exactly one problem of it.
func TestBadInput(t *testing.T) {
	tests := []struct {
		name    string
		format  string
		content string
		line    int
		column  string
		at      int
		value   string
		text    string // in the message
		mend    string // in what to do
	}{
		// Columns.
		{name: "missing column", content: "indicator,area,value\nnrm.referrals,GBR,5\n", line: 1, column: "period", text: "missing", mend: "indicator, area, value"},
		{name: "misspelt column", content: "indicator,area,perid,value\nnrm.referrals,GBR,2022-Q1,5\n", line: 1, column: "period", text: "missing", mend: `"perid"`},
		{name: "misspelt optional column", content: "indicator,area,period,value,statsu\nnrm.referrals,GBR,2022-Q1,5,\n", line: 1, column: "statsu", text: "not known", mend: `"status"`},
		{name: "column twice", content: "indicator,area,period,value,Value\nnrm.referrals,GBR,2022-Q1,5,6\n", line: 1, column: "Value", text: "number 4 and 5", mend: "rename"},
		{name: "column without a name", content: "indicator,area,period,value,\nnrm.referrals,GBR,2022-Q1,5,\n", line: 1, text: "cannot be the name", mend: "small letters"},
		{name: "semicolons", content: "indicator;area;period;value\nnrm.referrals;GBR;2022-Q1;5\n", line: 1, text: `";"`, mend: "commas"},
		{name: "wrong table", format: "nrm", content: "a,b,c\n1,2,3\n", line: 1, value: "a, b, c", text: "not the columns", mend: "referrals by age"},
		{name: "national table without a column", format: "nrm", content: "Year,Quarter,Age at exploitation,NRM referrals\n2022,Q1,Total,5\n", line: 1, column: "Location of exploitation", text: "missing", mend: "Year, Quarter"},
		{name: "UNODC table with another name", format: "glotip", content: "Iso3_code,Country,Indicator,Dimension,Category,Sex,Age,Year,Unit of measurement,VALUE\n", line: 1, column: "txtVALUE", text: "missing", mend: `"VALUE"`},

		// Encodings.
		{name: "Latin-1", content: "indicator,area,period,form,value\nnrm.referrals,GBR,2022-Q1,a,5\nnrm.referrals,GBR,2022-Q2,\"M\xe9xico\",5\n", line: 3, at: 29, value: "byte 0xE9", text: "not UTF-8", mend: "WINDOWS-1252"},
		{name: "UTF-16 with mark", content: "\xff\xfe" + string(utf16le(good)), line: 1, at: 1, text: "UTF-16", mend: "iconv"},
		{name: "UTF-16 without mark", content: string(utf16le(good)), line: 1, at: 1, text: "UTF-16", mend: "iconv"},
		{name: "cut in the middle of a letter", content: good + "nrm.referrals,GBR,2022-Q2,é"[:27], line: 3, at: 27, value: "byte 0xC3", text: "not UTF-8", mend: "UTF-8"},
		{name: "zero byte", content: strings.Replace(good, "\n", "\n"+strings.Repeat("nrm.referrals,GBR,2022-Q2,f,5\n", 30), 1) + "nrm\x00,GBR,2022-Q3,f,1\n", line: 33, text: "zero byte", mend: "UTF-8"},
		{name: "an order to a terminal", content: good + "nrm.referrals,GBR,2022-Q2,\x1b[2Jf,1\n", line: 3, at: 27, value: "byte 0x1B", text: "control character", mend: "Delete it"},
		{name: "workbook", content: "PK\x03\x04rest", line: 1, at: 1, text: "workbook", mend: "CSV UTF-8"},
		{name: "empty", content: "", line: 1, at: 1, text: "empty", mend: "again"},
		{name: "header only", content: "indicator,area,period,value\n", line: 2, text: "no rows", mend: "again"},

		// Compression.
		{name: "truncated gzip", content: string(gz([]byte(good))[:40]), line: 1, at: 1, text: "ends before", mend: "again"},
		{name: "gzip truncated far within", content: string(half(gz([]byte(good + manyRows())))), line: -1, at: -1, text: "ends before", mend: "again"},
		{name: "damaged gzip", content: string(damage(gz([]byte(good + strings.Repeat("nrm.referrals,GBR,2022-Q2,f,5\n", 50))))), line: -1, at: -1, text: "damaged", mend: "again"},
		{name: "decompression bomb", content: string(gz(bytes.Repeat([]byte(" \n"), 4<<20))), line: 1, at: 1, text: "empty"},
		{name: "decompression bomb behind a header", content: string(gz(append([]byte(good), bytes.Repeat([]byte("nrm.referrals,GBR,2022-Q2,f,5\n"), 300_000)...))), text: "200 times", mend: "uncompress"},

		// CSV.
		{name: "quoted line break, then a bad row", content: "indicator,area,period,release,value\nnrm.referrals,GBR,2022-Q1,\"two\nlines\",5\nnrm.referrals,GBR,2022-Q2,x,minus\n", line: 4, column: "value", value: "minus", text: "not a number", mend: "<5"},
		{name: "too few fields", content: good + "nrm.referrals,GBR,2022-Q2,5\n", line: 3, text: "5 fields", mend: "comma"},
		{name: "too many fields", content: good + "nrm.referrals,GBR,2022-Q2,f,5,6\n", line: 3, text: "5 fields", mend: "comma"},
		{name: "quotation mark in a field", content: good + "nrm.referrals,GBR,2022-Q2,f\"x,5\n", line: 3, at: 28, text: "quotation mark", mend: "twice"},
		{name: "open quotation mark at the end", content: good + "nrm.referrals,GBR,2022-Q2,\"f,5\n", line: 3, at: -1, text: "quoted text", mend: "Close"},
		{name: "open quotation mark, long", content: good + "nrm.referrals,GBR,2022-Q2,\"f,5\n" + strings.Repeat("nrm.referrals,GBR,2022-Q3,f,5\n", 20000), line: -1, text: "longer than 64 kB", mend: "quotation mark"},
		{name: "long field", content: good + "nrm.referrals,GBR,2022-Q2," + strings.Repeat("f", 5000) + ",5\n", line: 3, column: "sex", value: strings.Repeat("f", 60) + "…", text: "longer than 4 kB", mend: "quotation mark"},
		{name: "long line", content: good + strings.Repeat("f", 1<<20) + "\n", line: -1, text: "longer than 64 kB", mend: "quotation mark"},

		// Values.
		{name: "negative count", content: good + "nrm.referrals,GBR,2022-Q2,f,-5\n", line: 3, column: "value", value: "-5", text: "negative", mend: "not known"},
		{name: "formula in a count", content: good + "nrm.referrals,GBR,2022-Q2,f,=1+1\n", line: 3, column: "value", value: "=1+1", text: "formula", mend: "value"},
		{name: "formula with a plus", content: good + "nrm.referrals,GBR,2022-Q2,f,+5\n", line: 3, column: "value", value: "+5", text: "formula", mend: "value"},
		{name: "formula in a text", content: good + "nrm.referrals,GBR,2022-Q2,\"=HYPERLINK(\"\"http://x\"\")\",5\n", line: 3, column: "sex", value: `=HYPERLINK("http://x")`, text: "formula", mend: "sign in front"},
		{name: "formula behind a tab", content: good + "nrm.referrals,GBR,2022-Q2,\t=1,5\n", line: 3, column: "sex", value: `\x09=1`, text: "formula", mend: "sign in front"},
		{name: "formula with an at sign", content: good + "nrm.referrals,@GBR,2022-Q2,f,5\n", line: 3, column: "area", value: "@GBR", text: "formula", mend: "sign in front"},
		{name: "a dash", content: good + "nrm.referrals,GBR,2022-Q2,f,-\n", line: 3, column: "value", value: "-", text: "nought or not published", mend: "0"},
		{name: "no number", content: good + "nrm.referrals,GBR,2022-Q2,f,\n", line: 3, column: "value", text: "no number", mend: "missing"},
		{name: "separators", content: good + "nrm.referrals,GBR,2022-Q2,f,\"12,34\"\n", line: 3, column: "value", value: "12,34", text: "groups of three", mend: "without"},
		{name: "fraction of a person", content: good + "nrm.referrals,GBR,2022-Q2,f,1.5\n", line: 3, column: "value", value: "1.5", text: "whole", mend: "point"},
		{name: "huge", content: good + "nrm.referrals,GBR,2022-Q2,f,99999999999999\n", line: 3, column: "value", value: "99999999999999", text: "too large", mend: "digits"},
		{name: "bounds swapped", content: "indicator,area,period,lower,upper\nnrm.referrals,GBR,2022-Q1,4,1\n", line: 2, column: "upper", value: "1", text: "below", mend: "Swap"},
		{name: "missing with a number", content: "indicator,area,period,value,status\nnrm.referrals,GBR,2022-Q1,4,missing\n", line: 2, column: "status", value: "missing", text: "there is a number", mend: "Delete"},
		{name: "status", content: "indicator,area,period,value,status\nnrm.referrals,GBR,2022-Q1,4,exat\n", line: 2, column: "status", value: "exat", text: "does not know", mend: `"exact"`},

		// Dates.
		{name: "quarter that does not exist", content: good + "nrm.referrals,GBR,2022-Q5,f,5\n", line: 3, column: "period", value: "2022-Q5", text: "no such date", mend: "Q1 to Q4"},
		{name: "no period", content: good + "nrm.referrals,GBR,spring,f,5\n", line: 3, column: "period", value: "spring", text: "not a year", mend: "2022-Q2"},
		{name: "another length of period", content: good + "nrm.referrals,GBR,2022,f,5\n", line: 3, column: "period", value: "2022", text: "quarter", mend: "one length"},
		{name: "day of release that does not exist", content: "indicator,area,period,value,released_on\nnrm.referrals,GBR,2022-Q1,5,2023-02-30\n", line: 2, column: "released_on", value: "2023-02-30", text: "no such date", mend: "YYYY-MM-DD"},
		{name: "national quarter that does not exist", format: "nrm", content: "Year,Quarter,Total\n2022,Q1,3\n2022,Q7,5\n", line: 3, column: "Quarter", value: "Q7", text: "no such date", mend: "Q4"},
		{name: "national year that does not exist", format: "nrm", content: "Year,Quarter,Total\n2022,Q1,3\n3022,Q1,5\n", line: 3, column: "Year", value: "3022", text: "no such date"},

		// Countries and categories.
		{name: "unknown country", content: good + "nrm.referrals,Atlantis,2022-Q2,f,5\n", line: 3, column: "area", value: "Atlantis", text: "not known", mend: "ISO 3166-1"},
		{name: "misspelt country", content: good + "nrm.referrals,Untied Kingdom,2022-Q2,f,5\n", line: 3, column: "area", value: "Untied Kingdom", text: "not known", mend: "GBR"},
		{name: "UNODC unknown country", format: "glotip", content: glotipHeader + glotipRow("QQQ", "Detected trafficking victims", "Total", "2022", "5"), line: 2, column: "Iso3_code", value: "QQQ", text: "not known"},
		{name: "UNODC unknown indicator", format: "glotip", content: glotipHeader + glotipRow("GBR", "Detected traficking victims", "Total", "2022", "5"), line: 2, column: "Indicator", value: "Detected traficking victims", text: "does not know", mend: `"Detected trafficking victims"`},
		{name: "UNODC unknown sex", format: "glotip", content: glotipHeader + glotipRow("GBR", "Detected trafficking victims", "Femal", "2022", "5"), line: 2, column: "Sex", value: "Femal", text: "does not know", mend: `"Female"`},
		{name: "UNODC year", format: "glotip", content: glotipHeader + glotipRow("GBR", "Detected trafficking victims", "Total", "2022-Q1", "5"), line: 2, column: "Year", value: "2022-Q1", text: "goes by years"},
		{name: "national age", format: "nrm", content: "Year,Quarter,Age at exploitation,Location of exploitation,NRM referrals\n2022,Q1,Adolescent,UK,5\n", line: 2, column: "Age at exploitation", value: "Adolescent", text: "does not know", mend: "Adult (18 or over)"},
		{name: "national total of another type", format: "nrm", content: detailHeader + "NGO and third sector,Police total,Total,Total,Total,Total,5,2022-Q2\n", line: 2, column: "First responder", value: "Police total", text: "NGO and third sector", mend: "type"},

		// Rows that contradict each other.
		{name: "two conflicting rows", content: good + "nrm.referrals,GBR,2022-Q2,f,7\nnrm.referrals,United Kingdom,2022-Q1,f,6\n", line: 4, text: "line 2", mend: "delete"},
		{name: "national conflicting rows", format: "nrm", content: "Year,Quarter,Total\n2022,Q1,3\n2022,Q2,4\n2022,Q1,5\n", line: 4, text: "line 2", mend: "delete"},

		// Indicators and releases.
		{name: "indicator of the program misspelt", content: "indicator,area,period,value\nnrm.referals,GBR,2022-Q1,5\n", line: 2, column: "indicator", value: "nrm.referals", text: "no such indicator", mend: "nrm.referrals"},
		{name: "indicator of the program that is new", content: "indicator,area,period,value\nglotip.own-invention,GBR,2022,5\n", line: 2, column: "indicator", value: "glotip.own-invention", text: "belong to the program", mend: "another name"},
		{name: "no id", content: "indicator,area,period,value\nMy Indicator,GBR,2022,5\n", line: 2, column: "indicator", value: "My Indicator", text: "cannot be the id", mend: "shelter.nights"},
		{name: "kind", content: "indicator,area,period,value,kind\nown.x,GBR,2022,5,ratio\n", line: 2, column: "kind", value: "ratio", text: "does not know", mend: "rate"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			format := tt.format
			if format == "" {
				format = "csv"
			}
			p := only(t, check(t, format, []byte(tt.content)))
			if p.File != "f.csv" || tt.line >= 0 && p.Line != tt.line || p.Column != tt.column || tt.at >= 0 && p.At != tt.at {
				t.Errorf("at %s:%d column %q character %d, want line %d column %q character %d", p.File, p.Line, p.Column, p.At, tt.line, tt.column, tt.at)
			}
			if tt.value != "" && p.Value != tt.value {
				t.Errorf("value %q, want %q", p.Value, tt.value)
			}
			if !strings.Contains(sentence(p.Msg, p.Args), tt.text) {
				t.Errorf("message %q lacks %q", sentence(p.Msg, p.Args), tt.text)
			}
			if mend := sentence(p.Mend, p.MendArgs); mend == "" || !strings.Contains(mend, tt.mend) {
				t.Errorf("what to do %q lacks %q", mend, tt.mend)
			}
		})
	}
}

const glotipHeader = "Iso3_code,Country,Region,Subregion,Indicator,Dimension,Category,Sex,Age,Year,Unit of measurement,txtVALUE,Source\n"

func glotipRow(iso, indicator, sex, year, value string) string {
	return fmt.Sprintf("%s,X,,,%s,Total,Total,%s,Total,%s,Counts,%s,GLOTIP\n", iso, indicator, sex, year, value)
}

const detailHeader = "First responder type,First responder,Exploitation type,Age at exploitation,Gender,Nationality,People,period\n"

func damage(b []byte) []byte {
	b = bytes.Clone(b)
	b[len(b)-6] ^= 0xff // in the checksum
	return b
}

// A byte-order mark is skipped and told; the first column is found behind it.
func TestByteOrderMark(t *testing.T) {
	out := check(t, "csv", []byte("\xef\xbb\xbf"+good))
	if !out.OK() || out.Rows != 1 || out.WarningCount != 1 || !strings.Contains(out.Problems[0].String(), "byte-order mark") {
		t.Errorf("%+v", out.Problems)
	}
}

// The date of publication is asked for when neither the file nor the program's list has it.
func TestReleaseDate(t *testing.T) {
	o := optionsOf("csv", []byte(good))
	o.ReleasedOn = ""
	out, err := Check(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if p := only(t, out); !strings.Contains(p.String(), "--released-on") {
		t.Error(p)
	}
	o.ReleasedOn = "2024-13-01"
	if out, err = Check(t.Context(), o); err != nil || out.OK() {
		t.Fatalf("%v %v", out, err)
	}
	if p := only(t, out); !strings.Contains(p.String(), "YYYY-MM-DD") {
		t.Error(p)
	}
	detail := optionsOf("nrm", []byte(detailHeader+"Police,Police total,Total,Total,Total,Total,5,2030-Q1\n"))
	detail.ReleasedOn = ""
	if out, err = Check(t.Context(), detail); err != nil {
		t.Fatal(err)
	}
	if p := only(t, out); p.Line != 2 || p.Column != "period" || !strings.Contains(p.String(), "--released-on") {
		t.Error(p)
	}
}

// Of many problems the first hundred are listed and the rest is counted.
func TestManyProblems(t *testing.T) {
	var b strings.Builder
	b.WriteString("indicator,area,period,value\n")
	for i := range 1000 {
		fmt.Fprintf(&b, "nrm.referrals,GBR,%d-Q1,-%d\n", 1900+i%300, i+1)
	}
	out := check(t, "csv", []byte(b.String()))
	if len(out.Problems) != MaxProblems || out.ErrorCount != 1000 || out.Problems[0].Line != 2 || out.Problems[99].Line != 101 {
		t.Errorf("%d listed of %d", len(out.Problems), out.ErrorCount)
	}
}

// The same row twice is told and left out.
func TestSameRowTwice(t *testing.T) {
	o := optionsOf("csv", []byte(good+"nrm.referrals,GBR,2022-Q1,f,5\n"))
	out, err := Check(t.Context(), o)
	if err != nil || !out.OK() || out.Repeats != 1 || out.WarningCount != 1 {
		t.Fatalf("%+v %v", out, err)
	}
	n := 0
	if err := Replay(t.Context(), o, out, func(Figure) error { n++; return nil }); err != nil || n != 1 {
		t.Errorf("%d figures, %v", n, err)
	}
}

// A file that changes between the two readings is not saved.
func TestChangedFile(t *testing.T) {
	for name, second := range map[string]string{
		"another value": strings.Replace(good, ",5", ",6", 1),
		"another row":   good + "nrm.referrals,GBR,2022-Q2,f,5\n",
		"cut":           good[:40],
		"damaged":       "PK\x03\x04",
		"bad row":       good + "nrm.referrals,GBR,2022-Q2,f,-5\n",
	} {
		o := optionsOf("csv", []byte(good))
		out, err := Check(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := Replay(t.Context(), optionsOf("csv", []byte(second)), out, func(Figure) error { return nil }); !errors.Is(err, ErrChanged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A file made to fill memory or time is refused at a documented limit: too many indicators,
// releases, categories or dimensions, long names, a wrong country in every row.
func TestHostileFiles(t *testing.T) {
	rows := func(header, format string, n int) []byte {
		var b bytes.Buffer
		b.WriteString(header + "\n")
		for i := range n {
			fmt.Fprintf(&b, format+"\n", i)
		}
		return b.Bytes()
	}
	long := strings.Repeat("n", MaxLabel+1)
	var dims strings.Builder
	for i := range MaxDimensions + 1 {
		fmt.Fprintf(&dims, ",d%d", i)
	}
	tests := []struct {
		name    string
		content []byte
		text    string
		errors  int
	}{
		{"indicators", rows("indicator,area,period,value", "own.x%d,GBR,2022,1", MaxIndicators+7), "more than 500 indicators", 7},
		{"releases", rows("indicator,area,period,value,release", "own.x,GBR,2022,1,r%d", MaxReleases+7), "more than 200 releases", 7},
		{"categories", rows("indicator,area,period,value,ward", "own.x,GBR,2022,1,w%d", MaxCategories+7), "more than 50000 different categories", 7},
		{"long name", rows("indicator,area,period,value,ward", "own.x,GBR,2022,1,"+long+"%d", 1), "longer than 500 bytes", 1},
		{"dimensions", rows("indicator,area,period,value"+dims.String(), "own.x,GBR,2022,1%.0s"+strings.Repeat(",", MaxDimensions+1), 1), "more than 12 dimensions", 1},
		{"wrong countries", rows("indicator,area,period,value", "own.x,Atlantis %d,2022,1", 50_000), "not known", 50_000},
	}
	for _, tt := range tests {
		out := check(t, "csv", tt.content)
		if out.ErrorCount != tt.errors || len(out.Problems) == 0 || !strings.Contains(out.Problems[0].String(), tt.text) {
			t.Errorf("%s: %d errors, the first: %v", tt.name, out.ErrorCount, out.Problems[:min(1, len(out.Problems))])
		}
	}
}

// Reading stops when the context ends or the consumer has enough, with their error.
func TestStop(t *testing.T) {
	var b strings.Builder
	b.WriteString("indicator,area,period,value\n")
	for i := range 4_812 {
		fmt.Fprintf(&b, "own.x,GBR,%d-%02d,1\n", 1800+i/12, i%12+1)
	}
	o := optionsOf("csv", []byte(b.String()))
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("gone")
	cancel(gone)
	if _, err := Check(ctx, o); !errors.Is(err, gone) {
		t.Errorf("ended context: %v", err)
	}
	out := check(t, "csv", []byte(b.String()))
	if err := Replay(t.Context(), o, out, func(f Figure) error { return gone }); !errors.Is(err, gone) {
		t.Errorf("consumer: %v", err)
	}
}
