package signs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/analysis/screening"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/signs"
	"github.com/fourfold/fourfold/internal/vault/vaulttest"
)

const org = auth.OrgID("org-a")

type desk struct {
	*signs.Signs
	t      testing.TB
	db     *db.DB
	cases  *casefile.Cases
	worker auth.Actor
	id     casefile.ID
	erase  func(person string)
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, worker: auth.Actor{Org: org, Account: "worker", Roles: []auth.Role{auth.SupportWorker}, Via: auth.ViaSession}}
	d.db = dbtest.OpenAt(t, func() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) })
	v := vaulttest.Open(t, d.db)
	d.erase = func(person string) { vaulttest.Erase(t, v, string(org), person) }
	d.cases = casefile.On(d.db, v, &auth.Accounts{DB: d.db}, &blob.Blobs{DB: d.db, Vault: v, Store: blob.Table{DB: d.db}})
	d.Signs = signs.On(d.db, v)
	d.must(d.db.WriteUnaudited(t.Context(), "a test", func(tx *db.Tx) error {
		for _, q := range []string{
			"INSERT INTO org (id, name, zone, created_at) VALUES ('org-a', 'invented', 'UTC', 0)",
			"INSERT INTO account (org_id, id, version, name, created_at) VALUES ('org-a', 'worker', 1, 'invented', 0)",
			"INSERT INTO account_role (org_id, account_id, role) VALUES ('org-a', 'worker', '" + string(auth.SupportWorker) + "')",
		} {
			if _, err := tx.Exec(t.Context(), q); err != nil {
				return err
			}
		}
		return nil
	}))
	var err error
	d.id, err = d.cases.Open(t.Context(), d.worker, casefile.Begin{Reason: "signs-seen"})
	d.must(err)
	return d
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) begin(instrument string) signs.Sheet {
	d.t.Helper()
	id, err := d.Begin(d.t.Context(), d.worker, d.id, instrument, "2026-03-02", "")
	d.must(err)
	return d.read(id)
}

func (d *desk) read(id string) signs.Sheet {
	d.t.Helper()
	_, s, err := d.Read(d.t.Context(), d.worker, d.id, id)
	d.must(err)
	return s
}

// first returns the codes of an instrument's signs.
func codes(instrument string) (all []string) {
	in, _ := screening.Find(instrument)
	for _, dim := range in.Sheet().Dimensions {
		for _, x := range dim.Indicators {
			all = append(all, x.Code)
		}
	}
	return all
}

// Answers come in any order and over several visits; what was kept is there again, and only those of the
// case can read it.
func TestSaveAndResume(t *testing.T) {
	d := newDesk(t)
	sheet := d.begin("ilo-eleven")
	all := codes("ilo-eleven")
	sheet.Answers = []screening.Answer{
		{Indicator: all[7], Value: screening.Present, By: "worker", Source: "person", On: "2026-03-02"},
		{Indicator: all[0], Value: screening.Refused},
	}
	sheet.Setting = private.New("At the harbour")
	d.must(d.Save(t.Context(), d.worker, d.id, sheet, "", ""))
	err := d.Save(t.Context(), d.worker, d.id, sheet, "", "")
	if fault.KindOf(err) != fault.Stale {
		t.Errorf("an older page: %v", err)
	}
	got := d.read(sheet.ID)
	if got.Answered != 2 || got.Done != "" || len(got.Answers) != 2 || got.Answers[0] != sheet.Answers[0] || got.Setting.Reveal("test") != "At the harbour" {
		t.Errorf("%+v", got)
	}
	got.Answers = append(got.Answers, screening.Answer{Indicator: all[3], Value: screening.Unknown})
	d.must(d.Save(t.Context(), d.worker, d.id, got, "2026-03-03", ""))
	if last := d.read(sheet.ID); last.Answered != 3 || last.Done != "2026-03-03" {
		t.Errorf("%+v", last)
	}
	stranger := auth.Actor{Org: org, Account: "stranger", Roles: []auth.Role{auth.SupportWorker}, Via: auth.ViaSession}
	for name, call := range map[string]func() error{
		"list": func() error { _, _, err := d.List(t.Context(), stranger, d.id); return err },
		"read": func() error { _, _, err := d.Read(t.Context(), stranger, d.id, sheet.ID); return err },
		"begin": func() error {
			_, err := d.Begin(t.Context(), stranger, d.id, "ilo-eleven", "2026-03-02", "")
			return err
		},
		"save": func() error { return d.Save(t.Context(), stranger, d.id, got, "", "") },
	} {
		if err := call(); fault.KindOf(err) != fault.NotFound || err == nil {
			t.Errorf("a stranger may %s: %v", name, err)
		}
	}
}

func TestBadAnswers(t *testing.T) {
	d := newDesk(t)
	sheet := d.begin("ilo-eleven")
	for name, edit := range map[string]func(*signs.Sheet){
		"a sign of another list": func(s *signs.Sheet) { s.Answers = []screening.Answer{{Indicator: "zzz", Value: screening.Present}} },
		"no such answer":         func(s *signs.Sheet) { s.Answers = []screening.Answer{{Indicator: codes("ilo-eleven")[0], Value: 99}} },
		"no such list":           func(s *signs.Sheet) { s.Instrument = "zzz" },
		"a long note":            func(s *signs.Sheet) { s.Note = private.New(strings.Repeat("x", 20_001)) },
	} {
		s := sheet
		edit(&s)
		if err := d.Save(t.Context(), d.worker, d.id, s, "", ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.Begin(t.Context(), d.worker, d.id, "zzz", "2026-03-02", ""); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no such list: %v", err)
	}
	other := sheet
	other.Instrument = "delphi-adult-labour"
	other.Answers = nil
	if err := d.Save(t.Context(), d.worker, d.id, other, "", ""); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a sheet under another list: %v", err)
	}
}

// Nothing of the answers stands in clear, and an erasure leaves nothing.
func TestAnswersAreSealedAndErased(t *testing.T) {
	d := newDesk(t)
	sheet := d.begin("ilo-eleven")
	sheet.Answers = []screening.Answer{{Indicator: codes("ilo-eleven")[2], Value: screening.Present, Source: "Canary"}}
	sheet.Setting = private.New("Canary")
	d.must(d.Save(t.Context(), d.worker, d.id, sheet, "", ""))
	everything := func() (all string) {
		d.must(d.db.Read(t.Context(), func(tx *db.Tx) error {
			rows, err := tx.Query(t.Context(), "SELECT id, instrument, edition, begun_on, done_on, answered, sensitive FROM protection_screening")
			if err != nil {
				return err
			}
			defer func() { _ = rows.Close() }()
			for rows.Next() {
				var a, b, c, e, f string
				var n int64
				var sealed []byte
				if err := rows.Scan(&a, &b, &c, &e, &f, &n, &sealed); err != nil {
					return err
				}
				all += fmt.Sprint(a, b, c, e, f, n, string(sealed))
			}
			return rows.Err()
		}))
		return all
	}
	if text := everything(); text == "" || strings.Contains(text, "Canary") {
		t.Errorf("the database says %q", text)
	}
	c, _, err := d.List(t.Context(), d.worker, d.id)
	d.must(err)
	d.erase(string(c.Person))
	if text := everything(); text != "" {
		t.Errorf("left behind: %q", text)
	}
}

// A sheet of any instrument can be laid out against any jurisdiction; it never says more than the method,
// and where the jurisdiction's rule is not known it says so.
func TestLay(t *testing.T) {
	for _, in := range screening.Library() {
		sheet := signs.Sheet{Head: signs.Head{Instrument: in.Code()}}
		for _, code := range codes(in.Code()) {
			sheet.Answers = append(sheet.Answers, screening.Answer{Indicator: code, Value: screening.Present})
		}
		for _, j := range append(profile.Procedures().Jurisdictions(), "") {
			laid, err := signs.Lay(sheet, j, "2026-03-02")
			if err != nil {
				t.Fatal(err)
			}
			if laid.Elsewhere == slices.Contains(signs.Jurisdictions(), j) || laid.Profile.Notice != screening.NotALegalFinding || laid.Elements.Notice == "" {
				t.Errorf("%s in %q: elsewhere %v", in.Code(), j, laid.Elsewhere)
			}
			if len(laid.Elements.Readings) == 0 || laid.Elements.Readings[0].As != screening.AgeChild {
				t.Errorf("%s in %q: an unknown age is not read as that of a child first", in.Code(), j)
			}
		}
	}
	if _, err := signs.Lay(signs.Sheet{Head: signs.Head{Instrument: "zzz"}}, "us", "2026-03-02"); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
}

// The profile of a procedure and the rule of elements are two files: where both speak of a purpose they say
// the same.
func TestProfilesAndRulesAgree(t *testing.T) {
	names := map[string]string{
		"sexual-exploitation": "sexual", "commercial-sex": "sexual", "forced-labour": "labour", "labour-servitude": "labour",
		"slavery": "slavery", "servitude": "servitude", "organ-removal": "organs", "begging": "begging",
		"criminal-activities": "criminality", "forced-marriage": "marriage", "illegal-adoption": "adoption", "surrogacy": "surrogacy",
	}
	said := map[screening.Need]string{screening.Needed: "needed", screening.NotNeeded: "not-needed", screening.NotStated: "unknown"}
	n := 0
	for _, rule := range screening.Rules() {
		v, ok := profile.Procedures().At(rule.Jurisdiction(), "2026-03-02")
		if !ok || !rule.HoldsOn("2026-03-02") {
			continue
		}
		for _, p := range rule.Sheet().Purposes {
			e, known := v.Element(names[p.Code])
			if known && (e.Adult != said[p.Adult] || e.Child != said[p.Child]) {
				t.Errorf("%s, %s: the rule says %s and %s, the profile %s and %s", rule.Jurisdiction(), p.Code, p.Adult, p.Child, e.Adult, e.Child)
			}
			n++
		}
	}
	if n < 20 {
		t.Errorf("only %d purposes were compared", n)
	}
}
