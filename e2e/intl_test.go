package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/i18n"
)

// expectation is one text that our own tables and the browser's must agree on.
type expectation struct {
	What string `json:"what"`
	Ours string `json:"ours"`
	Code string `json:"code"` // an expression in the browser that gives its text
}

// TestIntl holds our dates and numbers against the browser's Intl, an independent implementation of
// the same Unicode tables, for every language that ships. Digits and calendar are set, as ours are:
// Latin digits and the Gregorian calendar.
func TestIntl(t *testing.T) {
	p := startBrowser(t).open(t, "http://127.0.0.1")
	for _, l := range i18n.Languages() {
		if l.Status == "pseudo" {
			continue
		}
		t.Run(l.Tag, func(t *testing.T) {
			wanted := expectations(l.Tag)
			theirs := ask[[]string](p, "["+codes(wanted)+"]")
			for i, e := range wanted {
				if got := plain(e.Ours); got != plain(theirs[i]) {
					t.Errorf("%s: ours %q, the browser's %q", e.What, got, plain(theirs[i]))
				}
			}
		})
	}
}

// expectations lists what is compared in one language.
func expectations(tag string) []expectation {
	ours := i18n.For(tag)
	region := tag
	if tag == "en" {
		region = "en-GB" // our English writes 4 November 2026: the day first, as most of the world does
	}
	locale := quote(region + "-u-nu-latn-ca-gregory")
	var all []expectation
	add := func(what, text, code string, args ...any) {
		all = append(all, expectation{tag + " " + what, text, fmt.Sprintf(code, args...)})
	}
	for month := 1; month <= 12; month++ {
		for _, day := range []int{1, 9, 28} {
			date := fmt.Sprintf("2023-%02d-%02d", month, day)
			add("date "+date, ours.Date(date),
				`new Intl.DateTimeFormat(%s, {dateStyle: 'long', timeZone: 'UTC'}).format(new Date('%sT12:00:00Z'))`, locale, date)
		}
		add(fmt.Sprintf("month %d", month), ours.Month(2023, month),
			`new Intl.DateTimeFormat(%s, {year: 'numeric', month: 'long', timeZone: 'UTC'}).format(new Date('2023-%02d-15T12:00:00Z'))`, locale, month)
	}
	for _, date := range []string{"2000-02-29", "2024-02-29", "1999-12-31", "2026-01-01"} {
		add("date "+date, ours.Date(date),
			`new Intl.DateTimeFormat(%s, {dateStyle: 'long', timeZone: 'UTC'}).format(new Date('%sT12:00:00Z'))`, locale, date)
	}
	for _, n := range []int64{0, 7, 42, 999, 1000, 9999, 10000, 58769, 1234567, -1, -4171} {
		add(fmt.Sprintf("whole number %d", n), ours.Int(n), `new Intl.NumberFormat(%s).format(%d)`, locale, n)
	}
	for _, c := range []struct {
		f        float64
		decimals int
	}{{0, 1}, {0.1201, 4}, {-2.1198, 4}, {1234.5, 1}, {1234.5, 2}, {98765.432, 2}, {-0.3023, 4}, {3, 0}} {
		add(fmt.Sprintf("number %v to %d places", c.f, c.decimals), ours.Number(c.f, c.decimals),
			`new Intl.NumberFormat(%s, {minimumFractionDigits: %d, maximumFractionDigits: %[2]d}).format(%[3]v)`, locale, c.decimals, c.f)
	}
	for _, c := range []struct {
		f        float64
		decimals int
	}{{0, 0}, {0.5, 0}, {0.8944, 1}, {1.25, 0}, {-0.25, 1}} {
		add(fmt.Sprintf("percentage %v to %d places", c.f, c.decimals), ours.Percent(c.f, c.decimals),
			`new Intl.NumberFormat(%s, {style: 'percent', minimumFractionDigits: %d, maximumFractionDigits: %[2]d}).format(%[3]v)`, locale, c.decimals, c.f)
	}
	lists := [][]string{{"a"}, {"a", "b"}, {"a", "b", "c"}, {"a", "b", "c", "d"}}
	for _, l := range lists {
		data, err := json.Marshal(l)
		if err != nil {
			continue // a list of letters always becomes JSON
		}
		add(fmt.Sprintf("list of %d", len(l)), ours.List(l), `new Intl.ListFormat(%s, {type: 'conjunction'}).format(%s)`, locale, data)
	}
	return all
}

func codes(all []expectation) string {
	var list []string
	for _, e := range all {
		list = append(list, e.Code)
	}
	return strings.Join(list, ",\n")
}

func quote(s string) string { return "'" + s + "'" }

// plain removes the invisible marks that only steer the direction of text, and unifies the spaces
// that differ between versions of the tables.
func plain(s string) string {
	return strings.NewReplacer("\u200e", "", "\u200f", "", "\u061c", "", "\u2068", "", "\u2069", "",
		"\u00a0", " ", "\u202f", " ").Replace(s)
}
