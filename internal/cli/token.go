package cli

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
)

// tokenCmd manages the tokens of the interface /api/v1.
type tokenCmd struct {
	Issue  tokenIssue  `cmd:"" help:"Issue a token and print it, once."`
	List   tokenList   `cmd:"" help:"List the tokens."`
	Revoke tokenRevoke `cmd:"" help:"Revoke a token."`
}

// tokenIssue issues a token.
type tokenIssue struct {
	Label   string `required:"" placeholder:"TEXT" help:"What the token is for."`
	Days    int    `default:"90" help:"Days until it expires, at most 366."`
	Account string `placeholder:"NAME" help:"Account it acts for. Default: the administrator."`
}

// Run prints the secret alone on standard output, so that a script can keep it.
func (c *tokenIssue) Run(r *run) error {
	return r.withNode(func(n node) error {
		account, err := n.account(r.ctx, c.Account, auth.Administrator)
		if err != nil {
			return err
		}
		actor, err := n.Accounts.Actor(r.ctx, account.ID)
		if err != nil {
			return err
		}
		secret, err := n.Accounts.IssueToken(r.ctx, actor, c.Label, time.Duration(c.Days)*24*time.Hour)
		if err != nil {
			return err
		}
		if r.errTerminal {
			fmt.Fprintln(r.err, r.words.T("This token is shown once. Send it as: Authorization: Bearer …"))
		}
		_, err = fmt.Fprintln(r.out, secret)
		return err
	})
}

// tokenList lists the tokens.
type tokenList struct {
	JSON bool `help:"Print JSON."`
}

// tokenLine is a token as JSON.
type tokenLine struct {
	ID      string `json:"id"`
	Label   string `json:"label"`
	Account string `json:"account"`
	Created string `json:"created_at"`
	Expires string `json:"expires_at"`
	State   string `json:"state"`
}

// Run lists the tokens, newest first.
func (c *tokenList) Run(r *run) error {
	return r.withNode(func(n node) error {
		tokens, err := n.Accounts.ListTokens(r.ctx, n.actor)
		if err != nil {
			return err
		}
		lines := []tokenLine{}
		for _, t := range tokens {
			state := "valid"
			switch {
			case t.Revoked:
				state = "revoked"
			case !t.Expires.After(r.clock()):
				state = "expired"
			}
			lines = append(lines, tokenLine{
				ID: string(t.ID), Label: t.Label, Account: string(t.Account), State: state,
				Created: t.Created.Format(time.RFC3339), Expires: t.Expires.Format(time.RFC3339),
			})
		}
		if c.JSON {
			return r.printJSON(map[string]any{"tokens": lines})
		}
		w := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', 0)
		for _, l := range lines {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.ID, r.words.T(l.State), r.words.Date(l.Expires[:len("2006-01-02")]), l.Label)
		}
		return w.Flush()
	})
}

// tokenRevoke revokes a token.
type tokenRevoke struct {
	ID string `arg:"" help:"Id of the token, see fourfold token list."`
}

// Run revokes the token.
func (c *tokenRevoke) Run(r *run) error {
	return r.withNode(func(n node) error {
		return n.Accounts.RevokeToken(r.ctx, n.actor, auth.TokenID(c.ID))
	})
}
