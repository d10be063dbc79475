package blind

import (
	"fmt"
	"math"
)

// regular looks for what an attack could begin with: mentions of slots, bytes that come twice, bytes
// that are more common than others, and sizes that are not one of few. Tails are short: two of them are the same by
// chance now and then.
func (e exhibit) regular(mentions int) (found []string) {
	total, counts, seen, tails := 0.0, [256]float64{}, map[string]int{}, map[string]int{}
	for table, rows := range e.tables {
		for _, row := range rows {
			if table == "vault_index_bucket" {
				for c := 0; c+cellSize <= len(row)-8; c += cellSize {
					tails[string(row[c:c+tailSize])]++
					seen["body "+string(row[c+tailSize:c+cellSize])]++
				}
			} else {
				seen["row "+string(row)]++
			}
			for _, b := range row[:len(row)-8] {
				counts[b]++
				total++
			}
		}
	}
	for what, n := range seen {
		if n > 1 {
			found = append(found, fmt.Sprintf("%x comes %d times", what, n))
		}
	}
	same, cells := 0, 0.0
	for _, n := range tails {
		same += n - 1
		cells += float64(n)
	}
	if chance := cells * cells / math.Exp2(8*tailSize+1); beyond(same, chance) {
		found = append(found, fmt.Sprintf("%d tails of %.0f come again, by chance %.1g", same, cells, chance))
	}
	chi := 0.0
	for _, n := range counts {
		chi += (n - total/256) * (n - total/256) / (total / 256)
	}
	if chi > 255+6*math.Sqrt(2*255) {
		found = append(found, fmt.Sprintf("bytes are not evenly spread: chi-square %.0f for 255 degrees of freedom", chi))
	}
	if chance := 2 * total * float64(len(e.people)) / (1 << 32); beyond(mentions, chance) {
		found = append(found, fmt.Sprintf("slots are mentioned %d times, by chance %.1f", mentions, chance))
	}
	sizes := map[int]bool{}
	for _, row := range e.tables["vault_index_block"] {
		sizes[len(row)-8] = true
	}
	for size := range sizes {
		if size != sealedSize(smallBlock) && size != sealedSize(largeBlock) {
			found = append(found, fmt.Sprintf("a block has %d bytes", size))
		}
	}
	return found
}
