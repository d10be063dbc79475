package db_test

import (
	"regexp"
	"testing"

	"github.com/fourfold/fourfold/internal/db"
)

// Identifiers that are made together begin alike and differ; those of two sources begin differently. All
// have the one form.
func TestNewIDs(t *testing.T) {
	form := regexp.MustCompile(`^[A-Z2-7]{26}$`)
	next, other := db.NewIDs(), db.NewIDs()
	seen := map[string]bool{}
	first := next()
	for range 1000 {
		id := next()
		if !form.MatchString(id) || seen[id[10:]] || id[:10] != first[:10] {
			t.Fatalf("%s after %s", id, first)
		}
		seen[id[10:]] = true
	}
	if other()[:10] == first[:10] || !form.MatchString(db.NewID()) {
		t.Error("two sources begin alike, or another form")
	}
}
