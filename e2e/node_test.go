package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// programVar names the environment variable that holds the path of the program under test. Set it
// to test a program that was built elsewhere; otherwise the program is built from this tree.
const programVar = "FOURFOLD_E2E_PROGRAM"

// TestMain builds the program once for all tests.
func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	if os.Getenv(programVar) != "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "fourfold-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "fourfold")
	build := exec.Command("go", "build", "-o", program, "./cmd/fourfold")
	build.Dir = ".."
	build.Stdout, build.Stderr = os.Stdout, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build the program:", err)
		return 1
	}
	if err := os.Setenv(programVar, program); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// node is the program, running.
type node struct {
	base   string // "http://localhost:port", the name the program itself gives
	dir    string // its data folder
	output *output
	ended  chan struct{} // closed when the process has ended, with its error in err
	err    error
}

// output collects what a process says, for the moment when a test fails.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// addresses are those that freeAddress has given.
var addresses sync.Map

// freeAddress returns a loopback address on which nothing listens. Its port lies below those that systems hand out
// by themselves: of those, a connection of the browser could be handed the same before the program listens there.
func freeAddress(t *testing.T) string {
	t.Helper()
	var last error
	for range 1000 {
		address := fmt.Sprintf("localhost:%d", 10_000+rand.N(22_000))
		if _, given := addresses.LoadOrStore(address, true); given {
			continue
		}
		l, err := net.Listen("tcp", address)
		if err == nil {
			_ = l.Close()
			return address
		}
		last = err
	}
	t.Fatal(last)
	return ""
}

// startDemo starts the demo in a folder of its own and stops it when the test ends.
func startDemo(t *testing.T) *node {
	t.Helper()
	address, dir := freeAddress(t), t.TempDir()
	n := &node{base: "http://" + address, dir: dir, output: &output{}}
	n.start(t, "demo", "--addr", address, "--keep", dir)
	n.wait(t, "/readyz")
	return n
}

// start runs the program with args until the test ends. It must then stop at the first request.
func (n *node) start(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command(os.Getenv(programVar), args...)
	cmd.Dir = n.dir
	cmd.Env = append(os.Environ(), "HOME="+n.dir, "XDG_CONFIG_HOME="+n.dir, "XDG_DATA_HOME="+n.dir, "BROWSER=true", "DISPLAY=")
	cmd.Stdout, cmd.Stderr = n.output, n.output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	n.ended = make(chan struct{})
	go func() {
		n.err = cmd.Wait()
		close(n.ended)
	}()
	t.Cleanup(func() {
		defer func() {
			if t.Failed() {
				t.Logf("the program said:\n%s", n.output)
			}
		}()
		if err := cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Errorf("interrupt the program: %v", err)
		}
		select {
		case <-n.ended:
			if n.err != nil {
				t.Errorf("the program ended with %v", n.err)
			}
		case <-time.After(time.Minute):
			_ = cmd.Process.Kill()
			t.Error("the program did not stop within a minute")
		}
	})
}

// wait waits until the program answers a path with 200.
func (n *node) wait(t *testing.T, path string) {
	t.Helper()
	for limit := time.Now().Add(2 * time.Minute); time.Now().Before(limit); time.Sleep(50 * time.Millisecond) {
		select {
		case <-n.ended:
			t.Fatalf("the program ended (%v); it said:\n%s", n.err, n.output)
		default:
		}
		res, err := http.Get(n.base + path)
		if err != nil {
			continue
		}
		res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return
		}
	}
	t.Fatalf("the program does not answer %s; it said:\n%s", path, n.output)
}
