package figure

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Dim names a dimension of a table, for example "age": lower-case ASCII letters, digits and
// underscores, starting with a letter.
type Dim string

// The dimensions of the statistics this program knows. Others are allowed.
const (
	DimForm          Dim = "form"           // form of exploitation
	DimAge           Dim = "age"            // age band
	DimSex           Dim = "sex"            // sex or gender as the source records it
	DimCitizenship   Dim = "citizenship"    // citizenship or nationality
	DimRepatriation  Dim = "repatriation"   // country to which a person was returned
	DimLocation      Dim = "location"       // where the exploitation took place
	DimResponderType Dim = "responder_type" // kind of body that referred
	DimResponder     Dim = "responder"      // body that referred
	DimDecision      Dim = "decision"       // outcome of a decision
)

// Key is the place of a cell in its table in canonical writing: "age=child|sex=female", dimensions
// in byte order, totals left out. The empty Key is the total over every dimension.
type Key string

// MakeKey writes the canonical key of a cell. Dimensions with an empty code are totals and are
// left out. It fails on a dimension or code that ValidDim or ValidCode refuses. O(d log d).
func MakeKey(cell map[Dim]string) (Key, error) {
	var b strings.Builder
	for _, d := range slices.Sorted(maps.Keys(cell)) {
		code := cell[d]
		if code == "" {
			continue
		}
		if !ValidDim(string(d)) || !ValidCode(code) {
			return "", fmt.Errorf("not a cell of a table: %q=%q", clip(string(d)), clip(code))
		}
		if b.Len() > 0 {
			b.WriteByte('|')
		}
		b.WriteString(string(d))
		b.WriteByte('=')
		b.WriteString(code)
	}
	return Key(b.String()), nil
}

// Cell returns the key as a map, empty for the total. Parts that are not "dim=code" are left out;
// a Key that MakeKey wrote has none.
func (k Key) Cell() map[Dim]string {
	cell := make(map[Dim]string, 4)
	for part := range strings.SplitSeq(string(k), "|") {
		if d, code, ok := strings.Cut(part, "="); ok {
			cell[Dim(d)] = code
		}
	}
	return cell
}

// Code returns the code of the dimension, "" when the key is a total over it.
func (k Key) Code(d Dim) string {
	for part := range strings.SplitSeq(string(k), "|") {
		if name, code, ok := strings.Cut(part, "="); ok && name == string(d) {
			return code
		}
	}
	return ""
}

// Dims returns the names of the dimensions in the key joined by "|", for example "age|sex": the
// shape of the margin in which the cell stands. The grand total has the shape "".
func (k Key) Dims() string {
	var b strings.Builder
	for part := range strings.SplitSeq(string(k), "|") {
		name, _, ok := strings.Cut(part, "=")
		if !ok {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('|')
		}
		b.WriteString(name)
	}
	return b.String()
}

// Without returns the key of the margin over d: the same cell with d as a total.
func (k Key) Without(d Dim) Key {
	var kept []string
	for part := range strings.SplitSeq(string(k), "|") {
		if name, _, ok := strings.Cut(part, "="); ok && name != string(d) {
			kept = append(kept, part)
		}
	}
	return Key(strings.Join(kept, "|"))
}

// Covers reports whether the cell k includes the cell other: every dimension that k fixes, other
// fixes to the same code. A key covers itself; the total covers everything.
func (k Key) Covers(other Key) bool {
	if k == "" || k == other {
		return true
	}
	have := other.Cell()
	for d, code := range k.Cell() {
		if have[d] != code {
			return false
		}
	}
	return true
}

// ValidDim reports whether s can name a dimension.
func ValidDim(s string) bool {
	if s == "" || len(s) > 40 || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

// ValidCode reports whether s can be the code of a category: letters and digits of any script,
// marks, and, not in front, "-", "+", ".", "_", ":"; at most 200 bytes. A code therefore never
// looks like a formula to a spreadsheet.
func ValidCode(s string) bool {
	if len(s) > 200 {
		return false
	}
	for i, r := range s {
		if !codeRune(r) && (i == 0 || !strings.ContainsRune("-+._:", r)) {
			return false
		}
	}
	return s != ""
}

func codeRune(r rune) bool {
	return r != unicode.ReplacementChar && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// IsTotalCode reports whether a code names a total that a source printed as if it were a category,
// such as the "TOTAL" that some countries wrote into a list of citizenships. Sums leave it out.
func IsTotalCode(code string) bool { return code == "x-total" || code == "total" }
