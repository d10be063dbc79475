// Package app wires a node together: one database, the rooms on top of it, and the few actions that
// concern several of them. It is the only package that imports every room; pages, the JSON API and the
// command line stand on it and so give the same answers.
//
// It trusts its configuration, which comes from whoever may start the program, and nothing else.
package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/fault"
)

// Config says where a node keeps its things.
type Config struct {
	// Dir is the data folder. It must exist; it is used for what DB and KeyFile do not name.
	Dir string
	// DB is the database: a path, "sqlite:path" or "postgres://…". Empty means fourfold.db in Dir.
	DB string
	// KeyFile holds the key of an embedded database. Empty means fourfold.key in Dir, which protects a
	// copy of the database alone and not a copy of the folder.
	KeyFile string
	// Clock gives the present time. Nil means the clock of the machine.
	Clock func() time.Time
	// Logger receives what an operator should know. Nil means none.
	Logger *slog.Logger
}

// App is an open node. It is safe for concurrent use.
type App struct {
	DB         *db.DB
	Accounts   *auth.Accounts
	Indicators *indicator.Indicators
	Clock      func() time.Time
}

// Open opens the node, creating its database when there is none. Errors are faults of [db.Open].
func Open(ctx context.Context, c Config) (*App, error) {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.DB == "" {
		c.DB = "sqlite:" + filepath.Join(c.Dir, "fourfold.db")
	}
	if c.KeyFile == "" {
		c.KeyFile = filepath.Join(c.Dir, "fourfold.key")
	}
	d, err := db.Open(ctx, db.Config{URL: c.DB, KeyFile: c.KeyFile, Clock: c.Clock, Logger: c.Logger})
	if err != nil {
		return nil, err
	}
	return On(d, c.Clock), nil
}

// On returns the node that stands on an open database.
func On(d *db.DB, clock func() time.Time) *App {
	return &App{
		DB:         d,
		Accounts:   &auth.Accounts{DB: d},
		Indicators: &indicator.Indicators{DB: d},
		Clock:      clock,
	}
}

// Close closes the node.
func (a *App) Close() error { return a.DB.Close() }

// Organisation is the first thing a new node needs to know.
type Organisation struct {
	Name string // as people call it, 1 to 200 characters
	Zone string // IANA time zone, for example "Europe/London"
	// Administrator and Analyst name the first two accounts. Administration and reading figures are
	// separate on purpose; one person may hold both.
	Administrator, Analyst string
}

// Founded is a new organisation with its first accounts.
type Founded struct {
	Org                    auth.OrgID
	Administrator, Analyst auth.AccountID
}

// Found creates an organisation, its first accounts and the measures that the program ships.
// It is refused with [fault.Conflict] when the node has an organisation already.
func (a *App) Found(ctx context.Context, o Organisation) (Founded, error) {
	if _, err := time.LoadLocation(o.Zone); err != nil || o.Zone == "" {
		return Founded{}, fault.New(fault.Invalid, "%q is not a time zone.", o.Zone).
			WithHint("Give a name such as Europe/London or Asia/Bangkok.")
	}
	if err := checkNames(o); err != nil {
		return Founded{}, err
	}
	orgs, err := a.Accounts.Orgs(ctx)
	if err != nil {
		return Founded{}, err
	}
	if len(orgs) > 0 {
		return Founded{}, fault.New(fault.Conflict, "This node is set up already.").
			WithHint("Start it, or choose another data folder.")
	}
	var f Founded
	if f.Org, err = a.Accounts.CreateOrg(ctx, o.Name, o.Zone); err != nil {
		return Founded{}, err
	}
	founder := auth.CLI(f.Org)
	f.Administrator, err = a.Accounts.CreateAccount(ctx, founder, o.Administrator, auth.Administrator)
	if err != nil {
		return Founded{}, err
	}
	if f.Analyst, err = a.Accounts.CreateAccount(ctx, founder, o.Analyst, auth.Analyst); err != nil {
		return Founded{}, err
	}
	return f, a.Indicators.Seed(ctx, founder)
}

// checkNames looks at every name before the first is stored: an organisation whose account was
// refused would count as a node that is set up.
func checkNames(o Organisation) error {
	f := fault.New(fault.Invalid, "The node cannot be set up.")
	for _, n := range []struct{ field, name string }{
		{"organisation", o.Name}, {"administrator", o.Administrator}, {"analyst", o.Analyst},
	} {
		switch {
		case strings.TrimSpace(n.name) == "":
			f = f.WithField(n.field, "A name is needed.")
		case !auth.Printable(n.name):
			f = f.WithField(n.field, "Use at most %d characters, all of which can be printed.", auth.MaxText)
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// Home returns the organisation for which a command acts: the only one of the node, or the one whose id
// or name is given. [fault.NotFound] when there is none, [fault.Invalid] when the choice is open.
func (a *App) Home(ctx context.Context, choice string) (auth.Org, error) {
	orgs, err := a.Accounts.Orgs(ctx)
	if err != nil {
		return auth.Org{}, err
	}
	for _, o := range orgs {
		if choice != "" && (string(o.ID) == choice || o.Name == choice) {
			return o, nil
		}
	}
	switch {
	case len(orgs) == 0:
		return auth.Org{}, fault.New(fault.NotFound, "This node is not set up yet.").
			WithHint("Run \"fourfold init\" first.")
	case choice != "":
		return auth.Org{}, fault.New(fault.NotFound, "There is no organisation %q on this node.", choice)
	case len(orgs) > 1:
		return auth.Org{}, fault.New(fault.Invalid, "This node has several organisations.").
			WithHint("Name one with --org.")
	}
	return orgs[0], nil
}

// Ready reports whether the node can answer: nil, or why not.
func (a *App) Ready(ctx context.Context) error {
	if err := a.DB.Ping(ctx); err != nil {
		return errors.Join(errors.New("the database does not answer"), err)
	}
	return nil
}
