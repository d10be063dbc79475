package web

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
	"github.com/fourfold/fourfold/internal/protection/consent"
)

// caseFileOf is a file of cases as the page sends it.
func caseFileOf(cookie, name, content string, fields ...string) ask {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		_ = form.WriteField(name, value)
	}
	if name != "" {
		if part, err := form.CreateFormFile("file", name); err == nil {
			_, _ = io.WriteString(part, content)
		}
	}
	_ = form.Close()
	return ask{method: http.MethodPost, path: "/cases/import", cookie: cookie, body: &body, contentType: form.FormDataContentType()}
}

// theirs is a file of two records, of which something cannot be kept.
const theirs = "prs_FirstName,prs_SecondName,prs_Birthdate,vic_TypeOfExploitation\n" +
	"Selam,Invented,1999-04-02,Forced labour\nHanh,Invented,2001-01-09,plundering\n"

// walkExchange asks for the states of the pages of files that the walk over all routes does not meet.
func walkExchange(n *testNode, language string, see func(ask)) {
	cookie := n.session(auth.Supervisor) + "; language=" + language
	for _, a := range []ask{
		caseFileOf(cookie, "theirs.csv", theirs, "standard=htcds 2.0"), caseFileOf(cookie, "", ""),
		{method: http.MethodPost, path: "/cases/release", cookie: cookie, form: url.Values{"standard": {"htcds 2.0"}, "form": {"csv"}}},
		{method: http.MethodPost, path: "/cases/counts", cookie: cookie, form: url.Values{"from": {"x"}}},
	} {
		see(a)
	}
}

// A file is checked without keeping anything, says record, line, column and what to do, and is taken in once.
func TestFileOfCasesComesIn(t *testing.T) {
	n := newNode(t, Options{})
	chief := worker{n, n.session(auth.Supervisor)}
	body := page(t, n, caseFileOf(chief.cookie, "theirs.csv", theirs, "standard=htcds 2.0"), http.StatusOK)
	saysAll(t, body, "theirs.csv: 2 records read", "Nothing was kept yet", "vic_TypeOfExploitation", "plundering", "This code is not in the list")
	if list := chief.get("/cases?list=all"); strings.Contains(list, `<th scope="row">`) {
		t.Error("checking opened a case")
	}
	strict := page(t, n, caseFileOf(chief.cookie, "theirs.csv", theirs, "standard=htcds 2.0", "strict=yes", "take=yes"), http.StatusUnprocessableEntity)
	saysAll(t, strict, "something of it would be lost")
	for _, want := range []string{"2 records read, 2 cases opened", "is here already"} {
		saysAll(t, page(t, n, caseFileOf(chief.cookie, "theirs.csv", theirs, "standard=htcds 2.0", "take=yes"), http.StatusOK), want)
	}
	if list := chief.get("/cases?list=all"); strings.Count(list, `<th scope="row">`) != 2 {
		t.Error("not two cases")
	}
}

// What is wrong with a file is said at its field; nothing is kept of it.
func TestFileOfCasesIsRefused(t *testing.T) {
	n := newNode(t, Options{})
	chief := worker{n, n.session(auth.Supervisor)}
	for what, one := range map[string]struct {
		name, content, standard, says string
	}{
		"no file":       {"", "", "htcds 2.0", "Choose a file."},
		"no standard":   {"a.csv", theirs, "htcds 9", "Choose by which standard"},
		"another form":  {"a.xls", theirs, "htcds 2.0", "must end in .json or .csv"},
		"damaged":       {"a.json", `{"records":[{"prs_FirstName":`, "htcds 2.0", "Something needs mending"},
		"no records":    {"a.csv", "prs_FirstName\n", "htcds 2.0", "The file has no records."},
		"much too long": {"a.csv", theirs + strings.Repeat("x", caseFileLimit), "htcds 2.0", "This file is larger than 16 MB."},
	} {
		body := page(t, n, caseFileOf(chief.cookie, one.name, one.content, "standard="+one.standard, "take=yes"), http.StatusUnprocessableEntity)
		if !strings.Contains(body, one.says) {
			t.Errorf("%s: not %q", what, one.says)
		}
	}
	if list := chief.get("/cases?list=all"); strings.Contains(list, `<th scope="row">`) {
		t.Error("a refused file opened a case")
	}
	for _, role := range []auth.Role{auth.SupportWorker, auth.ProtectionOfficer, auth.Administrator} {
		if res, _ := send(t, n, caseFileOf(n.session(role), "theirs.csv", theirs, "standard=htcds 2.0", "take=yes")); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", role, res.StatusCode)
		}
	}
}

// Records go out for a reason, under a name that says nothing, kept by no cache, with entries; codes name nobody.
func TestRecordsGoOut(t *testing.T) {
	n := newNode(t, Options{})
	chief := worker{n, n.session(auth.Supervisor)}
	page(t, n, caseFileOf(chief.cookie, "theirs.csv", theirs, "standard=htcds 2.0", "take=yes"), http.StatusOK)
	form := url.Values{"standard": {"htcds 2.0"}, "form": {"csv"}, "profile": {"codes"}, "purpose": {"statistics"}, "reason": {"report"}}
	get := func() (*http.Response, string) { return send(t, n, askForm("/cases/release", chief.cookie, form)) }
	res, body := get()
	name := res.Header.Get("Content-Disposition")
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(name, `attachment; filename="release-20`) || strings.Count(body, "\n") != 3 || strings.Contains(body, "Selam") {
		t.Errorf("status %d, %s\n%s", res.StatusCode, name, body)
	}
	if !strings.Contains(res.Header.Get("Cache-Control"), "no-store") {
		t.Errorf("kept by a cache: %q", res.Header.Get("Cache-Control"))
	}
	form.Set("profile", "whole")
	if _, body := get(); !strings.Contains(body, "Selam") {
		t.Error("everything lacks a name")
	}
	form.Del("reason")
	if res, body := get(); res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "Choose a reason.") || strings.Contains(body, "Selam") {
		t.Errorf("without a reason: status %d", res.StatusCode)
	}
	if ledger := (worker{n, n.session(auth.ProtectionOfficer)}).get("/ledger"); strings.Count(ledger, "cases") < 2 {
		t.Error("the releases are not in the ledger")
	}
	counts := url.Values{"from": {"2024-01"}, "to": {"2024-02"}, "purpose": {"statistics"}, "reason": {"report"}}
	res, body = send(t, n, askForm("/cases/counts", chief.cookie, counts))
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(body, "month,") {
		t.Errorf("counts: status %d\n%s", res.StatusCode, body)
	}
}

// A release to a partner shows first what would leave, and lets nobody out who has not said yes. One to somebody without an
// agreement is refused, and a look never makes a file.
func TestReleaseToAPartner(t *testing.T) {
	n := newNode(t, Options{})
	chief := worker{n, n.session(auth.Supervisor)}
	b := n.receiver()
	terms := referralTerms(b.org)
	terms.Fields = []string{"outline.codes"}
	n.agree(n.org, b.org, terms, agreement.InForce)
	page(t, n, caseFileOf(chief.cookie, "theirs.csv", theirs, "standard=htcds 2.0", "take=yes"), http.StatusOK)
	form := url.Values{"standard": {"htcds 2.0"}, "form": {"csv"}, "profile": {"codes"}, "purpose": {"support"}, "reason": {"handover"}, "look": {"yes"}}
	for recipient, want := range map[string]string{
		"": "Nothing leaves our own organisation", consent.Party(b.org): "0 records would leave; 2 left out.",
		"party-unknown": "No agreement in force lets this recipient have records for this purpose.",
	} {
		form.Set("recipient", recipient)
		res, body := send(t, n, askForm("/cases/release", chief.cookie, form))
		if !strings.Contains(body, want) || res.Header.Get("Content-Disposition") != "" || strings.Contains(body, "Selam") {
			t.Errorf("to %q: status %d\n%s", recipient, res.StatusCode, body)
		}
	}
	form.Del("look")
	form.Set("recipient", consent.Party(b.org))
	if _, body := send(t, n, askForm("/cases/release", chief.cookie, form)); strings.Count(body, "\n") != 1 {
		t.Errorf("somebody left without a yes:\n%s", body)
	}
	if body := chief.get("/cases/release"); !strings.Contains(body, "Bay Clinic (invented)") {
		t.Error("the partner cannot be chosen")
	}
}
