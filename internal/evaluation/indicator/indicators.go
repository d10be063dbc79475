package indicator

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"errors"
	"strings"
	"sync"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Indicators is the room: all questions about published statistics are asked of it. It is safe for
// concurrent use.
type Indicators struct {
	DB *db.DB

	mu      sync.Mutex
	changes map[string]Changes // see changesOf
}

// mayRead refuses an actor who may not read measures.
func mayRead(a auth.Actor) error {
	if a.May(auth.ReadMeasures) {
		return nil
	}
	return fault.New(fault.Denied, "You may not read the measures.").WithHint("Ask whoever administers this node.")
}

// mayImport refuses an actor who may not change what is held.
func mayImport(a auth.Actor) error {
	if a.May(auth.ImportMeasures) {
		return nil
	}
	return fault.New(fault.Denied, "You may not import or change measures.").WithHint("Ask whoever administers this node.")
}

// List returns the indicators that a filter lets through, in order of id, without the categories
// of their dimensions.
func (r *Indicators) List(ctx context.Context, a auth.Actor, f Filter) ([]Indicator, error) {
	if err := mayRead(a); err != nil {
		return nil, err
	}
	var found []Indicator
	err := r.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := load(ctx, tx, a, "")
		found = nil
		for _, i := range all {
			if f.lets(i) {
				found = append(found, i)
			}
		}
		return err
	})
	return found, err
}

func (f Filter) lets(i Indicator) bool {
	if f.Source != "" && i.Source != f.Source {
		return false
	}
	if f.Dim != "" && !i.has(f.Dim) {
		return false
	}
	text := strings.ToLower(strings.TrimSpace(f.Text))
	if text == "" {
		return true
	}
	return strings.Contains(strings.ToLower(string(i.ID)+"\n"+i.Title+"\n"+i.Definition), text)
}

func (i Indicator) has(d Dim) bool {
	for _, x := range i.Dimensions {
		if x.Dim == d {
			return true
		}
	}
	return false
}

// Get returns one indicator with the categories of its dimensions. An unknown id is
// fault.NotFound.
func (r *Indicators) Get(ctx context.Context, a auth.Actor, id ID) (Indicator, error) {
	if err := mayRead(a); err != nil {
		return Indicator{}, err
	}
	var found Indicator
	err := r.DB.Read(ctx, func(tx *db.Tx) (err error) {
		found, err = get(ctx, tx, a, id, true)
		return err
	})
	return found, err
}

func get(ctx context.Context, tx *db.Tx, a auth.Actor, id ID, categories bool) (Indicator, error) {
	all, err := load(ctx, tx, a, id)
	if err != nil {
		return Indicator{}, err
	}
	if len(all) == 0 {
		return Indicator{}, fault.New(fault.NotFound, "There is no indicator %q.", clip(string(id))).
			WithHint("Choose one from the list of measures.")
	}
	if !categories {
		return all[0], nil
	}
	return all[0], loadCategories(ctx, tx, a, &all[0])
}

// load reads one indicator, or all of them for the id "".
func load(ctx context.Context, tx *db.Tx, a auth.Actor, id ID) ([]Indicator, error) {
	rows, err := tx.Query(ctx, `
		SELECT id, title, definition, unit, kind, numerator, denominator, cannot_tell, every, source,
		       source_title, source_url, licence, attribution, shippable, own,
		       (SELECT count(*) FROM (SELECT 1 FROM evaluation_series s
		         WHERE s.org_id = i.org_id AND s.indicator_id = i.id LIMIT 1000) held)
		FROM evaluation_indicator i
		WHERE org_id = $1 AND (id = $2 OR $2 = '')
		ORDER BY id`, string(a.Org), string(id))
	all, err := db.Collect(rows, err, scanIndicator)
	if err != nil {
		return nil, err
	}
	rows, err = tx.Query(ctx, `
		SELECT indicator_id, dim, label FROM evaluation_dimension
		WHERE org_id = $1 AND (indicator_id = $2 OR $2 = '')
		ORDER BY indicator_id, position, dim`, string(a.Org), string(id))
	type owned struct {
		id  ID
		dim Dimension
	}
	dims, err := db.Collect(rows, err, func(rows *sql.Rows) (o owned, err error) {
		return o, rows.Scan(&o.id, &o.dim.Dim, &o.dim.Label)
	})
	if err != nil {
		return nil, err
	}
	for i := range all {
		for _, d := range dims {
			if d.id == all[i].ID {
				all[i].Dimensions = append(all[i].Dimensions, d.dim)
			}
		}
	}
	return all, nil
}

func scanIndicator(rows *sql.Rows) (i Indicator, err error) {
	err = rows.Scan(&i.ID, &i.Title, &i.Definition, &i.Unit, &i.Kind, &i.Numerator, &i.Denominator, &i.CannotTell,
		&i.Every, &i.Source, &i.SourceTitle, &i.SourceURL, &i.Licence, &i.Attribution, &i.Shippable, &i.Own, &i.SeriesCount)
	return i, err
}

func loadCategories(ctx context.Context, tx *db.Tx, a auth.Actor, i *Indicator) error {
	rows, err := tx.Query(ctx, `
		SELECT dim, code, label FROM evaluation_category
		WHERE org_id = $1 AND indicator_id = $2 ORDER BY dim, code`, string(a.Org), string(i.ID))
	type owned struct {
		dim  Dim
		code Code
	}
	codes, err := db.Collect(rows, err, func(rows *sql.Rows) (o owned, err error) {
		return o, rows.Scan(&o.dim, &o.code.Code, &o.code.Label)
	})
	if err != nil {
		return err
	}
	for n := range i.Dimensions {
		d := &i.Dimensions[n]
		for _, c := range codes {
			if c.dim == d.Dim {
				d.Codes = append(d.Codes, Code{c.code.Code, labelOf(d.Dim, c.code.Code, c.code.Label)})
			}
		}
	}
	return nil
}

// Areas returns the codes of the areas that have a series of the indicator, in order.
func (r *Indicators) Areas(ctx context.Context, a auth.Actor, id ID) ([]string, error) {
	if err := mayRead(a); err != nil {
		return nil, err
	}
	var areas []string
	err := r.DB.Read(ctx, func(tx *db.Tx) error {
		if _, err := get(ctx, tx, a, id, false); err != nil {
			return err
		}
		// From area to area by the index: DISTINCT would read every series, of which there are tens of
		// thousands for some two hundred areas.
		rows, err := tx.Query(ctx, `
			WITH RECURSIVE held(area) AS (
				SELECT min(area) FROM evaluation_series WHERE org_id = $1 AND indicator_id = $2
				UNION ALL
				SELECT (SELECT min(s.area) FROM evaluation_series s
					WHERE s.org_id = $1 AND s.indicator_id = $2 AND s.area > held.area)
				FROM held WHERE held.area IS NOT NULL)
			SELECT area FROM held WHERE area IS NOT NULL ORDER BY area`, string(a.Org), string(id))
		areas, err = db.Collect(rows, err, scanText)
		return err
	})
	return areas, err
}

func scanText(rows *sql.Rows) (s string, err error) { return s, rows.Scan(&s) }

// seriesID is made from what the series is, so that an import needs no look-up. It starts with a
// hash of indicator and area: figures of one area lie together, as files bring them.
func seriesID(indicator ID, area string, key Key) string {
	head := sha256.Sum256([]byte(string(indicator) + "\x00" + area))
	tail := sha256.Sum256([]byte(string(indicator) + "\x00" + area + "\x00" + string(key)))
	return encode(head[:])[:6] + encode(tail[:])[:14]
}

// releaseID is made from what the release is: the same file is never two releases.
func releaseID(source, label, releasedOn, fileHash string) string {
	sum := sha256.Sum256([]byte(source + "\x00" + label + "\x00" + releasedOn + "\x00" + fileHash))
	return encode(sum[:])[:16]
}

func encode(b []byte) string { return base32.StdEncoding.EncodeToString(b) }

// clip shortens a text from outside for a message.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func noRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }
