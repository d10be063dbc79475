package load

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/testdata"
	"github.com/fourfold/fourfold/internal/web"
)

// townSeed is the seed of the people of benchmarks, so that a town that was built can be used again.
const townSeed = 20_261_123

// TestPagesUnderLoad is the short form: some users at once on a small town, who look at every answer.
func TestPagesUnderLoad(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	c := dbtest.Config(t)
	n := newTown(t, app.Config{Dir: t.TempDir(), DB: c.URL, KeyFile: c.KeyFile}, 240, seed)
	a, err := app.Open(t.Context(), n.config)
	must(t, err)
	must(t, a.Vault.Unlock(t.Context()))
	n.signIn(t, a)
	site, err := web.New(a, web.Options{})
	must(t, err)
	s := httptest.NewServer(site)
	t.Cleanup(func() {
		s.Close()
		must(t, site.Close())
		must(t, a.Close())
	})
	var times taken
	var wait sync.WaitGroup
	for _, one := range n.callers(s.URL, 5, seed) {
		wait.Go(func() {
			for _, k := range kinds() {
				for range 4 {
					d, err := one.ask(t.Context(), k)
					times.note(k, d, err)
				}
			}
		})
	}
	wait.Wait()
	for _, err := range times.wrong {
		t.Error(err)
	}
	if got := len(times.all()); got != 100 {
		t.Errorf("%d right answers, want 100", got)
	}
}

// BenchmarkLoad serves a town of FOURFOLD_BENCH_CASES cases (10,000 when nothing is said) by the program as it is
// released, and asks for pages from this process. It is run with -benchtime=1x. The town is built once, in the folder
// FOURFOLD_BENCH_DIR or the user's cache, and on PostgreSQL (FOURFOLD_TEST_DB) each time, unless FOURFOLD_BENCH_DB names
// an empty database of that server which it may keep. FOURFOLD_BENCH_SECONDS is how long the fifty go on after the first
// minute (120).
func BenchmarkLoad(b *testing.B) {
	cases := number(b, "FOURFOLD_BENCH_CASES", 10_000)
	n := benchTown(b, cases)
	program := build(b)
	for b.Loop() {
		measure(b, n, program)
	}
}

func number(b *testing.B, name string, otherwise int) int {
	n, err := strconv.Atoi(cmp.Or(os.Getenv(name), strconv.Itoa(otherwise)))
	must(b, err)
	return n
}

// benchTown opens or builds the town of a benchmark.
func benchTown(b *testing.B, cases int) *town {
	b.Helper()
	cache, err := os.UserCacheDir()
	must(b, err)
	root := cmp.Or(os.Getenv("FOURFOLD_BENCH_DIR"), filepath.Join(cache, "fourfold-bench"))
	config := app.Config{Dir: filepath.Join(root, fmt.Sprintf("load-%d-%d", cases, townSeed))}
	switch kept := os.Getenv("FOURFOLD_BENCH_DB"); {
	case kept != "":
		config.Dir, config.DB = config.Dir+"-postgres", kept
	case engine() == "postgres":
		config.Dir, config.DB = b.TempDir(), dbtest.Config(b).URL
	}
	must(b, os.MkdirAll(config.Dir, 0o700))
	n := newTown(b, config, cases, townSeed)
	n.results = filepath.Join(root, "load-"+engine()+".json")
	return n
}

func engine() string {
	if strings.HasPrefix(os.Getenv("FOURFOLD_TEST_DB"), "postgres") {
		return "postgres"
	}
	return "sqlite"
}

// build compiles the program as a release does.
func build(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "fourfold")
	cmd := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "./cmd/fourfold")
	cmd.Dir = testdata.Root(b)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, text)
	}
	return path
}

// child is the program at work.
type child struct {
	cmd  *exec.Cmd
	base string
	errs *bytes.Buffer
}

// serve starts the program and waits until it answers.
func (t *town) serve(b *testing.B, program string) child {
	b.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	must(b, err)
	addr := fmt.Sprintf("localhost:%d", l.Addr().(*net.TCPAddr).Port)
	must(b, l.Close())
	c := child{base: "http://" + addr, errs: &bytes.Buffer{}}
	args := []string{"serve", "--data", t.config.Dir, "--addr", addr, "--log", "warn"}
	if t.config.DB != "" {
		args = append(args, "--db", t.config.DB)
	}
	c.cmd = exec.Command(program, args...)
	c.cmd.Stderr = c.errs
	began := time.Now()
	must(b, c.cmd.Start())
	for time.Since(began) < 5*time.Minute {
		res, err := http.Get(c.base + "/readyz") //nolint:noctx // it is the machine itself
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				b.Logf("ready after %v", time.Since(began).Round(time.Millisecond))
				return c
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	c.stop(b)
	b.Fatalf("not ready:\n%s", c.errs)
	return c
}

func (c child) stop(b *testing.B) {
	b.Helper()
	_ = c.cmd.Process.Signal(os.Interrupt)
	if err := c.cmd.Wait(); err != nil {
		b.Fatalf("the node ended with %v\n%s", err, c.errs)
	}
	if c.errs.Len() > 0 {
		b.Logf("the node said:\n%s", c.errs)
	}
}

// memory returns what is resident of the program, now and at most, in megabytes; 0 where there is no /proc.
func (c child) memory() (now, most float64) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(text)) {
		var kb float64
		switch name, value, _ := strings.Cut(line, ":"); name {
		case "VmRSS":
			_, _ = fmt.Sscan(value, &kb)
			now = kb / 1024
		case "VmHWM":
			_, _ = fmt.Sscan(value, &kb)
			most = kb / 1024
		}
	}
	return now, most
}

// measure runs the phases: the first minute, what follows, everybody without thinking, and one alone.
func measure(b *testing.B, n *town, program string) {
	b.Helper()
	a, err := app.Open(b.Context(), n.config)
	must(b, err)
	must(b, a.Vault.Unlock(b.Context()))
	n.signIn(b, a)
	must(b, a.Close())
	c := n.serve(b, program)
	defer c.stop(b)
	all := n.callers(c.base, users, townSeed)
	first := phase(b, c, "first minute", all, time.Second, time.Minute)
	steady := phase(b, c, "then", all, time.Second, time.Duration(number(b, "FOURFOLD_BENCH_SECONDS", 120))*time.Second)
	const busy = 20 * time.Second
	most := phase(b, c, "without thinking", all[:32], 0, busy)
	_, peak := c.memory()
	b.ReportMetric(ms(share(first.all(), 0.95)), "first-p95-ms")
	b.ReportMetric(ms(share(steady.all(), 0.95)), "p95-ms")
	b.ReportMetric(ms(share(steady.all(), 0.99)), "p99-ms")
	b.ReportMetric(float64(len(most.all()))/busy.Seconds(), "pages/s")
	b.ReportMetric(peak, "MB/peak")
	n.alone(b, c)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// phase has callers ask for a time, and says how long the answers took.
func phase(b *testing.B, c child, name string, all []*caller, think, length time.Duration) *taken {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), length)
	defer cancel()
	t := during(ctx, all, think)
	for i, err := range t.wrong {
		if i < 5 {
			b.Error(err)
		}
	}
	now, most := c.memory()
	lines := []string{fmt.Sprintf("%s: %d answers, %d wrong, %.0f MB resident, %.0f at most", name, len(t.all()), len(t.wrong), now, most)}
	for _, k := range kinds() {
		s := t.all(k)
		lines = append(lines, fmt.Sprintf("  %-10s %6d  p50 %7.1f  p95 %7.1f  p99 %7.1f ms", k, len(s), ms(share(s, 0.5)), ms(share(s, 0.95)), ms(share(s, 0.99))))
	}
	s := t.all()
	lines = append(lines, fmt.Sprintf("  %-10s %6d  p50 %7.1f  p95 %7.1f  p99 %7.1f ms", "all", len(s), ms(share(s, 0.5)), ms(share(s, 0.95)), ms(share(s, 0.99))))
	b.Log(strings.Join(lines, "\n"))
	return t
}

// alone asks for each kind one after another, keeps the medians beside those of the other sizes, and says how the cost
// grows with the number of cases: the exponent of a power.
func (t *town) alone(b *testing.B, c child) {
	b.Helper()
	all := t.callers(c.base, users, townSeed+1)
	medians := map[kind]float64{}
	for _, k := range kinds() {
		var times taken
		for i := range 200 {
			one := all[i%len(all)]
			d, err := one.ask(b.Context(), k)
			times.note(k, d, err)
		}
		if len(times.wrong) > 0 {
			b.Error(times.wrong[0])
		}
		medians[k] = ms(share(times.all(), 0.5))
	}
	kept := map[int]map[kind]float64{}
	if text, err := os.ReadFile(t.results); err == nil {
		must(b, json.Unmarshal(text, &kept))
	}
	kept[t.Cases] = medians
	text, err := json.Marshal(kept)
	must(b, err)
	must(b, os.WriteFile(t.results, text, 0o600))
	for _, k := range kinds() {
		b.Logf("one alone: %-10s %7.1f ms; grows with exponent %.2f over %d sizes", k, medians[k], exponent(kept, k), len(kept))
	}
}

// exponent fits a power by least squares to the logarithms.
func exponent(kept map[int]map[kind]float64, k kind) float64 {
	var n, sx, sy, sxx, sxy float64
	for cases, medians := range kept {
		x, y := math.Log(float64(cases)), math.Log(medians[k])
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}
