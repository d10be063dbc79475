package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/web"
)

// startCmd is what a double-click does: it serves the node of this user, after a wizard in the
// browser has set it up if there is none yet. No terminal is needed.
type startCmd struct {
	Addr      string `default:"localhost:8080" placeholder:"HOST:PORT" help:"Loopback address; a free port is taken when this one is in use."`
	NoBrowser bool   `help:"Do not open the browser; print the address only."`
}

// Run serves the wizard or the node, and shows it in the browser.
func (c *startCmd) Run(r *run) error {
	if !loopback(c.Addr) {
		return usage("start serves this machine only; use serve for others")
	}
	l, err := listenHere(r.ctx, c.Addr)
	if err != nil {
		if l, err = listenHere(r.ctx, "localhost:0"); err != nil {
			return err
		}
	}
	logger := newLogger(r.err, "warn")
	s := service{listener: l, logger: logger, clock: r.clock}
	desk := &desk{run: r, base: s.url(), logger: logger}
	s.handler, s.sweep = desk, desk.sweep
	first, err := desk.open()
	if err != nil {
		return errors.Join(err, l.Close())
	}
	fmt.Fprintln(r.err, r.words.T("Fourfold is at %s. Keep this window open while you work; closing it stops the node.", first))
	if !c.NoBrowser {
		openBrowser(first)
	}
	return errors.Join(s.serve(r.ctx), desk.close())
}

// desk is what a double-clicked program serves: the wizard first, the node once it is there.
type desk struct {
	run    *run
	base   string // address of this program
	logger *slog.Logger

	mu     sync.RWMutex
	wizard http.Handler // nil when the node was there from the start
	node   *web.Server  // nil until there is a node
	app    *app.App
}

// ServeHTTP lets the wizard finish showing the key after the node came up.
func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.RLock()
	wizard, node := d.wizard, d.node
	d.mu.RUnlock()
	inWizard := r.URL.Path == "/setup" || strings.HasPrefix(r.URL.Path, "/setup/")
	if node == nil || (wizard != nil && inWizard) {
		wizard.ServeHTTP(w, r)
		return
	}
	node.ServeHTTP(w, r)
}

// sweep sweeps the node once there is one.
func (d *desk) sweep(ctx context.Context) error {
	d.mu.RLock()
	node, a := d.node, d.app
	d.mu.RUnlock()
	if node == nil {
		return nil
	}
	return sweeps(node.Sweep, tend(a, d.logger))(ctx)
}

// open prepares the node, or the wizard, and returns the address to show first.
func (d *desk) open() (string, error) {
	conf, err := d.run.config(d.logger)
	if err != nil {
		return "", err
	}
	path, embedded := databaseFile(conf)
	if _, err := os.Stat(path); !embedded || err == nil {
		return d.serveNode(d.run.ctx, conf)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", fault.New(fault.Unavailable, "The database file %s cannot be opened.", path).Wrap(err)
	}
	pass := rand.Text()
	d.wizard, err = web.NewSetup(web.SetupOptions{
		Pass: pass, Folder: conf.Dir, Zone: machineZone(os.Getenv("TZ"), os.Readlink), Version: build().Version,
		Logger: d.logger, Clock: d.run.clock, Create: d.create,
	})
	return d.base + "/setup?pass=" + pass, err
}

// serveNode opens the node and returns a link that signs in its analyst: whoever starts the
// program here is trusted as its administrator anyway.
func (d *desk) serveNode(ctx context.Context, conf app.Config) (string, error) {
	a, err := app.Open(ctx, conf)
	if err != nil {
		return "", err
	}
	link, err := d.attach(ctx, a)
	if err != nil {
		return "", errors.Join(err, a.Close())
	}
	return link, nil
}

func (d *desk) attach(ctx context.Context, a *app.App) (string, error) {
	// A double-click has no terminal: with a pass phrase the node starts locked.
	if _, err := d.run.unlock(ctx, a); err != nil {
		return "", err
	}
	org, err := a.Home(ctx, d.run.globals.Org)
	if err != nil {
		return "", err
	}
	account, err := node{a, auth.CLI(org.ID)}.account(ctx, "", auth.Analyst, auth.Administrator)
	if err != nil {
		return "", err
	}
	site, err := web.New(a, web.Options{Logger: d.logger, Version: build().Version})
	if err != nil {
		return "", err
	}
	link, err := signInLink(ctx, a, d.base, account.ID, time.Hour)
	if err != nil {
		return "", errors.Join(err, site.Close())
	}
	a.Tend(d.run.ctx, d.logger)
	d.mu.Lock()
	d.node, d.app = site, a
	d.mu.Unlock()
	return link, nil
}

// create makes the node that the wizard was asked for.
func (d *desk) create(ctx context.Context, choice web.Choice) (web.Created, error) {
	conf, err := d.run.config(d.logger)
	if err != nil {
		return web.Created{}, err
	}
	if conf.Dir, err = chosenFolder(choice.Folder); err != nil {
		return web.Created{}, err
	}
	// Before the node is made: a folder that cannot be found again is worse than none.
	if err := rememberFolder(conf.Dir); err != nil {
		return web.Created{}, err
	}
	a, err := app.Open(ctx, conf)
	if err != nil {
		return web.Created{}, err
	}
	_, err = a.Found(ctx, app.Organisation{
		Name: choice.Organisation, Zone: choice.Zone, Administrator: choice.Administrator, Analyst: choice.Analyst,
		ProtectionOfficer: choice.Officer,
	})
	if err != nil {
		return web.Created{}, errors.Join(err, a.Close())
	}
	link, err := d.attach(ctx, a)
	if err != nil {
		return web.Created{}, errors.Join(err, a.Close())
	}
	made := web.Created{URL: link}
	if _, embedded := databaseFile(conf); !embedded {
		return made, nil
	}
	made.KeyFile = keyFile(conf)
	key, err := os.ReadFile(made.KeyFile)
	if err != nil {
		return web.Created{}, fault.New(fault.Unavailable, "The key file %s cannot be read.", made.KeyFile).Wrap(err)
	}
	made.Key = private.New(strings.TrimSpace(string(key)))
	if err := d.sheets(ctx, a, conf, &made); err != nil {
		return web.Created{}, err
	}
	return made, nil
}

// sheets adds the recovery sheets of a new node, to be printed with the key of its database.
func (d *desk) sheets(ctx context.Context, a *app.App, conf app.Config, made *web.Created) error {
	shares, err := a.Vault.Sheets(ctx)
	if err != nil {
		return err
	}
	for _, s := range shares {
		made.Sheets = append(made.Sheets, web.Sheet{Number: int(s.Number), Printing: s.Printing(), Rows: private.New(s.Print())})
	}
	made.NodeKeyFile = conf.NodeKeyPath()
	return a.Vault.Note(ctx, auth.ViaCLI, "sheets")
}

// chosenFolder checks and makes the folder a person typed.
func chosenFolder(text string) (string, error) {
	if !filepath.IsAbs(text) {
		return "", fault.New(fault.Invalid, "The folder cannot be used.").
			WithField("folder", "Write the whole path of the folder, from its beginning.")
	}
	if err := os.MkdirAll(text, 0o700); err != nil {
		return "", fault.New(fault.Invalid, "The folder cannot be used.").Wrap(err).
			WithField("folder", "This folder cannot be created here; choose another one.")
	}
	return filepath.Clean(text), nil
}

func (d *desk) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var errs []error
	if d.node != nil {
		errs = append(errs, d.node.Close())
	}
	if d.app != nil {
		errs = append(errs, d.app.Close())
	}
	return errors.Join(errs...)
}
