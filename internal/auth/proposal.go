package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/audit"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/notify"
)

// ChangeKind is a kind of change that takes two people.
type ChangeKind string

// The kinds. Those of other packages are registered with [Accounts.Register].
const (
	RoleGrant        ChangeKind = "role.grant"
	RoleEnd          ChangeKind = "role.end"
	AccountClose     ChangeKind = "account.close"
	PairingAsk       ChangeKind = "pairing.ask"
	RecipientsSet    ChangeKind = "recipients.set"
	ExclusionEnd     ChangeKind = "exclusion.end"
	HistoryDefer     ChangeKind = "history.defer"
	CredentialReset  ChangeKind = "credential.reset"
	IdentityProvider ChangeKind = "identity-provider.set"
	BackupRecipient  ChangeKind = "backup.recipient"
	MailGateway      ChangeKind = "mail.gateway"
	ReleaseRule      ChangeKind = "release.rule"
)

// ChangeKinds returns all kinds, in the order of the constants.
func ChangeKinds() []ChangeKind {
	return []ChangeKind{
		RoleGrant, RoleEnd, AccountClose, PairingAsk, RecipientsSet, ExclusionEnd, HistoryDefer, CredentialReset,
		IdentityProvider, BackupRecipient, MailGateway, ReleaseRule,
	}
}

// Change is what somebody asks a second person to approve.
type Change struct {
	Kind ChangeKind
	// Subject is the identifier of what changes.
	Subject string
	// Account is whose access changes: it is told, and may not approve. "" when it is nobody's.
	Account AccountID
	// Detail holds codes and identifiers, as the second person sees them and as the effect reads them.
	Detail map[string]string
	// Reason is for the second person, at most 200 characters. It may name staff, never a person helped.
	Reason string
}

// ProposalID identifies a proposal, uniquely on the node.
type ProposalID string

// ProposalState is what has become of a proposal.
type ProposalState string

// The states. A proposal that is open and past its end can only be withdrawn.
const (
	Waiting   ProposalState = "open"
	Approved  ProposalState = "approved"
	Declined  ProposalState = "declined"
	Withdrawn ProposalState = "withdrawn"
)

// Proposal is a change that waits for a second person, or has been decided.
type Proposal struct {
	Change
	Org        OrgID
	ID         ProposalID
	By         AccountID
	At         time.Time
	Expires    time.Time
	State      ProposalState
	DecidedBy  AccountID
	DecidedOrg OrgID
	DecidedAt  time.Time

	version int64
}

// ChangeRule says how a kind of change is made.
type ChangeRule struct {
	// Propose and Approve are the permissions of the two people.
	Propose, Approve Permission
	// Check refuses a change that makes no sense, when it is proposed and again when it is approved. It
	// may be nil. by is who proposed.
	Check func(ctx context.Context, tx *db.Tx, by Actor, c Change) error
	// Apply makes the change, in the transaction of the approval.
	Apply func(ctx context.Context, tx *db.Tx, p Proposal, approver Actor) error
}

// Register says how a kind of change is made. Packages call it while the node is put together.
func (s *Accounts) Register(k ChangeKind, r ChangeRule) {
	if s.rules == nil {
		s.rules = map[ChangeKind]ChangeRule{}
	}
	s.rules[k] = r
}

// rule returns how a kind of change is made: its own, or one that was registered.
func (s Accounts) rule(k ChangeKind) (ChangeRule, bool) {
	if r, ok := s.builtIn()[k]; ok {
		return r, true
	}
	r, ok := s.rules[k]
	return r, ok
}

// proposalLife is how long a proposal waits: a change that nobody looked at for a week is thought of anew.
const proposalLife = 7 * 24 * time.Hour

// subjectForm is an identifier.
var subjectForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9:._/@-]{0,199}$`)

// Propose asks for a change. Whoever may approve it is told, and so is the account whose access it
// would change. Nothing changes before somebody else approves.
func (s Accounts) Propose(ctx context.Context, actor Actor, c Change) (id ProposalID, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		id, err = s.ProposeIn(ctx, tx, actor, c)
		return err
	})
	return id, err
}

// ProposeIn is Propose in the caller's transaction.
func (s Accounts) ProposeIn(ctx context.Context, tx *db.Tx, actor Actor, c Change) (ProposalID, error) {
	rule, ok := s.rule(c.Kind)
	if !ok || !actor.May(rule.Propose) {
		return "", missing()
	}
	c.Reason = strings.TrimSpace(c.Reason)
	if err := checkChange(c); err != nil {
		return "", err
	}
	if c.Account != "" {
		if _, err := grantsOf(ctx, tx, actor.Org, c.Account); err != nil {
			return "", err
		}
	}
	if rule.Check != nil {
		if err := rule.Check(ctx, tx, actor, c); err != nil {
			return "", err
		}
	}
	detail, err := json.Marshal(c.Detail)
	if err != nil {
		return "", fmt.Errorf("auth: detail of a proposal: %w", err)
	}
	p := Proposal{Change: c, Org: actor.Org, ID: ProposalID(db.NewID()), By: actor.Account}
	_, err = tx.Exec(ctx, `
		INSERT INTO proposal (org_id, id, version, kind, subject, account_id, detail, reason, proposed_by, proposed_at,
			expires_at, state, decided_by, decided_org)
		VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, 'open', '', '')`,
		string(p.Org), string(p.ID), string(c.Kind), c.Subject, string(c.Account), string(detail), c.Reason,
		string(actor.Account), tx.NowMicros(), tx.Now().Add(proposalLife).UnixMicro())
	if err != nil {
		return "", err
	}
	if err := audit.Append(ctx, tx, p.entry(actor, "propose")); err != nil {
		return "", err
	}
	return p.ID, s.tellOfProposal(ctx, tx, p, rule)
}

func checkChange(c Change) error {
	f := fault.New(fault.Invalid, "This change cannot be proposed.")
	if !subjectForm.MatchString(c.Subject) {
		f = f.WithField("subject", "Say what is to change.")
	}
	if c.Reason == "" || !Printable(c.Reason) {
		f = f.WithField("reason", "Say why, in at most %d characters.", MaxText)
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// entry is the record of what an actor did with a proposal.
func (p Proposal) entry(actor Actor, act string) audit.Entry {
	e := entry(actor, audit.Role, string(p.ID), "change."+act)
	e.Org = string(p.Org)
	e.Detail["change"], e.Detail["on"] = string(p.Kind), p.Subject
	for k, v := range p.Detail {
		e.Detail["change."+k] = v
	}
	if actor.Org != p.Org {
		e.Detail["approver.org"] = string(actor.Org)
	}
	return e
}

// tellOfProposal tells those who may approve, and whose access it is about.
func (s Accounts) tellOfProposal(ctx context.Context, tx *db.Tx, p Proposal, rule ChangeRule) error {
	own, err := Holders(ctx, tx, p.Org, rule.Approve)
	if err != nil {
		return err
	}
	kept, err := keptFrom(ctx, tx, p)
	if err != nil {
		return err
	}
	told := slices.DeleteFunc(own, func(a AccountID) bool { return a == p.By || a == p.Account || slices.Contains(kept, a) })
	if err := tellAll(ctx, tx, p.Org, told, string(p.ID)); err != nil {
		return err
	}
	if p.Account != "" && p.Account != p.By {
		if err := tellAll(ctx, tx, p.Org, []AccountID{p.Account}, string(p.ID)); err != nil {
			return err
		}
	}
	if len(told) > 0 || !lends(p.Kind, rule) {
		return nil
	}
	from, err := lenders(ctx, tx, p.Org)
	if err != nil {
		return err
	}
	for _, org := range from {
		officers, err := Holders(ctx, tx, org, rule.Approve)
		if err != nil {
			return err
		}
		if err := tellAll(ctx, tx, org, officers, string(p.ID)); err != nil {
			return err
		}
	}
	return nil
}

// tellAll tells accounts that a proposal waits.
func tellAll(ctx context.Context, tx *db.Tx, org OrgID, accounts []AccountID, about string) error {
	for _, to := range accounts {
		if err := tell(ctx, tx, org, to, notify.ProposalOpened, about); err != nil {
			return err
		}
	}
	return nil
}

// Approve makes the change of a proposal, in one transaction with its approval. The second person
// holds the permission to approve this kind, is not who proposed, is not whose access it changes, and
// is no administrator. When an organisation has nobody else who could, the officer of an organisation
// with which it is paired may; both keep an entry. A proposal that the actor may not decide is
// [fault.NotFound].
func (s Accounts) Approve(ctx context.Context, actor Actor, id ProposalID) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		p, rule, second, err := s.decide(ctx, tx, actor, id, Approved)
		if err != nil {
			return err
		}
		proposer, err := p.proposer(ctx, tx)
		if err != nil || !proposer.May(rule.Propose) {
			return fault.New(fault.Conflict, "Whoever proposed this may not do so any more.").
				WithHint("Decline it. If the change is still wanted, somebody else proposes it anew.")
		}
		if rule.Check != nil {
			if err := rule.Check(ctx, tx, proposer, p.Change); err != nil {
				return err
			}
		}
		if err := rule.Apply(ctx, tx, p, second); err != nil {
			return err
		}
		return s.record(ctx, tx, p, second, "approve")
	})
}

// proposer returns who proposed, with the roles of this moment.
func (p Proposal) proposer(ctx context.Context, tx *db.Tx) (Actor, error) {
	if p.By == cliAccount {
		return CLI(p.Org), nil
	}
	return actorOf(ctx, tx, p.Org, p.By, ViaSession)
}

// Decline refuses a proposal. Whoever may approve it may decline it.
func (s Accounts) Decline(ctx context.Context, actor Actor, id ProposalID) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		p, _, second, err := s.decide(ctx, tx, actor, id, Declined)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, p, second, "decline")
	})
}

// Withdraw takes back the actor's own proposal.
func (s Accounts) Withdraw(ctx context.Context, actor Actor, id ProposalID) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := load(ctx, tx, id)
		if err != nil {
			return err
		}
		if p.Org != actor.Org || p.By != actor.Account || p.State != Waiting {
			return missing()
		}
		if err := p.settle(ctx, tx, actor, Withdrawn); err != nil {
			return err
		}
		return audit.Append(ctx, tx, p.entry(actor, "withdraw"))
	})
}

// decide loads an open proposal, checks that the actor is its second person, and notes the decision.
// It returns the actor with the roles of this moment: those of a request may be minutes old.
func (s Accounts) decide(ctx context.Context, tx *db.Tx, actor Actor, id ProposalID, to ProposalState) (Proposal, ChangeRule, Actor, error) {
	p, err := load(ctx, tx, id)
	if err != nil {
		return p, ChangeRule{}, actor, err
	}
	rule, ok := s.rule(p.Kind)
	if !ok || p.State != Waiting {
		return p, rule, actor, missing()
	}
	second, err := actorOf(ctx, tx, actor.Org, actor.Account, actor.Via)
	if err != nil {
		return p, rule, second, missing()
	}
	if err := s.secondPerson(ctx, tx, p, rule, second); err != nil {
		return p, rule, second, err
	}
	if !tx.Now().Before(p.Expires) {
		return p, rule, second, fault.New(fault.Conflict, "This proposal has waited too long.").
			WithHint("If the change is still wanted, it is proposed anew.")
	}
	return p, rule, second, p.settle(ctx, tx, second, to)
}

// secondPerson refuses an actor who may not decide a proposal.
func (s Accounts) secondPerson(ctx context.Context, tx *db.Tx, p Proposal, rule ChangeRule, second Actor) error {
	if p.By == second.Account || p.Account == second.Account {
		if second.Org != p.Org {
			return missing()
		}
		return fault.New(fault.Denied, "This takes a second person.").
			WithHint("Whoever proposed a change, or is the one it is about, cannot approve it. Ask somebody else.")
	}
	if !second.May(rule.Approve) || second.Is(Administrator) || second.Via == ViaToken {
		return missing()
	}
	if second.Org == p.Org {
		kept, err := keptFrom(ctx, tx, p)
		if err == nil && slices.Contains(kept, second.Account) {
			err = missing()
		}
		return err
	}
	return lent(ctx, tx, p, rule, second.Org)
}

// settle notes what became of a proposal. The version is the lock: of two who decide at once, one finds
// it decided.
func (p Proposal) settle(ctx context.Context, tx *db.Tx, by Actor, to ProposalState) error {
	if err := tx.Bump(ctx, "proposal", string(p.Org), string(p.ID), p.version); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE proposal SET state = $1, decided_by = $2, decided_org = $3, decided_at = $4 WHERE org_id = $5 AND id = $6",
		string(to), string(by.Account), string(by.Org), tx.NowMicros(), string(p.Org), string(p.ID))
	if err != nil {
		return err
	}
	return notify.Settle(ctx, tx, notify.ProposalOpened, string(p.ID))
}

// record keeps the entry of a decision, with both organisations when there are two, and tells who
// proposed and whose access it is.
func (s Accounts) record(ctx context.Context, tx *db.Tx, p Proposal, second Actor, act string) error {
	e := p.entry(second, act)
	if err := audit.Append(ctx, tx, e); err != nil {
		return err
	}
	if second.Org != p.Org {
		lent := entry(second, audit.Role, string(p.ID), "change."+act+".for-paired")
		lent.Detail["for"], lent.Detail["change"] = string(p.Org), string(p.Kind)
		if err := audit.Append(ctx, tx, lent); err != nil {
			return err
		}
	}
	for _, to := range slices.Compact([]AccountID{p.By, p.Account}) {
		if to == "" || to == cliAccount {
			continue
		}
		if err := tell(ctx, tx, p.Org, to, notify.ProposalDecided, string(p.ID)); err != nil {
			return err
		}
	}
	return nil
}
