package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/order"
	"github.com/fourfold/fourfold/internal/packed"
)

// Migrations are one sequence for the whole program, NNNN_room_what.sql. Where the engines need
// different words there is a pair, NNNN_room_what.sqlite.sql and NNNN_room_what.postgres.sql. They
// only go forward. What was applied is recorded with its hash and is never edited afterwards.
//
//go:embed migrations/*.sql
var migrationFiles embed.FS

var embedded = packed.Of(migrationFiles)

// migrationSet is a folder of migrations.
type migrationSet struct{ fs.FS }

func migrations() migrationSet {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil {
		panic(err) // the name above is valid
	}
	return migrationSet{sub}
}

// forEngine returns the migrations of one engine.
func (s migrationSet) forEngine(e Engine) fs.FS { return engineFS{s.FS, e} }

// engineFS hides the migrations of the other engine: goose refuses two files of one version.
type engineFS struct {
	fs.FS
	engine Engine
}

// ReadDir lists the files of name that are for the engine.
func (f engineFS) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(f.FS, name)
	if err != nil {
		return nil, err
	}
	other := Postgres
	if f.engine == Postgres {
		other = SQLite
	}
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool {
		return strings.HasSuffix(e.Name(), "."+string(other)+".sql")
	}), nil
}

// migrateAttempts bounds how often an SQLite file is asked for alone: about 12 s in all.
const migrateAttempts = 40

// applied is one migration: of the program, or recorded in the database.
type applied struct {
	version int64
	name    string
	hash    string
}

// migrator compares the migrations of the program with those of the database and applies what is
// missing.
type migrator struct {
	engine   Engine
	db       *sql.DB
	provider *goose.Provider
	known    []applied // of the program, ascending
	log      *slog.Logger
}

func newMigrator(e Engine, pool *sql.DB, set migrationSet, c Config) (*migrator, error) {
	files := set.forEngine(e)
	known, err := list(files)
	if err != nil {
		return nil, err
	}
	store := versionStore{engine: e, known: known, clock: c.Clock}
	provider, err := goose.NewProvider(goose.DialectCustom, pool, files,
		goose.WithStore(store), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return &migrator{engine: e, db: pool, provider: provider, known: known, log: c.Logger}, nil
}

// list reads the migrations of a folder, in order.
func list(files fs.FS) ([]applied, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, err
	}
	var all []applied
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", name, err)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		all = append(all, applied{version: version, name: name, hash: hex.EncodeToString(sum[:])})
	}
	order.By(all, func(a, b applied) int { return int(a.version - b.version) })
	return all, nil
}

// current reports whether nothing is to be applied. It refuses a database that this program must
// not touch.
func (m *migrator) current(ctx context.Context) (bool, error) {
	exists, err := versionStore{engine: m.engine}.TableExists(ctx, m.db)
	if err != nil || !exists {
		return false, err
	}
	done, err := m.recorded(ctx)
	if err != nil {
		return false, err
	}
	if err := compare(m.known, done); err != nil {
		return false, err
	}
	return len(done) == len(m.known), nil
}

func (m *migrator) recorded(ctx context.Context) ([]applied, error) {
	rows, err := m.db.QueryContext(ctx, "SELECT version, name, sha256 FROM "+versionTable+" WHERE version > 0 ORDER BY version")
	return Collect(rows, err, func(r *sql.Rows) (applied, error) {
		var a applied
		return a, r.Scan(&a.version, &a.name, &a.hash)
	})
}

// SchemaID names the schema that this program makes on an engine: a hash over its migrations.
func SchemaID(e Engine) (string, error) {
	known, err := list(migrations().forEngine(e))
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, a := range known {
		fmt.Fprintln(h, a.name, a.hash)
	}
	return hex.EncodeToString(h.Sum(nil))[:16], nil
}

// compare refuses a database whose history is not a beginning of the program's.
func compare(known, done []applied) error {
	for i, d := range done {
		switch {
		case i >= len(known) || d.version > known[len(known)-1].version:
			return fault.New(fault.Conflict, "The database was made by a newer version of the program (it has migration %s).", d.name).
				WithHint("Start the newer program, or restore the backup that was made before it was started.")
		case d.version != known[i].version:
			return fault.New(fault.Conflict, "The history of the database differs from the program's: it has migration %s where %s belongs.", d.name, known[i].name).
				WithHint("The program or the database was put together from different versions. Install a released version of the program.")
		case d.hash != known[i].hash:
			return fault.New(fault.Conflict, "Migration %s was altered after it was applied to the database.", known[i].name).
				WithHint("Install a released version of the program: a migration that was applied is never edited.")
		}
	}
	return nil
}

// up applies what is missing, each migration in a transaction of its own.
func (m *migrator) up(ctx context.Context) error {
	if current, err := m.current(ctx); err != nil || current {
		return err // another process was faster, or the database is not ours to change
	}
	results, err := m.provider.Up(ctx)
	for _, r := range results {
		m.log.LogAttrs(ctx, slog.LevelInfo, "migration applied",
			slog.String("file", r.Source.Path), slog.Duration("took", r.Duration))
	}
	if partial, ok := errors.AsType[*goose.PartialError](err); ok {
		if e, _ := reduce(err); e != nil {
			err = e // goose's own text holds the whole statement
		}
		return fmt.Errorf("migration %s: %w", partial.Failed.Source.Path, err)
	}
	return err
}

// migrate brings the schema of the file up to date. What is current is left alone, so several
// processes may have the file open; a change needs the file alone, so that no older program goes
// on with a schema it does not know.
//
// Two that want the file alone can each hold what the other waits for. Both then give up soon, let
// go, and try again after waits of different length.
func (f sqliteFile) migrate(ctx context.Context, c Config, set migrationSet) error {
	for attempt := 1; ; attempt++ {
		if current, err := f.current(ctx, c, set); err != nil || current {
			return err
		}
		err := f.migrateAlone(ctx, c, set)
		if !IsBusy(err) {
			return err
		}
		if attempt == migrateAttempts {
			return fault.New(fault.Unavailable, "The database has to be brought up to date, but another program has it open.").
				WithHint("Stop the other program that uses %s, then try again.", f.path).Wrap(err)
		}
		if err := pause(ctx, min(attempt, 4)); err != nil {
			return err
		}
	}
}

func (f sqliteFile) current(ctx context.Context, c Config, set migrationSet) (current bool, err error) {
	pool, err := f.pool(asReader, 1)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	m, err := newMigrator(SQLite, pool, set, c)
	if err != nil {
		return false, err
	}
	if err := f.ours(ctx, pool); err != nil {
		return false, f.diagnose(ctx, err)
	}
	current, err = m.current(ctx)
	return current, translate(ctx, err)
}

// ours refuses a database that another program made.
func (f sqliteFile) ours(ctx context.Context, pool *sql.DB) error {
	var id, tables int64
	// One statement, one snapshot: another process may be making the tables.
	const q = "SELECT application_id, (SELECT count(*) FROM sqlite_schema) FROM pragma_application_id"
	if err := pool.QueryRowContext(ctx, q).Scan(&id, &tables); err != nil {
		return err
	}
	if tables > 0 && id != applicationID {
		return fault.New(fault.Invalid, "The database %s was made by another program.", f.path).
			WithHint("Name another file.")
	}
	return nil
}

func (f sqliteFile) migrateAlone(ctx context.Context, c Config, set migrationSet) (err error) {
	pool, err := f.pool(asMigrator, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	m, err := newMigrator(SQLite, pool, set, c)
	if err != nil {
		return err
	}
	if _, err := pool.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id=%d", applicationID)); err != nil {
		return f.diagnose(ctx, err)
	}
	if err := m.up(ctx); err != nil {
		return err
	}
	return tellShape(ctx, pool)
}
