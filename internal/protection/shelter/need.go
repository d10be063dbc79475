package shelter

import (
	"slices"
)

// adult is the age from which somebody may stay among adults without a guardian.
const adult = 18

// oldest is the age that stands for no upper bound.
const oldest = 120

// Ages are the ages that a person may have, in years. The zero value is not known: any age, so that
// somebody of whom nobody knows keeps the safeguards of a child.
type Ages struct {
	From int `json:"from,omitempty"`
	To   int `json:"to,omitempty"`
}

func (a Ages) bounds() (from, to int) {
	if a.To <= 0 {
		return a.From, oldest
	}
	return a.From, a.To
}

// MaybeChild reports whether the person may be under eighteen.
func (a Ages) MaybeChild() bool { from, _ := a.bounds(); return from < adult }

// of returns the ages as they count for somebody of whom the file says whether they may be a child: a form makes no
// adult of them.
func (a Ages) of(child bool) Ages {
	if child && !a.MaybeChild() {
		return Ages{}
	}
	return a
}

// Child is a child who comes along.
type Child struct {
	Age    int    `json:"age"` // -1 when it is not known
	Gender string `json:"gender,omitempty"`
}

// Keep is an area to keep away from.
type Keep struct {
	Area string `json:"area"`
	// Steps is how many borders of areas must lie between: 0 is not in the area, 1 nor beside it.
	Steps int `json:"steps"`
}

// Need is what somebody needs of a place. It has no name, no origin and no story, and no room for one. An
// empty field is not known, and never "no".
type Need struct {
	Ages      Ages     `json:"ages,omitzero"`
	Gender    string   `json:"gender,omitempty"` // one of [Genders]
	WithAdult bool     `json:"with_adult,omitempty"`
	Others    int      `json:"others,omitempty"` // adults who come along
	Children  []Child  `json:"children,omitempty"`
	Pregnant  string   `json:"pregnant,omitempty"` // yes or no
	Access    []string `json:"access,omitempty"`   // of [AccessNeeds], all of which must be met
	Languages []string `json:"languages,omitempty"`
	Substance string   `json:"substance,omitempty"` // yes or no
	Pets      bool     `json:"pets,omitempty"`
	Avoid     []Keep   `json:"avoid,omitempty"`
	// Refused are places to which the person said no. No reason is asked.
	Refused []string `json:"refused,omitempty"`
	// Near and Wishes are not necessary.
	Near   []string `json:"near,omitempty"`
	Wishes []string `json:"wishes,omitempty"` // of [Features]
}

// Party is how many people need a bed.
func (n Need) Party() int { return 1 + n.Others + len(n.Children) }

// Rules are whom a place takes. The zero value takes adults of any gender without children or animals.
type Rules struct {
	Genders   []string `json:"genders,omitempty"` // none: everybody
	AgeFrom   int      `json:"age_from,omitempty"`
	AgeTo     int      `json:"age_to,omitempty"`     // 0: no upper bound
	Alone     bool     `json:"alone,omitempty"`      // children without an adult of their own
	Children  bool     `json:"children,omitempty"`   // who come with an adult
	ChildTo   int      `json:"child_to,omitempty"`   // 0: up to 17
	BoyTo     int      `json:"boy_to,omitempty"`     // 0: as other children
	Pregnant  bool     `json:"pregnant,omitempty"`   // takes somebody who is
	Access    []string `json:"access,omitempty"`     // what it has
	Languages []string `json:"languages,omitempty"`  // that staff speak
	Interpret bool     `json:"interpret,omitempty"`  // interpreters come
	Substance string   `json:"substance,omitempty"`  // one of [SubstanceRules]; "" is not said
	Pets      bool     `json:"pets,omitempty"`       //
	Features  []string `json:"features,omitempty"`   // of [Features]
	Status    []string `json:"status,omitempty"`     // what papers it asks for, of [StatusRules]: shown, never judged
	Police    bool     `json:"police,omitempty"`     // wants a report to the police first: shown with a warning
	From      []string `json:"from,omitempty"`       // who may ask, of [Askers]
	Intake    []string `json:"intake,omitempty"`     // when somebody can come, of [IntakeHours]
	AnswersIn int      `json:"answers_in,omitempty"` // hours until an answer; 0 is not said
}

// Unit is a kind of room: for how many people, how many there are and how many are free.
type Unit struct {
	Size  int `json:"size"`
	Total int `json:"total"`
	Free  int `json:"free"`
}

// Offer is a place as the rule sees it.
type Offer struct {
	ID    string
	Area  string
	Open  bool
	Rules Rules
	Units []Unit
}

// fits returns the index of the smallest free unit that takes a party, or -1.
func (o Offer) fits(party int) int {
	best := -1
	for i, u := range o.Units {
		if u.Free > 0 && u.Size >= party && (best < 0 || u.Size < o.Units[best].Size) {
			best = i
		}
	}
	return best
}

// Verdict is what the rule says of one place for one person.
type Verdict struct {
	// Against are the reasons why the person cannot stay there, and Ask what must be asked first because
	// nobody knows. Codes of [Reasons].
	Against, Ask []string
	// Wishes is how many wishes the place does not meet.
	Wishes int
}

// OK reports whether the place can be proposed.
func (v Verdict) OK() bool { return len(v.Against) == 0 && len(v.Ask) == 0 }

// Judge says whether a place can take somebody. Every no has its reason.
func Judge(n Need, o Offer, areas Areas) Verdict {
	var v Verdict
	against := func(code string, no bool) {
		if no {
			v.Against = append(v.Against, code)
		}
	}
	against("closed", !o.Open)
	against("refused", slices.Contains(n.Refused, o.ID))
	against("full", o.fits(n.Party()) < 0)
	against("too-near", tooNear(n.Avoid, o.Area, areas))
	against("access", !subset(n.Access, o.Rules.Access))
	against("language", len(n.Languages) > 0 && !o.Rules.Interpret && !meet(n.Languages, o.Rules.Languages))
	against("pets", n.Pets && !o.Rules.Pets)
	against("pregnant", n.Pregnant == "yes" && !o.Rules.Pregnant)
	against("substance", n.Substance == "yes" && o.Rules.Substance == "abstinent")
	judgeGender(n, o.Rules, &v)
	judgeAge(n, o.Rules, &v)
	judgeChildren(n, o.Rules, &v)
	v.Wishes = len(n.Wishes) - common(n.Wishes, o.Rules.Features)
	if len(n.Near) > 0 && !slices.Contains(n.Near, o.Area) {
		v.Wishes++
	}
	return v
}

func judgeGender(n Need, r Rules, v *Verdict) {
	switch {
	case len(r.Genders) == 0:
	case n.Gender == "":
		v.Ask = append(v.Ask, "ask-gender")
	case !slices.Contains(r.Genders, n.Gender):
		v.Against = append(v.Against, "gender")
	}
}

func judgeAge(n Need, r Rules, v *Verdict) {
	from, to := n.Ages.bounds()
	low, high := r.AgeFrom, r.AgeTo
	if high == 0 {
		high = oldest
	}
	accompanied := n.WithAdult && n.Others > 0
	if n.Ages.MaybeChild() && !accompanied && !r.Alone {
		v.Against = append(v.Against, "child-alone")
	}
	if n.Ages.MaybeChild() && accompanied && !r.Children && !r.Alone {
		v.Against = append(v.Against, "children")
	}
	switch {
	case to < low || from > high:
		v.Against = append(v.Against, "age")
	case from < low || to > high:
		v.Ask = append(v.Ask, "ask-age")
	}
}

func judgeChildren(n Need, r Rules, v *Verdict) {
	if len(n.Children) == 0 {
		return
	}
	if !r.Children {
		v.Against = append(v.Against, "children")
		return
	}
	limit := r.ChildTo
	if limit == 0 {
		limit = adult - 1
	}
	boys := limit
	if r.BoyTo > 0 {
		boys = min(limit, r.BoyTo)
	}
	var old, ask bool
	for _, c := range n.Children {
		switch {
		case c.Age < 0:
			ask = ask || limit < adult-1 || boys < limit
		case c.Age > limit || c.Gender == "man" && c.Age > boys:
			old = true
		case c.Gender != "woman" && c.Age > boys:
			ask = true
		}
	}
	if old {
		v.Against = append(v.Against, "children-age")
	}
	if ask {
		v.Ask = append(v.Ask, "ask-children")
	}
}

func tooNear(avoid []Keep, area string, areas Areas) bool {
	return slices.ContainsFunc(avoid, func(k Keep) bool { return areas.within(k.Area, area, k.Steps) })
}

func subset(all, of []string) bool { return common(all, of) == len(all) }

func meet(a, b []string) bool { return common(a, b) > 0 }

func common(a, b []string) (n int) {
	for _, x := range a {
		if slices.Contains(b, x) {
			n++
		}
	}
	return n
}
