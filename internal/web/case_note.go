package web

import (
	"net/http"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
)

func (s *Server) caseNoteRoutes() []route {
	return []route{
		{"GET", "/cases/{case}/notes", Staff, May(auth.ReadCases), s.caseNotes, 0},
		{"POST", "/cases/{case}/notes", Staff, May(auth.WorkCases), s.writeNote, storyLimit},
		{"POST", "/cases/{case}/notes/{note}", Staff, May(auth.ReadCases), s.readNote, 0},
		{"POST", "/cases/{case}/notes/{note}/change", Staff, May(auth.WorkCases), s.rewriteNote, storyLimit},
	}
}

// noteList is the notes of a case: closed until somebody opens one.
type noteList struct {
	caseHead
	Notes         []noteRow
	Kinds, Sights []breachChoice
	Text          string
	Draft         bool
	Hidden        bool // a note may be there that the reader does not see: said always, of every case
}

// noteRow is a note in a list.
type noteRow struct {
	ID, Path, Kind, Sight, By, At string
	Open                          bool
	Text                          string
	Mine                          bool
	Version                       int64
	Changed                       bool
	Kinds, Sights                 []breachChoice
	Theirs                        string // what stands there now, when it was changed meanwhile
}

func (s *Server) caseNotes(w http.ResponseWriter, r *http.Request) error {
	return s.notesAgain(w, r, noteOpen{}, nil)
}

// noteOpen is the one note that a page shows open, and what was typed over it.
type noteOpen struct {
	id    string
	typed *string
}

func (s *Server) notesAgain(w http.ResponseWriter, r *http.Request, open noteOpen, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	kind, sight, text := r.PostFormValue("kind"), r.PostFormValue("sight"), r.PostFormValue("text")
	page := noteList{Hidden: true}
	if text == "" && open.id == "" && v.actor.May(auth.WorkCases) {
		draft, err := s.app.Cases.Draft(r.Context(), v.actor, c, casefile.NoteForm)
		if err != nil {
			return err
		}
		if draft.Fields != nil {
			page.Draft = true
			get := func(name string) string { return draft.Fields[name].Reveal("fill the form that its writer left") }
			kind, sight, text = get("kind"), get("sight"), get("text")
		}
	}
	if open.id == "" {
		page.Text = text
	}
	page.Kinds, page.Sights = caseChoices(p, codesOf(casefile.NoteKinds()), kind), caseChoices(p, codesOf(casefile.Sights()), sight)
	if page.caseHead, err = s.caseHead(r, c, "/notes", p.T("Notes")); err != nil {
		return err
	}
	page.Mend = mend
	if page.Notes, err = s.noteRows(r, c, open); err != nil {
		return err
	}
	return s.renderMend(w, r, "case_notes", page, mend)
}

func (s *Server) noteRows(r *http.Request, c casefile.Case, open noteOpen) ([]noteRow, error) {
	v := visitOf(r)
	p := v.printer
	notes, err := s.app.Cases.Notes(r.Context(), v.actor, c.ID())
	if err != nil {
		return nil, err
	}
	names, _, err := s.names(r.Context(), v)
	if err != nil {
		return nil, err
	}
	rows := make([]noteRow, len(notes))
	for i, n := range notes {
		rows[i] = noteRow{
			ID: n.ID, Path: "/cases/" + n.Case + "/notes/" + n.ID, Kind: caseWord(p, string(n.Clear.Kind)), Sight: caseWord(p, string(n.Clear.Sight)),
			By: nameOf(p, names, n.Clear.Author), At: p.DateTime(n.Written(), v.actor.Zone), Mine: n.Clear.Author == v.actor.Account,
			Version: n.Version, Changed: n.Version > 1,
			Kinds:  caseChoices(p, codesOf(casefile.NoteKinds()), string(n.Clear.Kind)),
			Sights: caseChoices(p, codesOf(casefile.Sights()), string(n.Clear.Sight)),
		}
		if n.Clear.Kind == casefile.Privileged {
			rows[i].Sight = p.T("Its author and counsellors of the case")
		}
		if n.ID != open.id {
			continue
		}
		_, texts, err := s.app.Cases.ReadNotes(r.Context(), v.actor, c, support, n.ID)
		if err != nil {
			return nil, err
		}
		rows[i].Open, rows[i].Text = true, texts[0].Text.Reveal("show the note that was asked for")
		if open.typed != nil {
			rows[i].Theirs, rows[i].Text = rows[i].Text, *open.typed
		}
	}
	return rows, nil
}

func (s *Server) readNote(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.caseOf(r); err != nil {
		return err
	}
	found, err := s.app.Cases.HasNote(r.Context(), actorOf(r), casefile.ID(r.PathValue("case")), r.PathValue("note"))
	if err != nil {
		return err
	}
	if !found {
		return notHere()
	}
	return s.notesAgain(w, r, noteOpen{id: r.PathValue("note")}, nil)
}

func draughtOf(r *http.Request) casefile.Draught {
	return casefile.Draught{
		Kind: casefile.NoteKind(r.PostFormValue("kind")), Sight: casefile.Sight(r.PostFormValue("sight")),
		Text: private.New(r.PostFormValue("text")), Language: visitOf(r).printer.Lang(), Key: record.SubmissionKey(r.PostFormValue("key")),
	}
}

func (s *Server) writeNote(w http.ResponseWriter, r *http.Request) error {
	id, actor := casefile.ID(r.PathValue("case")), actorOf(r)
	var err error
	switch r.PostFormValue("do") {
	case "draft":
		err = s.app.Cases.KeepDraft(r.Context(), actor, id, casefile.Draft{Form: casefile.NoteForm, Fields: map[string]private.Text{
			"kind": private.New(r.PostFormValue("kind")), "sight": private.New(r.PostFormValue("sight")), "text": private.New(r.PostFormValue("text")),
		}})
	case "drop":
		err = s.app.Cases.DropDraft(r.Context(), actor, id, casefile.NoteForm)
	default:
		_, err = s.app.Cases.Write(r.Context(), actor, id, draughtOf(r))
	}
	if fault.KindOf(err) == fault.TooLarge {
		return err
	}
	mend, err := toMend(visitOf(r).printer, err, "text")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.notesAgain(w, r, noteOpen{}, mend)
	}
	return s.seeOther(w, r, "/cases/"+string(id)+"/notes")
}

// rewriteNote changes a note of the reader's. If it was changed meanwhile, at another place, the page shows
// what stands there now and what was typed.
func (s *Server) rewriteNote(w http.ResponseWriter, r *http.Request) error {
	id, note := casefile.ID(r.PathValue("case")), r.PathValue("note")
	err := s.app.Cases.Rewrite(r.Context(), actorOf(r), id, note, versionOf(r), draughtOf(r))
	if fault.KindOf(err) == fault.TooLarge {
		return err
	}
	mend, err := toMend(visitOf(r).printer, err, "text-"+note)
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		typed := r.PostFormValue("text")
		return s.notesAgain(w, r, noteOpen{id: note, typed: &typed}, mend)
	}
	return s.seeOther(w, r, "/cases/"+string(id)+"/notes")
}
