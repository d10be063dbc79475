package casefile_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/record"
)

func TestReadable(t *testing.T) {
	mine := casefile.Reader{Account: "author"}
	for _, tt := range []struct {
		name  string
		note  casefile.NoteFacts
		r     casefile.Reader
		reads bool
	}{
		{"the author", casefile.NoteFacts{Kind: casefile.Privileged, Sight: casefile.ForSelf, Author: "author"}, mine, true},
		{"of the case", casefile.NoteFacts{Kind: casefile.Opinion, Sight: casefile.ForCase, Author: "author"}, casefile.Reader{Account: "x"}, true},
		{"of the team, in it", casefile.NoteFacts{Kind: casefile.Opinion, Sight: casefile.ForTeam, Author: "author"}, casefile.Reader{Account: "x", InTeam: true}, true},
		{"of the team, not in it", casefile.NoteFacts{Kind: casefile.Opinion, Sight: casefile.ForTeam, Author: "author"}, casefile.Reader{Account: "x", Counsel: true}, false},
		{"the author’s own", casefile.NoteFacts{Kind: casefile.Verbatim, Sight: casefile.ForSelf, Author: "author"}, casefile.Reader{Account: "x", InTeam: true, Counsel: true}, false},
		{"privileged, in the team", casefile.NoteFacts{Kind: casefile.Privileged, Sight: casefile.ForCase, Author: "author"}, casefile.Reader{Account: "x", InTeam: true}, false},
		{"privileged, a counsellor", casefile.NoteFacts{Kind: casefile.Privileged, Sight: casefile.ForSelf, Author: "author"}, casefile.Reader{Account: "x", Counsel: true}, true},
		{"a kind nobody knows", casefile.NoteFacts{Kind: "", Sight: casefile.ForCase, Author: "author"}, casefile.Reader{Account: "x", Counsel: true}, false},
		{"a sight nobody knows", casefile.NoteFacts{Kind: casefile.Opinion, Author: "author"}, casefile.Reader{Account: "x", InTeam: true, Counsel: true}, false},
		{"nobody reads nobody’s", casefile.NoteFacts{Kind: casefile.Privileged}, casefile.Reader{}, false},
	} {
		if got := tt.note.Readable(tt.r); got != tt.reads {
			t.Errorf("%s: readable %v", tt.name, got)
		}
	}
}

// What was said in counselling is for its author and the counsellors of the case: not for the chief, not
// in an emergency, and nothing shows that it is there.
func TestCounselling(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	worker, chief := d.staff("worker", auth.SupportWorker), d.staff("chief", auth.Supervisor)
	mate := d.staff("mate", auth.SupportWorker)
	c := d.open(worker, "Wren")
	d.must(d.AddWorker(ctx, worker, c.ID(), auth.Holder{Account: mate.Account}))
	id, err := d.Write(ctx, worker, c.ID(), casefile.Draught{Kind: casefile.Privileged, Sight: casefile.ForCase, Text: private.New("said in confidence")})
	d.must(err)
	reads := func(a auth.Actor) bool {
		t.Helper()
		notes, err := d.Notes(ctx, a, c.ID())
		d.must(err)
		_, texts, err := d.ReadNotes(ctx, a, c, "support", id)
		if (err == nil) != (len(notes) == 1) || err == nil && texts[0].Text.Reveal("test") != "said in confidence" {
			t.Errorf("%s: %d notes, %v", a.Account, len(notes), err)
		}
		if err != nil {
			d.kind(string(a.Account), err, fault.NotFound)
		}
		events, err := d.Timeline(ctx, a, c.ID())
		d.must(err)
		if shows := slices.ContainsFunc(events, func(e casefile.Event) bool { return e.Act == "note.write" }); shows != (len(notes) == 1) {
			t.Errorf("%s: the timeline shows the note: %v", a.Account, shows)
		}
		return len(notes) == 1
	}
	if !reads(worker) || reads(chief) || reads(mate) {
		t.Error("before anybody is named: only the author reads it")
	}
	d.kind("the chief names themselves", d.SetCounsel(ctx, chief, c.ID(), chief.Account, true), fault.NotFound)
	d.kind("a worker names somebody", d.SetCounsel(ctx, worker, c.ID(), mate.Account, true), fault.NotFound)
	d.kind("somebody who does not work on the case", d.SetCounsel(ctx, chief, c.ID(), "stranger", true), fault.Invalid)
	d.must(d.SetCounsel(ctx, chief, c.ID(), mate.Account, true))
	if !reads(mate) || reads(chief) {
		t.Error("a counsellor reads it, the chief does not")
	}
	entries, err := audit.About(ctx, d.db, d.vault, string(org), string(c.Person))
	d.must(err)
	for _, e := range entries {
		if strings.Contains(fmt.Sprint(e.Detail), string(casefile.Privileged)) {
			t.Errorf("the ledger tells who oversees it that there was counselling: %v", e.Detail)
		}
	}
	d.must(d.RemoveWorker(ctx, worker, c.ID(), auth.Holder{Account: mate.Account}))
	d.must(d.AddWorker(ctx, worker, c.ID(), auth.Holder{Account: mate.Account}))
	if reads(mate) {
		t.Error("whoever was taken off the case is still its counsellor")
	}
}

// Of two places where a note is changed at once, one is told, and both texts are kept.
func TestNoteStale(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	worker, mate := d.staff("worker", auth.SupportWorker), d.staff("mate", auth.SupportWorker)
	c := d.open(worker, "Wren")
	d.must(d.AddWorker(ctx, worker, c.ID(), auth.Holder{Account: mate.Account}))
	write := func(text string) casefile.Draught {
		return casefile.Draught{Kind: casefile.Observation, Sight: casefile.ForCase, Text: private.New(text)}
	}
	id, err := d.Write(ctx, worker, c.ID(), write("first"))
	d.must(err)
	d.must(d.Rewrite(ctx, worker, c.ID(), id, 1, write("second")))
	d.kind("an old page", d.Rewrite(ctx, worker, c.ID(), id, 1, write("third")), fault.Stale)
	d.kind("somebody else’s note", d.Rewrite(ctx, mate, c.ID(), id, 2, write("third")), fault.NotFound)
	_, texts, err := d.ReadNotes(ctx, mate, c, "support", id)
	if err != nil || texts[0].Text.Reveal("test") != "second" {
		t.Errorf("the note says %v, %v", texts, err)
	}
	for name, n := range map[string]casefile.Draught{
		"no kind": {Sight: casefile.ForCase, Text: private.New("x")}, "no sight": {Kind: casefile.Opinion, Text: private.New("x")}, "no text": {Kind: casefile.Opinion, Sight: casefile.ForCase},
	} {
		_, err := d.Write(ctx, worker, c.ID(), n)
		d.kind(name, err, fault.Invalid)
	}
	_, err = d.Write(ctx, worker, c.ID(), write(strings.Repeat("a", 10<<20)))
	d.kind("ten million bytes", err, fault.TooLarge)
	d.kind("a draft of ten million bytes", d.KeepDraft(ctx, worker, c.ID(), casefile.Draft{Form: "note", Fields: map[string]private.Text{"text": private.New(strings.Repeat("a", 10<<20))}}), fault.TooLarge)
}

// One form that is sent six times at once leaves one case, one note and one task.
func TestDoubleSubmit(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	worker := d.staff("worker", auth.SupportWorker)
	c := d.open(worker, "Wren")
	key := record.NewSubmissionKey()
	for name, send := range map[string]func(record.SubmissionKey) (string, error){
		"case": func(k record.SubmissionKey) (string, error) {
			id, err := d.Cases.Open(ctx, worker, casefile.Begin{Reason: "other", Key: k + "C"})
			return string(id), err
		},
		"note": func(k record.SubmissionKey) (string, error) {
			return d.Write(ctx, worker, c.ID(), casefile.Draught{Kind: casefile.Opinion, Sight: casefile.ForCase, Text: private.New("x"), Key: k + "N"})
		},
		"task": func(k record.SubmissionKey) (string, error) {
			return d.AddTask(ctx, worker, c.ID(), casefile.NewTask{Kind: "do", Key: k + "T"})
		},
	} {
		ids := make([]string, 6)
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				id, err := send(key)
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				ids[i] = id
			})
		}
		all.Wait()
		if slices.ContainsFunc(ids, func(id string) bool { return id == "" || id != ids[0] }) {
			t.Errorf("%s: six submissions made %v", name, ids)
		}
	}
}
