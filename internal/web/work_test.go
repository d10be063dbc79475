package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
)

// table is a table of an invented measure, as published on a day.
func table(day, february string) string {
	return "indicator,indicator_title,unit,area,released_on,period,value\n" +
		"nights.invented,Nights (invented),nights,XFD," + day + ",2025-01,120\n" +
		"nights.invented,Nights (invented),nights,XFD," + day + ",2025-02," + february + "\n"
}

// The way of a file through the pages: checked, saved, and then told of on the first page; a later
// release tells what it revised, although the tally of the earlier one was kept.
func TestFirstPageTellsWhatWasRevised(t *testing.T) {
	n := newNode(t, Options{})
	cookie := n.session(auth.Analyst)
	save := func(content string) string {
		t.Helper()
		res, body := send(t, n, uploadOf(cookie, map[string]string{"format": "csv"}, "nights.csv", content))
		at := res.Header.Get("Location")
		if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(at, "/import/") {
			t.Fatalf("checking: status %d to %q\n%s", res.StatusCode, at, body)
		}
		if checked := page(t, n, ask{path: at, cookie: cookie}, http.StatusOK); !strings.Contains(checked, "Save these figures") {
			t.Fatalf("the table cannot be saved:\n%s", checked)
		}
		for range 2 { // a second press saves nothing twice
			res, body = send(t, n, ask{method: "POST", path: at + "/save", cookie: cookie})
			if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != at {
				t.Fatalf("saving: status %d\n%s", res.StatusCode, body)
			}
		}
		if left := leftovers(t, n); left != 0 {
			t.Errorf("%d files left behind", left)
		}
		return page(t, n, ask{path: at, cookie: cookie}, http.StatusOK)
	}
	first := func() string { return page(t, n, ask{path: "/", cookie: cookie}, http.StatusOK) }

	if !strings.Contains(first(), "Nothing is waiting.") {
		t.Error("the empty first page does not teach")
	}
	if saved := save(table("2026-01-15", "40")); !strings.Contains(saved, "2 figures were saved.") {
		t.Errorf("the page after saving:\n%s", saved)
	}
	if got := first(); !strings.Contains(got, "2 new figures.") || strings.Contains(got, "revised") {
		t.Errorf("after the first release:\n%s", got)
	}
	save(table("2026-02-15", "44"))
	if got := first(); !strings.Contains(got, "1 earlier figure revised") {
		t.Errorf("after the second release:\n%s", got)
	}
	if again := save(table("2026-02-15", "44")); !strings.Contains(again, "had been imported before") {
		t.Errorf("the same file again:\n%s", again)
	}
}

// A refused file is told row by row, and can only be discarded.
func TestRefusedFileIsToldRowByRow(t *testing.T) {
	n := newNode(t, Options{})
	cookie := n.session(auth.Analyst)
	res, _ := send(t, n, uploadOf(cookie, map[string]string{"format": "csv"}, "nights.csv", table("2026-01-15", "-4")))
	at := res.Header.Get("Location")
	body := page(t, n, ask{path: at, cookie: cookie}, http.StatusOK)
	for _, want := range []string{"Not ready to save", ">3</td>", "<samp>-4</samp>", "Stops it"} {
		if !strings.Contains(body, want) {
			t.Errorf("the report does not hold %q:\n%s", want, body)
		}
	}
	if res, _ := send(t, n, ask{method: "POST", path: at + "/save", cookie: cookie}); res.Header.Get("Location") != at {
		t.Error("a refused file was not sent back to its report")
	}
	if _, err := n.app.Indicators.Get(t.Context(), auth.CLI(n.org), indicator.ID("nights.invented")); err == nil {
		t.Error("a refused file left a measure behind")
	}
	send(t, n, ask{method: "POST", path: at + "/discard", cookie: cookie})
	page(t, n, ask{path: at, cookie: cookie}, http.StatusNotFound)
	if left := leftovers(t, n); left != 0 {
		t.Errorf("%d files left behind", left)
	}
}
