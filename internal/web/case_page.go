package web

import (
	"net/http"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/vault"
)

// support is the purpose of what a page of a case opens by itself.
const support vault.Purpose = "support"

// caseOverview is the first page of a case.
type caseOverview struct {
	caseHead
	Tasks    []taskRow
	More     bool // there are further tasks
	Facts    []caseFact
	HasStory bool
	Story    string // once it was asked for
	Shown    bool   // the story
	Links    []linkRow
	Close    []breachChoice // reasons, for what can be done now
	Reopen   bool
	Version  int64
	States   []breachChoice // of the record
}

// caseFact is one line of what is known.
type caseFact struct{ Label, Text string }

// linkRow is another case that belongs to this one.
type linkRow struct{ Path, Number, Kind string }

func (s *Server) casePage(w http.ResponseWriter, r *http.Request) error {
	return s.overview(w, r, nil, nil)
}

// overview shows the first page of a case, with the story when it was opened.
func (s *Server) overview(w http.ResponseWriter, r *http.Request, story *casefile.Story, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	page := caseOverview{HasStory: c.Has(vault.Narrative), Version: c.Version}
	if page.caseHead, err = s.caseHead(r, c, "", p.T("Case")); err != nil {
		return err
	}
	page.Mend = mend
	words, err := s.app.Cases.Words(r.Context(), v.actor, c, support)
	if err != nil {
		return err
	}
	page.Name = words.Name.Reveal("show the working name on the case page")
	if story != nil {
		page.Story, page.Shown = story.Text.Reveal("show the story that was asked for"), true
	}
	if err := s.fillOverview(r, c, &page); err != nil {
		return err
	}
	return s.renderMend(w, r, "case", page, mend)
}

// overviewTasks is how many tasks the first page shows.
const overviewTasks = 5

func (s *Server) fillOverview(r *http.Request, c casefile.Case, page *caseOverview) error {
	v := visitOf(r)
	p := v.printer
	tasks, err := s.app.Cases.Tasks(r.Context(), v.actor, c.ID())
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if t.Clear.State != casefile.ToDo {
			break
		}
		if page.More = len(page.Tasks) == overviewTasks; page.More {
			break
		}
		page.Tasks = append(page.Tasks, s.taskRow(v, t, ""))
	}
	links, err := s.app.Cases.Links(r.Context(), v.actor, c.ID())
	if err != nil {
		return err
	}
	for _, l := range links {
		page.Links = append(page.Links, linkRow{"/cases/" + string(l.Other.ID()), l.Other.Clear.Number, caseWord(p, string(l.Kind))})
	}
	names, _, err := s.names(r.Context(), v)
	if err != nil {
		return err
	}
	page.Facts = []caseFact{
		{p.T("Opened"), p.T("%s by %s", p.Date(civil(c.Opened(), v.actor.Zone)), nameOf(p, names, c.Clear.OpenedBy))},
		{p.T("Why"), caseWord(p, c.Clear.Reason)},
	}
	for _, f := range []struct{ label, code string }{{p.T("How the person came"), c.Clear.Origin}, {p.T("How soon"), c.Clear.Priority}} {
		text := p.T("Not recorded")
		if f.code != "" {
			text = caseWord(p, f.code)
		}
		page.Facts = append(page.Facts, caseFact{f.label, text})
	}
	if c.Clear.Owner != "" {
		page.Facts = append(page.Facts, caseFact{p.T("Who holds it"), nameOf(p, names, c.Clear.Owner)})
	}
	page.Reopen = c.Clear.Standing == casefile.Closed
	page.Close = caseChoices(p, casefile.CloseReasons(), r.PostFormValue("reason"))
	if page.Reopen {
		page.Close = caseChoices(p, casefile.ReopenReasons(), r.PostFormValue("reason"))
	}
	for _, to := range casefile.States() {
		if casefile.MayMark(c.Clear.State, to, v.actor) {
			page.States = append(page.States, breachChoice{Code: string(to), Label: recordState(p, to)})
		}
	}
	return nil
}

// caseStory opens what the person told and shows the page with it.
func (s *Server) caseStory(w http.ResponseWriter, r *http.Request) error {
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	story, err := s.app.Cases.Story(r.Context(), actorOf(r), c, support)
	if err != nil {
		return err
	}
	return s.overview(w, r, &story, nil)
}

// closeCase closes a case or opens it again.
func (s *Server) closeCase(w http.ResponseWriter, r *http.Request) error {
	do := s.app.Cases.Close
	if r.PostFormValue("reopen") != "" {
		do = s.app.Cases.Reopen
	}
	err := do(r.Context(), actorOf(r), casefile.ID(r.PathValue("case")), versionOf(r), r.PostFormValue("reason"))
	return s.caseDone(w, r, err, "reason")
}

// markCase moves the state of the record.
func (s *Server) markCase(w http.ResponseWriter, r *http.Request) error {
	err := s.app.Cases.Mark(r.Context(), actorOf(r), casefile.ID(r.PathValue("case")), versionOf(r), casefile.State(r.PostFormValue("state")))
	return s.caseDone(w, r, err, "state")
}

// caseDone goes back to the case, or shows what is to be mended.
func (s *Server) caseDone(w http.ResponseWriter, r *http.Request, err error, field string) error {
	mend, err := toMend(visitOf(r).printer, err, field)
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.overview(w, r, nil, mend)
	}
	return s.seeOther(w, r, "/cases/"+r.PathValue("case"))
}

// caseChange is the form of the case itself. When somebody else changed it meanwhile, Theirs shows what
// stands there now beside what was typed.
type caseChange struct {
	caseHead
	Version                            int64
	Origins, Priorities, Sensitivities []breachChoice
	WorkName, Story                    string
	Draft                              bool
	Theirs                             []caseFact
}

// changeForm is the form of the case itself, for its draft.
const changeForm = "change"

// caseTyped is what stands in the form.
type caseTyped struct{ origin, priority, sensitivity, name, story string }

func typedCase(r *http.Request) caseTyped {
	return caseTyped{r.PostFormValue("origin"), r.PostFormValue("priority"), r.PostFormValue("sensitivity"), r.PostFormValue("workname"), r.PostFormValue("story")}
}

func (t caseTyped) fields() map[string]private.Text {
	return map[string]private.Text{
		"origin": private.New(t.origin), "priority": private.New(t.priority), "sensitivity": private.New(t.sensitivity),
		"workname": private.New(t.name), "story": private.New(t.story),
	}
}

func caseTypedOf(f map[string]private.Text) caseTyped {
	get := func(name string) string { return f[name].Reveal("fill the form that its writer left") }
	return caseTyped{get("origin"), get("priority"), get("sensitivity"), get("workname"), get("story")}
}

// storedCase opens what the form shows.
func (s *Server) storedCase(r *http.Request, c casefile.Case) (t caseTyped, err error) {
	words, err := s.app.Cases.Words(r.Context(), actorOf(r), c, support)
	if err != nil {
		return t, err
	}
	story, err := s.app.Cases.Story(r.Context(), actorOf(r), c, support)
	return caseTyped{
		c.Clear.Origin, c.Clear.Priority, c.Clear.Sensitivity.V,
		words.Name.Reveal("fill the form"), story.Text.Reveal("fill the form"),
	}, err
}

func (s *Server) caseForm(w http.ResponseWriter, r *http.Request) error {
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	draft, err := s.app.Cases.Draft(r.Context(), actorOf(r), c, changeForm)
	if err != nil {
		return err
	}
	if draft.Fields != nil {
		return s.caseFormAgain(w, r, c, caseTypedOf(draft.Fields), draft.Seen, true, nil)
	}
	stored, err := s.storedCase(r, c)
	if err != nil {
		return err
	}
	return s.caseFormAgain(w, r, c, stored, c.Version, false, nil)
}

// caseFormAgain shows the form with what was typed. If that was typed over an older version, it shows what
// stands there now too, and saving again saves over that.
func (s *Server) caseFormAgain(w http.ResponseWriter, r *http.Request, c casefile.Case, t caseTyped, seen int64, draft bool, mend []Mend) (err error) {
	p := visitOf(r).printer
	page := caseChange{Version: c.Version, WorkName: t.name, Story: t.story, Draft: draft}
	if page.caseHead, err = s.caseHead(r, c, "", p.T("Change the case")); err != nil {
		return err
	}
	page.Mend = mend
	page.Origins, page.Priorities = caseChoices(p, casefile.Origins(), t.origin), caseChoices(p, casefile.Priorities(), t.priority)
	page.Sensitivities = caseChoices(p, casefile.Sensitivities(), t.sensitivity)
	if seen != c.Version {
		now, err := s.storedCase(r, c)
		if err != nil {
			return err
		}
		for _, f := range []struct{ label, mine, theirs string }{
			{p.T("How the person came"), caseWord(p, t.origin), caseWord(p, now.origin)},
			{p.T("How soon"), caseWord(p, t.priority), caseWord(p, now.priority)},
			{p.T("How much care"), caseWord(p, t.sensitivity), caseWord(p, now.sensitivity)},
			{p.T("Working name"), t.name, now.name},
			{p.T("What the person told"), t.story, now.story},
		} {
			if f.mine != f.theirs {
				page.Theirs = append(page.Theirs, caseFact{f.label, f.theirs})
			}
		}
	}
	return s.renderMend(w, r, "case_change", page, mend)
}

func (s *Server) changeCase(w http.ResponseWriter, r *http.Request) error {
	t, id, actor := typedCase(r), casefile.ID(r.PathValue("case")), actorOf(r)
	switch r.PostFormValue("do") {
	case "draft":
		err := s.app.Cases.KeepDraft(r.Context(), actor, id, casefile.Draft{Form: changeForm, Seen: versionOf(r), Fields: t.fields()})
		return s.kept(w, r, err)
	case "drop":
		return s.kept(w, r, s.app.Cases.DropDraft(r.Context(), actor, id, changeForm))
	}
	name, story := private.New(t.name), casefile.Story{Text: private.New(t.story)}
	err := s.app.Cases.Change(r.Context(), actor, id, casefile.Edit{
		Version: versionOf(r), Origin: &t.origin, Priority: &t.priority, Sensitivity: &t.sensitivity, Name: &name, Story: &story,
	})
	kind := fault.KindOf(err)
	if err == nil {
		return s.seeOther(w, r, "/cases/"+string(id))
	}
	if kind != fault.Stale && kind != fault.Invalid {
		return err
	}
	mend, _ := toMend(visitOf(r).printer, err, "theirs")
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	seen := versionOf(r)
	if kind == fault.Invalid {
		seen = c.Version
	}
	return s.caseFormAgain(w, r, c, t, seen, false, mend)
}

// kept goes back to the form whose draft was kept or dropped.
func (s *Server) kept(w http.ResponseWriter, r *http.Request, err error) error {
	if err != nil {
		return err
	}
	return s.seeOther(w, r, "/cases/"+r.PathValue("case")+"/change")
}
