package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
)

// measureSamples gives the patterns of the measure pages an address.
func measureSamples(n *testNode) map[string]string {
	n.t.Helper()
	out := map[string]string{
		"/measures/{id}":                  "/measures/nrm.referrals",
		"/measures/{id}/figures.csv":      "/measures/nrm.referrals/figures.csv",
		"/measures/{id}/figures-sdmx.csv": "/measures/nrm.referrals/figures-sdmx.csv",
		"/releases/{id}":                  "/releases/none",
	}
	analyst := auth.Actor{Org: n.org, Account: n.accounts[auth.Analyst], Roles: []auth.Role{auth.Analyst}}
	releases, err := n.app.Indicators.Releases(n.t.Context(), analyst, "")
	if err != nil {
		n.t.Fatal(err)
	}
	if len(releases) > 0 {
		out["/releases/{id}"] = "/releases/" + url.PathEscape(releases[len(releases)-1].ID)
	}
	return out
}

// analyst is the actor of the pages below.
func (n *testNode) analyst() auth.Actor {
	return auth.Actor{Org: n.org, Account: n.accounts[auth.Analyst], Roles: []auth.Role{auth.Analyst}}
}

func TestMeasurePages(t *testing.T) {
	n := newSeeded(t, Options{})
	cases := []struct {
		path   string
		status int
		shows  []string
		hides  []string
	}{
		{"/measures", 200, []string{"Referrals to the national referral mechanism", "ff-spark", "nothing imported yet"}, nil},
		{"/measures?q=duty", 200, []string{"1 measure", "Duty to Notify"}, []string{"Final decisions"}},
		{"/measures?q=nothing-at-all", 200, []string{"No measure fits"}, []string{"<table"}},
		{"/measures/nrm.referrals", 200, []string{"a year earlier", "ff-wide", "ff-narrow", "Figures id", "What it cannot tell", "Open Government Licence"}, nil},
		{"/measures/nrm.referrals?by=age", 200, []string{"the largest group is"}, nil},
		{"/measures/nrm.referrals?by=age&view=table", 200, []string{"<table"}, []string{"ff-wide"}},
		{"/measures/nrm.referrals?annual=1&from=2009&to=2023", 200, []string{"17,004", "10,606"}, nil},
		{"/measures/nrm.referrals?w-age=child", 200, []string{"Referrals"}, nil},
		{"/measures/nrm.decisions.first?part=decision:positive", 200, []string{"share of", "%", "Break"}, nil},
		{"/measures/nrm.referrals?from=soon", 422, []string{"Write a period as 2022"}, []string{"ff-wide"}},
		{"/measures/nrm.referrals?from=2023&to=2020", 422, []string{"lies before"}, nil},
		{"/measures/nrm.referrals?area=XQX", 422, []string{"is not known"}, nil},
		{"/measures/nrm.referrals?known=yesterday", 422, []string{"not a date of the calendar"}, nil},
		{"/measures/nrm.referrals?w-age=martian", 200, []string{"no figure for this choice"}, nil},
		{"/measures/nrm.referrals?known=2010-01-01", 200, []string{"As known on"}, nil},
		{"/measures/glotip.victims", 200, []string{"nothing was imported for it yet"}, []string{"ff-wide"}},
		{"/measures/no.such", 404, nil, nil},
		{"/measures/compare", 200, []string{"Choose a measure"}, nil},
		{"/measures/compare?m1=nrm.referrals&m2=nrm.duty-to-notify", 200, []string{"2 series side by side", `id="chart-1-t"`, `id="chart-2-t"`}, nil},
		{"/measures/compare?m1=nrm.decisions.first&w-age-1=adult&m2=nrm.decisions.first&w-age-2=child", 200, []string{`id="chart-1-t"`}, []string{`id="chart-2-t"`}},
		{"/measures/compare?m1=nrm.referrals&from=soon", 422, []string{"Write a period"}, nil},
		{"/releases", 200, []string{"Newest first"}, nil},
		{"/releases/none", 404, nil, nil},
		{"/policy-review", 200, []string{"-2.1198", "0.2008", "0.1201", "-0.3023", "30 January 2023", "24 July 2023", "13 December 2022", "Assumptions card", "What this cannot show"}, nil},
	}
	for _, c := range cases {
		t.Run(c.path, func(t *testing.T) {
			n.t = t
			body := page(t, n, ask{path: c.path, cookie: n.session(auth.Analyst)}, c.status)
			for _, s := range c.shows {
				if !strings.Contains(body, s) {
					t.Errorf("does not show %q", s)
				}
			}
			for _, s := range c.hides {
				if strings.Contains(body, s) {
					t.Errorf("shows %q", s)
				}
			}
			for _, word := range []string{"NaN", "%!", "because of the", "led to", "caused"} {
				if strings.Contains(body, word) {
					t.Errorf("shows %q", word)
				}
			}
		})
	}
}

// The page, its files and the room give one answer: the id of the figures is the hash of the answer.
func TestFiguresIDIsTheAnswersHash(t *testing.T) {
	n := newSeeded(t, Options{})
	answer, err := n.app.Indicators.Answer(t.Context(), n.analyst(), indicator.Query{Indicator: indicator.NRMReferrals, Areas: []string{"GBR"}})
	if err != nil {
		t.Fatal(err)
	}
	body := page(t, n, ask{path: "/measures/nrm.referrals", cookie: n.session(auth.Analyst)}, http.StatusOK)
	if !strings.Contains(body, `<span class="ref">`+answer.Hash[:12]+`</span>`) {
		t.Error("the page does not show the id of the figures")
	}
	res, _ := send(t, n, ask{path: "/measures/nrm.referrals/figures.csv", cookie: n.session(auth.Analyst)})
	if name := res.Header.Get("Content-Disposition"); !strings.Contains(name, answer.Hash[:12]) {
		t.Errorf("the file is named %s", name)
	}
}
