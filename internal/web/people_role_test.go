package web

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
)

// rolesDocument writes the matrix as a page of the documentation.
func rolesDocument() string {
	p := i18n.For("en")
	var b strings.Builder
	b.WriteString("# Who may do what\n\n" +
		"Made from `internal/auth/matrix.go`: `FOURFOLD_WRITE_DOCS=1 go test -run TestRolesDocument ./internal/web` writes it anew.\n" +
		"What does not stand here nobody may. Whoever is kept from a case may not open it, with any role or in an emergency.\n" +
		"`docs/adr/0020-who-may-do-what.md` says why.\n\n## Roles\n\n| role | code | given by |\n| --- | --- | --- |\n")
	for _, r := range auth.Roles() {
		given := "one person"
		if auth.Sensitive(r) {
			given = "two people, for a year at most"
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", roleName(p, r), r, given)
	}
	b.WriteString("\n## Actions\n\n| action | permission | who, and how far |\n| --- | --- | --- |\n")
	for _, a := range auth.Matrix() {
		byScope := map[auth.Scope][]string{}
		for _, r := range auth.Roles() {
			if s, ok := a.Who[r]; ok {
				byScope[s] = append(byScope[s], roleName(p, r))
			}
		}
		var who []string
		for _, s := range auth.Scopes() {
			switch names := byScope[s]; {
			case len(names) == len(auth.Roles()):
				who = append(who, "everybody: "+string(s))
			case len(names) > 0:
				who = append(who, strings.Join(names, ", ")+": "+string(s))
			}
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", a.Does, a.Permission, strings.Join(who, "; "))
	}
	b.WriteString("\n## How far\n\n| scope | means |\n| --- | --- |\n")
	for _, s := range auth.Scopes() {
		fmt.Fprintf(&b, "| %s | %s |\n", s, scopeName(p, s))
	}
	return b.String()
}

// The documentation, the page and the program say the same, because they are made from one table.
func TestRolesDocument(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "roles.md")
	want := rolesDocument()
	if os.Getenv("FOURFOLD_WRITE_DOCS") != "" {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != want {
		t.Errorf("docs/roles.md is not what the matrix says (%v); write it anew", err)
	}
}

func TestRolesPageShowsTheMatrix(t *testing.T) {
	n := newNode(t, Options{})
	body := page(t, n, ask{path: "/roles", cookie: n.session(auth.Investigator)}, http.StatusOK)
	for _, a := range auth.Matrix() {
		want := len(a.Who)
		if want == len(auth.Roles()) {
			want = 1 // said once, for everybody
		}
		if shown := strings.Count(body, ">"+a.Does+"<"); shown != want {
			t.Errorf("%q stands on the page %d times, want %d", a.Does, shown, want)
		}
	}
}

// Every permission of the matrix that opens a page or an action is asked by a row of the route table,
// or stands here with the package that asks for it.
func TestEveryPermissionIsAsked(t *testing.T) {
	n := newNode(t, Options{})
	elsewhere := map[auth.Permission]string{
		auth.OpenRecords: "auth.MayOpen", auth.EnrolRecords: "vault", auth.HoldRecords: "vault",
		auth.ProposeErasure: "vault", auth.ApproveErasure: "vault", auth.SearchPeople: "vault/blind", auth.ManageBackup: "backup",
		auth.ReadLedger: "audit", auth.ReviewOverrides: "protection/consent", auth.ExchangeCases: "protection/standard",
		auth.KeepLaw: "law/library",
	}
	asked := map[string]bool{}
	for _, rt := range n.routes() {
		for name := range strings.SplitSeq(rt.Access.String(), " or ") {
			asked[name] = true
		}
	}
	for _, p := range auth.Permissions() {
		if !asked[string(p)] && elsewhere[p] == "" {
			t.Errorf("no route and no package asks for %s", p)
		}
	}
}
