package web

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"text/template/parse"

	"github.com/fourfold/fourfold/internal/packed"
)

//go:embed templates/*.html
var embeddedTemplates embed.FS

var templateFiles = packed.Of(embeddedTemplates)

// pages holds one parsed template set per page: the layout, the parts, and the page.
type pages map[string]*template.Template

// parsePages reads every template once. A file whose name starts with "_" (the layout and the parts)
// is in the set of every page. witness, when given, is called with the name of each template that is
// executed; tests use it to find templates that nothing ever renders.
func parsePages(witness func(name string) string) (pages, error) {
	shared := template.New("shared").Option("missingkey=error")
	if witness != nil {
		shared.Funcs(template.FuncMap{"witness": witness})
	}
	shared, err := shared.ParseFS(templateFiles, "templates/_*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the shared templates: %w", err)
	}
	names, err := fs.Glob(templateFiles, "templates/[^_]*.html")
	if err != nil {
		return nil, err
	}
	all := make(pages, len(names))
	for _, file := range names {
		set, err := shared.Clone()
		if err != nil {
			return nil, err
		}
		if set, err = set.ParseFS(templateFiles, file); err != nil {
			return nil, fmt.Errorf("parse %s: %w", file, err)
		}
		name := strings.TrimSuffix(path.Base(file), ".html")
		if witness != nil {
			if err := instrument(set, name); err != nil {
				return nil, err
			}
		}
		all[name] = set
	}
	return all, nil
}

// instrument makes every template of a set call witness with its name.
func instrument(set *template.Template, page string) error {
	for _, t := range set.Templates() {
		if t.Tree == nil || t.Tree.Root == nil {
			continue
		}
		label := t.Name()
		if label == "main" {
			label = page + "/main"
		}
		call, err := parse.Parse("call", fmt.Sprintf("{{witness %q}}", label), "", "", map[string]any{"witness": 0})
		if err != nil {
			return err
		}
		t.Tree.Root.Nodes = append([]parse.Node{call["call"].Root.Nodes[0]}, t.Tree.Root.Nodes...)
	}
	return nil
}

// render executes a page into a buffer and sends it only when the whole of it succeeded.
func (s *site) render(w http.ResponseWriter, r *http.Request, status int, name string, page any) error {
	set, ok := s.pages[name]
	if !ok {
		return fmt.Errorf("render %s: no such page", name)
	}
	buf := s.buffer()
	defer s.release(buf)
	if err := set.ExecuteTemplate(buf, "layout", page); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	return s.send(w, r, status, "text/html; charset=utf-8", buf.Bytes())
}

// compressFrom is the size in bytes from which compressing is worth a reader's processor.
const compressFrom = 1 << 10

// send writes a whole body with its length, compressed when the reader takes gzip.
func (s *site) send(w http.ResponseWriter, r *http.Request, status int, contentType string, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Add("Vary", "Accept-Encoding")
	if len(body) >= compressFrom && takesGzip(r.Header.Get("Accept-Encoding")) {
		buf := s.buffer()
		defer s.release(buf)
		if err := s.zip(buf, body); err != nil {
			return fmt.Errorf("compress the answer: %w", err)
		}
		h.Set("Content-Encoding", "gzip")
		body = buf.Bytes()
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	// What cannot be written any more has no reader: there is nobody to tell.
	_, _ = w.Write(body)
	return nil
}

// download sends a file made by write under a name that says nothing personal. The file is made
// whole before the first byte leaves, so an error becomes an error page and not half a file.
func (s *site) download(w http.ResponseWriter, r *http.Request, name, contentType string, write func(io.Writer) error) error {
	buf := s.buffer()
	defer s.release(buf)
	if err := write(buf); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	return s.send(w, r, http.StatusOK, contentType, buf.Bytes())
}

// seeOther sends the reader on after a change, so that reloading repeats nothing.
func (s *site) seeOther(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func (s *site) zip(to io.Writer, body []byte) error {
	z := s.zippers.Get().(*gzip.Writer)
	defer s.zippers.Put(z)
	z.Reset(to)
	if _, err := z.Write(body); err != nil {
		return err
	}
	return z.Close()
}

// takesGzip reads an Accept-Encoding header: gzip is named, or everything is, and not with q=0.
func takesGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		if name = strings.TrimSpace(name); name != "gzip" && name != "*" {
			continue
		}
		q, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !ok {
			return true
		}
		weight, err := strconv.ParseFloat(q, 64)
		return err == nil && weight > 0
	}
	return false
}

// keepBuffer is the largest buffer, in bytes, that is kept for the next page.
const keepBuffer = 1 << 20

func newBuffers() *sync.Pool { return &sync.Pool{New: func() any { return new(bytes.Buffer) }} }

func newZippers() *sync.Pool {
	return &sync.Pool{New: func() any {
		z, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed+2) // the level is valid, so is the writer
		return z
	}}
}

func (s *site) buffer() *bytes.Buffer {
	buf := s.buffers.Get().(*bytes.Buffer)
	buf.Reset()
	return buf
}

func (s *site) release(buf *bytes.Buffer) {
	if buf.Cap() <= keepBuffer {
		s.buffers.Put(buf)
	}
}
