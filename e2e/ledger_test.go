package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/exchange/ledger"
)

// TestLedgerJourney: a protection officer sees forged copies being found out, verifies an entry, takes
// its proof away, and opens an entry about a person, which is itself entered. The proof is then checked
// here, with nothing of the node but its public key and the log that it exports.
func TestLedgerJourney(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	p.visit("/tour")
	p.press(`form:has([name=next][value="/ledger/forged"]) button`)
	text := p.body()
	for _, want := range []string{"Every entry is in its place.", "is altered or missing, in the file", "Both forgeries were found, and the true copy was not accused."} {
		if !strings.Contains(text, want) {
			t.Errorf("the scene does not say %q:\n%s", want, text)
		}
	}

	p.visit("/ledger")
	path := ask[string](p, `[...document.querySelectorAll('tbody tr')].find(r => !r.textContent.includes('sealed')).querySelector('a').getAttribute('href')`)
	p.follow(path)
	p.press(`main form:has([name=check]) button`)
	if text := p.body(); !strings.Contains(text, "Checked just now: it holds") {
		t.Errorf("verifying says:\n%s", text)
	}
	p.looksAs(t, visit{as: officer, path: path + "?check=yes", status: 200, alias: "/ledger/verified"})
	proof, err := ledger.ParseProof(p.download(fmt.Sprintf(`a[href=%q]`, path+"/proof.txt")))
	if err != nil {
		t.Fatal(err)
	}
	n.holds(t, proof)

	p.visit("/ledger")
	sealed := ask[string](p, `[...document.querySelectorAll('tbody tr')].find(r => r.textContent.includes('sealed')).querySelector('a').getAttribute('href')`)
	p.follow(sealed)
	if status := p.press(fmt.Sprintf(`form[action=%q] button`, sealed+"/open")); status != 200 || !strings.Contains(p.body(), "About the person") {
		t.Fatalf("opening answered %d:\n%s", status, p.body())
	}
	p.bearable(t, "an opened entry", "ledger-opened")
	before := ask[string](p, `document.querySelector('main').textContent`)
	p.visit("/ledger")
	if newest := ask[string](p, `document.querySelector('tbody tr').textContent`); !strings.Contains(newest, "sealed") || strings.Contains(before, newest) {
		t.Errorf("the opening is not the newest entry: %s", newest)
	}
}

// holds checks a proof against the log that the program exports and the key that it prints.
func (n *node) holds(t *testing.T, proof ledger.Proof) {
	t.Helper()
	run := func(args ...string) string {
		t.Helper()
		out, err := exec.Command(os.Getenv(programVar), append(args, "--data", n.dir, "--org", "Farrowdale Rapporteur (invented)")...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	keys, err := ledger.LogKeys(strings.Fields(run("ledger", "key"))...)
	if err != nil || len(keys) != 1 {
		t.Fatalf("keys %v: %v", keys, err)
	}
	dir := filepath.Join(t.TempDir(), "log")
	run("ledger", "export", dir)
	bundles, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(ledger.BundlePath(proof.Index/256, 256))+"*", "*"))
	if err != nil || len(bundles) != 1 {
		t.Fatalf("the exported log has the files %v: %v", bundles, err)
	}
	data, err := os.ReadFile(bundles[0])
	if err != nil {
		t.Fatal(err)
	}
	const record = 34 // a length of two bytes, and a commitment
	at := proof.Index % 256 * record
	commitment := data[at+2 : at+record]
	for origin, key := range keys {
		if _, err := proof.Verify(commitment, origin, key); err != nil {
			t.Errorf("the proof does not hold: %v", err)
		}
		commitment[0] ^= 1
		if _, err := proof.Verify(commitment, origin, key); err == nil {
			t.Error("the proof holds for another entry")
		}
	}
}
