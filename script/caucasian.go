package script

// romanGeorgian follows the national system of 2002 without its apostrophes.
func romanGeorgian(dst []byte, s string) []byte {
	for _, r := range s {
		if r >= 'ა' && r <= 'ჰ' {
			dst = append(dst, georgianSounds[r-'ა']...)
		} else {
			dst = append(dst, string(r)...)
		}
	}
	return dst
}

// romanArmenian follows BGN/PCGN for Eastern Armenian without its apostrophes; ու is u.
func romanArmenian(dst []byte, s string) []byte {
	before := rune(0)
	for _, r := range s {
		switch {
		case r == 'ւ' && before == 'ո':
			dst[len(dst)-1] = 'u'
		case r >= 'ա' && r <= 'ֆ':
			dst = append(dst, armenianSounds[r-'ա']...)
		default:
			dst = append(dst, string(r)...)
		}
		before = r
	}
	return dst
}

var (
	georgianSounds = [33]string{
		"a", "b", "g", "d", "e", "v", "z", "t", "i", "k", "l", "m", "n", "o", "p", "zh", "r", "s", "t", "u",
		"p", "k", "gh", "q", "sh", "ch", "ts", "dz", "ts", "ch", "kh", "j", "h",
	}
	armenianSounds = [38]string{
		"a", "b", "g", "d", "e", "z", "e", "y", "t", "zh", "i", "l", "kh", "ts", "k", "h", "dz", "gh", "ch", "m",
		"y", "n", "sh", "o", "ch", "p", "j", "r", "s", "v", "t", "r", "ts", "v", "p", "k", "o", "f",
	}
)
