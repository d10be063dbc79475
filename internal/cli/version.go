package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/fourfold/fourfold/internal/web/observe"
)

// linkedVersion is set by the release script (-ldflags -X) and is empty in other builds.
var linkedVersion string

// versionCmd prints what was built.
type versionCmd struct {
	JSON bool `help:"Print JSON."`
}

// Run prints one line, or one JSON object.
func (c *versionCmd) Run(r *run) error {
	b := build()
	if c.JSON {
		return r.printJSON(map[string]string{
			"version": b.Version, "revision": b.Revision, "go": b.Go,
			"os": runtime.GOOS, "arch": runtime.GOARCH,
		})
	}
	revision := ""
	if b.Revision != "" {
		revision = " (" + b.Revision + ")"
	}
	_, err := fmt.Fprintf(r.out, "fourfold %s%s %s %s/%s\n", b.Version, revision, b.Go, runtime.GOOS, runtime.GOARCH)
	return err
}

// build tells the version: the linked one, else what the Go toolchain recorded, else "devel".
func build() observe.Build {
	b := observe.Build{Version: linkedVersion, Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if ok {
		if b.Version == "" && info.Main.Version != "(devel)" {
			b.Version = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				b.Revision = s.Value[:min(12, len(s.Value))]
			}
		}
	}
	if b.Version == "" {
		b.Version = "devel"
	}
	return b
}
