package linkage

// The least Jaro–Winkler similarity of each level.
const (
	nearLeast  = 0.80
	closeLeast = 0.88
	typoLeast  = 0.94
)

// level compares two canonical values.
func (s *values) level(a, b uint32) uint8 {
	if a == 0 || b == 0 {
		return levelNone
	}
	if a == b {
		return levelSame
	}
	switch s.kind {
	case Name, Text:
		return s.spelling(a, b)
	case Code:
		return s.marks(a, b, 2)
	case Number:
		return s.marks(a, b, 1)
	case Date:
		return s.dates(a, b)
	}
	return levelDifferent
}

func (s *values) spelling(a, b uint32) uint8 {
	same := s.sound[a] == s.sound[b] && s.sound[a] != 0
	x, y := s.short[a], s.short[b]
	level := uint8(levelDifferent)
	if x != nil && y != nil {
		start := commonStart(x, y)
		if s.signs[a].bound(s.signs[b], start) >= nearLeast {
			level = nearness(jaroWinkler(x, y))
		}
	} else {
		level = nearness(jaroWinkler(s.runes(a), s.runes(b)))
	}
	if same && level < levelSound {
		return levelSound
	}
	return level
}

func nearness(similarity float64) uint8 {
	switch {
	case similarity >= typoLeast:
		return levelTypo
	case similarity >= closeLeast:
		return levelClose
	case similarity >= nearLeast:
		return levelNear
	}
	return levelDifferent
}

func (s *values) runes(id uint32) []rune {
	if w, ok := s.wide[id]; ok {
		return w
	}
	return []rune(string(s.short[id]))
}

// marks compares letter by letter. Two edits count only where enough letters stay.
func (s *values) marks(a, b uint32, most int) uint8 {
	x, y := s.signs[a], s.signs[b]
	if min(x.size, y.size) < 6 {
		most = 1
	}
	if int(max(x.size, y.size))-x.common(y) > most {
		return levelDifferent // every letter that is not shared is an edit
	}
	var d int
	if x, y := s.short[a], s.short[b]; x != nil && y != nil {
		d = edits(x, y, most)
	} else {
		d = edits(s.runes(a), s.runes(b), most)
	}
	switch {
	case d <= 1:
		return levelTypo
	case d == 2 && most == 2:
		return levelClose
	}
	return levelDifferent
}

func (s *values) dates(a, b uint32) uint8 {
	x, y := s.date[a], s.date[b]
	if x == 0 || y == 0 {
		return s.marks(a, b, 1)
	}
	yearX, monthX, dayX := x/10000, x/100%100, x%100
	yearY, monthY, dayY := y/10000, y/100%100, y%100
	switch {
	case yearX == yearY && monthX == dayY && dayX == monthY:
		return levelTypo
	case s.marks(a, b, 1) == levelTypo:
		return levelTypo
	case yearX == yearY && monthX == monthY, monthX == monthY && dayX == dayY:
		return levelClose
	case yearX-yearY <= 1 && yearY-yearX <= 1:
		return levelNear
	}
	return levelDifferent
}

// packed is a comparison pattern: the levels of at most 16 fields, three bits each, and above them one
// bit for each blocking rule that the pair meets.
type packed uint64

const (
	maxFields = 16
	maxRules  = 16
	ruleShift = maxFields * levelBits
)

func (p packed) level(field int) uint8 { return uint8(p >> (levelBits * field) & (levels - 1)) }

func (p packed) meets(rule int) bool { return p>>(ruleShift+rule)&1 == 1 }

// compare returns the levels of a pair of rows.
func (l *linker) compare(a, b int) packed {
	w := len(l.fields)
	x, y := l.ids[a*w:a*w+w], l.ids[b*w:b*w+w]
	var p packed
	for i := range l.fields {
		f := &l.fields[i]
		level := f.values.level(x[i], y[i])
		if f.partner >= 0 && level != levelSame {
			if f.values.exchanged(x[i], x[f.partner], y[i], y[f.partner]) {
				level = levelNone
				if f.leads {
					level = levelExchanged
				}
			}
		}
		p |= packed(level) << (levelBits * i)
	}
	return p
}

// exchanged says whether two names have changed places, by their letters or their sound: both ways, or
// one way where the other is not known.
func (s *values) exchanged(x, otherX, y, otherY uint32) bool {
	forth, back := s.alike(x, otherY), s.alike(otherX, y)
	if forth && back {
		return !s.alike(x, otherX)
	}
	return forth && y == 0 && otherX == 0 || back && x == 0 && otherY == 0
}

// alike says whether two values are known and the same, or sound the same.
func (s *values) alike(a, b uint32) bool {
	return a != 0 && b != 0 && (a == b || s.sound[a] == s.sound[b] && s.sound[a] != 0)
}
