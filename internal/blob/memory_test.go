package blob_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/blob"
	"github.com/fourfold/fourfold/internal/private"
)

// alone runs one test in a process of its own and returns what it printed. The environment variable
// tells the test that it is there.
func alone(t *testing.T, test string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+test+"$", "-test.v")
	cmd.Env = append(os.Environ(), "FOURFOLD_BLOB_ALONE=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

func isAlone() bool { return os.Getenv("FOURFOLD_BLOB_ALONE") != "" }

// peak is the most memory this process ever had, in bytes, as the system counts.
func peak(t *testing.T) int64 {
	t.Helper()
	f, err := os.Open("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for s := bufio.NewScanner(f); s.Scan(); {
		if rest, ok := strings.CutPrefix(s.Text(), "VmHWM:"); ok {
			n, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n << 10
		}
	}
	t.Fatal("the system does not say")
	return 0
}

// noise is n bytes that cost no memory.
type noise struct {
	*rand.ChaCha8
	left int64
}

func (n *noise) Read(p []byte) (int, error) {
	if n.left == 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), n.left)]
	n.left -= int64(len(p))
	return n.ChaCha8.Read(p)
}

// An attachment of 500 MB arrives, is kept and is read again in 64 MB of memory, on either store, the
// whole process with database and vault counted.
func TestHalfGigabyte(t *testing.T) {
	if !isAlone() {
		if runtime.GOOS != "linux" {
			t.Log("peak memory is read from /proc: not measured on this system")
			return
		}
		for line := range strings.SplitSeq(alone(t, "TestHalfGigabyte"), "\n") {
			if strings.Contains(line, "peak") {
				t.Log(strings.TrimSpace(line))
			}
		}
		return
	}
	h := newHouse(t, stores["folder"])
	before, size := peak(t), int64(500<<20)
	source := &noise{rand.NewChaCha8([32]byte{1}), size}
	id, err := h.Begin(t.Context(), h.worker, blob.File{Person: "person-1", Record: "r", Name: private.New("film"), Size: size})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := h.Append(t.Context(), h.worker, id, 0, source); err != nil || n != size {
		t.Fatal(n, err)
	}
	if _, err := h.Finish(t.Context(), h.worker, id); err != nil {
		t.Fatal(err)
	}
	c, err := h.Open(t.Context(), h.worker, why, id)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, c); err != nil || n != size {
		t.Fatal(n, err)
	}
	after := peak(t)
	fmt.Printf("peak %d MB, %d MB before\n", after>>20, before>>20)
	if after-before > 64<<20 {
		t.Errorf("%d MB more than before, at most 64", (after-before)>>20)
	}
}
