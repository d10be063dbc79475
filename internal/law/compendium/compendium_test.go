package compendium_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/fourfold/fourfold/analysis/alignment"
	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/law/compendium"
	"github.com/fourfold/fourfold/internal/law/finding"
	"github.com/fourfold/fourfold/internal/law/treaty"
	"github.com/fourfold/fourfold/internal/law/work"
)

const protocol = "TIP-PROTOCOL-2000"

// Parties of the trafficking protocol, counted from the chain of acts. 182 on the last day is the total of the depositary:
// one State is known to be party, its day is not.
func TestPartiesOfTheProtocol(t *testing.T) {
	chains := compendium.Shipped().Chains(protocol)
	if len(chains) != 195 {
		t.Fatalf("%d States and entities, want 195", len(chains))
	}
	for _, c := range []struct {
		on             clock.Day
		dated, undated int
	}{
		{"2008-05-31", 119, 0},
		{"2008-09-30", 124, 0},
		{"2009-12-31", 135, 0},
		{"2014-05-31", 159, 0},
		{"2015-12-31", 169, 0},
		{"2020-12-31", 178, 0},
		{"2022-11-30", 180, 0},
		{"2024-04-20", 181, 1},
	} {
		n := treaty.Parties(chains, clock.On(c.on, ""))
		if n.Dated != c.dated || n.Undated != c.undated || n.Dated+n.Undated+n.Perhaps > 182 {
			t.Errorf("on %s: %+v, want %d dated and %d undated", c.on, n, c.dated, c.undated)
		}
	}
	// What the table of January 2014 could tell of the end of 2015 is what it knew.
	if n := treaty.Parties(chains, clock.On("2015-12-31", "2014-01-27")); n.Dated != 159 {
		t.Errorf("as known in January 2014: %+v", n)
	}
	if n := treaty.Parties(chains, clock.On("2024-04-20", "2014-01-26")); n != (treaty.Count{}) {
		t.Errorf("before any source spoke: %+v", n)
	}
}

// Entry into force follows from the deposit: the thirtieth day after it, and not before the protocol itself.
func TestEntryIntoForceByRule(t *testing.T) {
	b := compendium.Shipped()
	dated := 0
	for _, r := range rows(t, "tip_protocol_parties.csv") {
		s := b.Chain(protocol, r["iso3"]).On(clock.On("2024-04-20", ""))
		if r["entry_into_force"] == "" {
			if s.Standing == treaty.InForce {
				t.Errorf("%s is bound without a day", r["iso3"])
			}
			continue
		}
		dated++
		day := clock.Day(r["entry_into_force"])
		if s.Standing != treaty.InForce || s.Force != day.Span() || s.Unclear != treaty.Certain {
			t.Errorf("%s: %s %v %q, want %s", r["iso3"], s.Standing, s.Force, s.Unclear, day)
		}
		eve := clock.Of(day.Time().AddDate(0, 0, -1))
		if s := b.Chain(protocol, r["iso3"]).On(clock.On(eve, "")); s.Standing == treaty.InForce {
			t.Errorf("%s is bound on the eve", r["iso3"])
		}
	}
	if dated != 181 {
		t.Errorf("%d dated parties, want 181", dated)
	}
}

// TestGolden holds alignment_golden.csv through the shipped tables: corruption of officials stands beside the weights.
func TestGolden(t *testing.T) {
	b := compendium.Shipped()
	standard, err := b.Standard(compendium.Trafficking, "2024-04-20", alignment.DefaultWeights(), protocol)
	if err != nil || len(standard.Topics()) != 41 || standard.Total() != 76 {
		t.Fatalf("%d topics of weight %g, %v", len(standard.Topics()), standard.Total(), err)
	}
	findings := examples(t)
	golden := rows(t, "alignment_golden.csv")
	for _, want := range golden {
		got, err := b.Align(standard, protocol, want["iso3"], findings[want["iso3"]], finding.Working, clock.On("2024-07-01", ""))
		if err != nil {
			t.Fatal(err)
		}
		a := got.Assessment
		row := map[string]string{
			"iso3": want["iso3"], "instrument": protocol, "lower": fmt.Sprintf("%.4f", a.Lower), "upper": fmt.Sprintf("%.4f", a.Upper),
			"known_share": fmt.Sprintf("%.4f", a.Known), "point_over_known": "", "gaps": strings.Join(a.NotCovered, ";"),
			"partly": strings.Join(a.Partly, ";"), "essential_not_full": strings.Join(a.EssentialNotFull, ";"),
		}
		if a.OverKnown != nil {
			row["point_over_known"] = fmt.Sprintf("%.4f", *a.OverKnown)
		}
		if diff := cmp.Diff(want, row); diff != "" || a.Point != nil {
			t.Errorf("%s: point %v, %s", want["iso3"], a.Point, diff)
		}
	}
	if len(golden) != 11 {
		t.Errorf("%d rows", len(golden))
	}
	// Nobody has signed them, so in public nothing is known.
	got, err := b.Align(standard, protocol, "IND", findings["IND"], finding.Published, clock.On("2024-07-01", ""))
	if err != nil || got.Assessment.Known != 0 || got.Assessment.Upper != 1 {
		t.Errorf("drafts are published: %+v, %v", got.Assessment.Bounds, err)
	}
}

// Corruption of officials is asked for by two instruments and weighs nothing among the duties against trafficking.
func TestCorruptionStandsBeside(t *testing.T) {
	b := compendium.Shipped()
	var articles []string
	for _, o := range b.Duties("UNTOC-2000") {
		if o.Topic == "official-corruption" && !slices.Contains(articles, o.Article) {
			articles = append(articles, o.Article)
		}
	}
	if !slices.Equal(articles, []string{"8", "9"}) {
		t.Errorf("articles %v of the convention against organised crime", articles)
	}
	w := alignment.DefaultWeights()
	beside, err := b.Standard(compendium.Corruption, "2024-01-01", w, "UNTOC-2000", "UNCAC-2003")
	if err != nil || len(beside.Topics()) != 1 {
		t.Fatal(err)
	}
	if _, err := b.Standard(compendium.Trafficking, "2024-01-01", w, "UNCAC-2003"); alignment.ProblemOf(err) != alignment.BadWeight {
		t.Errorf("the convention against corruption weighs among trafficking: %v", err)
	}
	for _, o := range b.Duties("UNCAC-2003") {
		if !o.Check() {
			t.Errorf("%s is recalled and shown as checked", o.ID)
		}
	}
}

// The amending directive holds from 14 July 2024: five new articles, the others amended, and 15 more duties.
func TestDirectiveOfJuly2024(t *testing.T) {
	b := compendium.Shipped()
	w := alignment.DefaultWeights()
	before, err := b.Standard(compendium.Trafficking, "2024-07-13", w, "EU-DIR-2011-36")
	if err != nil {
		t.Fatal(err)
	}
	after, err := b.Standard(compendium.Trafficking, "2024-07-14", w, "EU-DIR-2011-36")
	if err != nil || after.Total() <= before.Total() {
		t.Errorf("weight %g before and %g after, %v", before.Total(), after.Total(), err)
	}
	for _, article := range []string{"art_11a", "art_18a", "art_18b", "art_19a", "art_19b"} {
		stands(t, "EU-DIR-2011-36", article, "2024-07-13", work.NotYet)
		a := stands(t, "EU-DIR-2011-36", article+"__para_1", "2024-07-14", work.InForce)
		if a.Since != "2024-07-14" || len(a.Because) != 1 || a.Because[0].By != "EU-DIR-2024-1712" {
			t.Errorf("%s: %+v", article, a)
		}
	}
	a := stands(t, "EU-DIR-2011-36", "art_2", "2024-07-14", work.InForce)
	if a.Since != "2011-04-15" || len(a.Because) != 2 {
		t.Errorf("article 2: %+v", a)
	}
	stands(t, "EU-DIR-2011-36", "art_2", "2011-04-14", work.NotYet)
	stands(t, "EU-FD-2002-629", "", "2011-04-14", work.InForce)
	stands(t, "EU-FD-2002-629", "", "2011-04-15", work.Ended)
	// To be brought into national law by 15 July 2026; of nobody is it known that it was.
	on := clock.On("2026-07-16", "")
	for state, want := range map[string]string{"FRA": "due-unknown", "DNK": "not-bound", "IRL": "due-unknown", "GBR": "not-bound", "NOR": "not-bound"} {
		if got := b.Binding("EU-DIR-2024-1712", state, nil, on).Transposition; string(got.Stage) != want {
			t.Errorf("%s: %s, want %s", state, got.Stage, want)
		}
	}
	if got := b.Binding("EU-DIR-2024-1712", "FRA", nil, clock.On("2026-07-15", "")).Transposition; got.Stage != "not-due" {
		t.Errorf("on the last day: %s", got.Stage)
	}
}

// stands asks the shipped base with all that is known.
func stands(t *testing.T, of, part string, on clock.Day, want work.State) work.Answer {
	t.Helper()
	a := compendium.Shipped().Corpus.Stand(of, part, "en", clock.On(on, ""))
	if a.State != want {
		t.Errorf("%s %s on %s: %s, want %s", of, part, on, a.State, want)
	}
	return a
}

// The Australian Acts of 2005 and 2013 feed two divisions of the Code.
func TestAustralianActs(t *testing.T) {
	const code = "AUS-1995-4"
	stands(t, "AUS-2005-2", "", "2005-08-02", work.NotYet)
	stands(t, "AUS-2005-2", "", "2005-08-03", work.InForce)
	stands(t, "AUS-2013-3", "", "2013-03-07", work.NotYet)
	stands(t, "AUS-2013-3", "", "2013-03-08", work.InForce)
	stands(t, code, "dvs_271__sec_271.2", "2005-08-02", work.NotYet)
	stands(t, code, "dvs_271__sec_271.2", "2005-08-03", work.InForce)
	stands(t, code, "dvs_270__sec_270.3", "2005-08-03", work.InForce) // slavery, since 1999
	for _, added := range []string{"dvs_270__sec_270.7B", "dvs_271__sec_271.7F"} {
		stands(t, code, added, "2013-03-07", work.NotYet)
		if a := stands(t, code, added, "2013-03-08", work.InForce); a.Since != "2013-03-08" {
			t.Errorf("%s since %s", added, a.Since)
		}
	}
	// Before the tables were compiled nothing of it was known here.
	if a := compendium.Shipped().Corpus.Stand(code, "dvs_271__sec_271.2", "en", clock.On("2005-08-03", "2026-11-22")); a.State != work.Unknown {
		t.Errorf("known before it was recorded: %s", a.State)
	}
}

// India changed its penal code on 1 July 2024: sections 370 and 370A ended, 143 and 144 took their place.
func TestIndianChange(t *testing.T) {
	for old, now := range map[string]string{"sec_370": "sec_143", "sec_370A": "sec_144"} {
		stands(t, "IND-1860-IPC", old, "2024-06-30", work.InForce)
		a := stands(t, "IND-1860-IPC", old, "2024-07-01", work.Ended)
		if !slices.Equal(a.Into, []string{"IND-2023-1#" + now}) || a.Until != "2024-07-01" {
			t.Errorf("%s went into %v, until %s", old, a.Into, a.Until)
		}
		stands(t, "IND-2023-1", now, "2024-06-30", work.NotYet)
		stands(t, "IND-2023-1", now, "2024-07-01", work.InForce)
	}
	stands(t, "IND-1860-IPC", "sec_370A", "2013-02-02", work.NotYet)
	stands(t, "IND-1860-IPC", "sec_370", "2013-02-02", work.InForce)
}

// A name that means more than one place says so, and a country's laws are found by its code.
func TestHomonyms(t *testing.T) {
	b := compendium.Shipped()
	for name, want := range map[string][]string{
		"Georgia": {"GEO", "US-GA"}, "georgia": {"GEO", "US-GA"}, "Congo": {"COG", "COD"}, "Guinea": {"GIN", "GNB", "GNQ", "PNG"},
		"Brazil": {"BRA"}, "Atlantis": nil,
	} {
		var got []string
		for _, p := range b.Places(name) {
			got = append(got, p.Code)
			if p.What == "" {
				t.Errorf("%s: %s is not told from the others", name, p.Code)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	for _, l := range b.LawsOf("GEO") {
		if l.ID != "GEO-2006-1" {
			t.Errorf("%s is a law of Georgia", l.ID)
		}
	}
	if len(b.LawsOf("GEO")) != 1 || len(b.LawsOf("US-GA")) != 0 {
		t.Error("the laws of Georgia are those of the State")
	}
}

// A table that does not fit is refused with its name and line.
func TestLoadRefuses(t *testing.T) {
	whole := fstest.MapFS{}
	for name, head := range map[string]string{
		"source": "id,known,evidence,text\nown,2026-01-01,r,x\n", "instrument": "id,adopted,force,rule,confidence,source,articles\nI,2000-01-01,2001-01-01,30d,high,own,9\n",
		"topic": "code,pillar,tier,set\na,protection,core,\n", "obligation": "instrument,article,strength,topic,confidence,source\nI,1,shall,a,high,own\n",
		"law": "id,topics,confidence\n", "act": "instrument,state,signed,consent,kind,source\nI,AAA,2000-02-01,2002-01-01,r,own\n", "extra": "state\n", "member": "x\n",
		"regional": "x\n", "work": "id\n", "event": "work\n", "place": "name,code\n",
	} {
		whole[name+".csv"] = &fstest.MapFile{Data: []byte(head)}
	}
	if _, err := compendium.Load(whole); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ file, rows, says string }{
		{"act.csv", "instrument,state,signed,consent,kind,source\nI,AAA,1999-02-01,,,own\n", "before the adoption"},
		{"act.csv", "instrument,state,signed,consent,kind,source\nI,AAA,,2002-02-30,r,own\n", "line 2"},
		{"act.csv", "instrument,state,signed,consent,kind,source\nJ,AAA,,2002-02-20,r,own\n", "is not listed"},
		{"extra.csv", "instrument,state,kind,date,of,articles,confidence,source\nI,AAA,reservation,2002-01-01,ratification,10(1),high,own\n", "article 10(1)"},
		{"obligation.csv", "instrument,article,strength,topic,confidence,source\nI,1,must,a,high,own\n", "obligation.csv, line 2"},
		{"event.csv", "work,turn,date,confidence,source\nI,commencement,1999-12-31,high,own\n", "before the adoption"},
		{"topic.csv", "code,pillar,tier\na,p,core\na,p,core\n", "twice"},
	} {
		old := whole[c.file]
		whole[c.file] = &fstest.MapFile{Data: []byte(c.rows)}
		if _, err := compendium.Load(whole); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want it to say %q", c.file, err, c.says)
		}
		whole[c.file] = old
	}
}

// Every country against every instrument that asks for anything, all topics read: within 200 ms.
func BenchmarkAlignmentOfAll(b *testing.B) {
	shipped := compendium.Shipped()
	w := alignment.DefaultWeights()
	at := clock.On("2024-07-14", "")
	findings := map[string][]finding.Finding{}
	for _, state := range shipped.States() {
		for i, topic := range shipped.Topics {
			f := finding.Finding{State: state, Topic: topic.Code, Stage: finding.Signed, Reading: finding.Reading{Status: alignment.Status(1 + i%3)}}
			findings[state] = append(findings[state], f)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, i := range shipped.Instruments {
			standard, err := shipped.Standard(compendium.Trafficking, at.On, w, i.ID)
			if err != nil {
				continue // it asks for nothing here
			}
			for _, state := range shipped.States() {
				a, err := shipped.Align(standard, i.ID, state, findings[state], finding.Published, at)
				if err != nil || a.Assessment.Known < 0.999 {
					b.Fatal(err, a.Assessment)
				}
				n++
			}
		}
		if n < 7*195 {
			b.Fatalf("%d pairs", n)
		}
	}
}
