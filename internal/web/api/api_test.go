package api

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
	"github.com/fourfold/fourfold/internal/web/observe"
)

// figuresFile is an invented measure with a bound, a gap, a split and a revision.
const figuresFile = `indicator,indicator_title,unit,area,period,age,value,released_on,release
shelter.nights,Nights (invented),nights,GBR,2021-Q1,,120,2021-05-01,First
shelter.nights,Nights (invented),nights,GBR,2021-Q1,child,<5,2021-05-01,First
shelter.nights,Nights (invented),nights,GBR,2021-Q1,adult,117,2021-05-01,First
shelter.nights,Nights (invented),nights,GBR,2021-Q3,,90,2021-11-01,Second
shelter.nights,Nights (invented),nights,GBR,2021-Q1,,121,2021-11-01,Second
`

// fixture is a node with the figures above, and tokens for it.
type fixture struct {
	t     *testing.T
	app   *app.App
	mux   http.Handler
	token string
	now   time.Time
	log   *bytes.Buffer
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{t: t, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), log: &bytes.Buffer{}}
	clock := func() time.Time { return f.now }
	d := dbtest.OpenAt(t, clock)
	f.app = app.On(d, clock, vaulttest.Open(t, d))
	made, err := f.app.Found(t.Context(), app.Organisation{
		Name: "Office", Zone: "UTC", Administrator: "Admin (invented)", Analyst: "Analyst (invented)",
	})
	if err != nil {
		t.Fatal(err)
	}
	report, err := f.app.Indicators.Import(t.Context(), auth.CLI(made.Org), indicator.Import{
		Format: "csv", Name: "shelter.csv",
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(figuresFile)), nil },
	})
	if err != nil || !report.OK() {
		t.Fatalf("import: %v, %v", err, report.Problems)
	}
	f.token = f.issue(made.Administrator)
	logger := slog.New(slog.NewJSONHandler(f.log, nil))
	mux := http.NewServeMux()
	Mount(mux, f.app, Options{Logger: logger, Version: "test"})
	f.mux = observe.Requests(logger, nil, clock)(observe.Pattern(mux))
	return f
}

func (f *fixture) issue(account auth.AccountID) string {
	f.t.Helper()
	actor, err := f.app.Accounts.Actor(f.t.Context(), account)
	if err != nil {
		f.t.Fatal(err)
	}
	secret, err := f.app.Accounts.IssueToken(f.t.Context(), actor, "test", time.Hour)
	if err != nil {
		f.t.Fatal(err)
	}
	return secret
}

func (f *fixture) ask(method, path, token string) *httptest.ResponseRecorder {
	f.t.Helper()
	req := httptest.NewRequestWithContext(f.t.Context(), method, path, nil)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	rec := httptest.NewRecorder()
	f.mux.ServeHTTP(rec, req)
	return rec
}

// get asks with the fixture's token and reads a JSON answer.
func (f *fixture) get(path string, want int, into any) *httptest.ResponseRecorder {
	f.t.Helper()
	rec := f.ask(http.MethodGet, path, f.token)
	if rec.Code != want {
		f.t.Fatalf("GET %s: status %d, want %d\n%s", path, rec.Code, want, rec.Body)
	}
	if into != nil {
		if err := json.Unmarshal(rec.Body.Bytes(), into); err != nil {
			f.t.Fatalf("GET %s: %v\n%s", path, err, rec.Body)
		}
	}
	return rec
}

func TestFiguresAreThoseOfTheRoom(t *testing.T) {
	f := newFixture(t)
	org, err := f.app.Home(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	q1, err := parse("2021-Q1")
	if err != nil {
		t.Fatal(err)
	}
	for path, q := range map[string]indicator.Query{
		"": {},
		"?area=GBR&by=age&from=2021-Q1&to=2021-Q1": {Areas: []string{"GBR"}, By: "age", From: q1, To: q1},
		"?where=age%3Dchild":                       {Where: map[indicator.Dim]string{"age": "child"}},
		"?known_on=2021-06-30":                     {KnownOn: "2021-06-30"},
		"?annual=true":                             {Annual: true},
	} {
		q.Indicator = "shelter.nights"
		want, err := f.app.Indicators.Answer(t.Context(), auth.CLI(org.ID), q)
		if err != nil {
			t.Fatal(err)
		}
		var got Figures
		f.get("/api/v1/indicators/shelter.nights/figures"+path, http.StatusOK, &got)
		if got.FigureHash != want.Hash || want.Hash == "" {
			t.Errorf("%s: hash %s, want %s", path, got.FigureHash, want.Hash)
		}
		if diff := cmp.Diff(roundTrip(t, NewFigures(want)), got); diff != "" {
			t.Errorf("%s: (-room +api)\n%s", path, diff)
		}
	}
}

func parse(text string) (p indicator.Period, err error) { return p, p.UnmarshalText([]byte(text)) }

func roundTrip(t *testing.T, in Figures) (out Figures) {
	t.Helper()
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestIntervalsAndGapsOnTheWire(t *testing.T) {
	f := newFixture(t)
	var got Figures
	f.get("/api/v1/indicators/shelter.nights/figures?area=GBR", http.StatusOK, &got)
	if len(got.Series) != 1 || len(got.Series[0].Points) != 3 {
		t.Fatalf("series: %+v", got.Series)
	}
	first, gap := got.Series[0].Points[0], got.Series[0].Points[1]
	if first.State != "exact" || *first.Low != 121 || !first.Revised || len(first.Earlier) != 1 || *first.Earlier[0].Low != 120 {
		t.Errorf("revised figure: %+v", first)
	}
	if gap.State != "missing" || gap.Low != nil || gap.High != nil {
		t.Errorf("a missing figure must be null, not a number: %+v", gap)
	}
	f.get("/api/v1/indicators/shelter.nights/figures?where=age%3Dchild", http.StatusOK, &got)
	if p := got.Series[0].Points[0]; p.State != "range" || *p.Low != 1 || *p.High != 4 {
		t.Errorf("<5 on the wire: %+v", p)
	}
}

// Every operation of the description is exercised here, and answers with its own hands.
func TestEveryOperation(t *testing.T) {
	f := newFixture(t)
	var releases releaseList
	f.get("/api/v1/releases?source=", http.StatusOK, &releases)
	if len(releases.Releases) == 0 {
		t.Fatal("no releases")
	}
	release := releases.Releases[slices.IndexFunc(releases.Releases, func(r Release) bool { return r.Label == "Second" })]
	calls := map[string]struct {
		path string
		want string // in the answer
	}{
		"list-indicators": {"/indicators?text=nights", `"id":"shelter.nights"`},
		"get-indicator":   {"/indicators/shelter.nights", `"title":"Nights (invented)"`},
		"list-areas":      {"/indicators/shelter.nights/areas", `["GBR"]`},
		"get-figures":     {"/indicators/shelter.nights/figures", `"hash":"`},
		"export-figures":  {"/indicators/shelter.nights/export?format=sdmx", "OBS_VALUE"},
		"list-releases":   {"/releases", `"label":"Second"`},
		"get-changes":     {"/releases/" + release.ID + "/changes", `"revised_count":1`},
		// The figures that ship with the program; the estimate is that of the data's own notes
		// (log-odds −2.1198).
		"estimate-interrupted-series": {
			"/indicators/nrm.decisions.first/effect/its?part=decision%3Dpositive&from=2018-Q1&to=2023-Q4&at=test%3D2023-01-30&across_breaks=true",
			`"coef":-2.1198`,
		},
		"estimate-difference": {
			"/indicators/nrm.decisions.first/effect/did?part=decision%3Dpositive&from=2018-Q1&to=2023-Q4&at=2023-01-30&across_breaks=true" +
				"&treated=age%3Dadult&control=age%3Dchild",
			`"assumptions":{"units":`,
		},
	}
	described := f.operations()
	for _, id := range described {
		call, ok := calls[id]
		if !ok {
			t.Errorf("the operation %s is described and not exercised here", id)
			continue
		}
		rec := f.get("/api/v1"+call.path, http.StatusOK, nil)
		if !strings.Contains(rec.Body.String(), call.want) {
			t.Errorf("%s: the answer lacks %s:\n%.600s", id, call.want, rec.Body)
		}
		if rec.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept by a cache", id)
		}
		if closed := f.ask(http.MethodGet, "/api/v1"+call.path, ""); closed.Code != http.StatusUnauthorized {
			t.Errorf("%s without a token: status %d", id, closed.Code)
		}
	}
	for id := range calls {
		if !slices.Contains(described, id) {
			t.Errorf("the operation %s is not described", id)
		}
	}
}

// operations lists the operation ids of the description.
func (f *fixture) operations() []string {
	f.t.Helper()
	var doc struct {
		OpenAPI string                                      `json:"openapi"`
		Paths   map[string]map[string]map[string]any        `json:"paths"`
		Comps   struct{ Schemas map[string]map[string]any } `json:"components"`
		Servers []struct{ URL string }                      `json:"servers"`
	}
	rec := f.ask(http.MethodGet, "/api/v1/openapi.json", "")
	if err := json.Unmarshal(rec.Body.Bytes(), &doc); err != nil || rec.Code != http.StatusOK {
		f.t.Fatalf("description: status %d, %v", rec.Code, err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1.") || len(doc.Servers) != 1 || doc.Servers[0].URL != Prefix {
		f.t.Errorf("openapi %q, servers %v", doc.OpenAPI, doc.Servers)
	}
	if _, ok := doc.Comps.Schemas["Problem"]; !ok {
		f.t.Error("errors are not described as Problem")
	}
	for name, schema := range doc.Comps.Schemas {
		props, _ := schema["properties"].(map[string]any)
		if _, ok := props["$schema"]; ok {
			f.t.Errorf("%s has a $schema link", name)
		}
	}
	if name := "ErrorModel"; doc.Comps.Schemas[name] != nil {
		f.t.Errorf("%s, which echoes values, is described", name)
	}
	var ids []string
	for _, methods := range doc.Paths {
		for _, op := range methods {
			ids = append(ids, op["operationId"].(string))
		}
	}
	slices.Sort(ids)
	return ids
}

const canary = "Marisol-Canary-7f3a"

// What was sent never comes back in an error, whatever is wrong with it.
func TestErrorsDoNotRepeatWhatWasSent(t *testing.T) {
	f := newFixture(t)
	q := url.QueryEscape(canary)
	for path, want := range map[string]int{
		"/indicators/" + canary:                                                                           http.StatusNotFound,
		"/indicators/" + canary + "/figures":                                                              http.StatusNotFound,
		"/indicators/" + canary + "/areas":                                                                http.StatusNotFound,
		"/releases/" + canary + "/changes":                                                                http.StatusNotFound,
		"/indicators/shelter.nights/figures?from=" + q:                                                    http.StatusUnprocessableEntity,
		"/indicators/shelter.nights/figures?known_on=" + q:                                                http.StatusUnprocessableEntity,
		"/indicators/shelter.nights/figures?known_on=2021-Marisol":                                        http.StatusUnprocessableEntity,
		"/indicators/shelter.nights/figures?by=" + q:                                                      http.StatusUnprocessableEntity,
		"/indicators/shelter.nights/figures?area=" + q:                                                    http.StatusUnprocessableEntity,
		"/indicators/shelter.nights/figures?where=" + q:                                                   http.StatusUnprocessableEntity,
		"/indicators/shelter.nights/figures?where=" + q + "%3Dx":                                          http.StatusUnprocessableEntity,
		"/indicators/shelter.nights/figures?part=" + q + "%3Dx":                                           http.StatusUnprocessableEntity,
		"/indicators/shelter.nights/figures?annual=" + q:                                                  http.StatusUnprocessableEntity,
		"/indicators/shelter.nights/figures?" + q + "=1":                                                  http.StatusUnprocessableEntity,
		"/indicators/nrm.decisions.first/effect/its?at=" + q:                                              http.StatusUnprocessableEntity,
		"/indicators/nrm.decisions.first/effect/its?at=2023-01-30&where=" + q + "%3Dx":                    http.StatusUnprocessableEntity,
		"/indicators/nrm.decisions.first/effect/its?at=" + q + "%3D2023-02-31":                            http.StatusUnprocessableEntity,
		"/indicators/nrm.decisions.first/effect/its?at=2023-01-30&level=" + q:                             http.StatusUnprocessableEntity,
		"/indicators/nrm.decisions.first/effect/did?at=2023-01-30&treated=age%3Dadult&control=age%3D" + q: http.StatusUnprocessableEntity,
		"/indicators/shelter.nights/export?format=" + q:                                                   http.StatusUnprocessableEntity,
		"/indicators?text=" + strings.Repeat(canary, 20):                                                  http.StatusUnprocessableEntity,
		"/" + canary: http.StatusNotFound,
	} {
		rec := f.ask(http.MethodGet, "/api/v1"+path, f.token)
		if rec.Code != want {
			t.Errorf("%s: status %d, want %d: %s", path, rec.Code, want, rec.Body)
		}
		if got := rec.Header().Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s: content type %q", path, got)
		}
		if strings.Contains(rec.Body.String(), "Marisol") || strings.Contains(f.log.String(), "Marisol") {
			t.Errorf("%s: what was sent came back or was logged:\n%s\n%s", path, rec.Body, f.log)
		}
		var p Problem
		if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || p.Status != want || p.Kind == "" {
			t.Errorf("%s: not a problem: %v %s", path, err, rec.Body)
		}
	}
}
