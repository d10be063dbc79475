package segment

import "github.com/fourfold/fourfold/internal/fault"

// Kind is what kind of part a node is.
type Kind string

// The kinds of parts. The first five hold others and are ranked in this order.
const (
	Part        Kind = "part"
	Title       Kind = "title"
	Chapter     Kind = "chapter"
	Division    Kind = "division"
	Subdivision Kind = "subdivision"
	Article     Kind = "article"
	Section     Kind = "section" // what an English act or a German law calls its articles
	Paragraph   Kind = "paragraph"
	Point       Kind = "point"
	Proviso     Kind = "proviso"
	Explanation Kind = "explanation"
	Schedule    Kind = "schedule"
	Preamble    Kind = "preamble"
)

var rank = map[Kind]int{Part: 1, Title: 2, Chapter: 3, Division: 4, Subdivision: 5}

var short = map[Kind]string{
	Part: "part", Title: "title", Chapter: "chp", Division: "dvs", Subdivision: "subdvs", Article: "art", Section: "sec", Paragraph: "para",
	Point: "point", Proviso: "proviso", Explanation: "expl", Schedule: "sched", Preamble: "preamble",
}

// Node is one part of a law.
type Node struct {
	Kind    Kind
	Num     string // as the law writes it, "" for none
	Heading string
	Text    string // without number and heading; lines are separated by \n
	// EID is its identifier, such as art_6__para_3__point_c. It is unique in the tree.
	EID string
	// Lines are the lines of the source, from 1, that are its own, in order.
	Lines    []int
	Children []*Node

	text []string // lines of Text while it is read
}

// Tree is a text that has been divided.
type Tree struct {
	Language string
	// Nodes are the outermost parts, in the order of the text.
	Nodes []*Node
	// Unmatched are lines that look like the beginning of a part and fit nowhere. They stand in the text of the
	// part before them.
	Unmatched []int
	// Problems say what a reader should look at: a number that stands twice, a text without any article.
	Problems []*fault.Error
}
