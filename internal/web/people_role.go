package web

import (
	"cmp"
	"net/http"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/order"
)

// rolesPage is the matrix: who may do what, and how far.
type rolesPage struct {
	Page
	Everybody []string
	Roles     []roleColumn // the reader's own first
}

// roleColumn is a role with what it may do besides what everybody may.
type roleColumn struct {
	Name      string
	Mine      bool
	Sensitive bool
	Does      []actionRow
}

// actionRow is something a role may do, and how far when it is not the whole organisation.
type actionRow struct{ What, Scope string }

func (s *Server) roles(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r)
	page := rolesPage{Page: s.page(r, v.printer.T("Roles"))}
	for _, a := range auth.Matrix() {
		if len(a.Who) == len(auth.Roles()) {
			page.Everybody = append(page.Everybody, v.printer.T(a.Does))
		}
	}
	for _, role := range auth.Roles() {
		column := roleColumn{Name: roleName(v.printer, role), Mine: v.actor.Is(role), Sensitive: auth.Sensitive(role)}
		for _, a := range auth.Matrix() {
			scope, ok := a.Who[role]
			if !ok || len(a.Who) == len(auth.Roles()) {
				continue
			}
			row := actionRow{What: v.printer.T(a.Does)}
			if scope != auth.OwnOrganisation {
				row.Scope = scopeName(v.printer, scope)
			}
			column.Does = append(column.Does, row)
		}
		page.Roles = append(page.Roles, column)
	}
	order.By(page.Roles, func(a, b roleColumn) int { return cmp.Compare(rankMine(a), rankMine(b)) })
	return s.render(w, r, http.StatusOK, "roles", page)
}

// rankMine puts the reader's own roles first.
func rankMine(c roleColumn) int {
	if c.Mine {
		return 0
	}
	return 1
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
