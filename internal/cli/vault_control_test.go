package cli

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/fourfold/fourfold/internal/app"
)

// TestControlWantsItsSecret: another program of the machine reaches the port and gets one answer.
func TestControlWantsItsSecret(t *testing.T) {
	dir := t.TempDir()
	a, err := app.Open(t.Context(), app.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	if err := a.Vault.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop, err := obey(t.Context(), a, dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	running, err := nodesRunning(t.Context(), dir)
	if err != nil || len(running) != 1 {
		t.Fatalf("%d running nodes: %v", len(running), err)
	}
	c := running[0]
	info, err := os.Stat(c.path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the file with the secret: %v %v", info, err)
	}
	for name, secret := range map[string]string{"none": "", "another": "Bearer " + c.Secret[1:] + "x", "without its word": c.Secret} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+c.Address+"/vault/lock", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", secret)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusNotFound || a.Vault.Locked() {
			t.Errorf("secret %s: status %d, locked %v", name, resp.StatusCode, a.Vault.Locked())
		}
	}
	if answer, err := c.order(t.Context(), "lock", order{}); err != nil || !answer.Locked || !a.Vault.Locked() {
		t.Errorf("lock: %+v %v", answer, err)
	}
	if answer, err := c.order(t.Context(), "unlock", order{}); err != nil || answer.Locked || answer.fault() != nil {
		t.Errorf("unlock: %+v %v", answer, err)
	}
	stop()
	dead := filepath.Join(dir, controlName+"dead")
	if err := os.WriteFile(dead, []byte(`{"address":"`+c.Address+`","secret":"x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if running, err := nodesRunning(t.Context(), dir); err != nil || len(running) != 0 {
		t.Errorf("%d nodes run after the end: %v", len(running), err)
	}
	if _, err := os.Stat(dead); err == nil {
		t.Error("the file of a dead node stays")
	}
}
