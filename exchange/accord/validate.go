package accord

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

var (
	codeForm    = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,63}$`)
	countryForm = regexp.MustCompile(`^[A-Z]{3}$`)
	hashForm    = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// Validate reports every rule that the document breaks, joined, each with its place.
func (d Document) Validate() error {
	var v problems
	v.check(d.Version == 1, "v", "is %d; this program knows version 1", d.Version)
	v.check(d.Compiler != "", "compiler", "is missing")
	v.code("suite", d.Suite)
	v.code("id", d.ID)
	v.check(d.Serial >= 1 && d.Serial <= maxCount, "serial", "is %d; it counts from 1 to %d", d.Serial, maxCount)
	v.check((d.Serial == 1) == (d.Supersedes == ""), "supersedes", "must name the hash of the serial before, and nothing for the first")
	v.check(d.Supersedes == "" || hashForm.MatchString(d.Supersedes), "supersedes", "is not a hash of 64 hex digits")
	v.check(len(d.LegalBasis) > 0, "legal_basis", "is empty")
	for i, b := range d.LegalBasis {
		place := fmt.Sprintf("legal_basis[%d]", i)
		v.text(place+".jurisdiction", b.Jurisdiction)
		v.text(place+".citation", b.Citation)
	}
	v.check(slices.Contains([]Transfer{SameCountry, Adequacy, Safeguards, Derogation}, d.Transfer), "transfer", "%q is not a ground of transfer: use same-country, adequacy, safeguards or derogation", d.Transfer)
	for i, c := range d.Residency {
		v.check(countryForm.MatchString(c), fmt.Sprintf("residency[%d]", i), "%q is not a country code", c)
	}
	v.codes("forbidden", d.Forbidden)
	for _, use := range AlwaysForbidden() {
		v.check(slices.Contains(d.Forbidden, use), "forbidden", "must hold %q: no agreement may allow it", use)
	}
	v.check(d.Matching.PerDay >= 0 && d.Matching.PerCase >= 0, "matching", "is below zero")
	v.check(d.Matching.PerDay <= maxCount && d.Matching.PerCase <= maxCount, "matching", "is above %d", maxCount)
	from, errFrom := civil(d.ValidFrom)
	until, errUntil := civil(d.ValidUntil)
	v.check(errFrom == nil, "valid_from", "%q is not a date from the year 2000 on: write it like 2026-01-31", d.ValidFrom)
	v.check(errUntil == nil, "valid_until", "%q is not a date from the year 2000 on: write it like 2026-01-31", d.ValidUntil)
	v.check(errFrom != nil || errUntil != nil || from < until, "valid_until", "is not after valid_from")
	v.parties(d)
	v.clauses(d)
	return errors.Join(v...)
}

type problems []error

func (p *problems) check(ok bool, place, format string, args ...any) {
	if !ok {
		*p = append(*p, fmt.Errorf("accord: %s %s", place, fmt.Sprintf(format, args...)))
	}
}

// maxCount bounds every number of a document far below what canonical JSON carries exactly.
const maxCount = 1_000_000

// maxText bounds a name or citation in characters.
const maxText = 500

// text checks words that people read before they sign: nothing that is not seen, and nothing that reorders
// what is seen.
func (p *problems) text(place, s string) {
	p.check(strings.TrimSpace(s) != "", place, "is missing")
	p.check(utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxText, place, "is longer than %d characters, or holds broken ones", maxText)
	p.check(!strings.ContainsFunc(s, unseen), place, "holds a character that cannot be seen or that turns the direction of what follows: type it anew")
}

// unseen recognises control characters, and those that embed, override or isolate a direction. Joiners and
// simple direction marks, which some scripts need, are not among them.
func unseen(r rune) bool {
	return unicode.IsControl(r) || (r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069')
}

func (p *problems) code(place, s string) {
	p.check(codeForm.MatchString(s), place, "%q is not a code: lower-case letters, digits, dots and hyphens, at most 64", s)
}

func (p *problems) codes(place string, list []string) {
	for i, s := range list {
		p.code(fmt.Sprintf("%s[%d]", place, i), s)
		p.check(!slices.Contains(list[:i], s), place, "holds %q twice", s)
	}
}

func (p *problems) parties(d Document) {
	p.check(len(d.Parties) >= 2 && len(d.Parties) <= 20, "parties", "are %d; an agreement has 2 to 20", len(d.Parties))
	seen := map[string]bool{}
	countries := map[string]bool{}
	for i, party := range d.Parties {
		place := fmt.Sprintf("parties[%d]", i)
		p.code(place+".id", party.ID)
		p.check(!seen[party.ID], place, "%q signs twice", party.ID)
		p.text(place+".name", party.Name)
		p.check(countryForm.MatchString(party.Country), place+".country", "%q is not a country code", party.Country)
		p.codes(place+".roles", party.Roles)
		seen[party.ID], countries[party.Country] = true, true
	}
	p.check(d.Transfer != SameCountry || len(countries) <= 1, "transfer", "is within one country, and the parties are in %d", len(countries))
}

func (p *problems) clauses(d Document) {
	party := func(id string) *Party {
		i := slices.IndexFunc(d.Parties, func(q Party) bool { return q.ID == id })
		if i < 0 {
			return nil
		}
		return &d.Parties[i]
	}
	seen := map[string]bool{}
	for i, c := range d.Clauses {
		place := fmt.Sprintf("clauses[%d]", i)
		p.code(place+".id", c.ID)
		p.check(!seen[c.ID], place, "%q stands twice", c.ID)
		seen[c.ID] = true
		to := party(c.To)
		p.check(party(c.From) != nil, place+".from", "%q is not a party", c.From)
		p.check(to != nil, place+".to", "%q is not a party", c.To)
		p.check(c.From != c.To, place, "sends from a party to itself")
		for _, r := range c.Recipients {
			p.check(to == nil || slices.Contains(to.Roles, r), place+".recipients", "%q is not a role of %q", r, c.To)
		}
		p.terms(place, c)
	}
}

func (p *problems) terms(place string, c Clause) {
	p.codes(place+".recipients", c.Recipients)
	p.codes(place+".purposes", c.Purposes)
	p.codes(place+".subjects", c.Subjects)
	p.codes(place+".fields", c.Fields)
	p.code(place+".class", c.Class)
	for _, a := range c.Authority {
		p.check(slices.Contains(Authorities(), a), place+".authority", "%q is not an authority: use consent, duty, danger-to-life or legal-basis", a)
	}
	p.check(rank(tlpOrder, c.TLP) > 0, place+".tlp", "%q is not a TLP 2.0 marking: use clear, green, amber, amber.strict or red", c.TLP)
	p.check(rank(handlingOrder, c.Handling) > 0, place+".handling", "%q is not a handling code H0 to H3", c.Handling)
	p.check(rank(sourceOrder, c.Source) > 0, place+".source", "%q is not a source grading A, B, C or X", c.Source)
	p.check(c.Information >= 1 && c.Information <= 4, place+".information", "%d is not a grading 1 to 4", c.Information)
	p.check(slices.Contains([]string{"none", "ask", "parties"}, c.Onward), place+".onward", "%q is not none, ask or parties", c.Onward)
	p.check(c.Retention >= 1 && c.Retention <= maxDays, place+".retention", "is %d days; it must be 1 to %d", c.Retention, maxDays)
	p.check(c.ReviewAfter >= 1 && c.ReviewAfter <= c.Retention, place+".review_after", "is %d days; it must lie within the retention of %d", c.ReviewAfter, c.Retention)
}

// maxDays is the longest retention: a hundred years.
const maxDays = 36_525

// civil returns the start of a civil date in microseconds since 1970 UTC.
func civil(s string) (int64, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, err
	}
	if t.Year() < 2000 {
		return 0, fmt.Errorf("accord: %s is before the year 2000", s)
	}
	return t.UnixMicro(), nil
}
