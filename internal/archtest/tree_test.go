package archtest

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/testdata"
)

// files returns the files that belong to the repository, as slash paths below its root, sorted:
// those git knows or would add, or, in a tree without git, everything but build products.
func files(t *testing.T) (root string, names []string) {
	t.Helper()
	root = testdata.Root(t)
	cmd := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	if out, err := cmd.Output(); err == nil {
		for name := range bytes.SplitSeq(bytes.Trim(out, "\x00"), []byte{0}) {
			names = append(names, string(name))
		}
	} else {
		names = walk(t, root)
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		info, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
		return err != nil || info.IsDir() // deleted but not yet committed, or a nested work tree
	})
	slices.Sort(names)
	if names = slices.Compact(names); len(names) < 20 {
		t.Fatalf("only %d files found below %s: the rules would pass over an empty tree", len(names), root)
	}
	return root, names
}

// walk lists the tree when git cannot: an unpacked archive, or a checkout owned by somebody else.
func walk(t *testing.T, root string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{".git", ".cache", "dist", "artefacts"}, d.Name()) {
			return filepath.SkipDir
		}
		if !d.IsDir() {
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			names = append(names, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// source is one parsed Go file.
type source struct {
	name  string // slash path below the root
	text  []byte
	set   *token.FileSet
	file  *ast.File
	lines int
}

// isTest says whether the file is compiled into tests only.
func (s source) isTest() bool { return strings.HasSuffix(s.name, "_test.go") }

// at is the place of a node as file:line.
func (s source) at(n ast.Node) string {
	p := s.set.Position(n.Pos())
	return p.String()
}

// sources parses every Go file of the repository, nested modules included, fixtures excluded.
func sources(t *testing.T) []source {
	t.Helper()
	root, names := files(t)
	var all []source
	for _, name := range names {
		if !strings.HasSuffix(name, ".go") || strings.Contains("/"+name, "/testdata/planted/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		s, err := parse(name, text)
		if err != nil {
			t.Errorf("%s does not parse: %v", name, err)
			continue
		}
		all = append(all, s)
	}
	return all
}

// parse makes a source of a text.
func parse(name string, text []byte) (source, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.ParseComments)
	return source{name: name, text: text, set: set, file: file, lines: bytes.Count(text, []byte("\n"))}, err
}

// planted parses a text that breaks a rule on purpose.
func planted(t *testing.T, name, text string) source {
	t.Helper()
	s, err := parse(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// report fails the test once per finding.
func report(t *testing.T, findings []string) {
	t.Helper()
	for _, f := range findings {
		t.Error(f)
	}
}
