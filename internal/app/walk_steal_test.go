package app_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"database/sql"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/db/dbtest"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/vault"
)

// The attacker of package vault, at every table of the room: it has every byte of the database as it was and as it is, every byte of
// the keyring as it is with the blocks of the old one, and the node key. It reads the formats by itself, from their description.

// stolen is a sealed value as somebody copied it.
type stolen struct {
	table, column string
	place         vault.Place // without its class, which the thief guesses
	sealed        []byte
}

func (s stolen) key() [16]byte { return [16]byte(s.sealed[1:17]) }

// roomTables returns the tables of the room as the schema has them.
func (w *town) roomTables() (all []db.Table) {
	w.t.Helper()
	w.must(w.DB.Snapshot(w.t.Context(), func(s *db.Snapshot) (err error) {
		all, err = s.Tables(w.t.Context(), func(name string) bool { return !strings.HasPrefix(name, "protection_") })
		return err
	}))
	return all
}

// cells reads every cell of a table, by column.
func (w *town) cells(t db.Table) (rows []map[string]any) {
	w.t.Helper()
	ctx := w.t.Context()
	w.must(w.DB.Read(ctx, func(tx *db.Tx) error {
		names := make([]string, len(t.Columns))
		for i, c := range t.Columns {
			names[i] = c.Name
		}
		found, err := tx.Query(ctx, "SELECT "+strings.Join(names, ", ")+" FROM "+t.Name)
		rows, err = db.Collect(found, err, func(r *sql.Rows) (map[string]any, error) {
			values, into := make([]any, len(names)), make([]any, len(names))
			for i := range values {
				into[i] = &values[i]
			}
			err := r.Scan(into...)
			row := map[string]any{}
			for i, n := range names {
				row[n] = values[i]
			}
			return row, err
		})
		return err
	}))
	return rows
}

// about reports whether a row names a case or its person.
func about(row map[string]any, c casefile.Case) bool {
	for _, v := range row {
		if b, ok := v.([]byte); ok {
			v = string(b)
		}
		if s, ok := v.(string); ok && (strings.Contains(s, string(c.Person)) || strings.Contains(s, c.Row.ID)) {
			return true
		}
	}
	return false
}

// steal copies every sealed value that the tables of the room hold about a person.
func (w *town) steal(c casefile.Case) (all []stolen) {
	w.t.Helper()
	for _, t := range w.roomTables() {
		for _, row := range w.cells(t) {
			if row["person_id"] != string(c.Person) {
				continue
			}
			for _, col := range t.Columns {
				value, ok := row[col.Name].([]byte)
				if col.Kind != db.Bytes || !ok || len(value) < 8+45 {
					continue
				}
				s := stolen{table: t.Name, column: col.Name, sealed: value[8:]}
				s.place = vault.Place{
					Org: auth.OrgID(row["org_id"].(string)), Person: c.Person, Field: col.Name, Version: int64(binary.BigEndian.Uint64(value)),
				}
				if t.Name == "protection_history" {
					s.place.Record, s.place.Field = row["record"].(string), row["field"].(string)
				} else {
					s.place.Record = t.Name + "/" + row["id"].(string)
				}
				if s.sealed[0] == 1 {
					all = append(all, s)
				}
			}
		}
	}
	return all
}

// everyByte returns every byte that the engine keeps: on SQLite the database, its log with old frames and the index of the log, all
// without encryption; on PostgreSQL the files of all tables of the room and of the ledger, dead rows included, and the log.
func (w *town) everyByte() (all [][]byte) {
	w.t.Helper()
	if w.DB.Engine() == db.SQLite {
		index, err := os.ReadFile(w.file + "-shm")
		w.must(err)
		return [][]byte{dbtest.Plain(w.t, w.file), dbtest.Plain(w.t, w.file+"-wal"), index}
	}
	ctx := w.t.Context()
	names := []string{"audit_entry", "vault_indexed"}
	for _, t := range w.roomTables() {
		names = append(names, t.Name)
	}
	w.must(w.DB.WriteUnaudited(ctx, "a test reads files", func(tx *db.Tx) error {
		all = nil
		if _, err := tx.Exec(ctx, "CHECKPOINT"); err != nil {
			return fmt.Errorf("reading the server's files needs a superuser: %w", err)
		}
		for _, n := range append(names, "") {
			q := "SELECT pg_read_binary_file(pg_relation_filepath('" + n + "'))"
			if n == "" {
				q = "SELECT pg_read_binary_file('pg_wal/' || pg_walfile_name(pg_current_wal_lsn()))"
			}
			var text []byte
			if err := tx.QueryRow(ctx, q).Scan(&text); err != nil {
				return err
			}
			all = append(all, text)
		}
		return nil
	}))
	return all
}

// rings returns every byte of the keyring's folder, and of the blocks that it had when held was opened.
func (w *town) rings(held *os.File) (all [][]byte) {
	w.t.Helper()
	names, err := filepath.Glob(w.ring.Path + "*")
	w.must(err)
	for _, name := range names {
		text, err := os.ReadFile(name)
		w.must(err)
		all = append(all, text)
	}
	blocks := make([]byte, 1<<20)
	n, _ := held.ReadAt(blocks, 0)
	return append(all, blocks[:n])
}

// keysOf unwraps whatever unwraps at any offset of the rings: keys of organisations under the node key, then keys under those.
func (w *town) keysOf(rings [][]byte) map[[16]byte]cipher.AEAD {
	w.t.Helper()
	found, tried := map[[16]byte]cipher.AEAD{}, map[string]bool{}
	above := []cipher.AEAD{w.gcm(w.node.Derive("fourfold/keyring/wrap/v1", 32))}
	for range 2 {
		var below []cipher.AEAD
		clear(tried)
		for _, ring := range rings {
			for at := 0; at+256 <= len(ring); at++ {
				rec := ring[at : at+256]
				if rec[0] != 1 || rec[2] > 64 || rec[3] > 64 || rec[2] == 0 || tried[string(rec)] {
					continue
				}
				tried[string(rec)] = true
				for _, a := range above {
					if secret, err := a.Open(nil, rec[52:64], rec[64:112], wrapped(rec)); err == nil {
						found[[16]byte(rec[20:36])] = w.gcm(secret)
						below = append(below, w.gcm(secret))
					}
				}
			}
		}
		above = below
	}
	return found
}

// wrapped is what a record of the keyring binds its key to.
func wrapped(rec []byte) []byte {
	b := append([]byte("fourfold/keyring/v1"), rec[1], rec[2], rec[3])
	b = append(b, rec[112:112+int(rec[2])]...)
	b = append(b, rec[176:176+int(rec[3])]...)
	b = append(b, rec[4:20]...)
	return append(b, rec[20:52]...)
}

func (w *town) gcm(key []byte) cipher.AEAD {
	w.t.Helper()
	block, err := aes.NewCipher(key)
	w.must(err)
	a, err := cipher.NewGCM(block)
	w.must(err)
	return a
}

// opens returns what a stolen value says with the keys, or "".
func (s stolen) opens(keys map[[16]byte]cipher.AEAD) string {
	key, ok := keys[s.key()]
	if !ok {
		return ""
	}
	for _, class := range []vault.Class{vault.Personal, vault.Sensitive, vault.ProtectedLocation, vault.Narrative, vault.Overseen} {
		p := s.place
		var ad []byte
		for _, part := range []string{
			"fourfold/vault/v1", string(p.Org), string(p.Person), p.Record, p.Field, string(class), string(binary.BigEndian.AppendUint64(nil, uint64(p.Version))), string(s.sealed[1:17]),
		} {
			ad = append(binary.BigEndian.AppendUint32(ad, uint32(len(part))), part...)
		}
		if got, err := key.Open(nil, s.sealed[17:29], s.sealed[29:], ad); err == nil {
			return string(got)
		}
	}
	return ""
}

// inClear reports in which of the copies a text stands unsealed.
func inClear(copies [][]byte, text string) (at []int) {
	for i, c := range copies {
		if bytes.Contains(c, []byte(text)) {
			at = append(at, i)
		}
	}
	return at
}

// bytesHave reports whether a value stands somewhere in the copies. A log has pages cut where they overflow: its middle will do.
func bytesHave(copies [][]byte, sealed []byte) bool {
	part := sealed[1:min(len(sealed), 45)]
	return slices.ContainsFunc(copies, func(c []byte) bool { return bytes.Contains(c, part) })
}

// erase erases the person of a case with two people, when the law lets it.
func (w *town) erase(c casefile.Case) {
	w.t.Helper()
	ctx := w.t.Context()
	id, err := w.Vault.ProposeErasure(ctx, w.chief, c.Person, "request")
	w.must(err)
	w.must(w.App.Erase(ctx, w.officer, id))
}
