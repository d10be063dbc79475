package cli

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"fourfold": func() { os.Exit(Main(os.Args[1:])) },
	})
}

// TestScript runs the transcripts in testdata/script: what a person types, and what they see.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			home := filepath.Join(env.WorkDir, "home")
			env.Setenv("HOME", home)
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "config"))
			env.Setenv("XDG_DATA_HOME", filepath.Join(home, "data"))
			env.Setenv("TMPDIR", filepath.Join(env.WorkDir, "tmp"))
			env.Setenv("TZ", "Europe/London")
			port, err := freePort()
			env.Setenv("ADDR", fmt.Sprintf("localhost:%d", port))
			other, otherErr := freePort()
			env.Setenv("METRICS", fmt.Sprintf("127.0.0.1:%d", other))
			return errors.Join(err, otherErr, os.MkdirAll(home, 0o700), os.MkdirAll(filepath.Join(env.WorkDir, "tmp"), 0o700))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"await": await, "get": get, "utf16": utf16File, "latin1": latin1File, "nothing-left": nothingLeft,
			"truncate": truncateFile, "exits": exits, "gz": gzipFile, "pick": pickSheets, "flip": flipBit, "with": withText, "only": onlyFile,
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// ports are those that freePort has given: the scripts run side by side.
var ports sync.Map

// freePort returns a port on which nothing listens. It lies below those that systems hand out by themselves:
// of those, another test could be handed the same before this one uses it.
func freePort() (port int, err error) {
	for range 1000 {
		port = 10_000 + rand.N(22_000)
		if _, given := ports.LoadOrStore(port, true); given {
			continue
		}
		var l net.Listener
		if l, err = net.Listen("tcp", net.JoinHostPort("localhost", strconv.Itoa(port))); err == nil {
			return port, l.Close()
		}
	}
	return 0, err
}

// await URL: waits until the address answers 200.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await URL")
	}
	var last error
	for range 2400 { // two minutes
		resp, err := http.Get(args[0])
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
			err = fmt.Errorf("status %d", resp.StatusCode)
		}
		last = err
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s did not answer: %v", args[0], last)
}

// get URL FILE [bearer TOKENFILE]: fetches a page into a file; fails on any status but 200.
func get(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: get URL FILE [TOKENFILE]")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, args[0], nil)
	ts.Check(err)
	if len(args) == 3 {
		req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(ts.ReadFile(args[2])))
	}
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if ok := resp.StatusCode == http.StatusOK; ok == neg {
		ts.Fatalf("%s: status %d\n%s", args[0], resp.StatusCode, body)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), body, 0o600))
}

// utf16 FILE: rewrites a UTF-8 file as UTF-16, little endian, with its mark.
func utf16File(ts *testscript.TestScript, _ bool, args []string) {
	out := []byte{0xff, 0xfe}
	for _, r := range ts.ReadFile(args[0]) {
		out = append(out, byte(r), byte(r>>8))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out, 0o600))
}

// latin1 FILE: rewrites a UTF-8 file as Latin-1.
func latin1File(ts *testscript.TestScript, _ bool, args []string) {
	var out []byte
	for _, r := range ts.ReadFile(args[0]) {
		out = append(out, byte(r))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out, 0o600))
}

// truncate FILE N: cuts N bytes off the end.
func truncateFile(ts *testscript.TestScript, _ bool, args []string) {
	var n int64
	_, err := fmt.Sscan(args[1], &n)
	ts.Check(err)
	path := ts.MkAbs(args[0])
	info, err := os.Stat(path)
	ts.Check(err)
	ts.Check(os.Truncate(path, info.Size()-n))
}

// nothing-left DIR: the folder is empty.
func nothingLeft(ts *testscript.TestScript, neg bool, args []string) {
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	if (len(entries) > 0) != neg {
		ts.Fatalf("%s holds %v", args[0], entries)
	}
}

// exits CODE COMMAND…: runs the command and compares its exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	code := 0
	err := ts.Exec(args[1], args[2:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// gz FILE: compresses the file beside itself.
func gzipFile(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0])+".gz", b.Bytes(), 0o600))
}

// pick SHEETS A B FILE: writes the rows of two of the printed sheets to a file.
func pickSheets(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: pick SHEETS A B FILE")
	}
	pages := strings.Split(ts.ReadFile(args[0]), "\f")
	var rows []string
	for _, number := range args[1:3] {
		for _, page := range pages {
			if !strings.HasPrefix(page, "Recovery sheet "+number+" ") {
				continue
			}
			for line := range strings.Lines(page) {
				if len(line) == len("0000 0000 0000 0000\n") && !strings.ContainsFunc(line, func(r rune) bool { return r > '9' }) {
					rows = append(rows, line)
				}
			}
		}
	}
	if len(rows) != 14 {
		ts.Fatalf("%d rows of digits", len(rows))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[3]), []byte(strings.Join(rows, "")), 0o600))
}

// with FILE COMMAND…: runs the command with the text of the file in the place of @.
func withText(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: with FILE COMMAND…")
	}
	text := strings.TrimSpace(ts.ReadFile(args[0]))
	for i, a := range args {
		if a == "@" {
			args[i] = text
		}
	}
	ts.Check(ts.Exec(args[1], args[2:]...))
}

// only DIR FILE: copies the one file of a folder.
func onlyFile(ts *testscript.TestScript, neg bool, args []string) {
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	if neg || len(entries) != 1 {
		ts.Fatalf("%d files in %s", len(entries), args[0])
	}
	text, err := os.ReadFile(filepath.Join(ts.MkAbs(args[0]), entries[0].Name()))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o600))
}
