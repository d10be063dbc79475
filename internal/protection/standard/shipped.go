package standard

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/fourfold/fourfold/internal/fault"
)

// The set of the program: HTCDS and CTDC, both (c) IOM, CC BY 4.0, see NOTICE. Which of our codes is which of
// theirs is the project's reading.
//
//go:embed trafficking.json
var trafficking []byte

var shipped = sync.OnceValue(func() Definition {
	d, err := parseDefinition(trafficking)
	if err != nil {
		panic(err) // a mistake of the program: a test reads it
	}
	return d
})

// Trafficking returns the set of the program.
func Trafficking() *Set {
	d := shipped()
	return d.Maps[0].set
}

// Maps returns the standards that can be read and written.
func Maps() []Map { return shipped().Maps }

// MapOf returns a standard by its name and version. Without a version it is the newest.
func MapOf(standard, version string) (Map, error) {
	var known []string
	found := Map{}
	for _, m := range Maps() {
		if m.Standard != standard {
			continue
		}
		known = append(known, m.Version)
		if version == "" || m.Version == version {
			found = m
		}
	}
	if found.Standard == "" {
		return found, fault.New(fault.Invalid, "There is no version %q of %s.", version, standard).WithHint("Versions: %s.", strings.Join(known, ", "))
	}
	return found, nil
}
