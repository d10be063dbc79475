package segment

import "github.com/fourfold/fourfold/internal/law/work"

// Provisions are the parts of the tree as provisions of an expression, in the order of the text, each before
// those below it. Where nobody gave names that last through versions, the identifiers of this text serve.
func (t *Tree) Provisions(expression string) []work.Provision {
	var out []work.Provision
	var walk func(parent string, nodes []*Node)
	walk = func(parent string, nodes []*Node) {
		for _, n := range nodes {
			out = append(out, work.Provision{
				Expression: expression, EID: n.EID, WID: n.EID, Parent: parent, Ordinal: len(out) + 1,
				Kind: string(n.Kind), Num: n.Num, Heading: n.Heading, Text: n.Text, Hash: work.Hash(n.Heading, n.Text),
			})
			walk(n.EID, n.Children)
		}
	}
	walk("", t.Nodes)
	return out
}
