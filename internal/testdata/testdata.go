// Package testdata finds what a test needs from outside the source tree
// (reference data, a PostgreSQL server, a browser) and decides what happens when it is absent.
//
// A test that lacks something skips with one line that says how to get it. With
// FOURFOLD_TEST_ALL=1, which continuous integration sets, lacking it is a failure: a skipped
// test must never be counted as a passed one.
package testdata

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Absent ends the test because something it needs is missing: a skip, or a failure when
// FOURFOLD_TEST_ALL=1. The message says what is missing and how to get it.
func Absent(t testing.TB, what, remedy string) {
	t.Helper()
	if os.Getenv("FOURFOLD_TEST_ALL") == "1" {
		t.Fatalf("%s is missing and FOURFOLD_TEST_ALL=1: %s", what, remedy)
	}
	t.Skipf("needs %s: %s", what, remedy)
}

// Dir returns the folder of one reference data set, for example "uk-nrm". The data stand in
// ../shared/data beside the repository, or in the folder that FOURFOLD_DATA names.
func Dir(t testing.TB, set string) string {
	t.Helper()
	root := os.Getenv("FOURFOLD_DATA")
	if root == "" {
		root = filepath.Join(Root(t), "..", "shared", "data")
	}
	dir := filepath.Join(root, set)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		Absent(t, "reference data "+set, "set FOURFOLD_DATA to the folder that holds it (see docs/overview.md)")
	}
	return dir
}

// Root returns the root of the source tree.
func Root(t testing.TB) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("the source path of this test is unknown; build without -trimpath")
	}
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}
