package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
)

// Ten million bytes are refused in words that say what to do, and nothing of them is kept.
func TestHugeNarrative(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	huge := strings.Repeat("a", 10<<20)
	for path, form := range map[string]url.Values{
		at:            {"version": {"1"}, "story": {huge}},
		at + "/notes": {"kind": {"verbatim"}, "sight": {"case"}, "text": {huge}},
	} {
		_, body := w.post(path, http.StatusRequestEntityTooLarge, form)
		if !strings.Contains(body, "add it as an attachment") {
			t.Errorf("%s does not say what to do", path)
		}
	}
	_, body := w.post(at+"/tasks", http.StatusUnprocessableEntity, url.Values{"kind": {"do"}, "text": {strings.Repeat("a", 5000)}})
	if !strings.Contains(body, "Write a note for what is longer") {
		t.Error("a long task is not refused in words")
	}
}

// A file that stopped goes on where it was, also after the page was left.
func TestFileGoesOn(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	content := bytes.Repeat([]byte("0123456789abcdef"), (3<<20+99)/16)
	form := url.Values{"name": {"recording"}, "size": {itoa(len(content))}}
	begin := func() (id string, from int) {
		t.Helper()
		_, body := w.post(at+"/files/begin", http.StatusOK, form)
		id, safe, _ := strings.Cut(body, " ")
		from, err := strconv.Atoi(safe)
		w.n.must(err)
		return id, from
	}
	id, _ := begin()
	piece := func(from, until int) string {
		t.Helper()
		path := at + "/files/" + id + "/piece?from=" + itoa(from) + "&last=" + itoa(len(content))
		res, body := send(t, w.n, ask{method: "POST", path: path, cookie: w.cookie, body: bytes.NewReader(content[from:until]), contentType: "application/octet-stream"})
		if res.StatusCode != http.StatusOK {
			t.Fatalf("piece from %d: %d %s", from, res.StatusCode, body)
		}
		return body
	}
	if got := piece(0, 3<<20+50); got != itoa(3<<20) { // the line broke: a piece of a chunk is sent again
		t.Fatalf("%s bytes are safe", got)
	}
	w.cookie = w.n.session(auth.SupportWorker)
	if list := w.get(at + "/files"); !strings.Contains(list, "3.0 MB are safe") || strings.Contains(list, "recording") {
		t.Error("the page does not say how much is safe, or shows the name of the file")
	}
	again, from := begin()
	if again != id || from != 3<<20 {
		t.Fatalf("the same file begins at %d, as another: %v", from, again != id)
	}
	if got := piece(from, len(content)); got != itoa(len(content)) {
		t.Fatalf("%s bytes at the end", got)
	}
	_, body := w.post(at+"/files/"+id, http.StatusOK, nil)
	if body != string(content) {
		t.Errorf("%d bytes come back, sent were %d", len(body), len(content))
	}
	if other, from := begin(); other == id || from != 0 {
		t.Error("a file that was kept is sent on")
	}
}

// Without a script a file goes in one form.
func TestFileInOneForm(t *testing.T) {
	w := newWorker(t)
	at := w.open()
	form := new(bytes.Buffer)
	parts := multipart.NewWriter(form)
	part, _ := parts.CreateFormFile("file", "secret-name.txt")
	_, _ = part.Write([]byte("what it says"))
	_ = parts.Close()
	res, body := send(t, w.n, ask{method: "POST", path: at + "/files", cookie: w.cookie, body: form, contentType: parts.FormDataContentType()})
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", res.StatusCode, body)
	}
	list := w.get(at + "/files")
	if strings.Contains(list, "secret-name") {
		t.Error("the list shows the name of a file")
	}
	file := regexp.MustCompile(`action="([^"]*/files/[A-Z2-7]+)"`).FindStringSubmatch(list)[1]
	opened, body := send(t, w.n, ask{method: "POST", path: file, cookie: w.cookie})
	if body != "what it says" || strings.Contains(opened.Header.Get("Content-Disposition"), "secret") {
		t.Errorf("%q under %q", body, opened.Header.Get("Content-Disposition"))
	}
}
