package web

import (
	"cmp"
	"context"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/svg"
)

// workPage answers one question: what needs me now?
type workPage struct {
	Page
	Items   []workItem
	Figures []headline
	Ways    []way
}

// workItem is one thing that waits for somebody.
type workItem struct {
	Title, Text string
	Chip        string
	Path, Go    string
	Notice      string // its number when it is a notice, which can be taken off the page
	kind        notify.Kind
}

// headline is the newest figure of a measure with its line in small.
type headline struct {
	Title, Value, When, Path string
	Spark                    template.HTML
	Revised, Range           bool
}

// way is something a reader can do from here.
type way struct{ Path, Title, Text string }

// watched lists the measures whose newest figures stand on the first page: the national series that
// the program ships.
func watched() []indicator.ID {
	return []indicator.ID{indicator.NRMReferrals, indicator.NRMDecisionsFirst, indicator.NRMDutyToNotify}
}

// mostLeads is how many jumps of one measure wait on the first page; the measure itself shows all.
const mostLeads = 2

func (s *Server) work(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	page := workPage{Page: s.page(r, v.printer.T("My work"))}
	notices, err := s.noticeItems(r.Context(), v)
	if err != nil {
		return err
	}
	duties, err := s.dutyItems(r.Context(), v)
	if err != nil {
		return err
	}
	if len(duties) > 0 { // it says the same, with a number
		notices = slices.DeleteFunc(notices, func(i workItem) bool { return i.kind == notify.ReviewDue })
	}
	cases, err := s.caseItems(r.Context(), v)
	if err != nil {
		return err
	}
	page.Items = slices.Concat(cases, notices, duties)
	if v.actor.May(auth.ReadMeasures) {
		items, err := s.releaseItems(r.Context(), v)
		if err != nil {
			return err
		}
		page.Items = append(page.Items, items...)
		for _, id := range watched() {
			if err := s.watch(r.Context(), v, id, &page); err != nil {
				return err
			}
		}
	}
	page.Ways = s.ways(v)
	return s.render(w, r, http.StatusOK, "work", page)
}

// releaseItems tells of the newest release and of what it changed in figures that people already used.
func (s *Server) releaseItems(ctx context.Context, v visit) ([]workItem, error) {
	releases, err := s.app.Indicators.Releases(ctx, v.actor, "")
	if err != nil || len(releases) == 0 {
		return nil, err
	}
	newest := slices.MaxFunc(releases, func(a, b indicator.Release) int {
		return cmp.Or(strings.Compare(a.ReleasedOn, b.ReleasedOn), strings.Compare(a.ID, b.ID))
	})
	changed, err := s.tallies.of(ctx, s.app.Indicators, v.actor, newest.ID, releases)
	if err != nil {
		return nil, err
	}
	p := v.printer
	item := workItem{
		Title: p.T("Newest release: %s", newest.Label),
		Text: p.T("Published on %s.", p.Date(newest.ReleasedOn)) + " " +
			p.N("%d new figure.", "%d new figures.", changed.added),
		Path: "/releases/" + newest.ID, Go: p.T("What changed"),
	}
	if changed.revised > 0 {
		item.Chip = p.N("%d earlier figure revised", "%d earlier figures revised", changed.revised)
		item.Text += " " + p.T("Whoever used the earlier ones may want to know.")
	}
	return s.reachable([]workItem{item}), nil
}

// watch adds the newest figure of a measure, and what in its series waits for a look.
func (s *Server) watch(ctx context.Context, v visit, id indicator.ID, page *workPage) error {
	answer, err := s.app.Indicators.Answer(ctx, v.actor, indicator.Query{Indicator: id})
	if kind := fault.KindOf(err); err != nil && (kind == fault.NotFound || kind == fault.Invalid) {
		return nil // Nothing imported for it yet: nothing to tell.
	}
	if err != nil {
		return err
	}
	if len(answer.Series) == 0 {
		return nil
	}
	p, series := v.printer, answer.Series[0]
	path := "/measures/" + string(id)
	if h, ok := headlineOf(p, answer.Indicator, series); ok {
		h.Path = path
		page.Figures = append(page.Figures, h)
	}
	var items []workItem
	for _, b := range slices.Backward(series.Breaks) {
		if b.Kind != indicator.Detected || len(items) == mostLeads {
			continue
		}
		items = append(items, workItem{
			Title: p.T("A jump in “%s” waits for a look", p.T(answer.Indicator.Title)),
			Text:  p.T("At %s the level changed more than it usually does. Did the way of counting change?", periodName(p, b.Period)),
			Chip:  p.T("A lead to check"), Path: path, Go: p.T("Look at the series"),
		})
	}
	if c := answer.Coverage; c.Expected > 0 && c.Reported*10 < c.Expected*9 {
		items = append(items, workItem{
			Title: p.T("“%s” rests on few figures", p.T(answer.Indicator.Title)),
			Text:  p.T("%s of %s expected figures were published.", p.Int(int64(c.Reported)), p.Int(int64(c.Expected))),
			Chip:  p.T("Low coverage"), Path: path, Go: p.T("See what is missing"),
		})
	}
	page.Items = append(page.Items, s.reachable(items)...)
	return nil
}

// reachable drops links that lead to a page which this program does not have.
func (s *Server) reachable(items []workItem) []workItem {
	for i := range items {
		if !s.leadsSomewhere(items[i].Path) {
			items[i].Path = ""
		}
	}
	return items
}

// headlineOf takes the newest published figure of a series.
func headlineOf(p *i18n.Printer, ind indicator.Indicator, series indicator.Series) (headline, bool) {
	for i := len(series.Points) - 1; i >= 0; i-- {
		pt := series.Points[i]
		if pt.State == indicator.Missing {
			continue
		}
		h := headline{
			Title: p.T(ind.Title), Value: valueText(p, pt.Value), When: periodName(p, pt.Period),
			Revised: pt.Revised, Range: pt.State == indicator.Range,
		}
		recent := series.Points[max(0, i-31) : i+1]
		line := make([]svg.Point, len(recent))
		for j, point := range recent {
			line[j] = drawn(point.Value)
		}
		h.Spark = svg.Spark(line)
		return h, true
	}
	return headline{}, false
}

// ways lists what the reader may do, for the first day and for days when nothing waits.
func (s *Server) ways(v visit) []way {
	p := v.printer
	erases := auth.ProposeErasure
	if v.actor.May(auth.ApproveErasure) {
		erases = auth.ApproveErasure
	}
	all := []struct {
		way
		need auth.Permission
	}{
		{way{"/cases", p.T("Cases"), p.T("Those you work on, and what is to be done in them.")}, auth.ReadCases},
		{way{"/cases/new", p.T("Open a case"), p.T("A reason is enough. Nothing else has to be known yet.")}, auth.WorkCases},
		{way{"/search", p.T("Look for somebody"), p.T("By name, year of birth or a number, for a case.")}, auth.SearchPeople},
		{way{"/node", p.T("See how the node is"), p.T("Version, database, last import. No case.")}, auth.AdministerNode},
		{way{"/jobs", p.T("Decide about work that failed"), p.T("Try it again or give it up.")}, auth.ManageJobs},
		{way{"/agreements", p.T("Agreements"), p.T("With whom, for what, until when, and what waits for you.")}, auth.ReadAgreements},
		{way{"/agreements/ask", p.T("Ask a partner"), p.T("What an agreement lets you have, and nothing else.")}, auth.AskPartners},
		{way{"/measures", p.T("Read the measures"), p.T("Every figure with its definition, its source and what it cannot tell.")}, auth.ReadMeasures},
		{way{"/policy-review", p.T("Weigh a change of policy"), p.T("What happened, what coincided, and what cannot be said.")}, auth.ReadPolicy},
		{way{"/emergency", p.T("Open a case in an emergency"), p.T("For half an hour, and others are told at once.")}, auth.BreakGlass},
		{way{"/exclusions", p.T("Keep somebody from a case"), p.T("A relative, somebody the person fears, a chief.")}, auth.KeepExclusions},
		{way{"/teams", p.T("Form teams and give them cases"), p.T("Who works on which case.")}, auth.ManageTeams},
		{way{"/deferrals", p.T("Show an entry later"), p.T("With a second person, a ground and an end.")}, auth.DeferHistory},
		{way{"/people", p.T("Look after people and roles"), p.T("Accounts, roles with an end, and who was asked.")}, auth.ManagePeople},
		{way{"/access-review", p.T("Review who has which role"), p.T("Every quarter, role by role.")}, auth.ReviewRoles},
		{way{"/proposals", p.T("Be the second person"), p.T("What others propose and you decide.")}, auth.ApprovePeople},
		{way{"/erasures", p.T("Erasures"), p.T("Files whose time has come, and what waits for a second person.")}, erases},
		{way{"/organisation", p.T("See your organisation"), p.T("Teams, who is told of what, how long files are kept.")}, auth.ReadMeasures},
		{way{"/import", p.T("Take in a new release"), p.T("A file is checked row by row before anything is saved.")}, auth.ImportMeasures},
	}
	var open []way
	for _, w := range all {
		if v.actor.May(w.need) && s.leadsSomewhere(w.Path) {
			open = append(open, w.way)
		}
	}
	return open
}
