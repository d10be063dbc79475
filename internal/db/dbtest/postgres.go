package dbtest

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/fourfold/fourfold/internal/db"
)

// templates are the migrated databases of the servers that this process has seen, by the server's URL.
// Each stays on its server for the processes that follow: one for each schema there has been.
var templates sync.Map

// copied makes a database on the server from its template, and returns its URL.
func copied(t testing.TB, server string) string {
	t.Helper()
	made, _ := templates.LoadOrStore(server, sync.OnceValues(func() (string, error) { return pgTemplate(server) }))
	from, err := made.(func() (string, error))()
	if err != nil {
		t.Fatalf("make the template of test databases: %v", err)
	}
	name := "t_" + strings.ToLower(db.NewID())
	if err := onServer(server, "CREATE DATABASE "+name+" TEMPLATE "+from); err != nil {
		t.Fatalf("copy the template of test databases: %v", err)
	}
	t.Cleanup(func() {
		if err := onServer(server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop database %s: %v", name, err)
		}
	})
	return database(server, name)
}

// pgTemplate returns the name of the server's migrated, empty database and makes it when there is none.
// It gets its name when it is whole; those who come at once wait for the first.
func pgTemplate(server string) (name string, err error) {
	id, err := db.SchemaID(db.Postgres)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }() // which gives the lock back
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(hashtextextended('fourfold test template', 0))"); err != nil {
		return "", err
	}
	name = "fourfold_template_" + id
	var there int
	if err := conn.QueryRow(ctx, "SELECT count(*) FROM pg_database WHERE datname = $1", name).Scan(&there); err != nil || there == 1 {
		return name, err
	}
	raw := "t_" + strings.ToLower(db.NewID())
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+raw+" TEMPLATE template0"); err != nil {
		return "", err
	}
	d, err := db.Open(ctx, db.Config{URL: database(server, raw), MaxReaders: 2})
	if err == nil {
		err = d.Close()
	}
	if err != nil {
		_, dropErr := conn.Exec(ctx, "DROP DATABASE "+raw+" WITH (FORCE)")
		return "", errors.Join(err, dropErr)
	}
	_, err = conn.Exec(ctx, "ALTER DATABASE "+raw+" RENAME TO "+name)
	return name, err
}

// onServer runs one statement. The test's own context may have ended by now.
func onServer(server, statement string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	_, err = conn.Exec(ctx, statement)
	return err
}

// database is the URL of another database of a server. A URL that cannot be read fails when it is opened.
func database(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return ""
	}
	u.Path = "/" + name
	return u.String()
}
