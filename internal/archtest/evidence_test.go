package archtest

import (
	"fmt"
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// evidenceColumns are the columns of every table in docs/evidence.md, in order.
var evidenceColumns = []string{"issue", "requirement", "test or benchmark", "figure", "date", "break tried"}

// proof is one row of the evidence.
type proof struct {
	line  int
	cells []string
}

// rowsOf reads the rows of every table with the evidence's columns.
func rowsOf(text string) (rows []proof, problems []string) {
	inTable, line := false, 0
	for l := range strings.Lines(text) {
		line++
		l = strings.TrimSpace(l)
		if !strings.HasPrefix(l, "|") {
			inTable = false
			continue
		}
		cells := splitRow(l)
		switch {
		case slices.Equal(cells, evidenceColumns):
			inTable = true
		case !inTable:
			problems = append(problems, fmt.Sprintf("line %d: a table without the columns %s", line, strings.Join(evidenceColumns, " | ")))
			inTable = true
		case strings.Trim(strings.Join(cells, ""), "-: ") == "":
			// the rule below the head
		case len(cells) != len(evidenceColumns):
			problems = append(problems, fmt.Sprintf("line %d: %d cells, the table has %d columns", line, len(cells), len(evidenceColumns)))
		default:
			rows = append(rows, proof{line, cells})
		}
	}
	return rows, problems
}

// splitRow splits a table row into trimmed cells; a \| belongs to its cell.
func splitRow(l string) []string {
	const bar = "\x00"
	l = strings.ReplaceAll(l, `\|`, bar)
	l = strings.TrimSuffix(strings.TrimPrefix(l, "|"), "|")
	cells := strings.Split(l, "|")
	for i, c := range cells {
		cells[i] = strings.TrimSpace(strings.ReplaceAll(c, bar, "|"))
	}
	return cells
}

var quoted = regexp.MustCompile("`([^`]+)`")

// wanting says what a row lacks. known holds every test, benchmark, fuzz target and example as
// folder.Name; exists tells whether a path of the repository is there.
func wanting(p proof, known map[string]bool, exists func(string) bool) []string {
	var found []string
	lacks := func(format string, args ...any) {
		found = append(found, fmt.Sprintf("line %d (%s): ", p.line, p.cells[1])+fmt.Sprintf(format, args...))
	}
	if p.cells[0] == "" || p.cells[1] == "" {
		lacks("name the issue and the requirement")
	}
	if reason, notHeld := strings.CutPrefix(strings.ToLower(p.cells[3]), "not held"); notHeld {
		if len(strings.Trim(reason, " :,.-")) < 10 {
			lacks("not held, but no reason is given")
		}
		return found
	}
	tests := quoted.FindAllStringSubmatch(p.cells[2], -1)
	if len(tests) == 0 {
		lacks("no test is named; write `folder.TestName` or `path` in back-quotes")
	}
	for _, m := range tests {
		name, _, _ := strings.Cut(m[1], " ")
		if dot := strings.LastIndex(name, "."); dot > 0 && testName.MatchString(name[dot+1:]) {
			if !known[cutSubtest(name)] {
				lacks("%s does not exist", name)
			}
		} else if !exists(name) {
			lacks("%s is neither a test nor a file", name)
		}
	}
	if p.cells[3] == "" || p.cells[3] == "-" {
		lacks("no figure")
	}
	if _, err := time.Parse(time.DateOnly, p.cells[4]); err != nil {
		lacks("the date must be YYYY-MM-DD, got %q", p.cells[4])
	}
	if p.cells[5] == "" || p.cells[5] == "-" {
		lacks("no break tried: say which change made the test fail")
	}
	return found
}

var testName = regexp.MustCompile(`^(Test|Benchmark|Fuzz|Example)([A-Z_]\w*)?(/.*)?$`)

// cutSubtest removes the names of subtests: folder.TestName/sub → folder.TestName.
func cutSubtest(name string) string {
	dot := strings.LastIndex(name, ".")
	test, _, _ := strings.Cut(name[dot:], "/")
	return name[:dot] + test
}

// testsOf lists every test, benchmark, fuzz target and example of the sources as folder.Name.
func testsOf(all []source) map[string]bool {
	known := map[string]bool{}
	for _, s := range all {
		if !s.isTest() {
			continue
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && testName.MatchString(f.Name.Name) {
				known[path.Dir(s.name)+"."+f.Name.Name] = true
			}
		}
	}
	return known
}

func TestEvidence(t *testing.T) {
	root, _ := files(t)
	text, err := os.ReadFile(filepath.Join(root, "docs", "evidence.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows, problems := rowsOf(string(text))
	report(t, problems)
	if len(rows) == 0 {
		t.Fatal("docs/evidence.md holds no row")
	}
	known := testsOf(sources(t))
	for _, r := range rows {
		report(t, wanting(r, known, func(name string) bool {
			_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
			return err == nil && filepath.IsLocal(filepath.FromSlash(name))
		}))
	}
}

func TestPlantedEvidence(t *testing.T) {
	known := testsOf([]source{
		planted(t, "internal/db/a_test.go", "package db\nfunc TestRead(t *T) {}\nfunc BenchmarkRead(b *B) {}\nfunc (x X) TestMethod() {}\nfunc Testify() {}"),
		planted(t, "internal/db/a.go", "package db\nfunc TestNot() {}"),
	})
	if len(known) != 2 {
		t.Fatalf("known tests: %v, want TestRead and BenchmarkRead", known)
	}
	exists := func(name string) bool { return name == ".ci/run" }
	for _, c := range []struct{ row, want string }{
		{"| 1 | reads | `internal/db.TestRead` | 5 ms | 2026-11-23 | swapped arguments |", ""},
		{"| 1 | reads | `internal/db.TestRead/one`, `internal/db.BenchmarkRead` | 5 ms | 2026-11-23 | swapped |", ""},
		{"| 1 | reads | `.ci/run` | green | 2026-11-23 | removed a step |", ""},
		{"| 1 | reads \\| writes | `internal/db.TestRead` | 1 | 2026-11-23 | swapped |", ""},
		{"| 1 | reads | | not held: the server was not to be had | | |", ""},
		{"| 1 | reads | | not held | | |", "no reason"},
		{"| 1 | reads | `internal/db.TestWrite` | 5 ms | 2026-11-23 | swapped |", "does not exist"},
		{"| 1 | reads | `internal/db.TestNot` | 5 ms | 2026-11-23 | swapped |", "does not exist"},
		{"| 1 | reads | `no/such/file` | 5 ms | 2026-11-23 | swapped |", "neither"},
		{"| 1 | reads | by hand | 5 ms | 2026-11-23 | swapped |", "no test is named"},
		{"| 1 | reads | `internal/db.TestRead` | | 2026-11-23 | swapped |", "no figure"},
		{"| 1 | reads | `internal/db.TestRead` | 1 | yesterday | swapped |", "date"},
		{"| 1 | reads | `internal/db.TestRead` | 1 | 2026-02-30 | swapped |", "date"},
		{"| 1 | reads | `internal/db.TestRead` | 1 | 2026-11-23 | - |", "no break"},
		{"| 1 | | `internal/db.TestRead` | 1 | 2026-11-23 | x |", "requirement"},
		{"| 1 | reads | `internal/db.TestRead` | 1 | 2026-11-23 |", "5 cells"},
	} {
		head := "| " + strings.Join(evidenceColumns, " | ") + " |\n|---|---|---|---|---|---|\n"
		rows, found := rowsOf(head + c.row + "\n")
		for _, r := range rows {
			found = append(found, wanting(r, known, exists)...)
		}
		if got := strings.Join(found, "; "); got == "" && c.want != "" || got != "" && c.want == "" || !strings.Contains(got, c.want) {
			t.Errorf("%s\nfound %q, want %q", c.row, got, c.want)
		}
	}
	if _, found := rowsOf("| what | test |\n|---|---|\n"); len(found) == 0 {
		t.Error("a table with other columns was not seen")
	}
}
