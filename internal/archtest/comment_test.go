package archtest

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
)

// minComment is the least that states a purpose: about one full sentence.
const minComment = 60

// comments finds packages without a package comment that says what they are for.
func comments(all []source) []string {
	type folder struct {
		name, doc string
		tests     bool
	}
	byDir := map[string]folder{}
	for _, s := range all {
		dir := path.Dir(s.name)
		f := byDir[dir]
		if f.name == "" || f.tests && !s.isTest() {
			f.name, f.tests = s.file.Name.Name, s.isTest()
		}
		if doc := s.file.Doc.Text(); len(doc) > len(f.doc) {
			f.doc = doc
		}
		byDir[dir] = f
	}
	var found []string
	for dir, f := range byDir {
		name := strings.TrimSuffix(f.name, "_test")
		switch {
		case len(f.doc) < minComment:
			found = append(found, fmt.Sprintf("%s: package %s has no package comment of %d letters or more: state its purpose and what it trusts", dir, name, minComment))
		case name != "main" && !strings.HasPrefix(f.doc, "Package "+name+" "):
			found = append(found, fmt.Sprintf("%s: the package comment must begin \"Package %s \"", dir, name))
		}
	}
	slices.Sort(found)
	return found
}

func TestPackageComments(t *testing.T) {
	report(t, comments(sources(t)))
}

func TestPlantedPackageComments(t *testing.T) {
	long := strings.Repeat("It trusts nobody at all. ", 5)
	got := comments([]source{
		planted(t, "a/a.go", "package a"),
		planted(t, "b/b.go", "// Package b does.\npackage b"),
		planted(t, "c/c.go", "// Something else. "+long+"\npackage c"),
		planted(t, "d/d.go", "package d"),
		planted(t, "d/doc.go", "// Package d is fine. "+long+"\npackage d"),
		planted(t, "e/main.go", "// Tool does one thing. "+long+"\npackage main"),
		planted(t, "f/f_test.go", "package f_test"),
	})
	for i, want := range []string{"a: ", "b: ", "c: ", "f: "} {
		if i >= len(got) || !strings.HasPrefix(got[i], want) {
			t.Fatalf("found %q, want a, b, c and f", got)
		}
	}
	if len(got) != 4 {
		t.Fatalf("found %q, want four", got)
	}
}
