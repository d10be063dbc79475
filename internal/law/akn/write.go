package akn

import (
	"bufio"
	"encoding/xml"
	"io"
	"strings"
)

// Write writes a document that passes [Document.Check], the same bytes each time. Each line of a text becomes a
// p; what stands beside other parts goes into intro, what stands alone into content.
func Write(w io.Writer, d *Document) error {
	if err := d.Check(); err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	put := func(parts ...string) {
		for _, s := range parts {
			b.WriteString(s) // the error stays with the writer until Flush
		}
	}
	put(xml.Header, `<akomaNtoso xmlns="`, Namespace, `"><`, d.Type, ` name="`, d.Type, `"><meta><identification source="#editor"><FRBRWork>`)
	put(`<FRBRthis value="`, escape(d.Work), `"/><FRBRuri value="`, escape(d.Work), `"/>`)
	if d.Title != "" {
		put(`<FRBRalias value="`, escape(d.Title), `" name="title"/>`)
	}
	put(`<FRBRdate date="`, escape(d.Adopted), `" name="adopted"/><FRBRauthor href="#author"/></FRBRWork><FRBRExpression>`)
	put(`<FRBRthis value="`, escape(d.Expression), `"/><FRBRuri value="`, escape(d.Expression), `"/><FRBRdate date="`, escape(d.AsOf), `" name="version"/>`)
	put(`<FRBRauthor href="#editor"/><FRBRlanguage language="`, escape(d.Language), `"/></FRBRExpression><FRBRManifestation><FRBRthis value="`, escape(d.Expression), `.xml"/>`)
	put(`<FRBRuri value="`, escape(d.Expression), `.xml"/><FRBRdate date="`, escape(d.AsOf), `" name="written"/><FRBRauthor href="#editor"/></FRBRManifestation></identification></meta>`)
	body := "body"
	if d.Type == "doc" || d.Type == "statement" {
		body = "mainBody"
	}
	rest := d.Parts
	for len(rest) > 0 && (rest[0].Name == "preface" || rest[0].Name == "preamble") {
		writePart(put, rest[0])
		rest = rest[1:]
	}
	put("<", body, ">")
	for _, p := range rest {
		writePart(put, p)
	}
	put("</", body, "></", d.Type, "></akomaNtoso>\n")
	return b.Flush()
}

func writePart(put func(...string), p *Part) {
	put("\n<", p.Name, ` eId="`, escape(p.EID), `"`)
	if p.WID != "" {
		put(` wId="`, escape(p.WID), `"`)
	}
	if p.Role != "" {
		put(` name="`, escape(p.Role), `"`)
	}
	put(">")
	if p.Num != "" {
		put("<num>", escape(p.Num), "</num>")
	}
	if p.Heading != "" {
		put("<heading>", escape(p.Heading), "</heading>")
	}
	if p.Text != "" {
		around := "content"
		if len(p.Parts) > 0 {
			around = "intro"
		}
		if p.Name == "preface" || p.Name == "preamble" {
			around = ""
		}
		if around != "" {
			put("<", around, ">")
		}
		for l := range strings.SplitSeq(p.Text, "\n") {
			put("<p>", escape(l), "</p>")
		}
		if around != "" {
			put("</", around, ">")
		}
	}
	for _, c := range p.Parts {
		writePart(put, c)
	}
	put("</", p.Name, ">")
}

// escape escapes a text for an element or an attribute. What XML cannot hold becomes the sign for that.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder never fails
	return b.String()
}
