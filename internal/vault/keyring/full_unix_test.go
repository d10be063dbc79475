//go:build unix

package keyring

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// fullDiskRing names the folder of the ring in the process whose disk is full.
const fullDiskRing = "FOURFOLD_TEST_FULL_DISK"

// TestFullDisk runs itself in a process that the system does not let write beyond a few records, and
// wants a refusal, the same ring as before, and no file left behind.
func TestFullDisk(t *testing.T) {
	if path := os.Getenv(fullDiskRing); path != "" {
		onFullDisk(t, File{Path: path})
		return
	}
	m := folder(t)
	cmd := exec.Command(os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
	cmd.Env = append(os.Environ(), fullDiskRing+"="+m.Path)
	if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("refused 3 times")) {
		t.Fatalf("%v\n%s", err, out)
	}
}

func onFullDisk(t *testing.T, m File) {
	node := nodekey.New()
	r := open(t, m, node)
	create(t, r, person(0))
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: 10*recordSize + 100, Max: 10*recordSize + 100}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	made := 1
	for ; made < 20; made++ {
		if _, err := r.Create(t.Context(), start, start, person(made)); err != nil {
			refusal(t, "a new key", err)
			break
		}
	}
	if made < 5 || made >= 20 {
		t.Fatalf("%d keys: the disk was full at once, or never", made)
	}
	before, _ := os.ReadFile(m.Path)
	// A grave more than there is room for.
	names := make([]Name, 6)
	for i := range names {
		names[i] = person(100 + i)
	}
	refusal(t, "an erasure", r.Destroy(t.Context(), start, names...))
	if err := r.Rekey(t.Context(), start, nodekey.New(), func() error {
		return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 300, Max: limit.Max})
	}); err == nil {
		t.Error("rekeyed on a full disk")
	} else {
		refusal(t, "a rekeying", err)
	}
	if after, _ := os.ReadFile(m.Path); !bytes.Equal(before, after) {
		t.Error("the ring was changed")
	}
	for _, end := range []string{".new", ".old"} {
		if _, err := os.Stat(m.Path + end); err == nil {
			t.Errorf("%s was left behind", end)
		}
	}
	again := open(t, m, node)
	for i := range made {
		if secret(t, again, person(i)) == nil || secret(t, r, person(i)) == nil {
			t.Errorf("key %d is lost", i)
		}
	}
	fmt.Println("refused 3 times")
}

func refusal(t *testing.T, what string, err error) {
	t.Helper()
	if e, ok := fault.As(err); !ok || e.Kind != fault.Unavailable || e.Hint == "" {
		t.Errorf("%s on a full disk: %v", what, err)
	}
}
