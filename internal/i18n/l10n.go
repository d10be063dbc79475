package i18n

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
)

// l10n is how one language writes dates, numbers and lists: the fields we use of CLDR's JSON.
// The file may hold any of CLDR's languages; fields it lacks have neutral fallbacks.
type l10n struct {
	DateFormats struct {
		Long string `json:"long"` // pattern of CLDR, for example "d MMMM y"
	} `json:"dateFormats"`
	Months struct {
		Format struct {
			Wide        map[string]string `json:"wide"`
			Abbreviated map[string]string `json:"abbreviated"`
		} `json:"format"`
		Alone struct {
			Wide map[string]string `json:"wide"`
		} `json:"stand-alone"`
	} `json:"months"`
	Quarters map[string]string `json:"quarters"`
	Numbers  struct {
		System      string  `json:"defaultNumberingSystem"` // "latn", "arab", …
		Symbols     symbols `json:"symbols"`
		Decimal     string  `json:"decimal"`
		Percent     string  `json:"percent"` // pattern; "0" stands for the number
		MinGrouping string  `json:"minimumGroupingDigits"`
	} `json:"numbers"`
	// Latn are the symbols beside Latin digits, where the language's own digits are others.
	Latn *symbols `json:"latn"`
	List struct {
		Pair   string `json:"pair"`
		Middle string `json:"middle"`
		End    string `json:"end"`
	} `json:"list"`
}

type symbols struct {
	Decimal string `json:"decimal"`
	Group   string `json:"group"`
	Percent string `json:"percentSign"`
	Minus   string `json:"minusSign"`
}

// readL10n reads a table of languages and checks that each can write a date.
func readL10n(from fs.FS, name string) (map[string]l10n, error) {
	data, err := fs.ReadFile(from, name)
	if err != nil {
		return nil, err
	}
	var out map[string]l10n
	if err := json.Unmarshal(data, &out); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for tag, l := range out {
		if l.DateFormats.Long == "" {
			return nil, fmt.Errorf("%s: %s has no long date pattern", name, tag)
		}
		for m := 1; m <= 12; m++ {
			if l.Months.Format.Wide[strconv.Itoa(m)] == "" {
				return nil, fmt.Errorf("%s: %s has no name for month %d", name, tag, m)
			}
		}
	}
	return out, nil
}

// symbolsFor returns the number symbols that go with a choice of digits.
func (l l10n) symbolsFor(d Digits) symbols {
	switch {
	case d != LatinDigits || l.Numbers.System == "latn":
		return l.Numbers.Symbols
	case l.Latn != nil:
		return *l.Latn
	}
	return symbols{Decimal: ".", Group: ",", Percent: "%", Minus: "-"}
}
