package cli

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/fourfold/fourfold/internal/fault"
)

// helpCmd shows the help of a command, or one of the topics.
type helpCmd struct {
	Topic []string `arg:"" optional:"" help:"A command, such as: measure show; or the topic: exit-codes."`
}

// Run prints the help.
func (c *helpCmd) Run(r *run, k *kong.Kong) error {
	if len(c.Topic) == 1 && c.Topic[0] == "exit-codes" {
		return printExitCodes(r)
	}
	node := r.model
	for _, word := range c.Topic {
		if node = childNamed(node, word); node == nil {
			return usage("There is no help on %s", strings.Join(c.Topic, " "))
		}
	}
	ctx, err := kong.Trace(k, c.Topic)
	if err != nil {
		return fault.New(fault.Internal, "help failed").Wrap(err)
	}
	return ctx.PrintUsage(false)
}

func printExitCodes(r *run) error {
	if _, err := fmt.Fprint(r.out, "Exit codes of fourfold:\n\n"); err != nil {
		return err
	}
	for _, e := range exitCodes() {
		if _, err := fmt.Fprintf(r.out, "%5d  %s\n", e.code, e.meaning); err != nil {
			return err
		}
	}
	return nil
}
