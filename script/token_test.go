package script

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestTokens(t *testing.T) {
	tests := []struct {
		in   string
		want []string
	}{
		{"", nil},
		{"  —  ", nil},
		{"José María", []string{"jose", "maria"}},
		{"عَلِي بن أحمد", []string{"علي", "بن", "احمد"}},
		{"张", []string{"张"}},
		{"张伟", []string{"张伟"}},
		{"张伟明", []string{"张伟", "伟明"}},
		{"张伟明 case7", []string{"张伟", "伟明", "case7"}},
		{"第3課", []string{"第", "3", "課"}},
		{"ラーメン", []string{"ラー", "ーメ", "メン"}},
		{"สมชาย", []string{"สม", "มช", "ชา", "าย"}},
		{"กินดี", []string{"กิน", "นดี"}}, // a vowel sign stays with its letter
		{"ကမ္ဘာ", []string{"ကမ္", "မ္ဘာ"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, Tokens(tt.in)); diff != "" {
			t.Errorf("Tokens(%q):\n%s", tt.in, diff)
		}
	}
}

// Tokens do not depend on how the text was typed, and hold all letters of the folded text.
func TestTokensProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		tokens := Tokens(s)
		if diff := cmp.Diff(tokens, Tokens(Fold(s))); diff != "" {
			t.Errorf("folding first changes the tokens of %+q:\n%s", s, diff)
		}
		all := strings.Join(tokens, "")
		for _, r := range Fold(s) {
			if r != ' ' && !strings.ContainsRune(all, r) {
				t.Errorf("%+q lost %q: %+q", s, r, tokens)
			}
		}
	})
}

func TestDetect(t *testing.T) {
	tests := []struct {
		name, in string
		want     Writing
	}{
		{"empty", "", Writing{Script: "Zyyy"}},
		{"digits", "123-45", Writing{Script: "Zyyy"}},
		{"Latin", "Ada", Writing{Script: "Latn", Letters: 3}},
		{"Arabic", "علي", Writing{Script: "Arab", RightToLeft: true, Letters: 3}},
		{"Hebrew", "דוד", Writing{Script: "Hebr", RightToLeft: true, Letters: 3}},
		{"two scripts in two words", "Ali علي", Writing{Script: "Latn", Letters: 6}},
		{"more Arabic than Latin", "محمد Ali", Writing{Script: "Arab", RightToLeft: true, Letters: 7}},
		{"Cyrillic a in a Latin word", "p\u0430ypal", Writing{Script: "Latn", Letters: 6, Mixed: true}},
		{"Han", "张伟", Writing{Script: "Hani", Letters: 2}},
		{"Japanese", "田中さくら", Writing{Script: "Jpan", Letters: 5}},
		{"Korean", "金철수", Writing{Script: "Kore", Letters: 3}},
		{"zero width space", "A\u200Bda", Writing{Script: "Latn", Letters: 3, Invisible: true}},
		{"direction override", "\u202Ecba", Writing{Script: "Latn", Letters: 3, Invisible: true}},
		{"Persian joiner is needed", "می\u200Cخواهم", Writing{Script: "Arab", RightToLeft: true, Letters: 7}},
		{"joiner in Latin is not", "A\u200Dda", Writing{Script: "Latn", Letters: 3, Invisible: true}},
		{"invalid", "a\xff", Writing{Script: "Latn", Letters: 1, Invalid: true}},
		{"Ethiopic", "አበበ", Writing{Script: "Ethi", Letters: 3}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, Detect(tt.in)); diff != "" {
			t.Errorf("%s: Detect(%+q):\n%s", tt.name, tt.in, diff)
		}
	}
}
