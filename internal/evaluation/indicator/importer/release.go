package importer

import (
	"time"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
)

// Release dates that the files themselves do not tell. A recalled date was not read in the source
// and is marked so wherever it is shown.

// nrmReleased are the dates of the quarterly national referral statistics (Home Office), by the
// newest quarter in them. Basis: recalled.
func nrmReleased(q figure.Period) (date, basis string, ok bool) {
	date, ok = map[figure.Period]string{
		figure.QuarterOf(2022, 2): "2022-08-04",
		figure.QuarterOf(2022, 3): "2022-11-03",
		figure.QuarterOf(2022, 4): "2023-03-02",
		figure.QuarterOf(2023, 1): "2023-05-04",
		figure.QuarterOf(2023, 2): "2023-08-03",
		figure.QuarterOf(2023, 3): "2023-11-02",
		figure.QuarterOf(2023, 4): "2024-03-07",
	}[q]
	return date, "recalled", ok
}

// glotipReleased are the publications of the UNODC data set that are known by the SHA-256 of their
// CSV text. The 2025 one bears the stamp 14/04/2025 in its original workbook; of the 2024 one only
// the date of a public copy is known.
func glotipReleased(digest string) (label, date, basis string, ok bool) {
	switch digest {
	case "9c1e797a8b81d3546d8497263f6b1b1ddb585ea67aa8ad422c4ef892d57f2296":
		return "GLOTIP data set of April 2025", "2025-04-14", "stated", true
	case "be516dd4b939fd260d6eb7bd76a7c613c869cee43e920e4f41c435ddf239f6e0":
		return "GLOTIP data set of May 2024", "2024-05-17", "recalled", true
	}
	return "", "", "", false
}

// Civil reports whether s is a date of the calendar written YYYY-MM-DD.
func Civil(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
