package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/evaluation/indicator"
	"github.com/fourfold/fourfold/internal/testdata"
)

// The promises about a node with a database of one gigabyte.
const (
	largeNode    = 1_000_000_000 // bytes
	readyPromise = 300 * time.Millisecond
	pagesAsked   = 50
	memoryBound  = 150_000_000 // bytes resident
)

// BenchmarkReady measures from exec to the first 200 of /readyz on a database of one gigabyte of
// published figures. The database is made once, in .cache below the source tree, which takes
// minutes; remove the folder to make it again.
func BenchmarkReady(b *testing.B) {
	program, dir := buildProgram(b), largeDatabase(b)
	var all []time.Duration
	for b.Loop() {
		child, took := startChild(b, program, dir)
		all = append(all, took)
		child.stop(b)
	}
	slices.Sort(all)
	median := all[len(all)/2]
	b.ReportMetric(float64(median.Microseconds())/1000, "ms/median")
	b.ReportMetric(float64(all[len(all)-1].Microseconds())/1000, "ms/worst")
	b.ReportMetric(0, "ns/op") // includes the end of the process, which is not what is measured
	if median > readyPromise {
		b.Errorf("ready after %s, promised within %s", median, readyPromise)
	}
}

// BenchmarkResidentMemory measures the memory of a node on the same database after 50 pages.
func BenchmarkResidentMemory(b *testing.B) {
	if runtime.GOOS != "linux" {
		testdata.Absent(b, "the /proc of Linux", "run the benchmark on Linux")
	}
	program, dir := buildProgram(b), largeDatabase(b)
	var resident, peak int64
	for b.Loop() {
		a, err := app.Open(b.Context(), app.Config{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		link, paths := visit(b, a)
		if err := a.Close(); err != nil {
			b.Fatal(err)
		}
		child, _ := startChild(b, program, dir)
		v := newVisitor(b, child.base)
		v.redeem(link)
		for i := range pagesAsked {
			v.get(paths[i%len(paths)])
		}
		resident, peak = memoryOf(b, child.cmd.Process.Pid)
		child.stop(b)
	}
	b.ReportMetric(float64(resident)/1e6, "MB/resident")
	b.ReportMetric(float64(peak)/1e6, "MB/peak")
	if resident > memoryBound {
		b.Errorf("%d bytes resident after %d pages, promised at most %d", resident, pagesAsked, memoryBound)
	}
}

// buildProgram compiles the program as a release does.
func buildProgram(b *testing.B) string {
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

// largeDatabase returns the data folder of a node of largeNode bytes: as many organisations as it
// takes, each with the UNODC publication and the detailed national tables.
func largeDatabase(b *testing.B) string {
	b.Helper()
	dir := filepath.Join(testdata.Root(b), ".cache", "node-1gb")
	done := filepath.Join(dir, "complete")
	if _, err := os.Stat(done); err == nil {
		return dir
	}
	glotip := filepath.Join(testdata.Dir(b, "unodc-glotip"), "data_glotip_2025.csv.gz")
	national := filepath.Join(testdata.Dir(b, "uk-nrm"), "nrm_referrals_2022Q2_2023Q4.csv.gz")
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o700)); err != nil {
		b.Fatal(err)
	}
	a, err := app.Open(b.Context(), app.Config{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	for n := 0; fileSize(b, filepath.Join(dir, databaseName)) < largeNode; n++ {
		org, err := a.Accounts.CreateOrg(b.Context(), fmt.Sprintf("Organisation %d (invented)", n), "UTC")
		if err != nil {
			b.Fatal(err)
		}
		actor := auth.CLI(org)
		if _, err := a.Accounts.CreateAccount(b.Context(), actor, "Analyst (invented)", auth.Analyst); err != nil {
			b.Fatal(err)
		}
		if err := a.Indicators.Seed(b.Context(), actor); err != nil {
			b.Fatal(err)
		}
		for format, path := range map[string]string{"glotip": glotip, "nrm": national} {
			report, err := a.Indicators.Import(b.Context(), actor, indicator.Import{Format: format, Path: path})
			if err != nil || !report.OK() {
				b.Fatalf("%s: %v %v", path, err, report.Problems)
			}
		}
	}
	if err := errors.Join(a.Close(), os.WriteFile(done, nil, 0o600)); err != nil {
		b.Fatal(err)
	}
	return dir
}

// fileSize counts the file and its write-ahead log, 0 while there is none.
func fileSize(b *testing.B, path string) (total int64) {
	b.Helper()
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0
	}
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// child is a running node.
type child struct {
	cmd  *exec.Cmd
	base string
	errs *bytes.Buffer
}

// startChild starts serve and returns when /readyz answered 200, with the time it took.
func startChild(b *testing.B, program, dir string) (child, time.Duration) {
	b.Helper()
	port, err := freePort()
	if err != nil {
		b.Fatal(err)
	}
	addr := fmt.Sprintf("localhost:%d", port)
	c := child{base: "http://" + addr, errs: &bytes.Buffer{}}
	c.cmd = exec.Command(program, "serve", "--data", dir, "--addr", addr, "--log", "warn")
	c.cmd.Stderr = c.errs
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	start := time.Now()
	if err := c.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	for time.Since(start) < 20*time.Second {
		resp, err := client.Get(c.base + "/readyz")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return c, time.Since(start)
			}
		}
		time.Sleep(time.Millisecond)
	}
	c.stop(b)
	b.Fatalf("not ready after 20 s:\n%s", c.errs)
	return c, 0
}

func (c child) stop(b *testing.B) {
	b.Helper()
	_ = c.cmd.Process.Signal(os.Interrupt)
	if err := c.cmd.Wait(); err != nil {
		b.Fatalf("the node ended with %v\n%s", err, c.errs)
	}
}

// visit prepares a sign-in for the first analyst, and the pages to look at.
func visit(b *testing.B, a *app.App) (link string, paths []string) {
	b.Helper()
	orgs, err := a.Accounts.Orgs(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	accounts, err := a.Accounts.List(b.Context(), orgs[0].ID)
	if err != nil {
		b.Fatal(err)
	}
	if link, err = a.Accounts.OneTimeLink(b.Context(), accounts[0].ID, time.Minute); err != nil {
		b.Fatal(err)
	}
	paths = []string{
		"/", "/measures", "/measures?q=referrals", "/about", "/releases", "/policy-review",
		"/measures/nrm.referrals", "/measures/nrm.referrals?view=table&by=age",
		"/measures/nrm.decisions.first?by=decision&annual=1", "/measures/nrm.duty-to-notify",
		"/measures/nrm.referrals.detail?by=form", "/measures/glotip.victims", "/measures/glotip.victims?view=map",
		"/measures/glotip.victims?view=table&by=form", "/measures/glotip.convicted?by=sex",
		"/measures/compare?m1=nrm.referrals", "/measures/glotip.victims/figures.csv",
	}
	releases, err := a.Indicators.Releases(b.Context(), auth.CLI(orgs[0].ID), "")
	if err != nil {
		b.Fatal(err)
	}
	for _, r := range releases {
		paths = append(paths, "/releases/"+r.ID)
	}
	return link, paths
}

// memoryOf reads what a process holds in memory now, and at most held.
func memoryOf(b *testing.B, pid int) (resident, peak int64) {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		for name, to := range map[string]*int64{"VmRSS:": &resident, "VmHWM:": &peak} {
			if rest, ok := strings.CutPrefix(line, name); ok {
				if _, err := fmt.Sscanf(rest, "%d kB", to); err != nil {
					b.Fatal(err)
				}
				*to *= 1024
			}
		}
	}
	return resident, peak
}
