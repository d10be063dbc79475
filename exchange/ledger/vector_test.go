package ledger_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/fourfold/fourfold/exchange/ledger"
)

// The vectors here were entered by hand from the published specifications, read on 23 November 2026:
// C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles and tlog-proof (github.com/C2SP/C2SP),
// RFC 8785 section 3.2, and the documentation of golang.org/x/mod/sumdb/note.

// TestSignedNoteVector opens the note that the documentation of x/mod/sumdb/note publishes with its key.
func TestSignedNoteVector(t *testing.T) {
	const (
		key    = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
		secret = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
		text   = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
		signed = text + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
	)
	v, err := note.NewVerifier(key)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open([]byte(signed), note.VerifierList(v))
	if err != nil || n.Text != text {
		t.Errorf("opened %q: %v", n.Text, err)
	}
	seed, err := base64.StdEncoding.DecodeString(strings.Split(secret, "+")[4] + "+" + strings.Split(secret, "+")[5])
	if err != nil {
		t.Fatal(err)
	}
	s, err := ledger.NewLogSigner("PeterNeumann", seed[1:])
	if err != nil {
		t.Fatal(err)
	}
	if public, err := ledger.VerifierOf(s); err != nil || public != key {
		t.Errorf("public key %s, want %s: %v", public, key, err)
	}
	if again, err := note.Sign(&note.Note{Text: text}, s); err != nil || string(again) != signed {
		t.Errorf("signed\n%s\nwant\n%s: %v", again, signed, err)
	}
	if keys, err := ledger.LogKeys(key); err != nil || keys["PeterNeumann"].KeyHash() != 0xc74f20a3 {
		t.Errorf("keys %v: %v", keys, err)
	}
}

// exampleCheckpoint is the example of tlog-checkpoint and tlog-cosignature.
const exampleCheckpoint = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

func TestCheckpointVector(t *testing.T) {
	c, err := ledger.ParseCheckpoint(exampleCheckpoint)
	if err != nil || c.Origin != "example.com/behind-the-sofa" || c.Size != 20852163 || c.Text() != exampleCheckpoint {
		t.Errorf("checkpoint %+v: %v", c, err)
	}
	if got := base64.StdEncoding.EncodeToString(c.Root[:]); got != "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=" {
		t.Errorf("root %s", got)
	}
	for name, bad := range map[string]string{
		"leading zero": strings.Replace(exampleCheckpoint, "\n2", "\n02", 1), "no origin": exampleCheckpoint[27:],
		"empty extension": exampleCheckpoint + "\n", "no last newline": strings.TrimSuffix(exampleCheckpoint, "\n"),
	} {
		if _, err := ledger.ParseCheckpoint(bad); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}

// TestCosignatureVector signs the message that tlog-cosignature prints, apart from our own code, and
// reads the line it prints.
func TestCosignatureVector(t *testing.T) {
	const message = "cosignature/v1\ntime 1679315147\n" + exampleCheckpoint
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	v, err := ledger.NewCosignatureVerifier("witness.example.com/w1", key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	sig := append(binary.BigEndian.AppendUint64(nil, 1679315147), ed25519.Sign(key, []byte(message))...)
	if !v.Verify([]byte(exampleCheckpoint), sig) {
		t.Error("a signature of the message of the specification does not verify")
	}
	c, err := ledger.NewCosigner("witness.example.com/w1", key, func() int64 { return 1679315147 })
	if err != nil {
		t.Fatal(err)
	}
	if own, err := c.Sign([]byte(exampleCheckpoint)); err != nil || !bytes.Equal(own, sig) {
		t.Errorf("own signature %x, want %x: %v", own, sig, err)
	}
	const line = "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
	raw, err := base64.StdEncoding.DecodeString(line)
	if err != nil || len(raw) != 4+8+64 || binary.BigEndian.Uint64(raw[4:]) != 1679315147 {
		t.Errorf("the published line has %d bytes: %v", len(raw), err)
	}
	if back, err := ledger.ParseWitnessKey(v.String()); err != nil || back.KeyHash() != v.KeyHash() {
		t.Errorf("key %s read again: %v", v, err)
	}
}

// TestTileVectors checks the paths and the division into tiles that tlog-tiles prints.
func TestTileVectors(t *testing.T) {
	if got := ledger.TilePath(tlog.Tile{H: 8, L: 0, N: 1234067, W: 256}); got != "tile/0/x001/x234/067" {
		t.Errorf("path %s", got)
	}
	if got := ledger.BundlePath(1234067, 100); got != "tile/entries/x001/x234/067.p/100" {
		t.Errorf("path %s", got)
	}
	count := func(size int64) map[string]int {
		found := map[string]int{}
		for _, tile := range ledger.NewTiles(0, size) {
			path := ledger.TilePath(tile)
			found[path[:6]]++
			if tile.W < 256 {
				found[path]++
			}
		}
		return found
	}
	got := count(70_000)
	for path, want := range map[string]int{
		"tile/0": 274, "tile/0/273.p/112": 1, "tile/1": 2, "tile/1/001.p/17": 1, "tile/2": 1, "tile/2/000.p/1": 1,
	} {
		if got[path] != want {
			t.Errorf("size 70,000: %d of %s, want %d", got[path], path, want)
		}
	}
	if got := count(256); got["tile/0"] != 1 || got["tile/1/000.p/1"] != 1 || len(got) != 3 {
		t.Errorf("size 256: %v", got)
	}
}

// TestProofVector reads the example of tlog-proof. The specification shortens its signatures and prints
// an extra line that is not whole base64: one signature and the whole part of that line stand here.
func TestProofVector(t *testing.T) {
	const proof = "c2sp.org/tlog-proof@v1\nextra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6\nindex 73894\n" +
		"gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\nB95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n" +
		"EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=\nRoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=\n" +
		"AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=\n\n" +
		"example.com/fancylog\n109482\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n\n— example.com/fancylog hI2DJw==\n"
	p, err := ledger.ParseProof([]byte(proof))
	if err != nil || p.Index != 73894 || len(p.Hashes) != 5 || string(p.Extra) != "age-v1.2.1-darwin-arm64.tar.gz" {
		t.Fatalf("proof %+v: %v", p, err)
	}
	if string(p.Format()) != proof {
		t.Errorf("written again:\n%s", p.Format())
	}
	for name, bad := range map[string]string{
		"leading zero": strings.Replace(proof, "index 7", "index 07", 1), "extra twice": strings.Replace(proof, "extra ", "extra YQ==\nextra ", 1),
		"extra not base64": strings.Replace(proof, "extra YW", "extra ?W", 1), "another version": strings.Replace(proof, "@v1", "@v2", 1),
	} {
		if _, err := ledger.ParseProof([]byte(bad)); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}

// TestRFC8785Strings enters the string of RFC 8785 section 3.2.2 into an entry.
func TestRFC8785Strings(t *testing.T) {
	e := ledger.Entry{Version: 1, Kind: ledger.KindDecision, Org: "o", Reason: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\u002f"}
	got, err := e.Canonical()
	const want = `{"at":0,"kind":"decision","org":"o","reason":"€$\u000f\nA'B\"\\\\\"/","v":1}`
	if err != nil || string(got) != want {
		t.Errorf("canonical form %s, want %s: %v", got, want, err)
	}
}
