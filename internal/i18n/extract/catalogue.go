package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/vorlif/spreak/catalog/po"

	"github.com/fourfold/fourfold/internal/i18n"
)

// catalogue is one .po file.
type catalogue struct {
	path string
	file *po.File
}

func readCatalogue(path string) (*catalogue, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file, err := po.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if file.Messages == nil {
		file.Messages = make(po.Messages)
	}
	if file.Messages[""] == nil {
		file.Messages[""] = make(map[string]*po.Message)
	}
	return &catalogue{path, file}, nil
}

// forms returns the number of plural forms the header declares, 2 if it declares none.
func (c *catalogue) forms() int {
	_, rest, ok := strings.Cut(c.file.Header.PluralForms, "nplurals=")
	number, _, _ := strings.Cut(rest, ";")
	if n, err := strconv.Atoi(strings.TrimSpace(number)); ok && err == nil {
		return n
	}
	return 2
}

// entries returns the texts of the catalogue without the header entry.
func (c *catalogue) entries() map[string]*po.Message {
	out := make(map[string]*po.Message)
	for id, m := range c.file.Messages[""] {
		if id != "" {
			out[id] = m
		}
	}
	return out
}

// update brings the entries in step with what was found.
func (c *catalogue) update(found *findings) (added, dropped int) {
	old := c.entries()
	next := make(map[string]*po.Message)
	for id, m := range found.messages {
		entry := &po.Message{ID: id, IDPlural: m.plural, Comment: po.NewComment(), Str: make(map[int]string)}
		for _, place := range sorted(m.places) {
			entry.Comment.AddReference(&po.Reference{Path: place})
		}
		n := 1
		if m.plural != "" {
			n = c.forms()
		}
		before, known := old[id]
		for i := range n {
			entry.Str[i] = ""
			if known && (before.IDPlural != "") == (m.plural != "") {
				entry.Str[i] = before.Str[i]
			}
		}
		if known && before.Comment != nil {
			entry.Comment.Translator, entry.Comment.Flags = before.Comment.Translator, before.Comment.Flags
		}
		if !known {
			added++
		}
		next[id] = entry
	}
	for id := range old {
		if next[id] == nil {
			dropped++
		}
	}
	c.file.Messages[""] = next
	return added, dropped
}

// empty counts the entries that lack a translation.
func (c *catalogue) empty() int {
	n := 0
	for _, m := range c.entries() {
		for _, s := range m.Str {
			if s == "" {
				n++
				break
			}
		}
	}
	return n
}

// write saves the catalogue, entries in the order of their English text.
func (c *catalogue) write() error {
	var b bytes.Buffer
	e := po.NewEncoder(&b)
	e.SetSortFunction(func(a, b *po.Message) int { return strings.Compare(a.ID, b.ID) })
	if err := e.Encode(c.file); err != nil {
		return err
	}
	return os.WriteFile(c.path, b.Bytes(), 0o644)
}

// check lists what is wrong with the translations.
func (c *catalogue) check(found *findings) []string {
	var bad []string
	entries := c.entries()
	for _, id := range sorted(found.messages) {
		entry := entries[id]
		if entry == nil {
			bad = append(bad, fmt.Sprintf("missing: %q (%s)", id, strings.Join(sorted(found.messages[id].places), ", ")))
			continue
		}
		bad = append(bad, c.checkEntry(found.messages[id], entry)...)
	}
	for _, id := range sorted(entries) {
		if found.messages[id] == nil {
			bad = append(bad, fmt.Sprintf("nothing uses: %q", id))
		}
	}
	return bad
}

func (c *catalogue) checkEntry(m *message, entry *po.Message) []string {
	var bad []string
	complain := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	if entry.IDPlural != m.plural {
		return []string{fmt.Sprintf("%q: the catalogue has the plural %q, the program %q", m.id, entry.IDPlural, m.plural)}
	}
	n := 1
	if m.plural != "" {
		n = c.forms()
	}
	for i := range n {
		text := entry.Str[i]
		switch {
		case text == "":
			complain("not translated: %q, form %d", m.id, i)
		case stray(text):
			complain("%q, form %d: a %% that is no placeholder in %q", m.id, i, text)
		case strings.TrimSpace(text) != text && strings.TrimSpace(m.id) == m.id:
			complain("%q, form %d: loose spaces in %q", m.id, i, text)
		default:
			if problem := placeholders(m, i, text); problem != "" {
				complain("%q, form %d: %s in %q", m.id, i, problem, text)
			}
		}
	}
	return bad
}

// placeholders compares those of a translation with those of the English text. The count may be
// left out of the forms that stand for one number (zero, one, two).
func placeholders(m *message, form int, text string) string {
	source := m.id
	if m.plural != "" {
		source = m.plural
	}
	want, got := letters(source), letters(text)
	for arg, letter := range got {
		if want[arg] == 0 || want[arg] != letter {
			return fmt.Sprintf("value %d is not in the English text as %%%c", arg, letter)
		}
	}
	for arg := range want {
		if got[arg] == 0 && (m.plural == "" || arg != 1 || form > 2) {
			return fmt.Sprintf("value %d is left out", arg)
		}
	}
	return ""
}

// letters maps the numbers of the values of a text to their verbs.
func letters(text string) map[int]byte {
	out := make(map[int]byte)
	for _, v := range i18n.Verbs(text) {
		if v.Arg > 0 {
			out[v.Arg] = v.Letter
		}
	}
	return out
}
