package auth

// Role is what a person does in an organisation. One account may hold several.
type Role string

// The roles.
const (
	Analyst       Role = "analyst"
	Officer       Role = "officer" // first responder
	SupportWorker Role = "support-worker"
	Investigator  Role = "investigator"
	Authority     Role = "authority"
	LegalAnalyst  Role = "legal-analyst"
	Liaison       Role = "liaison"
	// Supervisor answers for a service: its teams, who works on which case, and the second signature.
	Supervisor Role = "supervisor"
	// ProtectionOfficer is the independent second person: no administrator, no case of their own.
	ProtectionOfficer Role = "protection-officer"
	Administrator     Role = "administrator"
)

// Roles returns all roles, in the order of the constants.
func Roles() []Role {
	return []Role{
		Analyst, Officer, SupportWorker, Investigator, Authority, LegalAnalyst, Liaison, Supervisor, ProtectionOfficer, Administrator,
	}
}

// Permission is one thing that an actor may be allowed to do.
type Permission string

// The permissions. What each means, and who has it, stands in the matrix.
const (
	ReadMeasures     Permission = "measures.read"
	ImportMeasures   Permission = "measures.import"
	ReadPolicy       Permission = "policy.read"
	KeepLaw          Permission = "law.keep"
	OpenRecords      Permission = "records.open"
	EnrolRecords     Permission = "records.enrol"
	HoldRecords      Permission = "records.hold"
	SearchPeople     Permission = "people.search"
	ReadCases        Permission = "cases.read"
	WorkCases        Permission = "cases.work"
	DecideIdentity   Permission = "identification.decide"
	ProposeErasure   Permission = "erasure.propose"
	ApproveErasure   Permission = "erasure.approve"
	BreakGlass       Permission = "breakglass.use"
	ReviewGlass      Permission = "breakglass.review"
	HearPeople       Permission = "feedback.read"
	DeferHistory     Permission = "history.defer"
	ReviewOverrides  Permission = "overrides.review"
	ManageTeams      Permission = "teams.manage"
	KeepInterpreters Permission = "interpreters.keep"
	ExchangeCases    Permission = "cases.exchange"
	KeepExclusions   Permission = "exclusions.keep"
	ReadAgreements   Permission = "agreements.read"
	ProposeAgreement Permission = "agreements.propose"
	SignAgreement    Permission = "agreements.sign"
	AskPartners      Permission = "agreements.ask"
	AnswerReferrals  Permission = "referrals.answer"
	ReadLedger       Permission = "ledger.read"
	ManageBreaches   Permission = "breaches.manage"
	ApprovePeople    Permission = "people.approve"
	ApproveReset     Permission = "credentials.reset.approve"
	ReviewRoles      Permission = "roles.review"
	ManagePeople     Permission = "people.manage"
	ManageTokens     Permission = "tokens.manage"
	Configure        Permission = "organisation.configure"
	ManageBackup     Permission = "backup.manage"
	ManageJobs       Permission = "jobs.manage"
	AdministerNode   Permission = "node.administer"
)

// Permissions returns all permissions, in the order of the matrix.
func Permissions() []Permission {
	var all []Permission
	for _, r := range Matrix() {
		all = append(all, r.Permission)
	}
	return all
}

// May reports whether the actor may do p: whether one of its roles grants it, in whatever scope. The
// zero actor, an unknown role and an unknown permission are denied. Where a case is touched the scope
// counts too: see [MayOpen].
func (a Actor) May(p Permission) bool { return len(a.scopes(p)) > 0 }

// scopes are the scopes in which the actor's roles grant p.
func (a Actor) scopes(p Permission) []Scope {
	if a.Org == "" || a.Account == "" {
		return nil
	}
	var found []Scope
	for _, r := range a.Roles {
		if s, ok := granted(r, p); ok {
			found = append(found, s)
		}
	}
	return found
}

// Reach returns how far the actor's roles reach with p.
func (a Actor) Reach(p Permission) map[Scope]bool {
	reach := map[Scope]bool{}
	for _, s := range a.scopes(p) {
		reach[s] = true
	}
	return reach
}
