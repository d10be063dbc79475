package archtest

import (
	"fmt"
	"go/ast"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// maxLines is the length past which a file holds more than one noun.
const maxLines = 450

// clocks are the only places that may ask the machine what time it is; everybody else is handed
// an instant, so that a test can choose it.
var clocks = map[string]string{
	"internal/db/":                       "the default of Config.Clock; every transaction takes its instant from there",
	"internal/app/app.go":                "the default of Config.Clock, for the same reason",
	"internal/audit/rest.go":             "how long a page took to verify, so that it rests three times as long",
	"internal/backup/pace.go":            "how long a slice of work took, so that it rests as long",
	"internal/web/observe/":              "how long a request took",
	"internal/auth/credential/signin.go": "a refusal ends on a beat of real time, whatever the clock of the node says",
	"internal/beat/":                     "answers leave on a grid of real time, whatever the clock of the node says",
	"internal/cli/":                      "the program's own clock, handed down from here; progress of long commands",
	"e2e/":                               "waits for a browser",
}

// empty are names that say nothing about what is inside.
var empty = regexp.MustCompile(`^(utils?|common|helpers?|models?|types?|services?|misc|shared|base)$`)

// unfinished finds words that promise work instead of doing it. They are put together here so that
// this file does not hold them.
var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)

// lengths finds files that are too long. Tests and published vectors may be longer.
func lengths(s source) []string {
	if s.lines <= maxLines || s.isTest() || strings.Contains(s.name, "vectors") {
		return nil
	}
	return []string{fmt.Sprintf("%s has %d lines, at most %d: split it by noun", s.name, s.lines, maxLines)}
}

// names finds files and packages whose name says nothing.
func names(s source) []string {
	var found []string
	file := strings.TrimSuffix(strings.TrimSuffix(path.Base(s.name), ".go"), "_test")
	if empty.MatchString(file) {
		found = append(found, s.name+": the file's name says nothing about what is inside")
	}
	if p := strings.TrimSuffix(s.file.Name.Name, "_test"); empty.MatchString(p) {
		found = append(found, s.name+": package "+p+" says nothing about what is inside")
	}
	return found
}

// imported returns the name under which a file knows an import path, or nothing.
func imported(s source, importPath string) string {
	for _, i := range s.file.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err == nil && p == importPath {
			if i.Name != nil {
				return i.Name.Name
			}
			return path.Base(importPath)
		}
	}
	return ""
}

// clockReads finds uses of the machine's clock outside the places of the table.
func clockReads(s source) []string {
	name := imported(s, "time")
	if name == "" || s.isTest() {
		return nil
	}
	for prefix := range clocks {
		if strings.HasPrefix(s.name, prefix) {
			return nil
		}
	}
	var found []string
	ast.Inspect(s.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && isIdent(sel.X, name) && slices.Contains([]string{"Now", "Since", "Until"}, sel.Sel.Name) {
			found = append(found, fmt.Sprintf("%s: time.%s: take the instant from the transaction or from whoever calls", s.at(n), sel.Sel.Name))
		}
		return true
	})
	return found
}

func isIdent(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// secretive are the packages in which a guessable number would be a hole.
var secretive = []string{"exchange/", "internal/vault/", "internal/auth/", "internal/audit/", "internal/private/", "internal/partnership/"}

// guessable finds guessable random numbers where only unguessable ones will do.
func guessable(s source) []string {
	if s.isTest() || !slices.ContainsFunc(secretive, func(p string) bool { return strings.HasPrefix(s.name, p) }) {
		return nil
	}
	if imported(s, "math/rand") != "" || imported(s, "math/rand/v2") != "" {
		return []string{s.name + ": math/rand can be guessed: use crypto/rand"}
	}
	return nil
}

// skips finds tests that skip by themselves. A test that lacks something says so through
// testdata.Absent, which is a failure when everything is required.
func skips(s source) []string {
	if strings.HasPrefix(s.name, "internal/testdata/") {
		return nil
	}
	if !s.isTest() {
		return nil
	}
	var found []string
	var visit func(n ast.Node, drawing map[string]bool) // drawing: names of rapid.T around n
	visit = func(n ast.Node, drawing map[string]bool) {
		ast.Inspect(n, func(n ast.Node) bool {
			if f, ok := n.(*ast.FuncLit); ok {
				inner := maps.Clone(drawing)
				for _, p := range f.Type.Params.List {
					for _, name := range p.Names {
						inner[name.Name] = isRapid(p.Type)
					}
				}
				visit(f.Body, inner)
				return false
			}
			if call, ok := n.(*ast.CallExpr); ok {
				if sel, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, sel.Sel.Name) {
					if id, ok := sel.X.(*ast.Ident); !ok || !drawing[id.Name] {
						found = append(found, s.at(n)+": a test skips only through testdata.Absent")
					}
				}
			}
			return true
		})
	}
	visit(s.file, map[string]bool{})
	return found
}

// isRapid recognises *rapid.T, whose Skip only draws the next example.
func isRapid(e ast.Expr) bool {
	star, ok := e.(*ast.StarExpr)
	if !ok {
		return false
	}
	sel, ok := star.X.(*ast.SelectorExpr)
	return ok && isIdent(sel.X, "rapid") && sel.Sel.Name == "T"
}

// promises finds words that promise work later.
func promises(name string, text []byte) []string {
	var found []string
	line := 0
	for l := range strings.Lines(string(text)) {
		line++
		if word := unfinished.FindString(l); word != "" {
			found = append(found, fmt.Sprintf("%s:%d: %s: do it, or write an issue", name, line, word))
		}
	}
	return found
}

func TestSources(t *testing.T) {
	for _, s := range sources(t) {
		for _, rule := range []func(source) []string{lengths, names, clockReads, guessable, skips} {
			report(t, rule(s))
		}
		report(t, promises(s.name, s.text))
	}
}

func TestPlantedSources(t *testing.T) {
	for _, c := range []struct {
		rule       func(source) []string
		name, text string
		found      int
	}{
		{lengths, "internal/db/long.go", "package db\n" + strings.Repeat("\n", maxLines), 1},
		{lengths, "internal/db/long_test.go", "package db\n" + strings.Repeat("\n", maxLines), 0},
		{lengths, "exchange/vectors/all.go", "package vectors\n" + strings.Repeat("\n", maxLines), 0},
		{lengths, "internal/db/short.go", "package db\n", 0},
		{names, "internal/db/helpers.go", "package db", 1},
		{names, "internal/db/types_test.go", "package db", 1},
		{names, "internal/util/text.go", "package util", 1},
		{names, "internal/util/utils.go", "package utils_test", 2},
		{names, "internal/db/modelling.go", "package db", 0},
		{clockReads, "internal/app/a.go", "package app\nimport \"time\"\nvar x = time.Now()", 1},
		{clockReads, "internal/app/a.go", "package app\nimport clock \"time\"\nvar x, y = clock.Now, clock.Since(z)", 2},
		{clockReads, "internal/app/a.go", "package app\nimport \"time\"\nvar x = time.Unix(0, 0)", 0},
		{clockReads, "internal/app/a.go", "package app\nvar x = time.Now()", 0},
		{clockReads, "internal/db/a.go", "package db\nimport \"time\"\nvar x = time.Now", 0},
		{clockReads, "internal/app/a_test.go", "package app\nimport \"time\"\nvar x = time.Now()", 0},
		{guessable, "exchange/seal/a.go", "package seal\nimport _ \"math/rand/v2\"", 1},
		{guessable, "internal/auth/a.go", "package auth\nimport \"math/rand\"", 1},
		{guessable, "analysis/mse/a.go", "package mse\nimport \"math/rand/v2\"", 0},
		{guessable, "exchange/seal/a.go", "package seal\nimport \"crypto/rand\"", 0},
		{skips, "internal/db/a_test.go", "package db\nfunc f(t *T) { t.Skip() }", 1},
		{skips, "e2e/a_test.go", "package e2e\nfunc f(b *B) { b.Skipf(``); b.SkipNow() }", 2},
		{skips, "internal/db/a_test.go", "package db\nfunc f(t *T) { rapid.Check(t, func(t *rapid.T) { t.Skip() }); func() { t.Skip() }() }", 1},
		{skips, "internal/testdata/testdata.go", "package testdata\nfunc f(t *T) { t.Skip() }", 0},
		{skips, "internal/db/a.go", "package db\nfunc f(r *Reader) { r.Skip() }", 0},
	} {
		if got := c.rule(planted(t, c.name, c.text)); len(got) != c.found {
			t.Errorf("%s %q: found %q, want %d findings", c.name, firstLines(c.text), got, c.found)
		}
	}
	word := "TO" + "DO"
	if got := promises("a.go", []byte("one\n// "+word+": later\n")); len(got) != 1 || !strings.HasPrefix(got[0], "a.go:2:") {
		t.Errorf("a promise on line 2: found %q", got)
	}
	if got := promises("a.go", []byte("mas"+word+"n and "+word+"S\n")); len(got) != 0 {
		t.Errorf("a part of a word: found %q", got)
	}
}

func firstLines(text string) string { return text[:min(len(text), 80)] }
