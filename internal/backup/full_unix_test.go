//go:build unix

package backup

import (
	"bytes"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/fourfold/fourfold/internal/fault"
)

// fullDisk names the folder of the backups in the process whose disk is full.
const fullDisk = "FOURFOLD_TEST_BACKUP_FULL_DISK"

// TestFullDisk runs itself in a process that the system does not let write beyond a few bytes in the
// middle of a backup, and wants a refusal with a remedy, no file, and a node that goes on.
func TestFullDisk(t *testing.T) {
	if dir := os.Getenv(fullDisk); dir != "" {
		onFullDisk(t, dir)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
	cmd.Env = append(os.Environ(), fullDisk+"="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("refused and went on")) {
		t.Fatalf("%v\n%s", err, out)
	}
}

func onFullDisk(t *testing.T, dir string) {
	h := ready(t)
	// Bytes that nothing makes smaller, more of them than there will be room for.
	h.exec("INSERT INTO backup_canary (org_id, id, sealed, created_at) VALUES ('o', 'x', $1, 0)", bytes.Repeat([]byte{7}, 900_000))
	whole := h.make()
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	room := uint64(whole.Bytes / 2)
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: room, Max: was.Max}); err != nil {
		t.Fatal(err)
	}
	_, err := h.Make(t.Context(), dir)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	if f, ok := fault.As(err); !ok || f.Kind != fault.Unavailable || f.Hint == "" {
		t.Errorf("a backup on a full disk: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	if _, err := h.Make(t.Context(), dir); err != nil {
		t.Errorf("with room again: %v", err)
	}
	os.Stdout.WriteString("refused and went on\n")
}
