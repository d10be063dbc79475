package mse_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"testing"

	"github.com/fourfold/fourfold/analysis/mse"
)

// FuzzRead: whatever the bytes, a table that reads again as itself or an error, and no panic.
func FuzzRead(f *testing.F) {
	f.Add([]byte("A,B,count\n1,0,4\n0,1,3\n1,1,2\n"))
	f.Add([]byte("\uFEFFA,\"B\",count\r\n1,0,4\r\n"))
	f.Add([]byte("A;B;count\n"))
	f.Add([]byte("A,B,count\n1,0\n"))
	f.Add([]byte("A,\"B,count\n1,0\n"))
	f.Add([]byte{0xff, 0xfe, 'A', 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := mse.Read(bytes.NewReader(data))
		if err != nil {
			if mse.ProblemOf(err) == 0 {
				t.Fatalf("an error without a problem: %v", err)
			}
			return
		}
		again, err := mse.NewTable(table.Lists(), table.Cells())
		if err != nil || again.Hash() != table.Hash() {
			t.Fatalf("%v", err)
		}
	})
}

// FuzzReadResamples: an error or rows of one length.
func FuzzReadResamples(f *testing.F) {
	f.Add([]byte("h10,h01,h11,estimate\n1,2,3,4.5\n"))
	f.Add([]byte("h10,h01\n1\n"))
	f.Add([]byte("h\n1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := mse.ReadResamples(bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, row := range r.Counts {
			if len(row) != len(r.Histories) {
				t.Fatalf("%d counts for %d histories", len(row), len(r.Histories))
			}
		}
	})
}

// tableOf makes a table of 1 to 4 lists from bytes; two bytes are a count.
func tableOf(data []byte, lists int) (mse.Table, error) {
	var cells []mse.Cell
	for h := 1; h < 1<<lists && len(data) > 0; h++ {
		n := int(data[0])
		data = data[1:]
		if n >= 200 && len(data) > 0 { // now and then a large one
			n = (n - 199) * (1 + int(data[0])) * 5000
			data = data[1:]
		}
		cells = append(cells, mse.Cell{History: mse.History(h), Count: n})
	}
	return mse.NewTable([]string{"a", "b", "c", "d"}[:lists], cells)
}

// FuzzEstimate: for every method finite figures in order or an error that says why, and no panic.
func FuzzEstimate(f *testing.F) {
	f.Add([]byte{10, 12, 3, 8, 2, 4, 1}, byte(3), byte(0))
	f.Add([]byte{5, 5, 5, 5, 5, 5, 5}, byte(3), byte(1))
	f.Add([]byte{40, 0, 20, 30, 10, 0, 5}, byte(3), byte(2))
	f.Add([]byte{255, 255, 1, 0, 0, 1, 0, 255, 255, 0, 0, 1, 0, 0, 3}, byte(4), byte(3))
	f.Add([]byte{0, 0, 1}, byte(2), byte(9))
	f.Fuzz(func(t *testing.T, data []byte, lists, pick byte) {
		table, err := tableOf(data, 1+int(lists%4))
		if err != nil {
			return
		}
		method := []mse.Method{mse.Stepwise{}, mse.BIC{}, mse.Fixed{}, mse.Fixed{Model: mse.NewModel(mse.History(pick) & (1<<(1+lists%4) - 1))}}[pick%4]
		r, err := mse.Estimate(t.Context(), table, method)
		if err != nil {
			if p := mse.ProblemOf(err); p != mse.NoEstimate {
				t.Fatalf("%v on %v", err, table.Cells())
			}
			return
		}
		for _, v := range []float64{r.Estimate, r.Hidden, r.Lower, r.Upper, r.StandardError, r.AIC, r.BIC, r.Deviance} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%+v", r)
			}
		}
		if r.Estimate < float64(r.Observed) || r.Lower > r.Estimate || r.Upper < r.Estimate {
			t.Fatalf("%v [%v, %v] of %d seen", r.Estimate, r.Lower, r.Upper, r.Observed)
		}
	})
}

// FuzzAnalyse: every table has a report that can be written as JSON.
func FuzzAnalyse(f *testing.F) {
	f.Add([]byte{10, 12, 3, 8, 2, 4, 1}, byte(3), uint64(1))
	f.Add([]byte{0, 0, 0, 0, 0, 0, 9}, byte(3), uint64(2))
	f.Add([]byte{9, 8, 0, 7}, byte(3), uint64(3))
	f.Add([]byte{1, 1, 1, 1}, byte(2), uint64(4))
	f.Fuzz(func(t *testing.T, data []byte, lists byte, seed uint64) {
		table, err := tableOf(data, 1+int(lists%4))
		if err != nil || table.People() > 20000 {
			return
		}
		before := table.Hash()
		r, err := mse.Analyse(context.Background(), table, mse.ReportSettings{Bootstrap: mse.BootstrapSettings{Draws: 20, Seed: seed}})
		if err != nil {
			t.Fatalf("%v on %v", err, table.Cells())
		}
		if _, err := json.Marshal(r); err != nil {
			t.Fatal(err)
		}
		for _, a := range r.Answers {
			if a.Estimate == nil && !a.Refused {
				t.Fatalf("%s has no estimate and is not refused", a.Name)
			}
		}
		if table.Hash() != before {
			t.Fatal("the table changed")
		}
	})
}
