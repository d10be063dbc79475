package indicator

import (
	"path/filepath"
	"testing"

	"github.com/fourfold/fourfold/internal/testdata"
)

// BenchmarkImportGLOTIP imports 58,769 rows into an empty node, indexes and both passes included.
func BenchmarkImportGLOTIP(b *testing.B) {
	path := filepath.Join(testdata.Dir(b, "unodc-glotip"), "data_glotip_2025.csv.gz")
	for range b.N {
		b.StopTimer()
		r, a := room(b)
		b.StartTimer()
		report, err := r.Import(b.Context(), a, Import{Format: "glotip", Path: path})
		if err != nil || report.Saved != 58769 {
			b.Fatalf("saved %d: %v", report.Saved, err)
		}
	}
}
