package web

import (
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/casefile"
)

// TestNoActIsShownByItsCode: what happened in a case is told in words, also an act that has none of its own, and one of a
// kind that nobody has thought of.
func TestNoActIsShownByItsCode(t *testing.T) {
	p := i18n.For("en")
	for act, want := range map[string]string{
		"consent.withdraw": "The person took a yes back", "own.enter": "The person opened their own page",
		"consent.supersede": "What the person agreed to was written down", "support.follow.end": "Support was planned or written down",
		"something.new": "Something was written down",
	} {
		e := casefile.Event{Act: act, Of: "x", Detail: map[string]string{"kind": "disclosure", "reason": "no-such-word"}}
		if got := caseAct(p, e); !strings.HasPrefix(got, want) || strings.Contains(got, "no-such-word") || strings.Contains(got, "disclosure") {
			t.Errorf("%s is told as %q, want %q", act, got, want)
		}
	}
}
