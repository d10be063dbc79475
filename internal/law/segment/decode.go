package segment

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/fourfold/fourfold/internal/fault"
)

// Decode returns the text of a file: UTF-8 with or without a mark, or UTF-16 with one, with lines that end in
// \n. It refuses files of other programs and other encodings, with line and byte, and never guesses: a wrong
// letter in a law is worse than no text.
func Decode(file []byte) (string, error) {
	if err := foreign(file); err != nil {
		return "", err
	}
	text, err := decode(file)
	if err != nil {
		return "", err
	}
	if at := strings.IndexByte(text, 0); at >= 0 {
		return "", fault.New(fault.Invalid, "This is no text: byte %d, in line %d, is zero.", at+1, 1+strings.Count(text[:at], "\n")).
			WithHint("Save it as plain text in UTF-8, and look whether every letter is right.")
	}
	if strings.TrimSpace(text) == "" {
		return "", fault.New(fault.Invalid, "The file has no text.").WithHint("A scanned page is a picture: run text recognition first, or paste the text.")
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\f", "\n").Replace(text), nil
}

func decode(file []byte) (string, error) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(file, []byte("\xef\xbb\xbf")):
		file = file[3:]
	case bytes.HasPrefix(file, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(file, []byte("\xfe\xff")):
		order = binary.BigEndian
	}
	if order != nil {
		return wide(file[2:], order)
	}
	if at := firstInvalid(file); at >= 0 {
		return "", fault.New(fault.Invalid, "The text is not UTF-8: byte %d, in line %d. It is probably %s.", at+1, 1+bytes.Count(file[:at], []byte("\n")), likely(file)).
			WithHint("Save it as plain text in UTF-8, and look whether every letter is right.")
	}
	return string(file), nil
}

// foreign names files that are no plain text by their first bytes.
func foreign(file []byte) error {
	var f *fault.Error
	begins := func(magics ...string) bool {
		return slices.ContainsFunc(magics, func(m string) bool { return bytes.HasPrefix(file, []byte(m)) })
	}
	switch {
	case begins("%PDF-"):
		f = fault.New(fault.Invalid, "This is a PDF file, not text.")
	case begins("PK\x03\x04", "\xd0\xcf\x11\xe0", "{\\rtf"):
		f = fault.New(fault.Invalid, "This is a file of a word processor or an archive, not text.")
	case begins("\x89PNG", "\xff\xd8\xff"):
		f = fault.New(fault.Invalid, "This is a picture, not text.")
	case begins("\x1f\x8b"):
		f = fault.New(fault.Invalid, "This is a compressed file, not text.")
	default:
		return nil
	}
	return f.WithHint("Open it, select all and paste the text. Where nothing can be selected it is a scanned page: run text recognition first.")
}

func wide(b []byte, order binary.ByteOrder) (string, error) {
	if len(b)%2 != 0 {
		return "", fault.New(fault.Invalid, "The text is cut off: UTF-16 has two bytes for each unit, and the last one is missing.").WithHint("Send the whole file again.")
	}
	units := make([]uint16, len(b)/2)
	line := 1
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	for i := 0; i < len(units); i++ {
		switch u := units[i]; {
		case u == '\n':
			line++
		case utf16.IsSurrogate(rune(u)):
			if i+1 == len(units) || utf16.DecodeRune(rune(u), rune(units[i+1])) == utf8.RuneError {
				return "", fault.New(fault.Invalid, "The text is damaged: half a character at byte %d, in line %d.", 2*i+3, line).WithHint("Send the whole file again.")
			}
			i++
		}
	}
	return string(utf16.Decode(units)), nil
}

func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// likely names the encoding that a text which is no UTF-8 probably has, from how its high bytes stand.
// Texts in Cyrillic and in Arabic are told apart by nobody who cannot read them.
func likely(b []byte) string {
	if zero := bytes.Count(b, []byte{0}); zero > len(b)/4 {
		return "UTF-16"
	}
	high, letters, paired, run := 0, 0, 0, 0
	for i := 0; i <= len(b); i++ {
		if i < len(b) && b[i] >= 0x80 {
			high++
			run++
			continue
		}
		if i < len(b) && (b[i]|0x20 >= 'a' && b[i]|0x20 <= 'z') {
			letters++
		}
		if run%2 == 0 {
			paired += run
		}
		run = 0
	}
	switch {
	case high < letters:
		return "Windows-1252"
	case paired*10 >= high*9:
		return "GB 18030"
	default:
		return "Windows-1251 / Windows-1256"
	}
}
