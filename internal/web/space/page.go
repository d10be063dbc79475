package space

import (
	"net/http"

	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/record"
	room "github.com/fourfold/fourfold/internal/protection/space"
)

// page is every page: a few words, then groups of lines.
type page struct {
	Printer  *i18n.Printer
	In       bool // somebody is in
	Empty    bool // the page of the other word
	Exit     string
	Tabs     []tab
	Speaks   []i18n.Language
	Back     string
	Message  string // what went wrong, or was done
	Hint     string
	Intro    string
	Groups   []group
	Write    []write
	SignIn   bool
	Unsigned bool // a draft of a translation
}

// T is [i18n.Printer.T].
func (p page) T(msgid string, args ...any) string { return p.Printer.T(msgid, args...) }

type tab struct {
	Path, Label string
	Here        bool
}

// group is a heading with lines below it.
type group struct {
	Title, None string
	Lines       []Line
	Write       *write
}

// Line is something that the file says.
type Line struct {
	Label, Text, Note string
	Buttons           []button
}

// button takes something back.
type button struct{ Label, ID, To string }

// write is a form in which somebody says something.
type write struct {
	Title, Why, Key, About string
	Kinds                  []kindChoice // of which one is chosen
	Text, Named            bool         // there is room for words; and a box to say who one is
	Send                   string
}

type kindChoice struct {
	Code, Label string
	First       bool
}

// page fills what every page has. Its title is the same everywhere: titles stand in the history.
func (s *Server) page(r *http.Request, a asked) page {
	p := page{Printer: a.printer, In: a.in, Empty: a.visit.Harmless, Speaks: s.languages(), Back: "/", Exit: s.exit()}
	p.Unsigned = a.printer.Status() == i18n.Drafted
	if !a.in || a.visit.Harmless {
		return p
	}
	if r.Method == http.MethodGet {
		p.Back = r.URL.Path
	}
	for _, t := range []tab{
		{Path: "/", Label: p.T("Start")},
		{Path: "/info", Label: p.T("My information")},
		{Path: "/seen", Label: p.T("Who has looked")},
		{Path: "/choices", Label: p.T("My choices")},
		{Path: "/dates", Label: p.T("My dates")},
		{Path: "/words", Label: p.T("Say something")},
		{Path: "/help", Label: p.T("Help")},
	} {
		t.Here = t.Path == r.URL.Path
		p.Tabs = append(p.Tabs, t)
	}
	return p
}

func (s *Server) exit() string {
	if s.options.Exit == "" {
		return "/"
	}
	return s.options.Exit
}

// first is the page that everybody sees who is not in, and where whoever is in begins.
func (s *Server) first(w http.ResponseWriter, r *http.Request, a asked) error {
	p := s.page(r, a)
	switch {
	case !a.in:
		p.SignIn = true
	case a.visit.Harmless:
		p.Intro = p.T("There are no messages for you.")
	default:
		p.Intro = p.T("This page is yours. Nothing on it has to be done, and you can stop at any time.")
		items, err := s.rooms.Items(r.Context(), a.visit, room.Date)
		if err != nil {
			return err
		}
		p.Groups = []group{s.dateGroup(a, items)}
	}
	return s.render(w, http.StatusOK, p)
}

// enter lets somebody in. The token is new each time, whatever the browser held before.
func (s *Server) enter(w http.ResponseWriter, r *http.Request, a asked) error {
	token, err := s.rooms.Enter(r.Context(), private.New(r.PostFormValue("number")), private.New(r.PostFormValue("word")))
	if err != nil {
		return s.notIn(w, r, a, err)
	}
	if old := s.cookie(r, visitCookie); old != "" {
		if err := s.rooms.Leave(r.Context(), old); err != nil {
			return err
		}
	}
	s.setCookie(w, visitCookie, token)
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

// leave ends the visit and takes everything of this host out of the browser. It works for whoever is out.
// The answer is a page that is replaced at once, so that going back does not find it.
func (s *Server) leave(w http.ResponseWriter, r *http.Request, _ asked) error {
	if err := s.rooms.Leave(r.Context(), s.cookie(r, visitCookie)); err != nil {
		return err
	}
	s.setCookie(w, visitCookie, "")
	s.setCookie(w, languageCookie, "")
	h := w.Header()
	h.Set("Clear-Site-Data", `"cache", "cookies", "storage"`)
	h.Set("Refresh", "0; url="+s.exit())
	h.Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte("<!doctype html><title>…</title>"))
	return nil
}

func (s *Server) dates(w http.ResponseWriter, r *http.Request, a asked) error {
	items, err := s.rooms.Items(r.Context(), a.visit, room.Date)
	if err != nil {
		return err
	}
	p := s.page(r, a)
	p.Intro = p.T("When you are expected. Where it is you were told; it is not written here.")
	p.Groups = []group{s.dateGroup(a, items)}
	return s.render(w, http.StatusOK, p)
}

func (s *Server) dateGroup(a asked, items []room.Item) group {
	p := a.printer
	g := group{Title: p.T("My dates"), None: p.T("No dates are agreed.")}
	for i := len(items) - 1; i >= 0; i-- { // the next first
		line := Line{Label: p.DateTime(items[i].At, a.visit.Zone())}
		if with := items[i].With.Reveal("show the person whom they meet"); with != "" {
			line.Text = p.T("with %s", with)
		}
		g.Lines = append(g.Lines, line)
	}
	return g
}

func (s *Server) help(w http.ResponseWriter, r *http.Request, a asked) error {
	p := s.page(r, a)
	p.Groups = []group{
		{Title: p.T("If you are in danger now"), Lines: []Line{{Text: p.T("Call the emergency number of the country you are in. You need no credit for it.")}}},
		{Title: p.T("If somebody looks at this screen"), Lines: []Line{
			{Text: p.T("Press “Leave” or the Escape key: you are out, and going back shows the first page only. The browser may still list that this address was visited; it says nothing about you.")},
			{Text: p.T("If somebody makes you open this page, use your other word. The page then shows nothing, and we know that you are not alone.")},
		}},
		{Title: p.T("If the paper with your number is lost"), Lines: []Line{{Text: p.T("Tell us. The old number stops at once, and you get a new one.")}}},
	}
	p.Write = []write{
		{Title: p.T("Please call me"), Why: p.T("We call only in the way that you said is safe."), Key: key(), Kinds: []kindChoice{{Code: string(room.Call)}}, Send: p.T("Ask for a call")},
		{
			Title: p.T("A copy for me"), Key: key(), Kinds: []kindChoice{{Code: string(room.Copy)}}, Send: p.T("Ask for a copy"),
			Why: p.T("We give it to you when we meet, so that nobody finds it on a telephone. What others told us, or is about others, is not in it."),
		},
	}
	return s.render(w, http.StatusOK, p)
}

func key() string { return string(record.NewSubmissionKey()) }
