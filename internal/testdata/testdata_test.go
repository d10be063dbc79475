package testdata

import "testing"

// watched writes down how a test would have ended first.
type watched struct {
	testing.TB
	ended string
}

func (w *watched) Helper()               {}
func (w *watched) Fatalf(string, ...any) { w.end("failed") }
func (w *watched) Skipf(string, ...any)  { w.end("skipped") }

func (w *watched) end(how string) {
	if w.ended == "" {
		w.ended = how
	}
}

// What is missing is a skip for whoever has a laptop, and a failure where everything is promised.
func TestAbsent(t *testing.T) {
	for all, want := range map[string]string{"1": "failed", "": "skipped"} {
		t.Setenv("FOURFOLD_TEST_ALL", all)
		t.Setenv("FOURFOLD_DATA", t.TempDir())
		for name, lack := range map[string]func(testing.TB){
			"something": func(t testing.TB) { Absent(t, "Chromium", "install it") },
			"a folder":  func(t testing.TB) { Dir(t, "uk-nrm") },
		} {
			w := &watched{TB: t}
			if lack(w); w.ended != want {
				t.Errorf("%s with FOURFOLD_TEST_ALL=%q: %q", name, all, w.ended)
			}
		}
	}
}
