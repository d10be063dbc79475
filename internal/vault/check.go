package vault

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/order"
)

// What an entry of a change says about the record it changed.
const (
	detailRecord  = "record"
	detailVersion = "version"
	detailSealed  = "sealed" // fingerprint of its sealed values; "" when it was removed
)

// Change seals values of one record and appends the entry of the change, which commits to what the
// record holds sealed from now on: the values, and those that are kept as they were. It is how rooms
// write: a row that is put back to an earlier state, version and all, then shows in [Vault.Check]. All
// values are of one person, record and version; e needs organisation, actor, kind and what explains
// the change.
func (v *Vault) Change(ctx context.Context, tx *db.Tx, e audit.Entry, kept []Item, values ...Value) ([]Sealed, error) {
	if len(values) == 0 {
		return nil, errors.New("vault: a change without values")
	}
	first := values[0].Place
	for _, val := range values {
		p := val.Place
		if p.Org != first.Org || p.Person != first.Person || p.Record != first.Record || p.Version != first.Version {
			return nil, errors.New("vault: a change of several records or versions")
		}
	}
	for _, k := range kept {
		if k.Place.Org != first.Org || k.Place.Person != first.Person || k.Place.Record != first.Record || k.Place.Version >= first.Version {
			return nil, errors.New("vault: what is kept is of another record, or newer than the change")
		}
	}
	sealed, err := v.Seal(ctx, tx, values...)
	if err != nil {
		return nil, err
	}
	items := slices.Clone(kept)
	for i, s := range sealed {
		items = append(items, Item{Place: values[i].Place, Sealed: s})
	}
	return sealed, v.commit(ctx, tx, e, first, fingerprintOf(items))
}

// Removed appends the entry of a change that removed a record with everything sealed in it, or all but
// the values that are kept as they were. Of the place organisation, person, record and version count;
// the version is that of the removal.
func (v *Vault) Removed(ctx context.Context, tx *db.Tx, e audit.Entry, p Place, kept ...Item) error {
	fingerprint := ""
	if len(kept) > 0 {
		fingerprint = fingerprintOf(slices.Clone(kept))
	}
	return v.commit(ctx, tx, e, p, fingerprint)
}

func (v *Vault) commit(ctx context.Context, tx *db.Tx, e audit.Entry, p Place, fingerprint string) error {
	if e.Org != string(p.Org) || e.Person != "" && e.Person != string(p.Person) {
		return errors.New("vault: the entry is about another person than the change")
	}
	e.Person = string(p.Person)
	detail := map[string]string{}
	maps.Copy(detail, e.Detail)
	detail[detailRecord], detail[detailVersion], detail[detailSealed] = p.Record, strconv.FormatInt(p.Version, 10), fingerprint
	e.Detail = detail
	return v.Record(ctx, tx, e)
}

// fingerprintOf is the fingerprint of a record, whatever the order in which its values are found.
func fingerprintOf(items []Item) string {
	order.By(items, func(a, b Item) int { return cmp.Compare(a.Place.Field, b.Place.Field) })
	return Fingerprint(items...)
}

// Rows lists what a room keeps sealed, for [Vault.Check].
type Rows struct {
	// Name names the room in findings.
	Name string
	// Each calls yield with all sealed values of one record after another, of one organisation. It uses
	// tx, and yield does not.
	Each func(ctx context.Context, tx *db.Tx, org auth.OrgID, yield func(record []Item) error) error
}

// OnCheck adds what another room keeps sealed. Rooms call it while the node is put together.
func (v *Vault) OnCheck(r Rows) { v.rows = append(v.rows, r) }

// Finding is a record that is not as the ledger says.
type Finding struct {
	Room   string // "" when no room has the record
	Org    auth.OrgID
	Person PersonID
	Record string
	What   string // one of the codes below
}

// What a [Finding] says.
const (
	PutBack  = "put back" // as it was at an earlier version
	Altered  = "altered"  // not what the newest entry commits to
	Vanished = "vanished" // committed to and not there
	Unknown  = "unknown"  // there, and no entry commits to it
)

// Checked is the outcome of [Vault.Check].
type Checked struct {
	// Records is how many records were compared, Entries how many commitments were read.
	Records, Entries int
	// Findings are the records that are not as the ledger says, at most 1,000 of them.
	Findings []Finding
}

// maxFindings bounds the findings: beyond that everything is wrong, and more of it says no more.
const maxFindings = 1000

// commitment is what the newest entry about a record says.
type commitment struct {
	version     int64
	fingerprint string
	person      PersonID
	record      string
	seen        bool
}

// Check compares every sealed record with the newest entry about it, organisation after organisation.
// It shows records that were altered or put back to an earlier state outside the program, also
// together with their version. That entries themselves are whole is the ledger's to show: check both.
// Records of erased persons have no readable entries and are not compared. Memory grows by about 200
// bytes a record of one organisation.
func (v *Vault) Check(ctx context.Context) (c Checked, err error) {
	var orgs []auth.OrgID
	err = v.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, "SELECT id FROM org ORDER BY id")
		orgs, err = db.Collect(rows, err, func(r *sql.Rows) (o auth.OrgID, err error) { return o, r.Scan(&o) })
		return err
	})
	if err != nil {
		return c, err
	}
	for _, org := range orgs {
		var one Checked
		err := v.db.Read(ctx, func(tx *db.Tx) (err error) {
			one, err = v.checkOrg(ctx, tx, org)
			return err
		})
		if err != nil {
			return c, fmt.Errorf("check organisation %s: %w", org, err)
		}
		c.Records, c.Entries = c.Records+one.Records, c.Entries+one.Entries
		c.Findings = append(c.Findings, one.Findings...)
	}
	c.Findings = c.Findings[:min(len(c.Findings), maxFindings)]
	return c, nil
}

func (v *Vault) checkOrg(ctx context.Context, tx *db.Tx, org auth.OrgID) (c Checked, err error) {
	newest := map[[16]byte]*commitment{}
	if c.Entries, err = v.commitments(ctx, tx, org, newest); err != nil {
		return c, err
	}
	found := func(f Finding) {
		if f.Org = org; len(c.Findings) < maxFindings {
			c.Findings = append(c.Findings, f)
		}
	}
	for _, r := range v.rows {
		err := r.Each(ctx, tx, org, func(record []Item) error {
			if len(record) == 0 {
				return nil
			}
			c.Records++
			p := record[0].Place
			f := Finding{Room: r.Name, Person: p.Person, Record: p.Record}
			have := newest[recordKey(p.Person, p.Record)]
			if have == nil {
				f.What = Unknown
				found(f)
				return nil
			}
			have.seen = true
			if fingerprintOf(record) == have.fingerprint {
				return nil
			}
			f.What = Altered
			if highest(record) < have.version {
				f.What = PutBack
			}
			found(f)
			return nil
		})
		if err != nil {
			return c, fmt.Errorf("%s: %w", r.Name, err)
		}
	}
	for _, have := range newest {
		if !have.seen && have.fingerprint != "" {
			found(Finding{Person: have.person, Record: have.record, What: Vanished})
		}
	}
	return c, nil
}

func highest(record []Item) (version int64) {
	for _, i := range record {
		version = max(version, i.Place.Version)
	}
	return version
}

// recordKey is a short name of a record. Records of two persons are two.
func recordKey(person PersonID, record string) [16]byte {
	sum := sha256.Sum256(part(part(nil, string(person)), record))
	return [16]byte(sum[:16])
}

// checkBatch is how many entries are opened at once.
const checkBatch = 1000

// commitments reads what the newest entry about each record says. The version decides which is the
// newest, because clocks jump.
func (v *Vault) commitments(ctx context.Context, tx *db.Tx, org auth.OrgID, newest map[[16]byte]*commitment) (n int, err error) {
	var after audit.Entry
	for {
		entries, err := audit.AboutPersons(ctx, tx, string(org), after, checkBatch)
		if err != nil || len(entries) == 0 {
			return n, err
		}
		after = entries[len(entries)-1]
		if err := audit.Reveal(ctx, v, entries); err != nil {
			return n, err
		}
		for _, e := range entries {
			version, err := strconv.ParseInt(e.Detail[detailVersion], 10, 64)
			fingerprint, commits := e.Detail[detailSealed]
			if e.Shut || err != nil || !commits {
				continue // of an erased person, or about something else
			}
			n++
			key := recordKey(PersonID(e.Person), e.Detail[detailRecord])
			if have := newest[key]; have == nil || have.version <= version {
				newest[key] = &commitment{version: version, fingerprint: fingerprint, person: PersonID(e.Person), record: e.Detail[detailRecord]}
			}
		}
	}
}
