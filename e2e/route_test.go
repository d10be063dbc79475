package e2e

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// route is one row of the program's route table, as its source says.
type route struct {
	method, pattern string
	access          string // "Anyone()", "SignedIn()" or "May(…)"
}

// open says whether anybody may see the page.
func (r route) open() bool { return r.access == "Anyone()" }

// routes reads the route tables of internal/web. They are plain composite literals on purpose, so
// that the whole of them can be seen at once; this reads them as a person would, and so no page can
// be added that the browser does not visit.
func routes(t *testing.T) []route {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "internal", "web", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var found []route
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.CompositeLit); ok {
				if r, ok := rowOf(set, lit); ok {
					found = append(found, r)
				}
			}
			return true
		})
	}
	if len(found) < 10 {
		t.Fatalf("only %d routes found in the source of internal/web: has the route table another form now?", len(found))
	}
	return found
}

// rowOf reads {"GET", "/about", Staff, Anyone(), …}.
func rowOf(set *token.FileSet, lit *ast.CompositeLit) (route, bool) {
	if len(lit.Elts) < 5 {
		return route{}, false
	}
	method, pattern := text(lit.Elts[0]), text(lit.Elts[1])
	if !slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, method) || !strings.HasPrefix(pattern, "/") {
		return route{}, false
	}
	var access bytes.Buffer
	if err := printer.Fprint(&access, set, lit.Elts[3]); err != nil {
		return route{}, false
	}
	return route{method, pattern, access.String()}, true
}

func text(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return s
}

// Roles of the demo as whom pages are visited.
const (
	nobody        = ""
	analyst       = "Analyst"
	administrator = "Administrator"
	officer       = "Protection officer"
	liaison       = "Liaison officer"
	manager       = "Service manager"
)

// parts are all of them. A sample of a role that is missing here would be visited by nobody, so plan
// refuses it.
func parts() []string { return []string{nobody, analyst, administrator, officer, liaison, manager} }

// sample says how a route is visited.
type sample struct {
	as       string   // whose page it is
	paths    []string // addresses to visit
	on       string   // a page that links to more addresses of the route
	download bool     // the answer is a file and not a page
	journey  string   // the test that visits it when it needs what a journey makes
	status   int      // expected status; 0 means 200
}
