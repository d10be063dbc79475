package akn

import (
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// lines gathers text: white space within a line is one blank, and a line is ended by what is no part of it.
type lines struct {
	done []string
	open strings.Builder
}

func (l *lines) add(s string) { l.open.WriteString(s) }

// end ends the line, if there is one.
func (l *lines) end() {
	if s := strings.Join(strings.Fields(l.open.String()), " "); s != "" {
		l.done = append(l.done, s)
	}
	l.open.Reset()
}

// line adds lines of their own.
func (l *lines) line(s string) {
	l.end()
	for one := range strings.SplitSeq(s, "\n") {
		l.add(one)
		l.end()
	}
}

func (l *lines) front(s string) { l.done = append([]string{s}, l.done...) }

func (l *lines) join() string {
	l.end()
	return strings.Join(l.done, "\n")
}
