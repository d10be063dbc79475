package figure

import (
	"testing"

	"pgregory.net/rapid"
)

func TestKey(t *testing.T) {
	k, err := MakeKey(map[Dim]string{DimSex: "f", DimAge: "child", DimForm: ""})
	if err != nil || k != "age=child|sex=f" {
		t.Fatalf("%q %v", k, err)
	}
	if k.Dims() != "age|sex" || k.Code(DimSex) != "f" || k.Code(DimForm) != "" || k.Without(DimAge) != "sex=f" {
		t.Errorf("parts of %q", k)
	}
	if total, err := MakeKey(nil); err != nil || total != "" || total.Dims() != "" || len(total.Cell()) != 0 {
		t.Errorf("the total is %q, %v", total, err)
	}
	for _, bad := range []map[Dim]string{{"Age": "child"}, {"age": "a|b"}, {"age": "a=b"}, {"age": "=1"}, {"": "x"}, {"age": "\xff"}} {
		if k, err := MakeKey(bad); err == nil {
			t.Errorf("%v is %q", bad, k)
		}
	}
	covers := []struct {
		a, b Key
		want bool
	}{
		{"", "age=child", true},
		{"age=child", "age=child|sex=f", true},
		{"sex=f", "age=child|sex=f", true},
		{"age=adult", "age=child|sex=f", false},
		{"age=child|sex=f", "age=child", false},
		{"age=child", "age=child", true},
	}
	for _, tt := range covers {
		if got := tt.a.Covers(tt.b); got != tt.want {
			t.Errorf("%q covers %q: %v", tt.a, tt.b, got)
		}
	}
}

func TestKeyRoundTrip(t *testing.T) {
	dims := rapid.SampledFrom([]Dim{DimAge, DimSex, DimForm, DimCitizenship, "own_dim_2"})
	codes := rapid.StringMatching(`[\p{L}0-9][\p{L}0-9+._:-]{0,10}`)
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.MapOf(dims, codes).Draw(t, "cell")
		k, err := MakeKey(cell)
		if err != nil {
			t.Fatal(err)
		}
		back, err := MakeKey(k.Cell())
		if err != nil || back != k || len(k.Cell()) != len(cell) {
			t.Fatalf("%q reads back as %q, %v", k, back, err)
		}
		for d := range cell {
			if !k.Without(d).Covers(k) || k.Without(d).Code(d) != "" {
				t.Fatalf("%q without %q", k, d)
			}
		}
	})
}

func TestTotalsInDisguise(t *testing.T) {
	if !IsTotalCode("x-total") || !IsTotalCode("total") || IsTotalCode("x-total-ban") {
		t.Error("totals in disguise")
	}
}

func FuzzMakeKey(f *testing.F) {
	for _, s := range []string{"Total", "a|b=c", "é", "e\u0301", "\xff", "+1", "ALB+GBR", "x-total"} {
		f.Add("age", s)
	}
	f.Fuzz(func(t *testing.T, d, code string) {
		k, err := MakeKey(map[Dim]string{Dim(d): code, "age": "child"})
		if err != nil {
			return
		}
		if back, err := MakeKey(k.Cell()); err != nil || back != k {
			t.Errorf("%q=%q is %q and reads back as %q, %v", d, code, k, back, err)
		}
	})
}
