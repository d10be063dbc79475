package cli

import (
	"context"
	"io"
	"log/slog"
)

// newLogger writes JSON lines of at least the named level to w.
func newLogger(w io.Writer, level string) *slog.Logger {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		least = slog.LevelInfo // the grammar lets no other word through
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: least}))
}

// quiet passes the messages of the standard library's server on without their text, which names
// the network address of a caller and can quote what it sent.
type quiet struct{ slog.Handler }

// Handle replaces the message.
func (q quiet) Handle(ctx context.Context, rec slog.Record) error {
	clean := slog.NewRecord(rec.Time, rec.Level, "the server refused a connection", 0)
	return q.Handler.Handle(ctx, clean)
}
