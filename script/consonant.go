package script

// both is the class of an x that is said ks.
const both = 'x'

// class returns the class of the consonant at i and how many letters of the input spell it.
func (k *skeleton) class(i int) (class byte, width int) {
	next := k.at(i + 1)
	switch k.in[i] {
	case 'b':
		if next == 'h' {
			return 'b', 2
		}
		return 'b', 1
	case 'c':
		return k.classC(i, next)
	case 'd':
		return k.classD(i, next)
	case 'g':
		if next == 'h' {
			return 'g', 2
		}
		return 'g', 1
	case 'j':
		if next == 'h' {
			return 'j', 2
		}
		return 'j', 1
	case 'k':
		return k.classK(i, next)
	case 'n':
		return k.classN(i, next)
	case 'f':
		return 'p', 1
	case 'p':
		if next == 'h' {
			return 'p', 2
		}
		return 'p', 1
	case 'q':
		return 'k', 1
	case 's':
		return k.classS(i)
	case 't':
		return k.classT(i, next)
	case 'w':
		if next == 'h' {
			return 'v', 2
		}
		return 'v', 1
	case 'x':
		return k.classX(i)
	case 'z':
		if next == 'h' {
			return 'j', 2
		}
		return 'z', 1
	default:
		return k.in[i], 1
	}
}

func (k *skeleton) has(i int, s string) bool {
	return i >= 0 && len(k.in)-i >= len(s) && string(k.in[i:i+len(s)]) == s
}

func (k *skeleton) classC(i int, next byte) (byte, int) {
	switch {
	case k.has(i, "chzh"), k.has(i, "ccia"), k.has(i, "ccio"):
		return 'j', 4
	case k.has(i, "chh"):
		return 'j', 3
	case k.has(i, "chr"), i == 0 && k.has(i, "chl"): // Christos, Chloe
		return 'k', 2
	case next == 'h', next == 'z':
		return 'j', 2
	case next == 'k':
		return 'k', 2
	case next == 'e', next == 'i', next == 'y', next == 'v':
		return 's', 1
	}
	return 'k', 1
}

func (k *skeleton) classD(i int, next byte) (byte, int) {
	switch {
	case k.has(i, "dzh"):
		return 'j', 3
	case next == 'j':
		return 'j', 2
	case next == 'h':
		return 'd', 2
	}
	return 'd', 1
}

func (k *skeleton) classK(i int, next byte) (byte, int) {
	switch {
	case k.has(i, "kkh"):
		return 'h', 3
	case next == 'h':
		return 'h', 2
	}
	return 'k', 1
}

// classN: ng is n at the end and before a consonant, as in Zhang, which Russian writes Чжан.
func (k *skeleton) classN(i int, next byte) (byte, int) {
	after, beyond := k.at(i+2), next
	if next == syllable {
		beyond = after
	}
	switch {
	case beyond == 'b' || beyond == 'p':
		return 'm', 1
	case next == 'h' && after == 0 && i > 0:
		return 'n', 2
	case next == 'g' && after == 'h' && k.at(i+3) == 0: // Singh
		return 'n', 3
	case next == 'g' && i > 0 && (!isVowel(after) || after == 'y'):
		return 'n', 2
	}
	return 'n', 1
}

func (k *skeleton) classS(i int) (byte, int) {
	for _, s := range [...]string{"shch", "sch", "sh", "sz"} {
		if k.has(i, s) {
			return 's', len(s)
		}
	}
	return 's', 1
}

func (k *skeleton) classT(i int, next byte) (byte, int) {
	switch {
	case k.has(i, "tsch"):
		return 'j', 4
	case k.has(i, "tch"), k.has(i, "tsz"):
		return 'j', 3
	case k.has(i, "tkh"):
		return 't', 3
	case next == 'h':
		return 't', 2
	case next == 's' && k.at(i+2) != 'h', next == 'z':
		return 's', 2
	}
	return 't', 1
}

// classX: x is ks (Alex, Laxmi), but s at the beginning and where it begins a syllable of
// pinyin (Xu, Meixia).
func (k *skeleton) classX(i int) (byte, int) {
	next := k.at(i + 1)
	if i == 1 && next == 'm' && k.in[0] == 'a' || i == 0 && next == 'a' && k.at(i+2) != 'v' { // Somali x is the Arabic ḥ: Axmed, Xasan
		return 'h', 1
	}
	if i == 0 || k.at(i-1) == syllable {
		return 's', 1
	}
	if k.has(i-2, "le") || k.has(i-2, "ma") {
		return both, 1
	}
	for _, s := range [...]string{"xia", "xie", "xio", "xiu", "xin", "xu"} {
		if k.has(i, s) {
			return 's', 1
		}
	}
	return both, 1
}
