package vocab

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/testdata"
)

// column returns the distinct values of one or more columns of a CSV file, joined by tabs.
func column(t *testing.T, path string, names ...string) []string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var from io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if from, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	r := csv.NewReader(from)
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	head = slices.Clone(head)
	seen := make(map[string]bool)
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		var parts []string
		for _, n := range names {
			at := slices.IndexFunc(head, func(h string) bool { return strings.TrimPrefix(h, "\uFEFF") == n })
			if at < 0 {
				t.Fatalf("%s has no column %q", path, n)
			}
			parts = append(parts, row[at])
		}
		seen[strings.Join(parts, "\t")] = true
	}
	out := make([]string, 0, len(seen))
	for v := range seen {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}

// Every area of both vintages resolves, by its code or, where the file has none, by its name.
func TestGlotipAreas(t *testing.T) {
	dir := testdata.Dir(t, "unodc-glotip")
	for file, want := range map[string]int{"data_glotip_2025.csv.gz": 199, "data_glotip_2024.csv.gz": 208} {
		pairs := column(t, filepath.Join(dir, file), "Iso3_code", "Country")
		if len(pairs) != want {
			t.Errorf("%s: %d areas, want %d", file, len(pairs), want)
		}
		for _, p := range pairs {
			code, name, _ := strings.Cut(p, "\t")
			byCode, ok := Find(Area, code)
			if code != "" && (!ok || strings.TrimPrefix(byCode, "UNODC-") != code && code != "Aruba/Curacao") {
				t.Errorf("%s: area code %q resolves to %q", file, code, byCode)
			}
			byName, ok := Find(Area, name)
			if name != "" && (!ok || code != "" && byName != byCode) {
				t.Errorf("%s: %q is %q by code but %q by name", file, name, byCode, byName)
			}
		}
	}
}

// Every nationality of the national statistics resolves, combinations included, and each
// combination to codes that have labels.
func TestNationalReferralLabels(t *testing.T) {
	dir := testdata.Dir(t, "uk-nrm")
	for _, file := range []string{"nrm_referrals_2022Q2_2023Q4.csv.gz", "nrm_referrals_police_2022Q2_2023Q4.csv.gz"} {
		for scheme, name := range map[Scheme]string{
			Citizenship: "Nationality", Form: "Exploitation type", Age: "Age at exploitation",
			Sex: "Gender", ResponderType: "First responder type", Responder: "First responder",
		} {
			for _, text := range column(t, filepath.Join(dir, file), name) {
				if text == "Total" || strings.HasSuffix(text, " total") {
					continue
				}
				code, ok := Find(scheme, text)
				if !ok {
					t.Errorf("%s: %s %q is not known", file, scheme, text)
				}
				for _, p := range Parts(code) {
					if Label(scheme, p, "en") == p {
						t.Errorf("%s: %s %q is %q, which has no label", file, scheme, text, code)
					}
				}
			}
		}
	}
	for _, text := range column(t, filepath.Join(dir, "nrm_referrals_longitudinal.csv"), "Location of exploitation") {
		if _, ok := Find(Location, text); !ok && text != "Total" {
			t.Errorf("location %q is not known", text)
		}
	}
}

// Free text of the reporting countries: most resolves, and what does not keeps a code of its
// own rather than a guess.
func TestGlotipCitizenships(t *testing.T) {
	dir := testdata.Dir(t, "unodc-glotip")
	all := make(map[string]bool)
	for _, file := range []string{"data_glotip_2025.csv.gz", "data_glotip_2024.csv.gz"} {
		for _, p := range column(t, filepath.Join(dir, file), "Dimension", "Category") {
			if dim, text, _ := strings.Cut(p, "\t"); dim == "by citizenship" || dim == "by country of repatriation" {
				all[text] = true
			}
		}
	}
	var unknown []string
	for text := range all {
		if _, ok := Find(Citizenship, text); !ok && !strings.HasPrefix(text, "Q6.1_") {
			unknown = append(unknown, text)
		}
	}
	slices.Sort(unknown)
	t.Logf("%d of %d texts keep their own code: %q", len(unknown), len(all), unknown)
	if len(unknown) > 60 {
		t.Errorf("%d of %d citizenships are not known: %q", len(unknown), len(all), unknown)
	}
}

// The embedded areas are those of the reference package: same codes, same M49 and alpha-2.
func TestAreasEqualTheReference(t *testing.T) {
	path := filepath.Join(testdata.Dir(t, "country-codes"), "country-codes.csv")
	rows := column(t, path, "ISO3166-1-Alpha-3", "ISO3166-1-Alpha-2", "M49", "official_name_en", "official_name_ar")
	if len(rows) != 249 {
		t.Fatalf("%d rows in the reference, want 249", len(rows))
	}
	for _, row := range rows {
		f := strings.Split(row, "\t")
		iso2, _ := Map(Area, f[0], "iso2")
		m49, _ := Map(Area, f[0], "m49")
		if iso2 != f[1] || strings.TrimLeft(m49, "0") != f[2] {
			t.Errorf("%s: alpha-2 %q and M49 %q, reference %q and %q", f[0], iso2, m49, f[1], f[2])
		}
		for _, name := range f[3:] {
			if code, ok := Find(Area, name); !ok || code != f[0] {
				t.Errorf("%s: its name %q finds %q", f[0], name, code)
			}
		}
	}
}

func BenchmarkFind(b *testing.B) {
	for name, text := range map[string]string{"code": "Albanian", "two": "Citizen of Guinea-Bissau Vietnamese"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Find(Citizenship, text)
			}
		})
	}
}
