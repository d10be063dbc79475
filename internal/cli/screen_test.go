package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// A label of a file cannot steer the terminal of whoever lists it.
func TestScreenShowsControlCharacters(t *testing.T) {
	cases := map[string]string{
		"Nights\tin a house\n": "Nights\tin a house\n", "\r12 %": "\r12 %", "café، مأوى · 夜": "café، مأوى · 夜",
		"\x1b]0;renamed\a":      "?]0;renamed?",
		"\x1b[2J\x08\x7f":       "?[2J??",
		"a\u009b31mb":           "a?31mb",
		"non-breaking\u00a0gap": "non-breaking\u00a0gap",
	}
	for given, want := range cases {
		var b bytes.Buffer
		n, err := io.WriteString(screen{to: &b}, given)
		if err != nil || n != len(given) || b.String() != want {
			t.Errorf("%q: %q, %d bytes, %v; want %q", given, b.String(), n, err, want)
		}
	}
}

// Files and pipes get the bytes as they are.
func TestFilesAreNoScreen(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, guarded := newScreen(f).(screen); guarded {
		t.Error("a file is treated as a terminal")
	}
}
