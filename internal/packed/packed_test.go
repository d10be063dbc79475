package packed_test

import (
	"embed"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/packed"
)

// plain.txt is a text, packed.txt the same one as the release embeds it, broken.txt its first half.
//
//go:embed testdata/*.txt
var files embed.FS

func TestReadsEitherWay(t *testing.T) {
	want, err := os.ReadFile("testdata/plain.txt")
	if err != nil || len(want) == 0 {
		t.Fatal(len(want), err)
	}
	if raw, err := files.ReadFile("testdata/packed.txt"); err != nil || string(raw) == string(want) {
		t.Fatalf("the packed file is not packed: %v", err)
	}
	root := packed.Of(files)
	below, err := fs.Sub(root, "testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"plain.txt", "packed.txt"} {
		if got, err := fs.ReadFile(below, name); err != nil || string(got) != string(want) {
			t.Errorf("%s, read at once: %d bytes, %v", name, len(got), err)
		}
		f, err := root.Open("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(f)
		if err != nil || string(got) != string(want) {
			t.Errorf("%s, read through Open: %d bytes, %v", name, len(got), err)
		}
		if info, err := f.Stat(); err != nil || info.Size() != int64(len(want)) || info.Name() != name {
			t.Errorf("%s: %v, %v", name, info, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestFoldersAndAbsentFiles(t *testing.T) {
	root := packed.Of(files)
	names, err := fs.Glob(root, "testdata/*.txt")
	if err != nil || strings.Join(names, " ") != "testdata/broken.txt testdata/packed.txt testdata/plain.txt" {
		t.Errorf("%v, %v", names, err)
	}
	folder, err := root.Open("testdata")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := folder.Stat(); err != nil || !info.IsDir() {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := root.ReadFile("testdata/absent.txt"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := root.Open("testdata/absent.txt"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestDamagedFile(t *testing.T) {
	root := packed.Of(files)
	if text, err := root.ReadFile("testdata/broken.txt"); err == nil {
		t.Errorf("half a file is read as %d bytes", len(text))
	}
	if _, err := root.Open("testdata/broken.txt"); err == nil {
		t.Error("half a file opens")
	}
}
