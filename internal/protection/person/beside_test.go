package person

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/fault"
)

func TestFit(t *testing.T) {
	good := Interpreter{
		Name: "A", Gender: Woman, Languages: []string{"kmr", "ar-SY"}, Communities: []string{"Qamişlo"},
		VettedOn: "2026-01-01", VettedUntil: "2027-01-01",
	}
	need := Need{Languages: []string{"ar"}, Gender: Woman, NotFrom: []string{"Asmara"}}
	if h := Fit(good, need, Engaged{Tie: Clear}, today); len(h) > 0 {
		t.Fatalf("a fit interpreter: %v", h)
	}
	with := func(change func(*Interpreter, *Need, *Engaged)) []Hindrance {
		i, n, e := good, need, Engaged{Tie: Clear}
		change(&i, &n, &e)
		return Fit(i, n, e, today)
	}
	for want, change := range map[Hindrance]func(*Interpreter, *Need, *Engaged){
		NotVetted:     func(i *Interpreter, _ *Need, _ *Engaged) { i.VettedUntil = "2026-11-22" },
		Left:          func(i *Interpreter, _ *Need, _ *Engaged) { i.EndedOn = today },
		RefusedBy:     func(_ *Interpreter, _ *Need, e *Engaged) { e.Refused = true },
		UncheckedTie:  func(_ *Interpreter, _ *Need, e *Engaged) { e.Tie = NotChecked },
		HasConflict:   func(_ *Interpreter, _ *Need, e *Engaged) { e.Tie = Conflict },
		OtherLanguage: func(_ *Interpreter, n *Need, _ *Engaged) { n.Languages = []string{"ti"} },
		OtherGender:   func(_ *Interpreter, n *Need, _ *Engaged) { n.Gender = Man },
		SameCommunity: func(_ *Interpreter, n *Need, _ *Engaged) { n.NotFrom = []string{"qamislo"} },
	} {
		if h := with(change); len(h) != 1 || h[0] != want {
			t.Errorf("%s: %v", want, h)
		}
	}
	for name, change := range map[string]func(*Interpreter, *Need, *Engaged){
		"vetting without an end":       func(i *Interpreter, _ *Need, _ *Engaged) { i.VettedUntil = "" },
		"vetting from tomorrow":        func(i *Interpreter, _ *Need, _ *Engaged) { i.VettedOn = "2026-11-24" },
		"nobody knows which community": func(i *Interpreter, _ *Need, _ *Engaged) { i.Communities = nil },
		"a tie nobody knows":           func(_ *Interpreter, _ *Need, e *Engaged) { e.Tie = "maybe" },
		"any Kurdish for Kurmanji":     func(i *Interpreter, n *Need, _ *Engaged) { i.Languages, n.Languages = []string{"ku"}, []string{"kmr"} },
		"gender not known":             func(i *Interpreter, _ *Need, _ *Engaged) { i.Gender = "" },
		"signs":                        func(_ *Interpreter, n *Need, _ *Engaged) { n.Signs = true },
	} {
		if len(with(change)) == 0 {
			t.Errorf("%s: fits", name)
		}
	}
	if len(Fit(Interpreter{}, Need{}, Engaged{}, today)) == 0 {
		t.Error("nobody known fits")
	}
}

// TestConflictNeverFits: whatever else is in order, a conflict, a refusal or a question that nobody asked keeps an
// interpreter away.
func TestConflictNeverFits(t *testing.T) {
	langs := rapid.SampledFrom([]string{"ar", "ti", "kmr"})
	rapid.Check(t, func(t *rapid.T) {
		i := Interpreter{
			Name: "A", Gender: rapid.SampledFrom([]Gender{"", Woman, Man}).Draw(t, "gender"), Languages: rapid.SliceOfN(langs, 0, 3).Draw(t, "langs"),
			Communities: rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", ""}), 0, 2).Draw(t, "communities"),
			VettedOn:    draw.day.Draw(t, "vetted"), VettedUntil: draw.day.Draw(t, "until"),
		}
		n := Need{Languages: rapid.SliceOfN(langs, 0, 2).Draw(t, "need"), Gender: rapid.SampledFrom([]Gender{"", Woman}).Draw(t, "want")}
		e := Engaged{Tie: rapid.SampledFrom([]Tie{NotChecked, Clear, Conflict, "other"}).Draw(t, "tie"), Refused: rapid.Bool().Draw(t, "refused")}
		on := draw.day.Draw(t, "on")
		if len(Fit(i, n, e, on)) > 0 {
			return
		}
		if e.Tie != Clear || e.Refused || on < i.VettedOn || on > i.VettedUntil || n.Gender != "" && n.Gender != i.Gender {
			t.Fatal("somebody fits who must not")
		}
	})
}

func fine() Guardian {
	return Guardian{
		Name: "G", Proof: CourtOrder, SeenOn: "2026-10-01", Alleged: No, Tie: Clear, From: "2026-01-01",
		Scope: Matters(), Private: []Matter{Health},
	}
}

func TestGuardian(t *testing.T) {
	if o := GuardianMay(fine(), Schooling, today); len(o) > 0 {
		t.Fatalf("a guardian in order: %v", o)
	}
	if o := GuardianKnows(fine(), Schooling, today); len(o) > 0 {
		t.Fatalf("a guardian in order is told: %v", o)
	}
	for want, change := range map[Objection]func(*Guardian){
		AllegedExploiter: func(g *Guardian) { g.Alleged = Yes },
		NotCleared:       func(g *Guardian) { g.Alleged = "" },
		Conflicted:       func(g *Guardian) { g.Tie = Conflict },
		NotLooked:        func(g *Guardian) { g.Tie = NotChecked },
		Unproved:         func(g *Guardian) { g.Proof = NoProof },
		OutOfTime:        func(g *Guardian) { g.Until = "2026-11-22" },
	} {
		g := fine()
		change(&g)
		if o := GuardianMay(g, Schooling, today); len(o) != 1 || o[0] != want {
			t.Errorf("%s: may: %v", want, o)
		}
		if o := GuardianKnows(g, Schooling, today); len(o) != 1 || o[0] != want {
			t.Errorf("%s: knows: %v", want, o)
		}
	}
	narrow := fine()
	narrow.Scope = []Matter{Everyday}
	if o := GuardianMay(narrow, DataUse, today); !slices.Equal(o, []Objection{OutOfScope}) {
		t.Errorf("outside the scope: %v", o)
	}
	if o := GuardianKnows(fine(), Health, today); !slices.Equal(o, []Objection{KeptPrivate}) {
		t.Errorf("what the child keeps: %v", o)
	}
	if len(GuardianMay(Guardian{}, Everyday, today)) == 0 || len(GuardianKnows(Guardian{}, Everyday, today)) == 0 || len(GuardianMay(fine(), "", today)) == 0 {
		t.Error("nobody known is trusted")
	}
}

func TestAllegedExploiterNeverDecides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := Guardian{
			Proof: rapid.SampledFrom(Proofs()).Draw(t, "proof"), SeenOn: rapid.SampledFrom([]string{"", "2026-01-01"}).Draw(t, "seen"),
			Alleged: rapid.SampledFrom([]Answer{"", Yes, No, "perhaps"}).Draw(t, "alleged"), Tie: rapid.SampledFrom([]Tie{NotChecked, Clear, Conflict}).Draw(t, "tie"),
			Scope: Matters(),
		}
		m := rapid.SampledFrom(Matters()).Draw(t, "matter")
		decides, knows := len(GuardianMay(g, m, today)) == 0, len(GuardianKnows(g, m, today)) == 0
		if (decides || knows) && (g.Alleged != No || g.Tie != Clear || g.Proof == NoProof) {
			t.Fatalf("alleged %q, tie %q, proof %q", g.Alleged, g.Tie, g.Proof)
		}
	})
}

func TestStepsForAChildWaitForADetermination(t *testing.T) {
	child, adult := Standing{Safeguards: true}, Standing{Age: Adult}
	good := Determination{Matter: Return, Finding: InFavour, Heard: Yes, On: "2026-11-01", Until: "2027-02-01"}
	with := func(change func(*Determination)) []Determination {
		d := good
		change(&d)
		return []Determination{d}
	}
	against := Determination{Matter: Return, Finding: Against, On: "2026-11-10"}
	for _, c := range []struct {
		name string
		m    Matter
		st   Standing
		all  []Determination
		want bool
	}{
		{"none", Return, child, nil, false},
		{"in favour", Return, child, []Determination{good}, true},
		{"of another matter", Tracing, child, []Determination{good}, false},
		{"under way", Return, child, with(func(d *Determination) { d.Finding = Undetermined }), false},
		{"against", Return, child, with(func(d *Determination) { d.Finding = Against }), false},
		{"child not heard", Return, child, with(func(d *Determination) { d.Heard = "" }), false},
		{"out of date", Return, child, with(func(d *Determination) { d.Until = "2026-11-22" }), false},
		{"without an end", Return, child, with(func(d *Determination) { d.Until = "" }), false},
		{"later one against", Return, child, []Determination{good, against}, false},
		{"later one against, listed first", Return, child, []Determination{against, good}, false},
		{"same day, against last", Return, child, []Determination{good, {Matter: Return, Finding: Against, On: "2026-11-01"}}, false},
		{"same day, against first", Return, child, []Determination{{Matter: Return, Finding: Against, On: "2026-11-01"}, good}, false},
		{"an everyday matter", Everyday, child, nil, true},
		{"an adult", Return, adult, nil, true},
		{"age not known", Return, Safeguards(Births{}, nil, today), nil, false},
	} {
		if got := MayStep(c.m, c.st, c.all, today); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestCompare(t *testing.T) {
	of := func(kind NameKind, names ...string) Names {
		var n Names
		for _, s := range names {
			n.List = append(n.List, Name{Text: s, Kind: kind})
		}
		return n
	}
	year := func(y string) Births { return births(birthOf(y+"-01-01", y+"-12-31")) }
	a := Features{Names: of(Used, "Mohammed Ahmed"), Births: year("2005"), Phones: []string{"+44 7700 900123"}, Place: "P-1"}
	for _, c := range []struct {
		name string
		b    Features
		want Strength
		text string
	}{
		{"nobody", Features{}, Nothing, ""},
		{"one part of the name", Features{Names: of(Used, "Ahmed Hassan")}, Nothing, ""},
		{"spelt otherwise", Features{Names: of(Legal, "Muhammad Ahmad")}, Possible, "sounds alike"},
		{"in another script", Features{Names: of(Legal, "محمد أحمد")}, Possible, "sounds alike"},
		{"look-alike letters", Features{Names: of(Used, "Mоhammed Ahmеd")}, Possible, "is the same"},
		{"the telephone", Features{Phones: []string{"00447700900123"}}, Expected, "often share"},
		{"telephone and place", Features{Phones: []string{"447700900123"}, Place: "P-1"}, Expected, "protected place"},
		{"a name somebody gave", Features{Names: of(Imposed, "Mohammed Ahmed"), Phones: a.Phones}, Expected, "gave them"},
		{"all of it", Features{Names: of(Used, "Mohamed Ahmed"), Births: year("2005"), Phones: a.Phones}, Strong, "one letter"},
		{"born otherwise", Features{Names: of(Used, "Mohammed Ahmed"), Births: year("1980"), Phones: a.Phones}, Possible, "contradict"},
	} {
		l, back := Compare(a, c.b), Compare(c.b, a)
		has := c.text == ""
		for _, p := range l.Points {
			has = has || strings.Contains(p.Text, c.text)
		}
		if l.Strength != c.want || back.Strength != c.want || !has || len(back.Points) != len(l.Points) {
			t.Errorf("%s: strength %d and %d, %d points", c.name, l.Strength, back.Strength, len(l.Points))
		}
	}
	doc := func(issuer, number string, f Answer) Features {
		return Features{Documents: []Document{{Kind: "passport", Issuer: issuer, Number: number, False: f}}}
	}
	for _, c := range []struct {
		name string
		a, b Features
		want Strength
	}{
		{"the same number", doc("SYR", "N 123-456", ""), doc("SYR", "n123456", ""), Strong},
		{"issuer not known", doc("", "N123456", ""), doc("SYR", "N123456", ""), Strong},
		{"another state", doc("IRQ", "N123456", ""), doc("SYR", "N123456", ""), Nothing},
		{"a false paper", doc("SYR", "N123456", Yes), doc("SYR", "N123456", ""), Expected},
		{"no number", doc("SYR", "", ""), doc("SYR", "", ""), Nothing},
	} {
		if got := Compare(c.a, c.b).Strength; got != c.want {
			t.Errorf("%s: %d", c.name, got)
		}
	}
}

func TestContactIsUnsafeUntilSaid(t *testing.T) {
	for _, c := range []struct {
		name  string
		c     Contact
		may   bool
		cares int
	}{
		{"nobody asked", Contact{Channel: Phone, Value: "1"}, false, 1},
		{"not safe", Contact{Safe: No, Leave: Yes}, false, 1},
		{"safe, nothing more", Contact{Safe: Yes}, true, 2},
		{"safe and confirmed", Contact{Safe: Yes, Leave: Yes, Verified: "2026-11-01"}, true, 0},
		{"confirmed long ago", Contact{Safe: Yes, Leave: Yes, Verified: "2026-08-01"}, true, 1},
		{"with hours and a word", Contact{Safe: Yes, Leave: No, Verified: today, Hours: "8-9", CodeWord: "w"}, true, 3},
	} {
		if u := c.c.Use(today); u.May != c.may || len(u.Cares) != c.cares {
			t.Errorf("%s: %+v", c.name, u)
		}
	}
}

func TestDocumentsOfAllSectionsAreChecked(t *testing.T) {
	is := func(err error) bool { return err != nil && fault.KindOf(err) == fault.Invalid }
	long := strings.Repeat("x", maxText+1)
	var a About
	a.Gender.Value = long
	var c Contacts
	c.List.State, c.List.Value = "given", []Contact{{Channel: "pigeon"}}
	var d Documents
	d.List.State, d.List.Value = "given", []Document{{Kind: "passport", Issuer: "Atlantis"}}
	var f Family
	f.List.State, f.List.Value = "given", []Relative{{Born: "last year"}}
	var z Citizenships
	z.List.State, z.List.Value = "given", []Citizenship{{Area: "nowhere"}}
	var l Languages
	l.Known.State, l.Known.Value = "given", []Language{{Code: "Kurdish!"}}
	var s Shelter
	s.Reference.State, s.Reference.Value = "given", "12 Safe Street"
	for name, err := range map[string]error{
		"about": a.check(), "contacts": c.check(), "documents": d.check(), "family": f.check(), "citizenships": z.check(),
		"languages": l.check(), "an address": s.check(), "interpreter": Interpreter{}.check(), "session": Session{}.check(today),
		"guardian": Guardian{Scope: []Matter{"all"}}.check(), "determination": Determination{Matter: Return, Finding: InFavour, On: today}.check(today),
	} {
		if !is(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
