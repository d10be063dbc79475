package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pack builds an npm archive in memory.
func pack(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	zipped := gzip.NewWriter(&buf)
	archive := tar.NewWriter(zipped)
	for name, text := range files {
		if err := archive.WriteHeader(&tar.Header{Name: "package/" + name, Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(archive, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func integrity(archive []byte) string {
	s := sha512.Sum512(archive)
	return "sha512-" + base64.StdEncoding.EncodeToString(s[:])
}

// sample returns an archive, a lock that fits it, and a folder in which the lock is written.
func sample(t *testing.T) ([]byte, lock, string) {
	t.Helper()
	archive := pack(t, map[string]string{"a.js": "one\n", "LICENSE": "free\n"})
	l := lock{Packages: []lockedPackage{{
		Name: "sample", Version: "1.2.3", Integrity: integrity(archive), Licence: "0BSD",
		Files: []lockedFile{
			{From: "a.js", To: "web/a.js", SHA256: sum([]byte("one\n"))},
			{From: "LICENSE", To: "web/a.LICENSE.txt", SHA256: sum([]byte("free\n"))},
		},
	}}}
	return archive, l, t.TempDir()
}

func runWith(t *testing.T, dir string, l lock, archive []byte, args ...string) error {
	t.Helper()
	data, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "lock.json")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	args = append([]string{"-lock", name, "-root", dir}, args...)
	return run(t.Context(), args, io.Discard, func(context.Context, lockedPackage) ([]byte, error) { return archive, nil })
}

func TestWriteThenCheck(t *testing.T) {
	archive, l, dir := sample(t)
	if err := runWith(t, dir, l, archive, "-check"); err == nil {
		t.Fatal("-check passed although no file had been written")
	}
	if err := runWith(t, dir, l, archive); err != nil {
		t.Fatal(err)
	}
	if err := runWith(t, dir, l, archive, "-check"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "web", "a.js"), []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := runWith(t, dir, l, archive, "-check")
	if err == nil || !strings.Contains(err.Error(), "web/a.js differs") {
		t.Fatalf("one byte less in a.js: got %v, want a difference that names it", err)
	}
}

func TestRefused(t *testing.T) {
	other := pack(t, map[string]string{"a.js": "two\n", "LICENSE": "free\n"})
	for _, c := range []struct {
		name, want string
		spoil      func(l *lock, archive *[]byte)
	}{
		{"another archive", "SHA-512", func(_ *lock, a *[]byte) { *a = other }},
		{"archive locked, file not", "sha256", func(l *lock, a *[]byte) { *a = other; l.Packages[0].Integrity = integrity(other) }},
		{"file not in the package", "holds no file", func(l *lock, _ *[]byte) { l.Packages[0].Files[0].From = "b.js" }},
		{"outside the repository", "inside the repository", func(l *lock, _ *[]byte) { l.Packages[0].Files[0].To = "../a.js" }},
		{"range of versions", "exact", func(l *lock, _ *[]byte) { l.Packages[0].Version = "^1.2.3" }},
		{"no licence text", "licence text", func(l *lock, _ *[]byte) { l.Packages[0].Files = l.Packages[0].Files[:1] }},
		{"weak integrity", "integrity", func(l *lock, _ *[]byte) { l.Packages[0].Integrity = "sha1-AAAA" }},
		{"the same file twice", "twice", func(l *lock, _ *[]byte) { l.Packages[0].Files[1].To = "web/a.js" }},
		{"nothing locked", "no package", func(l *lock, _ *[]byte) { l.Packages = nil }},
		{"not an archive", "unpack", func(l *lock, a *[]byte) {
			*a = []byte("plain")
			l.Packages[0].Integrity = integrity(*a)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			archive, l, dir := sample(t)
			c.spoil(&l, &archive)
			err := runWith(t, dir, l, archive)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want an error with %q", err, c.want)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "web", "*")); len(left) > 0 {
				t.Fatalf("refused, but wrote %v", left)
			}
		})
	}
}

// TestRepository checks the committed bytes against the lock with no network: -check does the same
// against the packages themselves.
func TestRepository(t *testing.T) {
	l, err := readLock("assets.lock.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range l.Packages {
		for _, f := range p.Files {
			data, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(f.To)))
			if err != nil {
				t.Error(err)
			} else if got := sum(data); got != f.SHA256 {
				t.Errorf("%s has sha256 %s, the lock says %s", f.To, got, f.SHA256)
			}
		}
	}
}
