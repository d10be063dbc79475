package indicator

import (
	"bytes"
	"io"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
)

// What WriteAll writes, another node takes in, and then it gives the same answers: now, and as
// known on a day before the last revision.
func TestWriteAllRoundTrip(t *testing.T) {
	from, actor := room(t)
	to, other := emptyRoom(t)
	if err := to.seedRegistry(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	for _, id := range []ID{NRMReferrals, NRMReferralsDetail, NRMDecisionsFirst, NRMDutyToNotify} {
		var file bytes.Buffer
		rows, err := from.WriteAll(t.Context(), actor, id, &file)
		if err != nil || rows == 0 {
			t.Fatalf("%s: %d rows, %v", id, rows, err)
		}
		if lines := bytes.Count(file.Bytes(), []byte("\n")); lines != rows+1 {
			t.Errorf("%s: %d lines for %d rows", id, lines, rows)
		}
		report, err := to.Import(t.Context(), other, Import{
			Format: "csv", Name: "whole.csv",
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file.Bytes())), nil },
		})
		if err != nil || !report.OK() {
			t.Fatalf("%s: %v %v", id, err, report.Problems)
		}
		for _, q := range []Query{{Indicator: id}, {Indicator: id, KnownOn: "2023-06-30"}} {
			if had, has := ask(t, from, actor, q), ask(t, to, other, q); had.Hash != has.Hash {
				t.Errorf("%s as known on %q: hash %s became %s", id, q.KnownOn, had.Hash, has.Hash)
			}
		}
	}
}

func TestWriteAllIsGuarded(t *testing.T) {
	r, actor := room(t)
	_, err := r.WriteAll(t.Context(), auth.Actor{Org: actor.Org}, NRMReferrals, io.Discard)
	wantKind(t, err, fault.Denied)
	_, err = r.WriteAll(t.Context(), actor, "no.such", io.Discard)
	wantKind(t, err, fault.NotFound)
}
