package db

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRewrite(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"none", "SELECT 1", "SELECT 1"},
		{"one", "SELECT $1", "SELECT ?1"},
		{"repeated", "SELECT $1, $1", "SELECT ?1, ?1"},
		{"out of order", "SELECT $2, $1", "SELECT ?2, ?1"},
		{"above nine", "SELECT $10, $1, $11", "SELECT ?10, ?1, ?11"},
		{"in a string", "SELECT '$1', $1", "SELECT '$1', ?1"},
		{"after an escaped quote", "SELECT 'it''s $1', $1", "SELECT 'it''s $1', ?1"},
		{"in a quoted name", `SELECT "$1", $1`, `SELECT "$1", ?1`},
		{"in a line comment", "SELECT -- costs $1\n$1", "SELECT -- costs $1\n?1"},
		{"in a block comment", "SELECT /* $1 */ $1", "SELECT /* $1 */ ?1"},
		{"in a word", "SELECT a$1, $1", "SELECT a$1, ?1"},
		{"after a word of other letters", "SELECT é$1 + $1", "SELECT é$1 + ?1"},
		{"no digit", "SELECT $, $x", "SELECT $, $x"},
		{"minus and division", "SELECT 1 -$1 /$2", "SELECT 1 -?1 /?2"},
		{"a string that is not closed", "SELECT '$1", "SELECT '$1"},
		{"a comment that is not closed", "SELECT /* $1", "SELECT /* $1"},
		{"at the end", "SELECT $", "SELECT $"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := rewrite(tt.in); got != tt.want {
				t.Errorf("rewrite(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// TestRewriteParts puts statements together from parts of which it is known whether they change.
func TestRewriteParts(t *testing.T) {
	inert := rapid.SampledFrom([]string{
		"SELECT ", "'it''s $1'", `"a $2"`, "-- $3 '\n", "/* $4 \" */", "x$5", "naïve$6", "+", "\n", "''", " $ ",
	})
	rapid.Check(t, func(t *rapid.T) {
		var in, want strings.Builder
		for range rapid.IntRange(0, 12).Draw(t, "parts") {
			part := inert.Draw(t, "part")
			n := strconv.Itoa(rapid.IntRange(1, 99).Draw(t, "n"))
			in.WriteString(part + " $" + n + " ")
			want.WriteString(part + " ?" + n + " ")
		}
		if got := rewrite(in.String()); got != want.String() {
			t.Fatalf("rewrite(%q) = %q, want %q", in.String(), got, want.String())
		}
	})
}

func FuzzRewrite(f *testing.F) {
	for _, seed := range []string{"SELECT $1", "'$1", `"$1""`, "-- $1", "/*$1*/$2", "a$1", "$$1", "é$1", "\xff$1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, q string) {
		got := rewrite(q)
		if len(got) != len(q) {
			t.Fatalf("rewrite(%q) has %d bytes, not %d", q, len(got), len(q))
		}
		for i := range len(q) {
			if got[i] != q[i] && (q[i] != '$' || got[i] != '?' || !isDigit(q[i+1])) {
				t.Fatalf("rewrite(%q) = %q changes byte %d", q, got, i)
			}
		}
		if again := rewrite(got); again != got {
			t.Fatalf("rewrite is not idempotent: %q, then %q", got, again)
		}
		_ = changes(q) // must end and not panic
	})
}

func TestChanges(t *testing.T) {
	tests := []struct {
		in   string
		want bool
	}{
		{"SELECT 1", false},
		{"\n\t select x from update_log", false},
		{"INSERT INTO a VALUES (1)", true},
		{"  update a SET b = 1", true},
		{"-- a remark\nDELETE FROM a", true},
		{"/* INSERT */ SELECT 'DELETE'", false},
		{"WITH x AS (SELECT 1) SELECT * FROM x", false},
		{"WITH x AS (SELECT 1) INSERT INTO a SELECT * FROM x", true},
		{"SELECT 'x' FROM a -- then DELETE", false},
		{"CREATE TABLE a (b text)", true},
		{"", false},
	}
	for _, tt := range tests {
		if got := changes(tt.in); got != tt.want {
			t.Errorf("changes(%q) = %v, want %v", tt.in, got, tt.want)
		}
	}
}
