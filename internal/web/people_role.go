package web

import (
	"net/http"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
)

// rolesPage is the matrix: who may do what, and how far.
type rolesPage struct {
	Page
	Roles []roleColumn
}

// roleColumn is a role with what it may do.
type roleColumn struct {
	Name      string
	Mine      bool
	Sensitive bool
	Does      []actionRow
}

// actionRow is something a role may do, and how far.
type actionRow struct{ What, Scope string }

func (s *Server) roles(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	page := rolesPage{Page: s.page(r, v.printer.T("Roles"))}
	for _, role := range auth.Roles() {
		column := roleColumn{Name: roleName(v.printer, role), Mine: v.actor.Is(role), Sensitive: auth.Sensitive(role)}
		for _, a := range auth.Matrix() {
			if scope, ok := a.Who[role]; ok {
				column.Does = append(column.Does, actionRow{v.printer.T(a.Does), scopeName(v.printer, scope)})
			}
		}
		page.Roles = append(page.Roles, column)
	}
	return s.render(w, r, http.StatusOK, "roles", page)
}

// scopeName says how far a permission reaches.
func scopeName(p *i18n.Printer, scope auth.Scope) string {
	switch scope {
	case auth.OwnCases:
		return p.T("only cases assigned to you or your team")
	case auth.OwnTeam:
		return p.T("cases of your team, and of nobody")
	case auth.OwnOrganisation:
		return p.T("in your organisation")
	case auth.WholeNode:
		return p.T("on this node, which shows no case")
	default:
		return string(scope)
	}
}
