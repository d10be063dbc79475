// Assets re-makes the browser files that the repository carries, from a lock file.
//
// The product must build and run with neither Node nor a network, so the third-party files that a
// browser needs are committed. This tool is the proof that they are what they claim to be: it has
// npm fetch the locked packages, checks each archive against the integrity value in the lock, and
// writes (or, with -check, compares) the chosen files byte for byte. No code of a package is ever
// run: npm only downloads, with its scripts switched off.
//
// Trust: the integrity values in the lock were taken when a version was chosen and reviewed. The
// registry, the network and npm itself are not trusted beyond delivering bytes that match them.
//
// It is a module of its own, so that nothing it needs enters the product.
//
//	go run . -check        compare, exit 1 on any difference
//	go run .               write the files
//	go run . -lock FILE    use another lock file
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, fetchNPM); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

// run reads the flags and does the one thing asked for; fetch gets a package's archive.
func run(ctx context.Context, args []string, out io.Writer, fetch fetcher) error {
	flags := flag.NewFlagSet("assets", flag.ContinueOnError)
	check := flags.Bool("check", false, "compare with the files in the repository, write nothing")
	lockFile := flags.String("lock", "assets.lock.json", "lock `file`")
	root := flags.String("root", filepath.Join("..", ".."), "root `folder` of the repository")
	if err := flags.Parse(args); err != nil {
		return err
	}
	lock, err := readLock(*lockFile)
	if err != nil {
		return err
	}
	made, err := remake(ctx, lock, fetch)
	if err != nil {
		return err
	}
	if *check {
		return compare(*root, made, out)
	}
	return write(*root, made, out)
}
