package web

import (
	"net/http"
	"runtime"
	"time"
)

// nodePage tells an administrator that the node is well. It holds no content of any room.
type nodePage struct {
	Page
	Go, Engine string
	Orgs       int
	Well       bool
	LastImport string
	Releases   int
}

func (s *Server) node(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	p := v.printer
	orgs, err := s.app.Accounts.Orgs(r.Context())
	if err != nil {
		return err
	}
	releases, err := s.app.Indicators.Releases(r.Context(), v.actor, "")
	if err != nil {
		return err
	}
	page := nodePage{
		Page: s.page(r, p.T("This node")), Go: runtime.Version(), Engine: string(s.app.DB.Engine()),
		Orgs: len(orgs), Well: s.app.DB.Ping(r.Context()) == nil, Releases: len(releases),
	}
	last := int64(0)
	for _, rel := range releases {
		last = max(last, rel.ImportedAt)
	}
	if last > 0 {
		page.LastImport = p.DateTime(time.UnixMicro(last), v.actor.Zone)
	}
	return s.render(w, r, http.StatusOK, "node", page)
}
