package credential

import (
	"context"
	"crypto/rand"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
)

// Recovery codes stand in for the app when the telephone is lost. Each has 80 random bits, so a plain
// hash of it tells nothing that could be guessed.
const (
	recoveryCodes = 10
	recoveryChars = 16
)

// recoveryLetters are 32 signs: no i, l, o or u, which are misread, or make words.
const recoveryLetters = "0123456789abcdefghjkmnpqrstvwxyz"

// newRecovery makes a code: four groups of four.
func newRecovery() string {
	raw := make([]byte, recoveryChars)
	_, _ = rand.Read(raw)
	var b strings.Builder
	for i, c := range raw {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(recoveryLetters[c%32])
	}
	return b.String()
}

// cleanRecovery reads a typed code. ok tells that it has the form of one.
func cleanRecovery(typed string) (code string, ok bool) {
	code = strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-' || r == '\u00a0' || r == '\u2010' || r == '\u2011':
			return -1
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		}
		switch r { // as people read them
		case 'o':
			return '0'
		case 'i', 'l':
			return '1'
		}
		return r
	}, typed)
	if len(code) != recoveryChars || strings.Trim(code, recoveryLetters) != "" {
		return "", false
	}
	return code[:4] + "-" + code[4:8] + "-" + code[8:12] + "-" + code[12:], true
}

// replaceRecovery gives an account ten new codes in tx; the old ones are of no use any more.
func replaceRecovery(ctx context.Context, tx *db.Tx, a auth.Actor) ([]string, error) {
	if _, err := tx.Exec(ctx, "DELETE FROM credential_recovery WHERE org_id = $1 AND account_id = $2", a.Org, a.Account); err != nil {
		return nil, err
	}
	codes := make([]string, recoveryCodes)
	for i := range codes {
		codes[i] = newRecovery()
		_, err := tx.Exec(ctx, "INSERT INTO credential_recovery (org_id, id, account_id, code_hash, created_at) VALUES ($1, $2, $3, $4, $5)",
			a.Org, db.NewID(), a.Account, hashOf(string(a.Account)+codes[i]), tx.NowMicros())
		if err != nil {
			return nil, err
		}
	}
	return codes, nil
}

// useRecovery uses a code up in tx and reports whether there was one.
func useRecovery(ctx context.Context, tx *db.Tx, o owner, code string) (bool, error) {
	n, err := tx.Exec(ctx, "UPDATE credential_recovery SET used_at = $1 WHERE org_id = $2 AND account_id = $3 AND code_hash = $4 AND used_at IS NULL",
		tx.NowMicros(), o.org, o.account, hashOf(string(o.account)+code))
	return n == 1, err
}
