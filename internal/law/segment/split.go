package segment

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/law/numbering"
)

// maxLines bounds a text. The longest codes have some 60,000.
const maxLines = 1_000_000

// Split divides a text in a language: a BCP 47 code of which the first part counts. Time and space are linear
// in the text. It refuses a language without a grammar, and a text of more than a million lines.
func Split(text, language string) (*Tree, error) {
	code, _, _ := strings.Cut(strings.ToLower(language), "-")
	g, ok := grammars[code]
	if !ok {
		return nil, fault.New(fault.Invalid, "There is no grammar for texts in %q.", language).WithHint("Choose one of: %s.", strings.Join(Languages(), ", "))
	}
	lines := strings.Split(text, "\n")
	if len(lines) > maxLines {
		return nil, fault.New(fault.Invalid, "The text has %d lines; at most %d are read at once.", len(lines), maxLines).WithHint("Divide it into books or titles.")
	}
	s := &splitter{grammar: &g, tree: &Tree{Language: language}, used: map[string]int{}, copies: map[string]int{}, lines: make([]string, len(lines))}
	for i, l := range lines {
		s.lines[i] = clean(l)
	}
	s.quoted = quotations(s.lines, code)
	s.bare = g.bare && !s.anyWorded()
	for i, l := range s.lines {
		if l != "" {
			s.line(i, l)
		}
	}
	finish(s.tree.Nodes)
	if s.articles == 0 {
		s.tree.Problems = append(s.tree.Problems, fault.New(fault.Invalid, "No article was found.").WithHint("Look whether the language is right, and whether each article begins on a line of its own."))
	}
	return s.tree, nil
}

// finish puts the lines of each text together.
func finish(nodes []*Node) {
	for _, n := range nodes {
		n.Text, n.text = strings.Join(n.text, "\n"), nil
		finish(n.Children)
	}
}

// add puts a line at the end of a text.
func (n *Node) add(l string) {
	if l != "" {
		n.text = append(n.text, l)
	}
}

// splitter holds where the reading stands.
type splitter struct {
	*grammar
	tree   *Tree
	lines  []string
	quoted []bool
	bare   bool

	containers []*Node // open, outermost first
	schedule   *Node
	article    *Node
	levels     []level
	current    *Node // to which plain lines belong
	heading    bool  // the next line may be the heading of current
	articles   int
	used       map[string]int // identifiers, by the line of their first use
	copies     map[string]int // how often an identifier was wanted again
}

// anyWorded reports whether the law has a word for its articles: then "143. Text" is a paragraph.
func (s *splitter) anyWorded() bool {
	for i, l := range s.lines {
		if l == "" || s.quoted[i] {
			continue
		}
		if h, ok := s.head(l); ok && (h.kind == Article || h.kind == Section) {
			return true
		}
	}
	return false
}

func (s *splitter) line(i int, l string) {
	if s.quoted[i] {
		s.plain(i, l)
		return
	}
	if h, ok := s.head(l); ok {
		s.begin(i, h)
		return
	}
	if h, ok := s.bareHead(l); ok {
		s.begin(i, h)
		return
	}
	if s.remark(i, l) {
		return
	}
	if m, ok := markerOf(l); ok && (s.article != nil || s.schedule != nil) {
		if s.point(i, m) {
			return
		}
		s.tree.Unmatched, s.heading = append(s.tree.Unmatched, i+1), false
	}
	s.plain(i, l)
}

// bareHead reads "143. Trafficking of person.—(1) Whoever", in a law without a word for its articles.
func (s *splitter) bareHead(l string) (head, bool) {
	if !s.bare {
		return head{}, false
	}
	num, rest, found := strings.Cut(l, ".")
	if !found || rest == "" || rest[0] != ' ' {
		return head{}, false
	}
	n, err := numbering.Parse(num)
	if err != nil || !unicode.IsDigit(rune(num[0])) {
		return head{}, false
	}
	return head{Section, num, n.Slug(), strings.TrimSpace(rest)}, true
}

// begin opens a container, a schedule or an article.
func (s *splitter) begin(i int, h head) {
	n := &Node{Kind: h.kind, Num: h.num, Lines: []int{i + 1}}
	s.levels, s.article, s.current = nil, nil, n
	switch r := rank[h.kind]; {
	case h.kind == Schedule:
		s.containers, s.schedule = nil, n
		s.tree.Nodes = append(s.tree.Nodes, n)
		s.name(n, "", h.slug, i)
	case r > 0:
		for len(s.containers) > 0 && rank[s.containers[len(s.containers)-1].Kind] >= r {
			s.containers = s.containers[:len(s.containers)-1]
		}
		parent := s.container()
		s.add(parent, n)
		s.containers = append(s.containers, n)
		s.name(n, eid(parent), h.slug, i)
	default:
		s.articles++
		s.article = n
		s.add(s.container(), n)
		s.name(n, eid(s.schedule), h.slug, i) // articles count through the whole law, whatever holds them
	}
	s.headed(i, n, h.rest)
}

func (s *splitter) container() *Node {
	if len(s.containers) > 0 {
		return s.containers[len(s.containers)-1]
	}
	return s.schedule
}

func (s *splitter) add(parent, n *Node) {
	if parent == nil {
		s.tree.Nodes = append(s.tree.Nodes, n)
		return
	}
	parent.Children = append(parent.Children, n)
}

func eid(n *Node) string {
	if n == nil {
		return ""
	}
	return n.EID
}

// name gives a node its identifier. A number that stands twice keeps both parts and is told.
func (s *splitter) name(n *Node, above, slug string, i int) {
	base := short[n.Kind]
	if slug != "" {
		base += "_" + slug
	}
	if above != "" {
		base = above + "__" + base
	}
	n.EID = base
	first, taken := s.used[base]
	if !taken {
		s.used[base] = i + 1
		return
	}
	for taken {
		s.copies[base]++
		n.EID = base + "_" + itoa(1+s.copies[base])
		_, taken = s.used[n.EID]
	}
	s.used[n.EID] = i + 1
	s.tree.Problems = append(s.tree.Problems, fault.New(fault.Invalid, "The number %s stands twice: in line %d and in line %d.", n.Num, first, i+1).
		WithHint("Both parts are kept. Mend the number, or tell which of them holds."))
}

// headed reads what stands behind the number: a heading, a first paragraph, or the text.
func (s *splitter) headed(i int, n *Node, rest string) {
	if rest == "" {
		s.heading = true
		return
	}
	s.heading = false
	if rank[n.Kind] > 0 || n.Kind == Schedule {
		n.Heading = rest
		return
	}
	for _, dash := range []string{".—", ".–", ". —", ". –", ".-"} {
		if before, after, found := strings.Cut(rest, dash); found && utf8.RuneCountInString(before) <= maxHeading {
			n.Heading, rest = before, strings.TrimSpace(after)
			break
		}
	}
	if m, ok := markerOf(rest); ok && s.inline(i, m) {
		return
	}
	if n.Heading == "" && s.looksHeading(rest) {
		n.Heading = strings.Trim(rest, "[]【】()")
		return
	}
	n.add(rest)
}

// maxHeading is the most characters of a heading.
const maxHeading = 120

// looksHeading reports whether a line reads as a heading: short, with no end of a sentence.
func (s *splitter) looksHeading(l string) bool {
	last, _ := utf8.DecodeLastRuneInString(l)
	first, _ := utf8.DecodeRuneInString(l)
	if s.han && first != '【' || unicode.IsLower(first) {
		return false
	}
	return utf8.RuneCountInString(l) <= maxHeading && !strings.ContainsRune(".;:,。；：，؛،", last)
}

// plain adds a line to the part that it follows.
func (s *splitter) plain(i int, l string) {
	if s.current == nil {
		s.current = &Node{Kind: Preamble}
		s.name(s.current, "", "", i)
		s.tree.Nodes = append(s.tree.Nodes, s.current)
	}
	n := s.current
	n.Lines = append(n.Lines, i+1)
	container := rank[n.Kind] > 0 || n.Kind == Schedule
	if s.heading && n.Heading == "" && (container || s.looksHeading(l)) && !s.quoted[i] {
		n.Heading, s.heading = l, false
		return
	}
	s.heading = false
	n.add(l)
}

// remark begins a proviso or an explanation.
func (s *splitter) remark(i int, l string) bool {
	if s.article == nil {
		return false
	}
	lower := strings.ToLower(l)
	kind := Kind("")
	for _, p := range s.provisos {
		if strings.HasPrefix(lower, p) {
			kind = Proviso
		}
	}
	num := ""
	for _, p := range s.explained {
		if rest, found := strings.CutPrefix(lower, p); found && rest != "" && !unicode.IsLetter(rune(rest[0])) {
			kind = Explanation
			num = strings.TrimFunc(strings.TrimLeft(rest, " "), func(c rune) bool { return !unicode.IsDigit(c) })
			if len(num) > 3 {
				num = ""
			}
		}
	}
	if kind == "" {
		return false
	}
	parent := s.article
	if kind == Proviso && len(s.levels) > 0 {
		parent = s.levels[len(s.levels)-1].node
	}
	n := &Node{Kind: kind, Num: num, Lines: []int{i + 1}}
	n.add(l)
	count := 1
	for _, c := range parent.Children {
		if c.Kind == kind {
			count++
		}
	}
	s.add(parent, n)
	s.name(n, parent.EID, itoa(count), i)
	s.current, s.heading = n, false
	return true
}

// point opens a paragraph or point on a line of its own.
func (s *splitter) point(i int, m marker) bool {
	depth, r, ok := settle(s.levels, m, s.next(i))
	if !ok {
		return false
	}
	s.open(i, depth, r, m)
	s.current.Lines = append(s.current.Lines, i+1)
	return true
}

// inline opens a first paragraph that stands behind the number of its article. The line stays the article's.
func (s *splitter) inline(i int, m marker) bool {
	r, first := m.first()
	if first {
		s.open(i, 0, r, m)
	}
	return first
}

func (s *splitter) open(i, depth int, r reading, m marker) {
	parent := s.article
	if parent == nil {
		parent = s.schedule
	}
	if depth > 0 {
		parent = s.levels[depth-1].node
	}
	kind := Point
	if depth == 0 && (r.alphabet == numerals || r.alphabet == hanNumerals) {
		kind = Paragraph
	}
	n := &Node{Kind: kind, Num: m.num}
	n.add(m.rest)
	slug := strings.ToLower(m.num)
	if number, err := numbering.Parse(m.num); err == nil {
		slug = number.Slug()
	} else if r.alphabet == abjad || r.alphabet == cyrillic {
		slug = itoa(r.value)
	}
	s.add(parent, n)
	s.name(n, parent.EID, slug, i)
	s.levels = append(s.levels[:depth], level{m.style, r.alphabet, r.value, n})
	s.current, s.heading = n, false
}

// look is how far ahead the next marker is sought.
const look = 40

// next is the next marker in the same article.
func (s *splitter) next(i int) *marker {
	for j := i + 1; j < len(s.lines) && j <= i+look; j++ {
		l := s.lines[j]
		if l == "" || s.quoted[j] {
			continue
		}
		if _, ok := s.head(l); ok {
			return nil
		}
		if m, ok := markerOf(l); ok {
			return &m
		}
	}
	return nil
}
