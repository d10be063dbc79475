package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
)

// The exit codes. They are part of the interface: scripts depend on them, so a number never
// changes its meaning. `fourfold help exit-codes` and docs/operations.md list them.
const (
	exitOK          = 0   // done
	exitNotDone     = 1   // understood but not done: nothing found, or it contradicts what is stored
	exitUsage       = 2   // the command line is wrong
	exitRefused     = 3   // the input is wrong or not permitted; nothing was saved
	exitUnavailable = 4   // the database, a port or a disk is not available; try again later
	exitInternal    = 5   // a defect of the program
	exitInterrupted = 130 // stopped by Ctrl-C; what was not finished was not saved
)

// exitCode is one line of the table that help and the manual show.
type exitCode struct {
	code    int
	meaning string
}

func exitCodes() []exitCode {
	return []exitCode{
		{exitOK, "done"},
		{exitNotDone, "not done: what was asked for does not exist, or contradicts what is stored"},
		{exitUsage, "the command line is wrong"},
		{exitRefused, "the input is wrong or the action is not permitted; nothing was saved"},
		{exitUnavailable, "the database, a port or a disk is not available; the same command may work later"},
		{exitInternal, "a defect of the program; nothing was saved"},
		{exitInterrupted, "interrupted; what was not finished was not saved"},
	}
}

// codeOf chooses the exit code of err.
func codeOf(err error) int {
	if err == nil {
		return exitOK
	}
	if _, ok := errors.AsType[*kong.ParseError](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[*usageError](err); ok {
		return exitUsage
	}
	if errors.Is(err, context.Canceled) {
		return exitInterrupted
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.TooLarge, fault.Denied:
		return exitRefused
	case fault.NotFound, fault.Conflict, fault.Stale, fault.Withheld:
		return exitNotDone
	case fault.Unavailable:
		return exitUnavailable
	default:
		return exitInternal
	}
}

// usageError is a command line that parses but makes no sense.
type usageError struct{ fault *fault.Error }

func usage(msg string, args ...any) *usageError {
	return &usageError{fault: fault.New(fault.Invalid, msg, args...)}
}

// Error returns the English message.
func (e *usageError) Error() string { return e.fault.Error() }

// Unwrap gives the printer the words to translate.
func (e *usageError) Unwrap() error { return e.fault }

// printError writes "fourfold: message" and "hint: …" lines. The person at the terminal of the
// machine may see the cause of an internal error; a stack trace helps nobody there.
func printError(w io.Writer, p *i18n.Printer, err error) {
	if parse, ok := errors.AsType[*kong.ParseError](err); ok {
		fmt.Fprintf(w, "fourfold: %s\n", parse.Error())
		printHint(w, p, p.T("See %s.", helpFor(parse.Context)))
		return
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintf(w, "fourfold: %s\n", p.T("Interrupted; what was not finished was not saved."))
		return
	}
	f, ok := fault.As(err)
	if !ok || f.Kind == fault.Internal {
		fmt.Fprintf(w, "fourfold: %s\n", p.T("This should not have happened: %s", fault.Cause(err)))
		printHint(w, p, p.T("It is a defect of the program. Nothing was saved. Please report the command and this message, without names of persons."))
		return
	}
	fmt.Fprintf(w, "fourfold: %s\n", p.T(f.Msg, f.Args...))
	for _, field := range f.Fields {
		fmt.Fprintf(w, "  %s: %s\n", field.Name, p.T(field.Msg, field.Args...))
	}
	if f.Hint != "" {
		printHint(w, p, p.T(f.Hint, f.HintArgs...))
	}
}

func printHint(w io.Writer, p *i18n.Printer, text string) {
	fmt.Fprintf(w, "%s: %s\n", p.T("hint"), text)
}

// helpFor names the help that fits the command the person was typing.
func helpFor(ctx *kong.Context) string {
	if ctx == nil || ctx.Selected() == nil {
		return "fourfold --help"
	}
	return "fourfold " + commandPath(ctx.Selected()) + " --help"
}
