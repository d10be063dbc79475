package person

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

func (p *People) birthday(ctx context.Context, tx *db.Tx, actor auth.Actor, c casefile.Case, f File) error {
	return nil
}
