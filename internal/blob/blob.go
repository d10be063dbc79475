package blob

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
)

// ID identifies an attachment within its organisation.
type ID string

// Blobs keeps the attachments of a node. It is safe for concurrent use.
type Blobs struct {
	DB    *db.DB
	Vault *vault.Vault
	Store Store
	// MaxSize bounds a file in bytes. 0 means 2 GiB.
	MaxSize int64
}

const (
	defaultMax = 2 << 30
	// patience is how long a file may take to arrive.
	patience = 48 * time.Hour
	// grace is how long chunks without a row may be somebody's work in progress.
	grace = time.Hour
)

// Attachment is a kept file as lists show it, unopened.
type Attachment struct {
	ID       ID
	Person   vault.PersonID
	Record   string
	Metadata Metadata
	AddedBy  auth.AccountID
	AddedAt  time.Time
}

// card is what is known of a file. It is stored sealed.
type card struct {
	Key      []byte `json:"key"`
	Name     string `json:"name"`
	Kind     string `json:"kind,omitempty"` // media type by content
	Size     int64  `json:"size"`           // in bytes
	Arrived  string `json:"arrived,omitempty"`
	Kept     string `json:"kept,omitempty"` // SHA-256 of what arrived and of what is kept, hexadecimal
	chunks   int64
	metadata Metadata
}

// row is a row of the table.
type row struct {
	id         ID
	version    int64
	person     vault.PersonID
	record     string
	state      string
	metadata   Metadata
	content    string
	chunks     int64
	card       []byte
	createdBy  auth.AccountID
	createdAt  time.Time
	expiringAt int64
}

const (
	arriving = "arriving"
	kept     = "kept"
)

const columns = "id, version, person_id, record, state, metadata, content_id, chunks, card, created_by, created_at, expires_at"

func scan(rows interface{ Scan(...any) error }) (r row, err error) {
	var (
		created int64
		expires sql.Null[int64]
	)
	err = rows.Scan(&r.id, &r.version, &r.person, &r.record, &r.state, &r.metadata, &r.content, &r.chunks, &r.card, &r.createdBy, &created, &expires)
	r.createdAt, r.expiringAt = time.UnixMicro(created).UTC(), expires.V
	return r, err
}

// find returns a row of the organisation in a state, or not found.
func find(ctx context.Context, tx *db.Tx, org auth.OrgID, id ID, state string) (row, error) {
	r, err := scan(tx.QueryRow(ctx, "SELECT "+columns+" FROM attachment WHERE org_id = $1 AND id = $2 AND state = $3",
		string(org), string(id), state))
	if errors.Is(err, sql.ErrNoRows) {
		return row{}, notFound()
	}
	return r, err
}

func notFound() *fault.Error { return fault.New(fault.NotFound, "This does not exist.") }

// List returns the kept attachments of a record, the oldest first. It opens nothing; whether the
// actor may see the record is for the room that calls it.
func (b *Blobs) List(ctx context.Context, actor auth.Actor, record string) (all []Attachment, err error) {
	err = b.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, "SELECT "+columns+" FROM attachment WHERE org_id = $1 AND record = $2 AND state = $3 ORDER BY created_at, id",
			string(actor.Org), record, kept)
		all, err = db.Collect(rows, err, func(rows *sql.Rows) (Attachment, error) {
			r, err := scan(rows)
			return Attachment{r.id, r.person, r.record, r.metadata, r.createdBy, r.createdAt}, err
		})
		return err
	})
	return all, err
}

// Content is an opened attachment.
type Content struct {
	io.ReadSeeker
	Name     private.Text
	Kind     string // media type by content, such as "image/jpeg"
	Size     int64
	Metadata Metadata
}

// Open opens an attachment. The opening is in the ledger before the first byte can be read; the errors
// are those of [vault.Vault.Open]. A chunk that was altered, exchanged or cut off ends the reading with
// a [fault.Conflict]; what was read before is genuine.
func (b *Blobs) Open(ctx context.Context, actor auth.Actor, why vault.Why, id ID) (Content, error) {
	var r row
	err := b.DB.Read(ctx, func(tx *db.Tx) (err error) {
		r, err = find(ctx, tx, actor.Org, id, kept)
		return err
	})
	if err != nil {
		return Content{}, err
	}
	texts, err := b.Vault.Open(ctx, actor, why, vault.Item{Place: r.place(actor.Org), Sealed: r.card})
	if err != nil {
		return Content{}, err
	}
	var c card
	if err := json.Unmarshal([]byte(texts[0].Reveal("open an attachment")), &c); err != nil {
		return Content{}, fmt.Errorf("blob: the card of %s: %w", id, err)
	}
	content, err := b.reader(ctx, actor.Org, r.content, c, r.chunks)
	if err != nil {
		return Content{}, err
	}
	return Content{content, private.New(c.Name), c.Kind, c.Size, r.metadata}, nil
}

// place is where the sealed card belongs.
func (r row) place(org auth.OrgID) vault.Place {
	return vault.Place{Org: org, Person: r.person, Record: string(r.id), Field: "attachment", Class: vault.Sensitive, Version: 1}
}

// Remove removes an attachment: its row now, its chunks at once after that.
func (b *Blobs) Remove(ctx context.Context, actor auth.Actor, id ID) error {
	err := b.DB.Write(ctx, func(tx *db.Tx) error {
		r, err := find(ctx, tx, actor.Org, id, kept)
		if err != nil {
			return err
		}
		if err := bury(ctx, tx, "org_id = $1 AND id = $2", string(actor.Org), string(id)); err != nil {
			return err
		}
		gone := r.place(actor.Org)
		gone.Version++
		return b.Vault.Removed(ctx, tx, audit.Entry{
			Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Decision, Subject: string(id),
			Detail: map[string]string{"act": "attachment.remove", "of": r.record},
		}, gone)
	})
	if err != nil {
		return err
	}
	return b.dig(ctx)
}

// bury deletes rows and remembers their chunks, which the transaction cannot reach.
func bury(ctx context.Context, tx *db.Tx, where string, args ...any) error {
	marks := append(args, tx.NowMicros())
	_, err := tx.Exec(ctx, fmt.Sprintf(`
		INSERT INTO attachment_grave (org_id, content_id, at)
		SELECT org_id, content_id, $%d FROM attachment WHERE %s
		ON CONFLICT DO NOTHING`, len(marks), where), marks...)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "DELETE FROM attachment WHERE "+where, args...)
	return err
}

// dig removes the chunks of every grave, the key of a file that was still on its way, and then the grave.
// While the vault is locked the keys, and so the graves, stay.
func (b *Blobs) dig(ctx context.Context) error {
	var (
		graves []Name
		now    time.Time
	)
	err := b.DB.Read(ctx, func(tx *db.Tx) (err error) {
		now = tx.Now()
		rows, err := tx.Query(ctx, "SELECT org_id, content_id FROM attachment_grave ORDER BY at")
		graves, err = db.Collect(rows, err, func(rows *sql.Rows) (n Name, err error) {
			return n, rows.Scan(&n.Org, &n.ID)
		})
		return err
	})
	if err != nil {
		return err
	}
	for _, name := range graves {
		if err := b.Store.Remove(ctx, name); err != nil {
			return err
		}
		if b.Vault.Locked() {
			continue
		}
		if err := b.Vault.EndTransient(ctx, auth.OrgID(name.Org), ticketName(name.ID), now); err != nil {
			return err
		}
		err := b.DB.WriteUnaudited(ctx, "chunks that an entry has told of are gone", func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, "DELETE FROM attachment_grave WHERE org_id = $1 AND content_id = $2", name.Org, name.ID)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Eraser is what attachments do when a person is erased: see [vault.Vault.OnErase].
func (b *Blobs) Eraser() vault.Eraser {
	return vault.Eraser{
		Name: "attachments",
		InTx: func(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
			return bury(ctx, tx, "org_id = $1 AND person_id = $2", string(org), string(person))
		},
		After: func(ctx context.Context, _ auth.OrgID, _ vault.PersonID) error { return b.dig(ctx) },
	}
}

// Rows lists the cards of the attachments, for [vault.Vault.Check].
func (b *Blobs) Rows() vault.Rows {
	return vault.Rows{Name: "attachments", Each: func(ctx context.Context, tx *db.Tx, org auth.OrgID, yield func([]vault.Item) error) error {
		rows, err := tx.Query(ctx, "SELECT "+columns+" FROM attachment WHERE org_id = $1 AND state = $2", string(org), kept)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // an error of the rows is asked for below
		for rows.Next() {
			r, err := scan(rows)
			if err != nil {
				return err
			}
			if err := yield([]vault.Item{{Place: r.place(org), Sealed: r.card}}); err != nil {
				return err
			}
		}
		return rows.Err()
	}}
}

// Sweep removes files that did not arrive in two days and chunks that no row names. It runs hourly or
// daily; what it removes is of no use to anybody.
func (b *Blobs) Sweep(ctx context.Context, now time.Time) error {
	wanted := map[Name]bool{}
	err := b.DB.WriteUnaudited(ctx, "files that never arrived", func(tx *db.Tx) error {
		clear(wanted) // the transaction may run again
		if err := bury(ctx, tx, "state = $1 AND expires_at < $2", arriving, now.UnixMicro()); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "SELECT org_id, content_id FROM attachment")
		names, err := db.Collect(rows, err, func(rows *sql.Rows) (n Name, err error) {
			return n, rows.Scan(&n.Org, &n.ID)
		})
		for _, n := range names {
			wanted[n] = true
		}
		return err
	})
	if err != nil {
		return err
	}
	err = b.Store.Each(ctx, func(name Name, at time.Time) error {
		if wanted[name] || now.Sub(at) < grace {
			return nil
		}
		return b.Store.Remove(ctx, name)
	})
	return errors.Join(err, b.dig(ctx))
}
