// Package packed reads embedded files that the release may have compressed.
//
// The files stand in the tree as people write them, and "go build" embeds them so. The release
// (tools/release) puts a gzip file in the place of each text of a few folders, under the same name:
// catalogue, templates, migrations and tables take a third of their room. Who reads them through [FS]
// does not see the difference.
//
// Trust: embedded files are trusted as code is. It imports only the standard library.
package packed

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"io/fs"
)

// magic begins every gzip file, and no text.
var magic = []byte{0x1f, 0x8b}

// FS shows embedded files as they were written. Only the size that a folder tells of a file is
// the embedded one.
type FS struct{ files embed.FS }

// Of wraps embedded files.
func Of(files embed.FS) FS { return FS{files} }

// ReadFile returns a file as it was written.
func (f FS) ReadFile(name string) ([]byte, error) {
	data, err := f.files.ReadFile(name)
	if err != nil || !bytes.HasPrefix(data, magic) {
		return data, err
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("embedded file %s: %w", name, err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("embedded file %s: %w", name, err)
	}
	return text, nil
}

// ReadDir lists a folder.
func (f FS) ReadDir(name string) ([]fs.DirEntry, error) { return f.files.ReadDir(name) }

// Open opens a folder, or a file as it was written.
func (f FS) Open(name string) (fs.File, error) {
	plain, err := f.files.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := plain.Stat()
	if err != nil || info.IsDir() {
		return plain, err
	}
	text, err := f.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return &file{File: plain, Reader: bytes.NewReader(text)}, nil
}

// file is an open file: the text instead of the bytes that are embedded.
type file struct {
	fs.File
	*bytes.Reader
}

// Read reads the text.
func (f *file) Read(b []byte) (int, error) { return f.Reader.Read(b) }

// Stat tells the size of the text.
func (f *file) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	return sized{info, f.Reader.Size()}, err
}

// sized is the description of a file, with the size of its text.
type sized struct {
	fs.FileInfo
	size int64
}

// Size is the length of the text.
func (s sized) Size() int64 { return s.size }
