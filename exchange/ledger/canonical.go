package ledger

import (
	"maps"
	"slices"
	"strconv"
)

// encode appends the RFC 8785 form of an entry: members in the order of their names, none that is
// empty. It is written out because a node encodes every entry, a thousand at once when a list is
// opened; tests compare it with a general implementation of the RFC.
func (e Entry) encode(b []byte) []byte {
	b = append(b, '{')
	b = member(b, "actor", e.Actor)
	b = list(b, "approvers", e.Approvers, text)
	b = number(b, "at", e.At)
	if len(e.Detail) > 0 {
		b = append(name(b, "detail"), '{')
		for _, k := range slices.Sorted(maps.Keys(e.Detail)) {
			b = text(name(b, k), e.Detail[k])
		}
		b = append(b, '}')
	}
	b = list(b, "erased", e.Erased, integer)
	b = member(b, "erased_in", e.ErasedIn)
	b = member(b, "id", e.ID)
	b = member(b, "kind", string(e.Kind))
	b = member(b, "object", e.Object)
	if e.Ordinal != 0 {
		b = number(b, "ordinal", e.Ordinal)
	}
	b = member(b, "org", e.Org)
	b = member(b, "person", e.Person)
	b = member(b, "purpose", e.Purpose)
	b = member(b, "reason", e.Reason)
	b = member(b, "scope", e.Scope)
	b = member(b, "sealed", e.Sealed)
	b = number(b, "v", int64(e.Version))
	return append(b, '}')
}

// name appends the name of a member, behind a comma unless it is the first.
func name(b []byte, s string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return append(text(b, s), ':')
}

func member(b []byte, n, s string) []byte {
	if s == "" {
		return b
	}
	return text(name(b, n), s)
}

func number(b []byte, n string, v int64) []byte { return integer(name(b, n), v) }

func integer(b []byte, v int64) []byte { return strconv.AppendInt(b, v, 10) }

func list[T any](b []byte, n string, all []T, item func([]byte, T) []byte) []byte {
	if len(all) == 0 {
		return b
	}
	b = append(name(b, n), '[')
	for i, v := range all {
		if i > 0 {
			b = append(b, ',')
		}
		b = item(b, v)
	}
	return append(b, ']')
}

// text appends a JSON string as RFC 8785 section 3.2.2.2 has it. s is UTF-8, as Validate ensures.
func text(b []byte, s string) []byte {
	const short = "btn?fr" // behind the backslash, for U+0008 to U+000D without U+000B
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= ' ':
			b = append(b, c)
		case c >= '\b' && c <= '\r' && c != '\v':
			b = append(b, '\\', short[c-'\b'])
		default:
			b = append(b, `\u00`...)
			b = append(b, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		}
	}
	return append(b, '"')
}
