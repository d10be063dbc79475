package cli

import (
	"io"
	"os"
)

// screen is a terminal. It shows the control characters of what it is given instead of obeying them:
// labels come from files of others, and a label that moves the cursor or renames the window could
// make a person read what is not there.
type screen struct {
	to   io.Writer
	file *os.File
}

// newScreen returns f as a writer, guarded when it is a terminal. What goes to a file or to another
// program stays as it is.
func newScreen(f *os.File) io.Writer {
	if !terminal(f) {
		return f
	}
	return screen{f, f}
}

// Fd lets the help find out how wide the terminal is.
func (s screen) Fd() uintptr { return s.file.Fd() }

// Write writes p with "?" for each control character but line end, tab and return.
func (s screen) Write(p []byte) (int, error) {
	clean := make([]byte, 0, len(p))
	for i := 0; i < len(p); i++ {
		switch b := p[i]; {
		case b == '\n', b == '\t', b == '\r':
			clean = append(clean, b)
		case b < ' ' || b == 0x7f:
			clean = append(clean, '?')
		case b == 0xc2 && i+1 < len(p) && p[i+1] >= 0x80 && p[i+1] < 0xa0: // C1 in UTF-8
			clean = append(clean, '?')
			i++
		default:
			clean = append(clean, b)
		}
	}
	if _, err := s.to.Write(clean); err != nil {
		return 0, err
	}
	return len(p), nil
}
