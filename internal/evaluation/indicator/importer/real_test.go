package importer

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/fourfold/fourfold/internal/testdata"
)

func fileOptions(format, path string) Options {
	return Options{
		Format: format, Name: filepath.Base(path),
		Open: func() (io.ReadCloser, error) { return os.Open(path) },
	}
}

// TestKnownFiles reads every reference file. The figures are of the READMEs of the data folders
// (GLOTIP 2025: 58,769 rows, 29,558 "<5", 813 separators; 492 repeated keys, 284 of them with
// different values) and of counting the files with another program.
func TestKnownFiles(t *testing.T) {
	tests := []struct {
		set, file, format              string
		rows, figures, derived         int
		ranges, separators, repeats    int
		disputed, releases, marginsOff int
		released                       string
	}{
		{"uk-nrm", "nrm_referrals_longitudinal.csv", "nrm", 885, 885, 295, 0, 0, 0, 0, 1, 0, "2024-03-07"},
		{"uk-nrm", "nrm_reasonable_grounds.csv", "nrm", 50, 400, 80, 0, 0, 0, 0, 1, 0, "2024-03-07"},
		{"uk-nrm", "nrm_conclusive_grounds.csv", "nrm", 50, 400, 80, 0, 0, 0, 0, 1, 0, "2024-03-07"},
		{"uk-nrm", "nrm_duty_to_notify_longitudinal.csv", "nrm", 42, 33, 0, 0, 0, 0, 0, 1, 0, "2024-03-07"},
		{"uk-nrm", "nrm_referrals_2022Q2_2023Q4.csv.gz", "nrm", 27034, 27034, 14, 0, 0, 0, 0, 7, 0, "2022-08-04"},
		{"uk-nrm", "nrm_referrals_police_2022Q2_2023Q4.csv.gz", "nrm", 21408, 21408, 0, 0, 0, 0, 0, 7, 0, "2022-08-04"},
		{"unodc-glotip", "data_glotip_2025.csv.gz", "glotip", 58769, 58769, 0, 29558, 813, 724, 284, 1, -1, "2025-04-14"},
		{"unodc-glotip", "data_glotip_2024.csv.gz", "glotip", 46556, 46556, 0, 23076, 462, 524, 192, 1, -1, "2024-05-17"},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			o := fileOptions(tt.format, filepath.Join(testdata.Dir(t, tt.set), tt.file))
			out, err := Check(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range out.Problems {
				t.Log(p.Severity, p)
			}
			t.Logf("%+v", out.Releases)
			t.Log(out.MarginsChecked, out.MarginsOff)
			for _, m := range out.Margins[:min(5, len(out.Margins))] {
				t.Logf("%+v", m)
			}
			if !out.OK() {
				t.Fatalf("%d errors", out.ErrorCount)
			}
			got := []int{out.Rows, out.Figures, len(out.Derived), out.Ranges, out.Separators, out.Repeats, out.Disputed, len(out.Releases)}
			want := []int{tt.rows, tt.figures, tt.derived, tt.ranges, tt.separators, tt.repeats, tt.disputed, tt.releases}
			for i := range got {
				if got[i] != want[i] {
					t.Errorf("got %v, want %v", got, want)
					break
				}
			}
			n := 0
			if err := Replay(context.Background(), o, out, func(Figure) error { n++; return nil }); err != nil {
				t.Fatal(err)
			}
			if n != out.Figures+len(out.Derived) {
				t.Errorf("%d figures at the second reading, want %d", n, out.Figures+len(out.Derived))
			}
		})
	}
}
