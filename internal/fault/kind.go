package fault

import "strconv"

// Kind is the class of a failure. The numbers are append-only: they are stored and sent.
type Kind uint8

// The kinds of failure.
const (
	// Internal is a defect or a broken machine. It is the zero value, so an error that nobody
	// classified is Internal. People see an identifier, the log has the cause.
	Internal Kind = iota
	// Invalid is input that has to be corrected; the fields say where.
	Invalid
	// Denied is an action that the asker may not take and may know of.
	Denied
	// NotFound is absent, or present and not visible to the asker: the two are not told apart.
	NotFound
	// Conflict is a request that contradicts what is stored, for example a second unique value.
	Conflict
	// Stale is a change based on a version that is no longer the newest: load again, then decide.
	Stale
	// Withheld is information that an agreement keeps back. It reads the same as unknown.
	Withheld
	// Unavailable is a condition that passes: busy, full, unreachable. The same request may
	// succeed later or after the hint is followed.
	Unavailable
	// TooLarge is input beyond a documented limit.
	TooLarge
)

// String returns the name of the kind in lower case, for logs and the interface.
func (k Kind) String() string {
	switch k {
	case Internal:
		return "internal"
	case Invalid:
		return "invalid"
	case Denied:
		return "denied"
	case NotFound:
		return "not-found"
	case Conflict:
		return "conflict"
	case Stale:
		return "stale"
	case Withheld:
		return "withheld"
	case Unavailable:
		return "unavailable"
	case TooLarge:
		return "too-large"
	}
	return "kind(" + strconv.Itoa(int(k)) + ")"
}
