package accord

import (
	"fmt"
	"slices"
	"strings"
)

// check is one condition of a clause or of the whole agreement, written twice: as Cedar text that is part of
// the compiled policies, and in Go for the explanation. A test compares the two on random agreements and
// removes each in turn to see that somebody notices.
type check struct {
	reason Reason
	cedar  func(d *Document, c *Clause) string
	holds  func(d *bounds, c *clauseRule, r *Request) bool
}

// bounds are the parts of a document that every clause shares, prepared for deciding.
type bounds struct {
	hash        string
	compiler    string
	from, until int64
	forbidden   []string
	residency   []string
}

// clauseRule is a clause with its codes turned into ranks.
type clauseRule struct {
	*Clause
	tlp, handling, source int
}

// anyOf writes membership as a chain of equalities: no clause lists more than a few dozen codes, and the
// chain needs no set to be built for each request. An empty list is false: nobody.
func anyOf(attribute string, list []string) string {
	if len(list) == 0 {
		return "false"
	}
	terms := make([]string, len(list))
	for i, v := range list {
		terms[i] = fmt.Sprintf("%s == %q", attribute, v)
	}
	return "(" + strings.Join(terms, " || ") + ")"
}

// agreementChecks hold for every request under the agreement.
var agreementChecks = []check{
	{ReasonAgreement, func(d *Document, _ *Clause) string {
		return fmt.Sprintf("action.agreement == %q", d.mustHash())
	}, func(b *bounds, _ *clauseRule, r *Request) bool { return r.Agreement == b.hash }},
	{ReasonNotYet, func(d *Document, _ *Clause) string {
		return fmt.Sprintf("action.at >= %d", d.mustCivil(d.ValidFrom))
	}, func(b *bounds, _ *clauseRule, r *Request) bool { return r.At != 0 && r.At >= b.from }},
	{ReasonExpired, func(d *Document, _ *Clause) string {
		return fmt.Sprintf("action.at < %d", d.mustCivil(d.ValidUntil))
	}, func(b *bounds, _ *clauseRule, r *Request) bool { return r.At != 0 && r.At < b.until }},
	{ReasonUse, func(d *Document, _ *Clause) string {
		return "!" + anyOf("principal.use", d.Forbidden)
	}, func(b *bounds, _ *clauseRule, r *Request) bool {
		return r.Use != "" && !slices.Contains(b.forbidden, r.Use)
	}},
	{ReasonResidency, func(d *Document, _ *Clause) string {
		return anyOf("principal.country", d.Residency)
	}, func(b *bounds, _ *clauseRule, r *Request) bool { return slices.Contains(b.residency, r.Country) }},
}

// clauseChecks hold for one clause. The first selects the clause; the rest explain how near it came.
var clauseChecks = []check{
	{ReasonNoClause, func(_ *Document, c *Clause) string {
		return fmt.Sprintf("action.from == %q && principal.to == %q && resource.class == %q", c.From, c.To, c.Class)
	}, func(_ *bounds, c *clauseRule, r *Request) bool {
		return r.From == c.From && r.To == c.To && r.Class == c.Class
	}},
	{ReasonField, func(_ *Document, c *Clause) string {
		return anyOf("resource.field", c.Fields)
	}, func(_ *bounds, c *clauseRule, r *Request) bool { return slices.Contains(c.Fields, r.Field) }},
	{ReasonRecipient, func(_ *Document, c *Clause) string {
		return anyOf("principal.role", c.Recipients)
	}, func(_ *bounds, c *clauseRule, r *Request) bool { return slices.Contains(c.Recipients, r.Role) }},
	{ReasonPurpose, func(_ *Document, c *Clause) string {
		return anyOf("action.purpose", c.Purposes)
	}, func(_ *bounds, c *clauseRule, r *Request) bool { return slices.Contains(c.Purposes, r.Purpose) }},
	{ReasonSubject, func(_ *Document, c *Clause) string {
		return anyOf("resource.subject", c.Subjects)
	}, func(_ *bounds, c *clauseRule, r *Request) bool { return slices.Contains(c.Subjects, r.Subject) }},
	{ReasonAuthority, func(_ *Document, c *Clause) string {
		return anyOf("context.kind", c.Authority)
	}, func(_ *bounds, c *clauseRule, r *Request) bool {
		return slices.Contains(c.Authority, r.Authority.Kind)
	}},
	{ReasonAuthorityKind, func(*Document, *Clause) string {
		return fmt.Sprintf("(resource.subject == %q) == (context.kind == %q)", suspect, legalBasis)
	}, func(_ *bounds, _ *clauseRule, r *Request) bool {
		return r.Subject != "" && r.Authority.Kind != "" && serves(r.Authority.Kind, r.Subject)
	}},
	{ReasonAuthorityTo, func(_ *Document, c *Clause) string {
		return fmt.Sprintf("context.to == %q", c.To)
	}, func(_ *bounds, c *clauseRule, r *Request) bool { return r.Authority.To == c.To }},
	{ReasonAuthorityOf, func(*Document, *Clause) string {
		return "context.purpose == action.purpose && context.class == resource.class"
	}, func(_ *bounds, _ *clauseRule, r *Request) bool {
		return r.Purpose != "" && r.Class != "" && r.Authority.Purpose == r.Purpose && r.Authority.Class == r.Class
	}},
	{ReasonAuthorityAt, func(*Document, *Clause) string {
		return "action.at >= context.from && action.at < context.until"
	}, func(_ *bounds, _ *clauseRule, r *Request) bool {
		return r.At != 0 && r.Authority.From != 0 && r.At >= r.Authority.From && r.At < r.Authority.Until
	}},
	{ReasonTLP, func(_ *Document, c *Clause) string {
		return fmt.Sprintf("resource.tlp <= %d", rank(tlpOrder, c.TLP))
	}, func(_ *bounds, c *clauseRule, r *Request) bool { return within(rank(tlpOrder, r.TLP), c.tlp) }},
	{ReasonHandling, func(_ *Document, c *Clause) string {
		return fmt.Sprintf("resource.handling <= %d", rank(handlingOrder, c.Handling))
	}, func(_ *bounds, c *clauseRule, r *Request) bool {
		return within(rank(handlingOrder, r.Handling), c.handling)
	}},
	{ReasonGrading, func(_ *Document, c *Clause) string {
		return fmt.Sprintf("resource.source <= %d && resource.information <= %d", rank(sourceOrder, c.Source), c.Information)
	}, func(_ *bounds, c *clauseRule, r *Request) bool {
		return within(rank(sourceOrder, r.Source), c.source) && within(r.Information, c.Information)
	}},
}

// serves reports whether an authority of a kind can carry data about a class of person. About a suspect it
// takes a legal basis, and nothing else; about everybody else a legal basis alone is not enough: it takes
// consent, or a duty or danger to life. No agreement can change that.
func serves(kind, subject string) bool { return (subject == suspect) == (kind == legalBasis) }

// within reports whether a rank is known and at most the ceiling.
func within(rank, ceiling int) bool { return rank > 0 && rank <= ceiling }

// mustHash and mustCivil serve documents that were validated before.
func (d *Document) mustHash() string {
	h, err := d.Hash()
	if err != nil {
		panic("accord: compiling a document that was not validated: " + err.Error())
	}
	return h
}

func (d *Document) mustCivil(s string) int64 {
	t, err := civil(s)
	if err != nil {
		panic("accord: compiling a document that was not validated: " + err.Error())
	}
	return t
}
