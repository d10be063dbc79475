// Package cli is the command line of a node: it reads flags, opens the node, calls the same
// methods as the pages and prints their answers.
//
// Trust: whoever can start the program on this machine and read its data folder is its
// administrator, and the command line acts with that person's rights (docs/operations.md).
// It writes figures to standard output, and words for people to standard error: messages as
// "fourfold: …", remedies as "hint: …", a moving progress line only on a terminal. Exit codes
// are listed by `fourfold help exit-codes`. Commands either do all they say or change nothing.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
)

// globals are the flags every command takes.
type globals struct {
	Data        string   `name:"data" placeholder:"DIR" env:"FOURFOLD_DATA_DIR" help:"Folder of the node's files. Default: the user's own data folder."`
	DB          string   `name:"db" placeholder:"URL" env:"FOURFOLD_DB_URL" help:"Database: a file, or postgres://… Default: fourfold.db in the data folder."`
	KeyFile     string   `name:"key-file" placeholder:"FILE" env:"FOURFOLD_KEY_FILE" help:"Key of the database file. Default: see fourfold help init."`
	NodeKey     string   `name:"node-key" placeholder:"FILE" env:"FOURFOLD_NODE_KEY_FILE" help:"Key of the vault. Default: node.key in the data folder."`
	Keyring     string   `name:"keyring" placeholder:"URL" env:"FOURFOLD_KEYRING" help:"Keys of persons: a file, or postgres://… of a database of its own. Default: keyring in the data folder."`
	KeyringCopy []string `name:"keyring-copy" placeholder:"FILE" env:"FOURFOLD_KEYRING_COPY" help:"Where a daily copy of the keyring goes, on another disk; may be repeated. Never into a backup of the data."`
	Org         string   `name:"org" placeholder:"NAME" env:"FOURFOLD_ORG" help:"Organisation to act for, when the node has several."`
	Lang        string   `name:"lang" placeholder:"TAG" env:"FOURFOLD_LANG" default:"en" help:"Language of messages and titles: en, ar."`
}

// grammar is the whole command line; kong reads it by reflection.
type grammar struct {
	Globals globals `embed:""`

	Start      startCmd      `cmd:"" default:"1" help:"Set up and serve a node for this machine in the browser. The default, as when double-clicked."`
	Demo       demoCmd       `cmd:"" help:"Run a throw-away node with real statistics and invented people."`
	Serve      serveCmd      `cmd:"" help:"Serve a node."`
	Init       initCmd       `cmd:"" help:"Set up a node."`
	Import     importCmd     `cmd:"" help:"Take in published figures, cases or services."`
	Measure    measureCmd    `cmd:"" help:"Show indicators and figures."`
	Effect     effectCmd     `cmd:"" help:"Estimate what changed at a date."`
	Export     exportCmd     `cmd:"" help:"Write all figures as an open data package."`
	Release    releaseCmd    `cmd:"" help:"Release records or monthly counts of cases, with a reason."`
	Backup     backupCmd     `cmd:"" help:"Make and check backups."`
	Restore    restoreCmd    `cmd:"" help:"Bring a node back from a backup."`
	Vault      vaultCmd      `cmd:"" help:"Lock, unlock and look after the vault."`
	Ledger     ledgerCmd     `cmd:"" help:"Look after the ledger, and let another machine witness it."`
	Verify     verifyCmd     `cmd:"" help:"Verify that the ledger was not altered."`
	Token      tokenCmd      `cmd:"" help:"Manage tokens of the interface /api/v1."`
	Link       linkCmd       `cmd:"" help:"Make a link that signs in once."`
	Completion completionCmd `cmd:"" help:"Print a completion script for a shell."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
	Help       helpCmd       `cmd:"" help:"Show help on a command or topic."`
	Complete   completeCmd   `cmd:"" hidden:""`
}

// run is what one invocation works with. Tests build their own.
type run struct {
	globals     globals
	ctx         context.Context // ends on Ctrl-C or SIGTERM
	in          io.Reader
	out, err    io.Writer
	errTerminal bool // standard error is a terminal: progress may be drawn
	clock       func() time.Time
	words       *i18n.Printer
	model       *kong.Node
}

// Main runs the command line args (without the program's name) and returns the exit code.
func Main(args []string) int {
	// SIGHUP comes when the terminal is closed: a throw-away node must not outlive its window.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	// After the first signal a second one ends the program at once.
	context.AfterFunc(ctx, stop)
	r := &run{
		ctx: ctx, in: os.Stdin, out: newScreen(os.Stdout), err: newScreen(os.Stderr),
		errTerminal: terminal(os.Stderr), clock: time.Now, words: i18n.For("en"),
	}
	return r.main(args)
}

// main parses args and runs the command. A panic becomes a message: a stack trace on the screen
// of a shelter helps nobody and may hold what must not be shown.
func (r *run) main(args []string) (code int) {
	defer func() {
		if p := recover(); p != nil {
			if done, ok := p.(exited); ok {
				code = int(done)
				return
			}
			err := fault.New(fault.Internal, "panic").Wrap(fmt.Errorf("%v", p))
			printError(r.err, r.words, err)
			code = exitInternal
		}
	}()
	if err := r.run(args); err != nil {
		printError(r.err, r.words, err)
		return codeOf(err)
	}
	return exitOK
}

// exited carries an exit code out of kong, which ends the program after printing help.
type exited int

func (r *run) run(args []string) error {
	var g grammar
	parser, err := kong.New(&g,
		kong.Name("fourfold"),
		kong.Description("Fourfold: the shared system of a country's response to human trafficking."),
		kong.Writers(r.out, r.err),
		kong.Exit(func(code int) { panic(exited(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
	if err != nil {
		return fault.New(fault.Internal, "the command line is malformed").Wrap(err)
	}
	r.model = parser.Model.Node
	parsed, err := parser.Parse(args)
	if err != nil {
		return err
	}
	r.globals = g.Globals
	r.words = i18n.For(g.Globals.Lang)
	return parsed.Run(r)
}

// printJSON writes v, indented, to standard output.
func (r *run) printJSON(v any) error { return writeJSON(r.out, v) }

// terminal reports whether f is a terminal.
func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
