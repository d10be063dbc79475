package indicator

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
)

// insertIndicator stores a definition. One that is there is replaced, unless keep is asked for by
// replace being false: a file never changes a definition.
func insertIndicator(ctx context.Context, tx *db.Tx, a auth.Actor, i Indicator, replace bool) error {
	suffix := `ON CONFLICT (org_id, id) DO NOTHING`
	if replace {
		suffix = `ON CONFLICT (org_id, id) DO UPDATE SET
			title = excluded.title, definition = excluded.definition, unit = excluded.unit, kind = excluded.kind,
			numerator = excluded.numerator, denominator = excluded.denominator, cannot_tell = excluded.cannot_tell,
			every = excluded.every, source = excluded.source, source_title = excluded.source_title,
			source_url = excluded.source_url, licence = excluded.licence, attribution = excluded.attribution,
			shippable = excluded.shippable, own = excluded.own`
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO evaluation_indicator
			(org_id, id, title, definition, unit, kind, numerator, denominator, cannot_tell, every,
			 source, source_title, source_url, licence, attribution, shippable, own)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) `+suffix,
		string(a.Org), string(i.ID), i.Title, i.Definition, i.Unit, int64(i.Kind), i.Numerator, i.Denominator,
		i.CannotTell, int64(i.Every), i.Source, i.SourceTitle, i.SourceURL, i.Licence, i.Attribution, i.Shippable, i.Own)
	if err != nil {
		return err
	}
	for n, d := range i.Dimensions {
		if err := insertDimension(ctx, tx, a, i.ID, n, d); err != nil {
			return err
		}
	}
	return nil
}

func insertDimension(ctx context.Context, tx *db.Tx, a auth.Actor, id ID, position int, d Dimension) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO evaluation_dimension (org_id, indicator_id, dim, label, position)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (org_id, indicator_id, dim) DO NOTHING`,
		string(a.Org), string(id), string(d.Dim), d.Label, position)
	return err
}
