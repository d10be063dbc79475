package space

import (
	"encoding/base64"
	"net/http"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/record"
	room "github.com/fourfold/fourfold/internal/protection/space"
)

// notIn shows the first page again with the one answer to whoever does not get in.
func (s *Server) notIn(w http.ResponseWriter, r *http.Request, a asked, err error) error {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Denied {
		return err
	}
	a.in, a.visit = false, room.Visit{}
	p := s.page(r, a)
	p.SignIn, p.Message, p.Hint = true, p.T(f.Msg, f.Args...), p.T(f.Hint, f.HintArgs...)
	return s.render(w, http.StatusForbidden, p)
}

func (s *Server) info(w http.ResponseWriter, r *http.Request, a asked) error {
	info, err := s.rooms.Info(r.Context(), a.visit)
	if err != nil {
		return err
	}
	p := s.page(r, a)
	p.Intro = p.T("What we keep about you. You need not read it. If something is wrong, say so: we answer here.")
	for _, part := range Parts(a.printer, s.options.Tongue, info) {
		g := group{Title: part.Title, Lines: part.Lines, None: p.T("Nothing is written.")}
		g.Write = &write{
			Title: p.T("This is wrong"), Key: key(), About: part.Code, Text: true, Send: p.T("Send"),
			Kinds: []kindChoice{{string(room.Correct), p.T("It should say something else"), true}, {string(room.Object), p.T("I do not want this to be kept or used"), false}},
		}
		p.Groups = append(p.Groups, g)
	}
	return s.render(w, http.StatusOK, p)
}

func (s *Server) seen(w http.ResponseWriter, r *http.Request, a asked) error {
	looks, err := s.rooms.Seen(r.Context(), a.visit)
	if err != nil {
		return err
	}
	p := s.page(r, a)
	p.Intro = p.T("Every look at what we keep about you is written down. Here is who and why; names of those who work here are not shown.")
	g := group{Title: p.T("Who has looked"), None: p.T("Nobody has looked yet.")}
	for _, l := range looks {
		line := Line{Label: a.printer.DateTime(l.At, a.visit.Zone()), Text: p.T("%s: %s", whoWord(a.printer, l), lookWord(a.printer, l))}
		if l.Times > 1 {
			line.Note = a.printer.N("%d time on this day", "%d times on this day", l.Times)
		}
		g.Lines = append(g.Lines, line)
	}
	p.Groups = []group{g}
	p.Write = []write{{
		Title: p.T("Ask about this"), Why: p.T("Those who help you read it and answer here."), Key: key(), Text: true, Send: p.T("Send"),
		Kinds: []kindChoice{{Code: string(room.Question)}},
	}}
	return s.render(w, http.StatusOK, p)
}

func (s *Server) choices(w http.ResponseWriter, r *http.Request, a asked) error {
	c, err := s.rooms.Choices(r.Context(), a.visit)
	if err != nil {
		return err
	}
	p := s.page(r, a)
	p.Intro = p.T("What you said yes or no to. You can take a yes back here, at once and without a reason. Help does not depend on it.")
	g := group{Title: p.T("My choices"), None: p.T("You were not asked yet.")}
	for _, l := range c.Lines {
		g.Lines = append(g.Lines, s.choiceLine(a.printer, l))
	}
	told := group{Title: p.T("Who was told something"), None: p.T("Nobody was told anything that we can show here.")}
	for _, l := range c.Told {
		line := Line{Label: a.printer.DateTime(l.At, a.visit.Zone()), Text: recipientWord(a.printer, l.Recipient)}
		if l.Recall != consent.NoRecall {
			line.Note = recallWord(a.printer, l.Recall)
		}
		told.Lines = append(told.Lines, line)
	}
	p.Groups = []group{g, told}
	return s.render(w, http.StatusOK, p)
}

func (s *Server) choiceLine(p *i18n.Printer, l consent.Line) Line {
	line := Line{Label: kindWord(p, l.Kind), Text: stateWord(p, l.State)}
	if l.State != consent.Given {
		return line
	}
	if !l.Until.IsZero() {
		line.Note = p.T("until %s", p.Date(l.Until.UTC().Format("2006-01-02")))
	}
	var names []string
	seen := map[string]int64{}
	for _, t := range l.Terms {
		if t.Ended.IsZero() {
			name := recipientWord(p, t.To)
			if seen[name]++; seen[name] > 1 { // in the order in which they were asked about
				name += " (" + p.Int(seen[name]) + ")"
			}
			names = append(names, name)
			if len(l.Terms) > 1 {
				line.Buttons = append(line.Buttons, button{p.T("Take back for %s", name), string(l.ID), coded(t.To)})
			}
		}
	}
	if len(names) > 0 {
		line.Text += " · " + p.List(names)
	}
	line.Buttons = append([]button{{p.T("Take it back"), string(l.ID), ""}}, line.Buttons...)
	return line
}

// coded keeps the code of a recipient out of what can be read in the page.
func coded(recipient string) string { return base64.RawURLEncoding.EncodeToString([]byte(recipient)) }

// takeBack acts at once.
func (s *Server) takeBack(w http.ResponseWriter, r *http.Request, a asked) error {
	to, err := base64.RawURLEncoding.DecodeString(r.PostFormValue("to"))
	if err != nil {
		return fault.New(fault.Invalid, "The form is damaged.").WithHint("Load the page again.")
	}
	if err := s.rooms.TakeBack(r.Context(), a.visit, consent.ID(r.PostFormValue("id")), string(to)); err != nil {
		return err
	}
	http.Redirect(w, r, "/choices", http.StatusSeeOther)
	return nil
}

// words is what the person wrote and what was answered, and where to say something to somebody above.
func (s *Server) words(w http.ResponseWriter, r *http.Request, a asked) error {
	items, err := s.rooms.Items(r.Context(), a.visit, room.Kinds()...)
	if err != nil {
		return err
	}
	p := s.page(r, a)
	if r.URL.Query().Get("sent") != "" {
		p.Message = p.T("It was sent.")
	}
	g := group{Title: p.T("What you wrote"), None: p.T("Nothing yet.")}
	for _, i := range items {
		line := Line{Label: a.printer.DateTime(i.At, a.visit.Zone()), Text: sayWord(a.printer, i.Kind), Note: i.Text.Reveal("show the person what they wrote")}
		if answer := i.Answer.Reveal("show the person the answer"); answer != "" {
			line.Text = p.T("%s. The answer: %s", line.Text, answer)
		}
		g.Lines = append(g.Lines, line)
	}
	p.Groups = []group{g}
	p.Write = []write{{
		Title: p.T("Say how it goes"), Key: key(), Text: true, Named: true, Send: p.T("Send"), Kinds: []kindChoice{{Code: string(room.Feedback)}},
		Why: p.T("What is good, what is not, what should change. Those who help you every day cannot read it; it goes to somebody who answers for their work."),
	}}
	return s.render(w, http.StatusOK, p)
}

// say keeps what the person writes.
func (s *Server) say(w http.ResponseWriter, r *http.Request, a asked) error {
	n := room.Say{
		Kind: room.Kind(r.PostFormValue("kind")), About: r.PostFormValue("about"), Text: private.New(r.PostFormValue("text")),
		Key: record.SubmissionKey(r.PostFormValue("key")),
	}
	if n.Kind == room.Feedback && n.About != room.Named {
		n.About = ""
	}
	if err := s.rooms.Say(r.Context(), a.visit, n); err != nil {
		return err
	}
	http.Redirect(w, r, "/words?sent=1", http.StatusSeeOther)
	return nil
}

// whoWord says who somebody is, by what they do.
func whoWord(p *i18n.Printer, l room.Look) string {
	if l.Own {
		return p.T("you, with your number and word")
	}
	for _, role := range l.Roles {
		switch role {
		case auth.SupportWorker, auth.Officer:
			return p.T("somebody who helps you")
		case auth.Supervisor:
			return p.T("somebody who answers for the service")
		case auth.ProtectionOfficer:
			return p.T("somebody who watches over how people are treated")
		case auth.Investigator:
			return p.T("somebody who looks into what happened")
		case auth.Authority:
			return p.T("somebody at the office that decides")
		}
	}
	return p.T("somebody at the service")
}
