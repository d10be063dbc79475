package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/backup"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/web"
	"github.com/fourfold/fourfold/internal/web/observe"
)

const (
	// shutdownPatience is how long running requests may go on after Ctrl-C. With the database and
	// the rest the program ends within three seconds.
	shutdownPatience = 2 * time.Second
	// headerPatience bounds how long a caller may take to say what it wants.
	headerPatience = 10 * time.Second
	idlePatience   = 2 * time.Minute
	// bodyPatience and answerPatience bound how long a caller may take to send a form and to take an
	// answer, so that slow ones cannot hold every connection. The pages lift both for large files.
	bodyPatience   = time.Minute
	answerPatience = 5 * time.Minute
	maxHeader      = 64 << 10
	// sweepPause is how often what has expired is let go of.
	sweepPause = 10 * time.Minute
)

// serveCmd runs the node.
type serveCmd struct {
	Addr        string        `default:"localhost:8080" env:"FOURFOLD_ADDR" placeholder:"HOST:PORT" help:"Address to listen on."`
	Host        []string      `env:"FOURFOLD_HOST" placeholder:"NAME" help:"Name under which browsers reach the node; may be repeated."`
	OwnHost     string        `env:"FOURFOLD_OWN_HOST" placeholder:"NAME" help:"Name under which people reach their own page, and nothing else. Default: none."`
	OwnExit     string        `env:"FOURFOLD_OWN_EXIT" placeholder:"URL" help:"Address to which whoever leaves that page is led. Default: its first page."`
	TLSCert     string        `name:"tls-cert" placeholder:"FILE" env:"FOURFOLD_TLS_CERT" help:"Certificate chain, to serve https."`
	TLSKey      string        `name:"tls-key" placeholder:"FILE" env:"FOURFOLD_TLS_KEY" help:"Private key of the certificate."`
	BehindProxy bool          `env:"FOURFOLD_BEHIND_PROXY" help:"A proxy in front of the node serves https."`
	Metrics     string        `env:"FOURFOLD_METRICS" placeholder:"HOST:PORT" help:"Loopback address for Prometheus metrics, such as 127.0.0.1:9464. Default: none."`
	BackupDir   string        `type:"path" env:"FOURFOLD_BACKUP_DIR" placeholder:"DIR" help:"Folder in which backups are made by themselves, on another disk. Default: none."`
	BackupEvery time.Duration `default:"24h" env:"FOURFOLD_BACKUP_EVERY" help:"Time between two backups."`
	BackupKeep  int           `default:"30" env:"FOURFOLD_BACKUP_KEEP" placeholder:"N" help:"How many of them are kept; 0 for all."`
	Log         string        `enum:"debug,info,warn,error" default:"info" help:"Least level of the log, which is JSON on standard error."`
}

// Help is the long help of the command.
func (serveCmd) Help() string {
	return `Without further flags only this machine can reach the node. To serve others, give --tls-cert and --tls-key, or --behind-proxy when a proxy serves https, and with --host the name they use.`
}

// Run serves until Ctrl-C.
func (c *serveCmd) Run(r *run) (err error) {
	if err := c.check(); err != nil {
		return err
	}
	logger := newLogger(r.err, c.Log)
	a, stopOrders, err := c.open(r, logger)
	if err != nil {
		return err
	}
	defer func() { stopOrders(); err = errors.Join(err, a.Close()) }()
	a.Plan = backup.Plan{Dir: c.BackupDir, Every: c.BackupEvery, Keep: c.BackupKeep}
	l, err := listen(r.ctx, c.Addr)
	if err != nil {
		return err
	}
	site, err := web.New(a, web.Options{
		Secure: c.TLSCert != "" || c.BehindProxy, Hosts: c.hosts(), Logger: logger, Version: build().Version,
		OwnHost: c.OwnHost, OwnExit: c.OwnExit,
	})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer func() { err = errors.Join(err, site.Close()) }()
	metrics, stop, err := c.metrics(r, a, logger)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer stop()
	s := service{
		listener: l, handler: site, logger: logger, metrics: metrics, clock: r.clock,
		cert: c.TLSCert, key: c.TLSKey, sweep: sweeps(site.Sweep, tend(a, logger), backups(a, logger)),
	}
	if r.errTerminal {
		fmt.Fprintln(r.err, r.words.T("The node runs at %s. Ctrl-C stops it.", s.url()))
	} else {
		logger.InfoContext(r.ctx, "serving", "url", s.url(), "version", build().Version)
	}
	return s.serve(r.ctx)
}

// open opens the node, unlocks its vault and starts taking orders from this machine. stop ends that.
func (c *serveCmd) open(r *run, logger *slog.Logger) (a *app.App, stop func(), err error) {
	conf, err := r.existing(logger)
	if err != nil {
		return nil, nil, err
	}
	if a, err = app.Open(r.ctx, conf); err != nil {
		return nil, nil, err
	}
	if err := a.Ship(r.ctx); err != nil {
		return nil, nil, errors.Join(err, a.Close())
	}
	locked, err := r.unlock(r.ctx, a)
	if err != nil {
		return nil, nil, errors.Join(err, a.Close())
	}
	if locked {
		logger.WarnContext(r.ctx, "the vault is locked; unlock it with \"fourfold vault unlock\"")
	}
	if err := tend(a, logger)(r.ctx); err != nil {
		logger.WarnContext(r.ctx, "the vault could not be tended", "cause", fault.Cause(err))
	}
	a.Tend(r.ctx, logger)
	if stop, err = obey(r.ctx, a, conf.Dir, logger); err != nil {
		return nil, nil, errors.Join(err, a.Close())
	}
	return a, stop, nil
}

// check refuses to send sessions over the network in the clear.
func (c *serveCmd) check() error {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return usage("--tls-cert and --tls-key belong together")
	}
	if c.TLSCert == "" && !c.BehindProxy && !loopback(c.Addr) {
		return fault.New(fault.Invalid, "%s can be reached by other machines, and what they send would not be encrypted.", c.Addr).
			WithHint("Give --tls-cert and --tls-key, or --behind-proxy when a proxy in front serves https, or listen on localhost.")
	}
	return nil
}

// hosts are the names under which the node answers: those given, and the one it listens on.
func (c *serveCmd) hosts() []string {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return c.Host
	}
	if ip, err := netip.ParseAddr(host); host == "" || (err == nil && ip.IsUnspecified()) {
		return c.Host
	}
	return append(slices.Clip(c.Host), host)
}

// metrics starts the metrics listener when one is wanted. stop ends it.
func (c *serveCmd) metrics(r *run, a *app.App, logger *slog.Logger) (m *observe.Metrics, stop func(), err error) {
	if c.Metrics == "" {
		return nil, func() {}, nil
	}
	l, err := observe.ListenLoopback(r.ctx, c.Metrics)
	if err != nil {
		return nil, nil, err
	}
	m = observe.NewMetrics(build())
	for name, stats := range a.DB.Stats() {
		m.Pool(name, stats)
	}
	ctx, cancel := context.WithCancel(r.ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := observe.ServeMetrics(ctx, l, m, observe.Ready(a.Ready)); err != nil {
			logger.ErrorContext(ctx, "the metrics listener failed", "cause", err.Error())
		}
	}()
	return m, func() { cancel(); <-done }, nil
}

// service is a handler on a listener.
type service struct {
	listener  net.Listener
	handler   http.Handler
	logger    *slog.Logger
	metrics   *observe.Metrics
	clock     func() time.Time
	cert, key string
	// sweep lets go of what has expired, every pause; 0 means sweepPause. Nil when there is nothing.
	sweep func(context.Context) error
	pause time.Duration
	// patience is how long running requests may go on after ctx; 0 means shutdownPatience.
	patience time.Duration
}

// url is how a browser on this machine reaches the service.
func (s service) url() string {
	scheme := "http"
	if s.cert != "" {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(s.listener.Addr().String())
	if err != nil {
		return scheme + "://" + s.listener.Addr().String()
	}
	if ip, err := netip.ParseAddr(host); err == nil && (ip.IsLoopback() || ip.IsUnspecified()) {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// serve answers requests until ctx ends, lets running ones finish for a while and returns nil.
func (s service) serve(ctx context.Context) error {
	// Requests do not end with ctx: they are given some patience.
	requests, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	server := s.server(requests)
	swept := make(chan struct{})
	go func() {
		defer close(swept)
		s.sweepOften(requests)
	}()
	defer func() { cancel(); <-swept }()
	ended := make(chan error, 1)
	go func() {
		if s.cert != "" {
			ended <- server.ServeTLS(s.listener, s.cert, s.key)
			return
		}
		ended <- server.Serve(s.listener)
	}()
	select {
	case err := <-ended:
		return fault.New(fault.Unavailable, "The node cannot serve on %s.", s.listener.Addr().String()).
			WithHint("Check the certificate and its key, and that the address is right.").Wrap(err)
	case <-ctx.Done():
	}
	patience, stop := context.WithTimeout(requests, cmp.Or(s.patience, shutdownPatience))
	defer stop()
	if err := server.Shutdown(patience); err != nil {
		cancel()
		_ = server.Close() // ends what would not finish; its error says no more than that
	}
	return nil
}

// server is the HTTP server of the service, whose requests end with ctx at the latest.
func (s service) server(ctx context.Context) *http.Server {
	return &http.Server{
		Handler:           observe.Requests(s.logger, s.metrics, s.clock)(s.handler),
		ReadHeaderTimeout: headerPatience, ReadTimeout: bodyPatience, WriteTimeout: answerPatience,
		IdleTimeout: idlePatience, MaxHeaderBytes: maxHeader,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    slog.NewLogLogger(quiet{s.logger.Handler()}, slog.LevelWarn),
	}
}

// sweepOften sweeps now and then until ctx ends. A sweep that fails is tried again the next time:
// what has expired lets nobody in, it only takes room.
func (s service) sweepOften(ctx context.Context) {
	if s.sweep == nil {
		return
	}
	tick := time.NewTicker(cmp.Or(s.pause, sweepPause))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
				s.logger.WarnContext(ctx, "what has expired could not be removed", "cause", fault.Cause(err))
			}
		}
	}
}

// listen opens the address. Port 0 takes a free one.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "The node cannot listen on %s.", addr).
			WithHint("Another program may use this port. Choose another one, such as --addr localhost:8081, or a free one with --addr localhost:0.").Wrap(err)
	}
	return l, nil
}

// listenHere opens an address that only this machine can reach. The name localhost is what the
// machine says it is; what it turned out to be is looked at again.
func listenHere(ctx context.Context, addr string) (net.Listener, error) {
	l, err := listen(ctx, addr)
	if err != nil {
		return nil, err
	}
	if got := l.Addr().String(); !loopback(got) {
		_ = l.Close()
		return nil, fault.New(fault.Invalid, "%s is %s on this machine, which others can reach.", addr, got).
			WithHint("Give --addr 127.0.0.1:8080.")
	}
	return l, nil
}

// loopback reports whether addr can be reached from this machine only.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && ip.IsLoopback())
}

// signInLink issues a one-time link for an account.
func signInLink(ctx context.Context, a *app.App, base string, account auth.AccountID, valid time.Duration) (string, error) {
	secret, err := a.Accounts.OneTimeLink(ctx, account, valid)
	if err != nil {
		return "", err
	}
	return enterURL(base, secret), nil
}
