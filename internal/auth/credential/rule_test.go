package credential

import (
	"encoding/base32"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/fault"
)

func TestPasswordRule(t *testing.T) {
	good := []string{
		longPassword, "correct horse battery staple", "ужин на тихой реке", "四月の静かな川と橋の上を歩く人", "مركب صغير على النهر", "aaaaaaaaaaab cde", "12 boats, 3 rivers",
	}
	bad := map[string]string{
		"eleven signs": "elevensigns", "empty": "", "eleven of two bytes each": "ужинужинужи",
		"a common one": "Password1234!", "with signs between": "p-a-s-s-w-o-r-d-1-2-3-4", "common in Arabic": "كلمة السر 123",
		"one letter": "aaaaaaaaaaaaaaaa", "over and over": "abcabcabcabcabc", "signs only": "!!!!!!!!!!!!!!!!", "a row": "abcdefghijklmnop", "a row down": "9876543210987",
		"a row of numbers": "123456789012", "the own name": "amina likes boats", "name in another case": "boats of AMINA x", "the number": "my 12345678 boats",
		"a line end": "seven quiet\nboats", "not whole": "seven quiet boats \xff", "too long": strings.Repeat("boats ", 50), "our name": "fourfold1234",
	}
	for _, p := range good {
		if err := checkPassword(p, "Amina Invented", "12345678"); err != nil {
			t.Errorf("%q: %v", p, err)
		}
	}
	for name, p := range bad {
		err := checkPassword(p, "Amina Invented", "12345678")
		if f, ok := fault.As(err); !ok || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != "password" {
			t.Errorf("%s (%q): %v", name, p, err)
		}
	}
}

// The test vectors of RFC 6238, appendix B, for SHA-1, cut to six digits.
func TestCodeVectors(t *testing.T) {
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		got, err := codeAt(secret, stepAt(time.Unix(at, 0)))
		if err != nil || got != want {
			t.Errorf("at %d: %s (%v), want %s", at, got, err, want)
		}
		step, ok, err := matchCode(secret, want, time.Unix(at, 0), 0)
		if err != nil || !ok || step != stepAt(time.Unix(at, 0)) {
			t.Errorf("at %d: step %d, %t (%v)", at, step, ok, err)
		}
		if _, ok, _ := matchCode(secret, want, time.Unix(at, 0), step); ok {
			t.Errorf("at %d: a used code matches", at)
		}
		if at < 60 {
			continue // there are no steps before the first
		}
		for away, want := range map[int64]bool{-61: false, -30: true, 30: true, 61: false} {
			if _, ok, _ := matchCode(secret, got, time.Unix(at+away, 0), 0); ok != want {
				t.Errorf("a code of %d, %d s away: %t", at, away, ok)
			}
		}
	}
}

func TestPace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := pace{burst: rapid.IntRange(1, 20).Draw(t, "burst"), every: time.Duration(rapid.IntRange(1, 60).Draw(t, "every")) * time.Second}
		now, whole := time.Unix(1_000_000, 0), time.Time{}
		began, taken := now, 0
		for range rapid.IntRange(1, 200).Draw(t, "tries") {
			now = now.Add(time.Duration(rapid.IntRange(0, 90_000).Draw(t, "ms")) * time.Millisecond)
			after, wait := p.next(whole, now)
			if wait > 0 {
				if wait > p.every {
					t.Fatalf("a wait of %s, one try comes back every %s", wait, p.every)
				}
				if _, again := p.next(whole, now.Add(wait)); again > 0 {
					t.Fatalf("after waiting %s another %s", wait, again)
				}
				continue
			}
			whole, taken = after, taken+1
			if most := p.burst + int(now.Sub(began)/p.every); taken > most {
				t.Fatalf("%d tries in %s, at most %d", taken, now.Sub(began), most)
			}
		}
	})
}

func FuzzHash(f *testing.F) {
	f.Add(dummyHash(cheap))
	f.Add("$argon2id$v=19$m=65536,t=3,p=1$AAAA$AAAA")
	f.Add("$argon2id$v=19$m=4294967295,t=4294967295,p=255$$")
	f.Fuzz(func(t *testing.T, text string) {
		c, salt, sum, err := decode(text)
		if err == nil && (encode(c, salt, sum) != text || c.Memory > maxMemory || c.Time > maxTime) {
			t.Errorf("%q is taken", text)
		}
	})
}

func FuzzTyped(f *testing.F) {
	f.Add("123 456")
	f.Add("ABCD-efgh-0oIl-1234")
	f.Add("1234 5678")
	f.Fuzz(func(t *testing.T, typed string) {
		if code, ok := cleanCode(typed); ok && (len(code) != 6 || strings.Trim(code, "0123456789") != "") {
			t.Errorf("%q is the code %q", typed, code)
		}
		if code, ok := cleanRecovery(typed); ok {
			if again, ok := cleanRecovery(code); !ok || again != code {
				t.Errorf("%q is the recovery code %q", typed, code)
			}
		}
		if number := cleanNumber(typed); number != "" && (len(number) != 8 || strings.Trim(number, "0123456789") != "") {
			t.Errorf("%q is the number %q", typed, number)
		}
		_ = checkPassword(typed, typed)
	})
}

func TestRecoveryCodes(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		c := newRecovery()
		if got, ok := cleanRecovery(c); !ok || got != c || seen[c] {
			t.Fatalf("%q becomes %q", c, got)
		}
		seen[c] = true
	}
	if got, ok := cleanRecovery("OIL0 oil0-OIL0 oil0"); !ok || got != "0110-0110-0110-0110" {
		t.Errorf("misread signs become %q", got)
	}
	if len(recoveryLetters) != 32 {
		t.Fatal("not 32 signs: some codes would be likelier than others")
	}
}
