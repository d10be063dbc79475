package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/notify"
)

// mostNotices is how many unread notices the first page shows.
const mostNotices = 20

// noticeItems are the unread notices to the reader. A notice holds a code; the words are made here.
func (s *Server) noticeItems(ctx context.Context, v visit) (items []workItem, err error) {
	var unread []notify.Notice
	err = s.app.DB.Read(ctx, func(tx *db.Tx) error {
		unread, err = notify.List(ctx, tx, string(v.actor.Org), string(v.actor.Account), mostNotices)
		return err
	})
	shown := map[notify.Kind]int{} // of each kind the newest stands for all
	for _, n := range unread {
		if n.Read {
			break // the unread come first
		}
		if shown[n.Kind]++; shown[n.Kind] > 1 {
			continue
		}
		title, text, path := noticeWords(v.printer, n.Kind)
		items = append(items, workItem{
			Title: title, Text: text + " " + v.printer.DateTime(n.At, v.actor.Zone) + ".", Path: path,
			Go: v.printer.T("Look at it"), Notice: n.ID, kind: n.Kind,
		})
	}
	for i := range items {
		if n := shown[items[i].kind]; n > 1 {
			items[i].Chip = v.printer.N("%d of this kind", "%d of this kind", n)
		}
	}
	return s.reachableFor(v, items), err
}

// reachableFor drops links to pages that are not open to the reader.
func (s *Server) reachableFor(v visit, items []workItem) []workItem {
	for i := range items {
		if items[i].Path != "" && !s.openTo(v, items[i].Path) {
			items[i].Path = ""
		}
	}
	return items
}

// openTo tells whether a page without a wildcard is in the route table and open to a reader.
func (s *Server) openTo(v visit, path string) bool {
	for _, rt := range s.rows {
		if rt.Method == http.MethodGet && rt.Pattern == path {
			return rt.Access.admits(v)
		}
	}
	return false
}

// noticeWords says what a notice tells, in two sentences, and where it leads.
func noticeWords(p *i18n.Printer, k notify.Kind) (title, text, path string) {
	switch k {
	case notify.ProposalOpened:
		return p.T("A change waits for a second person"), p.T("Look at what would change, then approve or decline it."), "/proposals"
	case notify.ProposalDecided:
		return p.T("A proposal was decided"), p.T("It was yours, or it was about your account."), "/proposals"
	case notify.RolesChanged:
		return p.T("Roles were changed"), p.T("See what each role may do. If you did not expect it, ask the protection officer."), "/roles"
	case notify.CredentialReset:
		return p.T("Your way of signing in was replaced"), p.T("If you did not ask for it, tell the protection officer now."), "/security"
	case notify.CredentialAdded:
		return p.T("A way of signing in was added to your account"), p.T("If it was not you, tell the protection officer now."), "/security"
	case notify.CredentialChanged, notify.CredentialRemoved, notify.PasskeyStopped:
		return p.T("Your ways of signing in have changed"), p.T("If it was not you, tell the protection officer now."), "/security"
	case notify.SignInNew:
		return p.T("Your account was used in a browser that is new here"), p.T("If it was not you, end that session and tell the protection officer."), "/security"
	case notify.GlassBroken:
		return p.T("Somebody opened emergency access"), p.T("You are told because the organisation chose you. It is reviewed afterwards."), "/emergency"
	case notify.EmergencyAgain:
		return p.T("An emergency was declared while an earlier one waits for its review"), p.T("You are told because the organisation chose you. Ask why."), "/ledger"
	case notify.GlassReview:
		return p.T("An emergency access waits for its review"), p.T("Ask whoever used it, then note what you found."), "/emergency"
	case notify.SearchAlarm:
		return p.T("A person was looked up without a case or task"), p.T("You are told because the organisation chose you. Ask why."), "/ledger"
	case notify.ReviewDue:
		return p.T("The review of access is due"), p.T("Look at who has which role, and end what is not needed."), "/access-review"
	case notify.BreachClock:
		return p.T("The time to tell the regulator is running"), p.T("The register of breaches shows until when."), "/breaches"
	case notify.ErasureProposed:
		return p.T("An erasure waits for a second person"), p.T("Compare the number of the file before you approve."), "/erasures"
	case notify.ErasureDone:
		return p.T("An erasure was done"), p.T("The certificate names the day by which the last copy of the key is gone."), "/erasures"
	default:
		return otherNotice(p, k)
	}
}

// otherNotice says what a notice about agreements and the machine tells.
func otherNotice(p *i18n.Printer, k notify.Kind) (title, text, path string) {
	switch k {
	case notify.TeamJoined:
		return p.T("Somebody has joined your team"), p.T("They may open what the team may, also where a protected place is. If you do not know why, ask who answers for the service."), "/"
	case notify.VisitOverdue:
		return p.T("Somebody who is out has not checked in"), p.T("Call them now. The page of visits says where they went and what was agreed."), "/visits"
	case notify.RecallAsked:
		return p.T("A partner asks for something back"), p.T("A person took back what they had agreed to. Destroy what you have, then say so."), "/recalls"
	case notify.ReferralNews:
		return p.T("A referral has come, or was answered"), p.T("See who waits, and who can be helped."), "/referrals"
	case notify.FeedbackNew:
		return p.T("Somebody has said something about the help they get"), p.T("It is for you and not for those who work on their case."), "/feedback"
	case notify.AgreementOffered:
		return p.T("An agreement waits for a signature"), p.T("Read its clauses, and try what would leave."), "/agreements"
	case notify.AgreementSigned:
		return p.T("An agreement was signed"), p.T("It holds from the day that it names."), "/agreements"
	case notify.AgreementEnded:
		return p.T("An agreement has ended, or rests"), p.T("Nothing leaves under it."), "/agreements"
	case notify.JobDead:
		return p.T("Work was given up after several tries"), p.T("See what it was, mend the cause and start it again."), "/jobs"
	case notify.BackupFailed:
		return p.T("A backup was not made, or could not be verified"), p.T("Until the next one succeeds, the last good copy is all there is."), "/node"
	case notify.LedgerAltered:
		return p.T("The ledger does not verify"), p.T("Somebody or something changed the record. Tell the person responsible for security now."), "/ledger"
	case notify.RetentionDue:
		return p.T("Files wait for a decision on how long they are kept"), p.T("Their time is over, or their review is due."), "/erasures"
	case notify.DeadlineNear:
		return p.T("A deadline in one of your cases comes near"), p.T("Your tasks name the case and the day."), "/cases"
	default:
		return p.T("A notice"), p.T("This program has no words for it."), ""
	}
}

// readNotice takes a notice off the reader's first page, with the older ones for which it stands.
func (s *Server) readNotice(w http.ResponseWriter, r *http.Request) error {
	a, id := actorOf(r), r.PathValue("id")
	var all []notify.Notice
	err := s.app.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		all, err = notify.List(r.Context(), tx, string(a.Org), string(a.Account), mostNotices)
		return err
	})
	if err != nil {
		return err
	}
	ids := []string{id}
	if i := slices.IndexFunc(all, func(n notify.Notice) bool { return n.ID == id }); i >= 0 {
		for _, n := range all {
			if n.ID != id && !n.Read && n.Kind == all[i].Kind && !n.At.After(all[i].At) {
				ids = append(ids, n.ID)
			}
		}
	}
	for _, id := range ids {
		if err := notify.MarkRead(r.Context(), s.app.DB, string(a.Org), string(a.Account), id); err != nil {
			return err
		}
	}
	return s.seeOther(w, r, "/")
}

// dutyItems are what waits for the reader because of a role, and no notice tells of.
func (s *Server) dutyItems(ctx context.Context, v visit) ([]workItem, error) {
	items, err := s.glassItems(ctx, v)
	if err != nil {
		return items, err
	}
	if items, err = s.recallItems(ctx, v, items); err != nil {
		return items, err
	}
	if items, err = s.referralItems(ctx, v, items); err != nil || !v.actor.May(auth.ReviewRoles) {
		return items, err
	}
	accounts, err := s.app.Accounts.List(ctx, v.actor.Org)
	if err != nil {
		return nil, err
	}
	due := 0
	for _, a := range accounts {
		for _, g := range a.Grants {
			if a.ID != v.actor.Account && g.ReviewDue(s.now()) {
				due++
			}
		}
	}
	if due == 0 {
		return items, nil
	}
	p := v.printer
	return append(items, workItem{
		Title: p.T("The review of access is due"), Chip: p.N("%d role to look at", "%d roles to look at", due),
		Text: p.T("Look at who has which role, and end what is not needed."), Path: "/access-review", Go: p.T("Begin the review"),
	}), nil
}

// glassItems asks whoever reviews emergency access for what nobody has looked at yet. It stays until
// somebody did: a message that was put aside would leave it open.
func (s *Server) glassItems(ctx context.Context, v visit) ([]workItem, error) {
	if !v.actor.May(auth.ReviewGlass) {
		return nil, nil
	}
	all, err := s.app.Accounts.Glasses(ctx, v.actor, glassLimit)
	due := 0
	for _, g := range all {
		if g.Reviewed.IsZero() && g.Account != v.actor.Account {
			due++
		}
	}
	if err != nil || due == 0 {
		return nil, err
	}
	p := v.printer
	return []workItem{{
		Title: p.T("An emergency access waits for its review"), Chip: p.N("%d of this kind", "%d of this kind", due),
		Text: p.T("Ask whoever used it, then note what you found."), Path: "/emergency", Go: p.T("Look at it"),
	}}, nil
}
