package reliability

import (
	"fmt"
	"strings"
)

// Missing marks a unit that a coder did not code.
const Missing = -1

// greatestCategories bounds the coincidence matrix.
const greatestCategories = 1000

// Ratings holds what each coder said of each unit.
type Ratings struct {
	// Categories names the codes, at most 1,000. For ordinal measures they stand in ascending order.
	Categories []string
	// Labels names the units in errors; it may be empty.
	Labels []string
	// Codes[u][c] is the index in Categories that coder c gave unit u, or [Missing]. Every unit
	// has a place for every coder.
	Codes [][]int
}

// Read makes ratings from text: table[u][c] is what coder c wrote of unit u, blank when nothing.
// Space around a value is ignored; letters count as written. A value that is not a category is an
// [*Error] that names unit and coder. Cost: O(units·coders).
func Read(table [][]string, categories []string) (Ratings, error) {
	index := make(map[string]int, len(categories))
	for k, name := range categories {
		if _, twice := index[name]; twice {
			return Ratings{}, badSetting("Categories", "%q stands twice", name)
		}
		index[name] = k
	}
	r := Ratings{Categories: append([]string(nil), categories...), Codes: make([][]int, len(table))}
	for u, row := range table {
		r.Codes[u] = make([]int, len(row))
		for c, text := range row {
			text = strings.TrimSpace(text)
			code, known := index[text]
			switch {
			case text == "":
				code = Missing
			case !known:
				return Ratings{}, &Error{Problem: BadCode, Unit: u, Coder: c, Term: fmt.Sprintf("%q", text), Reason: "this is not one of the categories"}
			}
			r.Codes[u][c] = code
		}
	}
	if _, err := r.coders(); err != nil {
		return Ratings{}, err
	}
	return r, nil
}

// coders checks the shape and every code, and returns the number of coders.
func (r Ratings) coders() (int, error) {
	if len(r.Categories) == 0 || len(r.Categories) > greatestCategories {
		return 0, badSetting("Categories", "%d is not between 1 and %d", len(r.Categories), greatestCategories)
	}
	if len(r.Codes) == 0 {
		return 0, noPairs()
	}
	coders := len(r.Codes[0])
	for u, row := range r.Codes {
		if len(row) != coders {
			return 0, r.at(u, -1, BadShape, fmt.Sprintf("%d places for %d coders; mark what was not coded as missing", len(row), coders))
		}
		for c, code := range row {
			if code != Missing && (code < 0 || code >= len(r.Categories)) {
				return 0, r.at(u, c, BadCode, fmt.Sprintf("code %d is not one of %d categories", code, len(r.Categories)))
			}
		}
	}
	return coders, nil
}

func (r Ratings) at(unit, coder int, p Problem, reason string) *Error {
	e := &Error{Problem: p, Unit: unit, Coder: coder, Reason: reason}
	if unit < len(r.Labels) {
		e.Label = r.Labels[unit]
	}
	return e
}
