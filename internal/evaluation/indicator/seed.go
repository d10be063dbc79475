package indicator

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/importer"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/seed"
)

//go:generate go test . -run TestSeedIsOfThePublishedTables -update

// Seed stores the indicators that the program defines, the breaks it declares and the national
// series that ship with it. It may be called at every start: what is there already stays, and
// definitions are brought up to the words of this version. It needs the permission
// measures.import.
func (r *Indicators) Seed(ctx context.Context, a auth.Actor) error {
	if err := mayImport(a); err != nil {
		return err
	}
	seeded, err := r.seeded(ctx, a)
	if err != nil || seeded {
		return err
	}
	if err := r.seedRegistry(ctx, a); err != nil {
		return err
	}
	o := importer.Options{
		Format: "csv", Source: "nrm", Name: seed.Name,
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(seed.National())), nil },
	}
	if _, err := r.take(ctx, a, o, false); err != nil {
		return fmt.Errorf("import the series that ship with the program: %w", err)
	}
	return nil
}

// seeded reports whether this version's definitions and figures are stored, by two look-ups.
func (r *Indicators) seeded(ctx context.Context, a auth.Actor) (bool, error) {
	digest := fmt.Sprintf("%x", sha256.Sum256(seed.National()))
	same := false
	err := r.DB.Read(ctx, func(tx *db.Tx) error {
		var n int
		err := tx.QueryRow(ctx, `SELECT count(*) FROM evaluation_release WHERE org_id = $1 AND file_hash = $2`,
			string(a.Org), digest).Scan(&n)
		if err != nil || n == 0 {
			return err
		}
		held, err := load(ctx, tx, a, "")
		same = err == nil && sameDefinitions(held)
		return err
	})
	return same, err
}

func sameDefinitions(held []Indicator) bool {
	byID := map[ID]Indicator{}
	for _, i := range held {
		byID[i.ID] = i
	}
	for _, want := range definitions() {
		i, ok := byID[want.ID]
		if !ok || i.Title != want.Title || i.Definition != want.Definition || i.CannotTell != want.CannotTell ||
			i.Unit != want.Unit || i.SourceTitle != want.SourceTitle || i.SourceURL != want.SourceURL || i.Licence != want.Licence {
			return false
		}
	}
	return true
}

func (r *Indicators) seedRegistry(ctx context.Context, a auth.Actor) error {
	return r.DB.Write(ctx, func(tx *db.Tx) error {
		for _, i := range definitions() {
			if err := insertIndicator(ctx, tx, a, i, true); err != nil {
				return err
			}
		}
		for _, b := range shippedBreaks() {
			id := "shipped-" + string(b.Indicator) + "-" + b.Period.String()
			if err := insertBreak(ctx, tx, a, id, b); err != nil {
				return err
			}
		}
		return audit.Append(ctx, tx, audit.Entry{
			Org: string(a.Org), Actor: string(a.Account), Kind: audit.Configuration, Subject: "evaluation_indicator",
			Detail: map[string]string{"act": "seed-indicators", "via": string(a.Via)},
		})
	})
}
