package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/testdata"
)

// pkg is what the go command says of one package.
type pkg struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// packages asks the go command for the packages of the module in dir.
func packages(t *testing.T, dir string) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GOWORK=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list in %s: %v\n%s", dir, err, stderr.String())
	}
	var all []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// below says whether path is prefix or lies under it.
func below(path, prefix string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && (rest == "" || rest[0] == '/')
}

func belowAny(path string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return below(path, p) })
}

// rowOf returns the row that decides about a package: the longest prefix that fits.
func rowOf(rows []row, name string) (row, bool) {
	var best row
	for _, r := range rows {
		if below(name, r.prefix) && len(r.prefix) > len(best.prefix) {
			best = r
		}
	}
	return best, best.prefix != ""
}

// impure are the parts of the standard library through which a package would reach the machine.
var impure = []string{"database/sql", "log", "net", "net/http", "os", "os/exec", "plugin", "syscall"}

// forbidden says why a package with row r may not import a path, or nothing when it may.
func forbidden(rows []row, r row, path string) string {
	if name, ours := strings.CutPrefix(path, module+"/"); ours {
		// A row of its own is a door of its own: being allowed internal/db does not open internal/db/dbtest.
		target, ok := rowOf(rows, name)
		if !ok || !belowAny(target.prefix, r.may) || slices.Contains(testKit.may, target.prefix) && !slices.Contains(r.may, target.prefix) {
			return fmt.Sprintf("may not import %s (it is %s)", name, r.why)
		}
		return ""
	}
	if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") {
		if !belowAny(path, r.modules) {
			return fmt.Sprintf("may not import the module of %s (it is %s)", path, r.why)
		}
		return ""
	}
	if path == "C" || path == "plugin" || r.pure && slices.Contains(impure, path) && !slices.Contains(r.std, path) {
		return fmt.Sprintf("may not import %s of the standard library (it is %s)", path, r.why)
	}
	return ""
}

// violations returns every import that the table does not allow, in the order of the packages.
func violations(rows []row, all []pkg) []string {
	var found []string
	for _, p := range all {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		r, ok := rowOf(rows, name)
		if !ok {
			found = append(found, fmt.Sprintf("%s: no row of the dependency table says what it may import: add one, with the reason", name))
			continue
		}
		for _, path := range p.Imports {
			if why := forbidden(rows, r, path); why != "" {
				found = append(found, name+": "+why)
			}
		}
		// Tests of a pure package may read files.
		tests := row{prefix: r.prefix, may: slices.Concat(r.may, testKit.may, r.tests), modules: slices.Concat(r.modules, testKit.modules, r.tests), why: r.why}
		for _, path := range slices.Concat(p.TestImports, p.XTestImports) {
			if why := forbidden(rows, tests, path); why != "" && path != p.ImportPath {
				found = append(found, name+": its tests: "+why)
			}
		}
	}
	return slices.Compact(found)
}

func TestDependencies(t *testing.T) {
	all := packages(t, testdata.Root(t))
	if len(all) < 5 {
		t.Fatalf("the go command lists %d packages: the rule would pass over nothing", len(all))
	}
	report(t, violations(table(), all))
}

// TestPlantedDependencies runs the same rule over a module made of violations: each must be seen.
func TestPlantedDependencies(t *testing.T) {
	found := violations(table(), packages(t, filepath.Join("testdata", "planted")))
	for _, want := range []string{
		"internal/db: may not import internal/evaluation/indicator",
		"internal/fault: may not import internal/db",
		"internal/law/finding: may not import internal/protection/person",
		"internal/law/finding: may not import the module of github.com/jackc/pgx/v5",
		"internal/law/finding: its tests: may not import internal/web",
		"internal/protection/person: may not import internal/app",
		"internal/evaluation/indicator: may not import internal/db/dbtest",
		"analysis/mse: may not import database/sql of the standard library",
		"analysis/mse: may not import analysis/causal",
		"analysis/causal: may not import the module of gonum.org/v1/gonum/mat",
		"exchange/record: may not import the module of github.com/cedar-policy/cedar-go",
		"internal/web: may not import the module of github.com/ncruces/go-sqlite3/driver",
		"cmd/fourfold: may not import internal/app",
		"internal/elsewhere: no row of the dependency table",
	} {
		i := slices.IndexFunc(found, func(f string) bool { return strings.HasPrefix(f, want) })
		if i < 0 {
			t.Errorf("not seen: %s", want)
			continue
		}
		found = slices.Delete(found, i, i+1)
	}
	for _, f := range found {
		t.Errorf("seen, but nothing was planted there: %s", f)
	}
}

// TestTable checks the table itself: a reason in every row, no prefix twice, no name that no row
// explains, and arrows that never lead back.
func TestTable(t *testing.T) {
	rows := table()
	byPrefix := map[string]row{}
	for _, r := range rows {
		if _, twice := byPrefix[r.prefix]; twice {
			t.Errorf("%s has two rows", r.prefix)
		}
		if r.why == "" {
			t.Errorf("%s: the row gives no reason", r.prefix)
		}
		byPrefix[r.prefix] = r
	}
	for _, r := range rows {
		for _, m := range r.may {
			if _, ok := byPrefix[m]; !ok {
				t.Errorf("%s may import %s, which has no row", r.prefix, m)
			}
		}
	}
	const visiting, done = 1, 2
	state := map[string]int{}
	var visit func(prefix string, path []string)
	visit = func(prefix string, path []string) {
		if state[prefix] == visiting {
			t.Fatalf("the table allows a circle: %s", strings.Join(append(path, prefix), " → "))
		}
		if state[prefix] == done {
			return
		}
		state[prefix] = visiting
		for _, m := range byPrefix[prefix].may {
			if m != prefix { // packages of one family may lean on each other; the compiler refuses circles
				visit(m, append(path, prefix))
			}
		}
		state[prefix] = done
	}
	for _, r := range rows {
		visit(r.prefix, nil)
	}
}
