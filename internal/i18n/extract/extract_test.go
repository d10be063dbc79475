package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/internal/testdata"
)

// TestCatalogues is the gate for translations: every text of the program stands in every
// catalogue, translated, with the same placeholders, and nothing else does.
func TestCatalogues(t *testing.T) {
	root := testdata.Root(t)
	found, err := gather(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(found.messages) < 100 {
		t.Errorf("only %d texts found: the extractor is blind", len(found.messages))
	}
	for _, p := range found.problems {
		t.Error(p)
	}
	names, err := filepath.Glob(filepath.Join(root, localeDir, "*.po"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no catalogue: %v", err)
	}
	for _, name := range names {
		c, err := readCatalogue(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range c.check(found) {
			t.Errorf("%s: %s (run go run ./internal/i18n/extract, then translate)", filepath.Base(name), p)
		}
	}
}

// A person is not called a victim in Arabic where the English text does not say so.
func TestArabicCallsPeoplePeople(t *testing.T) {
	c, err := readCatalogue(filepath.Join(testdata.Root(t), localeDir, "ar.po"))
	if err != nil {
		t.Fatal(err)
	}
	for id, m := range c.entries() {
		for _, text := range m.Str {
			if strings.Contains(text, "ضحي") || strings.Contains(text, "ضحاي") {
				if !strings.Contains(strings.ToLower(id+m.IDPlural), "victim") {
					t.Errorf("%q is rendered as %q", id, text)
				}
			}
		}
	}
}

// tree writes a small source tree and gathers it.
func tree(t *testing.T, files map[string]string) *findings {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out := &findings{messages: make(map[string]*message)}
	if err := gatherSource(root, out); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(root, "internal"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := gatherPages(root, out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestGatherFindsTexts(t *testing.T) {
	out := tree(t, map[string]string{
		"internal/a/a.go": `package a
const start = "Two " + "parts"
func f(p P, e E) {
	p.T("Plain"); p.T("With %s", x); p.N("%d row", "%d rows", n)
	_ = i18n.Mark("Marked"); _ = p.T(start)
	_ = fault.New(fault.Invalid, "Bad %q.", v).WithHint("Mend it.").WithField("name", "Empty.")
	refuse("Wrapped.", 1)
	chosen := "First choice"
	if x { chosen = "Second choice" }
	_ = p.T(chosen)
	_ = []Problem{{Msg: "In a field", Mend: "How to mend"}}
	_ = p.T(ind.Title)
	add := func(n int, msg string) { out = append(out, Note{msg, n}) }
	add(1, "Through a closure")
	_ = Release{Label: "Of " + year}
	_ = p.T([...]string{"Low", "High"}[i])
}
type Note struct { Msg string; Args any }
func g(n *Note, o other) { n.Msg = "Into a field"; o.Text = "Elsewhere" }
func refuse(msg string, n int) error { return inner(msg) }
func inner(text string) error { return fault.New(fault.Invalid, text) }
`,
		"internal/a/a_test.go":     `package a; func g(p P) { p.T("Only in a test") }`,
		"internal/a/testdata/x.go": `package x; func g(p P) { p.T("Only in test data") }`,
		"e2e/go.mod":               "module e2e",
		"e2e/e.go":                 `package e; func g(p P) { p.T("Another module") }`,
		"internal/w/page.html": `{{define "x"}}{{if $.T "In a condition"}}<p title="{{$.T "In %s" .A}}">{{.Page.N "%d day" "%d days" .D}}</p>
{{end}}{{template "y" ($.T "In brackets")}}{{printf "%s" ($.T "Deep" | upper)}}{{$.T .Dynamic}}{{end}}`,
	})
	want := []string{
		"%d day", "%d row", "Bad %q.", "Deep", "Empty.", "First choice", "High", "How to mend", "In %s", "In a condition", "In a field", "In brackets", "Into a field", "Low",
		"Marked", "Mend it.", "Plain", "Second choice", "Through a closure", "Two parts", "With %s", "Wrapped.",
	}
	if diff := cmp.Diff(want, sorted(out.messages)); diff != "" {
		t.Error(diff)
	}
	if len(out.problems) > 0 {
		t.Errorf("unexpected: %q", out.problems)
	}
}

func TestGatherComplains(t *testing.T) {
	tests := []struct{ name, code, want string }{
		{"built text", `p.T("Hello " + name)`, "put together at run time"},
		{"formatted text", `p.T(fmt.Sprintf("Hello %s", name))`, "put together at run time"},
		{"fault from a value", `fault.New(fault.Invalid, err.Error())`, "must be a constant"},
		{"mark of a value", `i18n.Mark(x.y)`, "must be a constant"},
		{"too few values", `p.T("%s and %s", a)`, "2 placeholders but 1 values"},
		{"too many values", `p.T("Nothing", a)`, "0 placeholders but 1 values"},
		{"count given twice", `p.N("%d row", "%d rows", n, n)`, "count is the first"},
		{"stray percent", `p.T("5% of %s", a)`, "no placeholder"},
		{"two plurals", `p.N("%d x", "%d xs", n); p.N("%d x", "%d xes", n)`, "two plurals"},
		{"with and without count", `p.N("%d x", "%d xs", n); p.T("%d x", 1)`, "with a count and without"},
	}
	for _, tt := range tests {
		out := tree(t, map[string]string{"internal/a/a.go": "package a\nfunc f() {\n" + tt.code + "\n}\n"})
		if len(out.problems) != 1 || !strings.Contains(out.problems[0], tt.want) || !strings.HasPrefix(out.problems[0], "internal/a/a.go:3: ") {
			t.Errorf("%s: %q, want one problem on line 3 with %q", tt.name, out.problems, tt.want)
		}
	}
	out := tree(t, map[string]string{"internal/w/p.html": "<p>\n{{$.T \"%s\"}}</p>"})
	if len(out.problems) != 1 || !strings.HasPrefix(out.problems[0], "internal/w/p.html:2: ") {
		t.Errorf("template: %q", out.problems)
	}
}

const head = "msgid \"\"\nmsgstr \"\"\n\"Plural-Forms: nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);\\n\"\n\n"

func TestCheckFindsDefects(t *testing.T) {
	found := &findings{messages: make(map[string]*message)}
	found.add("a.go", "a.go:1", "Hello %s", "")
	found.add("a.go", "a.go:2", "%d row of %s", "%d rows of %s")
	plural := func(forms ...string) string {
		var text strings.Builder
		text.WriteString("msgid \"%d row of %s\"\nmsgid_plural \"%d rows of %s\"\n")
		for i, f := range forms {
			text.WriteString("msgstr[" + string(rune('0'+i)) + "] \"" + f + "\"\n")
		}
		return text.String() + "\n"
	}
	good := plural("none of %[2]s", "one of %[2]s", "two of %[2]s", "%d of %s", "%d of %s", "%d of %s")
	hello := "msgid \"Hello %s\"\nmsgstr \"Ciao %s\"\n\n"
	tests := []struct{ name, text, want string }{
		{"good", good + hello, ""},
		{"missing", good, `missing: "Hello %s" (a.go)`},
		{"left over", good + hello + "msgid \"Old\"\nmsgstr \"Vecchio\"\n", `nothing uses: "Old"`},
		{"empty", good + "msgid \"Hello %s\"\nmsgstr \"\"\n", "not translated"},
		{"value left out", good + "msgid \"Hello %s\"\nmsgstr \"Ciao\"\n", "value 1 is left out"},
		{"other verb", good + "msgid \"Hello %s\"\nmsgstr \"Ciao %d\"\n", "not in the English text"},
		{"value out of range", good + "msgid \"Hello %s\"\nmsgstr \"Ciao %s %s\"\n", "value 2 is not"},
		{"loose space", good + "msgid \"Hello %s\"\nmsgstr \"Ciao %s \"\n", "loose spaces"},
		{"count left out of many", plural("a %[2]s", "b %[2]s", "c %[2]s", "d %[2]s", "%d e %s", "%d f %s") + hello, "form 3: value 1 is left out"},
		{"form missing", plural("a %[2]s", "b %[2]s", "c %[2]s", "%d d %s", "%d e %s") + hello, "form 5"},
		{"plural renamed", strings.ReplaceAll(good, "rows of", "lines of") + hello, "the catalogue has the plural"},
	}
	for _, tt := range tests {
		path := filepath.Join(t.TempDir(), "xx.po")
		if err := os.WriteFile(path, []byte(head+tt.text), 0o644); err != nil {
			t.Fatal(err)
		}
		c, err := readCatalogue(path)
		if err != nil {
			t.Fatal(err)
		}
		bad := c.check(found)
		if tt.want == "" && len(bad) > 0 || tt.want != "" && (len(bad) != 1 || !strings.Contains(bad[0], tt.want)) {
			t.Errorf("%s: %q, want %q", tt.name, bad, tt.want)
		}
	}
}

// Rewriting keeps translations and comments, adds what is new, drops what is old, and changes
// nothing when repeated.
func TestUpdate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "xx.po")
	start := head + "# a translator's word\n#: old.go\nmsgid \"Kept \\\"so\\\"\"\nmsgstr \"Tenuto\"\n\nmsgid \"Old\"\nmsgstr \"Vecchio\"\n"
	if err := os.WriteFile(path, []byte(start), 0o644); err != nil {
		t.Fatal(err)
	}
	found := &findings{messages: make(map[string]*message)}
	found.add("b.go", "", `Kept "so"`, "")
	found.add("a.go", "", `Kept "so"`, "")
	found.add("a.go", "", "%d new", "%d new ones")
	var texts []string
	for range 2 {
		c, err := readCatalogue(path)
		if err != nil {
			t.Fatal(err)
		}
		c.update(found)
		if err := c.write(); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	if diff := cmp.Diff(texts[0], texts[1]); diff != "" {
		t.Errorf("the second rewriting changes something:\n%s", diff)
	}
	for _, want := range []string{"# a translator's word\n#: a.go b.go\nmsgid \"Kept \\\"so\\\"\"\nmsgstr \"Tenuto\"", "msgid_plural \"%d new ones\"", "msgstr[5] \"\""} {
		if !strings.Contains(texts[0], want) {
			t.Errorf("lacks %q:\n%s", want, texts[0])
		}
	}
	if strings.Contains(texts[0], "Vecchio") {
		t.Error("what nothing uses is still there")
	}
}

// A carrier that no longer exists would silently hide its texts.
func TestCarriersExist(t *testing.T) {
	source := readAll(t, filepath.Join(testdata.Root(t), "internal"))
	for name, fields := range carriers() {
		at := strings.Index(source, "\ntype "+name+" struct {")
		if at < 0 {
			t.Errorf("no type %s in the tree", name)
			continue
		}
		body, _, _ := strings.Cut(source[at:], "\n}\n")
		for _, f := range fields {
			if !strings.Contains(body, strings.TrimSuffix(f, "?")) {
				t.Errorf("%s has no field %s", name, f)
			}
		}
	}
}

// So would a method that was renamed.
func TestSpeakersExist(t *testing.T) {
	for dir, names := range speakers() {
		source := readAll(t, filepath.Join(testdata.Root(t), dir))
		for _, name := range names {
			recv, method, isMethod := strings.Cut(name, ".")
			if isMethod && !strings.Contains(source, " "+recv+") "+method+"(") || !isMethod && !strings.Contains(source, "func "+name+"(") {
				t.Errorf("no %s in %s", name, dir)
			}
		}
	}
}

func readAll(t *testing.T, root string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		text, err := os.ReadFile(path)
		b.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
