package script

// romanGreek follows ELOT 743 (ISO 843) on folded letters, with the pairs that stand for one
// sound: μπ at the beginning is b, ντ d, γκ g, γγ ng, ου ou, αυ ευ av ev.
func romanGreek(dst []byte, s string) []byte {
	before := rune(0)
	rs := []rune(s)
	for i := 0; i < len(rs); i++ {
		next := rune(0)
		if i+1 < len(rs) {
			next = rs[i+1]
		}
		r := rs[i]
		switch {
		case r == 'μ' && next == 'π' && before == 0:
			dst, i = append(dst, 'b'), i+1
		case r == 'ν' && next == 'τ' && before == 0:
			dst, i = append(dst, 'd'), i+1
		case r == 'γ' && next == 'κ' && before == 0:
			dst, i = append(dst, 'g'), i+1
		case r == 'γ' && (next == 'γ' || next == 'κ' || next == 'χ' || next == 'ξ'):
			dst = append(dst, 'n')
		case r == 'ο' && next == 'υ':
			dst, i = append(dst, "ou"...), i+1
		case r == 'υ' && (before == 'α' || before == 'ε'):
			dst = append(dst, 'v')
		default:
			dst = append(dst, greekLetter(r)...)
		}
		before = r
	}
	return dst
}

func greekLetter(r rune) string {
	const basic = "a v g d e z i thi k l m n x o p r s s t y f chpso "
	if r >= 'α' && r <= 'ω' {
		at := int(r-'α') * 2
		if basic[at+1] == ' ' {
			return basic[at : at+1]
		}
		return basic[at : at+2]
	}
	return string(r)
}
