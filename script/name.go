package script

import "strings"

// NameVersion is raised whenever NameParts, Latin or Skeleton change an answer. Who stores
// keys made with them stores it beside the keys, and rebuilds them when it differs.
const NameVersion = 1

// NameParts returns the folded parts of a name in its own script, in order.
func NameParts(name string) []string {
	return strings.Fields(Fold(name))
}
