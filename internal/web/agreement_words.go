package web

import (
	"fmt"
	"strings"
	"time"

	"github.com/fourfold/fourfold/exchange/accord"
	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
	"github.com/fourfold/fourfold/internal/vocab"
)

// termLine is one sentence of an agreement in the reader's language, with the codes that the machine reads.
type termLine struct{ Text, Codes string }

// termGroup is what belongs together: the whole agreement, or one clause.
type termGroup struct {
	Title string
	Lines []termLine
}

// termsOf turns the sentences of a document into the reader's language.
func termsOf(p *i18n.Printer, d accord.Document) []termGroup {
	groups := []termGroup{{Title: p.T("Who agrees, and on what law")}}
	for _, s := range d.Sentences() {
		switch s.Key {
		case "accord.clause.send":
			groups = append(groups, termGroup{Title: p.T("What may be sent: %s", wordOf(p, classWords(), textArg(s.Args[2])))})
		case "accord.nothing", "accord.forbidden":
			groups = append(groups, termGroup{Title: p.T("Limits that hold throughout")})
		}
		last := &groups[len(groups)-1]
		last.Lines = append(last.Lines, sentenceOf(p, s))
	}
	return groups
}

// sentenceOf words one sentence. Every key of accord has its case; a test walks them.
func sentenceOf(p *i18n.Printer, s accord.Sentence) termLine {
	a := s.Args
	switch s.Key {
	case "accord.head":
		return termLine{
			p.T("It holds from %s; its last day is %s.", p.Date(textArg(a[2])), p.Date(dayBefore(textArg(a[3])))),
			fmt.Sprintf("%v · %v", a[0], a[1]),
		}
	case "accord.party":
		return termLine{p.T("%s, in %s, is a party.", a[0], vocab.Label(vocab.Area, textArg(a[1]), p.Lang())), fmt.Sprint(a[1])}
	case "accord.basis":
		return termLine{p.T("The law that permits it: %s (%s).", a[1], vocab.Label(vocab.Area, textArg(a[0]), p.Lang())), ""}
	case "accord.transfer":
		return termLine{transferText(p, textArg(a[0])), textArg(a[0])}
	case "accord.residency":
		return termLine{p.T("What is sent may be kept in: %s.", listed(p, nil, a[0])), codeList(a[0])}
	case "accord.nothing":
		return termLine{p.T("Nothing may be sent under this agreement."), ""}
	case "accord.forbidden":
		return termLine{p.T("It must never be used for: %s.", listed(p, agreement.Uses(), a[0])), codeList(a[0])}
	case "accord.matching":
		if a[0] == 0 && a[1] == 0 {
			return termLine{p.T("Nobody may ask whether the other side knows somebody."), "0 · 0"}
		}
		return termLine{
			p.T("The parties may ask each other %s times a day, and %s times in one case, whether they know somebody.", fmt.Sprint(a[0]), fmt.Sprint(a[1])),
			fmt.Sprint(a...),
		}
	}
	return clauseSentence(p, s)
}

func clauseSentence(p *i18n.Printer, s accord.Sentence) termLine {
	a := s.Args
	switch s.Key {
	case "accord.clause.send":
		class := textArg(a[2])
		return termLine{
			p.T("%s may send to %s: %s.", a[0], a[1], listed(p, fieldWords(class), a[3])),
			class + ": " + codeList(a[3]),
		}
	case "accord.clause.about":
		return termLine{p.T("Only about %s.", listed(p, agreement.Subjects(), a[0])), codeList(a[0])}
	case "accord.clause.recipients":
		return termLine{p.T("Only to people with one of these roles: %s.", listedRoles(p, a[0])), codeList(a[0])}
	case "accord.clause.purposes":
		return termLine{p.T("Only for: %s.", listed(p, agreement.Purposes(), a[0])), codeList(a[0])}
	case "accord.clause.authority":
		return termLine{p.T("Only with one of these, for that person and each time: %s.", listed(p, agreement.Authorities(), a[0])), codeList(a[0])}
	case "accord.clause.ceiling":
		return termLine{
			p.T("Nothing that is marked above %s or %s, and nothing graded below %s.", tlpName(textArg(a[0])), a[1], fmt.Sprintf("%v%v", a[2], a[3])),
			fmt.Sprintf("%v · %v · %v%v", a...),
		}
	case "accord.clause.onward":
		return termLine{onwardText(p, textArg(a[0])), textArg(a[0])}
	case "accord.clause.keep":
		return termLine{
			p.N("It may be kept for %d day.", "It may be kept for %d days.", a[0].(int)) + " " +
				p.N("After %d day somebody must ask whether it is still needed.", "After %d days somebody must ask whether it is still needed.", a[1].(int)),
			fmt.Sprintf("%v · %v", a...),
		}
	}
	return termLine{s.Key, fmt.Sprint(a...)}
}

func textArg(a any) string {
	s, _ := a.(string)
	return s
}

func codeList(a any) string {
	list, _ := a.([]string)
	return strings.Join(list, ", ")
}

// listed names codes in the reader's language; nothing at all is "nobody and nothing".
func listed(p *i18n.Printer, words []agreement.Word, a any) string {
	list, _ := a.([]string)
	names := make([]string, len(list))
	for i, code := range list {
		if words == nil {
			names[i] = vocab.Label(vocab.Area, code, p.Lang())
			continue
		}
		names[i] = wordOf(p, words, code)
	}
	if len(names) == 0 {
		return p.T("nobody and nothing")
	}
	return p.List(names)
}

func listedRoles(p *i18n.Printer, a any) string {
	list, _ := a.([]string)
	if len(list) == 0 {
		return p.T("nobody and nothing")
	}
	roles := make([]auth.Role, len(list))
	for i, r := range list {
		roles[i] = auth.Role(r)
	}
	return roleNames(p, roles)
}

// wordOf names a code, or gives the code itself when the program has no word for it.
func wordOf(p *i18n.Printer, words []agreement.Word, code string) string {
	if label := agreement.LabelOf(words, code); label != "" {
		return p.T(label)
	}
	return code
}

func classWords() []agreement.Word {
	var out []agreement.Word
	for _, c := range agreement.Classes() {
		out = append(out, c.Word)
	}
	return out
}

func fieldWords(class string) []agreement.Word {
	c, _ := agreement.ClassOf(class)
	return append([]agreement.Word{}, c.Fields...)
}

func transferText(p *i18n.Printer, code string) string {
	switch accord.Transfer(code) {
	case accord.SameCountry:
		return p.T("Nothing crosses a border.")
	case accord.Adequacy:
		return p.T("It may cross the border because the other country’s protection was found adequate.")
	case accord.Safeguards:
		return p.T("It may cross the border under safeguards that the parties have agreed.")
	default:
		return p.T("It may cross the border by way of exception, case by case.")
	}
}

func onwardText(p *i18n.Printer, code string) string {
	switch code {
	case "parties":
		return p.T("It may be passed on to another party of this agreement, and to nobody else.")
	case "ask":
		return p.T("It may be passed on only after asking, each time.")
	default:
		return p.T("It must not be passed on.")
	}
}

// stateChip gives the words and the look of a state.
func stateChip(p *i18n.Printer, s agreement.State) (text, look string) {
	switch s {
	case agreement.Draft:
		return p.T("Draft, not shown to the partner"), "calm"
	case agreement.Offered:
		return p.T("Waits for signatures"), "warn"
	case agreement.Declined:
		return p.T("Taken back or turned down"), "calm"
	case agreement.Waiting:
		return p.T("Signed, has not begun"), ""
	case agreement.InForce:
		return p.T("In force"), ""
	case agreement.Suspended:
		return p.T("Suspended: nothing leaves"), "stop"
	case agreement.Expired:
		return p.T("Expired: nothing leaves"), "calm"
	case agreement.Ended:
		return p.T("Ended: nothing leaves"), "calm"
	case agreement.Superseded:
		return p.T("Replaced by a later version"), "calm"
	default:
		return p.T("Does not verify: nothing leaves"), "stop"
	}
}

func eventText(p *i18n.Printer, e agreement.Event) string {
	switch e.Kind {
	case agreement.Drafted:
		return p.T("Drafted")
	case agreement.WasOffer:
		return p.T("Offered")
	case agreement.Signed:
		return p.T("Signed")
	case agreement.WasDenied:
		return p.T("Taken back or turned down")
	case agreement.Stopped:
		return p.T("Suspended")
	case agreement.Resumed:
		return p.T("Suspension lifted")
	case agreement.Finished:
		return p.T("Ended")
	case agreement.Disclosed:
		return p.T("Something was sent under it")
	default:
		return string(e.Kind)
	}
}

// reasonText says in words why something stays.
func reasonText(p *i18n.Printer, r accord.Reason) string {
	switch r {
	case agreement.ReasonNotInForce:
		return p.T("The agreement is not in force.")
	case accord.ReasonCompiler:
		return p.T("It was signed for another version of the program.")
	case accord.ReasonAgreement:
		return p.T("It is asked for under another version of the agreement.")
	case accord.ReasonNotYet:
		return p.T("Its first day has not come.")
	case accord.ReasonExpired:
		return p.T("Its last day is over.")
	case accord.ReasonUse:
		return p.T("The use is forbidden, or none is stated.")
	case accord.ReasonResidency:
		return p.T("It would be kept in a country that the agreement does not name.")
	case accord.ReasonNoClause:
		return p.T("No clause lets this side send anything of this kind.")
	case accord.ReasonRecipient:
		return p.T("This role may not receive it.")
	case accord.ReasonPurpose:
		return p.T("It may not be sent for this purpose.")
	case accord.ReasonSubject:
		return p.T("It may not be sent about this class of person.")
	case accord.ReasonField:
		return p.T("This field is not in the agreement.")
	}
	return groundText(p, r)
}

func groundText(p *i18n.Printer, r accord.Reason) string {
	switch r {
	case accord.ReasonAuthority:
		return p.T("There is no authority that the agreement accepts.")
	case accord.ReasonAuthorityKind:
		return p.T("About suspects it takes a legal basis; about everybody else consent, a duty or danger to life.")
	case accord.ReasonAuthorityTo:
		return p.T("The authority names another recipient.")
	case accord.ReasonAuthorityOf:
		return p.T("The authority names another purpose or kind of record.")
	case accord.ReasonAuthorityAt:
		return p.T("The authority does not hold today.")
	case accord.ReasonTLP:
		return p.T("It is marked higher than may leave, or not marked.")
	case accord.ReasonHandling:
		return p.T("Its handling code is higher than may leave, or it has none.")
	case accord.ReasonGrading:
		return p.T("It is graded poorer than may leave, or not graded.")
	default:
		return p.T("The decision failed its own check. Tell whoever runs the node.")
	}
}

// dayBefore is the day before the first on which something no longer holds.
func dayBefore(until string) string {
	t, err := time.Parse(time.DateOnly, until)
	if err != nil {
		return until
	}
	return t.AddDate(0, 0, -1).Format(time.DateOnly)
}

// dayOf writes a date as form fields hold it.
func dayOf(civil string) typedDate {
	t, err := time.Parse(time.DateOnly, civil)
	if err != nil {
		return typedDate{}
	}
	return typedDate{Day: fmt.Sprint(t.Day()), Month: fmt.Sprint(int(t.Month())), Year: fmt.Sprint(t.Year())}
}
