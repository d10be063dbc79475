package akn

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/fault"
)

// Bounds of a file. The longest codes have some 100,000 elements and ten levels.
const (
	maxBytes    = 64 << 20
	maxDepth    = 64
	maxElements = 2_000_000
)

// Read reads a document. It refuses what is no Akoma Ntoso 3.0, document types and entities, what is not
// well formed, and files beyond 64 MB, 64 levels or two million elements, each with the line. Parts without an
// eId get one from their element, number and place. Time and space are in O(size).
func Read(r io.Reader) (*Document, error) {
	limited := &io.LimitedReader{R: r, N: maxBytes + 1}
	d := xml.NewDecoder(limited)
	d.Strict = true
	d.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, fault.New(fault.Invalid, "The file says that it is in %q; only UTF-8 is read.", charset).WithHint("Save it in UTF-8.")
	}
	p := &parser{decoder: d, doc: &Document{}}
	err := p.file()
	if limited.N <= 0 {
		return nil, fault.New(fault.Invalid, "The file is larger than %d MB.", maxBytes>>20).WithHint("Divide it, or import it as text.")
	}
	if err != nil {
		return nil, err
	}
	identify(p.doc.Parts)
	return p.doc, nil
}

type parser struct {
	decoder  *xml.Decoder
	doc      *Document
	elements int
}

// refuse says where a file is refused.
func (p *parser) refuse(f *fault.Error) error {
	line, _ := p.decoder.InputPos()
	return f.WithField("line", "line %d", line).WithHint("Nothing was kept.")
}

// token returns the next token that matters.
func (p *parser) token() (xml.Token, error) {
	for {
		t, err := p.decoder.Token()
		var f *fault.Error
		switch {
		case errors.Is(err, io.EOF) || errors.As(err, &f):
			return nil, err
		case err != nil && strings.Contains(err.Error(), "entity"):
			return nil, p.refuse(fault.New(fault.Invalid, "The file uses an entity that XML does not know. Entities are not read."))
		case err != nil:
			return nil, p.refuse(fault.New(fault.Invalid, "The file is not well formed."))
		}
		switch t := t.(type) {
		case xml.Directive:
			return nil, p.refuse(fault.New(fault.Invalid, "The file has a document type. Document types and entities are not read."))
		case xml.StartElement:
			if p.elements++; p.elements > maxElements {
				return nil, p.refuse(fault.New(fault.Invalid, "The file has more than %d elements.", maxElements))
			}
			return t, nil
		case xml.EndElement, xml.CharData:
			return t, nil
		}
	}
}

func (p *parser) file() error {
	root, err := p.start()
	if err != nil {
		return err
	}
	if root.Name.Local != "akomaNtoso" || root.Name.Space != Namespace {
		return p.refuse(fault.New(fault.Invalid, "The file is no Akoma Ntoso 3.0: it begins with %q in the namespace %q.", root.Name.Local, root.Name.Space))
	}
	kind, err := p.start()
	if err != nil {
		return err
	}
	if !slices.Contains(types, kind.Name.Local) {
		return p.refuse(fault.New(fault.Invalid, "A document of the type %q is not read; act, bill, doc and statement are.", kind.Name.Local))
	}
	p.doc.Type = kind.Name.Local
	body := &Part{}
	if err := p.part(body, 0); err != nil {
		return err
	}
	if p.doc.Parts = body.Parts; body.Text != "" {
		p.doc.Parts = append([]*Part{{Name: "preamble", Text: body.Text}}, body.Parts...)
	}
	for { // up to the end: what stands behind the document must be well formed too
		t, err := p.token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if s, ok := t.(xml.StartElement); ok {
			return p.refuse(fault.New(fault.Invalid, "The file holds more than one document: %q follows.", s.Name.Local))
		}
	}
}

// start is the next element.
func (p *parser) start() (xml.StartElement, error) {
	for {
		t, err := p.token()
		if errors.Is(err, io.EOF) {
			return xml.StartElement{}, p.refuse(fault.New(fault.Invalid, "The file ends before the document."))
		}
		if err != nil {
			return xml.StartElement{}, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			return t, nil
		case xml.EndElement:
			return xml.StartElement{}, p.refuse(fault.New(fault.Invalid, "The file has no document."))
		}
	}
}

// part reads the content of an element up to its end.
func (p *parser) part(into *Part, depth int) error {
	if depth > maxDepth {
		return p.refuse(fault.New(fault.Invalid, "The file nests deeper than %d levels.", maxDepth))
	}
	var text lines
	for {
		t, err := p.token()
		if errors.Is(err, io.EOF) {
			return p.refuse(fault.New(fault.Invalid, "The file ends within the document."))
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if into.Text != "" {
				text.front(into.Text)
			}
			into.Text = text.join()
			return nil
		case xml.CharData:
			text.add(string(t))
		case xml.StartElement:
			if err := p.child(into, t, &text, depth+1); err != nil {
				return err
			}
		}
	}
}

// child reads one element within a part.
func (p *parser) child(into *Part, t xml.StartElement, text *lines, depth int) error {
	name := t.Name.Local
	switch {
	case name == "meta":
		return p.meta(depth)
	case name == "num" || name == "heading" || name == "subheading":
		var l lines
		if err := p.text(&l, depth); err != nil {
			return err
		}
		said := strings.Join(strings.Fields(l.join()), " ")
		switch {
		case name == "num" && into.Num == "":
			into.Num = said
		case name == "heading" && into.Heading == "":
			into.Heading = said
		default:
			text.line(said)
		}
		return nil
	case slices.Contains(names, name):
		child := &Part{Name: name, EID: attribute(t, "eId"), WID: attribute(t, "wId")}
		if name == container {
			child.Role = attribute(t, "name")
		}
		if err := p.part(child, depth); err != nil {
			return err
		}
		if (name == "preface" || name == "preamble") && child.Text == "" && len(child.Parts) == 0 && child.Num+child.Heading == "" {
			return nil
		}
		into.Parts = append(into.Parts, child)
		return nil
	case slices.Contains(transparent, name):
		inner := &Part{}
		if err := p.part(inner, depth); err != nil {
			return err
		}
		text.line(inner.Text)
		into.Parts = append(into.Parts, inner.Parts...)
		return nil
	}
	text.end()
	if err := p.element(t, text, depth); err != nil {
		return err
	}
	text.end()
	return nil
}

// transparent elements hold others and are no parts of their own.
var transparent = []string{"body", "mainBody", "content", "intro", "wrapUp", "attachments", "conclusions", "components", "container", "longTitle", "recitals", "formula"}

// inline are the elements within a line of text; lined ones begin a line.
var (
	inline = []string{"ref", "rref", "mref", "b", "i", "u", "sup", "sub", "span", "a", "abbr", "date", "docTitle", "docNumber", "docDate", "docType", "term", "def", "ins", "del", "eol", "br", "quotedText", "authorialNote", "remark", "location", "person", "organization", "role", "entity", "concept", "event", "object", "placeholder", "inline", "noteRef", "shortTitle", "docPurpose", "docProponent"}
	lined  = []string{"p", "block", "blockList", "item", "listIntroduction", "listWrapUp", "table", "tr", "td", "th", "caption", "quotedStructure", "embeddedStructure", "recital", "citation", "citations", "toc", "ul", "ol", "li", "img", "blockContainer", "div", "crossHeading", "tblock"}
)

// element reads an element as text.
func (p *parser) element(t xml.StartElement, text *lines, depth int) error {
	name := t.Name.Local
	if slices.Contains(lined, name) || name == "br" || name == "eol" {
		text.end()
	} else if !slices.Contains(inline, name) && !slices.Contains(p.doc.Unknown, name) && len(p.doc.Unknown) < 100 {
		p.doc.Unknown = append(p.doc.Unknown, name)
	}
	if err := p.text(text, depth); err != nil {
		return err
	}
	if slices.Contains(lined, name) {
		text.end()
	}
	return nil
}

// text reads all that an element holds as text.
func (p *parser) text(l *lines, depth int) error {
	if depth > maxDepth {
		return p.refuse(fault.New(fault.Invalid, "The file nests deeper than %d levels.", maxDepth))
	}
	for {
		t, err := p.token()
		if errors.Is(err, io.EOF) {
			return p.refuse(fault.New(fault.Invalid, "The file ends within the document."))
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.EndElement:
			return nil
		case xml.CharData:
			l.add(string(t))
		case xml.StartElement:
			if err := p.element(t, l, depth+1); err != nil {
				return err
			}
		}
	}
}

func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// meta reads what the file says of itself.
func (p *parser) meta(depth int) error {
	in := []string{"meta"}
	for len(in) > 0 {
		t, err := p.token()
		if errors.Is(err, io.EOF) {
			return p.refuse(fault.New(fault.Invalid, "The file ends within the document."))
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.EndElement:
			in = in[:len(in)-1]
		case xml.StartElement:
			if in = append(in, t.Name.Local); depth+len(in) > maxDepth {
				return p.refuse(fault.New(fault.Invalid, "The file nests deeper than %d levels.", maxDepth))
			}
			p.fact(in[len(in)-2], t)
		}
	}
	return nil
}

// fact reads one element of the meta part.
func (p *parser) fact(above string, t xml.StartElement) {
	first := func(into *string, value string) {
		if *into == "" {
			*into = value
		}
	}
	work, expression := above == "FRBRWork", above == "FRBRExpression"
	switch name := t.Name.Local; {
	case work && name == "FRBRuri":
		first(&p.doc.Work, attribute(t, "value"))
	case work && name == "FRBRdate":
		first(&p.doc.Adopted, attribute(t, "date"))
	case work && name == "FRBRalias":
		first(&p.doc.Title, attribute(t, "value"))
	case expression && name == "FRBRuri":
		first(&p.doc.Expression, attribute(t, "value"))
	case expression && name == "FRBRdate":
		first(&p.doc.AsOf, attribute(t, "date"))
	case expression && name == "FRBRlanguage":
		first(&p.doc.Language, attribute(t, "language"))
	}
}
