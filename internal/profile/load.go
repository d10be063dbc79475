package profile

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/order"
)

// topicFile names the topics; every other file is one jurisdiction.
const topicFile = "topics.json"

// maxFile bounds one file in bytes; a profile is a few kilobytes.
const maxFile = 1 << 20

// Load reads the profiles of a folder: topics.json and one JSON file per jurisdiction, named
// after it. All files are checked and all defects reported together, each with file and entry.
func Load(from fs.FS) (*Book, error) {
	b := &Book{profiles: make(map[string]Profile), topics: make(map[string]string)}
	if _, err := decode(from, topicFile, &b.topics); err != nil {
		return nil, err
	}
	names, err := fs.Glob(from, "*.json")
	if err != nil {
		return nil, err
	}
	var bad []error
	for _, name := range names {
		if name == topicFile {
			continue
		}
		var p Profile
		if p.Hash, err = decode(from, name, &p); err != nil {
			bad = append(bad, err)
			continue
		}
		bad = append(bad, b.add(name, p)...)
	}
	if len(bad) > 0 {
		return nil, errors.Join(bad...)
	}
	return b, nil
}

// decode reads one file strictly and returns its hash.
func decode(from fs.FS, name string, into any) (hash string, err error) {
	data, err := fs.ReadFile(from, name)
	if err != nil {
		return "", fmt.Errorf("profile file %s cannot be read: %w", name, err)
	}
	if len(data) > maxFile {
		return "", fmt.Errorf("profile file %s has %d bytes; at most %d are read", name, len(data), maxFile)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return "", fmt.Errorf("profile file %s, near byte %d: %w", name, d.InputOffset(), err)
	}
	if d.More() {
		return "", fmt.Errorf("profile file %s, byte %d: something follows the profile", name, d.InputOffset())
	}
	var plain bytes.Buffer
	if err := json.Compact(&plain, data); err != nil {
		return "", fmt.Errorf("profile file %s: %w", name, err)
	}
	sum := sha256.Sum256(plain.Bytes())
	return hex.EncodeToString(sum[:]), nil
}

// add checks one profile and takes it into the book.
func (b *Book) add(name string, p Profile) []error {
	var bad []error
	if p.Jurisdiction+".json" != path.Base(name) || p.Jurisdiction == "" {
		bad = append(bad, fmt.Errorf("profile file %s says it is of %q: name the file after its jurisdiction", name, p.Jurisdiction))
	}
	if p.Name == "" {
		bad = append(bad, fmt.Errorf("profile file %s has no name", name))
	}
	seen := make(map[string]bool)
	for i := range p.Facts {
		f := &p.Facts[i]
		f.Jurisdiction = p.Jurisdiction
		where := fmt.Sprintf("profile file %s, entry %d (%s)", name, i+1, cmp.Or(f.ID, "no id"))
		for _, problem := range b.check(*f) {
			bad = append(bad, fmt.Errorf("%s: %s", where, problem))
		}
		if seen[f.ID] {
			bad = append(bad, fmt.Errorf("%s: the id stands twice", where))
		}
		seen[f.ID] = true
	}
	order.By(p.Facts, func(a, b Fact) int {
		return cmp.Or(strings.Compare(a.Topic, b.Topic), strings.Compare(a.From.first(), b.From.first()))
	})
	bad = append(bad, overlaps(name, p.Facts)...)
	bad = append(bad, chains(name, p)...)
	b.profiles[p.Jurisdiction] = p
	return bad
}

// check lists what is wrong with one fact by itself.
func (b *Book) check(f Fact) []string {
	var bad []string
	refuse := func(wrong bool, format string, args ...any) {
		if wrong {
			bad = append(bad, fmt.Sprintf(format, args...))
		}
	}
	refuse(f.ID == "", "it has no id")
	refuse(b.topics[f.Topic] == "", "the topic %q is not in %s", f.Topic, topicFile)
	refuse(f.Text == "", "it has no text")
	refuse(f.Unit != "" && !slices.Contains(Units(), f.Unit), "the unit %q is none of %s", f.Unit, strings.Join(Units(), ", "))
	refuse((f.Value != 0) != (f.Unit != ""), "a value needs a unit and a unit a value")
	refuse(f.Value < 0, "the value is negative")
	refuse(f.Bound != "" && !slices.Contains(Bounds(), f.Bound), "the bound %q is none of %s", f.Bound, strings.Join(Bounds(), ", "))
	for field, d := range map[string]Date{"from": f.From, "to": f.To, "verified_on": f.VerifiedOn} {
		if d != "" {
			err := d.check()
			refuse(err != nil, "%s: %v", field, err)
		}
	}
	refuse(f.From != "" && f.To != "" && f.To.last() < f.From.first(), "it ends (%s) before it begins (%s)", f.To, f.From)
	bad = append(bad, trust(f.Confidence, f.Sources, f.VerifiedOn, f.VerifiedBy)...)
	slices.Sort(bad)
	return bad
}

// overlaps refuses two facts on one topic that hold on the same day. The facts stand by topic
// and first day.
func overlaps(name string, facts []Fact) []error {
	var bad []error
	for i, f := range facts {
		if i == 0 || facts[i-1].Topic != f.Topic {
			continue
		}
		before := facts[i-1]
		if before.To == "" || f.From == "" || before.To.last() >= f.From.first() {
			bad = append(bad, fmt.Errorf("profile file %s, entry %s: overlaps with %s on the topic %s; end one before the other begins",
				name, f.ID, before.ID, f.Topic))
		}
	}
	return bad
}

// chains refuses a "replaces" that names nothing, or that leads back to itself.
func chains(name string, p Profile) []error {
	var bad []error
	for _, f := range p.Facts {
		at := f
		for range len(p.Facts) + 1 {
			if at.Replaces == "" {
				break
			}
			before := p.find(at.Replaces)
			if before == nil {
				bad = append(bad, fmt.Errorf("profile file %s, entry %s: replaces %q, which does not stand in the file", name, at.ID, at.Replaces))
				break
			}
			if before.ID == f.ID {
				bad = append(bad, fmt.Errorf("profile file %s, entry %s: replaces itself in a circle", name, f.ID))
				break
			}
			at = *before
		}
	}
	return bad
}
