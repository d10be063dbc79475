package person

import (
	"unicode"

	"github.com/fourfold/fourfold/script"
)

// twins are letters of Latin, Cyrillic, Greek and Armenian that look the same in most typefaces, one row a shape.
// Written from the look of the letters; the list of Unicode (UTS 39) is longer, and what is not here is warned
// about all the same, without a guess at what was meant.
var twins = [][4]rune{
	{'a', 'а', 'α', 0},
	{'c', 'с', 'ϲ', 0},
	{'e', 'е', 0, 0},
	{'i', 'і', 'ι', 0},
	{'j', 'ј', 'ϳ', 0},
	{'o', 'о', 'ο', 'օ'},
	{'p', 'р', 'ρ', 0},
	{'s', 'ѕ', 0, 0},
	{'x', 'х', 'χ', 0},
	{'y', 'у', 'γ', 0},
	{'h', 'һ', 0, 'հ'},
	{'k', 'к', 'κ', 0},
	{'v', 'ѵ', 'ν', 0},
	{'u', 0, 'υ', 'ս'},
	{'n', 'п', 'η', 'ո'},
	{'w', 'ԝ', 'ω', 0},
	{'d', 'ԁ', 0, 0},
	{'q', 'ԛ', 0, 'գ'},
	{'g', 0, 0, 'ց'},
	{'t', 'т', 'τ', 0},
	{'m', 'м', 0, 0},
	{'A', 'А', 'Α', 0},
	{'B', 'В', 'Β', 0},
	{'C', 'С', 'Ϲ', 0},
	{'E', 'Е', 'Ε', 0},
	{'H', 'Н', 'Η', 0},
	{'I', 'І', 'Ι', 0},
	{'J', 'Ј', 0, 0},
	{'K', 'К', 'Κ', 0},
	{'M', 'М', 'Μ', 0},
	{'N', 0, 'Ν', 0},
	{'O', 'О', 'Ο', 'Օ'},
	{'P', 'Р', 'Ρ', 0},
	{'S', 'Ѕ', 0, 'Տ'},
	{'T', 'Т', 'Τ', 0},
	{'X', 'Х', 'Χ', 0},
	{'Y', 'У', 'Υ', 0},
	{'Z', 0, 'Ζ', 0},
	{'L', 0, 0, 'Լ'},
	{'U', 0, 0, 'Ս'},
}

// columns are the scripts of twins, in order.
var columns = [4]string{"Latn", "Cyrl", "Grek", "Armn"}

// twinIn returns what a letter looks like in another script.
func twinIn(r rune, to string) (rune, bool) {
	for _, row := range twins {
		for _, own := range row {
			if own != r {
				continue
			}
			for i, set := range columns {
				if set == to && row[i] != 0 {
					return row[i], true
				}
			}
		}
	}
	return 0, false
}

// setOf returns the script of a letter; "" for what is no letter.
func setOf(r rune) string {
	if !unicode.IsLetter(r) {
		return ""
	}
	if set := script.Detect(string(r)).Script; set != "Zyyy" {
		return set
	}
	return ""
}

// east: Japanese and Korean words hold several scripts, and Bopomofo stands beside Han.
func east(set string) bool {
	switch set {
	case "Hani", "Jpan", "Kore", "Bopo":
		return true
	}
	return false
}
