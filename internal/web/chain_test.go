package web

import (
	"cmp"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
)

// The campaign: two administrators who work together do whatever the pages and the methods of the node
// let an administrator do, in any order, with whatever they learn on the way. A link that they come to
// see they use, and whoever it lets them be they are from then on. An honest protection officer approves
// what others propose, save roles for administrators, and hands links to the owners of accounts only.
// They are to find no way to open one sealed text, nor a page that shows it.

const (
	chainCanary = "KANARIE-9042-geheim"
	chainCase   = "case-7"
)

// chain is one walk.
type chain struct {
	*testNode
	r       *rand.Rand
	item    vault.Item
	cookies []string         // of the sessions that the administrators hold
	bosses  []auth.AccountID // whom the officer knows to be administrators
	pool    []string         // identifiers they have seen
	used    map[string]bool  // links
	near    []route          // changes of people that are open to administrators
	steps   []string
}

// newChain plants the text and begins a walk.
func newChain(t *testing.T, seed uint64) *chain {
	n := newNode(t, Options{})
	c := &chain{testNode: n, r: rand.New(rand.NewPCG(seed, 0)), used: map[string]bool{}}
	second, err := n.app.Accounts.CreateAccount(t.Context(), auth.CLI(n.org), "Second boss (invented)", auth.Administrator)
	n.must(err)
	_, err = n.app.Accounts.CreateAccount(t.Context(), auth.CLI(n.org), "Second officer (invented)", auth.ProtectionOfficer)
	n.must(err)
	n.recipients()
	boss := visit{actor: n.as(auth.Administrator), signedIn: true}
	for _, rt := range n.peopleRoutes() {
		if rt.Access.admits(boss) && (rt.Access.permission != "" || rt.Pattern == "/proposals") {
			c.near = append(c.near, rt)
		}
	}
	c.bosses = []auth.AccountID{n.accounts[auth.Administrator], second}
	for _, b := range c.bosses {
		token, err := n.app.Accounts.StartSession(t.Context(), b)
		n.must(err)
		c.cookies = append(c.cookies, n.sessionCookie()+"="+token)
	}
	place := vault.Place{Org: n.org, Person: "planted-person", Record: "contact-1", Field: "address", Class: vault.ProtectedLocation, Version: 1}
	worker := n.as(auth.SupportWorker)
	n.must(n.app.DB.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error {
		if err := n.app.Vault.Enrol(t.Context(), tx, worker, place.Person, "adult-client"); err != nil {
			return err
		}
		sealed, err := n.app.Vault.Seal(t.Context(), tx, vault.Value{Place: place, Text: private.New(chainCanary)})
		c.item = vault.Item{Place: place}
		if err == nil {
			c.item.Sealed = sealed[0]
		}
		return err
	}))
	c.pool = []string{string(n.accounts[auth.SupportWorker]), chainCase, string(n.org), string(place.Person), "demo", "support-worker"}
	return c
}

// signIn signs the administrators in again when they have signed themselves out.
func (c *chain) signIn() {
	for i, b := range c.bosses {
		_, secret, _ := strings.Cut(c.cookies[i], "=")
		if _, err := c.app.Accounts.SessionActor(c.t.Context(), secret); err == nil {
			continue
		}
		if token, err := c.app.Accounts.StartSession(c.t.Context(), b); err == nil { // else the account was closed
			c.cookies[i] = c.sessionCookie() + "=" + token
		}
	}
}

// opens tells whether an actor opens the planted text.
func (c *chain) opens(a auth.Actor) bool {
	texts, err := c.app.Vault.Open(c.t.Context(), a, vault.Why{Purpose: "support", Scope: chainCase}, c.item)
	return err == nil && len(texts) == 1 && texts[0].Reveal("compare with what was planted") == chainCanary
}

// found looks whether any session that the administrators hold opens the text.
func (c *chain) found() bool {
	for _, cookie := range c.cookies {
		_, secret, _ := strings.Cut(cookie, "=")
		a, err := c.app.Accounts.SessionActor(c.t.Context(), secret)
		if err == nil && c.opens(a) {
			c.note("the session of %s opens the case", a.Name)
			return true
		}
	}
	return false
}

func (c *chain) note(text string, args ...any) { c.steps = append(c.steps, fmt.Sprintf(text, args...)) }

var (
	chainFields = []string{
		"role", "until", "reason", "name", "scope", "subject", "occasion", "ground", "finding", "days", "why", "account", "other", "end",
		"side", "label", "id", "proposal", "provider", "person", "purpose", "q", "query", "title", "kind",
	}
	wildName = regexp.MustCompile(`\{[a-z]+\}`)
	seenID   = regexp.MustCompile(`\b[A-Z2-7]{26}\b`)
	seenLink = regexp.MustCompile(`ffl_[A-Za-z0-9_-]{20,}`)
)

// ask takes a random route as a random administrator, or as whom they have become. Two in three are
// changes of people that are open to administrators, where a way would most likely be.
func (c *chain) ask() (shown bool) {
	rt := anyOf(c.r, c.rows)
	if c.r.IntN(3) > 0 {
		rt = anyOf(c.r, c.near)
	}
	if rt.Surface == Ops || rt.Pattern == "/leave" || strings.HasPrefix(rt.Pattern, "/locked") {
		return false
	}
	path := wildName.ReplaceAllStringFunc(strings.TrimSuffix(rt.Pattern, "{$}"), func(name string) string {
		return url.PathEscape(cmp.Or(c.field(strings.Trim(name, "{}")), "x"))
	})
	for _, b := range c.bosses {
		if strings.Contains(path, string(b)) && (strings.HasSuffix(path, "/close") || strings.HasSuffix(path, "/end")) {
			return false // they would only end the walk
		}
	}
	a := ask{method: rt.Method, path: path, cookie: c.cookie()}
	if rt.Method == http.MethodPost {
		a.form = url.Values{}
		for _, f := range chainFields {
			a.form.Set(f, c.field(f))
		}
	}
	res, body := send(c.t, c, a)
	if err := c.app.Vault.Unlock(c.t.Context()); err != nil { // an administrator may lock it: then nothing could be found
		c.t.Fatal(err)
	}
	if res.StatusCode < 400 && rt.Method == http.MethodPost {
		c.note("POST %s", path)
	}
	for _, cookie := range res.Cookies() {
		if cookie.Name == c.sessionCookie() && cookie.MaxAge >= 0 && cookie.Value != "" {
			c.cookies = append(c.cookies, cookie.Name+"="+cookie.Value)
		}
	}
	return c.learn(body + res.Header.Get("Location"))
}

// learn keeps what was seen, and uses every link at once. It tells whether the planted text was shown.
func (c *chain) learn(text string) (shown bool) {
	for _, id := range seenID.FindAllString(text, -1) {
		if !slices.Contains(c.pool, id) {
			c.pool = append(c.pool, id)
		}
	}
	for _, link := range seenLink.FindAllString(text, -1) {
		if !c.used[link] {
			c.used[link] = true
			c.become(link)
		}
	}
	return strings.Contains(text, chainCanary)
}

// become redeems a link and makes a sign-in with it, so that the session is a whole one.
func (c *chain) become(link string) {
	ctx := c.t.Context()
	secret, err := c.app.Accounts.RedeemLink(ctx, link, "")
	if err != nil {
		return
	}
	s, err := c.app.Accounts.Session(ctx, secret)
	c.must(err)
	if s.Stage != auth.Whole {
		c.must(c.app.DB.WriteUnaudited(ctx, "test", func(tx *db.Tx) error { return auth.Complete(ctx, tx, s) }))
	}
	c.note("a link makes them %s", s.Actor.Name)
	c.cookies = append(c.cookies, c.sessionCookie()+"="+secret)
}

// officer decides one thing that waits, as an honest person does who cannot see who sits at which
// keyboard: no role for somebody whom they know to be an administrator.
func (c *chain) officer() {
	a, err := c.app.Accounts.Actor(c.t.Context(), c.accounts[auth.ProtectionOfficer])
	if err != nil {
		return // without the checks of the control somebody removes the officer
	}
	waiting, err := c.app.Accounts.Waiting(c.t.Context(), a)
	c.must(err)
	if len(waiting) == 0 {
		return
	}
	p := anyOf(c.r, waiting)
	if slices.Contains(c.bosses, p.Account) {
		_ = c.app.Accounts.Decline(c.t.Context(), a, p.ID)
		return
	}
	if err := c.app.Accounts.Approve(c.t.Context(), a, p.ID); err == nil {
		c.note("the officer approves %s of %s", p.Kind, p.Subject)
		if p.Kind == auth.RoleGrant {
			// Handed over in person: its owner has it, the administrators have not.
			_, _ = c.app.Accounts.Invite(c.t.Context(), a, p.Account)
		}
	}
}

// inward are methods that take an actor and are called by few packages only, after a decision of their
// own: agreements decide what leaves, record passes it on, and referral asks agreement and consent
// together. TestInwardMethodsStayInside keeps it so.
var inward = map[string][]string{"Disclose": {"internal/partnership", "internal/protection/record", "internal/protection/referral"}}

// TestInwardMethodsStayInside looks through the source for whoever else calls them.
func TestInwardMethodsStayInside(t *testing.T) {
	root := filepath.Join("..", "..")
	calls := 0
	for _, top := range []string{"internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for name, homes := range inward {
				if !strings.Contains(string(text), "."+name+"(") {
					continue
				}
				calls++
				if !slices.ContainsFunc(homes, func(home string) bool {
					return strings.HasPrefix(filepath.ToSlash(path), filepath.ToSlash(filepath.Join(root, home))+"/")
				}) {
					t.Errorf("%s calls %s, which only %v may", path, name, homes)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if calls == 0 {
		t.Error("nobody calls them: this test could not fail")
	}
}

// call calls a random method of the node that takes an actor, as an administrator or whom they have become.
func (c *chain) call() (shown bool) {
	rooms := []any{c.app.Accounts, c.app.Accounts, c.app.Accounts, c.app.Accounts, c.app.Accounts, c.app.Accounts, c.app.Credentials, c.app.Vault, c.app.Agreements, c.app.Indicators}
	room := reflect.ValueOf(anyOf(c.r, rooms))
	if room.IsNil() {
		return false
	}
	name := room.Type().Method(c.r.IntN(room.NumMethod())).Name
	if c.r.IntN(2) == 0 { // what they would try first
		room, name = reflect.ValueOf(c.app.Accounts), anyOf(c.r, []string{"Approve", "GrantRole", "Invite", "Add"})
	}
	method := room.MethodByName(name)
	if len(inward[name]) > 0 || name == "CloseAccount" || name == "EndRole" {
		return false // the last two would only end the walk
	}
	args, ok := c.arguments(method.Type())
	if !ok {
		return false
	}
	results := method.Call(args)
	var seen strings.Builder
	failed := false
	for _, r := range results {
		if err, isErr := r.Interface().(error); isErr && err != nil {
			failed = true
			continue
		}
		fmt.Fprintf(&seen, "%v ", r.Interface())
		if texts, isText := r.Interface().([]private.Text); isText {
			for _, text := range texts {
				seen.WriteString(text.Reveal("compare with what was planted"))
			}
		}
	}
	if !failed {
		c.note("%T.%s", room.Interface(), name)
	}
	return c.learn(seen.String())
}

// walk goes on for some steps, and tells whether a way was found.
func (c *chain) walk(steps int) bool {
	_, people := send(c.t, c, ask{path: "/people", cookie: c.cookies[0]})
	c.learn(people)
	for i := range steps {
		shown := false
		switch k := c.r.IntN(20); {
		case k < 13:
			shown = c.ask()
		case k < 18:
			shown = c.call()
		default:
			c.officer()
		}
		if shown {
			c.note("the text is shown")
			return true
		}
		if i%10 > 0 {
			continue
		}
		if c.found() {
			return true
		}
		c.signIn()
	}
	return c.found()
}

// TestNoChainOfAdministratorActions is the campaign. FOURFOLD_CAMPAIGN=full walks longer, and then again
// on programs from which one check was taken out: there it finds a way, or it would find none anywhere.
func TestNoChainOfAdministratorActions(t *testing.T) {
	walks, steps := 2, 250
	full := os.Getenv("FOURFOLD_CAMPAIGN") == "full"
	control := os.Getenv("FOURFOLD_CHAIN_CONTROL") != ""
	switch {
	case control:
		walks, steps = 30, 2000
	case full:
		walks, steps = 6, 4000
	}
	for range walks {
		seed := rand.Uint64()
		c := newChain(t, seed)
		if !c.opens(c.as(auth.SupportWorker)) {
			t.Fatal("nobody opens the planted text: this test could not fail")
		}
		if c.walk(steps) {
			t.Fatalf("seed %d: administrators reach the case:\n%s", seed, strings.Join(c.steps[max(0, len(c.steps)-40):], "\n"))
		}
		t.Logf("seed %d: %d steps, %d of them did something, %d sessions, %d identifiers seen", seed, steps, len(c.steps), len(c.cookies), len(c.pool))
	}
	if !full || control {
		return
	}
	for _, m := range chainMutants {
		t.Run("control/"+m.name, m.mustBeFound)
	}
}

// chainMutant is a check of package auth taken out of the program.
type chainMutant struct{ name, file, line, without string }

var chainMutants = []chainMutant{
	{"second person", "proposal.go", "if !second.May(rule.Approve) || second.Is(Administrator) || second.Via == ViaToken {", "if false {"},
	{"sensitive roles", "grant.go", "if Sensitive(r.Role) || r.Account == actor.Account {", "if false {"},
	{"handing over", "grant.go", "if err := s.handOver(ctx, tx, p.Org, account); err != nil {", "if err := error(nil); err != nil {"},
	{"first link", "invite.go", "case len(sensitive) > 0 && !approved:", "case false && approved:"},
}

// mustBeFound runs the campaign on a program without the check, laid over the source by the go command.
func (m chainMutant) mustBeFound(t *testing.T) {
	source, err := filepath.Abs(filepath.Join("..", "auth", m.file))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(source)
	if err != nil || strings.Count(string(text), m.line) != 1 {
		t.Fatalf("the line is not in %s (%v): mend this list", m.file, err)
	}
	dir := t.TempDir()
	changed, overlay := filepath.Join(dir, m.file), filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(changed, []byte(strings.Replace(string(text), m.line, m.without, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(overlay, fmt.Appendf(nil, `{"Replace":{%q:%q}}`, source, changed), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-overlay", overlay, "-count=1", "-run", "^TestNoChainOfAdministratorActions$", ".")
	cmd.Env = append(os.Environ(), "FOURFOLD_CHAIN_CONTROL=1")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "administrators reach the case") {
		t.Errorf("without the check the campaign finds nothing (%v):\n%s", err, out)
	}
}
