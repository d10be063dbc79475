package space_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/beat"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	room "github.com/fourfold/fourfold/internal/protection/space"
	"github.com/fourfold/fourfold/internal/protection/support"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
	"github.com/fourfold/fourfold/internal/web/space"
)

// site is a served own page of one person.
type site struct {
	*space.Server
	t      testing.TB
	app    *app.App
	now    atomic.Int64 // microseconds
	worker auth.Actor
	of     casefile.ID
	number string
}

func newSite(t testing.TB, o space.Options) *site {
	t.Helper()
	s := &site{t: t}
	s.now.Store(time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC).UnixMicro())
	clock := func() time.Time { return time.UnixMicro(s.now.Load()).UTC() }
	d := dbtest.OpenAt(t, clock)
	s.app = app.On(d, clock, vaulttest.Open(t, d))
	s.app.Space.Schedule = beat.Schedule{}
	org, err := s.app.Accounts.CreateOrg(t.Context(), "Harbour House against Trafficking (invented)", "Europe/London")
	s.must(err)
	id, err := s.app.Accounts.CreateAccount(t.Context(), auth.CLI(org), "Amina Dell (invented)", auth.SupportWorker)
	s.must(err)
	_, err = s.app.Accounts.CreateAccount(t.Context(), auth.CLI(org), "Omar Reed (invented)", auth.ProtectionOfficer)
	s.must(err)
	s.worker = auth.Actor{Org: org, Account: id, Roles: []auth.Role{auth.SupportWorker}, Via: auth.ViaSession, Zone: "Europe/London"}
	s.of, s.number = s.slip()
	s.Server, err = space.New(s.app.Space, o)
	s.must(err)
	return s
}

// slip opens a case and makes its slip.
func (s *site) slip() (casefile.ID, string) {
	s.t.Helper()
	of, err := s.app.Cases.Open(s.t.Context(), s.worker, casefile.Begin{Reason: "asks-for-help"})
	s.must(err)
	number, err := s.app.Space.Make(s.t.Context(), s.worker, of, room.NewSlip{Word: private.New("lemon"), Other: private.New("olive")})
	s.must(err)
	return of, number
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(fault.Cause(err))
	}
}

// fill writes something of everything into the file.
func (s *site) fill() {
	s.t.Helper()
	ctx := s.t.Context()
	from := record.Source{From: "person", AsOf: "2026-06-01", By: s.worker.Account}
	p := s.app.People
	s.must(p.SetNames(ctx, s.worker, s.of, person.Seen{}, record.Is(person.Names{List: []person.Name{{Text: "Mariam", Kind: person.Used}}}, from)))
	s.must(p.SetBirth(ctx, s.worker, s.of, person.Seen{}, record.Is(person.Births{List: []person.Birth{{From: "1999-01-01", To: "1999-12-31", Basis: person.ByStatement}}}, from)))
	s.must(p.SetAbout(ctx, s.worker, s.of, person.Seen{}, person.About{Gender: record.NotSaid[string](from), Access: record.Is([]string{"step-free"}, from)}))
	s.must(p.SetLanguages(ctx, s.worker, s.of, person.Seen{}, person.Languages{Known: record.Is([]person.Language{{Code: "ti"}}, from)}))
	s.must(p.SetCitizenship(ctx, s.worker, s.of, person.Seen{}, person.Citizenships{List: record.Is([]person.Citizenship{{Area: "ERI"}}, from)}))
	s.must(p.SetContact(ctx, s.worker, s.of, person.Seen{}, person.Contacts{List: record.Is([]person.Contact{{Channel: person.Phone, Value: "0700 900000"}}, from)}))
	s.must(p.SetDocuments(ctx, s.worker, s.of, person.Seen{}, person.Documents{List: record.Is([]person.Document{{Kind: "passport", Number: "X1", HeldBy: person.HeldByExploiter}}, from)}))
	s.must(p.SetPlace(ctx, s.worker, s.of, person.Seen{}, person.Shelter{Reference: record.Is("KANARIE-7", from)}))
	s.must(p.SetFamily(ctx, s.worker, s.of, person.Seen{}, person.Family{List: record.Is([]person.Relative{{Name: "KANARIE sister"}}, from)}))
	s.must(s.app.Support.Move(ctx, s.worker, s.of, 0, support.Immediate, ""))
	_, err := s.app.Support.KeepNeed(ctx, s.worker, s.of, support.Seen{}, support.Need{Domain: "livelihood", Words: private.New("work with my hands"), State: "open"})
	s.must(err)
	_, err = s.app.Support.KeepService(ctx, s.worker, s.of, support.Seen{}, support.Service{Service: "acc.shelter", State: "offered", OfferedOn: "2026-06-01", Provider: private.New("KANARIE Lane")})
	if err != nil { // whatever the list calls it
		_, err = s.app.Support.KeepService(ctx, s.worker, s.of, support.Seen{}, support.Service{Service: support.Services()[0].Code, State: "offered", OfferedOn: "2026-06-01", Provider: private.New("KANARIE Lane")})
	}
	s.must(err)
	s.must(s.app.Space.Agree(ctx, s.worker, s.of, room.NewDate{At: time.UnixMicro(s.now.Load()).Add(24 * time.Hour), With: private.New("Sam")}))
	s.consent()
}

// consent is a yes to a clinic and to the police.
func (s *site) consent() consent.ID {
	s.t.Helper()
	id, err := s.app.Consents.Give(s.t.Context(), s.worker, string(s.of), consent.Said{
		Kind: consent.Sharing, State: consent.Given, Classes: []string{"contact"}, Purposes: []string{"support"}, Last: "2026-08-31",
		Recipients: []consent.Named{
			{Term: consent.Term{To: "health", Recall: consent.RecallPartly, Why: "health-record", Feeds: consent.FeedsNo}},
			{Term: consent.Term{To: "police", Recall: consent.RecallNo, Why: "police-record"}},
		},
		Giving: consent.Giving{
			OwnLanguage: consent.Yes, Explained: consent.Elements(), Understood: consent.Yes, By: consent.Herself, Exploiter: consent.No, Method: consent.Signed,
		},
		Sealed: consent.Sealed{Language: "ti", Words: private.New("They may know.")},
	}, record.NewSubmissionKey())
	s.must(err)
	return id
}

// send asks for something as a browser on the page does.
func (s *site) send(method, path, cookie string, form url.Values, headers ...string) (*http.Response, string) {
	s.t.Helper()
	r := httptest.NewRequest(method, "http://my.localhost:8080"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			r.Header.Del(headers[i])
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	res := w.Result()
	return res, w.Body.String()
}

// in comes in with a word and returns the cookie.
func (s *site) in(word string) string {
	s.t.Helper()
	res, body := s.send("POST", "/in", "", url.Values{"number": {s.number}, "word": {word}})
	if res.StatusCode != http.StatusSeeOther || len(res.Cookies()) != 1 {
		s.t.Fatalf("coming in answered %d:\n%s", res.StatusCode, body)
	}
	c := res.Cookies()[0]
	return c.Name + "=" + c.Value
}

// inside are the pages of whoever is in.
var inside = []string{"/info", "/seen", "/choices", "/dates", "/words", "/help"}
