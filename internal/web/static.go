package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/fourfold/fourfold/internal/packed"
)

//go:embed css
var embeddedStyles embed.FS

//go:embed static js
var embeddedStatic embed.FS

var (
	styleFiles  = packed.Of(embeddedStyles)
	staticFiles = packed.Of(embeddedStatic)
)

// styleSheet is the name of the one style sheet, assembled from css/ in the order of file names.
const styleSheet = "fourfold.css"

// asset is one static file. Its address holds a hash of its bytes, so a browser may keep it for ever.
type asset struct {
	path   string
	mime   string
	raw    []byte
	zipped func() []byte
}

// assets is the set of static files, by plain name and by address.
type assets struct {
	byName map[string]*asset
	byPath map[string]*asset
}

// Path returns the address of a static file by its plain name, or "" when there is none.
func (a *assets) Path(name string) string {
	if file, ok := a.byName[name]; ok {
		return file.path
	}
	return ""
}

// loadAssets reads the embedded files and assembles the style sheet.
func loadAssets(extraStyle ...string) (*assets, error) {
	set := &assets{byName: map[string]*asset{}, byPath: map[string]*asset{}}
	sheet, err := assembleStyle(extraStyle...)
	if err != nil {
		return nil, err
	}
	set.add(styleSheet, sheet)
	err = fs.WalkDir(staticFiles, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := staticFiles.ReadFile(name)
		if err != nil {
			return err
		}
		set.add(path.Base(name), raw)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the static files: %w", err)
	}
	return set, nil
}

// assembleStyle joins the files of css/ in the order of their names, then the extra sheets.
func assembleStyle(extra ...string) ([]byte, error) {
	names, err := fs.Glob(styleFiles, "css/*.css")
	if err != nil {
		return nil, err
	}
	var sheet bytes.Buffer
	for _, name := range names {
		raw, err := styleFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		sheet.Write(raw)
	}
	for _, css := range extra {
		sheet.WriteString(css)
	}
	return tidy(sheet.Bytes()), nil
}

// What a style sheet holds for its authors only: comments, line ends and indents.
var (
	styleComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	styleBreak   = regexp.MustCompile(`\s*\n\s*`)
	styleSeam    = regexp.MustCompile(`\s*([{};])\s*`)
)

// tidy drops from a style sheet what no browser reads. Strings in it must not hold braces or
// semicolons.
func tidy(sheet []byte) []byte {
	sheet = styleComment.ReplaceAll(sheet, nil)
	sheet = styleBreak.ReplaceAll(sheet, []byte("\n"))
	return styleSeam.ReplaceAll(sheet, []byte("$1"))
}

func (a *assets) add(name string, raw []byte) {
	sum := sha256.Sum256(raw)
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
	file := &asset{path: "/static/" + hashed, mime: mime.TypeByExtension(ext), raw: raw}
	file.zipped = sync.OnceValue(func() []byte { return squeeze(raw) })
	a.byName[name] = file
	a.byPath[file.path] = file
}

// squeeze compresses bytes that are served often, as small as gzip makes them.
func squeeze(raw []byte) []byte {
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return raw
	}
	if _, err := z.Write(raw); err != nil || z.Close() != nil {
		return raw
	}
	return buf.Bytes()
}

// ServeHTTP answers /static/…. An address with an old hash is not found, never silently another file.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	file, ok := a.byPath[r.URL.Path]
	if !ok {
		http.Error(w, "no such file", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", file.mime)
	h.Add("Vary", "Accept-Encoding")
	body := file.raw
	if takesGzip(r.Header.Get("Accept-Encoding")) {
		body = file.zipped()
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}
