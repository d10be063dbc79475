package space

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/script"
)

// letters are the characters of a slip: none that is read as another. Thirty of them give 4.9 bits each.
const letters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

const (
	slipLength = 28 // 137 bits
	slipGroup  = 4
)

// newNumber makes the number of a slip, without the strokes between its groups.
func newNumber() string {
	number := make([]byte, 0, slipLength)
	var raw [64]byte
	for len(number) < slipLength {
		_, _ = rand.Read(raw[:]) // never fails: it ends the program instead
		for _, r := range raw {
			// 240 is eight times thirty: what is above would make some letters likelier.
			if r < 240 && len(number) < slipLength {
				number = append(number, letters[int(r)%len(letters)])
			}
		}
	}
	return string(number)
}

// grouped writes a number as it is printed.
func grouped(number string) string {
	var b strings.Builder
	for i := 0; i < len(number); i += slipGroup {
		if i > 0 {
			b.WriteByte('-')
		}
		b.WriteString(number[i:min(i+slipGroup, len(number))])
	}
	return b.String()
}

// maxTyped bounds what is read of a number or a word, in bytes.
const maxTyped = 200

// plainNumber reads a number as somebody typed it: in groups or not, in small letters, with the digits of
// their own script.
func plainNumber(typed private.Text) string {
	text := typed.Reveal("compare the number of a slip")
	if len(text) > maxTyped {
		return ""
	}
	var b strings.Builder
	for _, r := range strings.ToUpper(text) {
		switch {
		case r >= '٠' && r <= '٩':
			r = '0' + r - '٠'
		case r >= '۰' && r <= '۹':
			r = '0' + r - '۰'
		}
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plainWord reads a word as somebody typed it: capitals, accents and the keyboard make no difference.
func plainWord(typed private.Text) string {
	text := typed.Reveal("compare a word")
	if len(text) > maxTyped {
		return ""
	}
	return script.Fold(text)
}

// leastWord is of how many letters a word is made at least.
const leastWord = 4

func longEnough(word string) bool { return utf8.RuneCountInString(word) >= leastWord }

func hashOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

func numberHash(number string) string     { return hashOf("fourfold/slip/v1", number) }
func wordHash(number, word string) string { return hashOf("fourfold/slip-word/v1", number, word) }

// The budgets of wrong words. With four letters at random from twenty-six, a hundred guesses find one word
// in four thousand; after that somebody has to ask for a new slip.
const (
	wrongAnHour = 10
	wrongInAll  = 100
	wrongTold   = 5 // from which on the case is told; of every tenth it is told, however slow they come
	wrongWindow = time.Hour
)

// try is what is known when somebody wants in: whether the slip holds, which word fits, and how many did
// not before.
type try struct {
	Live, Word, Other bool
	Wrong, WrongNow   int64
	Since, Now        time.Time
}

// verdict is what comes of a try.
type verdict struct {
	In, Harmless bool
	// Count says that the word was wrong and counts; Tell that it is time to say so.
	Count, Tell bool
	// Fresh says that the count of the hour begins anew.
	Fresh bool
}

// judge is the rule. Within a spent budget no word is right, so that whoever guesses on learns nothing.
func judge(t try) (v verdict) {
	if v.Fresh = t.Now.Sub(t.Since) >= wrongWindow; v.Fresh {
		t.WrongNow = 0
	}
	if !t.Live || t.Wrong >= wrongInAll || t.WrongNow >= wrongAnHour {
		return v
	}
	switch {
	case t.Word:
		v.In = true
	case t.Other:
		v.In, v.Harmless = true, true
	default:
		v.Count, v.Tell = true, t.WrongNow+1 == wrongTold || (t.Wrong+1)%wrongAnHour == 0
	}
	return v
}
