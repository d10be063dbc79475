package app

import (
	"context"
	"encoding/base64"
	"strconv"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/notify"
	"github.com/fourfold/fourfold/internal/vault"
)

// letterSecrets lets notices, which stand below the vault, seal the password of a mail server.
type letterSecrets struct{ vault.Secrets }

// SealSecret seals a secret of an organisation.
func (s letterSecrets) SealSecret(ctx context.Context, org, use string, secret []byte) ([]byte, error) {
	return s.Seal(ctx, auth.OrgID(org), use, secret)
}

// OpenSecret opens what SealSecret sealed.
func (s letterSecrets) OpenSecret(ctx context.Context, org, use string, sealed []byte) ([]byte, error) {
	return s.Open(ctx, auth.OrgID(org), use, sealed)
}

// letter is all that a letter ever says: whoever holds the telephone reads it.
func letter(lang string) (subject, text string) {
	p := i18n.For(lang)
	return p.T("A message is waiting"), p.T("A message is waiting for you. Sign in to read it.") + "\n" +
		p.T("This letter was written by a program. Nobody reads answers to it.")
}

// ProposeGateway asks a second person to approve the mail server of the actor's organisation. Whoever
// controls that server could write letters in the organisation's name, so one person alone does not
// change it.
func (a *App) ProposeGateway(ctx context.Context, actor auth.Actor, g notify.Gateway, reason string) (auth.ProposalID, error) {
	if !actor.May(auth.Configure) {
		return "", fault.New(fault.NotFound, "This does not exist.")
	}
	if err := g.Check(); err != nil {
		return "", err
	}
	sealed, err := a.Letters.SealPassword(ctx, string(actor.Org), g)
	if err != nil {
		return "", err
	}
	return a.Accounts.Propose(ctx, actor, auth.Change{
		Kind: auth.MailGateway, Subject: "mail-gateway", Reason: reason,
		Detail: map[string]string{
			"host": g.Host, "port": strconv.Itoa(g.Port), "sender": g.Sender, "login": g.Login,
			"sealed": base64.StdEncoding.EncodeToString(sealed),
		},
	})
}

// setGateway makes the change that ProposeGateway proposed.
func setGateway(ctx context.Context, tx *db.Tx, p auth.Proposal, second auth.Actor) error {
	port, err := strconv.Atoi(p.Detail["port"])
	if err != nil {
		return err
	}
	sealed, err := base64.StdEncoding.DecodeString(p.Detail["sealed"])
	if err != nil {
		return err
	}
	g := notify.Gateway{Host: p.Detail["host"], Port: port, Sender: p.Detail["sender"], Login: p.Detail["login"]}
	if err := notify.SetGateway(ctx, tx, string(p.Org), g, sealed); err != nil {
		return err
	}
	return audit.Append(ctx, tx, audit.Entry{
		Org: string(p.Org), Actor: string(second.Account), Kind: audit.Configuration, Subject: "mail-gateway",
		Detail: map[string]string{"act": "mail.gateway", "host": g.Host, "proposed": string(p.By)},
	})
}

// WriteTo says where the actor is told that a message waits; an empty address ends it.
func (a *App) WriteTo(ctx context.Context, actor auth.Actor, address, lang string) error {
	return a.DB.Write(ctx, func(tx *db.Tx) error {
		if err := notify.SetAddress(ctx, tx, string(actor.Org), string(actor.Account), address, lang); err != nil {
			return err
		}
		act := "letters.on"
		if address == "" {
			act = "letters.off"
		}
		return audit.Append(ctx, tx, audit.Entry{
			Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Configuration, Subject: string(actor.Account),
			Detail: map[string]string{"act": act},
		})
	})
}
