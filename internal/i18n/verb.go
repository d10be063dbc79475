package i18n

import "strings"

// Verb is one fmt verb of a message.
type Verb struct {
	Start, End int  // byte offsets in the message
	Arg        int  // 1-based number of the argument it prints; 0 for "%%"
	Letter     byte // 's', 'd', …; '%' for "%%"
}

// Verbs finds the fmt verbs of a message: flags (but not the space flag, so that "5 % of"
// is text), width, precision and explicit argument indexes ("%[2]s") are understood; width
// and precision as arguments ("*") are not. O(len(msg)).
func Verbs(msg string) []Verb {
	var out []Verb
	next := 1
	for i := 0; i < len(msg); i++ {
		if msg[i] != '%' {
			continue
		}
		v, ok := parseVerb(msg, i, next)
		if !ok {
			continue
		}
		out = append(out, v)
		if v.Arg > 0 {
			next = v.Arg + 1
		}
		i = v.End - 1
	}
	return out
}

// parseVerb reads the verb whose '%' stands at msg[i]; next is the argument it prints when it
// names none.
func parseVerb(msg string, i, next int) (Verb, bool) {
	j := i + 1
	for j < len(msg) && strings.IndexByte("+-#0123456789.", msg[j]) >= 0 {
		j++
	}
	arg := next
	if j < len(msg) && msg[j] == '[' {
		n := 0
		for j++; j < len(msg) && msg[j] >= '0' && msg[j] <= '9' && n < 100; j++ {
			n = n*10 + int(msg[j]-'0')
		}
		if j >= len(msg) || msg[j] != ']' || n == 0 {
			return Verb{}, false
		}
		arg = n
		j++
	}
	if j >= len(msg) {
		return Verb{}, false
	}
	switch c := msg[j]; c {
	case '%':
		return Verb{Start: i, End: j + 1, Letter: '%'}, true
	case 's', 'd', 'v', 'q', 'f', 'g', 'e', 'x', 'X', 't', 'c':
		return Verb{Start: i, End: j + 1, Arg: arg, Letter: c}, true
	}
	return Verb{}, false
}

// args returns how many arguments the verbs of msg reach for.
func args(msg string) int {
	n := 0
	for _, v := range Verbs(msg) {
		n = max(n, v.Arg)
	}
	return n
}
