package fault_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/fault"
)

func TestKindOf(t *testing.T) {
	stale := fault.New(fault.Stale, "Changed.")
	tests := []struct {
		name string
		err  error
		want fault.Kind
	}{
		{"untyped is internal", errors.New("disk"), fault.Internal},
		{"typed", stale, fault.Stale},
		{"wrapped", fmt.Errorf("decide referral 7: %w", stale), fault.Stale},
		{"the outer of two", fault.New(fault.Invalid, "Outer.").Wrap(stale), fault.Invalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fault.KindOf(tt.err); got != tt.want {
				t.Errorf("KindOf = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestErrorText(t *testing.T) {
	tests := []struct {
		name string
		err  *fault.Error
		want string
	}{
		{"plain", fault.New(fault.Invalid, "Nothing works."), "Nothing works."},
		{"per cent without arguments", fault.New(fault.Invalid, "100 % of it"), "100 % of it"},
		{"arguments", fault.New(fault.Invalid, "%d of %d rows", 2, 3), "2 of 3 rows"},
		{"cause is not shown", fault.New(fault.Unavailable, "Busy.").Wrap(errors.New("secret")), "Busy."},
		{
			"fields", fault.New(fault.Invalid, "Not saved").WithField("name", "Empty.").WithField("age", "%d is too many.", 200),
			"Not saved: name: Empty.; age: 200 is too many.",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.err.Error(); got != tt.want {
				t.Errorf("Error() = %q, want %q", got, tt.want)
			}
		})
	}
}

// A fault in a shared variable must not grow fields of one request into the answer of another.
func TestCopies(t *testing.T) {
	base := fault.New(fault.Invalid, "Not saved.").WithField("a", "A.")
	one := base.WithField("b", "B.").WithHint("Mend b.").Wrap(fs.ErrNotExist)
	two := base.WithField("c", "C.")
	if len(base.Fields) != 1 || base.Hint != "" || base.Err != nil {
		t.Errorf("base changed: %+v", base)
	}
	if one.Fields[1].Name != "b" || two.Fields[1].Name != "c" {
		t.Errorf("copies share fields: %v and %v", one.Fields, two.Fields)
	}
	if !errors.Is(one, fs.ErrNotExist) {
		t.Error("the cause is not in the chain")
	}
}

func TestLogHasCause(t *testing.T) {
	var out bytes.Buffer
	inner := fault.New(fault.Unavailable, "Inner.").Wrap(errors.New("bottom"))
	err := fault.New(fault.Unavailable, "Outer.").Wrap(fmt.Errorf("load: %w", inner))
	slog.New(slog.NewJSONHandler(&out, nil)).Error("x", "err", err)
	if want := `"cause":"load: Inner.: bottom"`; !strings.Contains(out.String(), want) {
		t.Errorf("log %s lacks %s", out.String(), want)
	}
	if got, want := fault.Cause(err), "Outer.: load: Inner.: bottom"; got != want {
		t.Errorf("Cause = %q, want %q", got, want)
	}
	if got := fault.Cause(nil); got != "" {
		t.Errorf("Cause(nil) = %q", got)
	}
}

// The numbers of kinds are stored and sent, so they must never move.
func TestKindNumbers(t *testing.T) {
	want := []string{"internal", "invalid", "denied", "not-found", "conflict", "stale", "withheld", "unavailable", "too-large"}
	for i, name := range want {
		if got := fault.Kind(i).String(); got != name {
			t.Errorf("kind %d is %q, want %q", i, got, name)
		}
	}
	if got := fault.Kind(200).String(); got != "kind(200)" {
		t.Errorf("unknown kind is %q", got)
	}
}
