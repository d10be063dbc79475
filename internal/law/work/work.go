// Package work holds the texts of law: a work, its expressions (a language, a day, official or not) and their
// provisions, with commencement, amendment and repeal per provision.
//
// [Corpus.Stand] answers the one question of the room: how a provision stood on a day, as known on a day. Two expressions
// that claim the same day are both kept and both shown; sources that disagree make the answer unclear. What nobody
// recorded is unknown, never "not in force".
//
// Trust: whoever writes is checked by [Check]; texts are public, and hashes tell when one has changed. The package reads
// no clock.
package work

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/fourfold/fourfold/internal/law/clock"
)

// Work is a law as such, whatever its versions.
type Work struct {
	ID string
	// Jurisdiction is an area code, or that of an organisation for its acts.
	Jurisdiction string
	// Kind is "act", "code", "treaty", "directive" and the like.
	Kind, Title, Number string
	// Alias are other names of it: ELI, CELEX, UNTS, the proposed Akoma Ntoso address.
	Alias []string
	// Adopted is the day of adoption or assent, as exact as the source.
	Adopted clock.Day
	// Family ties laws that are read together, such as the renewals of one act.
	Family             string
	Source, Confidence string
}

// Form is what kind of version an expression is.
type Form string

// The forms.
const (
	Enacted      Form = "enacted"
	Consolidated Form = "consolidated"
	Translation  Form = "translation"
	Draft        Form = "draft" // on a branch; it never stands
)

// Forms returns all forms, in the order of the constants.
func Forms() []Form { return []Form{Enacted, Consolidated, Translation, Draft} }

// Expression is one version of a work in one language.
type Expression struct {
	ID, Work string
	Language string // BCP 47
	// AsOf is the day from which the text reads so.
	AsOf     clock.Day
	Form     Form
	Official bool
	Source   string
	// Hash is the SHA-256 of the source file.
	Hash string
	// Replaces is the expression that this one corrects.
	Replaces string
	// Recorded and Gone say when we knew it, in microseconds since 1970. Gone is 0 while it stands.
	Recorded, Gone int64
}

// Provision is a part of an expression that can be cited.
type Provision struct {
	Expression string
	// EID is its place in this text, WID its name through all versions.
	EID, WID, Parent string
	Ordinal          int
	// Kind is "part", "chapter", "section", "article", "paragraph", "point".
	Kind, Num, Heading, Text string
	Hash                     string
}

// Hash is what a finding remembers of a provision: it changes with heading or text, not with white space.
func Hash(heading, text string) string {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(heading), " ") + "\n" + strings.Join(strings.Fields(text), " ")))
	return hex.EncodeToString(sum[:16])
}

// Turn is what happened to a work or a part of it.
type Turn string

// The turns.
const (
	Commencement Turn = "commencement"
	Amendment    Turn = "amendment"
	Repeal       Turn = "repeal" // with a verb: repealed, revoked, lapsed, expired, replaced, disapplied
)

// Turns returns all turns, in the order of the constants.
func Turns() []Turn { return []Turn{Commencement, Amendment, Repeal} }

// Event is one turn of a work, as one source tells it.
type Event struct {
	ID, Work string
	Turn     Turn
	// Parts are the wIds it touches, with all below them; none means the whole work.
	Parts []string
	// By is the work that did it.
	By   string
	Date clock.Day
	Verb string
	// Into names what took the place of the parts, as "work#wId".
	Into               []string
	Source, Confidence string
	Recorded, Gone     int64
}

// touches returns how closely the event names a part: 0 not at all, 1 the whole work, more the nearer.
func (e Event) touches(wid string) int {
	if len(e.Parts) == 0 {
		return 1
	}
	best := 0
	for _, p := range e.Parts {
		if p == wid || strings.HasPrefix(wid, p+"__") {
			best = max(best, 2+len(p))
		}
	}
	return best
}
