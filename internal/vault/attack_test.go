package vault

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault/keyring"
	"github.com/fourfold/fourfold/internal/vault/nodekey"
)

// The attack: somebody has every byte of the database as it is and as it was, unencrypted, with the
// write-ahead log and old backups; every byte of the keyring as it is; and the node key. It looks for
// a planted text. What it may not have is a copy of the keyring from before the erasure: those are
// gone after 30 days, and the test shows that until then one is enough.

const canary = "Zzyzx Quillfeather, invented, of no fixed place"

// loot is what the attacker has.
type loot struct {
	data  [][]byte // database files, logs, backups
	rings [][]byte // keyring files, and the blocks of old ones
	node  nodekey.Key
}

// recovers reports whether the canary can be had from the loot. It does not use the vault's own code
// for reading, so that a check in there cannot save the day: it tries every offset.
func (l loot) recovers(places []Place) bool {
	for _, d := range l.data {
		if bytes.Contains(d, []byte(canary)) {
			return true
		}
	}
	for id, key := range l.keys() {
		for _, d := range l.data {
			for at := 0; ; {
				i := bytes.Index(d[at:], id[:])
				if i < 0 {
					break
				}
				at += i + 1
				if opensAt(key, d, at-2, places) {
					return true
				}
			}
		}
	}
	return false
}

// keys unwraps whatever unwraps at any offset of the rings: organisation keys under the node key, then
// keys under those.
func (l loot) keys() map[[16]byte]cipher.AEAD {
	found := map[[16]byte]cipher.AEAD{}
	above := []cipher.AEAD{gcm(l.node.Derive("fourfold/keyring/wrap/v1", 32))}
	for range 2 {
		var below []cipher.AEAD
		for _, ring := range l.rings {
			for at := 0; at+256 <= len(ring); at++ {
				rec := ring[at : at+256]
				if rec[0] != 1 || rec[2] > 64 || rec[3] > 64 || rec[2] == 0 {
					continue
				}
				for _, a := range above {
					if secret, err := a.Open(nil, rec[52:64], rec[64:112], wrappedWith(rec)); err == nil {
						found[[16]byte(rec[20:36])] = gcm(secret)
						below = append(below, gcm(secret))
					}
				}
			}
		}
		above = below
	}
	return found
}

// wrappedWith is what a record binds its key to, rebuilt from the description of the format.
func wrappedWith(rec []byte) []byte {
	b := append([]byte("fourfold/keyring/v1"), rec[1], rec[2], rec[3])
	b = append(b, rec[112:112+int(rec[2])]...)
	b = append(b, rec[176:176+int(rec[3])]...)
	b = append(b, rec[4:20]...)
	return append(b, rec[20:52]...)
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	a, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return a
}

// opensAt tries a sealed value at an offset, with every length, for every place.
func opensAt(key cipher.AEAD, d []byte, at int, places []Place) bool {
	if at < 0 || d[at] != 1 {
		return false
	}
	for text := 32; text <= 512 && at+45+text <= len(d); text += 32 {
		s := d[at : at+45+text]
		for _, p := range places {
			var ad []byte
			for _, part := range []string{"fourfold/vault/v1", string(p.Org), string(p.Person), p.Record, p.Field, string(p.Class), string(binary.BigEndian.AppendUint64(nil, uint64(p.Version))), string(s[1:17])} {
				ad = append(binary.BigEndian.AppendUint32(ad, uint32(len(part))), part...)
			}
			if got, err := key.Open(nil, s[17:29], s[29:], ad); err == nil && bytes.Contains(got, []byte(canary)) {
				return true
			}
		}
	}
	return false
}

// attackedRoom is a room whose table lies open on the disk.
type attackedRoom struct {
	*house
	held *os.File // the blocks of the keyring as it was first
}

func newAttackedRoom(t *testing.T) *attackedRoom {
	t.Helper()
	r := &attackedRoom{}
	r.house = newHouse(t, Eraser{Name: "room", InTx: func(ctx context.Context, tx *db.Tx, o auth.OrgID, p PersonID) error {
		_, err := tx.Exec(ctx, "DELETE FROM room_value WHERE org_id = $1 AND person_id = $2", string(o), string(p))
		return err
	}})
	r.write(func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "CREATE TABLE room_value (org_id text NOT NULL, person_id text NOT NULL, field text NOT NULL, sealed blob NOT NULL)")
		return err
	})
	return r
}

func (r *attackedRoom) plant(p Place, text string) {
	r.t.Helper()
	r.write(func(tx *db.Tx) error {
		s, err := r.Seal(r.t.Context(), tx, Value{Place: p, Text: private.New(text)})
		if err != nil {
			return err
		}
		_, err = tx.Exec(r.t.Context(), "INSERT INTO room_value (org_id, person_id, field, sealed) VALUES ($1, $2, $3, $4)",
			string(p.Org), string(p.Person), p.Field, []byte(s[0]))
		return err
	})
}

// bytesOf returns every byte that the engine keeps, dead rows and log included: on SQLite the whole
// database, its log with old frames, and the index of the log, all without encryption.
func (r *attackedRoom) bytesOf() [][]byte {
	r.t.Helper()
	var all [][]byte
	if r.db.Engine() == db.SQLite {
		index, err := os.ReadFile(r.file + "-shm")
		if err != nil {
			r.t.Fatal(err)
		}
		return [][]byte{dbtest.Plain(r.t, r.file), dbtest.Plain(r.t, r.file+"-wal"), index}
	}
	r.write(func(tx *db.Tx) error {
		for _, q := range []string{
			"SELECT pg_read_binary_file(pg_relation_filepath('room_value'))",
			"SELECT pg_read_binary_file('pg_wal/' || pg_walfile_name(pg_current_wal_lsn()))",
		} {
			if _, err := tx.Exec(r.t.Context(), "CHECKPOINT"); err != nil {
				return err
			}
			var text []byte
			if err := tx.QueryRow(r.t.Context(), q).Scan(&text); err != nil {
				return fmt.Errorf("reading the server's files needs a superuser: %w", err)
			}
			all = append(all, text)
		}
		return nil
	})
	return all
}

// ringBytes returns every byte of the keyring's folder and of the blocks it had first.
func (r *attackedRoom) ringBytes() [][]byte {
	r.t.Helper()
	var all [][]byte
	names, _ := filepath.Glob(r.ring.Path + "*")
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			r.t.Fatal(err)
		}
		all = append(all, text)
	}
	blocks := make([]byte, 1<<20)
	n, _ := r.held.ReadAt(blocks, 0)
	return append(all, blocks[:n])
}

func TestAttack(t *testing.T) {
	r := newAttackedRoom(t)
	r.enrol("victim", "other")
	planted := place("victim", "name")
	r.plant(planted, canary)
	r.plant(place("other", "name"), "nobody")
	var err error
	if r.held, err = os.Open(r.ring.Path); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.held.Close() }()
	// A copy of all files as they are at one moment: a backup, or a replica.
	backup, places := r.bytesOf(), []Place{planted, place("other", "name")}
	if total := len(bytes.Join(backup, nil)); total < 4096 {
		t.Fatalf("only %d bytes of the database", total)
	}
	if r.db.Engine() == db.SQLite && !(loot{backup[1:2], r.ringBytes(), r.node}).recovers(places) {
		t.Fatal("the write-ahead log alone does not tell: it was not attacked")
	}
	copied := keyring.File{Path: filepath.Join(t.TempDir(), "copy")}
	if err := r.CopyKeyring(t.Context(), *r.now, copied); err != nil {
		t.Fatal(err)
	}
	oldCopy, err := os.ReadFile(copied.Path)
	if err != nil {
		t.Fatal(err)
	}

	if !(loot{backup, r.ringBytes(), r.node}).recovers(places) {
		t.Fatal("before the erasure the attack recovers nothing: it could not fail afterwards")
	}
	if (loot{backup, r.ringBytes(), nodekey.New()}).recovers(places) {
		t.Error("without the node key the attack recovers the text")
	}
	if (loot{backup, nil, r.node}).recovers(places) {
		t.Error("a backup of the data and the node key are enough")
	}

	r.erase("victim")
	data := append(backup, r.bytesOf()...)
	if (loot{data, r.ringBytes(), r.node}).recovers(places) {
		t.Error("after the erasure the attack still recovers the text")
	}
	if !(loot{data, append(r.ringBytes(), oldCopy), r.node}).recovers(places) {
		t.Error("a copy of the keyring from before should still be enough; the certificate says so")
	}

	// A day later the copy is overwritten, and only what is on the disk then is left.
	if err := r.CopyKeyring(t.Context(), r.now.Add(24*time.Hour), copied); err != nil {
		t.Fatal(err)
	}
	names, _ := filepath.Glob(copied.Path + "*")
	for _, name := range names {
		text, _ := os.ReadFile(name)
		if (loot{data, append(r.ringBytes(), text), r.node}).recovers(places) {
			t.Error("the overwritten copy still opens the erased")
		}
	}
	if _, err := r.Rotate(t.Context(), r.now.Add(keyring.Epoch)); err != nil {
		t.Fatal(err)
	}
	if (loot{append(data, r.bytesOf()...), r.ringBytes(), r.node}).recovers(places) {
		t.Error("after the rotation the attack recovers the text")
	}
}

// TestAuditHoldsNoText looks for the canary in every row of every table.
func TestAuditHoldsNoText(t *testing.T) {
	h := newHouse(t)
	h.enrol("p1")
	item := h.seal(place("p1", "name"), canary)
	if _, err := h.Open(t.Context(), worker, why, item); err != nil {
		t.Fatal(err)
	}
	for _, e := range h.entries("opening") {
		if strings.Contains(fmt.Sprintf("%+v", e), "Zzyzx") {
			t.Errorf("the entry holds the text: %+v", e)
		}
	}
}
