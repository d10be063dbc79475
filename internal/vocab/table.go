package vocab

import (
	"embed"
	"encoding/csv"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/fourfold/fourfold/internal/packed"
	"github.com/fourfold/fourfold/script"
)

//go:embed data/*.csv
var embedded embed.FS

var data = packed.Of(embedded)

// tables is computed once from the embedded files and never changes after. A damaged file is a
// defect of the build that every test finds, so it panics.
var tables = sync.OnceValue(func() *table {
	t, err := read(data)
	if err != nil {
		panic(err)
	}
	return t
})

type key struct {
	scheme Scheme
	text   string
}

type mapKey struct {
	scheme         Scheme
	code, standard string
}

type labelKey struct {
	scheme     Scheme
	code, lang string
}

type table struct {
	codes  map[Scheme][]Code
	at     map[key]int       // code → index in codes
	names  map[key]string    // folded name → code
	short  map[string]string // ISO alpha-2 and M49 numbers → area
	labels map[labelKey]string
	maps   map[mapKey]string
}

func read(from fs.FS) (*table, error) {
	t := &table{
		codes: make(map[Scheme][]Code), at: make(map[key]int), names: make(map[key]string),
		short: make(map[string]string), labels: make(map[labelKey]string), maps: make(map[mapKey]string),
	}
	for _, step := range []struct {
		file string
		add  func(get func(string) string) error
	}{
		{"data/code.csv", t.addCode}, {"data/area.csv", t.addArea}, {"data/alias.csv", t.addAlias}, {"data/map.csv", t.addMap},
	} {
		if err := each(from, step.file, step.add); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// each calls add for every row of a CSV file with a header; get returns a column by name.
func each(from fs.FS, name string, add func(get func(string) string) error) error {
	f, err := from.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	rows, err := r.ReadAll()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	column := make(map[string]int)
	for i, c := range rows[0] {
		column[c] = i
	}
	for i, row := range rows[1:] {
		get := func(c string) string {
			if at, ok := column[c]; ok {
				return row[at]
			}
			return ""
		}
		if err := add(get); err != nil {
			return fmt.Errorf("%s, line %d: %w", name, i+2, err)
		}
	}
	return nil
}

func (t *table) put(c Code, get func(string) string) error {
	k := key{c.Scheme, c.Code}
	if _, twice := t.at[k]; twice {
		return fmt.Errorf("%s %q stands twice", c.Scheme, c.Code)
	}
	t.at[k] = len(t.codes[c.Scheme])
	t.codes[c.Scheme] = append(t.codes[c.Scheme], c)
	for _, lang := range []string{"en", "fr", "es", "ar", "ru", "zh"} {
		text := get(lang)
		if text == "" {
			continue
		}
		t.labels[labelKey{c.Scheme, c.Code, lang}] = text
		if err := t.name(c.Scheme, c.Code, text); err != nil {
			return err
		}
	}
	return t.name(c.Scheme, c.Code, c.Code)
}

// name records one more text under which a code is found.
func (t *table) name(s Scheme, code, text string) error {
	k := key{s, script.Fold(text)}
	if k.text == "" {
		return fmt.Errorf("%s %q has an empty name %q", s, code, text)
	}
	if other, taken := t.names[k]; taken && other != code {
		return fmt.Errorf("%s: %q means both %q and %q", s, text, other, code)
	}
	t.names[k] = code
	return nil
}

func (t *table) addCode(get func(string) string) error {
	c := Code{Scheme: Scheme(get("scheme")), Code: get("code"), Parent: get("parent")}
	return t.put(c, get)
}

func (t *table) addArea(get func(string) string) error {
	c := Code{Scheme: Area, Code: get("code"), Kind: get("kind"), Parent: get("parent")}
	if err := t.put(c, get); err != nil {
		return err
	}
	for _, standard := range []string{"m49", "iso2"} {
		if v := get(standard); v != "" {
			t.maps[mapKey{Area, c.Code, standard}] = v
			t.short[v] = c.Code
		}
	}
	return nil
}

func (t *table) addAlias(get func(string) string) error {
	s, code := Scheme(get("scheme")), get("code")
	_, known := t.at[key{s, code}]
	if s == Citizenship && !known {
		_, known = t.at[key{Area, code}]
	}
	if !known {
		return fmt.Errorf("%s has no code %q", s, code)
	}
	return t.name(s, code, get("alias"))
}

func (t *table) addMap(get func(string) string) error {
	k := mapKey{Scheme(get("scheme")), get("code"), get("standard")}
	if _, known := t.at[key{k.scheme, k.code}]; !known {
		return fmt.Errorf("%s has no code %q", k.scheme, k.code)
	}
	t.maps[k] = get("value")
	return nil
}

func (t *table) kind(area string) string {
	if i, ok := t.at[key{Area, area}]; ok {
		return t.codes[Area][i].Kind
	}
	return ""
}

// label finds the label of one base code.
func (t *table) label(s Scheme, code, lang string) string {
	base, _, _ := strings.Cut(lang, "-")
	schemes := []Scheme{s}
	if s == Citizenship {
		schemes = append(schemes, Area)
	}
	for _, s := range schemes {
		for _, l := range []string{base, "en"} {
			if text, ok := t.labels[labelKey{s, code, l}]; ok {
				return text
			}
		}
	}
	if own, ok := strings.CutPrefix(code, ownPrefix); ok {
		return strings.ReplaceAll(own, "-", " ")
	}
	return code
}
