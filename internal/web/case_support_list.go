package web

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
	care "github.com/fourfold/fourfold/internal/protection/support"
)

// supportTasks are the words for the tasks that support and its neighbours make. None says what a court or a
// sealed date has to do with it.
var supportTasks = map[string]string{
	"support.risk": i18n.Mark("Look at the dangers again"), "support.safety": i18n.Mark("Look at the safety plan again"),
	"support.action": i18n.Mark("A step of the plan"), "support.follow-up": i18n.Mark("Ask how things are, in the agreed way"),
	"legal.date": i18n.Mark("A date that must not be missed"), "staff.threat": i18n.Mark("A threat: see who must be told"),
}

// needStates, goalStates and actionStates are the states of lists of support with their words.
func needStates() []care.Word {
	return []care.Word{{Code: "open", Label: i18n.Mark("open")}, {Code: "met", Label: i18n.Mark("met")}, {Code: "unmet", Label: i18n.Mark("could not be met")}}
}

func goalStates() []care.Word {
	return []care.Word{
		{Code: "proposed", Label: i18n.Mark("talked about")},
		{Code: "agreed", Label: i18n.Mark("the person agreed")},
		{Code: "met", Label: i18n.Mark("reached")},
		{Code: "dropped", Label: i18n.Mark("given up")},
	}
}

func actionStates() []care.Word {
	return []care.Word{
		{Code: "to-do", Label: i18n.Mark("to be done")},
		{Code: "doing", Label: i18n.Mark("under way")},
		{Code: "done", Label: i18n.Mark("done")},
		{Code: "dropped", Label: i18n.Mark("given up")},
	}
}

func doers() []care.Word {
	return []care.Word{
		{Code: "worker", Label: i18n.Mark("a worker")}, {Code: "person", Label: i18n.Mark("the person")}, {Code: "other", Label: i18n.Mark("somebody else")},
	}
}

func raters() []care.Word {
	return []care.Word{{Code: "self", Label: i18n.Mark("the person")}, {Code: "worker", Label: i18n.Mark("a worker")}}
}

func (o *supportOverview) needs(p *i18n.Printer, v care.View) supportSection {
	x := supportSection{ID: "needs", Title: p.T("What the person needs"), Lead: p.T("In the person’s own words, in the order that the person wants.")}
	for _, n := range v.Needs {
		row := supportRow{Title: p.T(care.Label(care.Domains(), n.Is.Domain)), Text: careText(n.Is.Words), Path: o.form("need", n.ID)}
		row.Marks = append(row.Marks, p.T(care.Label(needStates(), n.Is.State)))
		if n.Is.First > 0 {
			row.Marks = append(row.Marks, p.T("in place %s", number(n.Is.First)))
		}
		if n.Is.Unmet != "" {
			row.Marks = append(row.Marks, p.T(care.Label(care.UnmetReasons(), n.Is.Unmet)))
		}
		x.Rows = append(x.Rows, row)
	}
	x.Add = []supportWay{{o.form("need", ""), p.T("Write down a need")}}
	return x
}

func (o *supportOverview) plan(p *i18n.Printer, v care.View) supportSection {
	x := supportSection{ID: "plan", Title: p.T("The plan"), Lead: p.T("Goals that the person wants, and the steps to them.")}
	steps := func(goal string) {
		for _, a := range v.Actions {
			if a.Is.Goal != goal {
				continue
			}
			row := supportRow{Title: p.T("Step: %s", p.T(care.Label(doers(), a.Is.Who))), Text: careText(a.Is.Words), Path: o.form("step", a.ID)}
			row.Marks = append(row.Marks, p.T(care.Label(actionStates(), a.Is.State)))
			if a.Is.DueOn != "" {
				row.Marks = append(row.Marks, p.T("due on %s", p.Date(a.Is.DueOn)))
			}
			x.Rows = append(x.Rows, row)
		}
	}
	for _, g := range v.Goals {
		row := supportRow{Title: p.T("Goal"), Text: careText(g.Is.Words), Path: o.form("goal", g.ID), Marks: []string{p.T(care.Label(goalStates(), g.Is.State))}}
		if g.Is.AgreedOn != "" {
			row.Marks = append(row.Marks, p.T("agreed on %s", p.Date(g.Is.AgreedOn)))
		}
		if g.Is.Copy == care.Yes {
			row.Marks = append(row.Marks, p.T("the person has a copy"))
		}
		x.Rows = append(x.Rows, row)
		steps(g.ID)
	}
	steps("")
	x.Add = []supportWay{
		{o.form("goal", ""), p.T("Write down a goal")}, {o.form("step", ""), p.T("Write down a step")}, {o.At("/plan"), p.T("Print the plan for the person")},
	}
	return x
}

func (o *supportOverview) services(p *i18n.Printer, v care.View) supportSection {
	x := supportSection{ID: "services", Title: p.T("Services"), Lead: p.T("Offered, accepted or declined. Nobody has to say why they decline.")}
	var all []care.Service
	for _, k := range v.Services {
		is := k.Is
		all = append(all, is)
		row := supportRow{Title: p.T(care.Label(care.Services(), is.Service)), Text: careText(is.Note), Path: o.form("service", k.ID)}
		row.Marks = []string{p.T(care.Label(care.Domains(), care.DomainOf(is.Service))), p.T(care.Label(care.ServiceStates(), is.State))}
		for _, code := range []struct {
			words []care.Word
			code  string
		}{{care.UnmetReasons(), is.Unmet}, {care.Outcomes(), is.Outcome}} {
			if code.code != "" {
				row.Marks = append(row.Marks, p.T(care.Label(code.words, code.code)))
			}
		}
		if from := careText(is.Provider); from != "" {
			row.Marks = append(row.Marks, from)
		}
		x.Rows = append(x.Rows, row)
	}
	sums := care.Spent(all)
	for _, currency := range slices.Sorted(maps.Keys(sums)) {
		x.Rows = append(x.Rows, supportRow{Title: p.T("Spent so far"), Text: sums[currency] + " " + currency})
	}
	x.Add = []supportWay{{o.form("service", ""), p.T("Write down a service")}}
	return x
}

func (o *supportOverview) outcomes(p *i18n.Printer, v care.View) supportSection {
	x := supportSection{ID: "outcomes", Title: p.T("How it goes"), Lead: p.T("Rated by the person where possible: at the beginning, and after 3, 6 and 12 months.")}
	for i, m := range v.Measures {
		inst, ok := care.InstrumentOf(m.Is.Instrument)
		if !ok {
			continue
		}
		row := supportRow{
			Title: p.T(inst.Label), Path: o.form("rating", m.ID),
			Marks: []string{waveText(p, m.Is.Wave), p.T(care.Label(raters(), m.Is.Rater)), p.Date(m.Is.On)},
		}
		var lines []string
		for n, item := range inst.Items {
			if a := m.Is.Scores[item.Code]; a.Asked() {
				lines = append(lines, itemLabel(p, item, n)+": "+ratingText(p, a)+moved(p, v.Measures[:i], m.Is, item.Code))
			}
		}
		row.Text = strings.Join(lines, "; ")
		x.Rows = append(x.Rows, row)
	}
	for _, inst := range care.Instruments() {
		x.Add = append(x.Add, supportWay{o.At("/support/rating") + "?instrument=" + inst.Code, p.T("Rate: %s", p.T(inst.Label))})
	}
	return x
}

// ratingText says what was answered on a rating.
func ratingText(p *i18n.Printer, a record.Answer[int]) string {
	if n, ok := a.Get(); ok {
		return p.T(care.Label(care.Steps(), number(n)))
	}
	if a.State == record.Refused {
		return p.T("Would rather not say")
	}
	return p.T("Nobody knows")
}

// moved says by how much an item moved since the rating before by the same rater.
func moved(p *i18n.Printer, before []care.Kept[care.Measure], m care.Measure, item string) string {
	for _, b := range slices.Backward(before) {
		for _, c := range care.Compare(b.Is, m) {
			by, ok := c.By()
			if c.Item != item || !ok {
				continue
			}
			switch {
			case by > 0:
				return " (" + p.N("%d step better", "%d steps better", by) + ")"
			case by < 0:
				return " (" + p.N("%d step worse", "%d steps worse", -by) + ")"
			}
			return " (" + p.T("as before") + ")"
		}
	}
	return ""
}

func itemLabel(p *i18n.Printer, item care.Word, n int) string {
	if strings.Contains(item.Label, "%d") {
		return p.T(item.Label, n+1)
	}
	return p.T(item.Label)
}

func waveText(p *i18n.Printer, months int) string {
	if months == 0 {
		return p.T("at the beginning")
	}
	return p.N("after %d month", "after %d months", months)
}

// followText says when, or why, the person is asked.
func followText(p *i18n.Printer, f care.Follow) string {
	if f.Sign != "" {
		return p.T("after signs of being exploited again, noted on %s", p.Date(f.Sign))
	}
	return waveText(p, f.Month)
}

func (o *supportOverview) follows(p *i18n.Printer, v care.View) supportSection {
	x := supportSection{ID: "follow-up", Title: p.T("Keeping in touch"), Lead: p.T("The person may say no, now or later, and chooses the way.")}
	for _, f := range v.Follows {
		row := supportRow{Title: followText(p, f.Is), Text: careText(f.Is.Words), Path: o.form("follow", f.ID)}
		row.Marks = []string{p.T(care.Label(care.FollowStates(), f.Is.State))}
		if f.Is.DueOn != "" && f.Is.State == "planned" {
			row.Marks = append(row.Marks, p.T("due on %s", p.Date(f.Is.DueOn)))
		}
		if seen := careText(f.Is.Seen); seen != "" {
			row.Marks = append(row.Marks, seen)
		}
		if way := careText(f.Is.Way); way != "" {
			row.Marks = append(row.Marks, way)
		}
		x.Rows = append(x.Rows, row)
	}
	x.Add = []supportWay{{o.form("ask", ""), p.T("Plan to ask how things are")}}
	return x
}

// supportPaper is the plan as the person takes it home: no name, no number, no place, and no service whose
// name would tell a stranger anything.
type supportPaper struct {
	caseHead
	Goals, Steps, Dates []supportRow
}

func (s *Server) supportPlan(w http.ResponseWriter, r *http.Request) error {
	visitor := visitOf(r)
	p := visitor.printer
	v, err := s.app.Support.View(r.Context(), visitor.actor, casefile.ID(r.PathValue("case")))
	if err != nil {
		return err
	}
	var page supportPaper
	if page.caseHead, err = s.caseHead(r, v.Case, "/plan", p.T("My plan")); err != nil {
		return err
	}
	page.Bare = true
	if _, err := s.app.Cases.Print(r.Context(), visitor.actor, v.Case.ID()); err != nil {
		return err
	}
	for _, g := range v.Goals {
		if g.Is.State == "agreed" || g.Is.State == "met" {
			page.Goals = append(page.Goals, supportRow{Text: careText(g.Is.Words), Marks: []string{p.T(care.Label(goalStates(), g.Is.State))}})
		}
	}
	for _, a := range v.Actions {
		if a.Is.State != "to-do" && a.Is.State != "doing" {
			continue
		}
		row := supportRow{Title: p.T(care.Label(doers(), a.Is.Who)), Text: careText(a.Is.Words)}
		if a.Is.DueOn != "" {
			row.Marks = append(row.Marks, p.Date(a.Is.DueOn))
		}
		page.Steps = append(page.Steps, row)
	}
	for _, f := range v.Follows {
		if f.Is.State == "planned" && f.Is.DueOn != "" {
			page.Dates = append(page.Dates, supportRow{Title: p.Date(f.Is.DueOn), Text: careText(f.Is.Way)})
		}
	}
	return s.render(w, r, http.StatusOK, "case_support_plan", page)
}
