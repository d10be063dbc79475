package app

import (
	"context"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
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
