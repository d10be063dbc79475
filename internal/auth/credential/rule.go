package credential

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fourfold/fourfold/internal/fault"
)

// Bounds of a password in characters.
const (
	MinPassword = 12
	MaxPassword = 256
)

// commonest are beginnings and wholes of the passwords of twelve characters and more that are tried
// first. It is short: length and a second proof do the work, this only stops what everybody tries.
var commonest = []string{
	"password", "passw0rd", "p@ssword", "p@ssw0rd", "qwertyuiop", "qwerty12345", "qwertyqwerty", "1q2w3e4r5t", "1qaz2wsx3edc",
	"zaq12wsx", "asdfghjkl", "zxcvbnm", "letmein", "iloveyou", "welcome", "administrator", "changeme", "trustno1",
	"sunshine", "princess", "football", "abcdefgh", "abcd1234", "abc123", "monkey", "dragon", "superman", "secret",
	"contraseña", "motdepasse", "passwort", "senha", "parola", "azertyuiop", "sifre", "kalimatsirr", "كلمةالسر", "كلمةالمرور",
	"пароль", "йцукенгшщз", "密码", "fourfold",
}

// checkPassword is the rule of a new password. avoid are names of its owner that it must not contain.
// There is no rule about kinds of characters: they make passwords worse and people angry.
func checkPassword(password string, avoid ...string) error {
	wrong := func(msg string, args ...any) error {
		return fault.New(fault.Invalid, "This password cannot be used.").WithField("password", msg, args...)
	}
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		return wrong("Use characters that can be typed.")
	case n < MinPassword:
		return wrong("Use at least %d characters. Four or five words are easy to remember.", MinPassword)
	case n > MaxPassword:
		return wrong("Use at most %d characters.", MaxPassword)
	case common(password):
		return wrong("This is one of the passwords that are tried first. Choose words that do not belong together.")
	}
	plain := fold(password)
	for _, name := range avoid {
		for part := range strings.FieldsSeq(name) {
			if part = fold(part); utf8.RuneCountInString(part) >= 4 && strings.Contains(plain, part) {
				return wrong("Leave out your name and your sign-in number.")
			}
		}
	}
	return nil
}

// fold keeps the letters and digits of a text, in lower case.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// common recognises the passwords that are tried first: one of the list with little added, one
// character or a short piece over and over, and a row of the alphabet or of numbers.
func common(password string) bool {
	plain := fold(password)
	runes := []rune(plain)
	for _, c := range commonest {
		if rest, ok := strings.CutPrefix(plain, fold(c)); ok && (utf8.RuneCountInString(rest) < 5 || digits(rest)) {
			return true
		}
	}
	return repeats(runes) || row(runes)
}

func digits(s string) bool {
	return strings.TrimLeftFunc(s, unicode.IsDigit) == ""
}

// repeats reports whether a text is a piece of at most six characters over and over.
func repeats(r []rune) bool {
	for period := 1; period <= 6 && period*2 <= len(r); period++ {
		same := true
		for i := period; i < len(r) && same; i++ {
			same = r[i] == r[i-period]
		}
		if same {
			return true
		}
	}
	return len(r) == 0
}

// row reports whether each character follows the one before it, up or down; after 9 comes 0.
func row(r []rune) bool {
	up, down := true, true
	for i := 1; i < len(r); i++ {
		step := r[i] - r[i-1]
		up = up && (step == 1 || r[i-1] == '9' && r[i] == '0')
		down = down && (step == -1 || r[i-1] == '0' && r[i] == '9')
	}
	return up || down
}
