package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
)

// File says what is about to arrive.
type File struct {
	Person vault.PersonID
	// Record is the identifier of what it is attached to, at most 64 bytes.
	Record string
	Name   private.Text // as the sender calls it
	Size   int64        // in bytes
}

// maxName bounds the name of a file in bytes.
const maxName = 255

// Begin makes room for a file. It arrives with [Blobs.Append], within two days, sent by the same actor.
func (b *Blobs) Begin(ctx context.Context, actor auth.Actor, f File) (ID, error) {
	limit := b.MaxSize
	if limit == 0 {
		limit = defaultMax
	}
	name := f.Name.Reveal("keep the name of a file")
	switch {
	case actor.Org == "" || actor.Account == "":
		return "", fault.New(fault.Denied, "You are not signed in.").WithHint("Sign in again.")
	case f.Size <= 0:
		return "", fault.New(fault.Invalid, "The file is empty.").WithHint("Choose the file again.")
	case f.Size > limit:
		return "", fault.New(fault.TooLarge, "The file is too large: %d bytes, at most %d.", f.Size, limit).
			WithHint("Send it in parts, or make the recording smaller.")
	case len(name) > maxName:
		return "", fault.New(fault.Invalid, "The name of the file is too long: %d bytes, at most %d.", len(name), maxName).
			WithHint("Give the file a shorter name.")
	case f.Record == "" || len(f.Record) > 64:
		return "", fmt.Errorf("blob: a record of %d bytes", len(f.Record))
	}
	id, content := ID(db.NewID()), db.NewID()
	err := b.DB.WriteUnaudited(ctx, "a file on its way is nobody's yet: its entry comes when it is kept", func(tx *db.Tx) error {
		if err := living(ctx, tx, actor.Org, f.Person); err != nil {
			return err
		}
		sealed, err := b.ticket(ctx, actor.Org, content, tx.Now(), card{Key: newKey(), Name: name, Size: f.Size})
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO attachment (org_id, id, version, person_id, record, state, metadata, content_id, chunks, card, created_by, created_at, expires_at)
			VALUES ($1, $2, 1, $3, $4, $5, '', $6, 0, $7, $8, $9, $10)`,
			string(actor.Org), string(id), string(f.Person), f.Record, arriving, content, sealed, string(actor.Account),
			tx.NowMicros(), tx.Now().Add(patience).UnixMicro())
		return err
	})
	return id, err
}

func living(ctx context.Context, tx *db.Tx, org auth.OrgID, person vault.PersonID) error {
	var n int
	err := tx.QueryRow(ctx, "SELECT count(*) FROM vault_person WHERE org_id = $1 AND id = $2 AND erased_at IS NULL",
		string(org), string(person)).Scan(&n)
	if err == nil && n == 0 {
		return notFound()
	}
	return err
}

// ticket seals the card of an arriving file under a key that lives two days and is in no backup. Under
// the person's key every piece that arrives would count as an opening.
func (b *Blobs) ticket(ctx context.Context, org auth.OrgID, content string, now time.Time, c card) ([]byte, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	box, err := b.ticketBox(ctx, org, content, now)
	if err != nil {
		return nil, err
	}
	return box.seal(nil, text, 0, true), nil
}

func ticketName(content string) string { return "arriving/" + content }

func (b *Blobs) ticketBox(ctx context.Context, org auth.OrgID, content string, now time.Time) (box, error) {
	key, err := b.Vault.Transient(ctx, org, ticketName(content), now, now.Add(patience+time.Hour))
	if err != nil {
		return box{}, err
	}
	defer clear(key.Secret[:])
	return newBox(key.Secret[:], string(org), content)
}

// arrival returns the row and card of a file that this actor is sending.
func (b *Blobs) arrival(ctx context.Context, actor auth.Actor, id ID) (r row, c card, err error) {
	var now time.Time
	err = b.DB.Read(ctx, func(tx *db.Tx) (err error) {
		now = tx.Now()
		r, err = find(ctx, tx, actor.Org, id, arriving)
		return err
	})
	if err != nil {
		return r, c, err
	}
	if r.createdBy != actor.Account || now.UnixMicro() >= r.expiringAt {
		return r, c, notFound()
	}
	box, err := b.ticketBox(ctx, actor.Org, r.content, now)
	if err != nil {
		return r, c, err
	}
	text, err := box.open(r.card, 0, true)
	if err != nil {
		return r, c, damaged(err)
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return r, c, damaged(err)
	}
	return r, c, nil
}

// Arrived returns how many bytes of a file are safe: where the sender goes on.
func (b *Blobs) Arrived(ctx context.Context, actor auth.Actor, id ID) (int64, error) {
	r, c, err := b.arrival(ctx, actor, id)
	return min(r.chunks*chunkSize, c.Size), err
}

// Append takes the bytes of a file from offset, which must be what [Blobs.Arrived] says, until r ends
// or the file is whole. It returns how much is safe, also with an error: when the line breaks, whole
// chunks of 1 MiB stay and the rest is sent again.
func (b *Blobs) Append(ctx context.Context, actor auth.Actor, id ID, offset int64, r io.Reader) (arrived int64, err error) {
	at, c, err := b.arrival(ctx, actor, id)
	if err != nil {
		return 0, err
	}
	arrived = min(at.chunks*chunkSize, c.Size)
	if offset != arrived {
		return arrived, fault.New(fault.Stale, "The file goes on at byte %d, not at %d.", arrived, offset).
			WithHint("Send it from there.")
	}
	box, err := newBox(c.Key, string(actor.Org), at.content)
	if err != nil {
		return arrived, err
	}
	buf, sealed := make([]byte, chunkSize), make([]byte, 0, maxSealed)
	for n := at.chunks; arrived < c.Size; n++ {
		want := min(chunkSize, c.Size-arrived)
		if _, err := io.ReadFull(r, buf[:want]); err != nil {
			return arrived, broken(err, arrived)
		}
		last := arrived+want == c.Size
		plain := buf[:want]
		if last {
			clear(buf[want:])
			plain = buf[:padded(int(want))]
		}
		sealed = box.seal(sealed, plain, n, last)
		if err := b.Store.Put(ctx, Name{string(actor.Org), at.content}, n, sealed); err != nil {
			return arrived, unkept(err)
		}
		if err := b.counted(ctx, actor.Org, id, n); err != nil {
			return arrived, err
		}
		arrived += want
	}
	if n, _ := io.ReadFull(r, buf[:1]); n > 0 {
		return arrived, fault.New(fault.Invalid, "The file is longer than was said: more than %d bytes.", c.Size).
			WithHint("Choose the file again.")
	}
	return arrived, nil
}

// broken tells the end of what was sent from a failure to read it. Both leave what has arrived.
func broken(err error, arrived int64) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil // a piece: more will come
	}
	return fault.New(fault.Unavailable, "The file did not arrive whole: %d bytes are safe.", arrived).
		WithHint("Send the rest from there.").Wrap(err)
}

func unkept(err error) error {
	return fault.New(fault.Unavailable, "The file could not be stored.").
		WithHint("Nothing of what had arrived is lost. Make room on the disk, then send the rest.").Wrap(err)
}

// counted notes that chunk n is safe. Of two senders of the same chunk one is told to look again.
func (b *Blobs) counted(ctx context.Context, org auth.OrgID, id ID, n int64) error {
	return b.DB.WriteUnaudited(ctx, "a chunk of a file on its way", func(tx *db.Tx) error {
		rows, err := tx.Exec(ctx, "UPDATE attachment SET chunks = $1 WHERE org_id = $2 AND id = $3 AND chunks = $4 AND state = $5",
			n+1, string(org), string(id), n, arriving)
		if err == nil && rows != 1 {
			return fault.New(fault.Stale, "The file is being sent twice, or is not wanted any more.").WithHint("Look where it goes on.")
		}
		return err
	})
}

// Finish keeps a file that has arrived whole. A file that was kept before, or is not whole, is an error
// and nothing is lost.
func (b *Blobs) Finish(ctx context.Context, actor auth.Actor, id ID) (Attachment, error) {
	r, c, err := b.arrival(ctx, actor, id)
	if err != nil {
		return Attachment{}, err
	}
	if r.chunks != chunksOf(c.Size) {
		return Attachment{}, fault.New(fault.Conflict, "The file is not whole yet: %d of %d bytes.", r.chunks*chunkSize, c.Size).
			WithHint("Send the rest first.")
	}
	content := r.content
	if c, content, err = b.settle(ctx, actor.Org, r, c); err != nil {
		return Attachment{}, err
	}
	var made Attachment
	err = b.DB.Write(ctx, func(tx *db.Tx) (err error) {
		made, err = b.keep(ctx, tx, actor, r, c, content)
		return err
	})
	if err != nil {
		if content != r.content {
			err = errors.Join(err, b.Store.Remove(ctx, Name{string(actor.Org), content}))
		}
		return Attachment{}, err
	}
	// With the ticket's key gone, nothing but the person's key opens what a backup may hold of the arrival.
	return made, errors.Join(b.dig(ctx), b.Vault.EndTransient(ctx, actor.Org, ticketName(r.content), made.AddedAt))
}

// settle finds out what the file is and strips it, into new chunks, when that can be done. What arrived
// stays as it is until the row changes.
func (b *Blobs) settle(ctx context.Context, org auth.OrgID, r row, c card) (card, string, error) {
	in, err := b.reader(ctx, org, r.content, c, r.chunks)
	if err != nil {
		return c, "", err
	}
	head := make([]byte, 3072) // what the recogniser looks at
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return c, "", err
	}
	c.Kind, _, _ = strings.Cut(mimetype.Detect(head[:n]).String(), ";")
	if c.Arrived, err = digest(in); err != nil {
		return c, "", err
	}
	c.chunks, c.Kept, c.metadata = r.chunks, c.Arrived, Kept
	if plain[c.Kind] {
		c.metadata = None
	}
	strip := strippers[c.Kind]
	if strip == nil {
		return c, r.content, nil
	}
	out := c
	out.Key = newKey()
	content := db.NewID()
	box, err := newBox(out.Key, string(org), content)
	if err != nil {
		return c, "", err
	}
	to := &sink{ctx: ctx, store: b.Store, name: Name{string(org), content}, box: box, held: make([]byte, 0, chunkSize)}
	hash := sha256.New()
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return c, "", err
	}
	err = strip(io.MultiWriter(to, hash), in)
	if err == nil {
		err = to.Close()
	}
	if err != nil {
		if e := b.Store.Remove(ctx, to.name); e != nil || !errors.Is(err, errMalformed) {
			return c, "", errors.Join(unkept(err), e)
		}
		return c, r.content, nil // not what it promised: kept as it is, and marked
	}
	out.Size, out.chunks, out.Kept, out.metadata = to.size, to.n, hex.EncodeToString(hash.Sum(nil)), Stripped
	return out, content, nil
}

func digest(r io.ReadSeeker) (string, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	hash := sha256.New()
	_, err := io.Copy(hash, r)
	return hex.EncodeToString(hash.Sum(nil)), err
}

// keep turns an arriving row into a kept one, with its entry.
func (b *Blobs) keep(ctx context.Context, tx *db.Tx, actor auth.Actor, r row, c card, content string) (Attachment, error) {
	if err := tx.Bump(ctx, "attachment", string(actor.Org), string(r.id), r.version); err != nil {
		return Attachment{}, err
	}
	text, err := json.Marshal(c)
	if err != nil {
		return Attachment{}, err
	}
	sealed, err := b.Vault.Change(ctx, tx, audit.Entry{
		Org: string(actor.Org), Actor: string(actor.Account), Kind: audit.Decision, Subject: string(r.id),
		Detail: map[string]string{"act": "attachment.keep", "of": r.record, "metadata": string(c.metadata)},
	}, nil, vault.Value{Place: r.place(actor.Org), Text: private.New(string(text))})
	if err != nil {
		return Attachment{}, err
	}
	if content != r.content {
		_, err := tx.Exec(ctx, "INSERT INTO attachment_grave (org_id, content_id, at) VALUES ($1, $2, $3)", string(actor.Org), r.content, tx.NowMicros())
		if err != nil {
			return Attachment{}, err
		}
	}
	_, err = tx.Exec(ctx, `
		UPDATE attachment SET state = $1, metadata = $2, content_id = $3, chunks = $4, card = $5, created_at = $6, expires_at = NULL
		WHERE org_id = $7 AND id = $8`,
		kept, string(c.metadata), content, c.chunks, []byte(sealed[0]), tx.NowMicros(), string(actor.Org), string(r.id))
	return Attachment{r.id, r.person, r.record, c.metadata, actor.Account, tx.Now()}, err
}

// Discard gives up a file on its way.
func (b *Blobs) Discard(ctx context.Context, actor auth.Actor, id ID) error {
	r, _, err := b.arrival(ctx, actor, id)
	if err != nil {
		return err
	}
	var now time.Time
	err = b.DB.WriteUnaudited(ctx, "a file that was never kept", func(tx *db.Tx) error {
		now = tx.Now()
		return bury(ctx, tx, "org_id = $1 AND id = $2 AND state = '"+arriving+"'", string(actor.Org), string(id))
	})
	if err != nil {
		return err
	}
	return errors.Join(b.dig(ctx), b.Vault.EndTransient(ctx, actor.Org, ticketName(r.content), now))
}
