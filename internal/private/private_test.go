package private_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/private"
)

// name is invented. It is long enough not to appear in an address by chance.
const name = "Zzyzx Quillfeather"

type person struct {
	Public  string
	Name    private.Text
	hidden  private.Text
	Pointer *private.Text
	Many    []private.Text
	Any     any
}

// TestSinks prints a private text, bare and inside a struct with exported and unexported fields,
// through everything in the standard library that is likely to print it.
func TestSinks(t *testing.T) {
	text := private.New(name)
	whole := person{"x", text, text, &text, []private.Text{text}, map[string]private.Text{"k": text}}
	verb := func(v string) func(any) string { return func(x any) string { return fmt.Sprintf(v, x) } }
	sinks := map[string]func(any) string{
		"slog json": func(x any) string {
			var b bytes.Buffer
			slog.New(slog.NewJSONHandler(&b, nil)).Info("m", "x", x)
			return b.String()
		},
		"slog text": func(x any) string {
			var b bytes.Buffer
			slog.New(slog.NewTextHandler(&b, nil)).Info("m", "x", x)
			return b.String()
		},
		"%v": verb("%v"), "%+v": verb("%+v"), "%#v": verb("%#v"), "%s": verb("%s"), "%q": verb("%q"),
		"%x": verb("%x"), "%X": verb("%X"), "%10.3s": verb("%10.3s"), "%d": verb("%d"),
		"errorf": func(x any) string { return fmt.Errorf("open %v: %w", x, errors.ErrUnsupported).Error() },
		"json": func(x any) string {
			b, err := json.Marshal(x)
			return string(b) + fmt.Sprint(err)
		},
		"xml": func(x any) string {
			b, err := xml.Marshal(x)
			return string(b) + fmt.Sprint(err)
		},
		"gob": func(x any) string {
			var b bytes.Buffer
			err := gob.NewEncoder(&b).Encode(x)
			return b.String() + fmt.Sprint(err)
		},
		"html/template": func(x any) string {
			var b bytes.Buffer
			const page = `<p title="{{.}}">{{.}}</p><script>let x = {{.}}</script><a href="/{{.}}">`
			err := template.Must(template.New("").Parse(page)).Execute(&b, x)
			return b.String() + fmt.Sprint(err)
		},
	}
	values := map[string]any{"bare": text, "pointer": &text, "struct": whole, "pointer to struct": &whole}
	for sink, show := range sinks {
		for kind, v := range values {
			shown := show(v)
			for _, leak := range []string{name, "Quillfeather", fmt.Sprintf("%x", name), fmt.Sprintf("%X", name)} {
				if strings.Contains(shown, leak) {
					t.Errorf("%s of %s shows the text: %s", sink, kind, shown)
				}
			}
		}
	}
}

func TestDatabaseRefuses(t *testing.T) {
	if v, err := private.New(name).Value(); err == nil || v != nil {
		t.Errorf("Value = %v, %v", v, err)
	}
}

func TestReveal(t *testing.T) {
	if got := private.New(name).Reveal("test"); got != name {
		t.Errorf("Reveal = %q", got)
	}
	var zero private.Text
	if !zero.IsZero() || !private.New("").IsZero() || private.New(name).IsZero() {
		t.Error("IsZero is wrong")
	}
	if got := zero.Reveal("test"); got != "" {
		t.Errorf("Reveal of empty text = %q", got)
	}
	if got := zero.String(); got != "[private]" {
		t.Errorf("empty text prints %q, which tells it is empty", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("Reveal without a purpose did not panic")
		}
	}()
	_ = zero.Reveal("")
}
