package web

import (
	"net/http"
	"strconv"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
)

func (s *Server) caseTaskRoutes() []route {
	return []route{
		{"GET", "/cases/{case}/tasks", Staff, May(auth.ReadCases), s.caseTasks, 0},
		{"POST", "/cases/{case}/tasks", Staff, May(auth.WorkCases), s.addTask, 0},
		{"POST", "/cases/{case}/tasks/{task}", Staff, May(auth.WorkCases), s.endTask, 0},
	}
}

// taskList is what is to be done in a case.
type taskList struct {
	caseHead
	ToDo, Ended []taskRow
	Kinds       []breachChoice
	Due, Text   string // as typed
}

// taskRow is a task in a list.
type taskRow struct {
	Path, Kind, Text, Due, Ended string
	Late, Deadline               bool
}

// versionOf reads the version that a form was made from; 0 is none.
func versionOf(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (s *Server) taskRow(v visit, t casefile.Task, text string) taskRow {
	p := v.printer
	row := taskRow{Path: "/cases/" + t.Case + "/tasks/" + t.ID, Kind: caseWord(p, t.Clear.Kind), Text: text, Deadline: t.Clear.Deadline}
	if due := t.Due(); due != "" {
		row.Due = p.Date(due)
		row.Late = t.Clear.State == casefile.ToDo && due < civil(s.now(), v.actor.Zone)
	}
	switch t.Clear.State {
	case casefile.Done:
		row.Ended = p.T("Done")
	case casefile.Dropped:
		row.Ended = p.T("Dropped")
	}
	return row
}

func (s *Server) caseTasks(w http.ResponseWriter, r *http.Request) error {
	return s.tasksAgain(w, r, nil)
}

func (s *Server) tasksAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	page := taskList{
		Kinds: caseChoices(v.printer, taskKinds(), r.PostFormValue("kind")), Due: r.PostFormValue("due"), Text: r.PostFormValue("text"),
	}
	if page.caseHead, err = s.caseHead(r, c, "/tasks", v.printer.T("Tasks")); err != nil {
		return err
	}
	page.Mend = mend
	tasks, err := s.app.Cases.Tasks(r.Context(), v.actor, c.ID())
	if err != nil {
		return err
	}
	texts, err := s.app.Cases.TaskWords(r.Context(), v.actor, c, support, tasks)
	if err != nil {
		return err
	}
	for i, t := range tasks {
		row := s.taskRow(v, t, texts[i].Reveal("show the task"))
		if t.Clear.State == casefile.ToDo {
			page.ToDo = append(page.ToDo, row)
		} else {
			page.Ended = append(page.Ended, row)
		}
	}
	return s.renderMend(w, r, "case_tasks", page, mend)
}

func (s *Server) addTask(w http.ResponseWriter, r *http.Request) error {
	_, err := s.app.Cases.AddTask(r.Context(), actorOf(r), casefile.ID(r.PathValue("case")), casefile.NewTask{
		Kind: r.PostFormValue("kind"), DueOn: r.PostFormValue("due"), Text: private.New(r.PostFormValue("text")), Key: record.SubmissionKey(r.PostFormValue("key")),
	})
	return s.tasksDone(w, r, err)
}

func (s *Server) endTask(w http.ResponseWriter, r *http.Request) error {
	as := casefile.Done
	if r.PostFormValue("drop") != "" {
		as = casefile.Dropped
	}
	err := s.app.Cases.EndTask(r.Context(), actorOf(r), casefile.ID(r.PathValue("case")), r.PathValue("task"), as)
	return s.tasksDone(w, r, err)
}

func (s *Server) tasksDone(w http.ResponseWriter, r *http.Request, err error) error {
	mend, err := toMend(visitOf(r).printer, err, "kind")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.tasksAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/cases/"+r.PathValue("case")+"/tasks")
}
