package auth

import "slices"

// Role is what a person does in an organisation. One account may hold several.
type Role string

// The roles.
const (
	Analyst       Role = "analyst"
	Officer       Role = "officer"
	SupportWorker Role = "support-worker"
	Investigator  Role = "investigator"
	Authority     Role = "authority"
	LegalAnalyst  Role = "legal-analyst"
	Liaison       Role = "liaison"
	Administrator Role = "administrator"
)

// Roles returns all roles, in the order of the constants.
func Roles() []Role {
	return []Role{Analyst, Officer, SupportWorker, Investigator, Authority, LegalAnalyst, Liaison, Administrator}
}

// Permission is one thing that an actor may be allowed to do.
type Permission string

// The permissions.
const (
	ReadMeasures   Permission = "measures.read"
	ImportMeasures Permission = "measures.import"
	ReadPolicy     Permission = "policy.read"
	ManageTokens   Permission = "tokens.manage"
	AdministerNode Permission = "node.administer"
)

// Permissions returns all permissions, in the order of the constants.
func Permissions() []Permission {
	return []Permission{ReadMeasures, ImportMeasures, ReadPolicy, ManageTokens, AdministerNode}
}

// granted lists who may do what. What does not stand here is denied.
//
// Published measures and their review are open to every role: they hold no one's file. An
// administrator runs the node and reads the same published figures, and nothing beyond.
func granted(p Permission) []Role {
	switch p {
	case ReadMeasures, ReadPolicy:
		return []Role{Analyst, Officer, SupportWorker, Investigator, Authority, LegalAnalyst, Liaison, Administrator}
	case ImportMeasures:
		return []Role{Analyst, Administrator}
	case ManageTokens, AdministerNode:
		return []Role{Administrator}
	}
	return nil
}

// May reports whether the actor may do p: whether one of its roles grants it. The zero actor, an
// unknown role and an unknown permission are denied.
func (a Actor) May(p Permission) bool {
	if a.Org == "" || a.Account == "" {
		return false
	}
	allowed := granted(p)
	return slices.ContainsFunc(a.Roles, func(r Role) bool { return slices.Contains(allowed, r) })
}
