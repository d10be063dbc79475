package app_test

import (
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/identification"
	"github.com/fourfold/fourfold/internal/protection/justice"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/referral"
	"github.com/fourfold/fourfold/internal/protection/shelter"
	"github.com/fourfold/fourfold/internal/protection/space"
	"github.com/fourfold/fourfold/internal/protection/staff"
	"github.com/fourfold/fourfold/internal/protection/standard"
	"github.com/fourfold/fourfold/internal/protection/support"
)

// plantedText is what somebody looks for afterwards.
const plantedText = "Zzyzx Quillfeather"

// plantedCode is what is planted where only the code of a place is taken.
const plantedCode = "P-7ZYX"

// onlyCodes are sealed columns that take no words, with the code that was planted.
var onlyCodes = map[string]string{
	"protection_interpreter_tie.sensitive": `"relative"`,
	"protection_referral.personal":         `"25-39"`,
}

var planted = private.New(plantedText)

// ofNobody are the tables of the room that hold nothing about a person, and why. Every other one must be planted.
var ofNobody = map[string]string{
	"protection_area":        "areas",
	"protection_definition":  "lists of fields",
	"protection_import":      "hashes of files, and counts",
	"protection_interpreter": "interpreters; what is sealed there is sealed for the organisation",
	"protection_limit":       "limits of work of a service",
	"protection_outward":     "working names of staff",
	"protection_place":       "places, which are erased as persons of their own",
	"protection_release":     "releases, by their codes and counts",
	"protection_service":     "the public directory",
	"protection_visit":       "when an account looked last",
}

// TestAttackOnEveryTable writes a planted text into every sealed column of every table of the room by what people do there, shows
// that whoever has all bytes and the keys reads it, erases the person, and shows that nobody does: no key that ever sealed anything
// of theirs is left in any byte of the keyring, no row names them but the one that says there was a case, and no copy holds the text in clear.
func TestAttackOnEveryTable(t *testing.T) {
	w := newTown(t)
	c, other := w.open(plantedText, ""), w.open(plantedText, "")
	w.plant(c, other)
	held, err := os.Open(w.ring.Path)
	w.must(err)
	defer func() { _ = held.Close() }()
	before, loot, stays := w.everyByte(), append(w.copied, w.steal(c)...), w.steal(other)
	w.covered(c, loot, before, w.rings(held))
	if len(stays) == 0 {
		t.Fatal("nothing of the neighbour")
	}

	w.now = w.now.AddDate(30, 0, 0)
	w.erase(c)
	w.nothingLeft(c, loot, append(before, w.everyByte()...), w.rings(held))
	keys := w.keysOf(w.rings(held))
	for _, s := range stays {
		if s.opens(keys) == "" {
			t.Errorf("the neighbour lost %s.%s", s.table, s.column)
		}
	}
	if checked, err := w.Vault.Check(t.Context()); err != nil || len(checked.Findings) > 0 {
		t.Errorf("the check finds %+v, %v", checked.Findings, err)
	}
}

// covered requires that each table of the schema has a row about the person, and each sealed column the planted text, readable with
// the keys of now, and not without them.
func (w *town) covered(c casefile.Case, loot []stolen, copies, rings [][]byte) {
	w.t.Helper()
	keys := w.keysOf(rings)
	read := map[string]bool{}
	for _, s := range loot {
		if text := s.opens(keys); len(holds(text, plantedText, plantedCode)) > 0 || onlyCodes[s.table+"."+s.column] != "" && strings.Contains(text, onlyCodes[s.table+"."+s.column]) {
			read[s.table+"."+s.column] = true
		}
		if !bytesHave(copies, s.sealed) {
			w.t.Errorf("a value of %s.%s is not among the bytes: they were not attacked", s.table, s.column)
		}
	}
	for _, t := range w.roomTables() {
		if ofNobody[t.Name] != "" {
			continue
		}
		if !slices.ContainsFunc(w.cells(t), func(row map[string]any) bool { return about(row, c) || w.hangs(t, row, c) }) {
			w.t.Errorf("%s has no row about the person: plant one, or say in ofNobody why there is none", t.Name)
		}
		for _, col := range t.Columns {
			if col.Kind == db.Bytes && !read[t.Name+"."+col.Name] {
				w.t.Errorf("%s.%s was not planted, or the attack does not read it", t.Name, col.Name)
			}
		}
	}
	for name := range ofNobody {
		if !slices.ContainsFunc(w.roomTables(), func(t db.Table) bool { return t.Name == name }) {
			w.t.Errorf("there is no table %s", name)
		}
	}
	w.sealed(copies)
	w.t.Logf("%d values of %d columns open before the erasure", len(loot), len(read))
}

// hangs reports whether a row belongs to the person by another row only: visits of their own page, by its slip.
func (w *town) hangs(t db.Table, row map[string]any, c casefile.Case) bool {
	if t.Name != "protection_slip_visit" {
		return false
	}
	n := 0
	w.must(w.DB.Read(w.t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(w.t.Context(), "SELECT count(*) FROM protection_slip WHERE id = $1 AND person_id = $2", row["slip_id"], string(c.Person)).Scan(&n)
	}))
	return n > 0
}

// nothingLeft requires that nothing of an erased person can be had from anything.
func (w *town) nothingLeft(c casefile.Case, loot []stolen, copies, rings [][]byte) {
	w.t.Helper()
	keys := w.keysOf(rings)
	if len(loot) == 0 || len(keys) == 0 {
		w.t.Fatalf("%d values, %d keys: this could not fail", len(loot), len(keys))
	}
	for _, s := range loot {
		if _, ok := keys[s.key()]; ok {
			w.t.Errorf("the key of %s.%s is still in the keyring", s.table, s.column)
		}
		if s.opens(keys) != "" {
			w.t.Errorf("%s.%s opens after the erasure", s.table, s.column)
		}
	}
	made := map[any]bool{}
	for _, s := range loot {
		made[strings.SplitAfter(s.place.Record, "/")[1]] = true
	}
	if again := w.steal(c); len(again) > 0 {
		w.t.Errorf("%s.%s is still in its table", again[0].table, again[0].column)
	}
	for _, t := range w.roomTables() {
		for _, row := range w.cells(t) {
			// That there was a case stays, without anything of it.
			if t.Name == "protection_case" && row["person_id"] == string(c.Person) && row["state"] == "erased" && row["owner"] == "" && row["reason"] == "" {
				continue
			}
			if about(row, c) || t.Name == "protection_submission" && made[row["result"]] {
				w.t.Errorf("a row of %s still names the person or the case", t.Name)
			}
		}
	}
	n := 0
	w.must(w.DB.Read(w.t.Context(), func(tx *db.Tx) error {
		q := "SELECT count(*) FROM protection_slip_visit v WHERE NOT EXISTS (SELECT 1 FROM protection_slip s WHERE s.org_id = v.org_id AND s.id = v.slip_id)"
		return tx.QueryRow(w.t.Context(), q).Scan(&n)
	}))
	if n > 0 {
		w.t.Errorf("%d visits of the own page are left without their slip", n)
	}
	w.sealed(copies)
}

// sealed requires that no copy holds what was planted in clear.
func (w *town) sealed(copies [][]byte) {
	w.t.Helper()
	for _, text := range []string{plantedText, plantedCode} {
		if at := inClear(copies, text); len(at) > 0 {
			w.t.Errorf("%s stands in clear, in copies %v", text, at)
		}
	}
}

// plant fills every table with the planted text.
func (w *town) plant(c, other casefile.Case) {
	w.t.Helper()
	w.plantCase(c, other)
	w.plantPerson(c, other)
	w.plantConsent(c)
	w.plantIdentification(c)
	w.plantSupport(c)
	w.plantShelter(c)
	w.plantReferral(c)
	w.plantSpace(c)
	w.plantStandard(c)
}

func (w *town) plantCase(c, other casefile.Case) {
	w.t.Helper()
	ctx, id := w.t.Context(), c.ID()
	for version := range int64(2) { // twice: the first stays in the history
		w.must(w.Cases.Change(ctx, w.worker, id, casefile.Edit{Version: version + c.Version, Name: &planted, Story: &casefile.Story{Text: planted}}))
	}
	note, err := w.Cases.Write(ctx, w.worker, id, casefile.Draught{Kind: casefile.Verbatim, Sight: casefile.ForCase, Text: planted})
	w.must(err)
	w.must(w.Cases.Rewrite(ctx, w.worker, id, note, 1, casefile.Draught{Kind: casefile.Verbatim, Sight: casefile.ForCase, Text: planted}))
	_, err = w.Cases.AddTask(ctx, w.worker, id, casefile.NewTask{Kind: "do", Text: planted, Key: record.NewSubmissionKey()})
	w.must(err)
	w.must(w.Cases.KeepDraft(ctx, w.worker, id, casefile.Draft{Form: "note", Fields: map[string]private.Text{"text": planted}}))
	w.must(w.Cases.Link(ctx, w.worker, other.ID(), id, casefile.CoVictim))
	w.must(w.Cases.SetCounsel(ctx, w.chief, id, w.mate.Account, true))
	_, err = w.Cases.Work(ctx, w.worker)
	w.must(err)
	file, _, err := w.Cases.Attach(ctx, w.worker, id, planted, int64(len(plantedText)))
	w.must(err)
	_, err = w.Cases.Send(ctx, w.worker, id, file, 0, strings.NewReader(plantedText))
	w.must(err)
	_, err = w.Cases.Keep(ctx, w.worker, id, file)
	w.must(err)
	sheet, err := w.Signs.Begin(ctx, w.worker, id, "ilo-eleven", w.today(), record.NewSubmissionKey())
	w.must(err)
	_, s, err := w.Signs.Read(ctx, w.worker, id, sheet)
	w.must(err)
	s.Setting = planted
	w.must(w.Signs.Save(ctx, w.worker, id, s, "", ""))
	w.must(w.Justice.Decide(ctx, w.worker, id, 0, justice.Choice{Stance: justice.Informed, On: w.today(), Words: planted}))
	_, err = w.Staff.Leave(ctx, w.worker, id, staff.Going{BackBy: w.now.Add(time.Hour), Tell: w.mate.Account, ThenTell: w.chief.Account, Where: planted, Reach: planted})
	w.must(err)
	_, err = w.Staff.Report(ctx, w.worker, id, staff.Threat{Against: "house", Kind: "call", On: w.today(), Words: planted})
	w.must(err)
}

func (w *town) plantPerson(c, other casefile.Case) {
	w.t.Helper()
	ctx, id, p := w.t.Context(), c.ID(), w.People
	for version := range int64(2) {
		names := person.Names{List: []person.Name{{Text: plantedText}}}
		w.must(p.SetNames(ctx, w.worker, id, person.Seen{Version: version}, record.Is(names, record.Source{})))
	}
	w.must(w.born(id, "1990-01-01", "1999-12-31"))
	w.must(p.SetAbout(ctx, w.worker, id, person.Seen{}, person.About{AccessNote: record.Is(plantedText, record.Source{})}))
	w.must(p.SetPlace(ctx, w.worker, id, person.Seen{}, person.Shelter{Reference: record.Is(plantedCode, record.Source{})}))
	w.must(p.SetLanguages(ctx, w.worker, id, person.Seen{}, person.Languages{Need: record.Is(person.Need{Languages: []string{"ti"}, NotFrom: []string{plantedText}}, record.Source{})}))
	_, err := p.Assess(ctx, w.worker, id, "", person.Seen{}, person.Assessment{Stage: person.Proposed, Method: person.Interview, Why: plantedText})
	w.must(err)
	_, err = p.Guard(ctx, w.worker, id, "", person.Seen{}, person.Guardian{Name: plantedText, Proof: person.CourtOrder, SeenOn: w.today(), Alleged: person.No, Tie: person.Clear, Scope: []person.Matter{person.DataUse}})
	w.must(err)
	_, err = p.Determine(ctx, w.worker, id, "", person.Seen{}, person.Determination{Matter: person.Return, View: plantedText})
	w.must(err)
	i, err := p.Register(ctx, w.chief, person.Interpreter{Name: "I", Languages: []string{"ti"}, VettedOn: "2026-01-01", VettedUntil: "2027-01-01"}, "")
	w.must(err)
	w.must(p.Engage(ctx, w.worker, id, i, person.Seen{}, person.Engaged{Tie: person.Clear}, "relative"))
	w.must(p.Converse(ctx, w.worker, id, i, person.Seen{}, person.Session{On: w.today(), How: "phone", Concern: plantedText}))
	w.must(p.Decide(ctx, w.worker, other.ID(), id, 0, person.Different))
}

func (w *town) plantConsent(c casefile.Case) {
	w.t.Helper()
	ctx, of := w.t.Context(), c.Row.ID
	id, err := w.Consents.Give(ctx, w.worker, of, w.yes(plantedText), record.NewSubmissionKey())
	w.must(err)
	o := consent.Override{
		Ground: consent.Emergency, Recipient: "health", Name: planted, Classes: []string{"identity"}, Purpose: "safety", Told: consent.NotReachable,
		Why: planted, Plan: planted, Done: true,
	}
	d, err := w.Consents.Refusal(ctx, w.worker, of, o.Recipient, o.Purpose, o.Classes)
	w.must(err)
	o.Seen = consent.Seen(d)
	basis, err := w.Consents.Begin(ctx, w.worker, of, o, "")
	w.must(err)
	w.must(w.Consents.Second(ctx, w.chief, of, basis, consent.Verdict{Words: planted, Version: 1}))
	w.must(w.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := w.Consents.DiscloseIn(ctx, tx, w.worker, record.Key{Case: of, Person: c.Person}, consent.Leaving{
			Authority: consent.Authority{Consent: id}, Recipient: consent.Party(w.clinic), Classes: []string{"identity"}, Purpose: "support", Words: planted, Name: planted,
		})
		return err
	}))
	_, err = w.Consents.Withdraw(ctx, w.worker, of, consent.Withdrawal{Consent: id, Words: planted})
	w.must(err)
	w.now = w.now.Add(time.Minute)
	_, err = w.Consents.Give(ctx, w.worker, of, w.yes(plantedText), "")
	w.must(err)
}

func (w *town) plantIdentification(c casefile.Case) {
	w.t.Helper()
	ctx, id, s := w.t.Context(), c.ID(), w.Identifications
	last := w.decided(id, 3)
	_, err := s.Issue(ctx, w.authority, id, identification.Letter{Event: last.Event, Issuer: private.New("Office"), Bearer: planted}, "")
	w.must(err)
	_, err = s.Assert(ctx, w.worker, id, identification.Assertion{Says: identification.Says()[0].Code, Body: identification.Bodies()[0].Code, Day: profile.Date(w.today()), Words: planted}, "")
	w.must(err)
	_, err = s.Entitle(ctx, w.worker, id, identification.Help{From: profile.Date(w.today()), Remark: planted}, "")
	w.must(err)
}

func (w *town) plantSupport(c casefile.Case) {
	w.t.Helper()
	safety := support.Safety{Steps: planted, Places: support.Places{Safe: planted}}
	for version := range int64(2) {
		w.must(w.Support.KeepSafety(w.t.Context(), w.worker, c.ID(), support.Seen{Version: version}, safety))
	}
}

func (w *town) plantShelter(c casefile.Case) {
	w.t.Helper()
	ctx, id := w.t.Context(), c.ID()
	need := shelter.Need{Ages: shelter.Ages{From: 30, To: 35}, Gender: "woman", Languages: []string{"en"}}
	stay, err := w.Shelters.Ask(ctx, w.worker, id, "", need)
	w.must(err)
	w.must(w.Shelters.Offer(ctx, w.worker, id, stay, 1, w.place))
	w.must(w.Shelters.Answer(ctx, w.guard, w.place, stay, 2, true, planted))
	w.copied = w.steal(c) // where to meet is forgotten when they are in
	for _, to := range []shelter.State{shelter.Accepted, shelter.In, shelter.Gone} {
		w.must(w.Shelters.Step(ctx, w.worker, id, stay, w.stay(id).Version, to, ""))
	}
	gone := w.stay(id)
	w.must(w.Shelters.DoneMissing(ctx, w.worker, id, stay, gone.Version, gone.Missing[0].Steps[0].Code, planted))
}

func (w *town) stay(id casefile.ID) shelter.Stay {
	w.t.Helper()
	_, all, err := w.Shelters.Of(w.t.Context(), w.worker, id)
	w.must(err)
	return all[0]
}

func (w *town) wish() referral.Wish {
	return referral.Wish{
		To: w.clinic, Purpose: "support", Needs: []string{"medical"}, Urgency: "today",
		Blind: referral.Blind{Age: "25-39", Languages: []string{"ti"}, Adults: 1},
		Later: referral.Later{"identity.name": planted},
	}
}

func (w *town) plantReferral(c casefile.Case) {
	w.t.Helper()
	ctx, of := w.t.Context(), c.Row.ID
	id, err := w.Referrals.Make(ctx, w.worker, of, w.wish(), "")
	w.must(err)
	p, err := w.Referrals.Preview(ctx, w.worker, of, id)
	w.must(err)
	w.must(w.Referrals.Send(ctx, w.worker, of, id, p.Seen))
	_, err = w.Referrals.Accept(ctx, w.doctor, id)
	w.must(err)
}

func (w *town) plantSpace(c casefile.Case) {
	w.t.Helper()
	ctx := w.t.Context()
	number, err := w.Space.Make(ctx, w.worker, c.ID(), space.NewSlip{Word: private.New("Lemon"), Other: private.New("Olive")})
	w.must(err)
	token, err := w.Space.Enter(ctx, private.New(number), private.New("Lemon"))
	w.must(err)
	v, err := w.Space.Visit(ctx, token)
	w.must(err)
	w.must(w.Space.Say(ctx, v, space.Say{Kind: space.Question, Text: planted}))
	w.must(w.Space.Say(ctx, v, space.Say{Kind: space.Feedback, Text: planted}))
}

// ownFields is a list of fields of every class that is sealed, and one that is not.
const ownFields = `{"set":{"id":"harbour","version":"1","title":"Harbour House (invented)","source":"invented","fields":[
{"code":"a","label":{"en":"A"},"type":"text","class":"personal"},
{"code":"b","label":{"en":"B"},"type":"text","class":"sensitive"},
{"code":"c","label":{"en":"C"},"type":"text","class":"protected-location"},
{"code":"d","label":{"en":"D"},"type":"long","class":"narrative"},
{"code":"e","label":{"en":"E"},"type":"flag","class":"operational"}]},"maps":[]}`

func (w *town) plantStandard(c casefile.Case) {
	w.t.Helper()
	_, err := w.Standards.Define(w.t.Context(), w.admin, strings.NewReader(ownFields))
	w.must(err)
	for version := range int64(2) {
		values := standard.Values{"a": {plantedText}, "b": {plantedText}, "c": {plantedText}, "d": {plantedText}, "e": {[]string{"yes", "no"}[version]}}
		w.must(w.Standards.Keep(w.t.Context(), w.worker, c.ID(), "harbour", version, values, ""))
	}
	_, err = w.Standards.Export(w.t.Context(), w.chief, w.release(), io.Discard)
	w.must(err)
}

// release is one of codes only, for another program of the organisation.
func (w *town) release() standard.Release {
	m, err := standard.MapOf("htcds", "2.0")
	w.must(err)
	return standard.Release{Map: m, Form: standard.JSON, To: standard.Ourselves, Purpose: consent.Purposes()[0].Code, Reason: standard.Reasons()[0].Code}
}
