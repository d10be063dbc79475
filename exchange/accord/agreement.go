package accord

import (
	"fmt"
	"strings"

	"github.com/cedar-policy/cedar-go"
)

// Agreement is a compiled document, ready to decide. It is safe for concurrent use.
type Agreement struct {
	doc      Document
	bounds   bounds
	clauses  []clauseRule
	policies *cedar.PolicySet
	text     string
	// The checks that explain: all of them, save in a test that leaves one out.
	whole, single []check
}

// Compile turns a valid document into policies. It does not look at signatures: use [Signed.Open].
func Compile(d Document) (*Agreement, error) { return compile(d, agreementChecks, clauseChecks) }

// compile takes the checks to write into the policies, so that a test can leave one out.
func compile(d Document, whole, single []check) (*Agreement, error) {
	hash, err := d.Hash()
	if err != nil {
		return nil, err
	}
	a := &Agreement{doc: d, text: policyText(&d, whole, single), whole: agreementChecks, single: clauseChecks}
	a.bounds = bounds{
		hash: hash, compiler: d.Compiler, forbidden: d.Forbidden, residency: d.Residency,
		from: d.mustCivil(d.ValidFrom), until: d.mustCivil(d.ValidUntil),
	}
	for i := range d.Clauses {
		c := &d.Clauses[i]
		a.clauses = append(a.clauses, clauseRule{
			Clause: c,
			tlp:    rank(tlpOrder, c.TLP), handling: rank(handlingOrder, c.Handling), source: rank(sourceOrder, c.Source),
		})
	}
	if a.policies, err = cedar.NewPolicySetFromBytes(d.ID, []byte(a.text)); err != nil {
		return nil, fmt.Errorf("accord: compile %s: %w", d.ID, err)
	}
	return a, nil
}

// policyText writes the document as Cedar: one permit a clause, and one forbid for what holds throughout.
func policyText(d *Document, whole, single []check) string {
	var b strings.Builder
	fmt.Fprintf(&b, "// %s, serial %d\nforbid (principal, action, resource) unless {\n", d.ID, d.Serial)
	b.WriteString("  " + conjunction(d, nil, whole) + "\n};\n")
	for i := range d.Clauses {
		c := &d.Clauses[i]
		fmt.Fprintf(&b, "\n@id(%q)\npermit (principal, action, resource) when {\n  %s\n};\n", c.ID, conjunction(d, c, single))
	}
	return b.String()
}

func conjunction(d *Document, c *Clause, checks []check) string {
	terms := make([]string, len(checks))
	for i, k := range checks {
		terms[i] = k.cedar(d, c)
	}
	if len(terms) == 0 {
		return "true"
	}
	return strings.Join(terms, " &&\n  ")
}

// Document returns a copy of the document's head; its lists must not be changed.
func (a *Agreement) Document() Document { return a.doc }

// Hash returns the document's hash.
func (a *Agreement) Hash() string { return a.bounds.hash }

// Policies returns the compiled Cedar text, for a reader who wants to check what the machine enforces.
func (a *Agreement) Policies() string { return a.text }

// Decide answers a request. It returns every reason of a refusal; it never stops at the first.
// Cost: linear in the clauses of the agreement.
func (a *Agreement) Decide(r Request) Decision {
	if a.doc.Compiler != CompilerVersion {
		return Decision{Reasons: []Reason{ReasonCompiler}}
	}
	d := a.explain(&r)
	if allowed := a.evaluate(&r); allowed != d.Allowed {
		return Decision{Reasons: append(d.Reasons, ReasonEvaluation)}
	}
	return d
}

// evaluate asks the compiled policies. Any error of any policy is a no: Cedar skips a policy that fails, and
// a skipped forbid would permit.
func (a *Agreement) evaluate(r *Request) bool {
	f := factsOf(r)
	decision, diagnostic := cedar.Authorize(a.policies, f, f.request())
	return decision == cedar.Allow && len(diagnostic.Errors) == 0
}

// explain runs the typed checks: the same decision, with reasons.
func (a *Agreement) explain(r *Request) Decision {
	var reasons []Reason
	for _, k := range a.whole {
		if !k.holds(&a.bounds, nil, r) {
			reasons = append(reasons, k.reason)
		}
	}
	var nearest []Reason
	for i := range a.clauses {
		c := &a.clauses[i]
		if !a.single[0].holds(&a.bounds, c, r) {
			continue
		}
		failed := c.failures(a.single[1:], &a.bounds, r)
		if len(failed) == 0 {
			if len(reasons) > 0 {
				return Decision{Reasons: reasons}
			}
			return Decision{Allowed: true, Clause: c.ID, Retention: c.Retention, ReviewAfter: c.ReviewAfter, Onward: c.Onward}
		}
		if nearest == nil || len(failed) < len(nearest) {
			nearest = failed
		}
	}
	if nearest == nil {
		nearest = []Reason{ReasonNoClause}
	}
	return Decision{Reasons: append(reasons, nearest...)}
}

func (c *clauseRule) failures(checks []check, b *bounds, r *Request) []Reason {
	var out []Reason
	for _, k := range checks {
		if !k.holds(b, c, r) {
			out = append(out, k.reason)
		}
	}
	return out
}
