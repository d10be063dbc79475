package web

import (
	"net/http"
	"runtime"
	"time"

	"github.com/fourfold/fourfold/internal/i18n"
)

// nodePage tells an administrator that the node is well. It holds no content of any room.
type nodePage struct {
	Page
	Go, Engine string
	Schema     string
	Size       string // class, see sizeText
	Orgs       int
	Well       bool
	LastImport string
	Releases   int
	Health     ledgerHealth
	Guard      guardText
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
	if page.Well {
		if err := s.fillDatabase(r, &page); err != nil {
			return err
		}
	}
	health, err := s.app.LedgerHealth(r.Context(), v.actor)
	if err != nil {
		return err
	}
	page.Health = s.healthOf(v, health)
	guard, err := s.app.Guard(r.Context(), v.actor)
	if err != nil {
		return err
	}
	page.Guard = s.guardOf(v, guard)
	last := int64(0)
	for _, rel := range releases {
		last = max(last, rel.ImportedAt)
	}
	if last > 0 {
		page.LastImport = p.DateTime(time.UnixMicro(last), v.actor.Zone)
	}
	return s.render(w, r, http.StatusOK, "node", page)
}

// fillDatabase says which schema the database has and about how large it is.
func (s *Server) fillDatabase(r *http.Request, page *nodePage) error {
	schema, err := s.app.DB.Schema(r.Context())
	if err != nil {
		return err
	}
	size, err := s.app.DB.Size(r.Context())
	page.Schema, page.Size = page.Printer.Int(schema), sizeText(page.Printer, size)
	return err
}

// sizeText names the class of a size in bytes. A class serves whoever plans disks and backups; the
// bytes themselves would tell one organisation of a node when another one is at work.
func sizeText(p *i18n.Printer, bytes int64) string {
	const mega, giga = 1e6, 1e9
	switch n := p.Int; {
	case bytes < 10*mega:
		return p.T("less than %s MB", n(10))
	case bytes < 100*mega:
		return p.T("%s to %s MB", n(10), n(100))
	case bytes < giga:
		return p.T("%s MB to %s GB", n(100), n(1))
	case bytes < 10*giga:
		return p.T("%s to %s GB", n(1), n(10))
	case bytes < 100*giga:
		return p.T("%s to %s GB", n(10), n(100))
	default:
		return p.T("more than %s GB", n(100))
	}
}
