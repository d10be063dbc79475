package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	_ "github.com/ncruces/go-sqlite3/vfs/adiantum" // the encrypting file system

	"github.com/fourfold/fourfold/internal/fault"
)

const (
	// pageSize is also the block the cipher works on: another size would encrypt more than it
	// writes, or read before it writes.
	pageSize = 4096
	// applicationID stands in the header of the file and says that it is ours: "FFLD".
	applicationID = 0x46464c44
	// busyMillis is how long a connection waits for a lock of another process.
	busyMillis = 10_000
	// migratorBusyMillis is short because waiting cannot help two migrators that wait for each
	// other.
	migratorBusyMillis = 250
	// writerCache and readerCache bound the pages a connection keeps, in KiB. What a transaction
	// changes beyond writerCache spills to the write-ahead log.
	writerCache = 48 << 10
	readerCache = 8 << 10
	// walLimit is the size in bytes to which the write-ahead log is cut back after it grew.
	walLimit = 64 << 20
)

type role uint8

const (
	asReader role = iota
	asWriter
	// asMigrator is alone: no other connection, of this process or another, has the file open.
	asMigrator
)

func openSQLite(ctx context.Context, c Config, path string, set migrationSet) (*DB, error) {
	path, err := filepath.Abs(filepath.FromSlash(path))
	if err != nil {
		return nil, fault.New(fault.Invalid, "The path %s of the database is not valid.", path).Wrap(err)
	}
	if c.KeyFile == "" {
		c.KeyFile = path + ".key"
	}
	key, err := prepareFile(path, c.KeyFile)
	if err != nil {
		return nil, err
	}
	file := sqliteFile{path: path, key: key}
	if err := file.migrate(ctx, c, set); err != nil {
		return nil, err
	}
	q := &queue{lasts: groupTime}
	writer, err := file.pool(asWriter, 1, q.guard)
	if err != nil {
		return nil, err
	}
	q.pool = writer
	reader, err := file.pool(asReader, readers(c.MaxReaders, 4))
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	d := &DB{
		engine: SQLite, writer: writer, reader: reader, queue: q, file: file, again: make(chan struct{}, 1),
		clock: c.Clock, log: c.Logger, requireAudit: c.RequireAudit,
	}
	if err := writer.PingContext(ctx); err != nil {
		return nil, errors.Join(file.diagnose(ctx, err), d.Close())
	}
	if d.ended, err = reader.BeginTx(ctx, nil); err != nil {
		return nil, errors.Join(translate(ctx, err), d.Close())
	}
	return d, d.ended.Rollback()
}

// prepareFile creates the file of a new database, closed to other users, and returns the key.
func prepareFile(path, keyFile string) (key string, err error) {
	cannot := fault.New(fault.Unavailable, "The database file %s cannot be opened.", path).
		WithHint("Check that it and its folder belong to the user who runs the program.")
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return "", fault.New(fault.Invalid, "The database %s is a folder.", path).
			WithHint("Name a file in it, for example %s.", filepath.Join(path, "fourfold.db"))
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", cannot.Wrap(err)
	}
	fresh := err != nil || info.Size() == 0
	if key, err = loadKey(keyFile, fresh); err != nil {
		return "", err
	}
	if !fresh {
		return key, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", cannot.Wrap(err)
	}
	// SQLite would create the file readable by others; the log gets the mode set here, see dsn.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", cannot.Wrap(err)
	}
	return key, f.Close()
}

// sqliteFile is a database file and the key it is encrypted with.
type sqliteFile struct {
	path string
	key  string // hexadecimal
}

// pool opens a pool of at most n connections, each prepared for its role and by what more is given.
func (f sqliteFile) pool(r role, n int, more ...func(*sqlite3.Conn)) (*sql.DB, error) {
	base, err := (&driver.SQLite{}).OpenConnector(f.dsn(r))
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	pool := sql.OpenDB(connector{base, func(c *sqlite3.Conn) error {
		for _, prepare := range more {
			prepare(c)
		}
		return f.configure(c, r)
	}, r == asReader})
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	return pool, nil
}

// dsn names the file. The key is not in it: names of data sources end up in logs.
func (f sqliteFile) dsn(r role) string {
	slashed := filepath.ToSlash(f.path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/x becomes file:///C:/x
	}
	q := url.Values{
		"vfs":    {"adiantum"},
		"modeof": {f.path}, // the log gets the mode of the database, not that of the umask
	}
	if r != asReader {
		q.Set("_txlock", "immediate")
	}
	// SQLite reads a plus sign in a URI as a plus sign.
	u := url.URL{Scheme: "file", Path: slashed, RawQuery: strings.ReplaceAll(q.Encode(), "+", "%20")}
	return u.String()
}

// configure prepares one connection. Settings of SQLite hold for a connection, not for a file, so
// this runs for every one that a pool opens.
func (f sqliteFile) configure(c *sqlite3.Conn, r role) error {
	if err := c.Exec("PRAGMA hexkey='" + f.key + "'"); err != nil {
		return errors.New("the key was refused by the cipher") // err could quote the statement
	}
	wait := busyMillis
	if r == asMigrator {
		wait = migratorBusyMillis
	}
	pragmas := []string{
		fmt.Sprintf("busy_timeout=%d", wait), // first: the next ones may have to wait
		"temp_store=memory",                  // nothing is ever written in clear beside the file
		"foreign_keys=on",
		"synchronous=full", // a commit that was confirmed survives a power cut
		"trusted_schema=off",
	}
	switch r {
	case asReader:
		pragmas = append(pragmas, fmt.Sprintf("cache_size=-%d", readerCache), "query_only=on")
	case asWriter:
		pragmas = append(pragmas, fmt.Sprintf("cache_size=-%d", writerCache), fmt.Sprintf("journal_size_limit=%d", walLimit))
	case asMigrator:
		pragmas = append(pragmas, "locking_mode=exclusive", fmt.Sprintf("page_size=%d", pageSize), "journal_mode=wal")
	}
	for _, p := range pragmas {
		if err := c.Exec("PRAGMA " + p); err != nil {
			return err
		}
	}
	return nil
}

// diagnose says what stands behind a failure to read the file at all. A wrong key cannot be told
// from a damaged file by its content: both are noise.
func (f sqliteFile) diagnose(ctx context.Context, err error) error {
	if !errors.Is(err, sqlite3.NOTADB) && !errors.Is(err, sqlite3.CORRUPT) {
		return translate(ctx, err)
	}
	file, openErr := os.Open(f.path)
	if openErr != nil {
		return translate(ctx, err)
	}
	defer func() { _ = file.Close() }()
	head := make([]byte, 16)
	n, _ := io.ReadFull(file, head)
	info, statErr := file.Stat()
	switch {
	case bytes.HasPrefix(head[:n], []byte("SQLite format 3")):
		return fault.New(fault.Invalid, "The database %s is not encrypted, so it is not one of this program.", f.path).
			WithHint("Name another file.").Wrap(err)
	case statErr == nil && info.Size()%pageSize != 0:
		return fault.New(fault.Invalid, "The file %s is not a database of this program, or it was cut off.", f.path).
			WithHint("Name another file, or restore the database from a backup.").Wrap(err)
	}
	return fault.New(fault.Invalid, "The key does not open the database %s.", f.path).
		WithHint("Name the key file that belongs to this database. If it is the right one, the file is damaged or not a database of this program: restore it from a backup.").Wrap(err)
}
