package api

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
)

func TestDoor(t *testing.T) {
	f := newFixture(t)
	revoked := f.issue(f.administrator())
	actor, err := f.app.Accounts.Actor(t.Context(), f.administrator())
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := f.app.Accounts.ListTokens(t.Context(), actor)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.app.Accounts.RevokeToken(t.Context(), actor, tokens[0].ID); err != nil {
		t.Fatal(err)
	}
	// Tokens made in the same instant are in no order: whichever was revoked, the other works.
	if f.ask(http.MethodGet, "/api/v1/releases", f.token).Code != http.StatusOK {
		f.token, revoked = revoked, f.token
	}
	for name, header := range map[string]string{
		"none": "", "basic": "Basic " + f.token, "unknown": "Bearer fft_unknown", "empty": "Bearer ",
		"revoked": "Bearer " + revoked, "bare": f.token,
	} {
		req := httptest.NewRequest(http.MethodGet, "/api/v1/releases", nil)
		req.Header.Set("Authorization", header)
		rec := httptest.NewRecorder()
		f.mux.ServeHTTP(rec, req)
		if rec.Code != http.StatusUnauthorized || rec.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s: status %d, headers %v", name, rec.Code, rec.Header())
		}
	}
	t.Run("a session cookie opens nothing", func(t *testing.T) {
		session, err := f.app.Accounts.StartSession(t.Context(), f.administrator())
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"session", "__Host-session", "fourfold"} {
			req := httptest.NewRequest(http.MethodGet, "/api/v1/releases", nil)
			req.AddCookie(&http.Cookie{Name: name, Value: session})
			rec := httptest.NewRecorder()
			f.mux.ServeHTTP(rec, req)
			if rec.Code != http.StatusUnauthorized {
				t.Errorf("cookie %s: status %d", name, rec.Code)
			}
		}
	})
	t.Run("an expired token", func(t *testing.T) {
		f.now = f.now.Add(2 * time.Hour)
		if rec := f.ask(http.MethodGet, "/api/v1/releases", f.token); rec.Code != http.StatusUnauthorized {
			t.Errorf("status %d", rec.Code)
		}
	})
}

func (f *fixture) administrator() auth.AccountID {
	f.t.Helper()
	org, err := f.app.Home(f.t.Context(), "")
	if err != nil {
		f.t.Fatal(err)
	}
	accounts, err := f.app.Accounts.List(f.t.Context(), org.ID)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, a := range accounts {
		if slices.Contains(a.Roles, auth.Administrator) {
			return a.ID
		}
	}
	f.t.Fatal("no administrator")
	return ""
}

func TestPace(t *testing.T) {
	f := newFixture(t)
	for i := range burst {
		if rec := f.ask(http.MethodGet, "/api/v1/releases", f.token); rec.Code != http.StatusOK {
			t.Fatalf("request %d: status %d", i+1, rec.Code)
		}
	}
	rec := f.ask(http.MethodGet, "/api/v1/releases", f.token)
	if rec.Code != http.StatusTooManyRequests || rec.Header().Get("Retry-After") != "1" {
		t.Errorf("after the burst: status %d, Retry-After %q", rec.Code, rec.Header().Get("Retry-After"))
	}
	other := f.issue(f.administrator())
	if rec := f.ask(http.MethodGet, "/api/v1/releases", other); rec.Code != http.StatusOK {
		t.Errorf("another token pays for the first: status %d", rec.Code)
	}
	f.now = f.now.Add(time.Second)
	if rec := f.ask(http.MethodGet, "/api/v1/releases", f.token); rec.Code != http.StatusOK {
		t.Errorf("a second later: status %d", rec.Code)
	}
}

func TestOtherMethodsAreNotFound(t *testing.T) {
	f := newFixture(t)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		rec := f.ask(method, "/api/v1/indicators", f.token)
		if rec.Code != http.StatusNotFound || rec.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: status %d, %s", method, rec.Code, rec.Header().Get("Content-Type"))
		}
	}
}

// An object one may not read is answered like one that does not exist; a list is refused openly.
func TestRefusedReadsLikeAbsent(t *testing.T) {
	denied := fault.New(fault.Denied, "You may not read %s.", canary)
	for _, tc := range []struct {
		name  string
		err   error
		named bool
		want  int
	}{
		{"object", denied, true, http.StatusNotFound},
		{"list", denied, false, http.StatusForbidden},
		{"withheld", fault.New(fault.Withheld, "withheld"), true, http.StatusNotFound},
		{"absent", fault.New(fault.NotFound, "no %s", canary), true, http.StatusNotFound},
		{"stale", fault.New(fault.Stale, "stale"), true, http.StatusConflict},
		{"away", fault.New(fault.Unavailable, "busy"), true, http.StatusServiceUnavailable},
		{"large", fault.New(fault.TooLarge, "large"), true, http.StatusRequestEntityTooLarge},
		{"bare", io.ErrUnexpectedEOF, true, http.StatusInternalServerError},
	} {
		var log bytes.Buffer
		p := problemOf(tc.err, tc.named, asked{canary}, nil, slog.New(slog.NewTextHandler(&log, nil)))
		if p.Status != tc.want {
			t.Errorf("%s: status %d, want %d", tc.name, p.Status, tc.want)
		}
		if strings.Contains(p.Detail, canary) || strings.Contains(p.Detail, "EOF") {
			t.Errorf("%s: detail %q", tc.name, p.Detail)
		}
		if (tc.want == http.StatusInternalServerError) != (p.ErrorID != "" && strings.Contains(log.String(), p.ErrorID)) {
			t.Errorf("%s: error id %q, log %q", tc.name, p.ErrorID, &log)
		}
	}
	absent := problemOf(fault.New(fault.NotFound, "x"), true, nil, nil, slog.New(slog.DiscardHandler))
	refused := problemOf(denied, true, nil, nil, slog.New(slog.DiscardHandler))
	if diff := cmp.Diff(absent, refused); diff != "" {
		t.Errorf("absent and refused can be told apart:\n%s", diff)
	}
}

func TestPanicIsAnAnswer(t *testing.T) {
	var log bytes.Buffer
	s := &server{logger: slog.New(slog.NewTextHandler(&log, nil))}
	mux := http.NewServeMux()
	guarded{mux, s}.HandleFunc("GET /boom", func(http.ResponseWriter, *http.Request) { panic(canary) })
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/boom", nil))
	if rec.Code != http.StatusInternalServerError || strings.Contains(rec.Body.String()+log.String(), canary) {
		t.Errorf("status %d\n%s\n%s", rec.Code, rec.Body, &log)
	}
}
