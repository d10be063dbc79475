package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/i18n"
)

// source is one package being read.
type source struct {
	root   string
	dir    string // relative to the root
	set    *token.FileSet
	files  map[string]*ast.File // by path relative to the root
	consts map[string]string    // string constants of the package
	// wraps holds the functions of this package that hand a parameter on as a text:
	// name → parameter index → how constant it has to be.
	wraps map[string]map[int]rigour
	// fields holds the names of the fields of the struct types of this package, in order.
	fields map[string][]string
	out    *findings
}

// rigour says how constant a text has to be.
type rigour uint8

const (
	lenient rigour = iota // may be put together, and then stays untranslated
	loose                 // may be a value that came from elsewhere
	strict                // must be a constant wherever it comes from
)

// gatherSource reads every package of the main module, tests excepted.
func gatherSource(root string, out *findings) error {
	return filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		name := e.Name()
		if path != root {
			_, own := os.Stat(filepath.Join(path, "go.mod"))
			if own == nil || strings.HasPrefix(name, ".") || name == "testdata" || name == "vendor" {
				return filepath.SkipDir
			}
		}
		return readPackage(root, path, out)
	})
}

func readPackage(root, path string, out *findings) error {
	dir, err := filepath.Rel(root, path)
	if err != nil {
		return err
	}
	s := &source{
		root: root, dir: filepath.ToSlash(dir), set: token.NewFileSet(), out: out,
		files: make(map[string]*ast.File), consts: make(map[string]string), wraps: make(map[string]map[int]rigour), fields: make(map[string][]string),
	}
	names, err := filepath.Glob(filepath.Join(path, "*.go"))
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(s.set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		s.files[s.dir+"/"+filepath.Base(name)] = file
	}
	if len(s.files) == 0 || s.dir == "internal/i18n" || s.dir == "internal/i18n/extract" || s.dir == "internal/fault" {
		return nil
	}
	s.constants()
	s.structs()
	// A function that hands its parameter on as a text may itself be called by another such
	// function, so go round until no new one is found; then gather.
	for known := -1; known != s.known(); {
		known = s.known()
		s.walk(nil)
	}
	s.walk(out)
	return nil
}

func (s *source) known() int {
	n := 0
	for _, w := range s.wraps {
		n += len(w)
	}
	return n
}

// constants evaluates the string constants of the package: literals and sums of them.
func (s *source) constants() {
	for range 3 { // a constant may stand on another one declared later
		for _, file := range s.files {
			for _, d := range file.Decls {
				g, ok := d.(*ast.GenDecl)
				if !ok || g.Tok != token.CONST {
					continue
				}
				for _, spec := range g.Specs {
					v, ok := spec.(*ast.ValueSpec)
					if !ok {
						continue
					}
					for i, name := range v.Names {
						if i < len(v.Values) {
							if text, ok := s.text(v.Values[i]); ok {
								s.consts[name.Name] = text
							}
						}
					}
				}
			}
		}
	}
}

// structs notes the order of the fields of the struct types.
func (s *source) structs() {
	for _, file := range s.files {
		ast.Inspect(file, func(n ast.Node) bool {
			t, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if st, ok := t.Type.(*ast.StructType); ok {
				for _, f := range st.Fields.List {
					for _, name := range f.Names {
						s.fields[t.Name.Name] = append(s.fields[t.Name.Name], name.Name)
					}
				}
			}
			return true
		})
	}
}

// text returns the value of a constant string expression.
func (s *source) text(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			return constant.StringVal(constant.MakeFromLiteral(e.Value, e.Kind, 0)), true
		}
	case *ast.Ident:
		text, ok := s.consts[e.Name]
		return text, ok
	case *ast.ParenExpr:
		return s.text(e.X)
	case *ast.BinaryExpr:
		a, okA := s.text(e.X)
		b, okB := s.text(e.Y)
		return a + b, e.Op == token.ADD && okA && okB
	}
	return "", false
}

// walk visits every function and declaration. With out nil it only looks for wrappers.
func (s *source) walk(out *findings) {
	for _, path := range sorted(s.files) {
		for _, d := range s.files[path].Decls {
			v := &visitor{source: s, file: path, out: out}
			if fn, ok := d.(*ast.FuncDecl); ok {
				v.fn = fn
			}
			v.speak()
			v.visit(d)
		}
	}
}

// visitor reads one declaration.
type visitor struct {
	*source
	file string
	fn   *ast.FuncDecl // nil outside functions
	out  *findings
}

func (v *visitor) visit(d ast.Node) {
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			v.call(n)
		case *ast.CompositeLit:
			v.literal(n, typeName(n.Type))
		case *ast.AssignStmt:
			v.assignment(n)
		}
		return true
	})
}

func (v *visitor) at(n ast.Node) string {
	p := v.set.Position(n.Pos())
	return fmt.Sprintf("%s:%d", v.file, p.Line)
}

// call looks for the calls that take a text: Printer.T and N, i18n.Mark, fault.New, WithHint,
// WithField, and the wrappers found so far.
func (v *visitor) call(c *ast.CallExpr) {
	name, qualifier := callee(c)
	spread := c.Ellipsis.IsValid()
	switch {
	case name == "T" && qualifier != "" && len(c.Args) >= 1:
		v.use(c.Args[0], loose, len(c.Args)-1, spread)
	case name == "N" && qualifier != "" && len(c.Args) >= 3:
		v.plural(c, spread)
	case name == "Mark" && qualifier == "i18n" && len(c.Args) == 1:
		v.use(c.Args[0], strict, -1, false)
	case name == "New" && qualifier == "fault" && len(c.Args) >= 2:
		v.use(c.Args[1], strict, len(c.Args)-2, spread)
	case name == "WithHint" && qualifier != "" && len(c.Args) >= 1:
		v.use(c.Args[0], strict, len(c.Args)-1, spread)
	case name == "WithField" && qualifier != "" && len(c.Args) >= 2:
		v.use(c.Args[1], strict, len(c.Args)-2, spread)
	default:
		if !slices.Contains([]string{v.enclosing(), ""}, name) {
			for i, how := range v.wraps[name] {
				if i < len(c.Args) {
					v.use(c.Args[i], how, -1, false)
				}
			}
		}
	}
}

func (v *visitor) enclosing() string {
	if v.fn == nil {
		return ""
	}
	return v.fn.Name.Name
}

// callee returns the name that is called and a word for what it is called on: "fault" for
// fault.New, "…" for a longer expression, "" for a plain function.
func callee(c *ast.CallExpr) (name, on string) {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name, ""
	case *ast.SelectorExpr:
		if id, ok := f.X.(*ast.Ident); ok {
			return f.Sel.Name, id.Name
		}
		return f.Sel.Name, "…"
	}
	return "", ""
}

// plural handles N(one, many, n, args...).
func (v *visitor) plural(c *ast.CallExpr, spread bool) {
	one, ok1 := v.text(c.Args[0])
	many, ok2 := v.text(c.Args[1])
	if v.out == nil {
		return
	}
	if !ok1 || !ok2 {
		v.out.complain(v.at(c), "the texts of N must be constants")
		return
	}
	v.out.add(v.file, v.at(c), one, many)
	if need := max(verbs(one), verbs(many), 1); !spread && need != len(c.Args)-2 {
		v.out.complain(v.at(c), "%q has %d placeholders but %d values (the count is the first and is given once)", many, need, len(c.Args)-2)
	}
}

// use handles an expression that is taken as a text. given is the number of values for its
// placeholders, -1 when unknown.
func (v *visitor) use(e ast.Expr, how rigour, given int, spread bool) {
	if text, ok := v.text(e); ok {
		if v.out == nil {
			return
		}
		v.out.add(v.file, v.at(e), text, "")
		if given >= 0 && !spread && verbs(text) != given {
			v.out.complain(v.at(e), "%q has %d placeholders but %d values", text, verbs(text), given)
		}
		return
	}
	if id, ok := e.(*ast.Ident); ok && v.trace(id, how) {
		return
	}
	if chosen, ok := e.(*ast.IndexExpr); ok { // one of a list written on the spot
		if list, ok := chosen.X.(*ast.CompositeLit); ok {
			for _, one := range list.Elts {
				v.use(one, how, given, spread)
			}
			return
		}
	}
	if v.out == nil {
		return
	}
	switch {
	case how == strict:
		v.out.complain(v.at(e), "the text must be a constant, so that it can be translated")
	case how == loose && built(e):
		v.out.complain(v.at(e), "a text put together at run time cannot be translated: use placeholders")
	}
}

// verbs returns how many values a text takes.
func verbs(text string) int {
	n := 0
	for _, v := range i18n.Verbs(text) {
		n = max(n, v.Arg)
	}
	return n
}

// stray reports whether a text with placeholders holds a % that is none.
func stray(text string) bool {
	all := i18n.Verbs(text)
	used := 0
	for _, v := range all {
		used += strings.Count(text[v.Start:v.End], "%")
	}
	return verbs(text) > 0 && used != strings.Count(text, "%")
}

func sorted[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
