package casefile

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
)

// UnderIn notes, in a transaction of another package of the room which has locked the case, under which
// jurisdiction's law the case stands, when nobody has said so yet.
func (s *Cases) UnderIn(ctx context.Context, tx *db.Tx, actor auth.Actor, c Case, jurisdiction, version string) error {
	if c.Clear.Profile != "" {
		return nil
	}
	c.Clear.Profile, c.Clear.ProfileVersion = jurisdiction, version
	_, err := table.Update(ctx, tx, s.vault, act(actor, "case.under", map[string]string{"profile": version}), c.Row)
	return err
}
