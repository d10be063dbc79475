package blind

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/vault"
)

// TestLookUpAlarms searches without a case, and for one that nobody works on: recipients are told, the one who searches does not count.
func TestLookUpAlarms(t *testing.T) {
	o := newOffice(t)
	o.put(t, 1, names("Tamina Quillfeather"))
	for _, scope := range []string{"", NoScope, "made-up-1"} {
		q := Query{Why: vault.Why{Purpose: "support", Scope: scope}, Name: text("Quillfeather")}
		o.tell(t, chief.Account)
		if _, err := o.Search(t.Context(), chief, q); fault.KindOf(err) != fault.Denied {
			t.Errorf("an alarm that only the one who searches would see is enough: %v", err)
		}
		o.tell(t, chief.Account, watcher)
		if a, err := o.Search(t.Context(), chief, q); err != nil || len(a.Candidates) != 1 {
			t.Errorf("%+v, %v", a, err)
		}
	}
	err := o.DB.Read(t.Context(), func(tx *db.Tx) error {
		told, err := notify.List(t.Context(), tx, string(org), string(watcher), 10)
		if err != nil {
			return err
		}
		entries := o.entriesIn(t, tx)
		if len(told) != 3 || len(entries) != 3 || told[0].Kind != notify.SearchAlarm || !slices.Contains(entries, told[0].About) {
			t.Errorf("notices %+v about searches %v", told, entries)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func (o *office) entriesIn(t testing.TB, tx *db.Tx) (subjects []string) {
	t.Helper()
	all, err := audit.List(t.Context(), tx, string(org), 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Kind == audit.Search {
			subjects = append(subjects, e.Subject)
		}
	}
	return subjects
}

// TestSearchIsCounted searches until it is refused, and looks when it is possible again.
func TestSearchIsCounted(t *testing.T) {
	o := newOffice(t)
	q := Query{Why: forCase, Name: text("Quillfeather")}
	search := func() error {
		_, err := o.Search(t.Context(), chief, q)
		return err
	}
	admitted := 0
	for range 5 {
		for range PerHour {
			if err := search(); err != nil {
				t.Fatalf("search %d is refused: %v", admitted+1, err)
			}
			admitted++
			o.pass(time.Second)
		}
		err := search()
		f, ok := fault.As(err)
		if !ok || f.Kind != fault.Denied || len(f.HintArgs) != 1 {
			t.Fatalf("search %d is answered with %v", admitted+1, err)
		}
		if at := f.HintArgs[0]; admitted < PerDay && at != "2026-11-23 "+o.now.Add(time.Hour-time.Minute).Format("15:04") {
			t.Errorf("after %d searches by %v the next is possible at %v", admitted, o.now, at)
		} else if admitted == PerDay && at != "2026-11-24 09:00" {
			t.Errorf("after %d searches the next is possible at %v", admitted, at)
		}
		o.pass(time.Hour)
	}
	if err := search(); admitted != PerDay || fault.KindOf(err) != fault.Denied {
		t.Errorf("search %d of the day: %v", admitted+1, err)
	}
	o.pass(19 * time.Hour)
	if err := search(); err != nil {
		t.Errorf("a day later: %v", err)
	}
}

// TestSearchIsCountedAtOnce lets one account search from several places at once.
func TestSearchIsCountedAtOnce(t *testing.T) {
	o := newOffice(t)
	q := Query{Why: forCase, Name: text("Quillfeather")}
	var wg sync.WaitGroup
	var admitted, other [4]int
	for i := range admitted {
		wg.Go(func() {
			for admitted[i] < PerHour {
				_, err := o.Search(t.Context(), chief, q)
				switch k := fault.KindOf(err); {
				case err == nil:
					admitted[i]++
				case k == fault.Denied:
					return
				case k == fault.Stale, k == fault.Unavailable:
					other[i]++
				default:
					t.Error(err)
					return
				}
				if other[i] > 500 {
					return
				}
			}
		})
	}
	wg.Wait()
	if sum := admitted[0] + admitted[1] + admitted[2] + admitted[3]; sum != PerHour || len(o.entries(t)) != PerHour {
		t.Errorf("%d searches were admitted and %d recorded, want %d", sum, len(o.entries(t)), PerHour)
	}
}
