package db

import (
	"context"
	"log/slog"
)

// Replan lets the planner of PostgreSQL look at what the tables hold now. Call it after a change of many
// thousand rows: until the server does so by itself, minutes later, it plans for the tables as they were, and
// reads take several times as long. It samples, so its cost hardly grows with the tables. SQLite plans by what
// [tellShape] told it and needs nothing. A failure costs speed only: it is logged and not returned.
func (d *DB) Replan(ctx context.Context) {
	if d.engine != Postgres {
		return
	}
	if _, err := d.writer.ExecContext(ctx, "ANALYZE"); err != nil {
		d.log.LogAttrs(ctx, slog.LevelWarn, "statistics not renewed", slog.Any("error", translate(ctx, err)))
	}
}
