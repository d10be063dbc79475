package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// Physical directions break right-to-left languages; only logical properties are used.
func TestStyleIsLogical(t *testing.T) {
	sheet, err := assembleStyle()
	if err != nil {
		t.Fatal(err)
	}
	comment := regexp.MustCompile(`(?s)/\*.*?\*/`)
	physical := regexp.MustCompile(`(?i)(^|[\s;{])((margin|padding|border|inset|scroll-margin|scroll-padding)-(left|right|top|bottom)[\w-]*|left|right|top|bottom|(min-|max-)?(width|height)|float|clear|border-(top|bottom)-(left|right)-radius)\s*:|text-align\s*:\s*(left|right)|to (left|right|top|bottom)`)
	text := comment.ReplaceAllString(string(sheet), "")
	text = regexp.MustCompile(`@media[^{]*`).ReplaceAllString(text, "")
	for _, found := range physical.FindAllString(text, -1) {
		t.Errorf("physical property %q: use inline and block, start and end", strings.TrimSpace(found))
	}
	if strings.Contains(text, "url(") || strings.Contains(text, "@import") {
		t.Error("the style sheet loads something")
	}
}

func TestStyleBudget(t *testing.T) {
	n := newNode(t, Options{})
	if size := len(n.assets.byName[styleSheet].raw); size > 25_000 {
		t.Errorf("the style sheet has %d bytes; 25,000 is the budget", size)
	}
}

func TestStaticFiles(t *testing.T) {
	n := newNode(t, Options{})
	for name, file := range n.assets.byName {
		res, body := send(t, n, ask{path: file.path})
		if res.StatusCode != http.StatusOK || body != string(file.raw) {
			t.Errorf("%s: status %d", name, res.StatusCode)
		}
		if got := res.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
		if res.Header.Get("Content-Type") == "" || !strings.HasPrefix(file.path, "/static/") {
			t.Errorf("%s: type %q at %s", name, res.Header.Get("Content-Type"), file.path)
		}
	}
	for _, path := range []string{"/static/fourfold.css", "/static/../routes.go", "/static/"} {
		if res, _ := send(t, n, ask{path: path}); res.StatusCode == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
}

func TestTidyKeepsWhatCounts(t *testing.T) {
	const sheet = "/* why */\n.a > b,\n.c :focus {\n  margin: calc(1rem + 2px) 0; content: \"a  b\";\n}\n@media print { p { color: red } }\n"
	const want = "\n.a > b,\n.c :focus{margin: calc(1rem + 2px) 0;content: \"a  b\";}@media print{p{color: red}}"
	if got := string(tidy([]byte(sheet))); got != want {
		t.Errorf("%q", got)
	}
}
