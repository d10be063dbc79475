package web

import (
	"io/fs"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/i18n"
)

// own are the names of the printer's methods that pages use for something of theirs.
var own = map[string]bool{"T": true, "Has": true, "Name": true, "Number": true, "Status": true, "Month": true}

// A page is not a printer: a template that forgot it would fail only where the line is reached.
func TestTemplatesAskThePrinter(t *testing.T) {
	var names []string
	for m := range reflect.TypeFor[*i18n.Printer]().Methods() {
		if !own[m.Name] {
			names = append(names, m.Name)
		}
	}
	wrong := regexp.MustCompile(`\$\.(` + strings.Join(append(names, "Asset"), "|") + `)\b`)
	if !wrong.MatchString(`{{$.Date .Day}}`) {
		t.Fatal("the pattern finds nothing")
	}
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		text, err := fs.ReadFile(templateFiles, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range wrong.FindAllString(string(text), -1) {
			t.Errorf("%s says %s: write $.Printer.%s", file, found, strings.TrimPrefix(found, "$."))
		}
	}
}
