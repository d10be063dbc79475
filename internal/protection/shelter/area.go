package shelter

import (
	"regexp"
	"slices"
)

// areaForm is a country, or a country with one of its first subdivisions, as ISO 3166 writes them: there
// is no code for anything smaller.
var areaForm = regexp.MustCompile(`^[A-Z]{2}(-[A-Z0-9]{1,3})?$`)

// IsArea reports whether a text is the code of an area.
func IsArea(text string) bool { return areaForm.MatchString(text) }

// Areas says which areas lie beside each other: for each one its neighbours. Both ends name the other;
// where only one does, the other is taken to.
type Areas map[string][]string

// country is the part of a code that names the country.
func country(area string) string { return area[:min(2, len(area))] }

// within reports whether an area lies within a number of steps of another. A whole country is as near
// as the nearest of its parts. Where nothing is known of an area that is to be kept away from by steps,
// everything of its country is near: nobody is sent there because a list is short.
func (m Areas) within(from, to string, steps int) bool {
	if from == to || len(from) == 2 && country(to) == from || len(to) == 2 && country(from) == to {
		return true
	}
	if steps <= 0 {
		return false
	}
	if len(m[from]) == 0 || len(m[to]) == 0 {
		return country(from) == country(to)
	}
	seen, edge := map[string]bool{from: true}, []string{from}
	for ; steps > 0 && len(edge) > 0; steps-- {
		var next []string
		for _, a := range edge {
			for _, b := range m[a] {
				if b == to {
					return true
				}
				if !seen[b] {
					seen[b] = true
					next = append(next, b)
				}
			}
		}
		edge = next
	}
	return false
}

// both makes the neighbours of a list mutual.
func (m Areas) both() Areas {
	out := Areas{}
	add := func(a, b string) {
		if slices.Contains(out[a], b) {
			return
		}
		out[a] = append(out[a], b)
	}
	for a, near := range m {
		for _, b := range near {
			add(a, b)
			add(b, a)
		}
	}
	return out
}
