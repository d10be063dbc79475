package space_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/space"
)

// Whatever keeps somebody out, the answer is the same to the letter.
func TestOneAnswerToWhoeverDoesNotGetIn(t *testing.T) {
	h := newHouse(t)
	number := h.slip()
	_, err := h.enter(number, "grape")
	h.kind("a wrong word", err, fault.Denied)
	want := err.Error()
	old := number
	number = h.slip() // revokes the one before
	ended, err := h.Make(t.Context(), h.worker, h.open(h.worker), space.NewSlip{Word: private.New("lemon"), Days: 1})
	h.must(err)
	h.now = h.now.AddDate(0, 0, 2)
	for what, try := range map[string][2]private.Text{
		"no such number":     {private.New(strings.Repeat("2", 28)), private.New("lemon")},
		"nothing":            {{}, {}},
		"no word":            {number, {}},
		"a revoked slip":     {old, private.New("lemon")},
		"one that has ended": {private.New(ended), private.New("lemon")},
		"a long text":        {private.New(strings.Repeat("x", 1<<16)), private.New(strings.Repeat("y", 1<<16))},
		"other words":        {number, private.New("' OR 1=1 --")},
	} {
		token, err := h.Enter(t.Context(), try[0], try[1])
		h.kind(what, err, fault.Denied)
		if token != "" || err.Error() != want {
			t.Errorf("%s: %q and %q, want %q", what, token, err, want)
		}
	}
	if _, err := h.enter(number, "  LÉMON "); err != nil {
		t.Errorf("the word as a telephone writes it: %v", err)
	}
	h.vault.Lock()
	for _, n := range []private.Text{number, private.New("nothing")} {
		_, err := h.Enter(t.Context(), n, private.New("lemon"))
		h.kind("a locked node", err, fault.Unavailable)
	}
}

// Ten wrong words an hour; then no word is right for the rest of it. Whoever has another slip, or none, keeps nobody out.
func TestGuessingIsSlow(t *testing.T) {
	h := newHouse(t)
	number := h.slip()
	for i := range 10 {
		if _, err := h.enter(number, "guess"+strings.Repeat("x", i)); err == nil {
			t.Fatal("a guess got in")
		}
	}
	if got := h.waiting(); !slices.Equal(got, []string{space.TaskTried}) {
		t.Errorf("the case was told %v", got)
	}
	_, err := h.enter(number, "lemon")
	h.kind("the word within the hour", err, fault.Denied)
	h.now = h.now.Add(time.Hour)
	if _, err := h.enter(number, "lemon"); err != nil {
		t.Errorf("an hour later: %v", err)
	}
	for range 50 { // a stranger without the slip
		_, err := h.enter(private.New(strings.Repeat("3", 28)), "lemon")
		h.kind("a number that is none", err, fault.Denied)
	}
	if _, err := h.enter(number, "lemon"); err != nil {
		t.Errorf("a stranger keeps her out: %v", err)
	}
	for range 10 {
		h.now = h.now.Add(time.Hour)
		for range 10 {
			_, _ = h.enter(number, "guess")
		}
	}
	h.now = h.now.Add(time.Hour)
	_, err = h.enter(number, "lemon")
	h.kind("after a hundred guesses", err, fault.Denied)
	if s, err := h.Slip(t.Context(), h.worker, h.of); err != nil || !s.Spent || s.Wrong != 100 {
		t.Errorf("%+v %v", s, err)
	}
	if _, err := h.enter(h.slip(), "lemon"); err != nil {
		t.Errorf("a new slip: %v", err)
	}
}

// Nothing of a slip stands in the database by which somebody could get in.
func TestNoSlipInTheDatabase(t *testing.T) {
	h := newHouse(t)
	number := h.slip()
	token, err := h.Enter(t.Context(), number, private.New("lemon"))
	h.must(err)
	plain := number.Reveal("test")
	for _, table := range []string{"protection_slip", "protection_slip_visit", "audit_entry"} {
		for _, line := range h.rows(table) {
			for _, secret := range []string{plain, strings.ReplaceAll(plain, "-", ""), token, "lemon", "olive"} {
				if strings.Contains(strings.ToLower(line), strings.ToLower(secret)) {
					t.Errorf("%s holds %q", table, secret)
				}
			}
		}
	}
}

// rows returns every row of a table as text.
func (h *house) rows(table string) (all []string) {
	h.t.Helper()
	err := h.db.Read(h.t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(h.t.Context(), "SELECT * FROM "+table)
		all, err = db.Collect(rows, err, func(r *sql.Rows) (string, error) {
			columns, err := r.Columns()
			if err != nil {
				return "", err
			}
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(sql.RawBytes)
			}
			err = r.Scan(values...)
			var b strings.Builder
			for _, v := range values {
				b.Write(*v.(*sql.RawBytes))
				b.WriteByte(' ')
			}
			return b.String(), err
		})
		return err
	})
	h.must(err)
	return all
}

// The other word opens a page on which nothing stands, and those who work on the case know at once.
func TestTheOtherWordShowsNothing(t *testing.T) {
	h := newHouse(t)
	v, err := h.enter(h.slip(), "olive")
	h.must(err)
	if !v.Harmless {
		t.Fatal("not harmless")
	}
	before := len(h.rows("audit_entry"))
	ctx := t.Context()
	_, info := h.Info(ctx, v)
	_, seen := h.Seen(ctx, v)
	_, choices := h.Choices(ctx, v)
	_, items := h.Items(ctx, v, space.Date)
	for what, err := range map[string]error{
		"information": info, "who has seen it": seen, "choices": choices, "dates": items,
		"taking back": h.TakeBack(ctx, v, "x", ""), "saying": h.Say(ctx, v, space.Say{Kind: space.Call}),
	} {
		h.kind(what, err, fault.NotFound)
	}
	if after := len(h.rows("audit_entry")); after != before {
		t.Errorf("%d entries: something was opened", after-before)
	}
	if got := h.waiting(); !slices.Equal(got, []string{space.TaskDanger}) {
		t.Errorf("the case was told %v", got)
	}
}

// A visit ends when it rests, after an hour, when she leaves, and when the slip is revoked.
func TestVisitsEnd(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	number := h.slip()
	in := func() string {
		token, err := h.Enter(ctx, number, private.New("lemon"))
		h.must(err)
		return token
	}
	out := func(what, token string) {
		t.Helper()
		_, err := h.Visit(ctx, token)
		h.kind(what, err, fault.Denied)
	}
	token := in()
	out("an invented token", "abc")
	h.now = h.now.Add(10 * time.Minute)
	out("at rest", token)
	token = in()
	for range 7 {
		h.now = h.now.Add(8 * time.Minute)
		_, err := h.Visit(ctx, token)
		h.must(err)
	}
	h.now = h.now.Add(4 * time.Minute)
	out("after an hour", token)
	h.must(h.Sweep(ctx))
	if n := len(h.rows("protection_slip_visit")); n > 0 {
		t.Errorf("%d visits are kept that are over", n)
	}
	token = in()
	h.must(h.Leave(ctx, token))
	out("left", token)
	h.must(h.Leave(ctx, token))
	token = in()
	h.kind("revoked by somebody else", h.Revoke(ctx, h.staff(auth.SupportWorker), h.of), fault.NotFound)
	h.must(h.Revoke(ctx, h.worker, h.of))
	out("revoked", token)
	if _, err := h.enter(number, "lemon"); err == nil {
		t.Error("a revoked slip lets in")
	}
}

// The person reads their own case, and nothing but that; their page never opens a place, and shows nobody else. Nor does
// the copy that a worker makes to hand over, and who was given it stands in the list of looks.
func TestOnlyTheirOwn(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	from := record.Source{From: "person", AsOf: "2026-06-01", By: h.worker.Account}
	h.must(h.rooms.People.SetNames(ctx, h.worker, h.of, person.Seen{}, record.Is(person.Names{List: []person.Name{{Text: "Mariam (invented)", Kind: person.Used}}}, from)))
	h.must(h.rooms.People.SetContact(ctx, h.worker, h.of, person.Seen{}, person.Contacts{List: record.Is([]person.Contact{
		{Channel: person.Through, Value: "KANARIE aunt"}, {Channel: person.Phone, Value: "0700", CodeWord: "KANARIE code", Safe: person.Yes},
	}, from)}))
	h.must(h.rooms.People.SetFamily(ctx, h.worker, h.of, person.Seen{}, person.Family{List: record.Is([]person.Relative{{Name: "KANARIE sister"}}, from)}))
	h.must(h.rooms.People.SetPlace(ctx, h.worker, h.of, person.Seen{}, person.Shelter{Reference: record.Is("KANARIE-7", from)}))
	v := h.visit()
	info, err := h.Info(ctx, v)
	h.must(err)
	handed, err := h.HandOver(ctx, h.worker, h.of)
	h.must(err)
	for what, i := range map[string]space.Info{"the page": info, "the copy": handed} {
		if got := i.Known.Names.Value.List; len(got) != 1 || got[0].Text != "Mariam (invented)" {
			t.Errorf("%s: %d names", what, len(got))
		}
		list := i.Known.Contact.List.Value
		if len(list) != 2 || list[0].Value != "" || list[1].CodeWord != "" || list[1].Value != "0700" {
			t.Errorf("%s: a way through somebody else, or a code word, is shown", what)
		}
		if n := len(i.Known.Family.List.Value); n > 0 || i.Known.Place.Reference.Asked() {
			t.Errorf("%s: the family or a place is shown", what)
		}
	}
	looks, err := h.Seen(ctx, v)
	h.must(err)
	if !slices.ContainsFunc(looks, func(l space.Look) bool { return l.Kind == audit.Export && slices.Contains(l.Roles, auth.SupportWorker) }) {
		t.Errorf("that a copy was made does not stand among the looks: %+v", looks)
	}
	_, err = h.HandOver(ctx, h.staff(auth.SupportWorker), h.of)
	h.kind("a copy for somebody else", err, fault.NotFound)
	own := auth.Own(h.org, "UTC", string(h.of))
	other := h.open(h.worker)
	_, err = h.rooms.Cases.Get(ctx, own, other)
	h.kind("another case", err, fault.NotFound)
	_, err = h.rooms.People.Open(ctx, own, h.of, "own-page") // the place among it
	h.kind("where she is", err, fault.NotFound)
	_, err = h.rooms.Cases.AddTask(ctx, own, h.of, casefile.NewTask{Kind: "do"})
	h.kind("working on it", err, fault.NotFound)
	own.Roles = []auth.Role{auth.Supervisor}
	_, err = h.rooms.Cases.Get(ctx, own, h.of)
	h.kind("with a role", err, fault.NotFound)
}

// Who has seen it: roles and purposes, never names; what was deferred is not there, and nothing says so.
func TestWhoHasSeenIt(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	from := record.Source{From: "person", AsOf: "2026-06-01", By: h.worker.Account}
	h.must(h.rooms.People.SetNames(ctx, h.worker, h.of, person.Seen{}, record.Is(person.Names{List: []person.Name{{Text: "Mariam"}}}, from)))
	for range 3 {
		_, err := h.rooms.People.Open(ctx, h.worker, h.of, "support")
		h.must(err)
	}
	_, err := h.rooms.People.Open(ctx, h.chief, h.of, "review")
	h.must(err)
	v := h.visit()
	_, err = h.Info(ctx, v)
	h.must(err)
	looks, err := h.Seen(ctx, v)
	h.must(err)
	got := map[string]int{}
	for _, l := range looks {
		role := "nobody"
		if len(l.Roles) > 0 {
			role = string(l.Roles[0])
		}
		got[role+" "+string(l.Kind)+" "+l.Purpose] = l.Times
	}
	if len(got) != 3 || got["support-worker opening support"] != 3 || got["supervisor opening review"] != 1 || got["nobody login "] != 1 {
		t.Errorf("%v", got)
	}
	i := slices.IndexFunc(looks, func(l space.Look) bool { return l.Purpose == "review" })
	id, err := h.rooms.Accounts.Propose(ctx, h.staff(auth.Investigator), auth.Change{
		Kind: auth.HistoryDefer, Subject: looks[i].Entry, Detail: map[string]string{"ground": auth.DeferralGrounds()[0], "until": "2026-07-01"}, Reason: "an inquiry",
	})
	h.must(err)
	h.must(h.rooms.Accounts.Approve(ctx, h.officer, id))
	after, err := h.Seen(ctx, v)
	h.must(err)
	if len(after) != 2 || slices.ContainsFunc(after, func(l space.Look) bool { return l.Purpose == "review" }) {
		t.Errorf("%d lines after it was deferred", len(after))
	}
	h.now = h.now.AddDate(0, 1, 1)
	again, err := h.Seen(ctx, h.visit())
	h.must(err)
	if !slices.ContainsFunc(again, func(l space.Look) bool { return l.Purpose == "review" && l.Kind == audit.Opening }) {
		t.Error("what was deferred never comes")
	}
}

// She says what is wrong; they answer; she reads it. A press twice says it once.
func TestAskedAndAnswered(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	v := h.visit()
	n := space.Say{Kind: space.Correct, About: "names", Text: private.New("it is written with an h"), Key: "ABC123"}
	h.must(h.Say(ctx, v, n))
	h.must(h.Say(ctx, v, n))
	h.must(h.Say(ctx, v, space.Say{Kind: space.Copy}))
	if got := h.waiting(); len(got) != 2 || !slices.Contains(got, space.TaskAsks) || !slices.Contains(got, space.TaskCopy) {
		t.Errorf("tasks: %v", got)
	}
	h.must(h.Agree(ctx, h.worker, h.of, space.NewDate{At: h.now.Add(24 * time.Hour), With: private.New("Sam (invented)")}))
	asked, err := h.Asked(ctx, h.worker, h.of)
	h.must(err)
	if len(asked) != 3 {
		t.Fatalf("%d", len(asked))
	}
	for _, a := range asked {
		if a.Kind != space.Date {
			h.must(h.Answer(ctx, h.worker, h.of, a.ID, a.Version, private.New("yes, on Monday")))
		}
	}
	if got := h.waiting(); len(got) > 0 {
		t.Errorf("tasks: %v", got)
	}
	mine, err := h.Items(ctx, v, space.Correct, space.Date)
	h.must(err)
	if len(mine) != 2 || mine[0].With.Reveal("test") != "Sam (invented)" || mine[1].Answer.Reveal("test") != "yes, on Monday" {
		t.Errorf("%+v", mine)
	}
	h.must(h.Answer(ctx, h.worker, h.of, mine[0].ID, mine[0].Version, private.Text{}))
	if left, err := h.Items(ctx, v, space.Date); err != nil || len(left) > 0 {
		t.Errorf("a date that is off: %+v %v", left, err)
	}
	_, err = h.HandOver(ctx, h.worker, h.of)
	h.must(err)
	h.kind("a kind that is none", h.Say(ctx, v, space.Say{Kind: "x", Text: private.New("y")}), fault.Invalid)
	h.kind("nothing", h.Say(ctx, v, space.Say{Kind: space.Object}), fault.Invalid)
}

// What is erased with the person: slip, visit and every word.
func TestErasedWithThePerson(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	number := h.slip()
	v, err := h.enter(number, "lemon")
	h.must(err)
	h.must(h.Say(ctx, v, space.Say{Kind: space.Feedback, Text: private.New("words")}))
	c, err := h.rooms.Cases.Get(ctx, h.worker, h.of)
	h.must(err)
	checked, err := h.vault.Check(ctx)
	h.must(err)
	if len(checked.Findings) > 0 || checked.Records == 0 {
		t.Errorf("%+v", checked)
	}
	id, err := h.vault.ProposeErasure(ctx, h.chief, c.Person, "request")
	h.must(err)
	_, err = h.vault.Erase(ctx, h.officer, id)
	h.must(err)
	for _, table := range []string{"protection_slip", "protection_slip_visit", "protection_own"} {
		if n := len(h.rows(table)); n > 0 {
			t.Errorf("%s has %d rows", table, n)
		}
	}
	_, err = h.enter(number, "lemon")
	h.kind("after it", err, fault.Denied)
}
