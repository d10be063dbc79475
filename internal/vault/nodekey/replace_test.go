package nodekey

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
)

func phrase(words string) func(context.Context) (private.Text, error) {
	return func(context.Context) (private.Text, error) { return private.New(words), nil }
}

// TestReplaceIsInterrupted stops a replacement after each step and wants the key that the keyring
// stands under, and no other file.
func TestReplaceIsInterrupted(t *testing.T) {
	first, second := New(), New()
	for _, c := range []struct {
		name string
		left func(t *testing.T, f File)
		ring ID
		want ID
	}{
		{"nothing happened", func(*testing.T, File) {}, first.ID(), first.ID()},
		{"half of the new file", func(t *testing.T, f File) { put(t, f.Path+".new", "fourfold no") }, first.ID(), first.ID()},
		{"the new file is there", func(t *testing.T, f File) { prepare(t, f, second) }, first.ID(), first.ID()},
		{"the keyring is under the new key", func(t *testing.T, f File) { prepare(t, f, second) }, second.ID(), second.ID()},
		{"the old name was kept", func(t *testing.T, f File) {
			prepare(t, f, second)
			link(t, f)
		}, second.ID(), second.ID()},
		{"the old name was kept, and the keyring is the old one", func(t *testing.T, f File) {
			prepare(t, f, second)
			link(t, f)
		}, first.ID(), first.ID()},
		{"renamed, the old bytes are there", func(t *testing.T, f File) {
			prepare(t, f, second)
			link(t, f)
			if err := os.Rename(f.Path+".new", f.Path); err != nil {
				t.Fatal(err)
			}
		}, second.ID(), second.ID()},
	} {
		f := File{Path: filepath.Join(t.TempDir(), "node.key")}
		if err := f.Write(t.Context(), first); err != nil {
			t.Fatal(err)
		}
		c.left(t, f)
		if err := f.Settle(c.ring); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		k, err := f.NodeKey(t.Context())
		if err != nil || k.ID() != c.want {
			t.Errorf("%s: another key, or %v", c.name, err)
		}
		if left, _ := filepath.Glob(f.Path + ".*"); len(left) > 0 {
			t.Errorf("%s: left %v", c.name, left)
		}
	}
}

func prepare(t *testing.T, f File, k Key) {
	t.Helper()
	if err := f.Prepare(t.Context(), k); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, f File) {
	t.Helper()
	if err := os.Link(f.Path, f.Path+".old"); err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestRelock gives a key a pass phrase, another one, and none; the clear bytes of the first file are
// overwritten.
func TestRelock(t *testing.T) {
	k := New()
	open := File{Path: filepath.Join(t.TempDir(), "node.key")}
	one, other := open, open
	one.Phrase, other.Phrase = phrase("one"), phrase("other")
	if err := open.Write(t.Context(), k); err != nil {
		t.Fatal(err)
	}
	clearText, _ := os.ReadFile(open.Path)
	blocks, err := os.Open(open.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = blocks.Close() }()
	for i, step := range []struct{ from, to File }{{open, one}, {one, other}, {other, open}} {
		if err := step.from.Relock(t.Context(), step.to); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		if locked, err := open.Locked(); locked != (i < 2) || err != nil {
			t.Errorf("step %d: locked %v %v", i, locked, err)
		}
		if got, err := step.to.NodeKey(t.Context()); err != nil || got.ID() != k.ID() {
			t.Errorf("step %d: %v", i, err)
		}
	}
	left := make([]byte, len(clearText))
	if n, _ := blocks.ReadAt(left, 0); n == 0 || bytes.Contains(left, clearText[60:90]) {
		t.Error("the key in clear is still on the disk")
	}
	if err := open.Relock(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	if err := other.Relock(t.Context(), open); fault.KindOf(err) != fault.Denied {
		t.Errorf("relocked with a wrong pass phrase: %v", err)
	}
	if _, err := (File{Path: filepath.Join(t.TempDir(), "none")}).Locked(); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a file that is not there: %v", err)
	}
}
