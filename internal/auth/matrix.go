package auth

import "slices"

// Scope is how far a permission reaches. Nothing reaches beyond the node, and nothing but the
// running of the machine reaches beyond the organisation.
type Scope string

// The scopes, from the narrowest to the widest.
const (
	OwnCases        Scope = "cases"        // cases to which the account, or a team of it, is assigned
	OwnTeam         Scope = "team"         // those, and cases to which nobody is assigned
	OwnOrganisation Scope = "organisation" // everything of the organisation, save where the account is excluded
	WholeNode       Scope = "node"         // the machine; no organisation's files
)

// Scopes returns all scopes, from the narrowest to the widest.
func Scopes() []Scope { return []Scope{OwnCases, OwnTeam, OwnOrganisation, WholeNode} }

// Action is one row of the matrix: what is done, and who may do it how far.
type Action struct {
	Permission Permission
	Does       string // what it allows, in English; the key of its translation
	Who        map[Role]Scope
}

// Matrix says who may do what, and how far. What does not stand here is denied. The page "Roles",
// docs/roles.md and the tests that ask every page as every role are made from it.
//
// The administrator runs the node and has no row that opens, finds or changes anybody's file. The
// protection officer is the second person for what is dangerous and has no case.
func Matrix() []Action {
	return slices.Concat(figures(), files(), safeguards(), sharing(), running())
}

func figures() []Action {
	return []Action{
		{ReadMeasures, "Read the published figures", everybody()},
		{ImportMeasures, "Take in a release of figures", within(OwnOrganisation, Analyst, Administrator)},
		{ReadPolicy, "Read reviews of a policy", everybody()},
		{KeepLaw, "Keep texts of law, and code and sign what they say", within(OwnOrganisation, LegalAnalyst)},
	}
}

func files() []Action {
	return []Action{
		{OpenRecords, "Open what is sealed in a person’s file", map[Role]Scope{
			Officer: OwnCases, SupportWorker: OwnTeam, Authority: OwnCases, Investigator: OwnCases, Supervisor: OwnOrganisation,
		}},
		{ReadCases, "See cases and what waits in them", map[Role]Scope{
			Officer: OwnCases, SupportWorker: OwnTeam, Authority: OwnCases, Supervisor: OwnOrganisation,
		}},
		{WorkCases, "Open cases and work on them", map[Role]Scope{
			Officer: OwnCases, SupportWorker: OwnTeam, Authority: OwnCases, Supervisor: OwnOrganisation,
		}},
		{DecideIdentity, "Decide on identification, or sign such a decision as the second person", map[Role]Scope{
			Authority: OwnCases, Supervisor: OwnOrganisation,
		}},
		{EnrolRecords, "Begin a person’s file", within(OwnOrganisation, Officer, SupportWorker, Authority, Investigator, Supervisor)},
		{SearchPeople, "Look a person up by name, with a purpose", within(OwnOrganisation, SupportWorker, Authority, Investigator, Supervisor)},
		{HoldRecords, "Keep a file from being erased, on a legal ground", within(OwnOrganisation, Authority, Supervisor, ProtectionOfficer)},
		{ProposeErasure, "Propose the erasure of a file", within(OwnOrganisation, SupportWorker, Authority, Supervisor, ProtectionOfficer)},
		{ApproveErasure, "Approve an erasure that somebody else proposed", within(OwnOrganisation, Supervisor, ProtectionOfficer)},
		{BreakGlass, "Open a file in an emergency, for half an hour, in sight of others", within(OwnOrganisation, SupportWorker, Authority, Supervisor)},
		{ManageTeams, "Form teams and say who works on which case", within(OwnOrganisation, Supervisor)},
		{KeepInterpreters, "Keep the register of interpreters", within(OwnOrganisation, Supervisor)},
		{ExchangeCases, "Take cases in from files, and release records and figures about them", within(OwnOrganisation, Supervisor)},
	}
}

func safeguards() []Action {
	return []Action{
		{KeepExclusions, "Keep somebody from a case, whatever their role", within(OwnOrganisation, Supervisor, ProtectionOfficer)},
		{DeferHistory, "Defer an entry of a person’s access history, with a second person", within(OwnOrganisation, Investigator, Supervisor, ProtectionOfficer)},
		{ReviewOverrides, "Be the second person when somebody is told without the person’s agreement", within(OwnOrganisation, Supervisor)},
		{HearPeople, "Read what people say of the help they get, unless one works on their case", within(OwnOrganisation, Supervisor, ProtectionOfficer)},
		{ReviewGlass, "Review emergency access", within(OwnOrganisation, ProtectionOfficer)},
		{ReadLedger, "Read the ledger", within(OwnOrganisation, Supervisor, ProtectionOfficer)},
		{ManageBreaches, "Keep the register of breaches", within(OwnOrganisation, ProtectionOfficer)},
		{ApprovePeople, "Be the second person for a change of roles or settings", within(OwnOrganisation, ProtectionOfficer)},
		{ApproveReset, "Be the second person when somebody’s way of signing in is replaced", within(OwnOrganisation, ProtectionOfficer)},
		{ReviewRoles, "Review who has which role", within(OwnOrganisation, ProtectionOfficer)},
	}
}

func sharing() []Action {
	return []Action{
		{ReadAgreements, "Read agreements and try what would leave", within(OwnOrganisation, Authority, LegalAnalyst, Liaison, Supervisor, ProtectionOfficer)},
		{ProposeAgreement, "Draft and propose an agreement", within(OwnOrganisation, Liaison)},
		{SignAgreement, "Sign an agreement that somebody else drafted", within(OwnOrganisation, Supervisor, ProtectionOfficer)},
		{AnswerReferrals, "See for what help partners ask, and accept or decline", within(OwnOrganisation, SupportWorker, Authority, Supervisor)},
		{AskPartners, "Ask a partner under an agreement", within(OwnOrganisation, SupportWorker, Authority, Investigator, Liaison, Supervisor)},
	}
}

func running() []Action {
	return []Action{
		{ManagePeople, "Add and close accounts, and propose roles", within(OwnOrganisation, Administrator)},
		{ManageTokens, "Give programs access to published figures", within(OwnOrganisation, Administrator)},
		{Configure, "Propose settings of the organisation", within(OwnOrganisation, Administrator, ProtectionOfficer)},
		{ManageBackup, "Run and check backups", within(WholeNode, Administrator)},
		{ManageJobs, "See work that was given up, and start it again", within(WholeNode, Administrator)},
		{AdministerNode, "See how the machine is", within(WholeNode, Administrator)},
	}
}

func within(s Scope, roles ...Role) map[Role]Scope {
	who := make(map[Role]Scope, len(roles))
	for _, r := range roles {
		who[r] = s
	}
	return who
}

func everybody() map[Role]Scope { return within(OwnOrganisation, Roles()...) }

// index is the matrix as it is asked: it is made once and never changed.
var index = func() map[Permission]map[Role]Scope {
	all := map[Permission]map[Role]Scope{}
	for _, r := range Matrix() {
		all[r.Permission] = r.Who
	}
	return all
}()

// granted returns how far a role may do p.
func granted(r Role, p Permission) (Scope, bool) {
	s, ok := index[p][r]
	return s, ok
}

// Sensitive reports whether a role reaches people's files, here or at a partner, or what protects them, so that giving it
// takes a second person.
func Sensitive(r Role) bool {
	if r == Administrator || r == ProtectionOfficer {
		return true
	}
	for _, p := range []Permission{OpenRecords, ReadCases, WorkCases, HearPeople, SearchPeople, BreakGlass, ApproveErasure, KeepExclusions, DeferHistory, SignAgreement, AskPartners, ReadLedger} {
		if _, ok := granted(r, p); ok {
			return true
		}
	}
	return false
}

// together reports whether one account may hold both roles. Whoever is the second person for the
// administrator's changes is not the administrator.
func together(a, b Role) bool {
	pair := []Role{a, b}
	return !slices.Contains(pair, Administrator) || !slices.Contains(pair, ProtectionOfficer)
}
