package support

import (
	"fmt"
	"slices"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// Instrument is a published set of outcomes.
type Instrument struct {
	Word
	Items []Word
	// Source says where the items are from; Named is false when the names of the items were not read in
	// it, so that a page says so.
	Source string
	Named  bool
}

// Instruments are the sets of outcomes that may be rated. The steps of the rating are our own: neither
// source as we read it fixes them.
func Instruments() []Instrument {
	return []Instrument{mscos(), ohts()}
}

func mscos() Instrument {
	return Instrument{
		Word: Word{"mscos", i18n.Mark("Modern Slavery Core Outcome Set")}, Source: "MSCOS 2023 (modernslaverypec.org)", Named: true,
		Items: []Word{
			{"mscos.housing", i18n.Mark("Secure and suitable housing")},
			{"mscos.safety", i18n.Mark("Safety from any trafficker or other abuser")},
			{"mscos.support", i18n.Mark("Long-term consistent support")},
			{"mscos.services", i18n.Mark("Compassionate, trauma-informed services")},
			{"mscos.purpose", i18n.Mark("Purpose in life and self-actualisation")},
			{"mscos.medical", i18n.Mark("Access to medical treatment")},
			{"mscos.education", i18n.Mark("Access to education")},
		},
	}
}

func ohts() Instrument {
	i := Instrument{
		Word:   Word{"ohts", i18n.Mark("Outcomes for Human Trafficking Survivors")},
		Source: "RTI International for NIJ, 2020 (NCJ 255429, user guide NCJ 255430)",
	}
	for n := range 14 {
		i.Items = append(i.Items, Word{fmt.Sprintf("ohts.%d", n+1), i18n.Mark("Category %d of the user guide")})
	}
	return i
}

// InstrumentOf returns an instrument by its code.
func InstrumentOf(code string) (Instrument, bool) {
	all := Instruments()
	i := slices.IndexFunc(all, func(i Instrument) bool { return i.Code == code })
	if i < 0 {
		return Instrument{}, false
	}
	return all[i], true
}

// Waves are after how many months outcomes are rated; 0 is the beginning.
func Waves() []int { return []int{0, 3, 6, 12} }

// Steps are the steps of a rating, the worst first.
func Steps() []Word {
	return []Word{
		{"1", i18n.Mark("not at all")},
		{"2", i18n.Mark("a little")},
		{"3", i18n.Mark("in part")},
		{"4", i18n.Mark("mostly")},
		{"5", i18n.Mark("fully")},
	}
}

// Measure is one rating of an instrument.
type Measure struct {
	Instrument string                        `json:"instrument"`
	Wave       int                           `json:"wave"`
	Rater      string                        `json:"rater"` // "self" or "worker"
	On         string                        `json:"on"`    // civil date
	Scores     map[string]record.Answer[int] `json:"scores,omitempty"`
	Note       private.Text                  `json:"note,omitzero"`
}

func (Measure) part() Part           { return OfMeasure }
func (m Measure) slot() string       { return m.Instrument + "/" + month(m.Wave) + "/" + m.Rater }
func (m Measure) clear(*facts)       {}
func (m Measure) docs() []record.Doc { return []record.Doc{sensitive(m)} }

func (m Measure) check(today string) error {
	f := fault.New(fault.Invalid, "The rating was not kept.")
	i, ok := InstrumentOf(m.Instrument)
	if !ok || !slices.Contains(Waves(), m.Wave) {
		f = f.WithField("instrument", "Choose what is rated, and for which time.")
	}
	if m.Rater != "self" && m.Rater != "worker" {
		f = f.WithField("rater", "Choose who rates: the person where possible.")
	}
	if !isDay(m.On) || m.On > today {
		f = f.WithField("on", "Write the date as 2026-12-31, not after today.")
	}
	for code, a := range m.Scores {
		if v, given := a.Get(); !known(i.Items, code) || given && (v < 1 || v > len(Steps())) {
			f = f.WithField("scores", "Choose a step from the list.")
		}
	}
	return orNil(short(f, "note", m.Note, maxNote))
}

// Change is how a rating of one item moved between two waves of the same rater.
type Change struct {
	Item     string
	From, To record.Answer[int]
}

// Compare puts two ratings side by side, item by item. A pair in which one side is missing is shown, and
// is no change.
func Compare(from, to Measure) (all []Change) {
	i, ok := InstrumentOf(from.Instrument)
	if !ok || from.Instrument != to.Instrument || from.Rater != to.Rater {
		return nil
	}
	for _, item := range i.Items {
		all = append(all, Change{Item: item.Code, From: from.Scores[item.Code], To: to.Scores[item.Code]})
	}
	return all
}

// By returns by how many steps an item moved; false when one side has no value.
func (c Change) By() (steps int, ok bool) {
	a, known := c.From.Get()
	b, known2 := c.To.Get()
	return b - a, known && known2
}
