package screening

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"sync"
)

//go:embed instruments/*.json rules/*.json
var embedded embed.FS

// library is read once; a damaged file is a defect of the build that every test finds, so it panics.
var library = sync.OnceValue(func() []*Instrument { return all("instruments", Parse) })

var rules = sync.OnceValue(func() []*ElementRule { return all("rules", ParseElementRule) })

func all[T any](folder string, parse func(string, []byte) (T, error)) []T {
	names, err := fs.Glob(embedded, folder+"/*.json")
	if err != nil {
		panic(err)
	}
	var out []T
	for _, name := range names {
		data, err := embedded.ReadFile(name)
		if err != nil {
			panic(err)
		}
		one, err := parse(name, data)
		if err != nil {
			panic(fmt.Sprintf("embedded file: %v", err))
		}
		out = append(out, one)
	}
	return out
}

// Library returns the embedded instruments in order of code.
func Library() []*Instrument { return slices.Clone(library()) }

// Find returns an embedded instrument by its code.
func Find(code string) (*Instrument, bool) {
	for _, in := range library() {
		if in.sheet.Code == code {
			return in, true
		}
	}
	return nil, false
}

// Rules returns the embedded rules of elements in order of jurisdiction, then of their first day.
// They are a beginning: each names its sources and how sure they are, and what is not there is
// absent, not "no".
func Rules() []*ElementRule { return slices.Clone(rules()) }
