package main

import (
	"go/ast"
	"slices"
)

// carriers lists the struct types whose fields hold texts on their way to a page: type name →
// fields. The names are unique in the tree; a test fails when a listed type or field is gone.
func carriers() map[string][]string {
	return map[string][]string{
		"Indicator": {"Title", "Definition", "Unit", "Numerator", "Denominator", "CannotTell", "SourceTitle"},
		"Problem":   {"Msg", "Mend"},
		"scene":     {"title", "text"},
	}
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
	fields, ok := carriers()[name]
	if !ok {
		return
	}
	for _, e := range c.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if key, ok := kv.Key.(*ast.Ident); ok && slices.Contains(fields, key.Name) {
			v.use(kv.Value, false, -1, false)
		}
	}
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
