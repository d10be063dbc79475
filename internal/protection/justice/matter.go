package justice

import (
	"regexp"
	"slices"
	"time"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
)

// Word is a code of the forms with its English label, the key of its translations.
type Word struct{ Code, Label string }

func known(words []Word, code string) bool {
	return slices.ContainsFunc(words, func(w Word) bool { return w.Code == code })
}

// Label returns the label of a code in a list, or the code itself.
func Label(words []Word, code string) string {
	for _, w := range words {
		if w.Code == code {
			return w.Label
		}
	}
	return code
}

// Measures are special measures that may be asked for when somebody gives evidence.
func Measures() []Word {
	return []Word{
		{"screen", i18n.Mark("a screen, so that the accused is not seen")},
		{"link", i18n.Mark("evidence by video from another room")},
		{"recorded", i18n.Mark("a recorded interview instead of coming")},
		{"private", i18n.Mark("a hearing without the public")},
		{"anonymous", i18n.Mark("name and address are not said")},
		{"no-accused", i18n.Mark("the accused may not ask questions")},
		{"companion", i18n.Mark("somebody trusted comes along")},
		{"interpreter", i18n.Mark("an interpreter of their choice")},
		{"gender", i18n.Mark("asked by somebody of the gender they prefer")},
		{"breaks", i18n.Mark("breaks, and no long days")},
		{"visit", i18n.Mark("a visit to the court before the day")},
		{"entrance", i18n.Mark("a separate entrance and waiting room")},
		{"protection", i18n.Mark("witness protection")},
	}
}

// MeasureStates are the states of a special measure.
func MeasureStates() []Word {
	return []Word{{"wanted", i18n.Mark("wanted")}, {"asked", i18n.Mark("asked for")}, {"granted", i18n.Mark("granted")}, {"refused", i18n.Mark("refused")}}
}

// Asked is a special measure for the person.
type Asked struct {
	State string `json:"state"`
	On    string `json:"on,omitempty"`
}

// Tracks are what can be done for the person in law, beside any trial of others.
func Tracks() []Word {
	return []Word{
		{"non-punishment", i18n.Mark("not being punished for what they were made to do")},
		{"vacatur", i18n.Mark("having a conviction set aside")},
		{"state-compensation", i18n.Mark("compensation from the state")},
		{"criminal-compensation", i18n.Mark("compensation ordered by a criminal court")},
		{"civil-compensation", i18n.Mark("compensation from a civil court")},
		{"wages", i18n.Mark("wages that were not paid")},
		{"other", i18n.Mark("something else")},
	}
}

// TrackStates are the states of a track, with those that may follow in [trackNext].
func TrackStates() []Word {
	return []Word{
		{"advised", i18n.Mark("the person was advised")},
		{"not-wanted", i18n.Mark("the person does not want it")},
		{"raised", i18n.Mark("raised or claimed")},
		{"granted", i18n.Mark("granted or awarded")},
		{"paid", i18n.Mark("paid")},
		{"refused", i18n.Mark("refused")},
		{"appealed", i18n.Mark("appealed against")},
		{"closed", i18n.Mark("closed")},
	}
}

// trackNext says what may follow a state. A person may change their mind about every one.
var trackNext = map[string][]string{
	"":           {"advised", "raised", "not-wanted"},
	"advised":    {"raised", "not-wanted"},
	"not-wanted": {"advised", "raised"},
	"raised":     {"granted", "refused", "not-wanted", "closed"},
	"granted":    {"paid", "appealed", "closed"},
	"refused":    {"appealed", "closed", "raised"},
	"appealed":   {"granted", "refused", "closed", "not-wanted"},
	"paid":       {"closed"},
	"closed":     {"raised"},
}

// Matter is one track of the person.
type Matter struct {
	ID        string       `json:"id"`
	Track     string       `json:"track"`
	State     string       `json:"state"`
	On        string       `json:"on,omitempty"`       // when it came to this state
	Deadline  string       `json:"deadline,omitempty"` // last civil day of the next step
	Authority private.Text `json:"authority,omitzero"`
	Reference private.Text `json:"reference,omitzero"`
	Lawyer    private.Text `json:"lawyer,omitzero"`
	Claimed   string       `json:"claimed,omitempty"` // decimal numbers
	Awarded   string       `json:"awarded,omitempty"`
	Paid      string       `json:"paid,omitempty"`
	Currency  string       `json:"currency,omitempty"` // ISO 4217
	Words     private.Text `json:"words,omitzero"`
	// Task is by which the task of the deadline is found; only this package sets it.
	Task string `json:"task,omitempty"`
}

// maxWords bounds a text in bytes, maxMatters the tracks of a person.
const maxWords, maxMatters = 10_000, 40

var (
	amountForm   = regexp.MustCompile(`^(\d{1,9}(\.\d{1,3})?)?$`)
	currencyForm = regexp.MustCompile(`^([A-Z]{3})?$`)
)

func (m Matter) check(from, today string) error {
	f := fault.New(fault.Invalid, "This was not written down.")
	if !known(Tracks(), m.Track) {
		f = f.WithField("track", "Choose what it is about.")
	}
	if from != m.State && !slices.Contains(trackNext[from], m.State) || !known(TrackStates(), m.State) {
		f = f.WithField("state", "Choose where it is now: this cannot follow what was there before.")
	}
	if m.On != "" && (!isDay(m.On) || m.On > today) {
		f = f.WithField("on", "Write the date as 2026-12-31, not after today.")
	}
	if m.Deadline != "" && !isDay(m.Deadline) {
		f = f.WithField("deadline", "Write the date as 2026-12-31.")
	}
	for field, amount := range map[string]string{"claimed": m.Claimed, "awarded": m.Awarded, "paid": m.Paid} {
		if !amountForm.MatchString(amount) || amount != "" && m.Currency == "" {
			f = f.WithField(field, "Write an amount such as 120.50, and its currency such as EUR.")
		}
	}
	if !currencyForm.MatchString(m.Currency) {
		f = f.WithField("currency", "Write a currency by its three letters, such as EUR.")
	}
	for field, t := range map[string]private.Text{"authority": m.Authority, "reference": m.Reference, "lawyer": m.Lawyer, "words": m.Words} {
		if len(t.Reveal("measure it")) > maxWords {
			f = f.WithField(field, "Use at most %d characters. Write a note for what is longer.", maxWords)
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// open reports whether a track still waits for something.
func (m Matter) open() bool {
	return !slices.Contains([]string{"not-wanted", "paid", "closed"}, m.State)
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
