package app_test

import (
	"database/sql"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/support"
)

// procedures reads where every procedure of the shelter is.
func (w *walk) procedures() map[string]standing {
	w.t.Helper()
	all := map[string]standing{}
	ctx := w.t.Context()
	w.must(w.DB.Read(ctx, func(tx *db.Tx) error {
		clear(all)
		rows, err := tx.Query(ctx, "SELECT id, case_id, stage, kind FROM protection_identification WHERE org_id = $1", string(w.home))
		_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
			var id, of string
			var s standing
			err = r.Scan(&id, &of, &s.stage, &s.kind)
			s.of = casefile.ID(of)
			all[id] = s
			return none, err
		})
		return err
	}))
	return all
}

// hold asks what must hold after an act of a room.
func (w *walk) hold(act string) {
	w.holdSupport(act)
	w.holdIdentification(act)
	w.holdCounts()
	for _, id := range w.cases {
		c, err := w.Cases.Get(w.t.Context(), w.chief, id)
		w.must(err)
		if !c.Clear.Sensitivity.Valid && !c.Protected() {
			w.t.Errorf("after %s: a case of which nobody has said how sensitive it is needs no care", act)
		}
	}
}

// holdSupport compares support with what was done in support alone.
func (w *walk) holdSupport(act string) {
	w.t.Helper()
	ctx, inSupport := w.t.Context(), strings.HasPrefix(act, "support")
	w.must(w.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, "SELECT case_id, stage, ended FROM protection_support WHERE org_id = $1", string(w.home))
		_, err = db.Collect(rows, err, func(r *sql.Rows) (none struct{}, err error) {
			var of, stage, ended string
			err = r.Scan(&of, &stage, &ended)
			s := w.shadow(casefile.ID(of))
			if !s.begun && !inSupport {
				w.t.Errorf("%s began support", act)
			}
			s.begun = true
			if s.Stage != support.Stage(stage) || s.Ended != support.Ended(ended) {
				w.t.Errorf("after %s support is %s %s, by what was done there %s %s", act, stage, ended, s.Stage, s.Ended)
			}
			return none, err
		})
		return err
	}))
}

// holdIdentification asks that only identification moves it, and that nobody who may be a child left it by a refusal.
func (w *walk) holdIdentification(act string) {
	w.t.Helper()
	now := w.procedures()
	for id, was := range w.kinds {
		is, there := now[id]
		if !strings.HasPrefix(act, "identification") && is != was {
			w.t.Errorf("%s moved identification from %+v to %+v (there: %v)", act, was, is, there)
		}
		if left := profile.Kind(is.kind); w.childStep == id && is.stage != was.stage && (left == profile.Refused || left == profile.Notified) {
			w.t.Errorf("somebody who may be a child went from %s to %s", was.stage, is.stage)
		}
	}
}

// holdCounts asks of all rows that there is none that must not be.
func (w *walk) holdCounts() {
	w.t.Helper()
	ctx := w.t.Context()
	w.must(w.DB.Read(ctx, func(tx *db.Tx) error {
		for what, q := range map[string]string{
			"clocks without their law": "SELECT count(*) FROM protection_identification_clock WHERE profile = '' OR began = ''",
			"events without their law": "SELECT count(*) FROM protection_identification_event WHERE profile = ''",
			// The other deadlines are those of the program itself, and what a court or an authority has written.
			"deadlines without their rule":  "SELECT count(*) FROM protection_task WHERE deadline AND basis = '' AND kind NOT IN ('" + consent.TaskReview + "', '" + consent.TaskSecond + "', '" + consent.TaskDemand + "', 'legal.date')",
			"duties that wait for somebody": "SELECT count(*) FROM protection_basis WHERE ground = 'duty' AND (step = 'declined' OR second <> '')",
		} {
			var n int
			if err := tx.QueryRow(ctx, q).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				w.t.Errorf("%d %s", n, what)
			}
		}
		return nil
	}))
}

// end erases the first person and looks for what is left.
func (w *walk) end() {
	w.t.Helper()
	c, err := w.Cases.Get(w.t.Context(), w.chief, w.cases[0])
	w.must(err)
	held, err := os.Open(w.ring.Path)
	w.must(err)
	defer func() { _ = held.Close() }()
	loot, copies := w.steal(c), w.everyByte()
	w.now = w.now.AddDate(40, 0, 0)
	w.erase(c)
	w.nothingLeft(c, loot, append(copies, w.everyByte()...), w.rings(held))
	if checked, err := w.Vault.Check(w.t.Context()); err != nil || len(checked.Findings) > 0 {
		w.t.Errorf("the check finds %+v, %v", checked.Findings, err)
	}
}

// revealed is everything that a value says, private texts in clear.
func revealed(v any) string {
	var b strings.Builder
	reveal(&b, reflect.ValueOf(v), 0)
	return b.String()
}

func reveal(b *strings.Builder, v reflect.Value, depth int) {
	if !v.IsValid() || depth > 12 {
		return
	}
	if v.CanInterface() {
		switch x := v.Interface().(type) {
		case private.Text:
			b.WriteString(x.Reveal("test") + "\n")
			return
		case time.Time:
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		reveal(b, v.Elem(), depth+1)
	case reflect.Struct:
		for _, field := range v.Fields() {
			reveal(b, field, depth+1)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			reveal(b, v.Index(i), depth+1)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			reveal(b, k, depth+1)
			reveal(b, v.MapIndex(k), depth+1)
		}
	case reflect.String:
		b.WriteString(v.String() + "\n")
	default:
		if v.CanInt() || v.CanUint() {
			fmt.Fprintln(b, v)
		}
	}
}

// expected reports whether an error is one that people are told, and none of the program's own.
func expected(err error) bool {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Denied, fault.NotFound, fault.Conflict, fault.Stale, fault.Withheld, fault.TooLarge:
		return true
	}
	return false
}
