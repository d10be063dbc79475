package casefile

import (
	"crypto/rand"
	"database/sql"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/vault"
)

// ID identifies a case. It is random, and the scope of the vault.
type ID string

// Case is a case as those see it who may. What is sealed of it is opened apart: see [Cases.Words]. One from
// a list has no story with it.
type Case struct {
	record.Row[Facts]
}

// Facts are what stands in clear.
type Facts struct {
	// Number is what people say on the telephone: random, with a check character.
	Number   string
	Owner    auth.AccountID // "" for nobody
	Team     auth.TeamID    // "" for none
	OpenedAt int64          // microseconds
	OpenedBy auth.AccountID
	Reason   string // one of [Reasons]
	Origin   string // one of [Origins]; "" is not recorded
	Priority string // one of [Priorities]; "" is not set, and treated as the most urgent
	// Sensitivity is one of [Sensitivities]; NULL means protected.
	Sensitivity             sql.Null[string]
	Profile, ProfileVersion string // of law and procedure; "" until chosen
	State                   State
	Standing                Standing
	ClosedAt                sql.Null[int64]
	CloseReason             string // one of [CloseReasons]
}

// ID returns the identifier of the case.
func (c Case) ID() ID { return ID(c.Row.ID) }

// Opened returns when the case was opened.
func (c Case) Opened() time.Time { return time.UnixMicro(c.Clear.OpenedAt).UTC() }

// Protected reports whether the case needs more care than others. One of which nobody has said so does.
func (c Case) Protected() bool {
	return !c.Clear.Sensitivity.Valid || c.Clear.Sensitivity.V != Ordinary
}

// Child returns the key of a new row that belongs to the case.
func (c Case) Child() record.Key { return record.Key{Case: c.Row.ID, Person: c.Person} }

// Why returns why something of the case is opened.
func (c Case) Why(p vault.Purpose) vault.Why { return vault.Why{Purpose: p, Scope: c.Row.ID} }

// State is the state of the record, apart from what happens in the case.
type State string

// The states of a record.
const (
	Active     State = "active"
	Restricted State = "restricted" // the person contests it: it is kept and not used
	Sealed     State = "sealed"     // under a legal hold
	Pseudonym  State = "pseudonymised"
	Erased     State = "erased"
)

// States returns all states, in the order of the constants.
func States() []State { return []State{Active, Restricted, Sealed, Pseudonym, Erased} }

// Standing says whether people work on a case.
type Standing string

// The standings.
const (
	Open   Standing = "open"
	Closed Standing = "closed"
)

// Reasons returns the codes of why a case is opened.
func Reasons() []string {
	return []string{"asks-for-help", "signs-seen", "referred-here", "child-at-risk", "returned", "other"}
}

// Origins returns the codes of how a person came.
func Origins() []string {
	return []string{"self", "outreach", "police", "helpline", "health", "labour-inspection", "referral", "other"}
}

// Priorities returns the codes of how soon somebody is needed, the soonest first.
func Priorities() []string { return []string{"now", "soon", "routine"} }

// Ordinary and Protected are the sensitivities that somebody may set.
const (
	Ordinary  = "ordinary"
	Protected = "protected"
)

// Sensitivities returns the codes of how much care a case needs.
func Sensitivities() []string { return []string{Protected, Ordinary} }

// CloseReasons returns the codes of why a case is closed.
func CloseReasons() []string {
	return []string{
		"goals-met", "moved", "transferred", "declined", "lost-contact", "deceased", "ineligible", "duplicate", "opened-in-error", "other",
	}
}

// ReopenReasons returns the codes of why a case is opened again.
func ReopenReasons() []string {
	return []string{"person-asks", "new-signs", "closed-in-error", "appeal", "other"}
}

// table is the table of cases.
var table = record.Table[Facts]{
	Name:   "protection_case",
	Sealed: []record.Column{{Name: "personal", Class: vault.Personal}, {Name: "narrative", Class: vault.Narrative}},
	Clear: []string{
		"number", "owner", "team", "opened_at", "opened_by", "reason", "origin", "priority", "sensitivity", "profile", "profile_version",
		"state", "standing", "closed_at", "close_reason",
	},
	Fields: func(f *Facts) []any {
		return []any{
			&f.Number, &f.Owner, &f.Team, &f.OpenedAt, &f.OpenedBy, &f.Reason, &f.Origin, &f.Priority, &f.Sensitivity, &f.Profile, &f.ProfileVersion,
			&f.State, &f.Standing, &f.ClosedAt, &f.CloseReason,
		}
	},
	Erase: forget,
}

// listing is the table of cases as lists read it: without the story, which may be half a million bytes
// for each row. Nothing is written through it.
var listing = record.Table[Facts]{Name: table.Name, Sealed: table.Sealed[:1], Clear: table.Clear, Fields: table.Fields}

// letters are the characters of a number: none that is heard or read as another.
const letters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// newNumber makes a number of nine characters in three groups; the last one checks the others.
func newNumber() string {
	var raw [8]byte
	_, _ = rand.Read(raw[:]) // never fails: it ends the program instead
	b := make([]byte, 0, 9)
	for _, r := range raw {
		b = append(b, letters[int(r)%len(letters)])
	}
	b = append(b, checkOf(b))
	return string(b[:3]) + "-" + string(b[3:6]) + "-" + string(b[6:])
}

// weights have no factor in common with the number of letters, so that no single wrong character fits.
var weights = [8]int{1, 7, 11, 13, 17, 19, 23, 29}

// checkOf is a weighted sum: it finds every single wrong character and most swapped neighbours.
func checkOf(b []byte) byte {
	sum := 0
	for i, c := range b {
		sum += weights[i] * strings.IndexByte(letters, c)
	}
	return letters[sum%len(letters)]
}

var numberForm = regexp.MustCompile(`^[2-9A-HJKMNP-TV-Z]{3}-?[2-9A-HJKMNP-TV-Z]{3}-?[2-9A-HJKMNP-TV-Z]{3}$`)

// ParseNumber reads a number as people write it, and reports whether it is one.
func ParseNumber(text string) (number string, ok bool) {
	text = strings.ToUpper(strings.Join(strings.Fields(text), ""))
	if !numberForm.MatchString(text) {
		return "", false
	}
	b := []byte(strings.ReplaceAll(text, "-", ""))
	if checkOf(b[:8]) != b[8] {
		return "", false
	}
	return string(b[:3]) + "-" + string(b[3:6]) + "-" + string(b[6:]), true
}

func oneOf(code string, codes []string) bool { return slices.Contains(codes, code) }
