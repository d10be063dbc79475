package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFileNamesAreDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, target := range targets() {
		name := target.file("1.2.3")
		if seen[name] {
			t.Errorf("%s is made twice", name)
		}
		seen[name] = true
	}
	for _, want := range []string{"fourfold_1.2.3_linux_amd64", "fourfold_1.2.3_windows_arm64.exe", "fourfold_1.2.3_darwin_arm64"} {
		if !seen[want] {
			t.Errorf("%s is missing", want)
		}
	}
}

// The SHA-256 of "abc" is the example of FIPS 180-4.
func TestDigest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	sum, size, err := digest(path)
	if err != nil || size != 3 || sum != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("digest = %s, %d, %v", sum, size, err)
	}
}
