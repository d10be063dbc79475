package script

import "unicode/utf8"

// romanHangul follows the Revised Romanization (Republic of Korea, 2000) syllable by syllable
// with the arithmetic of the Unicode Standard (3.12), but for what names do otherwise: ㄱ at
// the beginning is k, and a family name that stands alone is spelled as its bearers do (Lee,
// Park, Choi). Changes of sound between syllables are not applied.
func romanHangul(dst []byte, s string) []byte {
	if customary, ok := hangulFamily(s); ok {
		return append(dst, customary...)
	}
	for i, r := range s {
		at := int(r) - 0xAC00
		lead, vowel, tail := at/588, at%588/28, at%28
		if i > 0 {
			dst = append(dst, syllable)
		}
		if i == 0 && lead == 0 {
			dst = append(dst, 'k')
		} else {
			dst = append(dst, hangulLeads[lead]...)
		}
		dst = append(dst, hangulVowels[vowel]...)
		dst = append(dst, hangulTails[tail]...)
	}
	return dst
}

var (
	hangulLeads = [19]string{
		"g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h",
	}
	hangulVowels = [21]string{
		"a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu", "ui", "i",
	}
	hangulTails = [28]string{
		"", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t",
	}
)

// hangulFamily: how the commonest family names are spelled in passports.
func hangulFamily(s string) (string, bool) {
	switch s {
	case "이", "리":
		return "lee", true
	case "박":
		return "park", true
	case "최":
		return "choi", true
	case "정":
		return "jung", true
	case "조":
		return "cho", true
	case "임", "림":
		return "lim", true
	case "신":
		return "shin", true
	case "유", "류":
		return "yoo", true
	case "노", "로":
		return "noh", true
	case "우":
		return "woo", true
	case "구":
		return "koo", true
	case "주":
		return "joo", true
	case "오":
		return "oh", true
	case "서":
		return "seo", true
	case "양":
		return "yang", true
	case "여":
		return "yeo", true
	}
	return "", false
}

// hangulSurname returns how many bytes of a Korean name written in one are the family name,
// 0 when it does not begin with one.
func hangulSurname(s string) int {
	n := utf8.RuneCountInString(s)
	if n < 2 || n > 5 {
		return 0
	}
	const syllableBytes = 3
	if n > 2 && len(s) > 2*syllableBytes {
		switch s[:2*syllableBytes] {
		case "남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방":
			return 2 * syllableBytes
		}
	}
	const single = "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민나진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국은편용" +
		"예경봉사부황목형두감음빈동온호범좌팽승간상갈"
	first := s[:syllableBytes]
	for i := 0; i < len(single); i += syllableBytes {
		if single[i:i+syllableBytes] == first {
			return syllableBytes
		}
	}
	return 0
}
