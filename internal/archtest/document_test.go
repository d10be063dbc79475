package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/cli"
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

// spoken finds commands of ours outside code fences: in code spans, and quoted inside pages and
// messages, as in “fourfold import”.
var spoken = regexp.MustCompile("`(fourfold [^`]+)`|“(fourfold [^”]+)”|<code[^>]*>(fourfold [^<]+)</code>")

// commandsOf lists the arguments of every command line of ours that a text shows.
func commandsOf(text string) [][]string {
	lines := fenced(text)
	for _, m := range spoken.FindAllStringSubmatch(text, -1) {
		lines = append(lines, m[1]+m[2]+m[3])
	}
	var found [][]string
	for _, l := range lines {
		words := strings.Fields(l)
		for len(words) > 0 && assignment.MatchString(words[0]) {
			words = words[1:]
		}
		switch {
		case len(words) > 0 && (words[0] == "fourfold" || words[0] == "./fourfold"):
			words = words[1:]
		case len(words) > 2 && slices.Equal(words[:3], []string{"go", "run", "./cmd/fourfold"}):
			words = words[3:]
		default:
			continue
		}
		if end := slices.IndexFunc(words, func(w string) bool { return strings.ContainsAny(w, "|<>&;#") || w == "…" || w == "..." }); end >= 0 {
			words = words[:end]
		}
		found = append(found, words)
	}
	return found
}

var assignment = regexp.MustCompile(`^[A-Z_]+=`)

// invoke runs the command line in this process and returns its exit code and what it printed.
func invoke(t *testing.T, words ...string) (code int, printed string) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "printed"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out, errs := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = f, f
	defer func() { os.Stdout, os.Stderr = out, errs }()
	code = cli.Main(words)
	text, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return code, string(text)
}

// understood asks the command line whether it knows a command and its flags, without running it:
// with --help, what is written before it is read and then only explained.
func understood(t *testing.T, words []string) bool {
	t.Helper()
	code, _ := invoke(t, append(slices.Clone(words), "--help")...)
	return code == 0
}

// flags lists every flag of every command, by asking the program as a shell does that completes.
func flags(t *testing.T, path ...string) map[string]bool {
	t.Helper()
	found := map[string]bool{"--help": true}
	candidates := func(partial string) []string {
		_, printed := invoke(t, slices.Concat([]string{"complete", "--"}, path, []string{partial})...)
		var words []string
		for l := range strings.Lines(printed) {
			word, _, _ := strings.Cut(strings.TrimSpace(l), "\t")
			words = append(words, word)
		}
		return words
	}
	for _, f := range candidates("--") {
		found[f] = true
	}
	for _, command := range candidates("") {
		if inner := append(slices.Clone(path), command); !strings.HasPrefix(command, "-") && understood(t, inner) && len(inner) < 4 {
			maps.Copy(found, flags(t, inner...))
		}
	}
	return found
}

var flagName = regexp.MustCompile(`(?:^|[\s"“'(])(--[a-z][a-z-]+[a-z])`)

// TestFlagsExist holds every flag that a message or a page names against the flags there are: a
// hint that cannot be followed is worse than none.
func TestFlagsExist(t *testing.T) {
	known := flags(t)
	if len(known) < 10 || !known["--db"] {
		t.Fatalf("only %d flags found: %v", len(known), known)
	}
	check := func(where, text string) {
		for _, m := range flagName.FindAllStringSubmatch(text, -1) {
			if !known[m[1]] {
				t.Errorf("%s names the flag %s, which no command has", where, m[1])
			}
		}
	}
	for _, s := range sources(t) {
		if s.isTest() || !strings.HasPrefix(s.name, "internal/") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				check(s.at(lit), lit.Value)
			}
			return true
		})
	}
	_, texts := documents(t)
	for name, text := range texts {
		for _, m := range quoted.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(m[1], "go ") && !strings.Contains(m[1], "chrom") {
				check(name, m[1])
			}
		}
	}
}

func TestCommandsExist(t *testing.T) {
	root, texts := documents(t)
	_, names := files(t)
	for _, name := range names {
		if strings.HasSuffix(name, ".html") || strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(name, ".go") {
				// Comments show commands in back-quotes too; a fence means nothing in Go.
				text = []byte(strings.ReplaceAll(string(text), "```", ""))
			}
			texts[name] = string(text)
		}
	}
	total := 0
	for name, text := range texts {
		for _, words := range commandsOf(text) {
			total++
			if !understood(t, words) {
				t.Errorf("%s shows \"fourfold %s\", which the program does not understand", name, strings.Join(words, " "))
			}
		}
	}
	if total < 3 {
		t.Errorf("only %d commands found in the documents: the test would pass over nothing", total)
	}
	if understood(t, []string{"no-such-command"}) || understood(t, []string{"version", "--no-such-flag"}) {
		t.Error("a command that does not exist was understood: the test cannot fail")
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
	shown := "Use `fourfold import nrm FILE > x` or “fourfold serve”; a fourfold rise; <code class=\"c\">fourfold link</code>; `go run ./cmd/other x`\n```\nX=1 ./fourfold init --data ./node # first\ngo run ./cmd/fourfold demo\n```\n"
	if got, want := fmt.Sprint(commandsOf(shown)), "[[init --data ./node] [demo] [import nrm FILE] [serve] [link]]"; got != want {
		t.Errorf("commands %s, want %s", got, want)
	}
	if got, want := fenced(text), []string{"go test ./..."}; !slices.Equal(got, want) {
		t.Errorf("fenced %q, want %q", got, want)
	}
}
