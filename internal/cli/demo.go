package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/demo"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/web"
)

// demoCmd runs a throw-away node.
type demoCmd struct {
	Keep string `type:"path" placeholder:"DIR" help:"Keep the data in this folder; without it they are removed at the end."`
	Addr string `default:"localhost:8080" placeholder:"HOST:PORT" help:"Loopback address to listen on."`
}

// Help is the long help of the command.
func (demoCmd) Help() string {
	return `The node is filled with the real statistics of a national referral mechanism and with a small invented country, marked as such. Anyone who reaches the address may take any role, so it listens on this machine only. With --keep the folder must be new, empty, or that of an earlier demo.`
}

// Run fills a node and serves it until Ctrl-C.
func (c *demoCmd) Run(r *run) (err error) {
	if !loopback(c.Addr) {
		return usage("The demo lets everyone in; it listens on this machine only")
	}
	// First, so that a port in use costs no waiting.
	l, err := listenHere(r.ctx, c.Addr)
	if err != nil {
		return err
	}
	dir, remove, err := c.folder()
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer func() { err = errors.Join(err, remove()) }()
	logger := newLogger(r.err, "warn")
	clock := demo.NewClock(r.clock) // the invented past is written down as of its time
	a, err := app.Open(r.ctx, app.Config{Dir: dir, Clock: clock.Now, Logger: logger})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.Vault.Unlock(r.ctx); err != nil {
		return errors.Join(err, l.Close())
	}
	if err := c.fill(r, a, clock); err != nil {
		return interrupted(r.ctx, errors.Join(err, l.Close()))
	}
	a.Tend(r.ctx, logger)
	site, err := web.New(a, web.Options{Demo: true, Logger: logger, Version: build().Version, OwnHost: "my.localhost"})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer func() { err = errors.Join(err, site.Close()) }()
	s := service{listener: l, handler: site, logger: logger, clock: r.clock, sweep: site.Sweep}
	c.announce(r, s.url(), dir)
	return s.serve(r.ctx)
}

// folder makes the data folder and says how to remove it.
func (c *demoCmd) folder() (dir string, remove func() error, err error) {
	if c.Keep == "" {
		dir, err = os.MkdirTemp("", "fourfold-demo-*")
		if err != nil {
			return "", nil, fault.New(fault.Unavailable, "No temporary folder can be made.").
				WithHint("Name a folder with --keep.").Wrap(err)
		}
		return dir, func() error { return os.RemoveAll(dir) }, nil
	}
	if err := os.MkdirAll(c.Keep, 0o700); err != nil {
		return "", nil, fault.New(fault.Unavailable, "The folder %s cannot be created.", c.Keep).Wrap(err)
	}
	entries, err := os.ReadDir(c.Keep)
	if err != nil {
		return "", nil, fault.New(fault.Unavailable, "The folder %s cannot be read.", c.Keep).Wrap(err)
	}
	if _, err := os.Stat(filepath.Join(c.Keep, demoMark)); err != nil && len(entries) > 0 {
		return "", nil, fault.New(fault.Conflict, "The folder %s holds something else already.", c.Keep).
			WithHint("Name a new folder, an empty one, or that of an earlier demo.")
	}
	if err := os.WriteFile(filepath.Join(c.Keep, demoMark), []byte("This folder belongs to fourfold demo.\n"), 0o600); err != nil {
		return "", nil, cannotWrite(filepath.Join(c.Keep, demoMark), err)
	}
	return c.Keep, func() error { return nil }, nil
}

// demoMark is the file by which a kept folder is known: the demo opens every door, so it must
// never be pointed at a real node.
const demoMark = "this-is-a-demo.txt"

// fill loads the figures and the invented country, unless a kept folder has them.
func (c *demoCmd) fill(r *run, a *app.App, clock *demo.Clock) error {
	orgs, err := a.Accounts.Orgs(r.ctx)
	if err != nil || len(orgs) > 0 {
		return err
	}
	p := r.progress(func(int64) string { return r.words.T("Loading the figures …") })
	tick := time.NewTicker(progressPause)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-tick.C:
				p.At(0)
			case <-done:
				return
			}
		}
	}()
	_, err = demo.Live(r.ctx, a, clock)
	tick.Stop()
	close(done)
	p.Done()
	return err
}

// announce prints where to look. The address is open already: who comes before the first answer is
// ready waits for it.
func (c *demoCmd) announce(r *run, url, dir string) {
	p := r.words
	fmt.Fprintf(r.out, "%s\n\n  %s  %s\n  %s  %s\n\n", p.T("Fourfold is ready."),
		url+"/tour", p.T("choose a role and look around; ten minutes"), url+"/    ", p.T("the front page"))
	if c.Keep == "" {
		fmt.Fprintf(r.out, "%s\n", p.T("Ctrl-C stops it and removes everything."))
		return
	}
	fmt.Fprintf(r.out, "%s\n", p.T("Ctrl-C stops it. The data stay in %s.", dir))
}

// interrupted turns an error into nil when the person ended the program: for a demo that is the
// ordinary end, whenever it comes.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
