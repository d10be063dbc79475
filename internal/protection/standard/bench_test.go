package standard_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/standard"
	"github.com/fourfold/fourfold/internal/vault"
	"github.com/fourfold/fourfold/internal/vault/blind"
)

// invented writes n records of HTCDS 2.0 with what a case has on average: names, birth, languages, citizenship, a telephone,
// and the codes of what happened.
func invented(w io.Writer, n int) error {
	if _, err := fmt.Fprintln(w, "prs_FirstName,prs_SecondName,prs_Birthdate,prs_Gender,prs_PrimaryLanguage,prs_Citizenship,prs_MobilePhone,"+
		"vic_TypeOfExploitation,vic_MethodsOfControl,vic_MethodOfRecruitment,cas_IncomingReferralDate,cas_IncomingReferralDetails"); err != nil {
		return err
	}
	first := []string{"Selam", "Hanh", "Ioana", "Blessing", "Fatima", "Rosa", "Amina", "Chidi", "Luca", "Ola"}
	last := []string{"Haile", "Nguyen", "Pop", "Okafor", "Rahimi", "Quispe", "Diallo", "Eze", "Marku", "Bello"}
	for i := range n {
		// One in ten is a child: their tasks are made too.
		year := 1970 + i%36
		if i%10 == 0 {
			year = 2009 + i%8
		}
		_, err := fmt.Fprintf(w, "%s%d,%s,%d-%02d-%02d,%s,%s,%s,+44 7700 %06d,%s,%s,%s,2026-05-%02d,Came by the helpline (invented).\n",
			first[i%10], i, last[i/10%10], year, 1+i%12, 1+i%28, []string{"Feminine", "Masculine"}[i%2], []string{"tir", "vie", "ron"}[i%3],
			[]string{"ER", "VN", "RO"}[i%3], i%1000000, []string{"ForcedLabour", "SexualExploitation;ForcedBegging"}[i%2],
			[]string{"DebtBondage;WithholdsDocuments", "PhysicalThreats"}[i%2], "AtWork", 1+i%28)
		if err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkImport takes a file of FOURFOLD_BENCH_RECORDS records in, 10,000 when unset: read twice, sealed, indexed and
// entered. It checks that the last one is found by name and that the vault finds nothing wrong.
func BenchmarkImport(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("FOURFOLD_BENCH_RECORDS"))
	if err != nil {
		n = 10_000
	}
	path := filepath.Join(b.TempDir(), "cases.csv")
	out, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	if err := invented(out, n); err != nil {
		b.Fatal(err)
	}
	if err := out.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.StopTimer()
		h := newHouse(b)
		f := h.file("htcds", "2.0", standard.CSV, "")
		f.Open = func() (io.ReadCloser, error) { return os.Open(path) }
		var peak uint64
		f.Progress = func(kept int64) {
			if kept%10_000 < 250 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapAlloc)
			}
		}
		b.StartTimer()
		r, err := h.Import(b.Context(), h.chief, f)
		b.StopTimer()
		if err != nil || r.Cases != n {
			b.Fatal(r, err)
		}
		b.ReportMetric(float64(peak)/1e6, "MB-heap")
		name := fmt.Sprintf("%s%d", []string{"Selam", "Hanh", "Ioana", "Blessing", "Fatima", "Rosa", "Amina", "Chidi", "Luca", "Ola"}[(n-1)%10], n-1)
		a, err := h.index.Search(b.Context(), h.chief, blind.Query{Name: private.New(name), Why: vault.Why{Purpose: "look-up", Scope: string(h.list()[0].ID())}})
		if err != nil || len(a.Candidates) == 0 {
			b.Fatalf("%s is not found: %v", name, err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(n)/(b.Elapsed().Seconds()/float64(b.N)), "records/s")
}
