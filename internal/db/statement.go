package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/ncruces/go-sqlite3"
	sqlite "github.com/ncruces/go-sqlite3/driver"
)

// To parse a statement and to plan it costs SQLite as much as to run it, and a node sends the same few hundred texts all
// day. So each connection keeps the statements that it was sent: what database/sql closes is reset, emptied of its
// values and taken again when the same text comes. A statement that is in use is never given twice.
const (
	// keptStatements bounds those that a connection keeps, keptText the length of a text that is worth it.
	keptStatements = 160
	keptText       = 4 << 10
)

// connector opens connections that keep their statements.
type connector struct {
	driver.Connector

	configure func(*sqlite3.Conn) error
	reads     bool // the connections are configured to change nothing
}

// Connect implements [driver.Connector].
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	k := &keeper{Conn: opened.(sqlite.Conn), reads: c.reads, free: map[string]*statement{}}
	if err := c.configure(k.Raw()); err != nil {
		return nil, errors.Join(err, k.Close())
	}
	return k, nil
}

// keeper is a connection that keeps its statements.
type keeper struct {
	sqlite.Conn

	reads bool
	free  map[string]*statement
	turn  int64
}

// BeginTx implements [driver.ConnBeginTx]. The driver would make a connection that only reads one that writes when
// its transaction ends.
func (k *keeper) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	opts.ReadOnly = opts.ReadOnly && !k.reads
	return k.Conn.BeginTx(ctx, opts)
}

// keepable reports whether a text does all that it does when it runs: some pragmas do it when they are parsed.
func keepable(q string) bool {
	if len(q) > keptText {
		return false
	}
	q = strings.TrimLeft(q, " \t\n")
	for _, verb := range [...]string{"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"} {
		if strings.HasPrefix(q, verb) {
			return true
		}
	}
	return false
}

// PrepareContext implements [driver.ConnPrepareContext].
func (k *keeper) PrepareContext(ctx context.Context, q string) (driver.Stmt, error) {
	if s, ok := k.free[q]; ok {
		delete(k.free, q)
		return s, nil
	}
	fresh, err := k.Conn.PrepareContext(ctx, q)
	if err != nil || !keepable(q) {
		return fresh, err
	}
	return &statement{compiled: fresh.(compiled), of: k, text: q}, nil
}

// ExecContext implements [driver.ExecerContext], for what has no arguments.
func (k *keeper) ExecContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Result, error) {
	return k.Conn.(driver.ExecerContext).ExecContext(ctx, q, args)
}

// CheckNamedValue implements [driver.NamedValueChecker].
func (k *keeper) CheckNamedValue(arg *driver.NamedValue) error {
	return k.Conn.(driver.NamedValueChecker).CheckNamedValue(arg)
}

// Close implements [driver.Conn]. SQLite closes no connection that has statements.
func (k *keeper) Close() error {
	var errs []error
	for _, s := range k.free {
		errs = append(errs, s.compiled.Close())
	}
	clear(k.free)
	return errors.Join(append(errs, k.Conn.Close())...)
}

// put keeps a statement that is not in use, in place of the one that was not used for longest.
func (k *keeper) put(s *statement) error {
	if _, twice := k.free[s.text]; twice {
		return s.compiled.Close()
	}
	if len(k.free) >= keptStatements {
		oldest := s
		for _, other := range k.free {
			if oldest == s || other.turn < oldest.turn {
				oldest = other
			}
		}
		delete(k.free, oldest.text)
		if err := oldest.compiled.Close(); err != nil {
			return err
		}
	}
	k.turn++
	s.turn = k.turn
	k.free[s.text] = s
	return nil
}

// compiled is what the driver makes of a text.
type compiled interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
	driver.NamedValueChecker
	Reset() error
	ClearBindings() error
}

// statement is one that its connection takes back.
type statement struct {
	compiled

	of   *keeper
	text string
	turn int64
}

// Close implements [driver.Stmt]. What resetting says is how the last run went, which was told already.
func (s *statement) Close() error {
	_ = s.Reset()
	if err := s.ClearBindings(); err != nil {
		return errors.Join(err, s.compiled.Close())
	}
	return s.of.put(s)
}
