package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A node that was killed leaves its file. Another user of the machine who takes its port must not be
// taken for it: the next order may carry the pass phrase of the key file.
func TestNobodyElseTakesOrders(t *testing.T) {
	const secret = "SECRETOFADEADRUN"
	var heard strings.Builder
	impostor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		heard.WriteString(r.Header.Get("Authorization") + string(body))
		w.Header().Set(provenBy, r.Header.Get("Authorization"))
		_, _ = io.WriteString(w, `{"locked":true}`)
	}))
	t.Cleanup(impostor.Close)
	dir := t.TempDir()
	text := `{"address":"` + strings.TrimPrefix(impostor.URL, "http://") + `","secret":"` + secret + `"}`
	if err := os.WriteFile(filepath.Join(dir, controlName+"dead"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	running, err := nodesRunning(t.Context(), dir)
	if err != nil || len(running) != 0 {
		t.Errorf("%d nodes are taken for running: %v", len(running), err)
	}
	if heard.Len() == 0 {
		t.Fatal("nobody was asked: this test could not fail")
	}
	if strings.Contains(heard.String(), secret) {
		t.Error("whoever listens there is told the secret")
	}
}
