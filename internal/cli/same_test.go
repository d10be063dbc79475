package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/demo"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/web"
	"github.com/fourfold/fourfold/internal/web/api"
)

// surfaces is one node seen through the command line, the interface and the pages.
type surfaces struct {
	visitor
	dir   string
	token string
}

func newSurfaces(t *testing.T) *surfaces {
	t.Helper()
	s := &surfaces{dir: t.TempDir()}
	a, err := app.Open(t.Context(), app.Config{Dir: s.dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	made, err := demo.Fill(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	site, err := web.New(a, web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	s.visitor = newVisitor(t, server.URL)
	link, err := a.Accounts.OneTimeLink(t.Context(), made.Analyst, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	s.redeem(link)
	actor, err := a.Accounts.Actor(t.Context(), made.Administrator)
	if err != nil {
		t.Fatal(err)
	}
	if s.token, err = a.Accounts.IssueToken(t.Context(), actor, "test", time.Hour); err != nil {
		t.Fatal(err)
	}
	return s
}

// api asks the interface and returns the text of its answer.
func (s *surfaces) api(path string) string {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.base+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		s.t.Fatalf("GET %s: %d %v\n%s", path, resp.StatusCode, err, body)
	}
	return string(body)
}

// command runs the command line in this process.
func (s *surfaces) command(args ...string) string {
	s.t.Helper()
	var out, errs bytes.Buffer
	r := &run{ctx: s.t.Context(), out: &out, err: &errs, clock: time.Now, words: i18n.For("en")}
	if code := r.main(append([]string{"--data", s.dir, "--org", "Farrowdale Rapporteur (invented)"}, args...)); code != exitOK {
		s.t.Fatalf("fourfold %v: exit code %d\n%s", args, code, &errs)
	}
	return out.String()
}

// The page, the command line and the interface give the same figures: the same hash, the same
// numbers, and the same file byte for byte.
func TestOneAnswerOnEverySurface(t *testing.T) {
	s := newSurfaces(t)
	for _, q := range []struct {
		name, id  string
		cli       []string
		api, page url.Values
	}{
		{
			name: "a whole series", id: "nrm.referrals",
			cli: []string{"--area", "GBR"},
			api: url.Values{"area": {"GBR"}}, page: url.Values{"area": {"GBR"}},
		},
		{
			name: "by age, in years, bounded", id: "nrm.decisions.first",
			cli:  []string{"--area", "GBR", "--by", "age", "--annual", "--from", "2015", "--to", "2023"},
			api:  url.Values{"area": {"GBR"}, "by": {"age"}, "annual": {"true"}, "from": {"2015"}, "to": {"2023"}},
			page: url.Values{"area": {"GBR"}, "by": {"age"}, "annual": {"1"}, "from": {"2015"}, "to": {"2023"}},
		},
		{
			name: "one cell", id: "nrm.decisions.final",
			cli:  []string{"--area", "GBR", "--where", "age=child", "--from", "2020-Q1"},
			api:  url.Values{"area": {"GBR"}, "where": {"age=child"}, "from": {"2020-Q1"}},
			page: url.Values{"area": {"GBR"}, "w-age": {"child"}, "from": {"2020-Q1"}},
		},
		{
			name: "as known on a day", id: "nrm.referrals",
			cli:  []string{"--area", "GBR", "--known-on", "2023-06-30"},
			api:  url.Values{"area": {"GBR"}, "known_on": {"2023-06-30"}},
			page: url.Values{"area": {"GBR"}, "known": {"2023-06-30"}},
		},
		{
			name: "suppressed months of the invented country", id: "farrowdale.referrals",
			cli:  []string{"--area", "XFD", "--where", "age=child", "--by", "form"},
			api:  url.Values{"area": {"XFD"}, "where": {"age=child"}, "by": {"form"}},
			page: url.Values{"area": {"XFD"}, "w-age": {"child"}, "by": {"form"}},
		},
	} {
		t.Run(q.name, func(t *testing.T) {
			s.t = t
			var command, asked api.Figures
			unmarshal(t, s.command(append([]string{"measure", "show", q.id, "--json"}, q.cli...)...), &command)
			unmarshal(t, s.api("/api/v1/indicators/"+q.id+"/figures?"+q.api.Encode()), &asked)
			if asked.FigureHash == "" || len(asked.Series) == 0 {
				t.Fatalf("no figures: %+v", asked)
			}
			if diff := cmp.Diff(asked, command); diff != "" {
				t.Errorf("interface and command line differ:\n%s", diff)
			}
			q.page.Set("view", "table")
			page := s.get("/measures/" + q.id + "?" + q.page.Encode())
			if !strings.Contains(page, asked.FigureHash[:12]) {
				t.Errorf("the page does not show the figures id %s", asked.FigureHash[:12])
			}
			if diff := cmp.Diff(numbersOf(asked), cellsOf(page)); diff != "" {
				t.Errorf("numbers of the page (+) differ from those of the interface (-):\n%s", diff)
			}
			q.page.Del("view")
			file := s.get("/measures/" + q.id + "/figures.csv?" + q.page.Encode())
			if got := s.command(append([]string{"measure", "export", q.id}, q.cli...)...); got != file {
				t.Errorf("the file of the page and that of the command line differ:\n%s", cmp.Diff(file, got))
			}
			if got := s.api("/api/v1/indicators/" + q.id + "/export?" + q.api.Encode()); got != file {
				t.Errorf("the file of the page and that of the interface differ:\n%s", cmp.Diff(file, got))
			}
			for _, number := range numbersOf(asked) {
				if table := s.command(append([]string{"measure", "show", q.id}, q.cli...)...); !strings.Contains(table, number) {
					t.Errorf("the table of the command line lacks %s:\n%s", number, table)
					break
				}
			}
		})
	}
}

func unmarshal(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v\n%.400s", err, text)
	}
}

// numbersOf writes the published figures of an answer as an English page does, sorted.
func numbersOf(f api.Figures) []string {
	p := i18n.For("en")
	var out []string
	for _, s := range f.Series {
		for _, point := range s.Points {
			switch {
			case point.Low == nil:
				continue
			case *point.Low == *point.High:
				out = append(out, p.Int(int64(*point.Low)))
			default:
				out = append(out, fmt.Sprintf("%s–%s", p.Int(int64(*point.Low)), p.Int(int64(*point.High))))
			}
		}
	}
	slices.Sort(out)
	return out
}

var (
	cellForm = regexp.MustCompile(`(?s)<td class="number"[^>]*>(.*?)</td>`)
	markForm = regexp.MustCompile(`<sup>.*?</sup>`)
)

// cellsOf reads the figures out of the table of a page, sorted. Cells without a figure are muted,
// and those of a quarter before the first or after the last period are empty.
func cellsOf(page string) []string {
	var out []string
	// The figures come first; how a total is made stands below with a table of its own.
	page, _, _ = strings.Cut(page, "</table>")
	for _, m := range cellForm.FindAllStringSubmatch(page, -1) {
		text := strings.TrimSpace(markForm.ReplaceAllString(m[1], ""))
		if text != "" && !strings.Contains(text, "muted") {
			out = append(out, text)
		}
	}
	slices.Sort(out)
	return out
}
