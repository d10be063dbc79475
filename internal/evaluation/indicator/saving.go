package indicator

import (
	"context"
	"errors"
	"iter"
	"strconv"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/importer"
	"github.com/fourfold/fourfold/internal/vocab"
)

// saving writes a checked file in one transaction. Its run may be called again when the database
// asks for another attempt, so it starts from nothing each time.
type saving struct {
	actor   auth.Actor
	options importer.Options
	found   *importer.Outcome

	releases []Release
	saved    int
	already  bool

	org    string
	fresh  []bool // by index of release: not stored before
	series map[place]string
	text   int // bytes of the keys in series
	news   [][]any
}

// place is what a series is.
type place struct {
	indicator string
	area      string
	key       figure.Key
}

// Bounds of what is held while a file is saved.
const (
	chunk       = 4096    // figures between two inserts of series
	knownSeries = 50_000  // series remembered as inserted; beyond, the memory starts anew
	knownText   = 8 << 20 // bytes of their keys
)

func (s *saving) run(ctx context.Context, tx *db.Tx) error {
	s.org, s.saved, s.already, s.releases = string(s.actor.Org), 0, false, nil
	s.series, s.text = map[place]string{}, 0
	for _, x := range s.found.Releases {
		s.releases = append(s.releases, releaseOf(x, s.found.Digest, tx.NowMicros()))
	}
	if err := s.look(ctx, tx); err != nil || s.already {
		return err
	}
	if err := s.registry(ctx, tx); err != nil {
		return err
	}
	if err := s.insertReleases(ctx, tx); err != nil {
		return err
	}
	n, err := tx.InsertRows(ctx, "evaluation_figure",
		[]string{"org_id", "release_id", "series_id", "period", "variant", "lo", "hi", "state", "derived", "line"},
		"", s.rows(ctx, tx))
	if err != nil {
		return err
	}
	s.saved = int(n)
	return audit.Append(ctx, tx, entry(s.actor, s.releases[0].ID, "import-figures", map[string]string{
		"format": s.options.Format, "table": s.found.Table, "file-hash": s.found.Digest,
		"figures": strconv.Itoa(s.saved), "releases": strconv.Itoa(len(s.releases)),
	}))
}

// look finds out which releases are stored already. The id of a release holds the hash of the
// file, so one that is there has the same figures.
func (s *saving) look(ctx context.Context, tx *db.Tx) error {
	s.fresh, s.already = make([]bool, len(s.releases)), true
	for n, rel := range s.releases {
		var one int
		err := tx.QueryRow(ctx, `SELECT 1 FROM evaluation_release WHERE org_id = $1 AND id = $2`, s.org, rel.ID).Scan(&one)
		if err != nil && !noRows(err) {
			return err
		}
		s.fresh[n] = err != nil
		s.already = s.already && !s.fresh[n]
	}
	return nil
}

func (s *saving) insertReleases(ctx context.Context, tx *db.Tx) error {
	for n, rel := range s.releases {
		if !s.fresh[n] {
			continue
		}
		if err := s.insertRelease(ctx, tx, n, rel); err != nil {
			return err
		}
	}
	return nil
}

func (s *saving) insertRelease(ctx context.Context, tx *db.Tx, position int, rel Release) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO evaluation_release
			(org_id, id, source, label, released_on, basis, imported_at, is_first, position, file_name, file_hash, figures)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		s.org, rel.ID, rel.Source, rel.Label, rel.ReleasedOn, rel.Basis, rel.ImportedAt, rel.First, position,
		s.options.Name, rel.FileHash, rel.Rows)
	if err != nil {
		return err
	}
	for _, id := range rel.Indicators {
		_, err := tx.Exec(ctx, `
			INSERT INTO evaluation_release_indicator (org_id, indicator_id, release_id) VALUES ($1, $2, $3)`,
			s.org, string(id), rel.ID)
		if err != nil {
			return err
		}
	}
	return nil
}

// rows gives the figures of the file for insertion. Series are inserted in between, just before
// the figures that need them.
func (s *saving) rows(ctx context.Context, tx *db.Tx) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		held := make([]importer.Figure, 0, chunk)
		err := importer.Replay(ctx, s.options, s.found, func(f importer.Figure) error {
			if !s.fresh[f.Release] {
				return nil
			}
			if held = append(held, f); len(held) < chunk {
				return nil
			}
			err := s.flush(ctx, tx, held, yield)
			held = held[:0]
			return err
		})
		if err == nil {
			err = s.flush(ctx, tx, held, yield)
		}
		if err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	}
}

// flush inserts the series of held figures that were not seen lately, then yields the figures.
func (s *saving) flush(ctx context.Context, tx *db.Tx, held []importer.Figure, yield func([]any, error) bool) error {
	s.news = s.news[:0]
	ids := make([]string, len(held))
	for i, f := range held {
		ids[i] = s.seriesOf(f)
	}
	if len(s.news) > 0 {
		_, err := tx.InsertRows(ctx, "evaluation_series",
			[]string{"org_id", "id", "indicator_id", "shape", "area", "cell"}, "ON CONFLICT DO NOTHING", all(s.news))
		if err != nil {
			yield(nil, err)
			return errEnough
		}
	}
	values := make([]any, 10)
	for i, f := range held {
		values = append(values[:0], s.org, s.releases[f.Release].ID, ids[i], f.Period.String(), int64(f.Variant),
			f.Value.Lo, f.Value.Hi, int64(f.Value.State), f.Derived, int64(f.Line))
		if !yield(values, nil) {
			return errEnough
		}
	}
	return nil
}

func (s *saving) seriesOf(f importer.Figure) string {
	at := place{f.Indicator, f.Area, f.Key}
	if id, ok := s.series[at]; ok {
		return id
	}
	if len(s.series) >= knownSeries || s.text >= knownText {
		clear(s.series)
		s.text = 0
	}
	s.text += len(f.Key)
	id := seriesID(ID(f.Indicator), f.Area, f.Key)
	s.series[at] = id
	s.news = append(s.news, []any{s.org, id, f.Indicator, f.Key.Dims(), f.Area, string(f.Key)})
	return id
}

func all(rows [][]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// registry stores what the file brings to the registry: own indicators, dimensions, categories.
func (s *saving) registry(ctx context.Context, tx *db.Tx) error {
	for _, own := range s.found.Own {
		if err := insertIndicator(ctx, tx, s.actor, ownIndicator(own), false); err != nil {
			return err
		}
	}
	type dim struct {
		indicator string
		dim       figure.Dim
	}
	seen := map[dim]bool{}
	for _, c := range s.found.Categories {
		d := dim{c.Indicator, c.Dim}
		if seen[d] {
			continue
		}
		seen[d] = true
		err := insertDimension(ctx, tx, s.actor, ID(c.Indicator), 100, Dimension{Dim: c.Dim, Label: vocab.Label(vocab.Dimension, string(c.Dim), "en")})
		if err != nil {
			return err
		}
	}
	_, err := tx.InsertRows(ctx, "evaluation_category", []string{"org_id", "indicator_id", "dim", "code", "label"},
		"ON CONFLICT DO NOTHING", func(yield func([]any, error) bool) {
			for _, c := range s.found.Categories {
				if !yield([]any{s.org, c.Indicator, string(c.Dim), c.Code, c.Label}, nil) {
					return
				}
			}
		})
	return err
}

func ownIndicator(o importer.Own) Indicator {
	kinds := map[string]Kind{"count": Count, "rate": Rate, "proportion": Proportion}
	return Indicator{
		ID: ID(o.ID), Title: o.Title, Unit: o.Unit, Kind: kinds[o.Kind], Every: o.Every,
		Source: "csv", Own: true,
	}
}

// errEnough ends a replay whose figures nobody wants any more; the reason was told already.
var errEnough = errors.New("indicator: the insert ended early")
