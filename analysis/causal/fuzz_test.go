package causal_test

import (
	"encoding/binary"
	"math"
	"reflect"
	"testing"

	"github.com/fourfold/fourfold/analysis/causal"
)

// figures reads 8-byte floats from fuzz input, with small whole numbers for single bytes left over.
func figures(data []byte) []float64 {
	var out []float64
	for len(data) >= 8 {
		out = append(out, math.Float64frombits(binary.LittleEndian.Uint64(data)))
		data = data[8:]
	}
	for _, b := range data {
		out = append(out, float64(b))
	}
	return out
}

// pack is the inverse of figures for a seed.
func pack(values ...float64) []byte {
	var out []byte
	for _, v := range values {
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(v))
	}
	return out
}

// allFinite walks a result and fails at the first number that is not finite.
func allFinite(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Float64:
		if math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0) {
			t.Fatalf("%s is %v", path, v.Float())
		}
	case reflect.Pointer:
		if !v.IsNil() {
			allFinite(t, path, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			allFinite(t, path+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			allFinite(t, path, v.Index(i))
		}
	}
}

// FuzzInterruptedSeries: whatever the figures, a result of finite numbers or an error, and no panic.
func FuzzInterruptedSeries(f *testing.F) {
	f.Add([]byte{}, byte(1), byte(0), 3.0)
	f.Add(pack(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), byte(2), byte(0), 3.0)
	f.Add(pack(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), byte(1), byte(1), 3.0)
	f.Add(pack(5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5), byte(2), byte(2), 3.0)
	f.Add(pack(0, 9, 0, 9, 0, 9, 0, 9, 9, 0, 9, 0, 9, 0, 9, 0), byte(3), byte(3), 4.0)
	f.Add(pack(math.NaN(), 1, 2, 3, 4, 5, 6, 7), byte(4), byte(4), 4.0)
	f.Add(pack(1e15, 1, 1e-300, 3, 4, 5e14, 6, 7, 1, 2, 3, 4), byte(2), byte(9), 4.0)
	f.Add([]byte{200, 1, 2, 3, 4, 5, 6}, byte(1), byte(16), 3.5)
	f.Fuzz(func(t *testing.T, data []byte, family, flags byte, at float64) {
		values := figures(data)
		if len(values) > 400 {
			return
		}
		s := causal.SeriesSettings{
			Family: causal.Family(family), NoTrend: flags&1 != 0, Harmonics: int(flags >> 1 & 1), Period: 4,
			Errors: causal.StandardErrors(flags >> 2 & 1), StudentT: flags&8 != 0,
			Interventions: []causal.Intervention{{At: at, Slope: flags&16 != 0}},
		}
		var rows []causal.Row
		for i := 0; i < len(values); i++ {
			r := causal.Row{Time: float64(len(rows)), Events: values[i]}
			if s.Family.Proportion() && i+1 < len(values) {
				i++
				r.Failures = values[i]
			} else if flags&32 != 0 && i+1 < len(values) {
				i++
				r.Exposure = values[i]
			}
			if flags&64 != 0 && i+1 < len(values) {
				i++
				r.Time = values[i]
			}
			rows = append(rows, r)
		}
		e, err := causal.InterruptedSeries(rows, s, card())
		if (e == nil) == (err == nil) {
			t.Fatalf("result %v and error %v", e, err)
		}
		if err != nil && causal.ProblemOf(err) == 0 {
			t.Fatalf("an error without a problem: %v", err)
		}
		allFinite(t, "result", reflect.ValueOf(e))
	})
}

// FuzzDifference: the same for the comparison of two groups.
func FuzzDifference(f *testing.F) {
	f.Add([]byte{}, byte(0), 1.0)
	f.Add(pack(1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 14), byte(1), 3.0)
	f.Add(pack(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), byte(0), 3.0)
	f.Add(pack(1e15, -1e15, 1, 1, 1e-300, 1, 0, 1, math.Inf(1)), byte(2), 2.0)
	f.Add(pack(1e15, -1e15, 1, 1, 1e-300, 1, 0, 1), byte(3), 2.0)
	f.Fuzz(func(t *testing.T, data []byte, flags byte, at float64) {
		var rows []causal.GroupRow
		for i, v := range figures(data) {
			rows = append(rows, causal.GroupRow{Treated: i%2 == 0, Time: float64(i / 2), Value: v, Cluster: string(rune('a' + i/2%5))})
		}
		if len(rows) > 400 {
			return
		}
		if flags&2 != 0 {
			for i := 0; i+1 < len(rows); i += 2 {
				rows[i].Time = rows[i+1].Value
			}
		}
		e, err := causal.DifferenceInDifferences(rows, causal.GroupSettings{At: at, Errors: causal.GroupErrors(flags & 1)}, card())
		if (e == nil) == (err == nil) {
			t.Fatalf("result %v and error %v", e, err)
		}
		if err != nil && causal.ProblemOf(err) == 0 {
			t.Fatalf("an error without a problem: %v", err)
		}
		allFinite(t, "result", reflect.ValueOf(e))
	})
}
