//go:build unix

package blob_test

import (
	"bytes"
	"os/signal"
	"syscall"
	"testing"

	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
)

// The system refuses to let a file grow, as a full disk does: what had arrived stays, nothing half
// written is kept, and with room again the sender goes on. The limit is the system's own, so the test
// runs in a process of its own.
func TestFullDisk(t *testing.T) {
	if !isAlone() {
		alone(t, "TestFullDisk")
		return
	}
	h := newHouse(t, stores["folder"])
	want := content(6 << 20)
	id, err := h.Begin(t.Context(), h.worker, blob.File{Person: "person-1", Record: "r", Name: private.New("film"), Size: int64(len(want))})
	if err != nil {
		t.Fatal(err)
	}
	var free syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &free); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	limit := free
	limit.Cur = 4<<20 - 100_000 // in the middle of the fourth chunk
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	at, err := h.Append(t.Context(), h.worker, id, 0, bytes.NewReader(want))
	if fault.KindOf(err) != fault.Unavailable || at != 3<<20 {
		t.Fatalf("%d bytes are safe: %v", at, err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &free); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Append(t.Context(), h.worker, id, at, bytes.NewReader(want[at:])); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Finish(t.Context(), h.worker, id); err != nil {
		t.Fatal(err)
	}
	if got, _, err := h.read(h.worker, id); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%d of %d bytes: %v", len(got), len(want), err)
	}
}
