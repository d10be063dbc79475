package web

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// wholeFile is the most bytes of a file that is sent in one form, without a script. With one it goes in
// pieces, of any size that the node takes.
const wholeFile = 16 << 20

// pieceLimit is the most bytes of one piece.
const pieceLimit = 4 << 20

func (s *Server) caseFileRoutes() []route {
	return []route{
		{"GET", "/cases/{case}/files", Staff, May(auth.ReadCases), s.caseFiles, 0},
		{"POST", "/cases/{case}/files", Staff, May(auth.WorkCases), s.attachFile, wholeFile + 1<<16},
		{"POST", "/cases/{case}/files/begin", Staff, May(auth.WorkCases), s.beginFile, 0},
		{"POST", "/cases/{case}/files/{file}", Staff, May(auth.ReadCases), s.openFile, 0},
		{"POST", "/cases/{case}/files/{file}/piece", Staff, May(auth.WorkCases), s.filePiece, pieceLimit},
		{"POST", "/cases/{case}/files/{file}/remove", Staff, May(auth.WorkCases), s.removeFile, 0},
	}
}

// fileList is the files of a case.
type fileList struct {
	caseHead
	Files  []fileRow
	Coming []fileRow // on their way
	Limit  string
}

// fileRow is a file, unopened: its name is sealed with it.
type fileRow struct {
	Path, By, At string
	Marked       bool   // it may tell more than it shows
	Arrived      string // how much, of one on its way
}

func (s *Server) caseFiles(w http.ResponseWriter, r *http.Request) error {
	return s.filesAgain(w, r, nil)
}

func (s *Server) filesAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	page := fileList{Limit: p.Int(wholeFile >> 20)}
	if page.caseHead, err = s.caseHead(r, c, "/files", p.T("Files")); err != nil {
		return err
	}
	page.Mend = mend
	files, err := s.app.Cases.Attachments(r.Context(), v.actor, c)
	if err != nil {
		return err
	}
	names, _, err := s.names(r.Context(), v)
	if err != nil {
		return err
	}
	for _, f := range files {
		page.Files = append(page.Files, fileRow{
			Path: page.At("/files/" + string(f.ID)), By: nameOf(p, names, f.AddedBy),
			At: p.DateTime(f.AddedAt, v.actor.Zone), Marked: f.Metadata == blob.Kept,
		})
	}
	coming, err := s.app.Cases.Coming(r.Context(), v.actor, c)
	if err != nil {
		return err
	}
	for _, f := range coming {
		page.Coming = append(page.Coming, fileRow{
			At: p.DateTime(f.Since, v.actor.Zone), Arrived: p.T("%s MB are safe", p.Number(float64(f.Safe)/(1<<20), 1)),
		})
	}
	return s.renderMend(w, r, "case_files", page, mend)
}

// attachFile takes a whole file in one form.
func (s *Server) attachFile(w http.ResponseWriter, r *http.Request) error {
	id := casefile.ID(r.PathValue("case"))
	if _, err := s.caseOf(r); err != nil {
		return err
	}
	name, content, err := formFile(r)
	if err == nil {
		err = s.takeWhole(r, id, name, content)
	}
	mend, err := toMend(visitOf(r).printer, err, "file")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.filesAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/cases/"+string(id)+"/files")
}

// takeWhole takes a file that lies in memory; what had arrived of it before is not sent again.
func (s *Server) takeWhole(r *http.Request, id casefile.ID, name string, content []byte) error {
	actor := actorOf(r)
	file, safe, err := s.app.Cases.Attach(r.Context(), actor, id, private.New(name), int64(len(content)))
	if err != nil {
		return err
	}
	if _, err := s.app.Cases.Send(r.Context(), actor, id, file, safe, &reader{content[safe:]}); err != nil {
		return err
	}
	_, err = s.app.Cases.Keep(r.Context(), actor, id, file)
	return err
}

// reader reads what lies in memory and forgets what was read.
type reader struct{ rest []byte }

func (b *reader) Read(p []byte) (int, error) {
	if len(b.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, b.rest)
	clear(b.rest[:n])
	b.rest = b.rest[n:]
	return n, nil
}

// formFile reads the one file of a form into memory: never to a disk, where it would lie in clear.
func formFile(r *http.Request) (name string, content []byte, err error) {
	empty := fault.New(fault.Invalid, "No file was chosen.").WithField("file", "Choose a file.")
	parts, err := r.MultipartReader()
	if err != nil {
		return "", nil, empty
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return "", nil, empty
		}
		if err != nil {
			return "", nil, tooLarge(err)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		return readPart(part)
	}
}

func readPart(part *multipart.Part) (string, []byte, error) {
	content, err := io.ReadAll(io.LimitReader(part, wholeFile+1))
	if err != nil {
		return "", nil, tooLarge(err)
	}
	if len(content) > wholeFile {
		return "", nil, fault.New(fault.TooLarge, "The file is too large to be sent at once.").
			WithField("file", "Use a browser that runs scripts: then it goes in pieces.")
	}
	return part.FileName(), content, nil
}

// beginFile makes room for a file that a script sends in pieces, or finds the one that stopped. The answer
// is its identifier, and how many bytes of it are safe.
func (s *Server) beginFile(w http.ResponseWriter, r *http.Request) error {
	id := casefile.ID(r.PathValue("case"))
	size, err := strconv.ParseInt(r.PostFormValue("size"), 10, 64)
	if err != nil {
		size = 0 // refused as empty
	}
	file, safe, err := s.app.Cases.Attach(r.Context(), actorOf(r), id, private.New(r.PostFormValue("name")), size)
	if err != nil {
		return err
	}
	return s.send(w, r, http.StatusOK, "text/plain; charset=utf-8", fmt.Appendf(nil, "%s %d", file, safe))
}

// filePiece takes what follows at an offset, and keeps the file when it is whole. The answer is how many
// bytes are safe: the sender goes on from there, also after the line broke. A request without a body asks.
func (s *Server) filePiece(w http.ResponseWriter, r *http.Request) error {
	id, file, actor := casefile.ID(r.PathValue("case")), blob.ID(r.PathValue("file")), actorOf(r)
	offset, err := strconv.ParseInt(r.URL.Query().Get("from"), 10, 64)
	if err != nil {
		offset = 0
	}
	safe, err := int64(0), error(nil)
	if r.ContentLength == 0 {
		safe, err = s.app.Cases.Arrived(r.Context(), actor, id, file)
	} else {
		safe, err = s.app.Cases.Send(r.Context(), actor, id, file, offset, r.Body)
	}
	if err != nil {
		return err
	}
	if r.URL.Query().Get("last") == strconv.FormatInt(safe, 10) {
		if _, err := s.app.Cases.Keep(r.Context(), actor, id, file); err != nil {
			return err
		}
	}
	return s.send(w, r, http.StatusOK, "text/plain; charset=utf-8", strconv.AppendInt(nil, safe, 10))
}

// openFile sends a file. It is saved under a name that says nothing; the real one stands in its place on
// the page of nobody.
func (s *Server) openFile(w http.ResponseWriter, r *http.Request) error {
	c, err := s.caseOf(r)
	if err != nil {
		return err
	}
	content, err := s.app.Cases.OpenAttachment(r.Context(), actorOf(r), c, blob.ID(r.PathValue("file")), support)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", `attachment; filename="file`+extension(content.Kind)+`"`)
	h.Set("Content-Length", strconv.FormatInt(content.Size, 10))
	_, err = io.Copy(w, content)
	return err
}

// extension is the ending of a file that was recognised; "" for others.
func extension(kind string) string {
	return map[string]string{
		"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "application/pdf": ".pdf", "text/plain": ".txt",
		"audio/mpeg": ".mp3", "video/mp4": ".mp4",
	}[kind]
}

func (s *Server) removeFile(w http.ResponseWriter, r *http.Request) error {
	id := casefile.ID(r.PathValue("case"))
	if err := s.app.Cases.RemoveAttachment(r.Context(), actorOf(r), id, blob.ID(r.PathValue("file"))); err != nil {
		return err
	}
	return s.seeOther(w, r, "/cases/"+string(id)+"/files")
}
