package api

import (
	"cmp"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/web/observe"
)

// Prefix is where the interface lives on the node's mux.
const Prefix = "/api/v1"

// Options is how the interface is served.
type Options struct {
	Logger  *slog.Logger // nil: nothing is logged
	Version string       // of the program, shown in the description
}

// server is the interface of one node.
type server struct {
	app    *app.App
	logger *slog.Logger
	limit  *limiter
	api    huma.API
}

// Mount registers the interface on mux: every operation, its description at
// /api/v1/openapi.json, and one JSON answer for every other address below /api/.
// Registration reflects over the types once; the description is written when first asked for.
func Mount(mux *http.ServeMux, a *app.App, o Options) {
	s := &server{app: a, logger: o.Logger, limit: newLimiter(a.Clock)}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	s.api = huma.NewAPI(s.config(o), humago.NewAdapter(guarded{mux, s}, Prefix))
	s.api.UseMiddleware(s.enter)
	s.measures()
	mux.Handle("GET "+Prefix+"/openapi.json", s.description())
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		observe.Note(r.Context()).Fail("", fault.NotFound.String())
		newProblem(http.StatusNotFound, fault.NotFound.String(), "There is no such address or method here.").write(w)
	})
}

// config leaves out what huma would switch on by itself: links to schemas in every answer, a page
// of documentation that loads a script from another site, and echoes of what was sent.
func (s *server) config(o Options) huma.Config {
	schemas := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	schemas.RegisterTypeAlias(typeOf[huma.ErrorModel](), typeOf[Problem]())
	json := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: huma.DefaultJSONFormat.Unmarshal}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:   "Fourfold",
				Version: cmp.Or(o.Version, "devel"),
				Description: "The figures of a node, as its pages show them. Every figure is an interval with a state; " +
					"missing is not zero. Ask with a bearer token that an administrator issued.",
				License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
			},
			Servers: []*huma.Server{{URL: Prefix}},
			Components: &huma.Components{
				Schemas:         schemas,
				SecuritySchemes: map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}},
			},
			Security: []map[string][]string{{"token": {}}},
		},
		Formats:                      map[string]huma.Format{"application/json": json, "json": json},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true, // a misspelt filter would answer another question
		Transformers:                 []huma.Transformer{discreet},
	}
}

// description answers with the OpenAPI document. It holds nothing of the node but its version, so
// it needs no token.
func (s *server) description() http.Handler {
	document := sync.OnceValues(func() ([]byte, error) { return json.Marshal(s.api.OpenAPI()) })
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		body, err := document()
		if err != nil {
			s.logger.Error("the description of the interface failed", "cause", err.Error())
			newProblem(http.StatusInternalServerError, fault.Internal.String(), "The node could not answer.").write(w)
			return
		}
		setHeaders(w.Header())
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(body) // the asker has gone when this fails
	})
}

// guarded is the mux as huma sees it: every handler it registers sets the headers of the
// interface and survives a panic.
type guarded struct {
	*http.ServeMux
	s *server
}

// HandleFunc registers handle under the guard.
func (g guarded) HandleFunc(pattern string, handle func(http.ResponseWriter, *http.Request)) {
	g.ServeMux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header())
		defer g.s.recover(w, r)
		handle(w, r)
	})
}

func setHeaders(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
}
