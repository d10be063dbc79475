package identification_test

import (
	"testing"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/identification"
)

// BenchmarkDecision measures decisions of an organisation with sealed reasons, the entry in the ledger, the
// times that end and begin, and their tasks, one after another. Each is a first decision about somebody
// else.
func BenchmarkDecision(b *testing.B) {
	d := newDesk(b, "2026-03-02")
	steps := make([]identification.Taking, 0, b.N)
	for range b.N {
		id, err := d.cases.Open(b.Context(), d.second, casefile.Begin{Reason: "signs-seen"})
		d.must(err)
		p, err := d.Open(b.Context(), d.second, id, "gb-eaw", "")
		d.must(err)
		for _, step := range []string{"presume", "refer"} {
			x := d.taking(p, step, "first-responder")
			x.Case = id
			_, err := d.Take(b.Context(), d.second, x)
			d.must(err)
		}
		x := d.taking(p, "first-positive", "authority")
		x.Case, x.Own, x.Reasons = id, true, private.New("Reasons of some length, as somebody would write them in a few plain sentences.")
		steps = append(steps, x)
	}
	b.ResetTimer()
	for _, x := range steps {
		out, err := d.Take(b.Context(), d.second, x)
		if err != nil || out.Waiting {
			b.Fatalf("%+v: %v", out, err)
		}
	}
	b.StopTimer()
	d.decided(b, len(steps))
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
}

// BenchmarkDecisionsAtOnce is the same by many people at once.
func BenchmarkDecisionsAtOnce(b *testing.B) {
	d := newDesk(b, "2026-03-02")
	steps := make(chan identification.Taking, b.N)
	for range b.N {
		id, err := d.cases.Open(b.Context(), d.second, casefile.Begin{Reason: "signs-seen"})
		d.must(err)
		p, err := d.Open(b.Context(), d.second, id, "gb-eaw", "")
		d.must(err)
		for _, step := range []string{"presume", "refer"} {
			x := d.taking(p, step, "first-responder")
			x.Case = id
			_, err := d.Take(b.Context(), d.second, x)
			d.must(err)
		}
		x := d.taking(p, "first-positive", "authority")
		x.Case, x.Own = id, true
		steps <- x
	}
	b.SetParallelism(8)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if out, err := d.Take(b.Context(), d.second, <-steps); err != nil || out.Waiting {
				b.Errorf("%+v: %v", out, err)
			}
		}
	})
	b.StopTimer()
	d.decided(b, b.N)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
}

// decided checks the answer of a benchmark: so many are protected, each with a time that runs, and each
// decision has its entry.
func (d *desk) decided(b *testing.B, n int) {
	b.Helper()
	for what, q := range map[string]string{
		"procedures": "SELECT count(*) FROM protection_identification WHERE stage = 'protected'",
		"times":      "SELECT count(*) FROM protection_identification_clock WHERE clock = 'recovery' AND due_day = '2026-04-01'",
		"events":     "SELECT count(*) FROM protection_identification_event WHERE step = 'first-positive' AND state = 'done' AND narrative IS NOT NULL",
	} {
		var got int
		err := d.db.Read(b.Context(), func(tx *db.Tx) error { return tx.QueryRow(b.Context(), q).Scan(&got) })
		if err != nil || got != n {
			b.Fatalf("%d %s, want %d: %v", got, what, n, err)
		}
	}
}
