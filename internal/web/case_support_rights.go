package web

import (
	"net/http"
	"slices"

	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/profile"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/justice"
)

// rightsSheet is the card of rights, and beside it what the person decided about police and courts.
type rightsSheet struct {
	caseHead
	// Card speaks the person's language, which may be another than the reader's.
	Card             *i18n.Printer
	Tongues, Places  []breachChoice
	Promises         []string
	Laws             []rightLine
	Place            string
	Version          int64
	Stance           string
	Past             []caseFact
	Stances          []breachChoice
	Measures         []specialLine
	MeasureStates    []breachChoice
	Matters          []matterLine
	Tracks, States   []breachChoice
	Matter           justice.Matter
	MatterWords      matterText
	Drafted, Today   string
	Language, Answer string // as typed
}

// rightLine is a question with what the law says.
type rightLine struct {
	Says, Text, Note, Source, Topic string
	Unsure, Unchecked               bool
}

type specialLine struct {
	Code, Label, State string
}

type matterLine struct {
	ID, Label string
	Marks     []string
	Text      string
}

// matterText are the texts of the track in the form.
type matterText struct{ Authority, Reference, Lawyer, Words string }

func (s *Server) rightsPage(w http.ResponseWriter, r *http.Request) error {
	return s.rightsAgain(w, r, nil)
}

func (s *Server) rightsAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	sheet, err := s.app.Justice.View(r.Context(), v.actor, casefile.ID(r.PathValue("case")))
	if err != nil {
		return err
	}
	page := rightsSheet{Version: sheet.Version, Today: sheet.Today, Language: r.PostFormValue("language"), Answer: r.PostFormValue("words")}
	if page.caseHead, err = s.caseHead(r, sheet.Case, "/rights", p.T("Your rights")); err != nil {
		return err
	}
	page.Mend, page.Bare = mend, true
	page.card(p, sheet, r.FormValue("in"), r.FormValue("place"))
	page.justice(p, sheet, r.URL.Query().Get("matter"))
	return s.renderMend(w, r, "case_support_rights", page, mend)
}

// card fills the card, in the language and under the law that somebody chose; without a choice in the
// reader's language and under the law that the case has.
func (x *rightsSheet) card(p *i18n.Printer, sheet justice.View, tongue, place string) {
	x.Card = p
	for _, l := range switchable() {
		if l.Tag == tongue {
			x.Card = i18n.For(tongue)
		}
	}
	for _, l := range switchable() {
		x.Tongues = append(x.Tongues, breachChoice{l.Tag, l.Name, l.Tag == x.Card.Lang()})
	}
	if x.Card.Status() != i18n.Reviewed && x.Card.Lang() != "en" {
		x.Drafted = p.T("This translation is a draft. Have somebody who knows the language look at it before the person reads it.")
	}
	book := profile.Base()
	if !slices.Contains(book.Jurisdictions(), place) {
		place = sheet.Case.Clear.Profile
	}
	x.Places = append(x.Places, breachChoice{"", p.T("what this house promises, without a law"), true})
	for _, j := range book.Jurisdictions() {
		if one, ok := book.Profile(j); ok {
			x.Places = append(x.Places, breachChoice{j, p.T(one.Name), j == place})
			if j == place {
				x.Place = x.Card.T(one.Name)
			}
		}
	}
	for _, right := range justice.Card(book, place, sheet.Today) {
		if right.Law == nil {
			x.Promises = append(x.Promises, x.Card.T(right.Says))
			continue
		}
		line := rightLine{
			Says: x.Card.T(right.Says), Text: x.Card.T(right.Law.Text), Topic: x.Card.T(right.Topic), Unsure: right.Unsure, Unchecked: right.Unchecked,
		}
		if right.Law.Note != "" {
			line.Note = x.Card.T(right.Law.Note)
		}
		if len(right.Law.Sources) > 0 {
			line.Source = right.Law.Sources[0].Title
		}
		x.Laws = append(x.Laws, line)
	}
}

// justice fills what the person decided, and the form of the track that an address names.
func (x *rightsSheet) justice(p *i18n.Printer, sheet justice.View, matter string) {
	x.Stance = p.T(sheet.Now().Label())
	for _, c := range slices.Backward(sheet.Choices) {
		text := p.T(c.Stance.Label())
		if words := careText(c.Words); words != "" {
			text += " · " + words
		}
		x.Past = append(x.Past, caseFact{p.Date(c.On), text})
	}
	x.Stances = choices(p, justice.Stances(), justice.Stance.Label)
	for _, m := range justice.Measures() {
		state := ""
		if asked, ok := sheet.Measures[m.Code]; ok {
			state = p.T(justice.Label(justice.MeasureStates(), asked.State))
		}
		x.Measures = append(x.Measures, specialLine{m.Code, p.T(m.Label), state})
	}
	x.MeasureStates = append(justiceChoices(p, justice.MeasureStates(), ""), breachChoice{"", p.T("not wanted"), false})
	for _, m := range sheet.Matters {
		line := matterLine{ID: m.ID, Label: p.T(justice.Label(justice.Tracks(), m.Track)), Text: careText(m.Words)}
		line.Marks = append(line.Marks, p.T(justice.Label(justice.TrackStates(), m.State)))
		if m.Deadline != "" {
			line.Marks = append(line.Marks, p.T("due on %s", p.Date(m.Deadline)))
		}
		for _, sum := range []struct{ label, amount string }{
			{p.T("claimed"), m.Claimed}, {p.T("awarded"), m.Awarded}, {p.T("paid"), m.Paid},
		} {
			if sum.amount != "" {
				line.Marks = append(line.Marks, sum.label+" "+sum.amount+" "+m.Currency)
			}
		}
		x.Matters = append(x.Matters, line)
		if m.ID == matter {
			x.Matter = m
			x.MatterWords = matterText{careText(m.Authority), careText(m.Reference), careText(m.Lawyer), careText(m.Words)}
		}
	}
	x.Tracks, x.States = justiceChoices(p, justice.Tracks(), x.Matter.Track), justiceChoices(p, justice.TrackStates(), x.Matter.State)
}

func justiceChoices(p *i18n.Printer, words []justice.Word, chosen string) []breachChoice {
	all := make([]breachChoice, len(words))
	for i, w := range words {
		all[i] = breachChoice{w.Code, p.T(w.Label), w.Code == chosen}
	}
	return all
}

// rightsDo writes down what the person decided, a special measure, or a track.
func (s *Server) rightsDo(w http.ResponseWriter, r *http.Request) error {
	ctx, actor, id, seen := r.Context(), actorOf(r), casefile.ID(r.PathValue("case")), versionOf(r)
	form := func(name string) string { return r.PostFormValue(name) }
	var err error
	fallback := "stance"
	switch form("do") {
	case "measure":
		fallback = "measure"
		err = s.app.Justice.KeepMeasure(ctx, actor, id, seen, form("measure"), form("measure-state"))
	case "matter":
		fallback = "track"
		err = s.app.Justice.KeepMatter(ctx, actor, id, seen, justice.Matter{
			ID: form("matter"), Track: form("track"), State: form("state"), On: form("since"), Deadline: form("deadline"),
			Authority: typedText(r.PostForm, "authority"), Reference: typedText(r.PostForm, "reference"), Lawyer: typedText(r.PostForm, "lawyer"),
			Claimed: form("claimed"), Awarded: form("awarded"), Paid: form("paid"), Currency: form("currency"), Words: typedText(r.PostForm, "track-words"),
		})
	default:
		err = s.app.Justice.Decide(ctx, actor, id, seen, justice.Choice{
			Stance: justice.Stance(form("stance")), On: form("on"), Language: form("language"), Before: form("before") != "",
			Until: form("until"), Words: typedText(r.PostForm, "words"),
		})
	}
	mend, err := toMend(visitOf(r).printer, err, fallback)
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.rightsAgain(w, r, mend)
	}
	return s.seeOther(w, r, "/cases/"+string(id)+"/rights")
}
