package db

import "strings"

// rewrite turns the placeholders $1, $2, … of a statement into ?1, ?2, …, as SQLite counts them.
// SQLite would accept $2 as well, but as a name, bound in order of first appearance: a statement
// with repeated or out-of-order placeholders would store wrong data without an error.
//
// Strings, quoted identifiers and comments stay as they are. Complexity is linear in len(q); a
// statement without a placeholder is returned without a copy.
func rewrite(q string) string {
	if !strings.Contains(q, "$") {
		return q
	}
	var b strings.Builder
	b.Grow(len(q))
	for len(q) > 0 {
		if n := inert(q); n > 0 {
			b.WriteString(q[:n])
			q = q[n:]
			continue
		}
		if q[0] == '$' && len(q) > 1 && isDigit(q[1]) {
			b.WriteByte('?')
		} else {
			b.WriteByte(q[0])
		}
		q = q[1:]
	}
	return b.String()
}

// inert returns the length of the string, quoted identifier, comment or word at the start of q in
// which a $ is no placeholder, or 0. What is not closed reaches to the end: the engine refuses it.
func inert(q string) int {
	switch {
	case q[0] == '\'' || q[0] == '"':
		return quoted(q)
	case strings.HasPrefix(q, "--"):
		return until(q, "\n")
	case strings.HasPrefix(q, "/*"):
		return until(q, "*/")
	case isWord(q[0]):
		n := 1
		for n < len(q) && (isWord(q[n]) || isDigit(q[n]) || q[n] == '$') {
			n++
		}
		return n
	}
	return 0
}

// quoted returns the length of the quoted text at the start of q. A doubled quote needs no care:
// it reads as the end of one quoted text and the start of the next.
func quoted(q string) int {
	if i := strings.IndexByte(q[1:], q[0]); i >= 0 {
		return i + 2
	}
	return len(q)
}

func until(q, end string) int {
	if i := strings.Index(q[2:], end); i >= 0 {
		return 2 + i + len(end)
	}
	return len(q)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isWord reports whether c starts a word: a letter, an underscore or a byte of a longer character.
func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}

// changes reports whether the statement is one that changes rows: its first word, or after WITH
// any word outside quotes, is a verb of change. It exists for [Config.RequireAudit].
func changes(q string) bool {
	first := true
	with := false
	for len(q) > 0 {
		n := inert(q)
		if n == 0 {
			q = q[1:]
			continue
		}
		word := ""
		if isWord(q[0]) {
			word = strings.ToUpper(q[:n])
		}
		q = q[n:]
		if word == "" {
			continue
		}
		switch word {
		case "INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "DROP", "ALTER", "TRUNCATE", "MERGE":
			if first || with {
				return true
			}
		case "WITH":
			with = with || first
		}
		if first && !with {
			return false
		}
		first = false
	}
	return false
}
