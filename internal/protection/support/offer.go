package support

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/record"
)

// Service is a service of the menu for the person: needed, offered, accepted or declined, delivered, or
// not to be had. There is no field for why somebody declined: nobody has to say.
type Service struct {
	Service string `json:"service"` // one of [Services]
	Need    string `json:"-"`       // the need it answers, "" for none
	State   string `json:"-"`       // one of [ServiceStates]

	NeededOn  string `json:"needed_on,omitempty"` // civil dates
	OfferedOn string `json:"offered_on,omitempty"`
	AnswerOn  string `json:"answer_on,omitempty"`
	StartedOn string `json:"started_on,omitempty"`
	EndedOn   string `json:"ended_on,omitempty"`

	Provider private.Text `json:"provider,omitzero"`
	Quantity string       `json:"quantity,omitempty"` // how much, such as "6 hours"
	Cost     string       `json:"cost,omitempty"`     // a decimal number
	Currency string       `json:"currency,omitempty"` // ISO 4217
	Funder   string       `json:"funder,omitempty"`   // one of [Funders]
	Outcome  string       `json:"outcome,omitempty"`  // one of [Outcomes]
	Unmet    string       `json:"unmet,omitempty"`    // one of [UnmetReasons], of a service that is not to be had
	Note     private.Text `json:"note,omitzero"`
}

// ServiceStates are the states of a service.
func ServiceStates() []Word {
	return []Word{
		{"needed", i18n.Mark("needed")},
		{"offered", i18n.Mark("offered")},
		{"accepted", i18n.Mark("accepted")},
		{"declined", i18n.Mark("declined")},
		{"running", i18n.Mark("under way")},
		{"ended", i18n.Mark("ended")},
		{"unmet", i18n.Mark("not to be had")},
	}
}

func (Service) part() Part           { return OfService }
func (Service) slot() string         { return "" }
func (s Service) clear(f *facts)     { f.State, f.Ref = s.State, s.Need }
func (s Service) docs() []record.Doc { return []record.Doc{sensitive(s)} }

var (
	costForm     = regexp.MustCompile(`^\d{1,9}(\.\d{1,3})?$`)
	currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)
)

func (s Service) check(today string) error {
	f := fault.New(fault.Invalid, "The service was not written down.")
	wrong := func(is bool, field, msg string) {
		if is {
			f = f.WithField(field, msg)
		}
	}
	wrong(!known(Services(), s.Service), "service", "Choose a service.")
	wrong(s.Funder != "" && !known(Funders(), s.Funder), "funder", "Choose who pays, or leave it out.")
	wrong(s.Outcome != "" && !known(Outcomes(), s.Outcome), "outcome", "Choose what came of it, or leave it out.")
	wrong(s.State == "unmet" && !known(UnmetReasons(), s.Unmet) || s.State != "unmet" && s.Unmet != "", "unmet", "Choose why it was not to be had.")
	wrong((s.Cost == "") != (s.Currency == "") || s.Cost != "" && (!costForm.MatchString(s.Cost) || !currencyForm.MatchString(s.Currency)),
		"cost", "Write an amount such as 120.50, and its currency such as EUR.")
	wrong(len(s.Quantity) > 100, "quantity", "Use at most 100 characters.")
	last := ""
	for _, on := range []string{s.OfferedOn, s.AnswerOn, s.StartedOn, s.EndedOn} {
		wrong(on != "" && (!isDay(on) || on > today), "dates", "Write dates as 2026-12-31, none after today.")
		wrong(on != "" && on < last, "dates", "These dates are not in the order in which things happen.")
		if on != "" {
			last = on
		}
	}
	wrong(s.NeededOn != "" && !isDay(s.NeededOn), "dates", "Write dates as 2026-12-31, none after today.")
	f = short(f, "provider", s.Provider, maxNote)
	return orNil(short(f, "note", s.Note, maxNote))
}

// Spent sums what services have cost, by currency, exactly.
func Spent(all []Service) map[string]string {
	sums := map[string]*big.Rat{}
	for _, s := range all {
		if s.Cost == "" {
			continue
		}
		cost, ok := new(big.Rat).SetString(s.Cost)
		if !ok {
			continue
		}
		if sums[s.Currency] == nil {
			sums[s.Currency] = new(big.Rat)
		}
		sums[s.Currency].Add(sums[s.Currency], cost)
	}
	texts := map[string]string{}
	for currency, sum := range sums {
		texts[currency] = strings.TrimSuffix(sum.FloatString(2), ".00")
	}
	return texts
}
