package web

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
)

// uploadOf is the form of the import page as a browser sends it: fields first, then the file.
func uploadOf(cookie string, fields map[string]string, name, content string) ask {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, key := range []string{"format", "day", "month", "year", "label"} {
		_ = form.WriteField(key, fields[key]) // a buffer never fails
	}
	if part, err := form.CreateFormFile("file", name); err == nil {
		_, _ = io.WriteString(part, content)
	}
	_ = form.Close()
	return ask{method: http.MethodPost, path: "/import", cookie: cookie, body: &body, contentType: form.FormDataContentType()}
}

func TestUploadNeedsFormatAndFile(t *testing.T) {
	n := newNode(t, Options{})
	cookie := n.session(auth.Analyst)
	body := page(t, n, uploadOf(cookie, map[string]string{"format": "xls", "label": "<mine>"}, "", ""), http.StatusUnprocessableEntity)
	for _, want := range []string{"Say what kind of file it is.", "Choose a file.", "&lt;mine&gt;", `href="#file"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the form does not hold %q", want)
		}
	}
}

func TestUploadLimit(t *testing.T) {
	n := newNode(t, Options{MaxUpload: 1000})
	big := uploadOf(n.session(auth.Analyst), map[string]string{"format": "csv"}, "big.csv", strings.Repeat("x", 2000))
	body := page(t, n, big, http.StatusRequestEntityTooLarge)
	if !strings.Contains(body, "1000") {
		t.Error("the limit is not told")
	}
	if left := leftovers(t, n); left != 0 {
		t.Errorf("%d files left behind", left)
	}
}

func leftovers(t *testing.T, n *testNode) int {
	t.Helper()
	if n.uploads.dir == "" {
		return 0
	}
	files, err := os.ReadDir(n.uploads.dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

func TestUploadsAreLetGo(t *testing.T) {
	now := noon
	u := newUploads(func() time.Time { return now })
	dir, err := u.folder()
	if err != nil {
		t.Fatal(err)
	}
	keep := func(id string, owner auth.AccountID) {
		t.Helper()
		name := dir + "/" + id
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		u.hold(&upload{ID: id, Owner: owner, Path: name, At: now})
	}
	for _, id := range []string{"1", "2", "3", "4", "5"} {
		keep(id, "a")
		now = now.Add(time.Minute)
	}
	if _, err := u.find(auth.Actor{Account: "a"}, "1"); err == nil {
		t.Error("the oldest of too many is still there")
	}
	if _, err := u.find(auth.Actor{Account: "b"}, "5"); err == nil {
		t.Error("somebody else's file was found")
	}
	now = now.Add(2 * time.Hour)
	keep("late", "b")
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 {
		t.Errorf("%d files after an hour (%v)", len(files), err)
	}
	if err := u.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Error("the folder of uploads is still there")
	}
}

func TestTypedDate(t *testing.T) {
	cases := []struct {
		typed typedDate
		want  string
		ok    bool
	}{
		{typedDate{}, "", true},
		{typedDate{"7", "3", "2024"}, "2024-03-07", true},
		{typedDate{"29", "2", "2024"}, "2024-02-29", true},
		{typedDate{"29", "2", "2023"}, "", false},
		{typedDate{"31", "4", "2023"}, "", false},
		{typedDate{"7", "", "2024"}, "", false},
		{typedDate{"x", "3", "2024"}, "", false},
		{typedDate{"7", "3", "24"}, "", false},
		{typedDate{"٧", "3", "٢٠٢٤"}, "2024-03-07", true},
	}
	for _, c := range cases {
		if got, ok := c.typed.civil(); got != c.want || ok != c.ok {
			t.Errorf("%v: %q, %v", c.typed, got, ok)
		}
	}
}
