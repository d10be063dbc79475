package demo

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
)

// Release is one publication of the invented country in the program's generic format.
type Release struct {
	File, On, Label string
	Data            []byte
}

// Seed makes the invented figures and people the same everywhere; nothing else hangs on it.
const Seed = 4

// The shape of the invented figures: a slow rise, a summer dip, a new duty to refer from January 2024 that
// lifts every count, and months late reports of which the second release mends.
const (
	firstYear, lastYear = 2021, 2026
	dutyYear            = 2024
	lateMonths          = 3
)

// forms and ages are the split of the invented referrals, with how common each is.
var (
	forms = []struct {
		code  string
		share float64
	}{{"labour", 0.46}, {"sexual", 0.27}, {"criminal", 0.21}, {"domestic", 0.06}}
	ages = []struct {
		code  string
		share float64
	}{{"adult", 0.72}, {"child", 0.28}}
)

// Releases returns the publications of the invented country, oldest first: referrals by month, form and age, as
// first released in July 2026 and as revised in October 2026. Small counts are published as bounds.
func Releases() []Release {
	return []Release{
		{
			File: "farrowdale-2026-07.csv", On: "2026-07-20", Label: "Farrowdale referrals, July 2026 (invented)",
			Data: table(2026, 6, true),
		},
		{
			File: "farrowdale-2026-10.csv", On: "2026-10-20", Label: "Farrowdale referrals, October 2026 (invented)",
			Data: table(2026, 9, false),
		},
	}
}

// table writes the figures up to a month. In a first release the last months are short of late reports.
func table(year, month int, early bool) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	write := func(fields ...string) {
		if err := w.Write(fields); err != nil {
			panic(err) // a buffer does not fail
		}
	}
	write("indicator", "indicator_title", "unit", "area", "period", "form", "age", "value")
	r := rand.New(rand.NewPCG(Seed, Seed))
	last := index(year, month)
	for at := index(firstYear, 1); at <= index(lastYear, 12); at++ {
		// Every month is drawn, also those after the end: both releases then see the same past.
		cells, total := draw(r, at)
		if at > last {
			continue
		}
		if late := last - at; early && late < lateMonths {
			total = 0
			for i := range cells {
				cells[i] = int(float64(cells[i]) * (0.7 + 0.1*float64(late)))
				total += cells[i]
			}
		}
		period := fmt.Sprintf("%d-%02d", firstYear+at/12, at%12+1)
		row := func(form, age, value string) {
			write("farrowdale.referrals", "Referrals in Farrowdale (invented)", "people referred", Country, period, form, age, value)
		}
		row("", "", strconv.Itoa(total))
		for i, text := range published(cells) {
			row(forms[i/len(ages)].code, ages[i%len(ages)].code, text)
		}
	}
	w.Flush()
	return b.Bytes()
}

// index numbers the months from January of firstYear.
func index(year, month int) int { return (year-firstYear)*12 + month - 1 }

func draw(r *rand.Rand, at int) (cells []int, total int) {
	level := 78 + 0.5*float64(at) + 6*math.Cos(2*math.Pi*float64(at)/12)
	if firstYear+at/12 >= dutyYear {
		level *= 1.35
	}
	for _, f := range forms {
		for _, a := range ages {
			mean := level * f.share * a.share
			n := max(0, int(math.Round(mean+math.Sqrt(mean)*r.NormFloat64())))
			cells = append(cells, n)
			total += n
		}
	}
	return cells, total
}

// published writes counts as a statistical office would: 1 to 4 as "<5", zero as zero. Where only one cell of a
// month is hidden, the total would give it away, so the smallest other is hidden too, in a wider band.
func published(cells []int) []string {
	out := make([]string, len(cells))
	hidden, next := 0, -1
	for i, n := range cells {
		out[i] = strconv.Itoa(n)
		switch {
		case n > 0 && n < 5:
			out[i] = "<5"
			hidden++
		case n > 0 && (next < 0 || n < cells[next]):
			next = i
		}
	}
	if hidden == 1 && next >= 0 {
		out[next] = fmt.Sprintf("<%d", (cells[next]/10+1)*10)
	}
	return out
}
