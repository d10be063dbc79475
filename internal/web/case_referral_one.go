package web

import (
	"net/http"
	"strconv"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/protection/referral"
)

func (s *Server) caseReferral(w http.ResponseWriter, r *http.Request) error {
	return s.caseReferralAgain(w, r, nil)
}

// caseReferralAgain shows a referral field by field, or its form when it is asked for and can be changed.
func (s *Server) caseReferralAgain(w http.ResponseWriter, r *http.Request, mend []Mend) error {
	v := visitOf(r)
	p := v.printer
	page, err := s.referralHead(r, p.T("A referral"), mend)
	if err != nil {
		return err
	}
	one, err := s.app.Referrals.Preview(r.Context(), v.actor, page.ID, r.PathValue("referral"))
	if err != nil {
		return err
	}
	draft := one.State == "draft" || one.State == "authorised"
	if draft && r.Method == http.MethodGet && r.URL.Query().Has("edit") {
		r.PostForm = map[string][]string{"version": {strconv.FormatInt(one.Version, 10)}}
		return s.referralFormAgain(w, r, wishOfPreview(one), nil)
	}
	if page.One, err = s.referralView(r, one.Referral, one.Blind); err != nil {
		return err
	}
	page.One.Path, page.One.Draft, page.One.Seen = page.At("/referrals/"+one.ID), draft, one.Seen
	for _, l := range one.Lines {
		line := referralLine{Label: fieldLabel(p, l.Field), Text: l.Text.Reveal("show a field of a referral"), Later: !l.Blind}
		if l.Leaves {
			line.On = groundOf(p, l)
			page.One.Leaves = append(page.One.Leaves, line)
			continue
		}
		line.Why = append(reasonsOf(p, l), consentWhyAll(p, l.Said)...)
		page.One.Stays = append(page.One.Stays, line)
	}
	if one.Files > 0 {
		page.One.Files = p.N("%d file stays: no agreement covers files. They learn after acceptance that there is one.",
			"%d files stay: no agreement covers files. They learn after acceptance that there are some.", one.Files)
		if !one.End.Out {
			page.One.Files = p.N("%d file stayed with the sender. Ask for it if it is needed.", "%d files stayed with the sender. Ask for them if they are needed.", one.Files)
		}
	}
	if f, ok := fault.As(one.Stays); ok {
		page.One.Stop = mendOf(p, f, "send")[0].Text
	}
	if page.May {
		page.Steps = referralSteps(p, one.Referral, one.Stays == nil)
	}
	return s.renderMend(w, r, "case_referral", page, mend)
}

func reasonsOf(p *i18n.Printer, l referral.Line) (out []string) {
	for _, reason := range l.Reasons {
		out = append(out, reasonText(p, reason))
	}
	return out
}

// groundOf says on what a field leaves.
func groundOf(p *i18n.Printer, l referral.Line) string {
	switch {
	case l.Authority.Consent != "":
		return p.T("the person’s consent")
	case l.Authority.LegalBasis != "":
		return p.T("a legal basis, without the person’s consent")
	}
	return ""
}

// wishOfPreview is a draft as its form shows it.
func wishOfPreview(one referral.Preview) referral.Wish {
	w := referral.Wish{
		Kind: one.End.Kind, To: one.Partner, Purpose: one.Purpose, Needs: one.Needs, Urgency: one.Urgency, Blind: one.Blind, Days: one.Days, Later: referral.Later{},
	}
	for _, l := range one.Lines {
		if !l.Blind {
			w.Later[l.Field] = l.Text
		}
	}
	return w
}

// referralView fills what both sides see.
func (s *Server) referralView(r *http.Request, one referral.Referral, b referral.Blind) (view referralView, err error) {
	v := visitOf(r)
	p := v.printer
	row, err := s.referralRow(r, one, "")
	view = referralView{
		To: row.To, Kind: p.T("A need goes over; the case stays"), State: row.State, Why: row.Reason, Needs: referralWords(p, referral.Needs(), one.Needs...),
		Urgency: referralWords(p, referral.Urgencies(), one.Urgency), For: consentLabels(p, consentPurposes(), []string{one.Purpose}),
		Out: one.End.Out, Asked: one.Back == referral.AskedBack, Version: one.Version,
	}
	if one.End.Kind == referral.Transfer {
		view.Kind = p.T("The whole case goes over")
	}
	if !one.End.Until.IsZero() {
		view.Until = p.DateTime(one.End.Until, v.actor.Zone)
	}
	if !one.Sent.IsZero() {
		view.Sent = p.DateTime(one.Sent, v.actor.Zone)
	}
	view.Blind = blindFacts(p, b)
	return view, err
}

// blindFacts are what of a blind need is known, in words.
func blindFacts(p *i18n.Printer, b referral.Blind) (facts []caseFact) {
	add := func(label, text string) {
		if text != "" {
			facts = append(facts, caseFact{label, text})
		}
	}
	if b.Age != "" {
		add(p.T("Age group"), referralWords(p, referral.AgeGroups(), b.Age))
	}
	names := make([]string, len(b.Languages))
	for i, code := range b.Languages {
		names[i] = code
		if name := tongue(code); name != code {
			names[i] = name + " (" + code + ")"
		}
	}
	add(p.T("Languages"), lineList(p, names...))
	if b.Interpret {
		add(p.T("Interpreter"), p.T("needed"))
	}
	if b.Adults > 0 {
		add(p.T("Adults who come along"), p.Int(int64(b.Adults)))
	}
	if b.Children > 0 {
		add(p.T("Children who come along"), p.Int(int64(b.Children)))
	}
	add(p.T("Needed to get in and about"), referralWords(p, referral.AccessNeeds(), b.Access...))
	add(p.T("For safety"), referralWords(p, referral.SafetyNeeds(), b.Safety...))
	return facts
}

// referralSteps are what the reader may do with a referral now.
func referralSteps(p *i18n.Printer, one referral.Referral, sendable bool) (steps []referralStep) {
	add := func(do, label string) { steps = append(steps, referralStep{Do: do, Label: label}) }
	if !one.End.Out {
		return receiverSteps(p, one)
	}
	switch one.State {
	case "draft", "authorised":
		if sendable {
			add("send", p.T("Send what leaves now"))
		}
		steps = append(steps, referralStep{Do: "discard", Label: p.T("Give it up"), Plain: true})
		return steps
	case "declined", "expired", "reported", "no-show", "stopped":
		add("finish", p.T("Close it"))
	default:
	}
	if one.End.S == referral.Sent || one.End.S == referral.Released {
		steps = append(steps, referralStep{
			Do: "recall", Label: p.T("Take it back"), Ask: p.T("Why?"), Choices: referralChoices(p, referral.RecallReasons()[:4]), Plain: true,
		})
	}
	return steps
}

func receiverSteps(p *i18n.Printer, one referral.Referral) (steps []referralStep) {
	if one.End.S != referral.Released {
		return nil
	}
	help := one.End.Kind == referral.Help
	if one.End.R == referral.Accepted {
		label := p.T("Help has begun")
		if !help {
			label = p.T("We take the case over")
		}
		steps = append(steps, referralStep{Do: string(referral.Start), Label: label})
		if help {
			steps = append(steps, referralStep{Do: string(referral.Miss), Label: p.T("The person did not come"), Plain: true})
		}
		return append(steps, referralStep{Do: string(referral.Stop), Label: p.T("It does not go on"), Plain: true})
	}
	if help && one.End.R == referral.Started {
		steps = append(steps, referralStep{
			Do: string(referral.Report), Label: p.T("Tell the sender"), Ask: p.T("What came of it?"), Choices: referralChoices(p, referral.Outcomes()),
		}, referralStep{Do: string(referral.Stop), Label: p.T("It does not go on"), Plain: true})
	}
	return steps
}

// stepReferral does one thing with a referral: what it is stands in the field do.
func (s *Server) stepReferral(w http.ResponseWriter, r *http.Request) error {
	ctx, actor, of, id := r.Context(), actorOf(r), r.PathValue("case"), r.PathValue("referral")
	at := "/cases/" + of + "/referrals"
	reason := r.PostFormValue("reason")
	var err error
	switch do := r.PostFormValue("do"); do {
	case "change":
		wish, bad := wishOf(r)
		if err = bad; err == nil {
			err = s.app.Referrals.Change(ctx, actor, of, id, versionOf(r), wish)
		}
		mend, err := toMend(visitOf(r).printer, err, "to")
		if err != nil {
			return err
		}
		if len(mend) > 0 {
			return s.referralFormAgain(w, r, wish, mend)
		}
	case "send":
		err = s.app.Referrals.Send(ctx, actor, of, id, r.PostFormValue("seen"))
	case "discard":
		if err = s.app.Referrals.Discard(ctx, actor, of, id); err == nil {
			return s.seeOther(w, r, at)
		}
	case "recall":
		err = s.app.Referrals.Recall(ctx, actor, of, id, reason)
	case "finish":
		err = s.app.Referrals.Finish(ctx, actor, of, id)
	default:
		err = s.app.Referrals.Follow(ctx, actor, of, id, referral.Act(do), reason)
	}
	mend, err := toMend(visitOf(r).printer, err, "step")
	if err != nil {
		return err
	}
	if len(mend) > 0 {
		return s.caseReferralAgain(w, r, mend)
	}
	return s.seeOther(w, r, at+"/"+id)
}
