package nodekey

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
)

func saying(words string) func(context.Context) (private.Text, error) {
	return func(context.Context) (private.Text, error) { return private.New(words), nil }
}

// quick is the cheapest lock that a file may ask for: tests run it many times.
func quick() lock { return lock{passes: 1, memory: minMemory, lanes: 1, salt: [16]byte{1, 2, 3}} }

func TestFileRoundTrip(t *testing.T) {
	for name, phrase := range map[string]func(context.Context) (private.Text, error){"open": nil, "locked": saying("four words and two")} {
		t.Run(name, func(t *testing.T) {
			k := New()
			f := File{Path: filepath.Join(t.TempDir(), "deep", "node.key"), Phrase: phrase}
			if err := f.Write(t.Context(), k); err != nil {
				t.Fatal(err)
			}
			got, err := f.NodeKey(t.Context())
			if err != nil || got.ID() != k.ID() || *got.secret != *k.secret {
				t.Fatalf("read back: %v", err)
			}
			if info, _ := os.Stat(f.Path); runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Errorf("mode %v", info.Mode())
			}
			text, _ := os.ReadFile(f.Path)
			if clear := bytes.Contains(text, fmt.Appendf(nil, "%x", k.secret[:])); clear != (phrase == nil) {
				t.Errorf("the key stands in clear: %v", clear)
			}
			if err := f.Write(t.Context(), New()); fault.KindOf(err) != fault.Conflict {
				t.Errorf("overwrote a key file: %v", err)
			}
		})
	}
}

// TestFileFaults gives every bad key file that an operator may have, and wants a clear word.
func TestFileFaults(t *testing.T) {
	k := New()
	open, _ := encode(k, "", lock{})
	locked, _ := encode(k, "right", quick())
	other, _ := encode(New(), "", lock{})
	otherKey := bytes.SplitAfter(other, []byte("key: "))[1]
	for _, c := range []struct {
		name, phrase string
		text         []byte
		mode         os.FileMode
		kind         fault.Kind
		says         string
	}{
		{"missing", "", nil, 0, fault.Invalid, "is missing"},
		{"open to others", "", open, 0o640, fault.Invalid, "other users"},
		{"empty", "", []byte{}, 0o600, fault.Invalid, "does not hold"},
		{"key of a database", "", []byte(strings.Repeat("ab", 32) + "\n"), 0o600, fault.Invalid, "does not hold"},
		{"huge", "", bytes.Repeat([]byte("x"), 1<<20), 0o600, fault.Invalid, "does not hold"},
		{"cut off", "", open[:len(open)-3], 0o600, fault.Invalid, "does not hold"},
		{"another key under this name", "", append(bytes.SplitAfter(open, []byte("key: "))[0], otherKey...), 0o600, fault.Invalid, "is damaged"},
		{"wrong phrase", "wrong", locked, 0o600, fault.Denied, "pass phrase"},
		{"no phrase", "", locked, 0o600, fault.Invalid, "locked"},
		{"flipped bit", "right", flipLast(locked), 0o600, fault.Denied, "damaged"},
		{"costly", "right", bytes.Replace(locked, []byte("m=8192"), []byte("m=99999999"), 1), 0o600, fault.Invalid, "does not hold"},
		{"weakened", "right", bytes.Replace(locked, []byte("m=8192"), []byte("m=8"), 1), 0o600, fault.Invalid, "does not hold"},
		{"other settings", "right", bytes.Replace(locked, []byte("m=8192"), []byte("m=8193"), 1), 0o600, fault.Denied, "pass phrase"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if runtime.GOOS == "windows" && c.mode == 0o640 {
				return
			}
			f := File{Path: filepath.Join(t.TempDir(), "node.key")}
			if c.phrase != "" {
				f.Phrase = saying(c.phrase)
			}
			if c.text != nil {
				if err := os.WriteFile(f.Path, c.text, c.mode); err != nil {
					t.Fatal(err)
				}
			}
			got, err := f.NodeKey(t.Context())
			e, ok := fault.As(err)
			if !ok || e.Kind != c.kind || !strings.Contains(e.Msg+e.Hint, c.says) || !got.IsZero() {
				t.Errorf("got %v, want %v saying %q", err, c.kind, c.says)
			}
			if ok && e.Hint == "" {
				t.Error("no hint")
			}
		})
	}
}

// flipLast flips a bit in the last hexadecimal digit.
func flipLast(text []byte) []byte {
	out := slices.Clone(text)
	i := len(out) - 2
	if out[i] == '0' {
		out[i] = '1'
	} else {
		out[i] = '0'
	}
	return out
}

func TestCredential(t *testing.T) {
	k := New()
	text, _ := encode(k, "", lock{})
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "fourfold.key"), text, 0o444); err != nil {
		t.Fatal(err)
	}
	got, err := Credential{Dir: dir}.NodeKey(t.Context())
	if err != nil || got.ID() != k.ID() {
		t.Fatalf("credential: %v", err)
	}
	for name, c := range map[string]Credential{
		"no directory": {}, "not there": {Dir: dir, Name: "x"}, "outside": {Dir: dir, Name: "../fourfold.key"},
	} {
		if _, err := c.NodeKey(t.Context()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeyShowsNothing(t *testing.T) {
	k := New()
	share := Split(k)[0]
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "k", k, "s", share)
	asJSON, _ := json.Marshal([]any{k, share})
	type holder struct {
		k Key
		s Share
	}
	shown := log.String() + string(asJSON) + fmt.Sprintf("%v %+v %#v %x %s %+v", k, k, k, k, share, holder{k, share})
	for _, secret := range []string{fmt.Sprintf("%x", k.secret[:]), fmt.Sprint(k.secret[:])[1:40], share.Print()[:19], fmt.Sprint(share.value[:])[1:40]} {
		if strings.Contains(shown, secret) {
			t.Errorf("shows a secret: %s", shown)
		}
	}
	k.Forget()
	if *k.secret != [Size]byte{} {
		t.Error("Forget left the key")
	}
}

// TestField checks the arithmetic with the examples of FIPS 197, section 4.2.
func TestField(t *testing.T) {
	for _, c := range [][3]byte{
		{0x57, 0x83, 0xc1},
		{0x57, 0x13, 0xfe},
		{0x57, 0x02, 0xae},
		{0x57, 0x04, 0x47},
		{0x57, 0x08, 0x8e},
		{0x57, 0x10, 0x07},
	} {
		if got := mul(c[0], c[1]); got != c[2] {
			t.Errorf("%02x • %02x = %02x, want %02x", c[0], c[1], got, c[2])
		}
	}
	for a := range 256 {
		if want := byte(min(a, 1)); mul(byte(a), inverse(byte(a))) != want {
			t.Errorf("%02x has no inverse", a)
		}
	}
}

// TestSplitVector follows from FIPS 197 section 4.2: with slope 57 the points at 1, 2, 3 are the
// secret plus 57, ae and 57+ae = f9.
func TestSplitVector(t *testing.T) {
	k := fromBytes(bytes.Repeat([]byte{0x01}, Size))
	got := split(k, [4]byte{9}, [Size]byte(bytes.Repeat([]byte{0x57}, Size)))
	for i, want := range []byte{0x56, 0xaf, 0xf8} {
		if *got[i].value != [Size]byte(bytes.Repeat([]byte{want}, Size)) || int(got[i].Number) != i+1 {
			t.Errorf("share %d: %02x, want %02x", i+1, got[i].value[0], want)
		}
	}
}

func TestRecovery(t *testing.T) {
	k := New()
	s, other := Split(k), Split(k)
	for _, pair := range [][]Share{{s[0], s[1]}, {s[2], s[0]}, {s[1], s[2]}, {s[0], s[1], s[2]}} {
		var typed []Share
		for _, one := range pair {
			read, err := ParseShare(one.Print())
			if err != nil {
				t.Fatal(err)
			}
			typed = append(typed, read)
		}
		if err := Drill(k.ID(), typed...); err != nil {
			t.Errorf("drill of %d sheets: %v", len(pair), err)
		}
		if got, err := Combine(typed...); err != nil || *got.secret != *k.secret {
			t.Errorf("combine: %v", err)
		}
	}
	bent := s[2]
	bent.value = new(*bent.value)
	bent.value[5] ^= 1
	for name, wrong := range map[string][]Share{
		"one": {s[0]}, "none": nil, "twice": {s[0], s[0]}, "two printings": {s[0], other[1]}, "disagree": {s[0], s[1], bent},
	} {
		if _, err := Combine(wrong...); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Drill(New().ID(), s[0], s[1]); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a drill for another key passed: %v", err)
	}
	if s[0].Printing() != s[2].Printing() || s[0].Printing() == other[0].Printing() {
		t.Error("the number of the printing is wrong")
	}
}

// TestOneShareTellsNothing: for one share every secret is equally possible, because for each there is
// exactly one slope that leads to it, and each printing draws its own for each byte.
func TestOneShareTellsNothing(t *testing.T) {
	const value = 0xa7
	for x := byte(1); x <= 3; x++ {
		seen := map[byte]bool{}
		for slope := range 256 {
			seen[value^mul(byte(slope), x)] = true
		}
		if len(seen) != 256 {
			t.Errorf("share %d leaves %d secrets", x, len(seen))
		}
	}
	k := fromBytes(bytes.Repeat([]byte{value}, Size))
	one, other := Split(k), Split(k)
	for i := range one {
		drawn := map[byte]bool{}
		for _, b := range one[i].value {
			drawn[b] = true
		}
		if len(drawn) < Size/2 { // of 32 drawn from 256, fewer than 16 are alike by chance never
			t.Errorf("share %d of a key of one byte has %d bytes", i+1, len(drawn))
		}
		if *one[i].value == *other[i].value {
			t.Errorf("share %d is the same in two printings", i+1)
		}
	}
}

// TestMisreadSheets makes every mistake of one digit, every exchange of neighbours and every
// exchange of rows; each must be found.
func TestMisreadSheets(t *testing.T) {
	printed := Split(New())[1].Print()
	plain, err := plainDigits(printed)
	if err != nil {
		t.Fatal(err)
	}
	wrong := func(what, typed string) {
		if _, err := ParseShare(typed); err == nil {
			t.Errorf("%s was not found", what)
		}
	}
	for i := range plain {
		for d := byte('0'); d <= '9'; d++ {
			if d != plain[i] {
				wrong(fmt.Sprintf("digit %d as %c", i, d), plain[:i]+string(d)+plain[i+1:])
			}
		}
		if i+1 < len(plain) && plain[i] != plain[i+1] && (i+1)%rowDigits != 0 {
			wrong(fmt.Sprintf("digits %d and %d exchanged", i, i+1), plain[:i]+plain[i+1:i+2]+plain[i:i+1]+plain[i+2:])
		}
	}
	lines := strings.SplitAfter(printed, "\n")
	for i := range rows {
		for j := range i {
			swapped := slices.Clone(lines)
			swapped[i], swapped[j] = swapped[j], swapped[i]
			wrong(fmt.Sprintf("rows %d and %d exchanged", j, i), strings.Join(swapped, ""))
		}
	}
	if _, err := ParseShare(strings.Replace(printed, printed[:1], "x", 1)); err == nil {
		t.Error("a letter was not found")
	}
	bad := strings.SplitAfter(printed, "\n")
	bad[3] = "0000 0000 0000 0000\n"
	if _, err := ParseShare(strings.Join(bad, "")); err == nil || !strings.Contains(err.Error(), "Row 4") {
		t.Errorf("the error names no row: %v", err)
	}
}

func TestTypedInOtherScripts(t *testing.T) {
	s := Split(New())[0]
	for _, zero := range []rune{'٠', '۰', '०', '๐', '０'} {
		typed := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return zero + r - '0'
			}
			return r
		}, s.Print())
		if got, err := ParseShare(typed); err != nil || got.Print() != s.Print() {
			t.Errorf("digits after %c: %v", zero, err)
		}
	}
}

func FuzzKeyFile(f *testing.F) {
	k := fromBytes(bytes.Repeat([]byte{7}, Size))
	open, _ := encode(k, "", lock{})
	locked, _ := encode(k, "x", quick())
	f.Add(open)
	f.Add(locked)
	f.Add([]byte(fileTitle + "\nid: \nkey: \n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := parse(text)
		if err != nil {
			return
		}
		if (c.key == nil) == (c.sealed == nil) {
			t.Fatal("neither or both of key and sealed key")
		}
		if c.key == nil && (c.lock.memory > maxMemory || c.lock.passes > maxPasses) {
			t.Fatal("costly settings were accepted")
		}
	})
}

func FuzzShare(f *testing.F) {
	f.Add(split(fromBytes(bytes.Repeat([]byte{7}, Size)), [4]byte{1}, [Size]byte{2})[0].Print())
	f.Add("0123 4567")
	f.Fuzz(func(t *testing.T, typed string) {
		s, err := ParseShare(typed)
		if err != nil {
			return
		}
		if again, err := ParseShare(s.Print()); err != nil || again.Print() != s.Print() {
			t.Fatal("a share that was read does not print back")
		}
	})
}
