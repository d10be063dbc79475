package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
)

// ledgerRoutes are the pages of the ledger.
func (s *Server) ledgerRoutes() []route {
	table := []route{
		{"GET", "/ledger", Staff, May(auth.ReadLedger), s.ledger, 0},
		{"GET", "/ledger/{entry}", Staff, May(auth.ReadLedger), s.ledgerEntry, 0},
		{"POST", "/ledger/{entry}/open", Staff, May(auth.ReadLedger), s.openLedgerEntry, 0},
		{"GET", "/ledger/{entry}/proof.txt", Staff, May(auth.ReadLedger), s.ledgerProof, 0},
	}
	if s.options.Demo {
		table = append(table, route{"GET", "/ledger/forged", Staff, May(auth.ReadLedger), s.forgedLedger, 0})
	}
	return table
}

// ledgerLength is how many entries a page of the ledger shows.
const ledgerLength = 50

// ledgerPage is the explorer of the ledger.
type ledgerPage struct {
	Page
	Health ledgerHealth
	Lines  []ledgerLine
	Kinds  []ledgerKind
	Day    string
	Older  string // address of the next page, "" for the last
	Forged bool   // the demonstration shows what a forged ledger looks like
}

// ledgerKind is a kind of act to choose.
type ledgerKind struct {
	Kind, Label string
	Chosen      bool
}

// ledgerLine is an entry in the list.
type ledgerLine struct {
	Path, When, What, Who, Object string
	Number                        string // its place in the log, "" while it has none
	Named                         bool   // Object is a name and no identifier
	Shut                          bool   // about a person: what it says is sealed
	State                         string
	Calm                          bool
}

func (s *Server) ledger(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	page := ledgerPage{Page: s.page(r, v.printer.T("Ledger")), Forged: s.options.Demo}
	filter := audit.Filter{Limit: ledgerLength + 1, Before: r.FormValue("before")}
	chosen := audit.Kind(r.FormValue("kind"))
	for _, k := range audit.Kinds() {
		page.Kinds = append(page.Kinds, ledgerKind{string(k), kindName(v.printer, k), k == chosen})
		if k == chosen {
			filter.Kind = k
		}
	}
	page.Day = dayFilter(r.FormValue("day"), v.actor.Zone, &filter)
	health, err := s.app.LedgerHealth(r.Context(), v.actor)
	if err != nil {
		return err
	}
	page.Health = s.healthOf(v, health)
	found, err := s.app.LedgerEntries(r.Context(), v.actor, filter)
	if err != nil {
		return err
	}
	if len(found) > ledgerLength {
		found = found[:ledgerLength]
		page.Older = "/ledger?" + url.Values{
			"before": {found[ledgerLength-1].ID}, "kind": {string(filter.Kind)}, "day": {page.Day},
		}.Encode()
	}
	names, err := s.actorNames(r)
	if err != nil {
		return err
	}
	for _, e := range found {
		page.Lines = append(page.Lines, entryLine(v, e, health, names))
	}
	return s.render(w, r, http.StatusOK, "ledger", page)
}

// dayFilter bounds a filter to a civil date in a zone and returns the date, or "" when it is none.
func dayFilter(day, zone string, f *audit.Filter) string {
	place, err := time.LoadLocation(zone)
	if err != nil {
		place = time.UTC
	}
	from, err := time.ParseInLocation(time.DateOnly, day, place)
	if err != nil {
		return ""
	}
	f.From, f.To = from, from.AddDate(0, 0, 1)
	return day
}

// entryLine says an entry in one line.
func entryLine(v visit, e audit.Placed, h audit.Health, names map[string]string) ledgerLine {
	p := v.printer
	line := ledgerLine{
		Path: "/ledger/" + e.ID, When: p.DateTime(e.At, v.actor.Zone), Shut: e.Shut,
		What: kindName(p, e.Kind), Who: actorName(p, names, e.Actor), Object: e.Subject,
	}
	if name := names[e.Subject]; name != "" {
		line.Object, line.Named = name, true
	}
	if e.Leaf != nil {
		line.Number = p.Int(e.Leaf.Index)
	}
	line.State, line.Calm = stateOf(p, e, h)
	return line
}

// stateOf says how well an entry is protected. calm is true where there is nothing to do.
func stateOf(p *i18n.Printer, e audit.Placed, h audit.Health) (text string, calm bool) {
	switch {
	case !e.Logged:
		return p.T("from before the log"), false
	case e.Leaf == nil:
		return p.T("waits"), true
	case h.Origin != "" && e.Leaf.Log == h.Log && e.Leaf.Index >= h.Signed:
		return p.T("in the log, not signed yet"), true
	case e.Leaf.Log < h.Log:
		return p.T("in an earlier log"), true
	case e.Leaf.Index < h.Witnessed:
		return p.T("witnessed"), true
	}
	return p.T("signed"), true
}

// actorNames are the names of the accounts of the visitor's organisation.
func (s *Server) actorNames(r *http.Request) (map[string]string, error) {
	accounts, err := s.app.Accounts.List(r.Context(), actorOf(r).Org)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(accounts))
	for _, a := range accounts {
		names[string(a.ID)] = a.Name
	}
	return names, nil
}

func actorName(p *i18n.Printer, names map[string]string, actor string) string {
	switch name := names[actor]; {
	case name != "":
		return name
	case actor == "cli":
		return p.T("somebody at the machine")
	case actor == string(auth.PersonAccount):
		return p.T("the person, on their own page")
	case actor == "node":
		return p.T("the node by itself")
	}
	return actor
}

// kindName says a kind of act in the reader's language.
func kindName(p *i18n.Printer, k audit.Kind) string {
	switch k {
	case audit.Decision:
		return p.T("Decision")
	case audit.Opening:
		return p.T("Opened what is sealed")
	case audit.Disclosure:
		return p.T("Disclosure")
	case audit.Export:
		return p.T("Export")
	case audit.Print:
		return p.T("Print")
	case audit.Search:
		return p.T("Search for a person")
	case audit.BreakGlass:
		return p.T("Emergency access")
	case audit.Login:
		return p.T("Sign-in")
	case audit.Role:
		return p.T("Change of a role")
	case audit.Agreement:
		return p.T("Agreement")
	case audit.Recall:
		return p.T("Recall")
	case audit.Erasure:
		return p.T("Erasure")
	case audit.Configuration:
		return p.T("Setting")
	}
	return ""
}

// detailRow is a code that explains an entry.
type detailRow struct{ Name, Value string }

// detailsOf are the codes of an entry in the order of their names.
func detailsOf(e audit.Entry) []detailRow {
	var rows []detailRow
	for _, k := range slices.Sorted(maps.Keys(e.Detail)) {
		if v := e.Detail[k]; v != "" {
			rows = append(rows, detailRow{k, v})
		}
	}
	return rows
}
