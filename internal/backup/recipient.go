package backup

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// Recipient is whoever can read the backups.
type Recipient struct {
	ID      string
	Key     string // age1… or age1pq1…
	Label   string // who keeps the secret key, as a role or a place
	AddedAt time.Time
}

// parseRecipient reads a public key of age. Those that a quantum computer cannot break begin with
// age1pq1.
func parseRecipient(key string) (r age.Recipient, quantum bool, err error) {
	if quantum = strings.HasPrefix(key, "age1pq1"); quantum {
		r, err = age.ParseHybridRecipient(key)
	} else {
		r, err = age.ParseX25519Recipient(key)
	}
	if err != nil {
		err = fault.New(fault.Invalid, "This is not a public key of age.").
			WithField("recipient", "Write it as age1… or age1pq1…, as \"fourfold backup key\" prints it.").Wrap(err)
	}
	return r, quantum, err
}

// RecipientID is the identifier of a recipient in proposals: the beginning of the hash of its key.
func RecipientID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:16])
}

// recipients returns the recipients in tx.
func recipients(ctx context.Context, tx *db.Tx) ([]Recipient, error) {
	rows, err := tx.Query(ctx, "SELECT id, recipient, label, added_at FROM backup_recipient ORDER BY added_at, id")
	return db.Collect(rows, err, func(r *sql.Rows) (one Recipient, err error) {
		var at int64
		err = r.Scan(&one.ID, &one.Key, &one.Label, &at)
		one.AddedAt = time.UnixMicro(at).UTC()
		return one, err
	})
}

// Recipients returns whoever can read the backups of the node.
func (b *Backups) Recipients(ctx context.Context) (all []Recipient, err error) {
	err = b.db.Read(ctx, func(tx *db.Tx) error {
		all, err = recipients(ctx, tx)
		return err
	})
	return all, err
}

// First sets the first recipient of a node that has none. From then on a change takes two people: see
// [Backups.Rule].
func (b *Backups) First(ctx context.Context, actor auth.Actor, key, label string) error {
	if !actor.May(auth.ManageBackup) {
		return fault.New(fault.NotFound, "This does not exist.")
	}
	return b.db.Write(ctx, func(tx *db.Tx) error {
		have, err := recipients(ctx, tx)
		if err != nil {
			return err
		}
		if len(have) > 0 {
			return fault.New(fault.Conflict, "This node has a recipient of its backups already.").
				WithHint("Another one is proposed, and approved by somebody who is no administrator.")
		}
		if err := add(ctx, tx, key, label); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Configuration, Subject: "backup",
			Detail: map[string]string{"act": "first recipient", "recipient": RecipientID(key), "via": string(actor.Via)},
		})
	})
}

func add(ctx context.Context, tx *db.Tx, key, label string) error {
	_, quantum, err := parseRecipient(key)
	if err != nil {
		return err
	}
	if label == "" || !auth.Printable(label) {
		return fault.New(fault.Invalid, "Say who keeps the secret key.").
			WithField("label", "Name a role or a place, in at most %d characters.", auth.MaxText)
	}
	have, err := recipients(ctx, tx)
	if err != nil {
		return err
	}
	for _, r := range have {
		if _, other, err := parseRecipient(r.Key); err != nil || other != quantum {
			return fault.New(fault.Conflict, "Keys of the two kinds cannot read the same backup.").
				WithHint("Either all recipients have keys that begin with age1pq1, or none.").Wrap(err)
		}
	}
	_, err = tx.Exec(ctx, "INSERT INTO backup_recipient (id, recipient, label, added_at) VALUES ($1, $2, $3, $4)",
		RecipientID(key), key, label, tx.NowMicros())
	if db.IsUnique(err) {
		return fault.New(fault.Conflict, "This key is a recipient already.").Wrap(err)
	}
	return err
}

// What a proposal about a recipient holds in its detail.
const (
	detailAct   = "act" // "add" or "remove"
	detailKey   = "recipient"
	detailLabel = "label"
)

// Rule says how recipients are changed: an administrator proposes, and somebody who is none approves.
// The subject of the proposal is the [RecipientID].
func (b *Backups) Rule() auth.ChangeRule {
	return auth.ChangeRule{
		Propose: auth.ManageBackup, Approve: auth.ApprovePeople,
		Check: func(ctx context.Context, tx *db.Tx, _ auth.Actor, c auth.Change) error {
			return checkChange(ctx, tx, c)
		},
		Apply: func(ctx context.Context, tx *db.Tx, p auth.Proposal, _ auth.Actor) error {
			if p.Detail[detailAct] == "add" {
				return add(ctx, tx, p.Detail[detailKey], p.Detail[detailLabel])
			}
			_, err := tx.Exec(ctx, "DELETE FROM backup_recipient WHERE id = $1", p.Subject)
			return err
		},
	}
}

// Propose asks for a recipient to be added, or, without label, to be removed.
func Propose(key, label, reason string) auth.Change {
	c := auth.Change{
		Kind: auth.BackupRecipient, Subject: RecipientID(key), Reason: reason,
		Detail: map[string]string{detailAct: "add", detailKey: key, detailLabel: label},
	}
	if label == "" {
		c.Detail[detailAct] = "remove"
	}
	return c
}

func checkChange(ctx context.Context, tx *db.Tx, c auth.Change) error {
	have, err := recipients(ctx, tx)
	if err != nil {
		return err
	}
	known := false
	for _, r := range have {
		known = known || r.ID == c.Subject
	}
	switch {
	case RecipientID(c.Detail[detailKey]) != c.Subject:
		return fault.New(fault.Invalid, "The proposal names another key than it holds.")
	case c.Detail[detailAct] == "add" && known:
		return fault.New(fault.Conflict, "This key is a recipient already.")
	case c.Detail[detailAct] == "add":
		_, _, err := parseRecipient(c.Detail[detailKey])
		return err
	case c.Detail[detailAct] != "remove" || !known:
		return fault.New(fault.NotFound, "This does not exist.")
	case len(have) == 1:
		return fault.New(fault.Conflict, "The last recipient cannot be removed: nobody could read the backups.").
			WithHint("Add another one first.")
	}
	return nil
}
