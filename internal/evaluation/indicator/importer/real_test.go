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
// different values) and of counting the files with another program. Totals of the national tables
// agree with their cells; in the UNODC tables many do not, as the publisher leaves cells out.
func TestKnownFiles(t *testing.T) {
	tests := []struct {
		set, file, format           string
		rows, figures, derived      int
		ranges, separators, repeats int
		disputed, releases          int
		margins, marginsOff         int
		released                    string
	}{
		{"uk-nrm", "nrm_referrals_longitudinal.csv", "nrm", 885, 885, 295, 0, 0, 0, 0, 1, 177, 0, "2024-03-07"},
		{"uk-nrm", "nrm_reasonable_grounds.csv", "nrm", 50, 400, 80, 0, 0, 0, 0, 1, 260, 0, "2024-03-07"},
		{"uk-nrm", "nrm_conclusive_grounds.csv", "nrm", 50, 400, 80, 0, 0, 0, 0, 1, 260, 0, "2024-03-07"},
		{"uk-nrm", "nrm_duty_to_notify_longitudinal.csv", "nrm", 42, 33, 0, 0, 0, 0, 0, 1, 9, 0, "2024-03-07"},
		{"uk-nrm", "nrm_referrals_2022Q2_2023Q4.csv.gz", "nrm", 27034, 27034, 14, 0, 0, 0, 0, 7, 20689, 0, "2022-08-04"},
		{"uk-nrm", "nrm_referrals_police_2022Q2_2023Q4.csv.gz", "nrm", 21408, 21408, 0, 0, 0, 0, 0, 7, 21408, 0, "2022-08-04"},
		{"unodc-glotip", "data_glotip_2025.csv.gz", "glotip", 58769, 58769, 0, 29558, 813, 724, 284, 1, 26477, -1, "2025-04-14"},
		{"unodc-glotip", "data_glotip_2024.csv.gz", "glotip", 46556, 46556, 0, 23076, 462, 524, 192, 1, 19661, -1, "2024-05-17"},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			o := fileOptions(tt.format, filepath.Join(testdata.Dir(t, tt.set), tt.file))
			out, err := Check(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			if !out.OK() {
				t.Fatalf("%d errors: %v", out.ErrorCount, out.Problems)
			}
			if out.MarginsChecked != tt.margins || tt.marginsOff >= 0 && out.MarginsOff != tt.marginsOff {
				t.Errorf("%d totals compared, %d off: %v", out.MarginsChecked, out.MarginsOff, out.Margins)
			}
			if out.Releases[0].ReleasedOn != tt.released {
				t.Errorf("released on %s", out.Releases[0].ReleasedOn)
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
