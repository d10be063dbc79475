package casefile_test

import (
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
)

// A file that somebody began to send goes on only under the case that it is for, and only while they work on that.
func TestAFileGoesOnUnderItsCaseOnly(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	worker, mate := d.staff("worker", auth.SupportWorker), d.staff("mate", auth.SupportWorker)
	of, mine := d.open(worker, "Wren"), d.open(mate, "Finch")
	d.must(d.AddWorker(ctx, worker, of.ID(), auth.Holder{Account: mate.Account}))
	file, _, err := d.Attach(ctx, mate, of.ID(), private.New("invented.txt"), 4)
	d.must(err)
	under := func(when string) {
		t.Helper()
		_, err := d.Arrived(ctx, mate, mine.ID(), file)
		d.kind(when+": asked about under another case", err, fault.NotFound)
		_, err = d.Send(ctx, mate, mine.ID(), file, 0, strings.NewReader("text"))
		d.kind(when+": sent under another case", err, fault.NotFound)
		_, err = d.Keep(ctx, mate, mine.ID(), file)
		d.kind(when+": kept under another case", err, fault.NotFound)
	}
	under("while they work on it")
	d.must(d.RemoveWorker(ctx, worker, of.ID(), auth.Holder{Account: mate.Account}))
	under("taken off")
	_, err = d.Send(ctx, mate, of.ID(), file, 0, strings.NewReader("text"))
	d.kind("taken off: under the case", err, fault.NotFound)
	if all, err := d.Attachments(ctx, worker, of); err != nil || len(all) != 0 {
		t.Errorf("%d files, %v", len(all), err)
	}
}
