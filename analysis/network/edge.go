package network

// Node is one node of a list.
type Node struct {
	// Name identifies the node to people. Names may be empty; they are not compared.
	Name string
	// Kind says what the node is, for example "person", "telephone" or "victim"; may be empty.
	Kind string
}

// Edge is one row of an edge list: a record that two nodes are tied. The direction does not count.
type Edge struct {
	// From and To are indices in List.Nodes.
	From, To int32
	// Kind is an index in List.Kinds, or 0 when the list names no kinds.
	Kind uint16
	// Grade is the grading of the record's source; the zero Grade means ungraded.
	Grade Grade
	// Weight is the strength before grading, above 0 and at most 1e12; 0 stands for 1.
	Weight float64
}

// List is an edge list. Shapes: any number of nodes and rows, at most 65,536 kinds.
type List struct {
	Nodes []Node
	// Kinds names the kinds of edges. Empty means one kind without a name.
	Kinds []string
	Edges []Edge
	// Lines holds the file line of each edge for messages; nil when the list came from no file.
	Lines []int32
}

// Grade is a grading of a record by the admiralty system: Source 'A' (completely reliable) to 'E'
// (unreliable), 'F' (cannot be judged); Information '1' (confirmed by others) to '5' (improbable),
// '6' (cannot be judged). The zero Grade means ungraded.
type Grade struct{ Source, Information byte }

// String returns for example "B2", or "" when ungraded.
func (g Grade) String() string {
	if g == (Grade{}) {
		return ""
	}
	return string([]byte{g.Source, g.Information})
}

// ParseGrade reads a grade such as "B2"; small letters are allowed. The empty text is the zero Grade.
func ParseGrade(text string) (Grade, bool) {
	if text == "" {
		return Grade{}, true
	}
	if len(text) != 2 {
		return Grade{}, false
	}
	g := Grade{Source: text[0], Information: text[1]}
	if g.Source >= 'a' && g.Source <= 'f' {
		g.Source -= 'a' - 'A'
	}
	return g, g.valid()
}

func (g Grade) valid() bool {
	return g.Source >= 'A' && g.Source <= 'F' && g.Information >= '1' && g.Information <= '6'
}

// Scale turns a grade into a factor of the weight: Source[s] × Information[i]. All factors must be
// above 0 and at most 1. An ungraded row has factor Ungraded.
type Scale struct {
	Source      [6]float64 // A to F
	Information [6]float64 // 1 to 6
	Ungraded    float64
}

// NoScale gives every grade the factor 1, so that weights stay as recorded.
func NoScale() Scale {
	one := [6]float64{1, 1, 1, 1, 1, 1}
	return Scale{Source: one, Information: one, Ungraded: 1}
}

// Admiralty is a scale in even steps, A and 1 counting in full, E and 5 a fifth of it; what cannot be
// judged (F, 6, ungraded) counts half on each axis. The steps are a convention, not measured: state
// them with a result, and try [NoScale] to see whether it hangs on them.
func Admiralty() Scale {
	steps := [6]float64{1, 0.8, 0.6, 0.4, 0.2, 0.5}
	return Scale{Source: steps, Information: steps, Ungraded: 0.25}
}

func (s Scale) factor(g Grade) float64 {
	if g == (Grade{}) {
		return s.Ungraded
	}
	return s.Source[g.Source-'A'] * s.Information[g.Information-'1']
}

func (s Scale) check() error {
	ok := func(f float64) bool { return f > 0 && f <= 1 }
	for i := range s.Source {
		if !ok(s.Source[i]) || !ok(s.Information[i]) {
			return badSetting("Scale", "factor %d of an axis is not above 0 and at most 1", i+1)
		}
	}
	if !ok(s.Ungraded) {
		return badSetting("Scale", "the factor of ungraded rows is not above 0 and at most 1")
	}
	return nil
}
