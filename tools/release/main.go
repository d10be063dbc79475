// Command release builds the program for every system it supports, with checksums.
//
// Run it from the root of the source tree:
//
//	go run -C tools/release . -version 0.1.0
//
// The files are reproducible: no path, time or machine name goes into them, so two people who
// build the same commit with the same Go toolchain get the same SHA256SUMS. -check proves it for
// one target by building it again from a clone in another folder. It trusts the Go toolchain and
// the module sums in go.sum, and needs git for the revision that goes into the program.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// sizeLimit bounds the size of the linux/amd64 program, in bytes: the promise (docs/adr/0025).
const sizeLimit = 40_000_000

// target is one system.
type target struct{ os, arch string }

func targets() []target {
	var all []target
	for _, system := range []string{"linux", "darwin", "windows"} {
		for _, arch := range []string{"amd64", "arm64"} {
			all = append(all, target{system, arch})
		}
	}
	return all
}

// settings are the flags.
type settings struct {
	version, root, out string
	only               string
	check              bool
}

func main() {
	var s settings
	flag.StringVar(&s.version, "version", "", "version of the release, such as 0.1.0 (default: what the toolchain records)")
	flag.StringVar(&s.root, "root", filepath.Join("..", ".."), "root of the source tree")
	flag.StringVar(&s.out, "out", "", "folder for the files (default: dist below the root)")
	flag.StringVar(&s.only, "only", "", "one target, such as linux/amd64")
	flag.BoolVar(&s.check, "check", false, "build the first target once more from a clone elsewhere and compare")
	flag.Parse()
	if err := release(context.Background(), s, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// release builds every target, writes SHA256SUMS and prints the sizes.
func release(ctx context.Context, s settings, report io.Writer) error {
	if s.out == "" {
		s.out = filepath.Join(s.root, "dist")
	}
	out, err := filepath.Abs(s.out)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	chosen := slices.DeleteFunc(targets(), func(t target) bool { return s.only != "" && s.only != t.os+"/"+t.arch })
	if len(chosen) == 0 {
		return fmt.Errorf("no target %q; the targets are %v", s.only, targets())
	}
	var sums strings.Builder
	for _, t := range chosen {
		path := filepath.Join(out, t.file(s.version))
		if err := t.build(ctx, s.root, path, s.version); err != nil {
			return err
		}
		sum, size, err := digest(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%s  %s\n", sum, filepath.Base(path))
		fmt.Fprintf(report, "%-44s %6.1f MB\n", filepath.Base(path), float64(size)/1e6)
		if t == (target{"linux", "amd64"}) && size > sizeLimit {
			return fmt.Errorf("%s has %d bytes, more than the limit of %d", filepath.Base(path), size, sizeLimit)
		}
	}
	if err := os.WriteFile(filepath.Join(out, "SHA256SUMS"), []byte(sums.String()), 0o644); err != nil {
		return err
	}
	if s.check {
		return reproduce(ctx, s, chosen[0], filepath.Join(out, chosen[0].file(s.version)), report)
	}
	return nil
}

// file is the name of the program for the target.
func (t target) file(version string) string {
	name := "fourfold"
	if version != "" {
		name += "_" + version
	}
	name += "_" + t.os + "_" + t.arch
	if t.os == "windows" {
		name += ".exe"
	}
	return name
}

// withoutGuesses leaves out pgx's table of PostgreSQL types by Go type, 1.4 MB: package db tells
// connections the few that are needed and refuses the modes that need them all, in every build.
const withoutGuesses = "nopgxregisterdefaulttypes"

// hot are the packages whose small functions are compiled into their callers: where time is measured,
// with most of the standard library. Everywhere else that only costs room, some 3 MB: what waits for a
// network or a person gains nothing by it. The last flag that fits a package counts.
func hot() []string {
	flags := []string{"-gcflags=all=-l", "-gcflags=std="}
	for _, waits := range []string{
		"net", "net/url", "net/http/...", "crypto/tls", "crypto/x509", "html/template", "text/template/...", "encoding/xml",
		"mime/...", "archive/zip", "log/slog", "database/sql",
	} {
		flags = append(flags, "-gcflags="+waits+"=-l")
	}
	for _, below := range []string{
		"github.com/fourfold/fourfold/analysis", "github.com/fourfold/fourfold/exchange", "github.com/fourfold/fourfold/script",
		"github.com/fourfold/fourfold/internal/vault", "github.com/fourfold/fourfold/internal/audit", "github.com/fourfold/fourfold/internal/db",
		"github.com/fourfold/fourfold/internal/evaluation", "github.com/ncruces", "github.com/cedar-policy",
		"lukechampine.com", "golang.org/x", "gonum.org/v1", "filippo.io",
	} {
		flags = append(flags, "-gcflags="+below+"/...=")
	}
	return flags
}

// build compiles the program for the target from the tree at root.
func (t target) build(ctx context.Context, root, path, version string) (err error) {
	scratch, err := os.MkdirTemp("", "fourfold-packed-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	instead, err := overlay(root, scratch)
	if err != nil {
		return err
	}
	const variable = "github.com/fourfold/fourfold/internal/cli.linkedVersion"
	flags := "-s -w -buildid= -funcalign=16" // 32 on amd64 is for speed that nothing here is measured by
	if version != "" {
		flags += " -X " + variable + "=" + version
	}
	args := append([]string{"build", "-trimpath", "-buildvcs=true", "-mod=readonly", "-overlay", instead, "-tags", withoutGuesses, "-ldflags", flags}, hot()...)
	cmd := exec.CommandContext(ctx, "go", append(args, "-o", path, "./cmd/fourfold")...)
	cmd.Dir = root
	// Settings of the builder's machine must not change the result.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+t.os, "GOARCH="+t.arch,
		"GOAMD64=v1", "GOARM64=v8.0", "GOFLAGS=", "GOEXPERIMENT=", "GOWORK=off")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s/%s: %w\n%s", t.os, t.arch, err, text)
	}
	return nil
}

// reproduce builds t from a clone of the tree in another folder and compares.
func reproduce(ctx context.Context, s settings, t target, path string, report io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "fourfold-release-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	root, err := filepath.Abs(s.root)
	if err != nil {
		return err
	}
	clone := filepath.Join(dir, "elsewhere")
	if text, err := exec.CommandContext(ctx, "git", "clone", "--quiet", root, clone).CombinedOutput(); err != nil {
		return fmt.Errorf("clone: %w\n%s", err, text)
	}
	again := filepath.Join(dir, "again")
	if err := t.build(ctx, clone, again, s.version); err != nil {
		return err
	}
	first, _, err := digest(path)
	if err != nil {
		return err
	}
	second, _, err := digest(again)
	if err != nil {
		return err
	}
	if first != second {
		return fmt.Errorf("%s is not reproducible: a clone of the last commit gives %s instead of %s (is everything committed?)",
			filepath.Base(path), second, first)
	}
	fmt.Fprintf(report, "%s is reproducible: a clone elsewhere gives the same bytes\n", filepath.Base(path))
	return nil
}

// digest returns the SHA-256 of a file and its size.
func digest(path string) (sum string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	if size, err = io.Copy(h, f); err != nil {
		return "", 0, err
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}
