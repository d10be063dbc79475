package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
)

// rawUpload is a form as an attacker writes it: parts as they are given, ended or cut off.
func rawUpload(cookie string, whole bool, parts ...string) ask {
	var body bytes.Buffer
	for _, part := range parts {
		fmt.Fprintf(&body, "--cut\r\nContent-Disposition: form-data; %s\r\n", part)
	}
	if whole {
		body.WriteString("--cut--\r\n")
	}
	return ask{method: http.MethodPost, path: "/import", cookie: cookie, body: &body, contentType: "multipart/form-data; boundary=cut"}
}

// Whatever an upload is refused for, its file does not stay on the disk.
func TestRefusedUploadsLeaveNothing(t *testing.T) {
	plain := "name=\"file\"; filename=\"a.csv\"\r\n\r\n" + strings.Repeat("x", 100) + "\r\n"
	packed := strings.Replace(plain, "a.csv", "a.csv.gz", 1)
	format := "name=\"format\"\r\n\r\ncsv\r\n"
	cases := []struct {
		name   string
		whole  bool
		parts  []string
		status int
	}{
		{"cut off after the file", false, []string{format, plain}, 422},
		{"cut off in a field after the file", false, []string{plain, format}, 422},
		{"two files", true, []string{format, plain, plain}, 422},
		{"two files of different kinds", true, []string{format, packed, plain}, 422},
		{"an unknown format", true, []string{"name=\"format\"\r\n\r\nxls\r\n", plain}, 422},
		{"too much after the file", true, []string{format, plain, "name=\"label\"\r\n\r\n" + strings.Repeat("y", 3000) + "\r\n"}, 413},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			n := newNode(t, Options{MaxUpload: 2000})
			page(t, n, rawUpload(n.session(auth.Analyst), c.whole, c.parts...), c.status)
			if left := leftovers(t, n); left != 0 {
				t.Errorf("%d files left behind", left)
			}
		})
	}
}

// A node to which nobody sends files any more still lets go of what waits.
func TestSweepLetsGoOfUploads(t *testing.T) {
	n := newNode(t, Options{})
	table := "indicator,area,period,value\nshelter.nights,GBR,2020,5\n"
	res, _ := send(t, n, uploadOf(n.session(auth.Analyst), map[string]string{"format": "csv"}, "a.csv", table))
	if res.StatusCode != http.StatusSeeOther || leftovers(t, n) != 1 {
		t.Fatalf("status %d, %d files", res.StatusCode, leftovers(t, n))
	}
	if err := n.Sweep(t.Context()); err != nil || leftovers(t, n) != 1 {
		t.Errorf("a fresh file is gone (%v)", err)
	}
	n.uploads.now = func() time.Time { return noon.Add(2 * keepUpload) }
	if err := n.Sweep(t.Context()); err != nil || leftovers(t, n) != 0 {
		t.Errorf("%d files after two hours (%v)", leftovers(t, n), err)
	}
}

// The machine may clean away the folder of a node that has run for weeks.
func TestUploadsOutliveTheirFolder(t *testing.T) {
	n := newNode(t, Options{})
	table := "indicator,area,period,value\nshelter.nights,GBR,2020,5\n"
	for range 2 {
		res, body := send(t, n, uploadOf(n.session(auth.Analyst), map[string]string{"format": "csv"}, "a.csv", table))
		if res.StatusCode != http.StatusSeeOther {
			t.Fatalf("status %d\n%s", res.StatusCode, body)
		}
		if err := os.RemoveAll(n.uploads.dir); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFewFilesAtOnce(t *testing.T) {
	u := newUploads(func() time.Time { return noon })
	var ends []func()
	for range keepUploads {
		end, err := u.begin("a")
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, end)
	}
	if _, err := u.begin("a"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("one file too many: %v", err)
	}
	if _, err := u.begin("b"); err != nil {
		t.Errorf("somebody else has to wait too: %v", err)
	}
	for _, end := range ends {
		end()
	}
	if _, err := u.begin("a"); err != nil {
		t.Errorf("after all ended: %v", err)
	}

	for range checkAtOnce {
		if _, err := u.turn(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := u.turn(gone); err == nil {
		t.Error("more files are read at the same time than there are places")
	}
}

// What is typed beside a file is shown on pages and written to files: half characters and control
// characters are dropped on the way in.
func TestTypedTextIsPrintable(t *testing.T) {
	cases := map[string]string{
		" Report 2023 ": "Report 2023", "a\x00b\x1b[31m": "ab[31m", "caf\xc3": "caf", "\xff\xfe": "", "تقرير": "تقرير",
	}
	for typed, want := range cases {
		if got := printable(typed); got != want {
			t.Errorf("%q becomes %q, want %q", typed, got, want)
		}
	}
}

// limits records the deadlines that a handler sets on its connection.
type limits struct {
	*httptest.ResponseRecorder
	read, write int
}

func (l *limits) SetReadDeadline(time.Time) error  { l.read++; return nil }
func (l *limits) SetWriteDeadline(time.Time) error { l.write++; return nil }

// The time limits of the server are lifted for a large file of somebody who may import, and for
// nobody else.
func TestOnlyUploadsMayTakeLong(t *testing.T) {
	n := newNode(t, Options{})
	for _, c := range []struct {
		role   auth.Role
		lifted int
	}{{auth.Analyst, 1}, {auth.Officer, 0}, {"", 0}} {
		a := uploadOf(n.session(c.role), map[string]string{"format": "csv"}, "a.csv", "x")
		r := httptest.NewRequest(a.method, "http://localhost"+a.path, a.body)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Content-Type", a.contentType)
		r.Header.Set("Cookie", a.cookie)
		w := &limits{ResponseRecorder: httptest.NewRecorder()}
		n.ServeHTTP(w, r)
		if w.read != c.lifted || w.write != c.lifted {
			t.Errorf("as %q: the limits were lifted %d and %d times, want %d", c.role, w.read, w.write, c.lifted)
		}
	}
}
