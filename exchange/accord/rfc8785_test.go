package accord

import (
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"
)

// The examples of RFC 8785 (JSON Canonicalization Scheme, June 2020), entered anew from its text. What
// agreements and ledger entries commit to is this form, so another program must arrive at the same bytes.

// TestRFC8785Numbers: appendix B, table 1.
func TestRFC8785Numbers(t *testing.T) {
	for _, c := range []struct {
		bits uint64
		want string // "" where the appendix says that it is no number of JSON
	}{
		{0x0000000000000000, "0"},
		{0x8000000000000000, "0"}, // minus zero
		{0x0000000000000001, "5e-324"},
		{0x8000000000000001, "-5e-324"},
		{0x7fefffffffffffff, "1.7976931348623157e+308"},
		{0xffefffffffffffff, "-1.7976931348623157e+308"},
		{0x4340000000000000, "9007199254740992"},
		{0xc340000000000000, "-9007199254740992"},
		{0x4430000000000000, "295147905179352830000"},
		{0x7fffffffffffffff, ""}, // not a number
		{0x7ff0000000000000, ""}, // infinity
		{0x44b52d02c7e14af5, "9.999999999999997e+22"},
		{0x44b52d02c7e14af6, "1e+23"},
		{0x44b52d02c7e14af7, "1.0000000000000001e+23"},
		{0x444b1ae4d6e2ef4e, "999999999999999700000"},
		{0x444b1ae4d6e2ef4f, "999999999999999900000"},
		{0x444b1ae4d6e2ef50, "1e+21"},
		{0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
		{0x3eb0c6f7a0b5ed8d, "0.000001"},
		{0x41b3de4355555553, "333333333.3333332"},
		{0x41b3de4355555554, "333333333.33333325"},
		{0x41b3de4355555555, "333333333.3333333"},
		{0x41b3de4355555556, "333333333.3333334"},
		{0x41b3de4355555557, "333333333.33333343"},
		{0xbecbf647612f3696, "-0.0000033333333333333333"},
		{0x43143ff3c1cb0959, "1424953923781206.2"}, // round to even
	} {
		// Seventeen digits name every double exactly, in a spelling that is not the canonical one.
		input := "[" + strconv.FormatFloat(math.Float64frombits(c.bits), 'e', 17, 64) + "]"
		got, err := jcs.Transform([]byte(input))
		if c.want == "" {
			if err == nil {
				t.Errorf("%016x became %s", c.bits, got)
			}
			continue
		}
		if err != nil || string(got) != "["+c.want+"]" {
			t.Errorf("%016x: %s, %v, want %s", c.bits, got, err, c.want)
		}
	}
}

// TestRFC8785Sorting: section 3.2.3, names in the order of their UTF-16 code units. The order of the values is
// the one that the section prints.
func TestRFC8785Sorting(t *testing.T) {
	const input = `{
		"\u20ac": "Euro Sign",
		"\r": "Carriage Return",
		"\ufb33": "Hebrew Letter Dalet With Dagesh",
		"1": "One",
		"\ud83d\ude00": "Emoji: Grinning Face",
		"\u0080": "Control",
		"\u00f6": "Latin Small Letter O With Diaeresis"
	}`
	const want = `{"\r":"Carriage Return","1":"One","` + "\u0080" + `":"Control","ö":"Latin Small Letter O With Diaeresis",` +
		`"€":"Euro Sign","😀":"Emoji: Grinning Face","` + "\ufb33" + `":"Hebrew Letter Dalet With Dagesh"}`
	same(t, input, want)
}

// TestRFC8785Example: sections 3.2.2 to 3.2.4, the input, and the output as the bytes of section 3.2.4.
func TestRFC8785Example(t *testing.T) {
	const input = `{
		"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
		"string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
		"literals": [null, true, false]
	}`
	const bytes = `7b 22 6c 69 74 65 72 61 6c 73 22 3a 5b 6e 75 6c 6c 2c 74 72
		75 65 2c 66 61 6c 73 65 5d 2c 22 6e 75 6d 62 65 72 73 22 3a
		5b 33 33 33 33 33 33 33 33 33 2e 33 33 33 33 33 33 33 2c 31
		65 2b 33 30 2c 34 2e 35 2c 30 2e 30 30 32 2c 31 65 2d 32 37
		5d 2c 22 73 74 72 69 6e 67 22 3a 22 e2 82 ac 24 5c 75 30 30
		30 66 5c 6e 41 27 42 5c 22 5c 5c 5c 5c 5c 22 2f 22 7d`
	want, err := hex.DecodeString(strings.Join(strings.Fields(bytes), ""))
	if err != nil {
		t.Fatal(err)
	}
	same(t, input, string(want))
}

// TestRFC8785WeirdStrings: the file weird.json of the test data that appendix H of the RFC points to
// (github.com/cyberphone/json-canonicalization, testdata/input and testdata/output).
func TestRFC8785WeirdStrings(t *testing.T) {
	const input = `{
		"\u20ac": "Euro Sign",
		"\r": "Carriage Return",
		"\u000a": "Newline",
		"1": "One",
		"\u0080": "Control\u007f",
		"\ud83d\ude02": "Smiley",
		"\u00f6": "Latin Small Letter O With Diaeresis",
		"\ufb33": "Hebrew Letter Dalet With Dagesh",
		"</script>": "Browser Challenge"
	}`
	const want = `{"\n":"Newline","\r":"Carriage Return","1":"One","</script>":"Browser Challenge","` + "\u0080" + `":"Control` + "\u007f" +
		`","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😂":"Smiley","` + "\ufb33" + `":"Hebrew Letter Dalet With Dagesh"}`
	same(t, input, want)
}

func same(t *testing.T, input, want string) {
	t.Helper()
	got, err := jcs.Transform([]byte(input))
	if err != nil || string(got) != want {
		t.Errorf("got  %q, %v\nwant %q", got, err, want)
	}
	again, err := jcs.Transform(got)
	if err != nil || string(again) != want {
		t.Errorf("not its own canonical form: %q, %v", again, err)
	}
}
