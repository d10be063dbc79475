package identification_test

import "testing"

// TestADecisionKeepsTheFile: while somebody has still to decide, the file of an adult is kept beyond its time; before anybody
// saw signs, and after the last decision, it is not.
func TestADecisionKeepsTheFile(t *testing.T) {
	d := newDesk(t, "2026-03-02")
	c, err := d.cases.Get(t.Context(), d.worker, d.id)
	d.must(err)
	goes := func(step string, want int) {
		t.Helper()
		k, err := d.vault.Keeping(t.Context(), d.worker, c.Person)
		d.must(err)
		if len(k.Goes) != want {
			t.Errorf("%s: kept for %v", step, k.Goes)
		}
	}
	p := d.begin("gb-eaw")
	goes("nothing was done", 0)
	d.take(p, "presume", "anybody")
	d.take(p, "refer", "first-responder")
	goes("referred", 1)
	c, err = d.cases.Get(t.Context(), d.worker, d.id) // its deadlines became tasks
	d.must(err)
	d.must(d.cases.Close(t.Context(), d.worker, d.id, c.Version, "goals-met"))
	goes("the case is closed", 1)
	d.take(p, "first-negative", "authority")
	goes("decided", 0)
}
