package library_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/law/work"
)

var days = []clock.Day{"2014-12-31", "2015-01-01", "2016-06-15", "2017-01-01", "2018-02-28", "2019-05-01", "2020-12-31", "2021-06-30"}

// mirror keeps in memory what the store was told, with the instants.
type mirror struct {
	*house
	corpus work.Corpus
	of     string
	serial int
}

// change tells the store and the mirror one thing.
func (m *mirror) change(t *rapid.T) {
	ctx := m.t.Context()
	m.now = m.now.Add(time.Duration(rapid.IntRange(1, 400).Draw(t, "wait")) * 24 * time.Hour)
	m.serial++
	parts := [][]string{nil, {"sec_1"}, {"sec_1", "sec_2"}, {"sec_2__subsec_1"}}
	kind := rapid.SampledFrom([]string{"version", "version", "event", "event", "retract version", "retract event"}).Draw(t, "kind")
	switch kind {
	case "version":
		e := work.Expression{
			ID: fmt.Sprintf("v%s%d", m.of, m.serial), Work: m.of, Language: rapid.SampledFrom([]string{"en", "fr"}).Draw(t, "language"),
			AsOf: rapid.SampledFrom(days[1:]).Draw(t, "as of"), Form: rapid.SampledFrom(work.Forms()).Draw(t, "form"), Recorded: m.now.UnixMicro(),
		}
		for _, old := range m.corpus.Expressions {
			if old.Work == m.of && old.Language == e.Language && rapid.IntRange(0, 3).Draw(t, "replaces") == 0 {
				e.Replaces = old.ID
			}
		}
		var list []work.Provision
		for i, wid := range rapid.SampledFrom([][]string{{"sec_1"}, {"sec_2", "sec_1"}, {"sec_1", "sec_2", "sec_2__subsec_1"}}).Draw(t, "parts") {
			text := fmt.Sprint(wid, m.serial)
			list = append(list, work.Provision{Expression: e.ID, EID: wid, WID: wid, Ordinal: i + 1, Text: text, Hash: work.Hash("", text)})
		}
		if _, err := m.AddExpression(ctx, m.as("ada"), e, list); err != nil {
			t.Fatal(err)
		}
		m.corpus.Expressions, m.corpus.Provisions = append(m.corpus.Expressions, e), append(m.corpus.Provisions, list...)
	case "event":
		e := work.Event{
			ID: fmt.Sprintf("e%s%d", m.of, m.serial), Work: m.of, Turn: rapid.SampledFrom(work.Turns()).Draw(t, "turn"), Parts: rapid.SampledFrom(parts).Draw(t, "parts"),
			Date: rapid.SampledFrom(append([]clock.Day{"2016", "2019-05", "2022"}, days[1:]...)).Draw(t, "date"), Recorded: m.now.UnixMicro(),
		}
		if e.Turn == work.Repeal {
			e.Into = []string{"other#sec_9"}
		}
		if _, err := m.AddEvent(ctx, m.as("ada"), e); err != nil {
			t.Fatal(err)
		}
		m.corpus.Events = append(m.corpus.Events, e)
	case "retract version":
		for i := range m.corpus.Expressions {
			if e := &m.corpus.Expressions[i]; e.Gone == 0 && e.Work == m.of && rapid.Bool().Draw(t, "this one") {
				if err := m.RetractExpression(ctx, m.as("ada"), e.ID); err != nil {
					t.Fatal(err)
				}
				e.Gone = m.now.UnixMicro()
				return
			}
		}
	default:
		for i := range m.corpus.Events {
			if e := &m.corpus.Events[i]; e.Gone == 0 && e.Work == m.of && rapid.Bool().Draw(t, "this one") {
				if err := m.RetractEvent(ctx, m.as("ada"), e.ID); err != nil {
					t.Fatal(err)
				}
				e.Gone = m.now.UnixMicro()
				return
			}
		}
	}
}

// Whatever is recorded and taken back, in whatever order: the query of the store and the pure one give the same answer for
// every pair of clocks.
func TestStoreEqualsPure(t *testing.T) {
	h := newHouse(t)
	begin := h.now
	rapid.Check(t, func(r *rapid.T) {
		h.now = begin
		m := &mirror{house: h}
		of, err := h.AddWork(t.Context(), h.as("ada"), work.Work{Jurisdiction: "XFD", Title: "Act (invented)", Adopted: "2015-01-01"})
		if err != nil {
			r.Fatal(err)
		}
		m.of = of
		for range rapid.IntRange(0, 8).Draw(r, "changes") {
			m.change(r)
		}
		same := cmp.Options{cmpopts.EquateEmpty()}
		for range 4 {
			at := clock.On(rapid.SampledFrom(days).Draw(r, "on"), rapid.SampledFrom([]clock.Day{"", "2016-12-31", "2017-06-01", "2019-01-01"}).Draw(r, "known"))
			language := rapid.SampledFrom([]string{"en", "fr"}).Draw(r, "read in")
			wid := rapid.SampledFrom([]string{"", "sec_1", "sec_2", "sec_2__subsec_1", "sec_3"}).Draw(r, "part")
			got, err := h.Stand(t.Context(), h.reader(), of, wid, language, at)
			if diff := cmp.Diff(m.corpus.Stand(of, wid, language, at), got, same); diff != "" || err != nil {
				r.Fatalf("%v of %q: %v %s", at, wid, err, diff)
			}
			all, err := h.StandAll(t.Context(), h.reader(), of, language, at)
			if diff := cmp.Diff(m.corpus.StandAll(of, language, at), all, same); diff != "" || err != nil {
				r.Fatalf("%v of all: %v %s", at, err, diff)
			}
		}
	})
}
