package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"testing"
)

// TestNoFieldHidesThatOfThePart: a page embeds what every page of its kind begins with. A field of its own with the same
// name would hide that from the template, and the heading would show something else: the name of a step where the name of
// the person stands, or nothing where the number of the case does.
func TestNoFieldHidesThatOfThePart(t *testing.T) {
	fields, embeds := structs(t)
	if !slices.Contains(fields["caseHead"], "Number") {
		t.Fatal("the head of a case was not found")
	}
	for name := range embeds {
		for _, part := range within(embeds, name) {
			for _, f := range fields[part] {
				if slices.Contains(fields[name], f) && f != "Mend" {
					t.Errorf("%s.%s hides %s.%s from its template", name, f, part, f)
				}
			}
		}
	}
}

// within returns the parts of a page, with the parts of those.
func within(embeds map[string][]string, name string) (all []string) {
	for _, part := range embeds[name] {
		all = append(append(all, part), within(embeds, part)...)
	}
	return all
}

// structs returns the named fields of the structs of the package, and what each embeds.
func structs(t *testing.T) (fields, embeds map[string][]string) {
	t.Helper()
	fields, embeds = map[string][]string{}, map[string][]string{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if body, ok := spec.Type.(*ast.StructType); ok {
				note(body, spec.Name.Name, fields, embeds)
			}
			return true
		})
	}
	return fields, embeds
}

func note(body *ast.StructType, name string, fields, embeds map[string][]string) {
	for _, f := range body.Fields.List {
		if id, ok := f.Type.(*ast.Ident); ok && len(f.Names) == 0 {
			embeds[name] = append(embeds[name], id.Name)
		}
		for _, one := range f.Names {
			fields[name] = append(fields[name], one.Name)
		}
	}
}
