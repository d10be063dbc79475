package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// Each file of the list stands in the tree, and what goes in its place is the same text.
func TestOverlayHoldsTheSameTexts(t *testing.T) {
	path, err := overlay(filepath.Join("..", ".."), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Replace map[string]string }
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	before, after := 0, 0
	for plain, small := range list.Replace {
		want, err := os.ReadFile(plain)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(small)
		if err != nil {
			t.Fatal(err)
		}
		r, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%s: %v", plain, err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes instead of %d, %v", plain, len(got), len(want), err)
		}
		before, after = before+len(want), after+len(raw)
	}
	t.Logf("%d files, %d bytes instead of %d", len(list.Replace), after, before)
	if after > before/2 {
		t.Error("the files are not half as long as before")
	}
}

func TestOverlayRefusesAnEmptyFolder(t *testing.T) {
	if _, err := overlay(t.TempDir(), t.TempDir()); err == nil {
		t.Error("a tree without the files is taken")
	}
}
