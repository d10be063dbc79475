package db

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ncruces/go-sqlite3"
)

// A commit on SQLite costs one flush of the disk, whatever is in it. So writers share commits: the
// one connection that may write goes from hand to hand, with the transaction open. Each writer makes
// its change on its own goroutine, those after the first in a savepoint of their own, and hands on to
// whoever waits. The one that finds nobody waiting commits, and all of them return. A writer alone
// waits for nobody.
//
// Nobody is answered before the outcome of the transaction is known, not even a change that failed:
// it may have seen what its neighbours did, and an answer is given only on what has lasted.
//
// A change that fails or panics undoes its savepoint and nothing else; the first of a group undoes the
// transaction, in which nothing else is yet. Some failures undo the whole
// transaction, by SQLite's own rule: a full disk, a failing disk, no memory, a statement that was
// interrupted. Then, and when the commit fails, the neighbours run again, each in a transaction
// alone, where nobody can spoil it a second time. So a change runs at most twice.
const (
	// groupChanges and groupTime end a group although others wait: those in it have waited enough.
	// Far below the first, a flush already costs less than the changes do.
	groupChanges = 64
	groupTime    = 5 * time.Millisecond
)

// queue gives the writing connection to one writer at a time, in order of arrival.
type queue struct {
	pool *sql.DB
	// lasts is how long a group may go on: groupTime, and longer in a test that needs neighbours.
	lasts time.Duration
	// changing is set while a change runs. The connection refuses to commit meanwhile: after SQLite
	// has undone a transaction by itself, the next statement of the change would last on its own.
	changing atomic.Bool

	mu      sync.Mutex
	taken   bool // somebody has the connection
	waiting []*place
}

// prepared are the statements of a group by their text. Neighbours mostly send the same ones, and to
// parse one costs as much as to run it, so each is prepared when it comes a second time. The end of the
// transaction closes them. Only what returns no rows is kept: a second use would cut off the first.
type prepared map[string]*sql.Stmt

func (p prepared) exec(ctx context.Context, tx *sql.Tx, q string, args []any) (sql.Result, error) {
	stmt, seen := p[q]
	if !seen && p != nil {
		p[q] = nil
	}
	if !seen {
		return tx.ExecContext(ctx, q, args...)
	}
	if stmt == nil {
		var err error
		if stmt, err = tx.PrepareContext(ctx, q); err != nil {
			return nil, err
		}
		p[q] = stmt
	}
	return stmt.ExecContext(ctx, args...)
}

// guard makes c refuse to commit while a change runs.
func (q *queue) guard(c *sqlite3.Conn) { c.CommitHook(func() bool { return !q.changing.Load() }) }

// place is the place of a writer in the queue.
type place struct {
	alone bool        // joins nobody
	turn  chan *group // of one: the open transaction to join, or nil to begin another
}

// group is a transaction and the changes made in it.
type group struct {
	conn    *sql.Conn
	tx      *sql.Tx
	stmts   prepared
	alone   bool
	began   time.Time
	changes int
	kept    int           // changes that stand
	lost    bool          // undone as a whole, by SQLite
	settled chan struct{} // closed when err is final and, without an error, the changes are durable
	err     error         // of the commit
	undone  bool          // nothing stands, although changes were kept
	end     context.CancelFunc
}

// errLarge says that a change became too large for a savepoint, and runs again in a transaction alone.
var errLarge = errors.New("db: a change too large to share a commit")

// largeRows is how many rows a change may insert in one call beside its neighbours.
const largeRows = 20_000

// write runs change in a transaction, with others or alone, and returns when it is durable or undone.
func (q *queue) write(ctx context.Context, change func(*group) error) error {
	for alone := false; ; alone = true {
		g, err := q.take(ctx, alone)
		if err != nil {
			return err
		}
		spoiled, err := q.run(ctx, g, change)
		switch {
		case errors.Is(err, errLarge) && !alone:
			continue
		case spoiled:
			return err
		case g.undone && g.changes > 1:
			continue
		case err != nil:
			return err
		}
		return g.err
	}
}

// take waits for the connection and returns the transaction to work in.
func (q *queue) take(ctx context.Context, alone bool) (*group, error) {
	p := &place{alone: alone, turn: make(chan *group, 1)}
	var g *group
	if !q.first(p, alone) { // what runs again has waited before
		select {
		case g = <-p.turn:
		case <-ctx.Done():
			if q.leave(p) {
				return nil, context.Cause(ctx)
			}
			g = <-p.turn // it came at the same moment, and must be handed on
		}
	}
	if g != nil {
		return g, nil
	}
	g, err := q.begin(ctx, alone)
	if err != nil {
		q.release()
	}
	return g, err
}

// first takes the connection if it is free, or else lines up, in front of all others if early.
func (q *queue) first(p *place, early bool) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case !q.taken:
		q.taken = true
		return true
	case early:
		q.waiting = slices.Insert(q.waiting, 0, p)
	default:
		q.waiting = append(q.waiting, p)
	}
	return false
}

func (q *queue) leave(p *place) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, p)
	if i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
	}
	return i >= 0
}

// begin begins a transaction that outlives ctx: others will be in it. Only the wait for another
// process, which may be writing, ends with ctx.
func (q *queue) begin(ctx context.Context, alone bool) (*group, error) {
	conn, err := q.pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	tx, err := conn.BeginTx(own, nil)
	if err == nil && !stop() {
		_ = tx.Rollback() // own has ended, or is about to
		err = context.Cause(ctx)
	}
	if err != nil {
		cancel()
		_ = conn.Close() // gives it back to the pool
		return nil, err
	}
	return &group{
		conn: conn, tx: tx, stmts: prepared{}, alone: alone, began: time.Now(), settled: make(chan struct{}), end: cancel,
	}, nil
}

// run makes a change in g, hands on, and waits for the outcome, also when the change panics. It
// reports whether the change spoiled the whole group.
func (q *queue) run(ctx context.Context, g *group, change func(*group) error) (spoiled bool, err error) {
	defer func() {
		q.pass(g)
		<-g.settled
	}()
	g.changes++
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	kept := false
	defer func() {
		q.changing.Store(false)
		if !kept {
			g.undo()
			spoiled = g.lost
		}
	}()
	q.changing.Store(true)
	if err := g.mark("SAVEPOINT change"); err != nil {
		return false, err
	}
	if err := change(g); err != nil {
		return false, err
	}
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	if err := g.mark("RELEASE change"); err != nil {
		return false, err
	}
	kept = true
	g.kept++
	return false, nil
}

// mark begins or ends the savepoint of a change. The first of a group needs none: with it the whole
// transaction is undone. SQLite keeps what a savepoint would bring back in memory, and a change of
// millions of rows is mostly a first one.
func (g *group) mark(q string) error {
	if g.changes == 1 {
		return nil
	}
	return g.exec(q)
}

// undo undoes a change. When it cannot, or nothing is left to undo it from, the group is lost.
func (g *group) undo() {
	if g.changes == 1 {
		g.lost = true
		return
	}
	if err := g.exec("ROLLBACK TO change"); err != nil {
		g.lost = true
		return
	}
	g.lost = g.exec("RELEASE change") != nil
}

// exec runs a statement of our own, whatever became of the context of the change.
func (g *group) exec(q string) error {
	_, err := g.stmts.exec(context.Background(), g.tx, q, nil)
	return err
}

// pass hands the transaction to the next in the queue, or ends it and gives the connection free.
func (q *queue) pass(g *group) {
	full := g.alone || g.lost || g.changes >= groupChanges || time.Since(g.began) >= q.lasts
	if !full && q.join(g) {
		return
	}
	g.settle()
	q.release()
	close(g.settled) // the next begins while these return
}

// join hands g to whoever waits first, unless that one must be alone.
func (q *queue) join(g *group) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 || q.waiting[0].alone {
		return false
	}
	q.hand(g)
	return true
}

// release gives the connection to whoever waits first, to begin a transaction.
func (q *queue) release() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.taken = len(q.waiting) > 0; q.taken {
		q.hand(nil)
	}
}

func (q *queue) hand(g *group) {
	q.waiting[0].turn <- g // has room for it
	q.waiting = slices.Delete(q.waiting, 0, 1)
}

// settle ends the transaction. With nothing to keep there is nothing to flush.
func (g *group) settle() {
	if g.lost || g.kept == 0 {
		_ = g.tx.Rollback() // of a lost transaction nothing is left, and this says so
		g.undone = g.kept > 0
	} else {
		g.err = g.tx.Commit()
		g.undone = g.err != nil
	}
	g.end()
	_ = g.conn.Close() // gives it back to the pool
}

// close waits for the writers that came before and closes the connection. Later ones find it closed.
func (q *queue) close() error {
	p := &place{turn: make(chan *group, 1), alone: true}
	if !q.first(p, false) {
		<-p.turn
	}
	defer q.release()
	return q.pool.Close()
}
