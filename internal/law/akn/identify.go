package akn

import (
	"strings"

	"github.com/fourfold/fourfold/internal/law/numbering"
)

// shorts are the short names of the naming convention.
var shorts = map[string]string{
	"article": "art", "chapter": "chp", "section": "sec", "subsection": "subsec", "paragraph": "para", "subparagraph": "subpara", "division": "dvs",
	"subdivision": "subdvs", "clause": "cl", "subclause": "subcl", "subchapter": "subchp", "attachment": "att",
}

// identify gives parts without an identifier one of their element, number and place, unique in the document.
func identify(parts []*Part) {
	given := map[string]bool{}
	var gather func(parts []*Part)
	gather = func(parts []*Part) {
		for _, p := range parts {
			given[p.EID] = true
			gather(p.Parts)
		}
	}
	gather(parts)
	copies := map[string]int{}
	var walk func(above string, parts []*Part)
	walk = func(above string, parts []*Part) {
		for i, p := range parts {
			if p.EID == "" {
				base := strings.TrimPrefix(above+"__"+p.slug(i), "__")
				p.EID = base
				for given[p.EID] {
					copies[base]++
					p.EID = base + "_" + itoa(1+copies[base])
				}
				given[p.EID] = true
			}
			walk(p.EID, p.Parts)
		}
	}
	walk("", parts)
}

// slug is what a part is called below the one that holds it, as the i-th of its parts.
func (p *Part) slug(i int) string {
	name, ok := shorts[p.Name]
	if !ok {
		name = p.Name
	}
	if n, err := numbering.Parse(strings.Trim(p.Num, "().§ ")); err == nil {
		return name + "_" + n.Slug()
	}
	return name + "_" + itoa(i+1)
}
