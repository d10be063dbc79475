package akn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/fault"
)

// Namespace is that of Akoma Ntoso 3.0.
const Namespace = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"

// Document is one expression of a work.
type Document struct {
	// Type is "act", "bill", "doc" or "statement".
	Type string
	// Work and Expression are addresses such as /akn/xx/act/2020/5 and /akn/xx/act/2020/5/eng@2020-06-01.
	Work, Expression string
	// Adopted and AsOf are civil dates YYYY-MM-DD; "" where the file has none.
	Adopted, AsOf string
	// Language is as the file has it: ISO 639-2 in the standard, BCP 47 in practice.
	Language string
	// Title is the short title: the alias of the work, "" where the file has none.
	Title string
	Parts []*Part
	// Unknown names the elements that are not of the subset and were read as text, each once, in order.
	Unknown []string
}

// Part is one part of the text.
type Part struct {
	// Name is the element: "article", "paragraph", "hcontainer".
	Name string
	// EID is unique in the document; WID is its name through all versions, "" where it is the EID.
	EID, WID string
	// Role says what an hcontainer is, such as "schedule"; "" for others.
	Role         string
	Num, Heading string
	// Text is what belongs to the part itself, a line for each paragraph of text.
	Text  string
	Parts []*Part
}

// names are the elements that hold parts, in the order of the standard.
var names = []string{
	"preface", "preamble", "book", "tome", "part", "subpart", "title", "subtitle", "chapter", "subchapter", "division", "subdivision", "section",
	"subsection", "article", "paragraph", "subparagraph", "clause", "subclause", "rule", "proviso", "point", "indent", "alinea", "list", "hcontainer",
	"attachment",
}

var types = []string{"act", "bill", "doc", "statement"}

// Check refuses a document that cannot be written or kept: an unknown type or element, a part without an
// identifier or with one that stands twice, an identifier that does not begin with that of the part above where
// it claims one, more than [maxDepth] levels. Every problem is told with the path to it, at most twenty.
func (d *Document) Check() error {
	f := fault.New(fault.Invalid, "The document cannot be kept.")
	if !slices.Contains(types, d.Type) {
		f = f.WithField("type", "it is none of act, bill, doc and statement")
	}
	seen := map[string]string{}
	var walk func(path string, parts []*Part, depth int)
	walk = func(path string, parts []*Part, depth int) {
		for i, p := range parts {
			here := fmt.Sprintf("%s/%s[%d]", path, p.Name, i+1)
			if len(f.Fields) >= 20 {
				return
			}
			switch first, twice := seen[p.EID]; {
			case depth > maxDepth:
				f = f.WithField(here, "it lies too deep")
				return
			case !slices.Contains(names, p.Name):
				f = f.WithField(here, "no element of that name holds a part")
			case p.EID == "":
				f = f.WithField(here, "it has no eId")
			case twice:
				f = f.WithField(here, "its eId stands at %s too", first)
			case strings.ContainsAny(p.EID+p.WID+p.Role, " \t\r\n\"<>&"):
				f = f.WithField(here, "its eId, wId or role has signs that none may have")
			}
			seen[p.EID] = here
			walk(here, p.Parts, depth+1)
		}
	}
	walk("", d.Parts, 1)
	if len(f.Fields) > 0 {
		return f.WithHint("Mend what is named, then try again. Nothing was kept.")
	}
	return nil
}
