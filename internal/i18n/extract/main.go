// Command extract keeps the catalogues in step with the program: it gathers every text that is
// shown to people from the Go source, the page templates and the profiles, and rewrites
// internal/i18n/locale/*.po: new texts come in empty, texts that nothing uses go out, existing
// translations stay. Run it from anywhere in the source tree:
//
//	go run ./internal/i18n/extract
//
// The test of this package is the gate: it fails on texts that are missing or left over in a
// catalogue, on placeholders that differ, and on texts the program puts together at run time.
//
// Trust: it reads the source tree it stands in and writes only the catalogues.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	root, err := findRoot()
	if err != nil {
		return err
	}
	found, err := gather(root)
	if err != nil {
		return err
	}
	for _, p := range found.problems {
		fmt.Fprintln(os.Stderr, p)
	}
	names, err := filepath.Glob(filepath.Join(root, localeDir, "*.po"))
	if err != nil {
		return err
	}
	for _, name := range names {
		c, err := readCatalogue(name)
		if err != nil {
			return err
		}
		added, dropped := c.update(found)
		if err := c.write(); err != nil {
			return err
		}
		fmt.Printf("%s: %d texts, %d added, %d dropped, %d without translation\n",
			filepath.Base(name), len(found.messages), added, dropped, c.empty())
	}
	return nil
}

// localeDir holds the catalogues, relative to the root.
const localeDir = "internal/i18n/locale"

// findRoot goes up from the working folder to the one that holds the catalogues.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, localeDir)); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("%s is not in the source tree: no folder above it holds %s", dir, localeDir)
		}
		dir = up
	}
}

// message is one text of the program.
type message struct {
	id, plural string
	places     map[string]bool // files, relative to the root
	single     bool            // used without a count somewhere
}

// findings is what was gathered from the tree.
type findings struct {
	messages map[string]*message
	problems []string // "file:line: what is wrong and what to do"
}

// add records a use of a text.
func (f *findings) add(file, at, id, plural string) {
	if id == "" {
		return
	}
	if stray(id) {
		f.complain(at, "%q holds a %% that is no placeholder: write %%%%", id)
	}
	m := f.messages[id]
	if m == nil {
		m = &message{id: id, places: make(map[string]bool)}
		f.messages[id] = m
	}
	m.places[file] = true
	switch {
	case plural == "":
		m.single = true
	case m.plural == "":
		m.plural = plural
	case m.plural != plural:
		f.complain(at, "%q has two plurals, %q and %q: choose one", id, m.plural, plural)
	}
	if m.single && m.plural != "" {
		f.complain(at, "%q is used with a count and without: word one of them differently", id)
	}
}

func (f *findings) complain(at, format string, args ...any) {
	f.problems = append(f.problems, at+": "+fmt.Sprintf(format, args...))
}

// gather walks the whole tree.
func gather(root string) (*findings, error) {
	f := &findings{messages: make(map[string]*message)}
	if err := gatherSource(root, f); err != nil {
		return nil, err
	}
	if err := gatherPages(root, f); err != nil {
		return nil, err
	}
	gatherProfiles(f)
	gatherInstruments(f)
	sort.Strings(f.problems)
	return f, nil
}
