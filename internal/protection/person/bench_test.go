package person

import (
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// benchCase is a case with a name, a birth and a telephone.
func benchCase(b *testing.B) (*desk, auth.Actor, casefile.ID) {
	d := newDesk(b)
	worker := d.staff(orgA, "worker", auth.SupportWorker)
	of := d.begin(worker)
	d.call(worker, of, Name{Text: "Selam Haile"})
	d.born(worker, of, birthOf("2009-01-01", "2009-12-31"))
	d.phone(worker, of, "+44 7700 900123")
	return d, worker, of
}

// BenchmarkOpen opens a file as a page does, its ledger entry included.
func BenchmarkOpen(b *testing.B) {
	d, worker, of := benchCase(b)
	if f := d.file(worker, of); f.Names.Value.List[0].Text != "Selam Haile" || !f.Standing().Safeguards {
		b.Fatal("the file is not what was kept")
	}
	for b.Loop() {
		d.file(worker, of)
	}
}

// BenchmarkKeep changes the names, with opening, sealing, index and ledger.
func BenchmarkKeep(b *testing.B) {
	d, worker, of := benchCase(b)
	version := d.file(worker, of).Marks[OfNames].Version
	for b.Loop() {
		d.must(d.SetNames(b.Context(), worker, of, Seen{Version: version}, is(Names{List: []Name{{Text: "Selam Haile"}}})))
		version++
	}
	if got := d.file(worker, of).Marks[OfNames].Version; got != version {
		b.Fatalf("version %d, want %d", got, version)
	}
}
