package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/order"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
	"github.com/fourfold/fourfold/internal/vocab"
)

// newAgreementPage is the form, and the sentences that would be signed.
type newAgreementPage struct {
	Page
	Mend        []Mend
	Of          string     // the agreement of which this is a new version
	Partner     string     // as typed
	Known       []termPick // those with whom there is an agreement already
	Directions  []termPick
	Purposes    []termPick
	Subjects    []termPick
	Classes     []pickGroup
	Roles       []termPick
	Authority   []termPick
	TLP         []termPick
	Handling    []termPick
	Grading     []termPick
	Onward      []termPick
	Retention   []termPick
	Review      []termPick
	Transfer    []termPick
	Countries   []termPick
	Abroad      []termPick
	Forbidden   []termPick
	Always      string
	Citation    string
	From, Until typedDate
	Months      []month
	Groups      []termGroup // the preview, when it can be read
}

type termPick struct {
	Code, Label string
	Chosen      bool
}

type pickGroup struct {
	Title string
	Picks []termPick
}

// Wrong returns what is to be mended in a field, or "".
func (p newAgreementPage) Wrong(field string) string { return wrongIn(p.Mend, field) }

func (s *Server) newAgreement(w http.ResponseWriter, r *http.Request) error {
	terms := agreement.DefaultTerms(s.today())
	of := r.URL.Query().Get("of")
	if of != "" {
		v, err := s.app.Agreements.View(r.Context(), actorOf(r), agreement.ID(of))
		if err != nil {
			return err
		}
		terms = agreement.TermsOf(v.Document, actorOf(r).Org, s.today())
		terms.Partner = v.PartnerOrg
	} else if err := s.likeLast(r, &terms); err != nil {
		return err
	}
	return s.showNewAgreement(w, r, http.StatusOK, newAgreementPage{Of: of}, terms)
}

// likeLast takes the country and the law over from the newest agreement: they seldom change, and let nothing leave.
func (s *Server) likeLast(r *http.Request, t *agreement.Terms) error {
	list, err := s.app.Agreements.List(r.Context(), actorOf(r))
	if err != nil {
		return err
	}
	for _, a := range list {
		if a.Ours && len(a.Document.LegalBasis) > 0 {
			last := agreement.TermsOf(a.Document, actorOf(r).Org, s.today())
			t.Country, t.Citation = last.Country, last.Citation
			return nil
		}
	}
	return nil
}

// draftAgreement shows the sentences, and with save keeps them as a draft.
func (s *Server) draftAgreement(w http.ResponseWriter, r *http.Request) error {
	terms, page := s.readTerms(r), newAgreementPage{Of: r.PostFormValue("of")}
	page.From, page.Until = typedIn(r, "from"), typedIn(r, "until")
	if r.PostFormValue("do") == "save" {
		id, err := s.app.Agreements.Draft(r.Context(), actorOf(r), terms, agreement.ID(page.Of))
		if err == nil {
			return s.seeOther(w, r, "/agreements/"+string(id))
		}
		if page.Mend, err = mendInvalid(r, err, "partner"); err != nil {
			return err
		}
		return s.showNewAgreement(w, r, http.StatusUnprocessableEntity, page, terms)
	}
	d, err := s.app.Agreements.Preview(r.Context(), actorOf(r), terms)
	if err == nil {
		page.Groups = termsOf(visitOf(r).printer, d)
		return s.showNewAgreement(w, r, http.StatusOK, page, terms)
	}
	if page.Mend, err = mendInvalid(r, err, "partner"); err != nil {
		return err
	}
	return s.showNewAgreement(w, r, http.StatusUnprocessableEntity, page, terms)
}

func typedIn(r *http.Request, name string) typedDate {
	return typedDate{r.PostFormValue(name + "-day"), r.PostFormValue(name + "-month"), r.PostFormValue(name + "-year")}
}

// readTerms reads the form. What it does not understand it leaves empty, and the rule then asks for it.
func (s *Server) readTerms(r *http.Request) agreement.Terms {
	_ = r.PostFormValue("") // parses the form; a broken one is empty
	date := func(name string) string {
		civil, ok := typedIn(r, name).civil()
		if !ok {
			return ""
		}
		return civil
	}
	number := func(name string) int {
		n, err := strconv.Atoi(latin(r.PostFormValue(name)))
		if err != nil {
			return 0
		}
		return n
	}
	t := agreement.Terms{
		Partner:   agreement.ParseNumber(cmp.Or(r.PostFormValue("known"), r.PostFormValue("partner"))),
		Direction: agreement.Direction(r.PostFormValue("direction")),
		Purposes:  r.PostForm["purposes"], Subjects: r.PostForm["subjects"], Fields: r.PostForm["fields"],
		Recipients: r.PostForm["recipients"], Authority: r.PostForm["authority"], TLP: r.PostFormValue("tlp"),
		Handling: r.PostFormValue("handling"), Onward: r.PostFormValue("onward"), Retention: number("retention"),
		ReviewAfter: number("review"), Country: r.PostFormValue("country"), Abroad: r.PostFormValue("abroad"),
		Transfer: r.PostFormValue("transfer"), Citation: r.PostFormValue("citation"), Forbidden: r.PostForm["forbidden"],
		ValidFrom: date("from"), ValidUntil: date("until"),
	}
	if g := r.PostFormValue("grading"); len(g) == 2 {
		t.Source, t.Information = g[:1], int(g[1]-'0')
	}
	return t
}

func (s *Server) showNewAgreement(w http.ResponseWriter, r *http.Request, status int, page newAgreementPage, t agreement.Terms) error {
	p := visitOf(r).printer
	title := p.T("New agreement")
	if page.Of != "" {
		title = p.T("New version of an agreement")
	}
	page.Page = s.page(r, title)
	if page.Of == "" {
		if err := s.knownPartners(r, &page, t); err != nil {
			return err
		}
	} else {
		page.Partner = string(t.Partner)
	}
	page.Citation, page.Months = t.Citation, months(p)
	if page.From == (typedDate{}) {
		page.From, page.Until = dayOf(t.ValidFrom), dayOf(t.ValidUntil)
	}
	page.fill(p, t)
	return s.render(w, r, status, "agreement_new", page)
}

// knownPartners offers those with whom there is an agreement already. Who else is on the node is not shown.
func (s *Server) knownPartners(r *http.Request, page *newAgreementPage, t agreement.Terms) error {
	list, err := s.app.Agreements.Partners(r.Context(), actorOf(r))
	if err != nil {
		return err
	}
	known := false
	for _, o := range list {
		page.Known = append(page.Known, termPick{string(o.ID), o.Name, o.ID == t.Partner})
		known = known || o.ID == t.Partner
	}
	if !known && t.Partner != "" {
		page.Partner = agreement.Number(t.Partner)
	}
	return nil
}

// fill makes the choices of the form.
func (page *newAgreementPage) fill(p *i18n.Printer, t agreement.Terms) {
	page.Directions = []termPick{
		{string(agreement.WeSend), p.T("We send to them"), t.Direction == agreement.WeSend},
		{string(agreement.TheySend), p.T("They send to us"), t.Direction == agreement.TheySend},
		{string(agreement.BothSend), p.T("Both ways, on the same terms"), t.Direction == agreement.BothSend},
	}
	page.Purposes = picks(p, agreement.Purposes(), t.Purposes)
	page.Subjects = picks(p, agreement.Subjects(), t.Subjects)
	for _, c := range agreement.Classes() {
		g := pickGroup{Title: p.T(c.Label)}
		for _, f := range c.Fields {
			code := c.Code + "." + f.Code
			g.Picks = append(g.Picks, termPick{code, p.T(f.Label), slices.Contains(t.Fields, code)})
		}
		page.Classes = append(page.Classes, g)
	}
	for _, role := range agreement.ReceivingRoles() {
		page.Roles = append(page.Roles, termPick{string(role), roleName(p, role), slices.Contains(t.Recipients, string(role))})
	}
	page.Authority = picks(p, agreement.Authorities(), t.Authority)
	always := agreement.Uses()[:2]
	page.Always = p.List([]string{p.T(always[0].Label), p.T(always[1].Label)})
	page.Forbidden = picks(p, agreement.Uses()[2:], t.Forbidden)
	page.limits(p, t)
	page.Countries, page.Abroad = countries(p, t.Country), countries(p, t.Abroad)
}

func (page *newAgreementPage) limits(p *i18n.Printer, t agreement.Terms) {
	for _, code := range []string{"clear", "green", "amber", "amber.strict", "red"} {
		page.TLP = append(page.TLP, termPick{code, tlpName(code), t.TLP == code})
	}
	for _, code := range []string{"H0", "H1", "H2", "H3"} {
		page.Handling = append(page.Handling, termPick{code, code, t.Handling == code})
	}
	grading := t.Source + strconv.Itoa(t.Information)
	page.Grading = []termPick{
		{"A1", p.T("only the best: a reliable source, known to be true (A1)"), grading == "A1"},
		{"B2", p.T("good: a mostly reliable source, known to the source in person (B2)"), grading == "B2"},
		{"C3", p.T("fair: a source not always reliable, backed by others (C3)"), grading == "C3"},
		{"X4", p.T("anything, also what cannot be judged (X4)"), grading == "X4"},
	}
	page.Onward = []termPick{
		{"none", p.T("no"), t.Onward == "none"},
		{"ask", p.T("only after asking, each time"), t.Onward == "ask"},
		{"parties", p.T("to other parties of this agreement"), t.Onward == "parties"},
	}
	page.Retention = dayPicks(p, t.Retention, 30, 90, 180, 365)
	page.Review = dayPicks(p, t.ReviewAfter, 14, 30, 60, 90)
	for _, code := range []string{"same-country", "adequacy", "safeguards", "derogation"} {
		page.Transfer = append(page.Transfer, termPick{code, transferText(p, code), t.Transfer == code})
	}
}

// tlpName writes a marking as the standard writes it, in every language.
func tlpName(code string) string {
	names := map[string]string{
		"clear": "TLP:CLEAR", "green": "TLP:GREEN", "amber": "TLP:AMBER", "amber.strict": "TLP:AMBER+STRICT", "red": "TLP:RED",
	}
	return names[code]
}

func dayPicks(p *i18n.Printer, chosen int, offered ...int) []termPick {
	if chosen > 0 && !slices.Contains(offered, chosen) {
		offered = append(offered, chosen)
	}
	var out []termPick
	for _, n := range offered {
		out = append(out, termPick{strconv.Itoa(n), p.N("%d day", "%d days", n), n == chosen})
	}
	return out
}

func picks(p *i18n.Printer, words []agreement.Word, chosen []string) []termPick {
	var out []termPick
	for _, w := range words {
		out = append(out, termPick{w.Code, p.T(w.Label), slices.Contains(chosen, w.Code)})
	}
	return out
}

func countries(p *i18n.Printer, chosen string) []termPick {
	var out []termPick
	for _, c := range vocab.Codes(vocab.Area) {
		if c.Kind == vocab.Country || c.Kind == vocab.Territory || c.Kind == vocab.Invented {
			out = append(out, termPick{c.Code, vocab.Label(vocab.Area, c.Code, p.Lang()), c.Code == chosen})
		}
	}
	order.By(out, func(a, b termPick) int { return cmp.Compare(a.Label, b.Label) })
	return out
}
