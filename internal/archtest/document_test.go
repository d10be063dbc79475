package archtest

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// firstCommands must stand in the README as they are: they are the project's promise to a newcomer.
var firstCommands = []string{"go run ./cmd/fourfold demo", "go test ./..."}

// fenced returns the lines inside code fences of a Markdown text, trimmed, without prompts.
func fenced(text string) []string {
	var lines []string
	inside := false
	for l := range strings.Lines(text) {
		l = strings.TrimSpace(l)
		if strings.HasPrefix(l, "```") {
			inside = !inside
			continue
		}
		if inside && l != "" {
			lines = append(lines, strings.TrimPrefix(l, "$ "))
		}
	}
	return lines
}

var (
	link   = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	inTree = regexp.MustCompile(`^(\./)?(\.ci|analysis|bench|cmd|docs|e2e|exchange|internal|script|tools)(/[\w.@-]+)*/?$`)
)

// pathsOf lists what a document says is in the tree: link targets, relative to the document, and
// names in back-quotes that begin with one of our folders.
func pathsOf(name, text string) []string {
	var found []string
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		target, _, _ := strings.Cut(m[1], "#")
		if target != "" && !strings.Contains(target, ":") {
			found = append(found, path.Join(path.Dir(name), target))
		}
	}
	for _, m := range quoted.FindAllStringSubmatch(text, -1) {
		for word := range strings.FieldsSeq(m[1]) {
			if inTree.MatchString(word) {
				found = append(found, path.Clean(word))
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// documents returns the Markdown files that speak to people.
func documents(t *testing.T) (root string, texts map[string]string) {
	t.Helper()
	root, names := files(t)
	texts = map[string]string{}
	for _, name := range names {
		if name == "README.md" || name == "CHANGELOG.md" || strings.HasPrefix(name, "docs/") && strings.HasSuffix(name, ".md") {
			text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			texts[name] = string(text)
		}
	}
	return root, texts
}

func TestReadmeCommands(t *testing.T) {
	_, texts := documents(t)
	lines := fenced(texts["README.md"])
	for _, c := range firstCommands {
		if !slices.Contains(lines, c) {
			t.Errorf("README.md shows no code fence with the line %q", c)
		}
	}
}

func TestDocumentPaths(t *testing.T) {
	root, texts := documents(t)
	for name, text := range texts {
		for _, p := range pathsOf(name, text) {
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(p))); err != nil && !isSymbol(root, p) {
				t.Errorf("%s names %s, which does not exist", name, p)
			}
		}
	}
}

// isSymbol says whether a path is written as folder.Name, a symbol of a package that exists.
func isSymbol(root, p string) bool {
	dir, symbol, ok := strings.Cut(p, ".")
	if !ok || symbol == "" || symbol[0] < 'A' || symbol[0] > 'Z' {
		return false
	}
	info, err := os.Stat(filepath.Join(root, filepath.FromSlash(dir)))
	return err == nil && info.IsDir()
}

func TestPlantedDocuments(t *testing.T) {
	text := fmt.Sprintf("See `docs/a.md`, `internal/db` and [b](b.md#part), [w](https://example.org/x).\n%[1]ssh\n$ go test ./...\n%[1]s\nnot `go test`", "```")
	if got, want := pathsOf("docs/c.md", text), []string{"docs/a.md", "docs/b.md", "internal/db"}; !slices.Equal(got, want) {
		t.Errorf("paths %q, want %q", got, want)
	}
	if got, want := fenced(text), []string{"go test ./..."}; !slices.Equal(got, want) {
		t.Errorf("fenced %q, want %q", got, want)
	}
}
