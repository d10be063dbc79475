package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template/parse"

	"github.com/fourfold/fourfold/analysis/screening"
	"github.com/fourfold/fourfold/internal/profile"
)

// gatherPages reads every template of the tree.
func gatherPages(root string, out *findings) error {
	return filepath.WalkDir(filepath.Join(root, "internal"), func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && e.Name() == "testdata" {
			return filepath.SkipDir
		}
		if e.IsDir() || !strings.HasSuffix(path, ".html") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		return readPage(filepath.ToSlash(rel), string(text), out)
	})
}

// readPage parses one template file without knowing its functions.
func readPage(name, text string, out *findings) error {
	tree := parse.New(name)
	tree.Mode = parse.SkipFuncCheck
	set := make(map[string]*parse.Tree)
	if _, err := tree.Parse(text, "", "", set); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, t := range set {
		p := page{file: name, text: text, out: out}
		p.node(t.Root)
	}
	return nil
}

type page struct {
	file, text string
	out        *findings
}

func (p page) at(n parse.Node) string {
	return fmt.Sprintf("%s:%d", p.file, 1+strings.Count(p.text[:n.Position()], "\n"))
}

// node visits a template node and all below it.
func (p page) node(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, c := range n.Nodes {
				p.node(c)
			}
		}
	case *parse.ActionNode:
		p.pipe(n.Pipe)
	case *parse.IfNode:
		p.branch(&n.BranchNode)
	case *parse.RangeNode:
		p.branch(&n.BranchNode)
	case *parse.WithNode:
		p.branch(&n.BranchNode)
	case *parse.TemplateNode:
		p.pipe(n.Pipe)
	}
}

func (p page) branch(n *parse.BranchNode) {
	p.pipe(n.Pipe)
	p.node(n.List)
	p.node(n.ElseList)
}

func (p page) pipe(n *parse.PipeNode) {
	if n == nil {
		return
	}
	for i, c := range n.Cmds {
		p.command(c, i > 0)
	}
}

// command looks for .T and .N; piped tells whether a value comes in from the left.
func (p page) command(c *parse.CommandNode, piped bool) {
	for _, a := range c.Args {
		if inner, ok := a.(*parse.PipeNode); ok {
			p.pipe(inner)
		}
	}
	given := len(c.Args) - 1
	if piped {
		given++
	}
	switch method(c.Args[0]) {
	case "T":
		if len(c.Args) < 2 {
			return
		}
		if s, ok := c.Args[1].(*parse.StringNode); ok {
			p.out.add(p.file, p.at(c), s.Text, "")
			if verbs(s.Text) != given-1 {
				p.out.complain(p.at(c), "%q has %d placeholders but %d values", s.Text, verbs(s.Text), given-1)
			}
		}
	case "N":
		p.plural(c, given)
	}
}

func (p page) plural(c *parse.CommandNode, given int) {
	if len(c.Args) < 3 {
		p.out.complain(p.at(c), "N needs two texts and a count")
		return
	}
	one, ok1 := c.Args[1].(*parse.StringNode)
	many, ok2 := c.Args[2].(*parse.StringNode)
	if !ok1 || !ok2 {
		p.out.complain(p.at(c), "the texts of N must stand in the template")
		return
	}
	p.out.add(p.file, p.at(c), one.Text, many.Text)
	if need := max(verbs(one.Text), verbs(many.Text), 1); need != given-2 {
		p.out.complain(p.at(c), "%q has %d placeholders but %d values (the count is the first and is given once)", many.Text, need, given-2)
	}
}

// method returns the last name of a field or variable: "T" for $.T, .T and .Page.T.
func method(n parse.Node) string {
	var names []string
	switch n := n.(type) {
	case *parse.FieldNode:
		names = n.Ident
	case *parse.VariableNode:
		names = n.Ident[1:]
	case *parse.ChainNode:
		names = n.Field
	}
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1]
}

// gatherInstruments takes the texts of the embedded instruments for signs.
func gatherInstruments(out *findings) {
	for _, t := range screening.Texts() {
		file := "analysis/screening/" + t.File
		out.add(file, file, t.Text, "")
	}
}

// gatherProfiles takes the texts of the embedded profiles.
func gatherProfiles(out *findings) {
	book := profile.Base()
	for _, j := range book.Jurisdictions() {
		p, _ := book.Profile(j)
		file := "internal/profile/base/" + j + ".json"
		out.add(file, file, p.Name, "")
		for _, f := range p.Facts {
			out.add(file, file, f.Text, "")
			out.add(file, file, f.Note, "")
		}
		for _, topic := range book.Topics(j) {
			out.add("internal/profile/base/topics.json", file, book.Topic(topic), "")
		}
	}
	for _, j := range profile.Procedures().Jurisdictions() {
		file := "internal/profile/procedure/" + j + ".json"
		for _, text := range profile.Procedures().Texts(j) {
			out.add(file, file, text, "")
		}
	}
	for _, unit := range profile.Units() {
		out.add("internal/profile/profile.go", "profile", unit, "")
	}
	for _, bound := range profile.Bounds() {
		out.add("internal/profile/profile.go", "profile", bound, "")
	}
}
