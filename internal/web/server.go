package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/web/api"
	"github.com/fourfold/fourfold/internal/web/space"
)

// Options is how a node is served.
type Options struct {
	Demo      bool         // invented people: shows the banner and opens /tour
	Secure    bool         // served over TLS, here or by a proxy in front: cookies say so
	Hosts     []string     // names besides those of the machine itself that the node answers to
	Logger    *slog.Logger // nil: nothing is logged
	Version   string
	MaxUpload int64 // most bytes of an uploaded file; 0 means 256 MiB
	// OwnHost is the name under which people reach their own page, and nothing else; "" for none. OwnExit
	// is where whoever leaves it is led, see [space.Options].
	OwnHost, OwnExit string
}

// Server is a node's pages. It is an http.Handler.
type Server struct {
	*site
	app     *app.App
	options Options
	uploads *uploads
	tallies tallies
	rows    []route // the route table
	table   *http.ServeMux
	handler http.Handler
	own     *space.Server // the own page of people; nil when no host is given for it
}

// New makes the pages of a node.
func New(a *app.App, o Options) (*Server, error) {
	if o.Demo && len(o.Hosts) > 0 {
		// Anybody may take any role in it, so it answers to the names of the machine itself only.
		return nil, errors.New("a demonstration answers to no other host names")
	}
	if o.MaxUpload == 0 {
		o.MaxUpload = 256 << 20
	}
	base, err := newSite(o.Logger, a.Clock)
	if err != nil {
		return nil, fmt.Errorf("prepare the pages: %w", err)
	}
	s := &Server{site: base, app: a, options: o, uploads: newUploads(a.Clock)}
	for _, h := range o.Hosts {
		s.hosts = append(s.hosts, strings.ToLower(h))
	}
	s.secure, s.demo, s.version, s.identify, s.gate = o.Secure, o.Demo, o.Version, s.session, s.atGate
	s.lockAfter = a.Accounts.LockTime()
	table := s.routes()
	s.rooms, s.rows = navigation(table), table
	s.table = s.mux(table)
	api.Mount(s.table, a, api.Options{Logger: o.Logger, Version: o.Version})
	s.handler = s.guard(s.table)
	return s, s.openOwn()
}

// openOwn makes the own page of people, on a host that serves nothing else.
func (s *Server) openOwn() (err error) {
	host := strings.ToLower(s.options.OwnHost)
	if host == "" {
		return nil
	}
	if s.knows(host) {
		return errors.New("the own page of people needs a host name of its own")
	}
	if s.demo && !strings.HasSuffix(host, ".localhost") {
		return errors.New("a demonstration answers to names of the machine itself only")
	}
	s.own, err = space.New(s.app.Space, space.Options{
		Secure: s.secure, Demo: s.demo, Exit: s.options.OwnExit, Tongue: tongue, Logger: s.logger,
	})
	return err
}

// Close removes what waits to be taken in. The node itself is closed by whoever opened it.
func (s *Server) Close() error { return s.uploads.close() }

// Sweep lets go of what has expired: sessions, links and files that wait. Whoever serves the pages
// calls it now and then; nothing that it removes was of use to anybody any more.
func (s *Server) Sweep(ctx context.Context) error {
	s.uploads.sweep()
	_, err := s.app.Accounts.Sweep(ctx)
	return errors.Join(err, s.app.Credentials.Sweep(ctx), s.app.Space.Sweep(ctx))
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.own != nil && hostOf(r.Host) == strings.ToLower(s.options.OwnHost) {
		s.own.ServeHTTP(w, r)
		return
	}
	s.handler.ServeHTTP(w, r)
}

// mux puts a route table on a ServeMux. What is not in the table is not found, whatever the method.
func (s *site) mux(table []route) *http.ServeMux {
	mux := http.NewServeMux()
	for _, rt := range table {
		mux.Handle(rt.Method+" "+rt.Pattern, s.serve(rt))
	}
	mux.Handle("GET /static/", s.assets)
	mux.Handle("/", s.serve(route{Handle: s.missing}))
	return mux
}
