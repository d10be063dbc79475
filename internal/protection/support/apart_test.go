package support

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/fault"
)

func fieldOf(err error, name string) bool {
	e, ok := fault.As(err)
	return ok && slices.ContainsFunc(e.Fields, func(f fault.Field) bool { return f.Name == name })
}

// ours is how packages of the room are imported.
const ours = "github.com/fourfold/fourfold/internal/protection/"

// Nothing of support, and nothing it stands on in the room, imports what knows about identification or
// justice, or the profiles of procedures.
func TestSupportNeverReadsIdentification(t *testing.T) {
	seen := map[string]bool{}
	var walk func(name string)
	walk = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		files, err := filepath.Glob(filepath.Join("..", name, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", name, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, path := range importsOf(t, file) {
				if strings.HasSuffix(path, "internal/profile") {
					t.Errorf("%s reads profiles of procedures", file)
				}
				if to, ok := strings.CutPrefix(path, ours); ok {
					if to = strings.Split(to, "/")[0]; to == "identification" || to == "justice" {
						t.Errorf("%s imports %s", file, to)
					}
					walk(to)
				}
			}
		}
	}
	walk("support")
	if !seen["casefile"] {
		t.Error("the test reads no imports")
	}
}

// No query of support names a table of theirs, and the rule of the stages takes nothing but what support
// itself has.
func TestSupportAsksNoTableOfTheirs(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"protection_identification", "protection_justice", "protection_assertion", "protection_procedure", "protection_entitlement"} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s names %s", file, word)
			}
		}
	}
	var fields []string
	for f := range reflect.TypeFor[State]().Fields() {
		fields = append(fields, f.Name)
	}
	if !slices.Equal(fields, []string{"Stage", "Ended", "Agreed"}) {
		t.Errorf("the rule looks at %v", fields)
	}
}

func importsOf(t *testing.T, file string) (all []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range f.Imports {
		all = append(all, strings.Trim(i.Path.Value, `"`))
	}
	return all
}
