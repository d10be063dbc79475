package standard

// Withhold lets tests ask how counts are withheld.
func Withhold(counts map[string]map[string]map[string]int, threshold int) []CellCount {
	return withhold(counts, threshold)
}

// Counted are the fields of a monthly table.
func Counted() []string { return counted }
