package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
)

// newWizard returns a wizard whose key is easy to recognise, and the choices it was given.
func newWizard(t *testing.T, made *[]Choice) *setup {
	t.Helper()
	h, err := newSetup(SetupOptions{
		Pass: "open-sesame", Folder: "/home/invented/Fourfold", Zone: "Europe/London", Clock: func() time.Time { return noon },
		Create: func(_ context.Context, c Choice) (Created, error) {
			if c.Folder == "/full" {
				return Created{}, fault.New(fault.Invalid, "The folder %q is not empty.", c.Folder).WithHint("Choose another.")
			}
			if c.Folder == "/broken" {
				return Created{}, errors.New("KANARIE")
			}
			if made != nil {
				*made = append(*made, c)
			}
			return Created{URL: "http://localhost:8080/enter?link=x", KeyFile: "/k", Key: private.New(strings.Repeat("0a1b", 16)), NodeKeyFile: "/n", Sheets: []Sheet{{1, "00001 00002", private.New("0000 1111 2222 3333\n")}}}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func goodChoice() url.Values {
	return url.Values{
		"folder": {"/data"}, "organisation": {"Harbour Office"}, "administrator": {"An Invented"}, "zone": {"Asia/Bangkok"},
	}
}

// invited asks as the browser that came with the pass.
func invited(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.AddCookie(&http.Cookie{Name: passCookie, Value: "open-sesame"})
		h.ServeHTTP(w, r)
	})
}

// walkSetup goes through the wizard from the first page to the last.
func walkSetup(t *testing.T, prepare func(*setup), look func(where, body string)) {
	t.Helper()
	s := newWizard(t, nil)
	if prepare != nil {
		prepare(s)
	}
	h := s.handler()
	see := func(a ask, status int) { look(a.path, page(t, h, a, status)) }
	see(ask{path: "/setup"}, http.StatusForbidden)
	h = invited(h)
	see(ask{path: "/setup"}, http.StatusOK)
	see(ask{method: "POST", path: "/setup"}, http.StatusUnprocessableEntity)
	post(t, h, "/setup", goodChoice(), "/setup/key")
	see(ask{path: "/setup/key"}, http.StatusOK)
	post(t, h, "/setup/key", nil, "/setup/done")
	see(ask{path: "/setup/done"}, http.StatusOK)
}

func post(t *testing.T, h http.Handler, path string, form url.Values, to string) {
	t.Helper()
	res, body := send(t, h, ask{method: "POST", path: path, form: form})
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != to {
		t.Fatalf("POST %s: status %d to %q, want %q\n%s", path, res.StatusCode, res.Header.Get("Location"), to, body)
	}
}

func TestSetupMakesOneNodeAndForgetsTheKey(t *testing.T) {
	var made []Choice
	h := invited(newWizard(t, &made).handler())
	for range 2 {
		post(t, h, "/setup", goodChoice(), "/setup/key")
	}
	want := Choice{
		Folder: "/data", Organisation: "Harbour Office", Administrator: "An Invented", Analyst: "An Invented", Officer: "Protection officer",
		Zone: "Asia/Bangkok", Language: "en",
	}
	if len(made) != 1 || made[0] != want {
		t.Fatalf("made %+v", made)
	}
	if key := page(t, h, ask{path: "/setup/key"}, http.StatusOK); !strings.Contains(key, "0a1b 0a1b 0a1b") {
		t.Error("the key is not shown")
	}
	if res, _ := send(t, h, ask{path: "/setup/done"}); res.Header.Get("Location") != "/setup/key" {
		t.Error("the key can be passed by")
	}
	post(t, h, "/setup/key", nil, "/setup/done")
	for _, path := range []string{"/", "/setup", "/setup/key", "/setup/done"} {
		if _, body := send(t, h, ask{path: path}); strings.Contains(body, "0a1b") {
			t.Errorf("%s still shows the key", path)
		}
	}
}

func TestSetupSaysWhatToMend(t *testing.T) {
	h := invited(newWizard(t, nil).handler())
	cases := []struct {
		field, value, says string
		status             int
	}{
		{"organisation", " ", "Give the name of your organisation.", 422},
		{"administrator", "", "Say who looks after this node.", 422},
		{"folder", "", "Choose a folder.", 422},
		{"zone", "Mars/Base", "Choose a time zone from the list.", 422},
		{"folder", "/full", "is not empty. Choose another.", 422},
		{"folder", "/broken", "Number of this error", 500},
	}
	for _, c := range cases {
		form := goodChoice()
		form.Set(c.field, c.value)
		body := page(t, h, ask{method: "POST", path: "/setup", form: form}, c.status)
		if !strings.Contains(body, c.says) || strings.Contains(body, "KANARIE") {
			t.Errorf("%s=%q does not say %q", c.field, c.value, c.says)
		}
	}
}

func TestSetupIsGuarded(t *testing.T) {
	h := invited(newWizard(t, nil).handler())
	res, _ := send(t, h, ask{method: "POST", path: "/setup", form: goodChoice(), header: map[string]string{"Sec-Fetch-Site": "cross-site"}})
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("a form from elsewhere: status %d", res.StatusCode)
	}
	res, _ = send(t, h, ask{path: "/setup", header: map[string]string{"Host": "evil.example"}})
	if res.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("a foreign name: status %d", res.StatusCode)
	}
	res, _ = send(t, h, ask{path: "/setup"})
	checkHeaders(t, "/setup", res.Header)
}

// Every user and program of a computer reaches its loopback addresses. None of them but the person
// who started the wizard may see the key or the link into the node, or make a node.
func TestSetupIsForWhoeverStartedIt(t *testing.T) {
	var made []Choice
	h := newWizard(t, &made).handler()
	look := func(when string) {
		t.Helper()
		for _, a := range []ask{
			{path: "/setup"},
			{path: "/setup?pass="},
			{path: "/setup?pass=open-sesam"},
			{path: "/setup", cookie: passCookie + "=x"},
			{path: "/setup", cookie: passCookie + "="},
			{method: "POST", path: "/setup", form: goodChoice()},
			{method: "POST", path: "/setup?pass=open-sesame", form: goodChoice()},
			{path: "/setup/key"},
			{path: "/setup/done"},
			{method: "POST", path: "/setup/key"},
		} {
			body := page(t, h, a, http.StatusForbidden)
			for _, secret := range []string{"/home/invented", "0a1b", "/enter?link", "open-sesame"} {
				if strings.Contains(body, secret) {
					t.Errorf("%s, a stranger at %s sees %q", when, a.path, secret)
				}
			}
		}
	}
	look("before")
	if len(made) > 0 {
		t.Fatal("a stranger made a node")
	}
	res, _ := send(t, h, ask{path: "/setup?pass=open-sesame"})
	cookie := res.Header.Get("Set-Cookie")
	if res.Header.Get("Location") != "/setup" || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Strict") {
		t.Errorf("with the pass: to %q, cookie %q", res.Header.Get("Location"), cookie)
	}
	post(t, invited(h), "/setup", goodChoice(), "/setup/key")
	look("while the key is shown")
	post(t, invited(h), "/setup/key", nil, "/setup/done")
	look("at the end")
	if _, err := newSetup(SetupOptions{Clock: func() time.Time { return noon }}); err == nil {
		t.Error("a wizard without a pass opens to everybody")
	}
}
