package indicator

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/testdata"
)

// memoryEnv makes the test binary run one import and print its peak memory: only a process of its
// own has a peak of its own.
const memoryEnv = "FOURFOLD_TEST_IMPORT_ROWS"

// TestMemoryOfLongImports: the peak resident memory of a process stays under 200 MB while it
// imports a long file, refuses a stream of 2 GB, and finds the last row of a long one malformed.
func TestMemoryOfLongImports(t *testing.T) {
	if os.Getenv(memoryEnv) != "" {
		importRows(t, os.Getenv(memoryEnv))
		return
	}
	if runtime.GOOS != "linux" {
		testdata.Absent(t, "/proc/self/status", "run the test on Linux")
	}
	for _, what := range []string{"good 150000", "malformed 600000", "endless 40000000"} {
		t.Run(what, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMemoryOfLongImports$", "-test.v")
			cmd.Env = append(os.Environ(), memoryEnv+"="+what)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			_, text, _ := strings.Cut(string(out), "peak ")
			kb, err := strconv.Atoi(strings.Fields(text + " x")[0])
			if err != nil {
				t.Fatalf("no peak in %s", out)
			}
			t.Logf("%s rows: peak resident memory %d MB", what, kb>>10)
			if kb>>10 >= 200 {
				t.Errorf("%d MB", kb>>10)
			}
		})
	}
}

func importRows(t *testing.T, what string) {
	kind, number, _ := strings.Cut(what, " ")
	rows, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	r, a := emptyRoom(t)
	before := counts(t, r)
	in := Import{Format: "csv", Name: "long.csv", ReleasedOn: "2024-05-01", Open: func() (io.ReadCloser, error) {
		var s io.Reader = &manySeries{series: rows / 10}
		if kind == "malformed" {
			s = io.MultiReader(s, strings.NewReader("own.many,GBR,2022,x-1,five\n"))
		}
		return io.NopCloser(s), nil
	}}
	report, err := r.Import(t.Context(), a, in)
	if kind == "good" {
		if err != nil || report.Saved != rows {
			t.Fatalf("saved %d: %v", report.Saved, err)
		}
	} else {
		wantKind(t, err, fault.Invalid)
		if after := counts(t, r); after["evaluation_figure"] != 0 || after["audit_entry"] != before["audit_entry"] {
			t.Errorf("something was saved: %v", after)
		}
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	fmt.Printf("peak %s\n", strings.Fields(peak)[0])
}
