package person

import (
	"context"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/vault"
)

// EarliestBirth returns the first day on which the person of a case may have been born, by every statement
// that counts, or "" when nothing bounds it. It opens what is known of the birth, for a purpose.
func (p *People) EarliestBirth(ctx context.Context, actor auth.Actor, of casefile.ID, purpose vault.Purpose) (string, error) {
	var rows found
	err := p.db.Read(ctx, func(tx *db.Tx) (err error) {
		rows, err = find(ctx, tx, actor, of, auth.ReadCases)
		return err
	})
	if err != nil {
		return "", err
	}
	f, err := p.open(ctx, actor, rows, purpose, OfBirth)
	if err != nil {
		return "", err
	}
	counted, _ := counting(f.Birth.Value, plain(f.Assessments), f.Today)
	s, ok := counted.all()
	if !ok || s.from.IsZero() {
		return "", nil
	}
	return s.from.Format(time.DateOnly), nil
}
