package main

import (
	"go/ast"
	"go/token"
	"strings"
)

// trace follows a plain name: a parameter makes the function a wrapper; a local variable is
// looked up where it is assigned. It reports whether the name was explained.
func (v *visitor) trace(id *ast.Ident, how rigour) bool {
	if v.fn == nil {
		return false
	}
	if closure, name := v.closure(id); closure != nil {
		if at := param(closure.Type, id.Name); at >= 0 {
			v.wrap(name, at, how)
			return true
		}
	}
	if at := param(v.fn.Type, id.Name); at >= 0 {
		v.wrap(v.fn.Name.Name, at, how)
		return true
	}
	explained := false
	ast.Inspect(v.fn.Body, func(n ast.Node) bool {
		for _, value := range assigned(n, id.Name) {
			explained = true
			if value != nil && !refers(value, id.Name) {
				v.use(value, how, -1, false)
			}
		}
		return true
	})
	return explained
}

// closure returns the function literal that a name stands in and the variable that holds it.
func (v *visitor) closure(id *ast.Ident) (inner *ast.FuncLit, name string) {
	ast.Inspect(v.fn.Body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Lhs) != len(a.Rhs) {
			return true
		}
		for i, r := range a.Rhs {
			f, isFunc := r.(*ast.FuncLit)
			holder, isName := a.Lhs[i].(*ast.Ident)
			if isFunc && isName && f.Pos() <= id.Pos() && id.Pos() < f.End() {
				inner, name = f, holder.Name
			}
		}
		return true
	})
	return inner, name
}

// param returns the place of a parameter, -1 when there is none of that name.
func param(f *ast.FuncType, name string) int {
	at := 0
	for _, field := range f.Params.List {
		for _, n := range field.Names {
			if n.Name == name {
				return at
			}
			at++
		}
	}
	return -1
}

// assigned returns what a statement gives to a variable; a nil entry means something that is
// not one expression (a function of several results, a loop variable).
func assigned(n ast.Node, name string) []ast.Expr {
	var out []ast.Expr
	is := func(e ast.Expr) bool {
		id, ok := e.(*ast.Ident)
		return ok && id.Name == name
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		for i, l := range n.Lhs {
			if is(l) && len(n.Rhs) == len(n.Lhs) {
				out = append(out, n.Rhs[i])
			} else if is(l) {
				out = append(out, nil)
			}
		}
	case *ast.ValueSpec:
		for i, l := range n.Names {
			if l.Name == name && i < len(n.Values) {
				out = append(out, n.Values[i])
			}
		}
	case *ast.RangeStmt:
		if is(n.Key) || n.Value != nil && is(n.Value) {
			out = append(out, nil)
		}
	}
	return out
}

func refers(e ast.Expr, name string) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == name
		return !found
	})
	return found
}

// wrap notes that a function hands a parameter on as a text. The names of closures share the
// table of the package: a namesake is then read too, which is harmless.
func (v *visitor) wrap(name string, param int, how rigour) {
	if v.wraps[name] == nil {
		v.wraps[name] = make(map[int]rigour)
	}
	v.wraps[name][param] = max(v.wraps[name][param], how)
}

// built reports whether an expression glues a text together.
func built(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return e.Op == token.ADD
	case *ast.CallExpr:
		name, on := callee(e)
		return on == "fmt" && strings.HasPrefix(name, "Sprint") || on == "strings" && name == "Join"
	case *ast.ParenExpr:
		return built(e.X)
	}
	return false
}
