package main

import (
	"go/ast"
	"slices"
	"strings"
)

// carriers lists the struct types whose fields hold texts on their way to a page: type name →
// fields. A field with a question mark may also hold a text that was put together (the name a
// source gives its release), which then stays as it is. A test fails when a type or field is gone.
func carriers() map[string][]string {
	return map[string][]string{
		"Indicator": {"Title", "Definition", "Unit", "Numerator", "Denominator", "CannotTell", "SourceTitle", "Licence", "Attribution"},
		"Problem":   {"Msg", "Mend"},
		"Note":      {"Msg"},
		"Break":     {"Note"},
		"Release":   {"Label?"},
		"scene":     {"title", "text"},
		"tokenLine": {"State"},
		"Action":    {"Does"},
	}
}

// speakers lists the methods and functions whose constant results are texts, by folder and name.
func speakers() map[string][]string {
	return map[string][]string{
		"internal/evaluation/indicator":          {"BreakKind.String", "Ends.String"},
		"internal/evaluation/indicator/importer": {"Severity.String", "glotipReleased"},
	}
}

// speak takes the first result of every return of a speaker.
func (v *visitor) speak() {
	if v.fn == nil || v.fn.Body == nil || v.out == nil {
		return
	}
	name := v.fn.Name.Name
	if v.fn.Recv != nil && len(v.fn.Recv.List) == 1 {
		name = typeName(v.fn.Recv.List[0].Type) + "." + name
	}
	if !slices.Contains(speakers()[v.dir], name) {
		return
	}
	ast.Inspect(v.fn.Body, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) > 0 {
			v.use(r.Results[0], loose, -1, false)
		}
		return true
	})
}

// literal looks for texts in a composite literal. Inner literals that leave their type out
// have the element type of the outer one.
func (v *visitor) literal(c *ast.CompositeLit, name string) {
	if inner := elementName(c.Type); inner != "" {
		for _, e := range c.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				e = kv.Value
			}
			if lit, ok := e.(*ast.CompositeLit); ok && lit.Type == nil {
				v.literal(lit, inner)
			}
		}
	}
	for _, field := range carriers()[name] {
		how := loose
		field, open := strings.CutSuffix(field, "?")
		if open {
			how = lenient
		}
		if value := v.value(c, name, field); value != nil {
			v.use(value, how, -1, false)
		}
	}
}

// assignment looks for texts given to a field of a carrier by name, in the package that declares
// the type: i.Attribution = "…".
func (v *visitor) assignment(a *ast.AssignStmt) {
	if len(a.Lhs) != len(a.Rhs) {
		return
	}
	for i, l := range a.Lhs {
		to, ok := l.(*ast.SelectorExpr)
		if !ok {
			continue
		}
		for name, fields := range carriers() {
			if v.fields[name] != nil && slices.Contains(fields, to.Sel.Name) {
				v.use(a.Rhs[i], lenient, -1, false)
			}
		}
	}
}

// value returns what a literal gives to a field, by name or by place.
func (v *visitor) value(c *ast.CompositeLit, name, field string) ast.Expr {
	for i, e := range c.Elts {
		kv, keyed := e.(*ast.KeyValueExpr)
		if !keyed {
			if slices.Index(v.fields[name], field) == i {
				return e
			}
			continue
		}
		if key, ok := kv.Key.(*ast.Ident); ok && key.Name == field {
			return kv.Value
		}
	}
	return nil
}

// typeName returns the bare name of a type: "Problem" for Problem, *Problem and x.Problem.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.StarExpr:
		return typeName(e.X)
	}
	return ""
}

// elementName returns the bare name of the elements of a slice, array or map type.
func elementName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.ArrayType:
		return typeName(e.Elt)
	case *ast.MapType:
		return typeName(e.Value)
	}
	return ""
}
