package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestStoryOfAnAdult plays the story of an adult in England and Wales through the pages: a sign and a list of signs, a
// yes to formal identification that is written down before anything is sent, a referral, a first decision against the
// person that two people sign, its reconsideration, both decisions for the person and the letter; a bed that is found
// without learning where it is; a plan; a transfer to another organisation; a yes that is taken back by the worker, and one
// by the person on their own page, where they read who has seen what and say what they think of the help; keeping in touch
// where they are helped now; and an erasure by two people.
func TestStoryOfAnAdult(t *testing.T) {
	n, b := startDemo(t), startBrowser(t)
	p := b.open(t, n.base)
	p.language("en")
	agreesWithClinic(t, p)
	place := p.opensPlace(t)
	p.become("Amina Dell")
	s := story{p, t, p.opens(t)}
	s.born(31, 2)
	p.answersSigns(t, s.at)
	s.opensProcedure("gb-eaw")
	s.takes("indicate", "anybody", false)
	s.mayNotRefer()
	s.agrees("identification", "competent-authority", "identification", "identity")
	s.refers()
	s.sharesWith("Bea Carrow")
	s.sharesWith("Oskar Brine")
	s.isDecided(b, n.base)
	s.staysAt(place)
	s.plans()
	s.agrees("disclosure", "health", "support", "need")
	s.takesOneBack()
	s.agrees("disclosure", s.partner("Alder Clinic"), "support", "referral", "identity", "contact", "need")
	q := s.ownPage(b, n.base)
	s.scenes(map[string]string{
		"": "adult-case", "/agreement": "adult-agreement", "/identification": "adult-identification", "/place": "adult-place",
		"/support": "adult-support", "/plan": "adult-plan", "/seen": "adult-seen", "/time": "adult-time", "/keeping": "adult-keeping",
		"/referrals/new": "adult-referral", "/own": "adult-own",
	})
	there := s.goesOver()
	s.readsWhoLooked(q)
	s.isHeard()
	there.isAskedBack()
	s.become("Rafi Brook")
	there.keepsInTouch()
	s.become("Amina Dell")
	s.says("/seen", "Amina Dell", "Bea Carrow", "Oskar Brine")
	s.says("/time", "The person said yes", "The person took a yes back", "The person opened their own page", "A referral went on")
	s.isErased(b, n.base)
}

// partner is the code of a partner in the form of what a person agrees to.
func (s story) partner(name string) string {
	s.Helper()
	s.visit(s.at + "/agreement/new")
	return s.value("#recipient", name)
}

// isAskedBack reads at the clinic that the person took back what they had agreed to.
func (s story) isAskedBack() {
	s.Helper()
	s.become("Rafi Brook")
	s.visit("/recalls")
	s.shows("Farrowdale Rapporteur")
}

// mayNotRefer tries to refer before the person was asked: it is refused, and the page says why.
func (s story) mayNotRefer() {
	s.Helper()
	s.visit(s.at + "/identification")
	s.visit(ask[string](s.tab, `document.querySelector('a[href*="step=refer"]').getAttribute('href')`))
	s.do(chromedp.SetValue(chromedp.CSS(`#body`), "first-responder"), chromedp.Click(chromedp.CSS(`input[name="own"]`)))
	if status := s.press(`form[action$="/step"] button`); status != 422 {
		s.t.Errorf("a referral of an adult who was not asked answered %d:\n%s", status, s.body())
	}
	s.shows("What the person has agreed to", "Nothing now.", "An adult has to agree to this step.")
	if h := s.heading(); strings.Contains(h, "Refer") {
		s.t.Errorf("the heading gives the step as the name of the person: %q", h)
	}
}

// agrees writes down a yes that counts: alone, explained whole, in the person's language.
func (s story) agrees(kind, recipient, purpose string, classes ...string) {
	s.Helper()
	s.visit(s.at + "/agreement/new")
	for _, c := range [][2]string{
		{"#kind", kind}, {"#recipient", recipient}, {"#own-language", "yes"}, {"#understood", "yes"}, {"#exploiter", "no"}, {"#method", "spoken"}, {"#by", "person"},
	} {
		s.chooses(c[0], c[1])
	}
	s.do(
		chromedp.Click(chromedp.CSS(`input[name="answer"][value="given"]`)),
		chromedp.Click(chromedp.CSS(`input[name="purposes"][value="`+purpose+`"]`)),
	)
	for _, class := range classes {
		s.do(chromedp.Click(chromedp.CSS(`input[name="classes"][value="` + class + `"]`)))
	}
	ask[bool](s.tab, `document.querySelectorAll('input[name="explained"]').forEach(e => e.click()) === undefined`)
	s.mustPress(s.t, `main form.stack button:not([value])`)
	if text := s.body(); strings.Contains(text, "It does not count now:") {
		s.t.Errorf("a yes that was asked as it should be does not count:\n%s", text)
	}
}

// refers sends the person to the procedure as the first responder.
func (s story) refers() {
	s.Helper()
	s.takes("refer", "first-responder", true)
	s.shows("Referred; first decision awaited", "a target", "days left")
}

// isDecided plays both decisions: a negative first one that two sign, asked to be reconsidered, then two positive ones,
// and the letter about the second.
func (s story) isDecided(b browser, base string) {
	s.Helper()
	s.become("Bea Carrow")
	s.takes("first-negative", "authority", true)
	s.shows("A decision waits for a second signature", "You proposed it, so somebody else signs.")
	s.become("Oskar Brine")
	s.says("/identification", "A decision waits for a second signature")
	s.mustPress(s.t, `form[action$="/sign"] button[formaction]`)
	s.shows("Plain reasons (invented)")
	s.mustPress(s.t, `form[action$="/sign"] button:not([name]):not([formaction])`)
	s.shows("Negative first decision", "signed by Bea Carrow")
	s.become("Amina Dell")
	s.takes("reconsider-first", "support", true)
	s.shows("Ask for reconsideration of the first decision", "Referred; first decision awaited")
	s.become("Bea Carrow")
	s.takes("first-positive", "authority", true)
	s.shows("Reasonable grounds; recovery period")
	s.takes("final-positive", "authority", true)
	s.shows("Identified as a victim")
	_, code := s.writesLetter("Case office (invented)")
	s.checks(b.open(s.t, base), code)
}

// staysAt asks for a bed, has a room held, hears the yes of the place, and notes that the person stays there. No page of
// the case says where it is.
func (s story) staysAt(place string) {
	s.Helper()
	s.become("Amina Dell")
	s.visit(s.at + "/place")
	s.unfold()
	s.fill(map[string]string{"#age_from": "31", "#age_to": "31"})
	s.mustPress(s.t, `form[action$="/place"] button`)
	s.shows("Can take the person")
	s.mustPress(s.t, `button[name="place"]`)
	s.shows("a room is held", "The place has not answered yet.")
	s.become("Rui Hollow")
	s.visit(place)
	s.mustPress(s.t, `form[action$="/answer"] button[value="yes"]`)
	s.become("Amina Dell")
	for _, to := range []string{"accepted", "in"} {
		s.visit(s.at + "/place")
		s.do(chromedp.SetValue(chromedp.CSS(`#to-0`), to))
		s.mustPress(s.t, `form:has(#to-0) button`)
	}
	s.shows("stays there")
	for _, rest := range []string{"", "/place", "/time", "/print"} {
		s.visit(s.at + rest)
		if text := s.body(); strings.Contains(text, "Quagga") {
			s.t.Errorf("%s says where the place is:\n%s", rest, text)
		}
	}
}

// plans writes down a goal that the person agreed to and a step towards it.
func (s story) plans() {
	s.Helper()
	form := func(part string) string { return `form.stack[action$="/support/` + part + `"] button` }
	today := time.Now().Format(time.DateOnly)
	s.visit(s.at + "/support/goal")
	s.do(chromedp.SetValue(chromedp.CSS(`#state`), "agreed"))
	s.fill(map[string]string{"#words": "cook again (invented)", "#agreed-on": today})
	s.mustPress(s.t, form("goal"))
	s.visit(s.at + "/support/step")
	s.fill(map[string]string{"#words": "call the school (invented)", "#due": today})
	s.mustPress(s.t, form("step"))
	s.says("/plan", "cook again (invented)", "call the school (invented)")
}

// takesOneBack withdraws the newest yes; it stops at once, and the other one holds.
func (s story) takesOneBack() {
	s.Helper()
	s.visit(s.at + "/agreement")
	s.shows("a doctor, clinic or hospital", "the authority that decides on identification")
	s.mustPress(s.t, `form[action*="/agreement/withdraw/"]:has(input[value="health"]) button`)
	holds := ask[string](s.tab, `document.querySelector('#taken').innerText`)
	if strings.Contains(holds, "a doctor, clinic or hospital") || !strings.Contains(holds, "the authority that decides on identification") {
		s.t.Errorf("after one yes was taken back, what holds is:\n%s", holds)
	}
}

// keepsInTouch plans to ask how things are and writes down what came of the first time.
func (s story) keepsInTouch() {
	s.Helper()
	s.visit(s.at + "/support/ask")
	s.mustPress(s.t, `form.stack[action$="/support/ask"] button`)
	s.shows("after 1 month", "after 24 months")
	s.visit(ask[string](s.tab, `document.querySelector('a[href*="/support/follow"]').getAttribute('href')`))
	s.do(chromedp.SetValue(chromedp.CSS(`#state`), "reached"), chromedp.SetValue(chromedp.CSS(`#signs`), "no"))
	s.fill(map[string]string{"#on": time.Now().Format(time.DateOnly)})
	s.mustPress(s.t, `form.stack[action$="/support/follow"] button`)
	s.shows("the person was reached")
}

// isErased closes the case and has the file erased by two people; then it is gone for everybody.
func (s story) isErased(b browser, base string) {
	s.Helper()
	s.visit(s.at + "/keeping")
	s.do(chromedp.SetValue(chromedp.CSS(`#ground`), "request"))
	s.mustPress(s.t, `form[action$="/keeping/erase"] button`)
	s.shows("Waits for a second person.")
	q := b.open(s.t, base)
	q.language("en")
	q.become("Lena Quarrel")
	q.visit("/")
	if text := q.body(); !strings.Contains(text, "An erasure waits for a second person") {
		s.t.Errorf("the second person is not told:\n%s", text)
	}
	q.visit("/erasures")
	q.bearable(s.t, "an erasure that waits", "erasure-waits")
	q.mustPress(s.t, `form[action$="/approve"] button`)
	if text := q.body(); !strings.Contains(text, "The last copy of the key is gone on") {
		s.t.Errorf("there is no certificate:\n%s", text)
	}
	q.bearable(s.t, "an erasure that was done", "erasure-done")
	for _, rest := range []string{"", "/person", "/agreement", "/support", "/keeping"} {
		if status := s.visit(s.at + rest); status != 404 {
			s.t.Errorf("%s of an erased case answered %d", rest, status)
		}
	}
}
