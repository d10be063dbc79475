package script

import "testing"

// The keys of tables stand as Fold leaves words, or they would never be found.
func TestTablesAreFolded(t *testing.T) {
	for name := range arabicNames() {
		if Fold(name) != name {
			t.Errorf("Arabic %s folds to %s", name, Fold(name))
		}
	}
	for _, list := range thaiMorphemes() {
		for _, m := range list {
			if s := string(m.letters); Fold(s) != s {
				t.Errorf("Thai %s folds to %s", s, Fold(s))
			}
		}
	}
	for name := range japaneseSurnames() {
		if Fold(name) != name {
			t.Errorf("Japanese %s folds to %s", name, Fold(name))
		}
	}
	for r := range hanReadings() {
		if s := string(r); Fold(s) != s {
			t.Errorf("Han %s folds to %s", s, Fold(s))
		}
	}
	for from, to := range variants() {
		if again, ok := variants()[to]; ok {
			t.Errorf("variant %s leads to %s, which leads to %s", from, to, again)
		}
	}
}

// Every family name that cuts a name is read.
func TestSurnamesAreRead(t *testing.T) {
	seen := map[rune]bool{}
	for _, r := range hanSurnames {
		if _, ok := hanReadings()[r]; !ok {
			t.Errorf("no reading for the family name %c", r)
		}
		if seen[r] {
			t.Errorf("%c twice", r)
		}
		seen[r] = true
	}
}
