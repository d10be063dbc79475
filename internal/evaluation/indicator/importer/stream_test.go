package importer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
)

// endless makes rows of the generic format on the fly: one for each number below rows, each of a
// series of its own, and then last.
type endless struct {
	header string
	row    func(b []byte, n int) []byte
	rows   int
	last   string
	n      int
	rest   []byte
	buf    []byte
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		e.buf = e.buf[:0]
		if e.n == 0 {
			e.buf = append(e.buf, e.header...)
		}
		for len(e.buf) < 64<<10 && e.n < e.rows {
			e.buf = e.row(e.buf, e.n)
			e.n++
		}
		if e.n >= e.rows && len(e.buf) < 64<<10 {
			e.buf = append(e.buf, e.last...)
			e.last = ""
		}
		e.rest = e.buf
	}
	if len(e.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func plainRow(b []byte, n int) []byte {
	return fmt.Appendf(b, "own.x,GBR,%d-%02d,x-%d,%d\n", 1900+n%250, n/250%12+1, n/3000, n)
}

func endlessOptions(rows int, row func([]byte, int) []byte, last, more string) Options {
	return Options{
		Format: "csv", Name: "endless.csv", ReleasedOn: "2024-05-01",
		Open: func() (io.ReadCloser, error) {
			return io.NopCloser(&endless{header: "indicator,area,period,ward,value" + more + "\n", row: row, rows: rows, last: last}), nil
		},
	}
}

// TestTwoGigabytes: a valid stream of 2 GB is refused at the documented limit, before anything is
// handed out. Rows are long so that the limit of bytes comes before that of rows.
func TestTwoGigabytes(t *testing.T) {
	pad := strings.Repeat("p", 450)
	release := strings.Repeat("r", 1500)
	row := func(b []byte, n int) []byte {
		return fmt.Appendf(b, "own.x,GBR,%d-%02d,%s%d,%d,%s\n", 1900+n%250, n/250%12+1, pad, n/3000, n, release)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	out, err := Check(context.Background(), endlessOptions(1<<20, row, "", ",release"))
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	p := only(t, out)
	if !strings.Contains(p.String(), "larger than 512 MB") || out.Bytes > MaxBytes+bufferSize {
		t.Errorf("%s after %d bytes", p, out.Bytes)
	}
	if grown := (after.Sys - before.Sys) >> 20; grown > 120 {
		t.Errorf("memory from the system grew by %d MB", grown)
	}
	t.Logf("refused after %d MB; memory from the system grew by %d MB", out.Bytes>>20, (after.Sys-before.Sys)>>20)
}

// TestTooManyRows: the limit of rows.
func TestTooManyRows(t *testing.T) {
	out, err := Check(context.Background(), endlessOptions(MaxRows+10, plainRow, "", ""))
	if err != nil {
		t.Fatal(err)
	}
	if p := only(t, out); !strings.Contains(p.String(), "more than 2000000 rows") || p.Line != MaxRows+2 {
		t.Error(p)
	}
}

// TestMalformedLastRow: everything up to the last row of a long stream is fine, and nothing of it
// may be saved.
func TestMalformedLastRow(t *testing.T) {
	const rows = 300_000
	out, err := Check(context.Background(), endlessOptions(rows, plainRow, "own.x,GBR,2022-01,x-1,five\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	if p := only(t, out); p.Line != rows+2 || p.Column != "value" || p.Value != "five" {
		t.Error(p)
	}
	if out.Rows != rows+1 {
		t.Errorf("%d rows", out.Rows)
	}
}

// The line and character of a bad byte do not depend on how the bytes arrive.
func TestPlaceOfABadByte(t *testing.T) {
	text := "indicator,area,period,form,value\n" + strings.Repeat("nrm.referrals,GBR,2022-Q1,ÄÖ€𝒳,5\n", 3) + "ÄÖ€𝒳,\xe9"
	readers := map[string]func(io.Reader) io.Reader{
		"at once":       func(r io.Reader) io.Reader { return r },
		"byte by byte":  iotest.OneByteReader,
		"half by half":  iotest.HalfReader,
		"end with data": iotest.DataErrReader,
	}
	for name, wrap := range readers {
		s := &stream{name: "f.csv", in: wrap(strings.NewReader(text)), sum: sha256.New(), line: 1, at: 1, limit: MaxBytes}
		_, err := io.Copy(io.Discard, struct{ io.Reader }{s})
		r, ok := errors.AsType[*refusal](err)
		if !ok || r.Line != 5 || r.At != 6 || r.Value != "byte 0xE9" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A good file gives the same outcome however its bytes arrive.
func TestHowBytesArrive(t *testing.T) {
	content := []byte("\xef\xbb\xbfindicator,area,period,release,value\r\nnrm.referrals,GBR,2022-Q1,\"Ä\r\n\"\"€\"\"\",5\r\n\r\nnrm.referrals,FRA,2022-Q1,𝒳,\"1,234\"\r\n")
	want := check(t, "csv", content)
	if !want.OK() || want.Rows != 2 || want.Separators != 1 {
		t.Fatalf("%+v", want)
	}
	for name, wrap := range map[string]func(io.Reader) io.Reader{"bytes": iotest.OneByteReader, "gzip": func(io.Reader) io.Reader { return bytes.NewReader(gz(content)) }} {
		o := optionsOf("csv", content)
		o.Open = func() (io.ReadCloser, error) { return io.NopCloser(wrap(bytes.NewReader(content))), nil }
		got, err := Check(t.Context(), o)
		if err != nil || !got.OK() || got.Digest != want.Digest || got.Rows != 2 {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

func TestNearest(t *testing.T) {
	tests := []struct {
		text string
		want string
	}{
		{"perid", "period"},
		{"VALUE", "value"},
		{"aera", "area"},
		{"xyz", ""},
		{"", ""},
		{strings.Repeat("x", 500), ""},
	}
	for _, tt := range tests {
		if got, ok := Nearest(tt.text, []string{"area", "period", "value"}); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%q is near %q", tt.text, got)
		}
	}
}

// FuzzCheck: whatever the bytes, checking ends without panic, and what it accepts it reads again to
// the same number of figures.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{
		good, "\xef\xbb\xbf" + good, string(gz([]byte(good))), string(gz([]byte(good))[:30]), string(utf16le(good)),
		glotipHeader + glotipRow("GBR", "Detected trafficking victims", "Total", "2022", "<5"),
		detailHeader + "Police,Police total,Total,Total,Total,Total,5,2022-Q2\n",
		"Year,Quarter,Total\n2022,Q1,3\n2022,Total,3\n", "a,\"b\nc\"\n1,2\n", "=,+,-,@\n",
		"indicator,area,period,lower,upper,status\nown.x,FRA,2022,1,4,disputed\n",
	} {
		for format := range 3 {
			f.Add([]byte(s), format)
		}
	}
	f.Fuzz(func(t *testing.T, content []byte, format int) {
		o := optionsOf([]string{"csv", "nrm", "glotip"}[uint(format)%3], content)
		out, err := Check(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range out.Problems {
			if p.Msg == "" || p.File == "" || strings.Contains(p.String(), "%!") {
				t.Errorf("a problem without words: %+v", p)
			}
		}
		if !out.OK() {
			return
		}
		n := 0
		if err := Replay(t.Context(), o, out, func(Figure) error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
		if want := out.Figures + len(out.Derived); n > want || n < want-out.Repeats {
			t.Errorf("%d figures, then %d", want, n)
		}
	})
}

// Labels that are alike for a long stretch are different categories.
func TestLongLabels(t *testing.T) {
	long := strings.Repeat("a very long name ", 10)
	a, b := codeOf("ward", long+"one"), codeOf("ward", long+"two")
	if a == b || !figure.ValidCode(a) || codeOf("ward", a) != a {
		t.Errorf("%q and %q", a, b)
	}
	if codeOf("sex", "Female") != "f" || codeOf("ward", "=+-") != "x-unnamed" {
		t.Errorf("%q %q", codeOf("sex", "Female"), codeOf("ward", "=+-"))
	}
}
