package nodekey

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/fault"
)

// Share is one of three printed sheets, of which any two bring the node key back and one alone tells
// nothing: a point on a straight line over GF(2⁸) for each byte (Shamir 1979).
type Share struct {
	// Number is 1, 2 or 3.
	Number byte
	// set is random and the same on the three sheets of one printing: sheets of different printings
	// do not fit together, and that is said instead of a wrong key being made.
	set [4]byte
	// value is behind a pointer because fmt prints the content of unexported fields.
	value *[Size]byte
}

// Split returns three shares of k, different at every call. The sheets of an earlier printing stay
// good: a lost sheet is made worthless only by another node key.
func Split(k Key) [3]Share {
	var set [4]byte
	var slope [Size]byte
	_, _ = rand.Read(set[:])
	_, _ = rand.Read(slope[:])
	defer clear(slope[:])
	return split(k, set, slope)
}

func split(k Key, set [4]byte, slope [Size]byte) (shares [3]Share) {
	for i := range shares {
		x := byte(i + 1)
		shares[i] = Share{Number: x, set: set, value: new([Size]byte)}
		for j := range slope {
			shares[i].value[j] = k.secret[j] ^ mul(slope[j], x)
		}
	}
	return shares
}

// Combine returns the node key from two shares, or from three, which must then agree. The caller
// compares its identifier with that of the keyring, see [Drill].
func Combine(shares ...Share) (Key, error) {
	if len(shares) < 2 || len(shares) > 3 {
		return Key{}, fault.New(fault.Invalid, "Two of the three recovery sheets are needed.")
	}
	for i, s := range shares {
		if s.set != shares[0].set {
			return Key{}, fault.New(fault.Invalid, "The recovery sheets come from different printings.").
				WithHint("Take two sheets that show the same number of printing.")
		}
		if slices.ContainsFunc(shares[:i], func(o Share) bool { return o.Number == s.Number }) {
			return Key{}, fault.New(fault.Invalid, "The same recovery sheet was given twice.").
				WithHint("Take two different sheets.")
		}
	}
	k := line(shares[0], shares[1])
	if len(shares) == 3 {
		again := line(shares[0], shares[2])
		defer again.Forget()
		if *again.secret != *k.secret {
			k.Forget()
			return Key{}, fault.New(fault.Invalid, "The three recovery sheets do not agree.").
				WithHint("Try each pair of them.")
		}
	}
	return k, nil
}

// line returns the value at 0 of the line through a and b: (a·xb + b·xa) / (xa + xb).
func line(a, b Share) Key {
	k := Key{secret: new([Size]byte)}
	scale := inverse(a.Number ^ b.Number)
	for i := range k.secret {
		k.secret[i] = mul(scale, mul(a.value[i], b.Number)^mul(b.value[i], a.Number))
	}
	return k
}

// Drill proves that the shares bring back the key that id names, and writes the key nowhere. It is
// what the people who keep the sheets do once a year. The error says which sheets to print anew.
func Drill(id ID, shares ...Share) error {
	k, err := Combine(shares...)
	if err != nil {
		return err
	}
	defer k.Forget()
	if k.ID() != id {
		return fault.New(fault.Invalid, "The recovery sheets bring back a key, but not the one of this node.").
			WithHint("They belong to another node or to an earlier key. Print new sheets, try them, then destroy the old ones.")
	}
	return nil
}

// Printing returns the number that the sheets of one printing share, for the head of the sheet.
func (s Share) Printing() string {
	n := binary.BigEndian.Uint32(s.set[:])
	return fmt.Sprintf("%05d %05d", n/100_000, n%100_000)
}

// The printed form: 42 bytes, as seven rows of six bytes. A row is written as 15 decimal digits and
// a check digit, in four groups of four, because digits can be read aloud over a telephone in every
// language. The bytes are version, number, set, value and the first 4 bytes of the SHA-256 of these.
const (
	shareVersion = 1
	rows         = 7
	rowBytes     = 6
	rowDigits    = 16
)

// Print returns the seven rows of the sheet, each of four groups of four digits. What it returns is
// secret: two such sheets are the node key.
func (s Share) Print() string {
	raw := slices.Concat([]byte{shareVersion, s.Number}, s.set[:], s.value[:])
	sum := sha256.Sum256(raw)
	raw = append(raw, sum[:4]...)
	var b strings.Builder
	for i := range rows {
		var wide [8]byte
		copy(wide[2:], raw[i*rowBytes:])
		digits := fmt.Sprintf("%015d", binary.BigEndian.Uint64(wide[:]))
		digits += string('0' + check(i+1, digits))
		fmt.Fprintf(&b, "%s %s %s %s\n", digits[:4], digits[4:8], digits[8:12], digits[12:])
	}
	return b.String()
}

// Format writes "[recovery share]": only [Share.Print] shows it.
func (s Share) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[recovery share]")) }

// MarshalText returns "[recovery share]".
func (s Share) MarshalText() ([]byte, error) { return []byte("[recovery share]"), nil }

// ParseShare reads a sheet as it was typed: digits of any of the common scripts, with or without
// spaces and line ends. The error names the row that was misread.
func ParseShare(typed string) (Share, error) {
	digits, err := plainDigits(typed)
	if err != nil {
		return Share{}, err
	}
	if len(digits) != rows*rowDigits {
		return Share{}, fault.New(fault.Invalid, "A recovery sheet has %d digits; %d were typed.", rows*rowDigits, len(digits)).
			WithHint("Type the seven rows of four groups of four digits.")
	}
	var raw []byte
	for i := range rows {
		row := digits[i*rowDigits : (i+1)*rowDigits]
		n := uint64(0)
		for _, d := range row[:rowDigits-1] {
			n = 10*n + uint64(d-'0')
		}
		if check(i+1, row[:rowDigits-1]) != row[rowDigits-1]-'0' || n >= 1<<(8*rowBytes) {
			return Share{}, fault.New(fault.Invalid, "Row %d of the recovery sheet was misread.", i+1).
				WithHint("Compare its sixteen digits with the paper.")
		}
		wide := binary.BigEndian.AppendUint64(nil, n)
		raw = append(raw, wide[8-rowBytes:]...)
	}
	return decodeShare(raw)
}

func decodeShare(raw []byte) (Share, error) {
	defer clear(raw)
	body, sum := raw[:len(raw)-4], sha256.Sum256(raw[:len(raw)-4])
	if !bytes.Equal(sum[:4], raw[len(body):]) {
		return Share{}, fault.New(fault.Invalid, "The recovery sheet was misread: its rows do not belong together.").
			WithHint("Check that all seven rows come from one sheet.")
	}
	if body[0] != shareVersion || body[1] < 1 || body[1] > 3 {
		return Share{}, fault.New(fault.Invalid, "The recovery sheet was made by a newer version of the program.").
			WithHint("Recover the key with that version.")
	}
	return Share{Number: body[1], set: [4]byte(body[2:6]), value: new([Size]byte(body[6:]))}, nil
}

// maxTyped bounds what ParseShare looks at: a sheet and generous white space.
const maxTyped = 4 << 10

// zeros are the zeros of the digits that a keyboard is likely to type: Latin, Arabic, Persian,
// Devanagari, Bengali, Thai, Khmer, full width. The nine others follow each.
const zeros = "0٠۰०০๐០０"

// plainDigits returns the digits of s as Latin digits and leaves out what separates them.
func plainDigits(s string) (string, error) {
	if len(s) > maxTyped {
		return "", fault.New(fault.TooLarge, "This is too long for a recovery sheet.")
	}
	var b strings.Builder
	for _, r := range s {
		switch digit, ok := digitOf(r); {
		case ok:
			b.WriteByte('0' + digit)
		case strings.ContainsRune(" \t\r\n\u00a0\u200e\u200f-.", r):
		default:
			return "", fault.New(fault.Invalid, "A recovery sheet holds only digits; something else was typed.")
		}
	}
	return b.String(), nil
}

func digitOf(r rune) (byte, bool) {
	for _, zero := range zeros {
		if zero <= r && r <= zero+9 {
			return byte(r - zero), true
		}
	}
	return 0, false
}

// damm is a totally anti-symmetric quasigroup of order 10 (H. M. Damm, "Total anti-symmetrische
// Quasigruppen", Marburg 2004): its check digit finds every wrong digit and every two neighbours
// exchanged, the mistakes people make.
const damm = "0317598642" + "7092154863" + "4206871359" + "1750983426" + "6123045978" +
	"3674209581" + "5869720134" + "8945362017" + "9438617205" + "2581436790"

// check returns the check digit of a row. The number of the row goes in first, so that two rows
// exchanged are found too.
func check(row int, digits string) byte {
	state := damm[row] - '0'
	for i := range len(digits) {
		state = damm[10*int(state)+int(digits[i]-'0')] - '0'
	}
	return state
}
