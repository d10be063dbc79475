package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/testdata"
)

func TestCodeOf(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want int
	}{
		{nil, exitOK},
		{fault.New(fault.NotFound, "x"), exitNotDone},
		{fault.New(fault.Conflict, "x"), exitNotDone},
		{usage("x"), exitUsage},
		{&kong.ParseError{}, exitUsage},
		{fault.New(fault.Invalid, "x"), exitRefused},
		{fault.New(fault.TooLarge, "x"), exitRefused},
		{fault.New(fault.Denied, "x"), exitRefused},
		{fault.New(fault.Unavailable, "x"), exitUnavailable},
		{fmt.Errorf("opening: %w", fault.New(fault.Unavailable, "x")), exitUnavailable},
		{errors.New("bare"), exitInternal},
		{fault.New(fault.Unavailable, "x").Wrap(context.Canceled), exitInterrupted},
	} {
		if got := codeOf(tc.err); got != tc.want {
			t.Errorf("codeOf(%v) = %d, want %d", tc.err, got, tc.want)
		}
	}
}

// The manual and the program give the same table of exit codes.
func TestManualListsExitCodes(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(testdata.Root(t), "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range exitCodes() {
		if row := fmt.Sprintf("| %d | %s |\n", e.code, e.meaning); !strings.Contains(string(text), row) {
			t.Errorf("docs/operations.md lacks the row %q", row)
		}
	}
}

func TestPanicBecomesAMessage(t *testing.T) {
	var errs bytes.Buffer
	r := &run{ctx: t.Context(), out: &panicking{}, err: &errs, clock: time.Now, words: i18n.For("en")}
	if code := r.main([]string{"version"}); code != exitInternal {
		t.Errorf("exit code %d", code)
	}
	text := errs.String()
	if !strings.HasPrefix(text, "fourfold: This should not have happened: panic: boom\nhint: ") ||
		strings.Contains(text, "goroutine") || strings.Contains(text, ".go:") {
		t.Errorf("message:\n%s", text)
	}
}

// Ctrl-C during a command is no defect and no failure of the database.
func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	var errs bytes.Buffer
	r := &run{ctx: t.Context(), out: io.Discard, err: &errs, clock: time.Now, words: i18n.For("en")}
	if code := r.main([]string{"--data", dir, "init", "--name", "Office", "--zone", "UTC"}); code != exitOK {
		t.Fatalf("init: exit code %d\n%s", code, &errs)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.ctx = ctx
	if code := r.main([]string{"--data", dir, "measure", "list"}); code != exitInterrupted {
		t.Errorf("exit code %d\n%s", code, &errs)
	}
	if !strings.HasPrefix(errs.String(), "fourfold: Interrupted") {
		t.Errorf("message:\n%s", &errs)
	}
}

type panicking struct{}

func (*panicking) Write([]byte) (int, error) { panic("boom") }

func TestProgressIsQuietAtFirstAndOffTheTerminal(t *testing.T) {
	for _, tc := range []struct {
		name     string
		terminal bool
		step     time.Duration
		want     string
	}{
		{"quick", true, 100 * time.Millisecond, ""},
		{"slow, no terminal", false, time.Second, ""},
		{"slow", true, 700 * time.Millisecond, "\r2 rows  1s\r3 rows  2s\r         \r"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var b bytes.Buffer
			now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			r := &run{err: &b, errTerminal: tc.terminal, clock: func() time.Time { return now }}
			p := r.progress(func(done int64) string { return fmt.Sprintf("%d rows", done) })
			for i := range 3 {
				now = now.Add(tc.step)
				p.At(int64(i + 1))
			}
			p.Done()
			if got := b.String(); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(tc.want, " ", "") {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestMachineZone(t *testing.T) {
	link := func(target string, err error) func(string) (string, error) {
		return func(string) (string, error) { return target, err }
	}
	for _, tc := range []struct {
		tz   string
		link func(string) (string, error)
		want string
	}{
		{"Europe/London", nil, "Europe/London"},
		{":Asia/Bangkok", nil, "Asia/Bangkok"},
		{"Local", nil, "UTC"},
		{"nonsense", nil, "UTC"},
		{"", link("/usr/share/zoneinfo/Africa/Lagos", nil), "Africa/Lagos"},
		{"", link("/var/db/timezone/zoneinfo/America/Lima", nil), "America/Lima"},
		{"", link("", errors.New("no link")), "UTC"},
	} {
		if got := machineZone(tc.tz, tc.link); got != tc.want {
			t.Errorf("machineZone(%q) = %q, want %q", tc.tz, got, tc.want)
		}
	}
}

func TestRedactURL(t *testing.T) {
	for in, want := range map[string]string{
		"postgres://me:secret@host:5432/db?sslmode=require": "postgres://host:5432/db",
		"postgres://host/db": "postgres://host/db",
		"/var/lib/f.db":      "/var/lib/f.db",
	} {
		if got := redactURL(in); got != want {
			t.Errorf("redactURL(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDefaultDataDir(t *testing.T) {
	home := func() (string, error) { return "/home/u", nil }
	none := func(string) string { return "" }
	for _, tc := range []struct{ goos, want string }{
		{"linux", "/home/u/.local/share/fourfold"},
		{"darwin", "/home/u/Library/Application Support/Fourfold"},
		{"windows", "/home/u/AppData/Local/Fourfold"},
	} {
		if got, err := defaultDataDir(tc.goos, none, home); err != nil || filepath.ToSlash(got) != tc.want {
			t.Errorf("%s: %q, %v", tc.goos, got, err)
		}
	}
	if _, err := defaultDataDir("linux", none, func() (string, error) { return "", errors.New("no home") }); err == nil {
		t.Error("without a home there is no folder, and that is an error")
	}
}

func TestLoopback(t *testing.T) {
	for addr, want := range map[string]bool{
		"localhost:8080": true, "127.0.0.1:1": true, "[::1]:1": true, ":8080": false, "0.0.0.0:1": false,
		"192.0.2.1:1": false, "example.org:1": false, "localhost": false,
	} {
		if got := loopback(addr); got != want {
			t.Errorf("loopback(%q) = %t", addr, got)
		}
	}
}

func TestBrowserCommand(t *testing.T) {
	for goos, want := range map[string]string{"linux": "xdg-open", "darwin": "open", "windows": "rundll32"} {
		name, args := browserCommand(goos, "http://localhost:1/")
		if name != want || args[len(args)-1] != "http://localhost:1/" {
			t.Errorf("%s: %s %v", goos, name, args)
		}
	}
}
