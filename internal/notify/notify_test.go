package notify_test

import (
	"context"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// desk is a database with two invented accounts in each of two organisations.
func desk(t *testing.T, now *time.Time) *db.DB {
	t.Helper()
	d := dbtest.OpenAt(t, func() time.Time { return *now })
	write(t, d, func(ctx context.Context, tx *db.Tx) error {
		for _, org := range []string{"o", "p"} {
			if _, err := tx.Exec(ctx, "INSERT INTO org (id, name, zone, created_at) VALUES ($1, 'Invented', 'UTC', 0)", org); err != nil {
				return err
			}
			for _, account := range []string{"a", "b"} {
				_, err := tx.Exec(ctx, "INSERT INTO account (org_id, id, version, name, created_at) VALUES ($1, $2, 1, 'Invented', 0)", org, org+account)
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	return d
}

func write(t *testing.T, d *db.DB, fn func(context.Context, *db.Tx) error) {
	t.Helper()
	err := d.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error { return fn(t.Context(), tx) })
	if err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, d *db.DB, org, account string) (all []notify.Notice, unread int) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		if all, err = notify.List(t.Context(), tx, org, account, 10); err != nil {
			return err
		}
		unread, err = notify.Unread(t.Context(), tx, org, account)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, unread
}

func TestNoticesReachOneAccountAndAreReadOnce(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	d := desk(t, &now)
	post := func(to, about string) {
		write(t, d, func(ctx context.Context, tx *db.Tx) error {
			return notify.Post(ctx, tx, notify.Notice{Org: "o", To: to, Kind: notify.ReviewDue, About: about})
		})
		now = now.Add(time.Minute)
	}
	post("oa", "first")
	post("oa", "second")
	post("ob", "third")
	all, unread := list(t, d, "o", "oa")
	if len(all) != 2 || unread != 2 || all[0].About != "second" || all[1].Read || !all[1].At.Equal(now.Add(-3*time.Minute)) {
		t.Fatalf("%d unread: %+v", unread, all)
	}
	for _, stranger := range []struct{ org, account string }{{"o", "ob"}, {"p", "pa"}, {"p", "oa"}} {
		if err := notify.MarkRead(t.Context(), d, stranger.org, stranger.account, all[0].ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%v read the notice of another: %v", stranger, err)
		}
	}
	for range 2 {
		if err := notify.MarkRead(t.Context(), d, "o", "oa", all[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	if all, unread = list(t, d, "o", "oa"); unread != 1 || all[0].About != "first" || !all[1].Read {
		t.Errorf("after reading one: %d unread: %+v", unread, all)
	}
	now = now.Add(30 * 24 * time.Hour)
	if n, err := notify.Sweep(t.Context(), d); n != 1 || err != nil {
		t.Errorf("swept %d: %v", n, err)
	}
	if all, _ = list(t, d, "o", "oa"); len(all) != 1 || all[0].About != "first" {
		t.Errorf("an unread notice was swept: %+v", all)
	}
}

// What is found again while it lasts is told once, and again after its time.
func TestNoticeOnce(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	d := desk(t, &now)
	once := func(about string, since time.Time) (posted bool) {
		write(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
			posted, err = notify.Once(ctx, tx, notify.Notice{Org: "o", To: "oa", Kind: notify.LedgerAltered, About: about}, since)
			return err
		})
		return posted
	}
	ever := time.Time{}
	if !once("first", ever) || once("first", ever) || !once("second", ever) {
		t.Error("not told once each")
	}
	now = now.Add(48 * time.Hour)
	if once("first", now.Add(-72*time.Hour)) || !once("first", now.Add(-24*time.Hour)) {
		t.Error("not told again after its time")
	}
	if all, _ := list(t, d, "o", "oa"); len(all) != 3 {
		t.Errorf("notices: %+v", all)
	}
}

// A notice holds codes and identifiers: a sentence in it is a mistake and is refused.
func TestNoticesHoldNoText(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	d := desk(t, &now)
	good := notify.Notice{Org: "o", To: "oa", Kind: notify.JobDead, About: "x"}
	for name, spoil := range map[string]func(*notify.Notice){
		"no organisation": func(n *notify.Notice) { n.Org = "" },
		"no receiver":     func(n *notify.Notice) { n.To = "" },
		"unknown kind":    func(n *notify.Notice) { n.Kind = "gossip" },
		"a sentence":      func(n *notify.Notice) { n.About = "Amina Dell" },
		"no subject":      func(n *notify.Notice) { n.About = "" },
		"a stranger":      func(n *notify.Notice) { n.To = "pa" },
	} {
		n := good
		spoil(&n)
		err := d.WriteUnaudited(t.Context(), "test", func(tx *db.Tx) error { return notify.Post(t.Context(), tx, n) })
		if err == nil {
			t.Errorf("%s: posted", name)
		}
	}
}
