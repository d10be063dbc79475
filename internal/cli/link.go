package cli

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
)

// linkCmd makes a link by which an account signs in once.
type linkCmd struct {
	Account string        `placeholder:"NAME" help:"Account to sign in. Default: the first one that reads figures."`
	Valid   time.Duration `default:"10m" help:"How long the link works, such as 10m or 2h; at most 24h."`
	URL     string        `default:"http://localhost:8080" help:"Address under which the browser reaches the node."`
}

// Run prints the link alone on standard output.
func (c *linkCmd) Run(r *run) error {
	base, err := url.Parse(c.URL)
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" {
		return fault.New(fault.Invalid, "%q is not the address of a node.", c.URL).
			WithHint("Write it as http://localhost:8080.")
	}
	return r.withNode(func(n node) error {
		account, err := n.account(r.ctx, c.Account, auth.Analyst, auth.Administrator)
		if err != nil {
			return err
		}
		link, err := signInLink(r.ctx, n.App, c.URL, account.ID, c.Valid)
		if err != nil {
			return err
		}
		if r.errTerminal {
			fmt.Fprintln(r.err, r.words.T("Open this once, within %s. Whoever opens it is signed in as %s.", c.Valid.String(), account.Name))
		}
		_, err = fmt.Fprintln(r.out, link)
		return err
	})
}

// enterURL is the address that uses a one-time link.
func enterURL(base, secret string) string {
	return strings.TrimSuffix(base, "/") + "/enter?link=" + url.QueryEscape(secret)
}
