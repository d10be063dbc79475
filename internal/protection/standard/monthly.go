package standard

import (
	"context"
	"database/sql"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

func count(n int) string { return strconv.Itoa(n) }

// Threshold is the least count that a monthly table shows unless somebody asks for a greater one: the k of the
// published CTDC file. LeastThreshold is the least that may be asked for.
const (
	Threshold      = 11
	LeastThreshold = 5
)

// Monthly asks for the cases that were opened in each month, by codes.
type Monthly struct {
	From, To  string // months, 2026-01; both included, and both over
	Threshold int    // 0 is [Threshold]
	// Recipient, Purpose and Reason are those of a release.
	Recipient, Purpose, Reason string
}

// CellCount is a count of a monthly table. One that is withheld is zero here and says so.
type CellCount struct {
	Month, Field, Code string
	Count              int
	Withheld           bool
}

// counted are the fields that a table counts: of the case, and of what was taken in with it.
var counted = []string{"origin", "reason", "ageBand", "vic_TypeOfExploitation", "vic_MethodsOfControl", "vic_MethodOfRecruitment", "vic_ForcedLabourIndustry"}

// unsaid stands for a field of which nothing is known.
const unsaid = "not-said"

// Table counts the cases of each month and withholds every count that is smaller than the threshold, and what else is
// needed so that none of them can be worked out. It names nobody and writes an entry of an export. It takes
// [auth.ExchangeCases].
func (s *Standards) Table(ctx context.Context, actor auth.Actor, m Monthly) (cells []CellCount, err error) {
	if !actor.May(auth.ExchangeCases) {
		return nil, missing()
	}
	zone, err := time.LoadLocation(actor.Zone)
	if err != nil {
		zone = time.UTC
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if err := m.check(tx.Now().In(zone)); err != nil {
			return err
		}
		agreement := ""
		if m.Recipient != Ourselves {
			if agreement, err = s.covered(ctx, tx, actor.Org, m.Recipient, m.Purpose, Codes); err != nil {
				return err
			}
		}
		raw, err := counts(ctx, tx, actor.Org, m, zone)
		if err != nil {
			return err
		}
		cells = withhold(raw, m.Threshold)
		return audit.Append(ctx, tx, audit.Entry{
			Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Export, Subject: "monthly", Detail: map[string]string{
				"act": "release.monthly", "via": string(actor.Via), "from": m.From, "to": m.To, "threshold": count(m.Threshold),
				"recipient": m.Recipient, "purpose": m.Purpose, "reason": m.Reason, "agreement": agreement,
			},
		})
	})
	return cells, err
}

const monthForm = "2006-01"

func (m *Monthly) check(now time.Time) error {
	if m.Threshold == 0 {
		m.Threshold = Threshold
	}
	f := fault.New(fault.Invalid, "Nothing was counted.")
	from, err := time.Parse(monthForm, m.From)
	to, err2 := time.Parse(monthForm, m.To)
	if err != nil || err2 != nil || from.After(to) || to.After(from.AddDate(10, 0, 0)) || m.To >= now.Format(monthForm) {
		f = f.WithField("from", "Give two months that are over, such as 2026-01 and 2026-03.")
	}
	if m.Threshold < LeastThreshold {
		f = f.WithField("threshold", "Withhold counts below %d at least.", LeastThreshold)
	}
	r := Release{Profile: Codes, Form: CSV, To: m.Recipient, Purpose: m.Purpose, Reason: m.Reason}
	if err := r.check(); err != nil {
		return err
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// tally counts by month, field and code.
type tally map[string]map[string]map[string]int

func (t tally) add(month, field, code string) {
	if t[month] == nil {
		t[month] = map[string]map[string]int{}
	}
	if t[month][field] == nil {
		t[month][field] = map[string]int{}
	}
	t[month][field][code]++
}

// counts reads the clear codes of the cases of some months.
func counts(ctx context.Context, tx *db.Tx, org auth.OrgID, m Monthly, zone *time.Location) (tally, error) {
	from, _ := time.ParseInLocation(monthForm, m.From, zone)
	to, _ := time.ParseInLocation(monthForm, m.To, zone)
	all := tally{}
	for at := from; !at.After(to); at = at.AddDate(0, 1, 0) {
		all.month(at.Format(monthForm))
	}
	rows, err := tx.Query(ctx, `SELECT c.opened_at, c.origin, c.reason, COALESCE(e.codes, '') FROM protection_case c
		LEFT JOIN protection_extension e ON e.org_id = c.org_id AND e.case_id = c.id AND e.set_id = $2
		WHERE c.org_id = $1 AND c.opened_at >= $3 AND c.opened_at < $4 AND c.state <> 'erased'`,
		string(org), Trafficking().ID, from.UnixMicro(), to.AddDate(0, 1, 0).UnixMicro())
	_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
		var at int64
		var origin, reason, codes string
		if err := r.Scan(&at, &origin, &reason, &codes); err != nil {
			return none, err
		}
		values := codesOf(codes)
		values["origin"], values["reason"] = []string{origin}, []string{reason}
		month := time.UnixMicro(at).In(zone).Format(monthForm)
		for _, field := range counted {
			said := false
			for _, code := range values[field] {
				if code != "" && code[:1] != no {
					all.add(month, field, code)
					said = true
				}
			}
			if !said {
				all.add(month, field, unsaid)
			}
		}
		return none, nil
	})
	return all, err
}

func (t tally) month(m string) {
	if t[m] == nil {
		t[m] = map[string]map[string]int{}
	}
}

// withhold turns counts into cells. The cells of a field may add up to the number of cases, and a count that is withheld alone, or with others whose sum
// is still small, could be worked out from the number of cases, which other fields show: the next smallest are withheld
// with it, until what is withheld together is at least the threshold and is two cells.
func withhold(t tally, k int) (cells []CellCount) {
	var months []string
	for m := range t {
		months = append(months, m)
	}
	slices.Sort(months)
	for _, m := range months {
		for _, f := range counted {
			var codes []string
			for c := range t[m][f] {
				codes = append(codes, c)
			}
			slices.Sort(codes)
			hidden := hide(t[m][f], codes, k)
			for _, c := range codes {
				one := CellCount{Month: m, Field: f, Code: c, Count: t[m][f][c]}
				if hidden[c] {
					one.Count, one.Withheld = 0, true
				}
				cells = append(cells, one)
			}
		}
	}
	return cells
}

// hide returns the codes whose counts are withheld.
func hide(counts map[string]int, codes []string, k int) map[string]bool {
	hidden := map[string]bool{}
	sum := 0
	for _, c := range codes {
		if counts[c] < k {
			hidden[c] = true
			sum += counts[c]
		}
	}
	for len(hidden) > 0 && (len(hidden) < 2 || sum < k) && len(hidden) < len(codes) {
		least := ""
		for _, c := range codes {
			if !hidden[c] && (least == "" || counts[c] < counts[least]) {
				least = c
			}
		}
		hidden[least] = true
		sum += counts[least]
	}
	return hidden
}

// WriteTable writes cells as a table of CSV.
func WriteTable(to io.Writer, cells []CellCount) error {
	w := csv.NewWriter(to)
	if err := w.Write([]string{"month", "field", "code", "count"}); err != nil {
		return err
	}
	for _, c := range cells {
		n := count(c.Count)
		if c.Withheld {
			n = "withheld"
		}
		if err := w.Write([]string{c.Month, c.Field, c.Code, n}); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
