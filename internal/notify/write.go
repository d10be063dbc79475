package notify

import (
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
)

// Sealer seals the password of a gateway, so that a copy of the database does not hold it.
type Sealer interface {
	SealSecret(ctx context.Context, org, use string, secret []byte) ([]byte, error)
	OpenSecret(ctx context.Context, org, use string, sealed []byte) ([]byte, error)
}

// Words are the subject and text of a letter in a language. They must be the same for every notice.
type Words func(lang string) (subject, text string)

// Letters writes to people who have unread notices and have said where.
type Letters struct {
	DB     *db.DB
	Sealer Sealer
	Words  Words
	roots  *tls.Config // see [Gateway]
}

const (
	// first is how long a notice waits on the page before a letter goes: most are read by then.
	first = 5 * time.Minute
	// pause is the least time between two letters to one account, whatever happens.
	pause = 6 * time.Hour
	// givenUp is after how many refusals an address is not written to any more.
	givenUp = 10
	// password is what a gateway's password is sealed for.
	password = "notify/gateway"
)

// SealPassword seals the password of a gateway; without a password the answer is empty. It is done
// when the gateway is proposed, so that the proposal does not hold the password.
func (l *Letters) SealPassword(ctx context.Context, org string, g Gateway) ([]byte, error) {
	if g.Password.IsZero() {
		return []byte{}, nil
	}
	return l.Sealer.SealSecret(ctx, org, password, []byte(g.Password.Reveal("seal it")))
}

// SetGateway stores the mail server of an organisation, with its sealed password, in tx. The caller
// sees to it that two people wanted it, and appends the entry.
func SetGateway(ctx context.Context, tx *db.Tx, org string, g Gateway, sealed []byte) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO notify_gateway (org_id, host, port, sender, login, password, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (org_id) DO UPDATE SET host = excluded.host, port = excluded.port, sender = excluded.sender,
			login = excluded.login, password = excluded.password, changed_at = excluded.changed_at`,
		org, g.Host, g.Port, g.Sender, g.Login, sealed, tx.NowMicros())
	return err
}

// Gateway returns the mail server of an organisation with its password, or [fault.NotFound].
func (l *Letters) Gateway(ctx context.Context, org string) (g Gateway, err error) {
	var sealed []byte
	err = l.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, "SELECT host, port, sender, login, password FROM notify_gateway WHERE org_id = $1", org).
			Scan(&g.Host, &g.Port, &g.Sender, &g.Login, &sealed)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return g, fault.New(fault.NotFound, "No mail server is set.")
	}
	if err != nil || len(sealed) == 0 {
		return g, err
	}
	secret, err := l.Sealer.OpenSecret(ctx, org, password, sealed)
	if err != nil {
		return g, err
	}
	g.Password = private.New(string(secret))
	return g, nil
}

// AddressOf returns where letters for an account go, or "".
func AddressOf(ctx context.Context, tx *db.Tx, org, account string) (address string, err error) {
	err = tx.QueryRow(ctx, "SELECT address FROM notify_address WHERE org_id = $1 AND account_id = $2", org, account).Scan(&address)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return address, err
}

// SetAddress says where letters for an account go; an empty address ends them. It is a matter of the
// account's owner, so the caller appends the entry.
func SetAddress(ctx context.Context, tx *db.Tx, org, account, address, lang string) error {
	if address == "" {
		_, err := tx.Exec(ctx, "DELETE FROM notify_address WHERE org_id = $1 AND account_id = $2", org, account)
		return err
	}
	if _, err := Address(address); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO notify_address (org_id, account_id, address, lang, failed) VALUES ($1, $2, $3, $4, 0)
		ON CONFLICT (org_id, account_id) DO UPDATE SET address = excluded.address, lang = excluded.lang, failed = 0`,
		org, account, address, lang)
	return err
}

// due is a letter to be written.
type due struct {
	org, account, address, lang string
}

// Tend writes the letters that are due: to accounts with an address and a notice that has been unread
// for five minutes and is newer than the last letter, at most one letter in six hours. It returns how
// many were taken by a server. One server that does not answer does not keep the others waiting for
// more than half a minute a letter; its letters are tried again.
func (l *Letters) Tend(ctx context.Context, now time.Time) (taken int, err error) {
	var all []due
	err = l.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT a.org_id, a.account_id, a.address, a.lang FROM notify_address a
			JOIN account ON account.org_id = a.org_id AND account.id = a.account_id AND account.closed_at IS NULL
			JOIN notify_gateway g ON g.org_id = a.org_id
			WHERE a.failed < $1 AND (a.written_at IS NULL OR a.written_at <= $2) AND EXISTS (
				SELECT 1 FROM notice n WHERE n.org_id = a.org_id AND n.to_account = a.account_id AND n.read_at IS NULL
				AND n.created_at <= $3 AND (a.written_at IS NULL OR n.created_at >= a.written_at))
			ORDER BY a.org_id, a.account_id`, givenUp, now.Add(-pause).UnixMicro(), now.Add(-first).UnixMicro())
		all, err = db.Collect(rows, err, func(r *sql.Rows) (d due, err error) {
			return d, r.Scan(&d.org, &d.account, &d.address, &d.lang)
		})
		return err
	})
	var errs []error
	for _, d := range all {
		ok, err := l.write(ctx, d, now)
		if ok {
			taken++
		}
		errs = append(errs, err)
	}
	return taken, errors.Join(append(errs, err)...)
}

// write sends one letter and remembers how it went.
func (l *Letters) write(ctx context.Context, d due, now time.Time) (taken bool, err error) {
	g, err := l.Gateway(ctx, d.org)
	if err != nil {
		return false, err
	}
	g.roots = l.roots
	subject, text := l.Words(d.lang)
	sent := g.Send(ctx, Letter{To: d.address, Subject: subject, Text: text}, now)
	what := "failed = failed + 1"
	if sent == nil {
		what = "failed = 0, written_at = $3"
	} else if fault.KindOf(sent) == fault.Unavailable {
		return false, fmt.Errorf("a letter to account %s: %w", d.account, sent) // the server's fault, not the address's
	}
	err = l.DB.WriteUnaudited(ctx, "when a letter went is nobody's decision", func(tx *db.Tx) error {
		args := []any{d.org, d.account}
		if sent == nil {
			args = append(args, now.UnixMicro())
		}
		_, err := tx.Exec(ctx, "UPDATE notify_address SET "+what+" WHERE org_id = $1 AND account_id = $2", args...)
		return err
	})
	if sent != nil {
		sent = fmt.Errorf("a letter to account %s: %w", d.account, sent)
	}
	return sent == nil, errors.Join(sent, err)
}
