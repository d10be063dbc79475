package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
)

func TestNodePageTellsSchemaAndSize(t *testing.T) {
	n := newNode(t, Options{})
	body := page(t, n, ask{path: "/node", cookie: n.session(auth.Administrator)}, http.StatusOK)
	schema, err := n.app.DB.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Version of the schema", `<dd class="number">` + i18n.For("en").Int(schema) + "</dd>", "Size of the database", "MB"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
}

func TestSizeText(t *testing.T) {
	p := i18n.For("en")
	cases := map[int64]string{
		0: "less than 10 MB", 9_999_999: "less than 10 MB", 10e6: "10 to 100 MB", 100e6: "100 MB to 1 GB",
		1e9: "1 to 10 GB", 99e9: "10 to 100 GB", 5e12: "more than 100 GB",
	}
	for bytes, want := range cases {
		// Insertions are isolated for right-to-left texts; the marks do not matter here.
		got := strings.NewReplacer("\u2068", "", "\u2069", "").Replace(sizeText(p, bytes))
		if got != want {
			t.Errorf("%d bytes: %q, want %q", bytes, got, want)
		}
	}
}
