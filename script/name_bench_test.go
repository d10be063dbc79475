package script

import "testing"

// What it costs to make the search keys of a person: parts, their skeletons and deletions.
// The answer is checked first.
func BenchmarkNameKeys(b *testing.B) {
	people := []struct{ writing, name string }{
		{"latin", "Maria Magdalena Kowalska"},
		{"vietnamese", "Nguyễn Thị Ánh"},
		{"cyrillic", "Екатерина Шевченко"},
		{"arabic", "عبد الرحمن الهاشمي"},
		{"ethiopic", "ተስፋዬ ገብረ መድህን"},
		{"devanagari", "राजेश कुमार शर्मा"},
		{"thai", "นายสมชาย ประเสริฐ"},
		{"han", "欧阳小明"},
		{"hangul", "김철수"},
	}
	for _, p := range people {
		b.Run(p.writing, func(b *testing.B) {
			if n := keysOf(p.name); n < 6 {
				b.Fatalf("%s has only %d keys", p.name, n)
			}
			b.ReportAllocs()
			for b.Loop() {
				keysOf(p.name)
			}
		})
	}
}

func keysOf(name string) int {
	n := 0
	for _, part := range NameParts(name) {
		if Skeleton(part) != "" {
			n++
		}
		n += 1 + len(Deletions(part))
	}
	return n
}
