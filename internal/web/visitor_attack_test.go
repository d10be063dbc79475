package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/app"
	"github.com/fourfold/fourfold/internal/db/dbtest"
)

// Thousands of languages are not worth the work of choosing among them.
func TestLongLanguageWishIsNotRead(t *testing.T) {
	wish := func(header string) string {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Language", header)
		return printerOf(r).Lang()
	}
	if got := wish("ar, en;q=0.5"); got != "ar" {
		t.Errorf("a reader of Arabic gets %s", got)
	}
	if got := wish("ar" + strings.Repeat(", de;q=0.1", 1000)); got != "en" {
		t.Errorf("a header of ten thousand bytes was read: %s", got)
	}
}

// A demonstration lets everybody in, so no setting can make it answer to a name of the network.
func TestDemoHasNoOtherNames(t *testing.T) {
	a := app.On(dbtest.Open(t), nil)
	if _, err := New(a, Options{Demo: true, Hosts: []string{"node.example.org"}}); err == nil {
		t.Error("a demonstration would answer to node.example.org")
	}
}
