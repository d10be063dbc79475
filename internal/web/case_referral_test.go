package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/protection/casefile"
	"github.com/fourfold/fourfold/internal/protection/consent"
	"github.com/fourfold/fourfold/internal/protection/person"
	"github.com/fourfold/fourfold/internal/protection/record"
	"github.com/fourfold/fourfold/internal/protection/referral"
)

// referralTerms let an organisation send what is needed, and afterwards the name, for support and on consent.
func referralTerms(partner auth.OrgID) agreement.Terms {
	t := agreement.DefaultTerms(noon)
	t.Partner, t.Purposes, t.Subjects = partner, []string{"support"}, []string{"survivor"}
	t.Fields = []string{"referral.service", "referral.age-group", "referral.language", "referral.dependants", "identity.name"}
	t.Recipients = []string{"support-worker", "authority", "supervisor"}
	t.Country, t.Citation = "XFD", "Protection Act (invented), section 9"
	return t
}

// receiver is an organisation with which the node's has signed agreements about referrals, both ways.
type receiver struct {
	org    auth.OrgID
	worker auth.Actor
	cookie string
}

var receivers = map[*testNode]*receiver{}

func (n *testNode) receiver() *receiver {
	n.t.Helper()
	b := receivers[n]
	if b != nil {
		return b
	}
	b = &receiver{}
	receivers[n] = b
	n.t.Cleanup(func() { delete(receivers, n) })
	ctx := n.t.Context()
	var err error
	b.org, err = n.app.Accounts.CreateOrg(ctx, "Bay Clinic (invented)", "UTC")
	n.must(err)
	id, err := n.app.Accounts.CreateAccount(ctx, auth.CLI(b.org), "Invented Worker", auth.SupportWorker)
	n.must(err)
	b.worker, err = n.app.Accounts.Actor(ctx, id)
	n.must(err)
	token, err := n.app.Accounts.StartSession(ctx, id)
	n.must(err)
	b.cookie = n.sessionCookie() + "=" + token
	n.agree(n.org, b.org, referralTerms(b.org), agreement.InForce)
	n.agree(b.org, n.org, referralTerms(n.org), agreement.InForce)
	return b
}

// agreedTo makes the person of a case an adult who has agreed that another organisation is told who they are and what they need.
func (n *testNode) agreedTo(who auth.Actor, of casefile.ID, to auth.OrgID) {
	n.t.Helper()
	ctx := n.t.Context()
	born := person.Births{List: []person.Birth{{From: "1990-01-01", To: "1990-12-31", Basis: person.ByDocument}}}
	n.must(n.app.People.SetBirth(ctx, who, of, person.Seen{Source: record.Source{From: "document"}}, record.Is(born, record.Source{})))
	_, err := n.app.Consents.Give(ctx, who, string(of), consent.Said{
		Kind: consent.Sharing, State: consent.Given, Classes: []string{"referral", "identity"}, Purposes: []string{"support"}, Last: "2024-12-31",
		Recipients: []consent.Named{{Term: consent.Term{To: consent.Party(to), Recall: consent.RecallYes, Feeds: consent.FeedsNo}}},
		Giving: consent.Giving{
			OwnLanguage: consent.Yes, Explained: consent.Elements(), Understood: consent.Yes, By: consent.Herself, Exploiter: consent.No, Method: consent.Signed,
		},
	}, "")
	n.must(err)
}

// sampleWish is a need with a name for afterwards.
func sampleWish(to auth.OrgID, name string) referral.Wish {
	return referral.Wish{
		To: to, Purpose: "support", Needs: []string{"accommodation"}, Urgency: "today",
		Blind: referral.Blind{Age: "25-39", Languages: []string{"ti"}, Interpret: true, Adults: 1, Children: 1, Access: []string{"step-free"}, Safety: []string{"no-calls"}},
		Later: referral.Later{"identity.name": private.New(name), "need.health": private.New(name)},
	}
}

// sent sends a referral of a new case from one organisation to another.
func (n *testNode) sent(who auth.Actor, to auth.OrgID, name string) (of casefile.ID, id string) {
	n.t.Helper()
	ctx := n.t.Context()
	of, err := n.app.Cases.Open(ctx, who, casefile.Begin{Reason: "asks-for-help", Name: private.New(name)})
	n.must(err)
	n.agreedTo(who, of, to)
	id, err = n.app.Referrals.Make(ctx, who, string(of), sampleWish(to, name), "")
	n.must(err)
	p, err := n.app.Referrals.Preview(ctx, who, string(of), id)
	n.must(err)
	n.must(n.app.Referrals.Send(ctx, who, string(of), id, p.Seen))
	return of, id
}

// referralSamples are addresses of referrals, for the walk over all routes.
func referralSamples(n *testNode, actor auth.Actor) map[string]string {
	n.t.Helper()
	b := n.receiver()
	who, of := sampleCase(n, actor.Account)
	id, err := n.app.Referrals.Make(n.t.Context(), who, string(of), sampleWish(b.org, "Wren (invented)"), "")
	n.must(err)
	_, asked := n.sent(b.worker, n.org, "Wren (invented)")
	at := "/cases/" + string(of) + "/referrals"
	return map[string]string{
		"/cases/{case}/referrals": at, "/cases/{case}/referrals/new": at + "/new", "/cases/{case}/referrals/{referral}": at + "/" + id,
		"/referrals/{referral}": "/referrals/" + asked,
	}
}

// walkReferrals asks for the states of the pages that the walk over all routes does not meet.
func walkReferrals(n *testNode, language string, see func(ask)) {
	b := n.receiver()
	ctx, who := n.t.Context(), n.actor(auth.SupportWorker)
	cookie := n.session(auth.SupportWorker) + "; language=" + language
	of, out := n.sent(who, b.org, "Wren (invented)")
	_, in := n.sent(b.worker, n.org, "Wren (invented)")
	theirs, err := n.app.Referrals.Accept(ctx, who, in)
	n.must(err)
	_, late := n.sent(b.worker, n.org, "Wren (invented)")
	n.must(n.app.Referrals.Decline(ctx, who, late, "full"))
	wish := sampleWish(b.org, "Wren (invented)")
	wish.Kind, wish.Needs = referral.Transfer, []string{"legal"}
	draft, err := n.app.Referrals.Make(ctx, who, string(of), wish, "")
	n.must(err)
	at := "/cases/" + string(of) + "/referrals/"
	for _, path := range []string{
		at + out, at + draft, at + draft + "?edit=1", "/cases/" + string(of) + "/referrals", "/cases/" + theirs + "/referrals",
		"/cases/" + theirs + "/referrals/" + in, "/referrals", "/referrals/" + late, "/",
	} {
		see(ask{path: path, cookie: cookie})
	}
	for path, form := range map[string]url.Values{
		at + out: {"do": {"recall"}}, at + draft: {"do": {"change"}}, "/cases/" + string(of) + "/referrals": {"languages": {"?"}},
		"/cases/" + theirs + "/referrals/" + in: {"do": {"report"}}, "/referrals/" + late: {"do": {"accept"}},
	} {
		see(ask{method: "POST", path: path, cookie: cookie, form: form})
	}
}

var hiddenSeen = regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`)

// TestReferralThroughThePages: a worker asks a partner through the pages, sees line by line what leaves and what stays; the partner
// sees a need and no name, accepts, and has a case; the person takes their consent back, and the partner gives it back.
func TestReferralThroughThePages(t *testing.T) {
	w := newWorker(t)
	b := w.n.receiver()
	other := worker{w.n, b.cookie}
	case_ := w.open()
	of := casefile.ID(strings.TrimPrefix(case_, "/cases/"))
	form := url.Values{
		"to": {string(b.org)}, "purpose": {"support"}, "needs": {"accommodation"}, "urgency": {"today"}, "days": {"3"}, "age": {"25-39"}, "languages": {"ti, am"},
		"children": {"1"}, "identity.name": {"Zebrafinch"}, "need.health": {"Quagga"}, "key": {w.key(case_ + "/referrals/new")},
	}
	_, wrong := w.post(case_+"/referrals", http.StatusUnprocessableEntity, url.Values{"languages": {"Tigrinya!"}, "identity.name": {"Zebrafinch"}})
	saysAll(t, wrong, "Choose to whom it goes.", "Choose what is needed.", `id="languages-wrong"`, "Zebrafinch")
	at, _ := w.post(case_+"/referrals", http.StatusSeeOther, form)
	again, _ := w.post(case_+"/referrals", http.StatusSeeOther, form)
	if at != again {
		t.Errorf("a form that is sent twice makes %s and %s", at, again)
	}
	before := w.get(at)
	saysAll(t, before, "Nothing may leave: not even the need.", "This stays")
	if strings.Contains(before, "Send what leaves now") {
		t.Error("without consent it can be sent")
	}
	w.n.agreedTo(w.n.actor(auth.SupportWorker), of, b.org)
	preview := w.get(at)
	saysAll(t, preview, "This leaves", "after they have accepted", "on: the person’s consent", "This stays", "Send what leaves now")
	if _, old := w.post(at, http.StatusUnprocessableEntity, url.Values{"do": {"send"}, "seen": {strings.Repeat("0", 32)}}); !strings.Contains(old, "Something has changed since you looked.") {
		t.Error("what nobody looked at is sent")
	}
	w.post(at, http.StatusSeeOther, url.Values{"do": {"send"}, "seen": {hiddenSeen.FindStringSubmatch(preview)[1]}})
	saysAll(t, w.get(at), "waits for an answer", "Take it back")

	saysAll(t, other.get("/"), "Somebody asks for help for a person")
	list := other.get("/referrals")
	asked := "/referrals/" + at[strings.LastIndex(at, "/")+1:]
	saysAll(t, list, asked, "a place to live")
	need := other.get(asked)
	saysAll(t, need, "25 to 39", "አማርኛ (am)", "ትግርኛ (ti)", "Accept", "Decline")
	for _, secret := range []string{"Zebrafinch", "Quagga", "Wren", string(of)} {
		if strings.Contains(list+need, secret) {
			t.Errorf("%s is shown before anybody has accepted", secret)
		}
	}
	there, _ := other.post(asked, http.StatusSeeOther, url.Values{"do": {"accept"}})
	came := other.get(there)
	saysAll(t, came, "Zebrafinch", "What came", "Help has begun")
	if strings.Contains(came, "Quagga") {
		t.Error("health is no part of the agreement, and it came")
	}
	other.post(there, http.StatusSeeOther, url.Values{"do": {"start"}})
	saysAll(t, w.get(at), "help has begun")

	v, err := w.n.app.Consents.View(t.Context(), w.n.actor(auth.SupportWorker), string(of))
	w.n.must(err)
	_, err = w.n.app.Consents.Withdraw(t.Context(), w.n.actor(auth.SupportWorker), string(of), consent.Withdrawal{Consent: v.Lines[0].ID})
	w.n.must(err)
	gone := other.get(there)
	if saysAll(t, gone, "Nobody can see the copy until you have answered."); strings.Contains(gone, "identity") || strings.Contains(gone, "Zebrafinch</bdi></li>") {
		t.Error("asked back, and the copy is still shown")
	}
	recalls := other.get("/recalls")
	if n := strings.Count(recalls, `action="/recalls/`); n != 1 {
		t.Errorf("one share is asked back %d times on one page", n)
	}
	id := regexp.MustCompile(`action="(/recalls/[A-Z2-7]+)"`).FindStringSubmatch(recalls)
	other.post(id[1], http.StatusSeeOther, url.Values{"answer": {"honoured"}})
	saysAll(t, w.get(at), "recalled", "the copy is destroyed")
	saysAll(t, other.get("/recalls"), "Nobody asks anything back.")
}

// key is the key of a form on a page.
func (w worker) key(path string) string {
	w.n.t.Helper()
	return hiddenKey.FindStringSubmatch(w.get(path))[1]
}
