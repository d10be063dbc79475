package cli

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/keyring"
)

// databaseName is the file of an embedded database in the data folder.
const databaseName = "fourfold.db"

// config is the configuration of the node that the flags name.
func (r *run) config(logger *slog.Logger) (app.Config, error) {
	dir, err := r.dataDir()
	if err != nil {
		return app.Config{}, err
	}
	c := app.Config{
		Dir: dir, DB: r.globals.DB, KeyFile: r.globals.KeyFile, NodeKeyFile: r.globals.NodeKey,
		Phrase: r.phrase, Clock: r.clock, Logger: logger,
	}
	c.NodeKey = handedOver(os.Getenv(credentials))
	for _, path := range r.globals.KeyringCopy {
		c.KeyringCopies = append(c.KeyringCopies, keyring.File{Path: path})
	}
	c.Keyring, err = r.keyring(dir)
	return c, err
}

// openNode opens a node that was set up before.
func (r *run) openNode(ctx context.Context, logger *slog.Logger) (*app.App, error) {
	c, err := r.existing(logger)
	if err != nil {
		return nil, err
	}
	return app.Open(ctx, c)
}

// existing is the configuration of a node that was set up before. A database that is not there is not
// created: a mistyped folder must not become an empty node.
func (r *run) existing(logger *slog.Logger) (app.Config, error) {
	c, err := r.config(logger)
	if err != nil {
		return c, err
	}
	if path, embedded := databaseFile(c); embedded {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return c, fault.New(fault.NotFound, "There is no node in %s.", filepath.Dir(path)).
				WithHint("Set one up with \"fourfold init\", or name its folder with --data.")
		}
	}
	return c, nil
}

// databaseFile is the file of an embedded database, and false for a database server.
func databaseFile(c app.Config) (string, bool) {
	url := c.DB
	switch {
	case url == "":
		return filepath.Join(c.Dir, databaseName), true
	case strings.HasPrefix(url, "sqlite:"):
		return strings.TrimPrefix(url, "sqlite:"), true
	case strings.HasPrefix(url, "postgres:"), strings.HasPrefix(url, "postgresql:"), strings.Contains(url, "://"):
		return "", false
	default:
		return url, true
	}
}

// node is an open node and the actor of a command on it.
type node struct {
	*app.App
	actor auth.Actor
}

// withNode opens the node for a command, runs do as its administrator and closes the node.
func (r *run) withNode(do func(node) error) (err error) {
	a, err := r.openNode(r.ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	org, err := a.Home(r.ctx, r.globals.Org)
	if err != nil {
		return err
	}
	actor := auth.CLI(org.ID)
	actor.OrgName, actor.Zone = org.Name, org.Zone
	return do(node{a, actor})
}

// account finds the account that text names by id or by name, among those of the organisation.
// Without text it is the oldest account that holds one of the roles, in order of preference.
func (n node) account(ctx context.Context, text string, preferred ...auth.Role) (auth.Account, error) {
	all, err := n.Accounts.List(ctx, n.actor.Org)
	if err != nil {
		return auth.Account{}, err
	}
	var names []string
	for _, a := range all {
		if text != "" && (string(a.ID) == text || a.Name == text) {
			return a, nil
		}
		names = append(names, a.Name)
	}
	if text != "" {
		return auth.Account{}, fault.New(fault.NotFound, "There is no account %q.", text).
			WithHint("The accounts are: %s.", strings.Join(names, ", "))
	}
	for _, role := range preferred {
		for _, a := range all {
			if (auth.Actor{Roles: a.Roles}).Is(role) {
				return a, nil
			}
		}
	}
	return auth.Account{}, fault.New(fault.NotFound, "No account may do this.").
		WithHint("Name one with --account.")
}
