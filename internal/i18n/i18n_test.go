package i18n

import (
	"testing"
	"time"
)

func TestForFallsBack(t *testing.T) {
	for given, want := range map[string]string{
		"ar": "ar", "ar-EG": "ar", "en-GB": "en", "en-XA": "en-XA", "tlh": "en", "": "en", "???": "en",
	} {
		if got := For(given).Lang(); got != want {
			t.Errorf("For(%q) is %q, want %q", given, got, want)
		}
	}
}

func TestMatch(t *testing.T) {
	tests := []struct{ accept, cookie, want string }{
		{"", "", "en"},
		{"ar-SY,ar;q=0.9,en;q=0.5", "", "ar"},
		{"ar", "en", "en"},
		{"fr;q=0.9, ar;q=0.4", "", "ar"},
		{"fr", "", "en"},
		{"en-XA", "", "en"}, // the pseudo-locale only by cookie
		{"ar", "en-XA", "en-XA"},
		{"ar", "../../etc/passwd", "ar"},
		{";;;q=,,,", "", "en"},
		{"*", "", "en"},
	}
	for _, tt := range tests {
		if got := Match(tt.accept, tt.cookie); got != tt.want {
			t.Errorf("Match(%q, %q) is %q, want %q", tt.accept, tt.cookie, got, tt.want)
		}
	}
}

func TestText(t *testing.T) {
	en, xa := For("en"), For("en-XA")
	tests := []struct{ name, got, want string }{
		{"plain", en.T("Measures"), "Measures"},
		{"translated", For("ar").T("Measures"), "المؤشرات"},
		{"untranslated falls back", For("ar").T("no such key %d", 3), "no such key 3"},
		{"year keeps plain digits", en.T("In %d", 2022), "In 2022"},
		{"percent sign without arguments", en.T("5 % of 100%%"), "5 % of 100%"},
		{"argument not mentioned", en.T("Nothing", "x"), "Nothing"},
		{"argument order", en.T("%[2]s then %[1]s", "a", "b"), "b then a"},
		{"missing argument shows", en.T("%s and %s", "a"), "a and %!s(MISSING)"},
		{"foreign letters isolated", en.T("Name: %s.", "علي"), "Name: \u2068علي\u2069."},
		{"one", en.N("%d row", "%d rows", 1), "1 row"},
		{"many, grouped", en.N("%d row", "%d rows", 58769), "58,769 rows"},
		{"none", en.N("%d row", "%d rows", 0), "0 rows"},
		{"count first, then arguments", en.N("%d row of %s", "%d rows of %s", 2, "a.csv"), "2 rows of a.csv"},
		{"form without number", en.N("One row of %[2]s", "%d rows of %s", 1, "a.csv"), "One row of a.csv"},
		{"pseudo", xa.T("Rows: %d of %[1]d", 7), "[Ŕöŵš: 7 öƒ 7 öñé ţŵ]"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}

func TestDateTimeTellsTheZone(t *testing.T) {
	at := time.Date(2022, 6, 30, 13, 5, 0, 0, time.UTC)
	en := For("en")
	for zone, want := range map[string]string{
		"Europe/London":  "30 June 2022, 14:05 (Europe/London)",
		"":               "30 June 2022, 13:05 (UTC)",
		"Atlantis/Depth": "30 June 2022, 13:05 (UTC)",
		"Local":          "30 June 2022, 13:05 (UTC)",
	} {
		if got := en.DateTime(at, zone); got != want {
			t.Errorf("zone %q: %q, want %q", zone, got, want)
		}
	}
}
