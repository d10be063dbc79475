package numbering

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// latin are the adverbs that laws count insertions with, by what they count.
var latin = [...]string{
	2: "bis", 3: "ter", 4: "quater", 5: "quinquies", 6: "sexies", 7: "septies", 8: "octies", 9: "novies", 10: "decies",
	11: "undecies", 12: "duodecies", 13: "terdecies", 14: "quaterdecies", 15: "quinquiesdecies", 16: "sexiesdecies",
	17: "septiesdecies", 18: "octiesdecies", 19: "noviesdecies", 20: "vicies",
}

// alsoLatin are other spellings of the same.
var alsoLatin = map[string]int{"quinquiens": 5, "quindecies": 15, "sexdecies": 16, "septdecies": 17, "octodecies": 18, "novodecies": 19}

func latinValue(word string) int {
	word = strings.ToLower(word)
	if word == "" {
		return 0
	}
	if i := slices.Index(latin[:], word); i > 0 {
		return i
	}
	return alsoLatin[word]
}

// letterValue counts a, b, … z, aa, bb, … zz, as lists of laws go on: doubled letters, up to three. Anything
// else is 0.
func letterValue(word string) int {
	if word == "" || len(word) > 3 {
		return 0
	}
	c := word[0] | 0x20
	if c < 'a' || c > 'z' || strings.Trim(strings.ToLower(word), string(rune(c))) != "" {
		return 0
	}
	return int(c-'a') + 1 + 26*(len(word)-1)
}

func letters(value int) string {
	return strings.Repeat(string(rune('a'+(value-1)%26)), (value-1)/26+1)
}

// digitValue is the value of a decimal digit of any script. Such digits stand in runs of ten, 0 first.
func digitValue(c rune) (int, bool) {
	if !unicode.Is(unicode.Nd, c) {
		return 0, false
	}
	if c <= '9' {
		return int(c - '0'), true
	}
	v := 0 // how many digits stand before it in the run, which may be one of several runs that touch
	for unicode.Is(unicode.Nd, c-1) {
		c--
		v++
	}
	return v % 10, true
}

// digits takes decimal digits of any script off a text, up to maxValue.
func digits(s string) (value int, rest string, ok bool) {
	for i, c := range s {
		d, is := digitValue(c)
		if !is {
			return value, s[i:], i > 0
		}
		if value = value*10 + d; value > maxValue {
			return 0, s, false
		}
	}
	return value, "", s != ""
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹"

// raised takes superscript digits off a text.
func raised(s string) (value int, rest string, ok bool) {
	for i, c := range s {
		at := strings.IndexRune(superscripts, c)
		if at < 0 {
			return value, s[i:], i > 0 && value > 0
		}
		if value = value*10 + utf8.RuneCountInString(superscripts[:at]); value > maxValue {
			return 0, s, false
		}
	}
	return value, "", value > 0
}

// Roman reads a Roman numeral from I to MMMCMXCIX in either case, and only as it is properly written.
func Roman(text string) (int, bool) {
	if text == "" || len(text) > 15 {
		return 0, false
	}
	upper, value := strings.ToUpper(text), 0
	for rest := upper; rest != ""; {
		i := slices.IndexFunc(roman[:], func(r romanPart) bool { return strings.HasPrefix(rest, r.text) })
		if i < 0 {
			return 0, false
		}
		value, rest = value+roman[i].value, rest[len(roman[i].text):]
	}
	return value, FormatRoman(value) == upper
}

type romanPart struct {
	text  string
	value int
}

var roman = [...]romanPart{
	{"M", 1000},
	{"CM", 900},
	{"D", 500},
	{"CD", 400},
	{"C", 100},
	{"XC", 90},
	{"L", 50},
	{"XL", 40},
	{"X", 10},
	{"IX", 9},
	{"V", 5},
	{"IV", 4},
	{"I", 1},
}

// FormatRoman writes 1 to 3999 as a Roman numeral; "" for any other.
func FormatRoman(value int) string {
	if value < 1 || value > 3999 {
		return ""
	}
	var b strings.Builder
	for _, r := range roman {
		for ; value >= r.value; value -= r.value {
			b.WriteString(r.text)
		}
	}
	return b.String()
}

const hanDigits = "零一二三四五六七八九"

// Han reads a numeral in Han characters below 100,000, such as 三百五十八, 二〇 and 十二.
func Han(text string) (int, bool) {
	v, rest, ok := hanPrefix(text)
	return v, ok && rest == ""
}

// hanPrefix takes such a numeral off a text. Digits without units read as places: 二〇 is 20.
func hanPrefix(s string) (value int, rest string, ok bool) {
	var section, digit int
	end, units := 0, false
	for i, c := range s {
		d, unit := hanValue(c)
		if d < 0 && unit == 0 {
			break
		}
		end = i + utf8.RuneLen(c)
		switch {
		case unit == 10_000:
			section, digit, value, units = 0, 0, value+(section+digit)*unit, true
		case unit > 0:
			section, digit, units = section+max(digit, 1)*unit, 0, true
		default:
			if units {
				digit = d
			} else {
				digit = digit*10 + d
			}
		}
		if value+section+digit > maxValue {
			return 0, s, false
		}
	}
	return value + section + digit, s[end:], end > 0
}

func hanValue(c rune) (digit, unit int) {
	switch c {
	case '十':
		return -1, 10
	case '百':
		return -1, 100
	case '千':
		return -1, 1000
	case '万', '萬':
		return -1, 10_000
	case '〇', '○':
		return 0, 0
	case '两', '兩':
		return 2, 0
	}
	at := strings.IndexRune(hanDigits, c)
	if at < 0 {
		return -1, 0
	}
	return utf8.RuneCountInString(hanDigits[:at]), 0
}
