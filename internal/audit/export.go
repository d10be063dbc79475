package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/fourfold/fourfold/exchange/ledger"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// The files of an exported log beside its tiles.
const (
	checkpointFile = "checkpoint" // C2SP tlog-tiles
	keyFile        = "log.key"    // public key
	witnessFile    = "witnesses"  // public keys, one a line
)

// Publish hands over the published form of an organisation's log up to its last checkpoint: C2SP tiles
// and entry bundles, the checkpoint, and the public keys. None of it shows a person, a kind or a time
// of an entry. Paths have slashes.
func Publish(ctx context.Context, tx *db.Tx, org string, file func(path string, data []byte) error) error {
	l, found, err := currentLog(ctx, tx, org)
	if err != nil {
		return err
	}
	if !found || l.checkpoints == 0 {
		return fault.New(fault.NotFound, "There is no checkpoint yet.").
			WithHint("Start the node and wait a minute, or run \"fourfold ledger checkpoint --now\".")
	}
	last, err := checkpoints(ctx, tx, &l, "AND number = $3", l.checkpoints)
	if err != nil || len(last) == 0 {
		return errors.Join(err, damaged(l.origin, "its last checkpoint is missing"))
	}
	size := last[0].size
	if err := l.exportBundles(ctx, tx, size, file); err != nil {
		return err
	}
	t := newTree(ctx, tx, org, l.number)
	for _, tile := range ledger.NewTiles(0, size) {
		data, err := ledger.TileData(tile, t)
		if err != nil {
			return err
		}
		if err := file(ledger.TilePath(tile), data); err != nil {
			return err
		}
	}
	known, err := Witnesses(ctx, tx, org)
	if err != nil {
		return err
	}
	var keys strings.Builder
	for _, w := range known {
		keys.WriteString(w.String() + "\n")
	}
	return errors.Join(
		file(keyFile, []byte(l.verifier+"\n")), file(witnessFile, []byte(keys.String())), file(checkpointFile, []byte(last[0].note)))
}

// exportBundles hands over the commitments, 256 to a file.
func (l *log) exportBundles(ctx context.Context, tx *db.Tx, size int64, file func(string, []byte) error) error {
	for from := int64(0); from < size; from += tileWidth {
		to := min(from+tileWidth, size)
		rows, err := tx.Query(ctx, `
			SELECT commitment FROM audit_leaf
			WHERE org_id = $1 AND log = $2 AND idx >= $3 AND idx < $4 ORDER BY idx`, l.org, l.number, from, to)
		all, err := db.Collect(rows, err, scanBytes)
		if err != nil {
			return err
		}
		if int64(len(all)) != to-from {
			return damaged(l.origin, fmt.Sprintf("an entry from number %d on is missing", from))
		}
		data, err := ledger.BundleData(all)
		if err != nil {
			return err
		}
		if err := file(ledger.BundlePath(from/tileWidth, len(all)), data); err != nil {
			return err
		}
	}
	return nil
}

// Outside is what somebody without the node's database knows of a log.
type Outside struct {
	// Key is the public key of the log. Empty means the one that lies beside the tiles, which whoever
	// altered them may have altered too.
	Key string
	// Kept are signed checkpoints that were kept elsewhere.
	Kept [][]byte
	// Witnesses are the public keys of witnesses whose signatures count. None means those that lie
	// beside the tiles.
	Witnesses []string
}

// VerifyFolder verifies an exported log, or one that a backup holds, without a database: every tile
// and commitment against the signed checkpoint, and that against those that were kept elsewhere. What
// entries say it cannot know. An error means that it could not be done.
func VerifyFolder(files fs.FS, o Outside) (Report, error) {
	signed, err := fs.ReadFile(files, checkpointFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Report{First: &Finding{Index: -1, Where: checkpointFile, What: "missing"}}, nil
	}
	if err != nil {
		return Report{}, err
	}
	if o.Key == "" {
		data, err := fs.ReadFile(files, keyFile)
		if err != nil {
			return Report{}, fault.New(fault.Invalid, "The public key of the log is not known.").
				WithHint("Give it with --key; the node prints it with \"fourfold ledger key\".").Wrap(err)
		}
		o.Key = strings.TrimSpace(string(data))
	}
	key, err := note.NewVerifier(o.Key)
	if err != nil {
		return Report{}, fault.New(fault.Invalid, "This is not the public key of a log.").Wrap(err)
	}
	var r Report
	c, err := ledger.OpenCheckpoint(signed, key.Name(), key)
	if err != nil {
		r.First = &Finding{Index: -1, Where: checkpointFile, What: "altered: it does not bear the signature of the log"}
		return r, nil
	}
	of := LogReport{Number: 1, Origin: c.Origin, Verifier: o.Key, Size: c.Size, Signed: c.Size, Sealed: c.Size}
	if of.Witnesses, err = cosigned(files, signed, o.Witnesses); err != nil {
		return Report{}, err
	}
	if len(of.Witnesses) > 0 {
		of.Witnessed = c.Size
	}
	r.Logs = []LogReport{of}
	var damage *ledger.Damage
	if err := ledger.VerifyTiles(files, c); errors.As(err, &damage) {
		r.First = &Finding{Index: damage.Index, Where: damage.Path, What: damage.What}
		return r, nil
	} else if err != nil {
		return r, err
	}
	r.First, err = contradicted(files, c, key, o.Kept)
	return r, err
}

// cosigned returns the witnesses of a checkpoint.
func cosigned(files fs.FS, signed []byte, keys []string) ([]ledger.Cosigned, error) {
	if len(keys) == 0 {
		if data, err := fs.ReadFile(files, witnessFile); err == nil {
			keys = strings.Fields(string(data))
		}
	}
	known := make([]*ledger.CosignatureVerifier, len(keys))
	for i, k := range keys {
		w, err := ledger.ParseWitnessKey(strings.TrimSpace(k))
		if err != nil {
			return nil, fault.New(fault.Invalid, "This is not the public key of a witness: %q.", k).Wrap(err)
		}
		known[i] = w
	}
	by, err := ledger.Witnesses(signed, known...)
	if err != nil {
		return nil, fault.New(fault.Conflict, "A witness's signature on the checkpoint is not valid.").Wrap(err)
	}
	return by, nil
}

// contradicted compares verified tiles with checkpoints that were kept elsewhere.
func contradicted(files fs.FS, c ledger.Checkpoint, key note.Verifier, kept [][]byte) (*Finding, error) {
	for _, signed := range kept {
		k, err := ledger.OpenCheckpoint(signed, c.Origin, key)
		if err != nil {
			return nil, fault.New(fault.Invalid, "A checkpoint that was kept elsewhere is not signed by this log.").Wrap(err)
		}
		if k.Size > c.Size {
			return &Finding{Index: c.Size, Where: "entry", What: fmt.Sprintf("missing: a checkpoint that was kept elsewhere has %d entries", k.Size)}, nil
		}
		root, err := ledger.Root(k.Size, ledger.TileReader(files, c.Size))
		if err != nil {
			return nil, err
		}
		if root != k.Root {
			return &Finding{Index: -1, Where: "an entry", What: fmt.Sprintf("altered: a checkpoint that was kept elsewhere contradicts the first %d entries", k.Size)}, nil
		}
	}
	return nil, nil
}
