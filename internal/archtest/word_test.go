package archtest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// places finds what belongs to one machine or one network and not to the project: home folders,
// and the hosts of package registries, which differ from place to place and are a client's setting.
// The words are put together here so that this file does not hold them.
var places = regexp.MustCompile(strings.Join([]string{
	`(^|[\s"'=:(])/(root|home/\w+|Users/\w+)/`,
	`[A-Z]:\\Us` + `ers\\`,
	`registry\.(npmjs|yarnpkg)\.`, `proxy\.gol` + `ang\.org`, `sum\.gol` + `ang\.org`,
	`(deb|security|ftp)\.deb` + `ian\.org`, `\bpypi\.o` + `rg`, `\bcrates\.i` + `o\b`, `repo\d?\.mav` + `en`,
}, "|"))

// unwanted finds the places (in tests, whose fixtures invent such paths, only the real ones), and the path of this very checkout, in a text.
func unwanted(name string, text []byte, checkout string) []string {
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return nil // a picture or an archive
	}
	var found []string
	line := 0
	for l := range bytes.Lines(text) {
		line++
		hit := string(places.Find(l))
		if strings.HasSuffix(name, "_test.go") && strings.Contains(hit, "/ho"+"me/") {
			hit = ""
		}
		if hit == "" && checkout != "" && bytes.Contains(l, []byte(checkout)) {
			hit = "the path of the checkout"
		}
		if hit != "" {
			found = append(found, fmt.Sprintf("%s:%d: %s belongs to one machine or network, not to the project", name, line, strings.TrimSpace(hit)))
		}
	}
	return found
}

func TestWords(t *testing.T) {
	root, names := files(t)
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		report(t, unwanted(name, text, root+string(filepath.Separator)))
		if ext := filepath.Ext(name); strings.Contains(" .css .html .js .md .sh .sql .yml .yaml .po ", " "+ext+" ") && !strings.Contains(name, "/vendor/") {
			report(t, promises(name, text))
		}
	}
}

func TestPlantedWords(t *testing.T) {
	for _, c := range []struct {
		text  string
		found bool
	}{
		{"see /ro" + "ot/go/bin", true},
		{"x=\"/ho" + "me/anna/x\"", true},
		{"npm registry.npm" + "js.org", true},
		{"GOPROXY=https://proxy.gol" + "ang.org", true},
		{"a /some/where/tree/file", true},
		{"GET /home and /roots/", false},
		{"golang.org/x/text", false},
		{"../shared/data", false},
		{"\x00 /ro" + "ot/go/bin", false},
	} {
		if got := unwanted("a.md", []byte(c.text), "/some/where/tree/"); (len(got) > 0) != c.found {
			t.Errorf("%q: found %q, want found=%v", c.text, got, c.found)
		}
	}
}
