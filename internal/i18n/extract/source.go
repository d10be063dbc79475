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
	// name → parameter index → strict or not.
	wraps map[string]map[int]bool
	out   *findings
}

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
		files: make(map[string]*ast.File), consts: make(map[string]string), wraps: make(map[string]map[int]bool),
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
		v.use(c.Args[0], false, len(c.Args)-1, spread)
	case name == "N" && qualifier != "" && len(c.Args) >= 3:
		v.plural(c, spread)
	case name == "Mark" && qualifier == "i18n" && len(c.Args) == 1:
		v.use(c.Args[0], true, -1, false)
	case name == "New" && qualifier == "fault" && len(c.Args) >= 2:
		v.use(c.Args[1], true, len(c.Args)-2, spread)
	case name == "WithHint" && qualifier != "" && len(c.Args) >= 1:
		v.use(c.Args[0], true, len(c.Args)-1, spread)
	case name == "WithField" && qualifier != "" && len(c.Args) >= 2:
		v.use(c.Args[1], true, len(c.Args)-2, spread)
	default:
		if !slices.Contains([]string{v.enclosing(), ""}, name) {
			for i, strict := range v.wraps[name] {
				if i < len(c.Args) {
					v.use(c.Args[i], strict, -1, false)
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
// placeholders, -1 when unknown. A strict one must be a constant wherever it comes from.
func (v *visitor) use(e ast.Expr, strict bool, given int, spread bool) {
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
	if id, ok := e.(*ast.Ident); ok && v.trace(id, strict) {
		return
	}
	if v.out == nil {
		return
	}
	if strict {
		v.out.complain(v.at(e), "the text must be a constant, so that it can be translated")
	} else if built(e) {
		v.out.complain(v.at(e), "a text put together at run time cannot be translated: use placeholders")
	}
}

// trace follows a plain name: a parameter makes the function a wrapper; a local variable is
// looked up where it is assigned. It reports whether the name was explained.
func (v *visitor) trace(id *ast.Ident, strict bool) bool {
	if v.fn == nil {
		return false
	}
	at := 0
	for _, field := range v.fn.Type.Params.List {
		for _, name := range field.Names {
			if name.Name == id.Name {
				v.wrap(at, strict)
				return true
			}
			at++
		}
	}
	explained := false
	ast.Inspect(v.fn.Body, func(n ast.Node) bool {
		for _, value := range assigned(n, id.Name) {
			explained = true
			if value != nil && !refers(value, id.Name) {
				v.use(value, strict, -1, false)
			}
		}
		return true
	})
	return explained
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

func (v *visitor) wrap(param int, strict bool) {
	name := v.fn.Name.Name
	if v.wraps[name] == nil {
		v.wraps[name] = make(map[int]bool)
	}
	v.wraps[name][param] = v.wraps[name][param] || strict
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
