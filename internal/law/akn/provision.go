package akn

import (
	"slices"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/law/work"
)

// Provisions are the parts as provisions of an expression, each before those below it. A part without a wId
// has its eId for one.
func (d *Document) Provisions(expression string) []work.Provision {
	var out []work.Provision
	var walk func(parent string, parts []*Part)
	walk = func(parent string, parts []*Part) {
		for _, p := range parts {
			wid, kind := p.WID, p.Name
			if wid == "" {
				wid = p.EID
			}
			if p.Name == container && p.Role != "" {
				kind = p.Role
			}
			out = append(out, work.Provision{
				Expression: expression, EID: p.EID, WID: wid, Parent: parent, Ordinal: len(out) + 1,
				Kind: kind, Num: p.Num, Heading: p.Heading, Text: p.Text, Hash: work.Hash(p.Heading, p.Text),
			})
			walk(p.EID, p.Parts)
		}
	}
	walk("", d.Parts)
	return out
}

// container is the element for what the standard has no element for; its role says what it is.
const container = "hcontainer"

// Parts are provisions as the parts of a document. Each must stand behind the one it belongs to, under an
// identifier of its own; otherwise the first that does not is named and nothing returned.
func Parts(list []work.Provision) ([]*Part, error) {
	var outer []*Part
	by := make(map[string]*Part, len(list))
	for i, v := range list {
		p := &Part{Name: v.Kind, EID: v.EID, Num: v.Num, Heading: v.Heading, Text: v.Text}
		if v.WID != v.EID {
			p.WID = v.WID
		}
		if !slices.Contains(names, v.Kind) {
			p.Name, p.Role = container, v.Kind
		}
		above, found := by[v.Parent]
		if v.EID == "" || by[v.EID] != nil || v.Parent != "" && !found {
			return nil, fault.New(fault.Invalid, "The provision %q, number %d in the list, has no identifier, one that stands twice, or nothing to stand in.", v.EID, i+1).
				WithHint("Divide the text again, or mend it beside the source.")
		}
		if by[v.EID] = p; found {
			above.Parts = append(above.Parts, p)
		} else {
			outer = append(outer, p)
		}
	}
	return outer, nil
}
