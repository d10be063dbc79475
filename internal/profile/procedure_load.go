package profile

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// The largest procedure that is read.
const (
	maxStages = 64
	maxMoves  = 256
)

// LoadProcedures reads one procedure per JSON file of a folder. Everything is checked and all defects
// reported together, each with file, field and how to mend it.
func LoadProcedures(from fs.FS, facts *Book, calendars map[string]*Calendar) (*Shelf, error) {
	names, err := fs.Glob(from, "*.json")
	if err != nil {
		return nil, err
	}
	s := &Shelf{Facts: facts, procedures: make(map[string]Procedure), calendars: calendars}
	var bad []error
	for _, name := range names {
		var p Procedure
		if p.Hash, err = decode(from, name, &p); err != nil {
			bad = append(bad, err)
			continue
		}
		c := procedureCheck{file: name, procedure: p, facts: facts}
		c.all()
		bad = append(bad, c.bad...)
		s.procedures[p.Jurisdiction] = p
	}
	if len(bad) > 0 {
		return nil, errors.Join(bad...)
	}
	return s, nil
}

// procedureCheck gathers what is wrong with one procedure.
type procedureCheck struct {
	file      string
	procedure Procedure
	facts     *Book
	bad       []error
}

func (c *procedureCheck) refuse(wrong bool, field, format string, args ...any) {
	if wrong {
		c.bad = append(c.bad, fmt.Errorf("procedure file %s, %s: %s", c.file, field, fmt.Sprintf(format, args...)))
	}
}

func (c *procedureCheck) all() {
	p := c.procedure
	c.refuse(p.Jurisdiction == "" || p.Jurisdiction+".json" != path.Base(c.file), "jurisdiction", "it says %q: name the file after its jurisdiction", p.Jurisdiction)
	c.refuse(p.Name == "", "name", "it is empty: write what people call the procedure")
	for i, j := range append([]string{p.Jurisdiction}, p.Also...) {
		_, known := c.facts.Profile(j)
		c.refuse(!known, []string{"jurisdiction", "also"}[min(i, 1)], "there are no facts of %q: add a profile of that name, or remove it here", j)
	}
	c.refuse(len(p.Editions) == 0, "editions", "there is none: write at least one")
	c.validity()
	for i, e := range p.Editions {
		c.edition(fmt.Sprintf("editions[%d]", i), e)
	}
}

// validity refuses editions that overlap or stand in another order than that of their days.
func (c *procedureCheck) validity() {
	for i, e := range c.procedure.Editions {
		field := fmt.Sprintf("editions[%d]", i)
		c.refuse(e.From != "" && !isDay(e.From), field+".from", "%q is no day: write it as 2024-07-23", e.From)
		c.refuse(e.To != "" && !isDay(e.To), field+".to", "%q is no day: write it as 2024-07-23", e.To)
		c.refuse(e.From != "" && e.To != "" && e.To < e.From, field+".to", "it ends before it begins")
		if i == 0 {
			continue
		}
		before := c.procedure.Editions[i-1]
		c.refuse(before.To == "" || e.From == "" || before.To >= e.From, field+".from",
			"it overlaps with editions[%d], or they stand in the wrong order: end each edition on a day before the next begins", i-1)
	}
}

func (c *procedureCheck) edition(at string, e Edition) {
	c.refuse(len(e.Stages) > maxStages || len(e.Moves) > maxMoves, at, "it has more than %d stages or %d moves", maxStages, maxMoves)
	c.refuse(e.Source == "", at+".source", "it is empty: write where the order of the steps was read")
	c.refuse(e.Confidence != Stated && e.Confidence != Recalled, at+".confidence", "%q is neither stated nor recalled", e.Confidence)
	c.unique(at, e)
	for topic, fields := range e.named() {
		c.topic(at, topic, fields)
	}
	for i, s := range e.Stages {
		field := fmt.Sprintf("%s.stages[%d] (%s)", at, i, s.ID)
		c.refuse(s.Name == "", field, "it has no name")
		c.refuse(!slices.Contains(Kinds(), s.Kind), field+".kind", "%q is none of %v", s.Kind, Kinds())
	}
	for i, m := range e.Moves {
		c.move(fmt.Sprintf("%s.moves[%d] (%s)", at, i, m.ID), e, m)
	}
	for i, r := range e.Reviews {
		c.review(fmt.Sprintf("%s.reviews[%d] (%s)", at, i, r.ID), e, r)
	}
	for i, k := range e.Clocks {
		c.clock(fmt.Sprintf("%s.clocks[%d] (%s)", at, i, k.ID), e, k)
	}
	c.rest(at, e)
	if len(c.bad) == 0 {
		c.bad = append(c.bad, walkable(c.file, at, e)...)
	}
}

// unique refuses ids that are empty or stand twice. Moves and reviews share their ids, for clocks
// name both.
func (c *procedureCheck) unique(at string, e Edition) {
	groups := map[string][]string{}
	add := func(group, id string) { groups[group] = append(groups[group], id) }
	for _, a := range e.Actors {
		add("actors", a.ID)
		c.refuse(a.Name == "", at+".actors", "%q has no name", a.ID)
	}
	for _, s := range e.Stages {
		add("stages", s.ID)
	}
	for _, m := range e.Moves {
		add("moves and reviews", m.ID)
	}
	for _, r := range e.Reviews {
		add("moves and reviews", r.ID)
	}
	for _, k := range e.Clocks {
		add("clocks", k.ID)
	}
	for _, d := range e.Duties {
		add("duties", d.ID)
	}
	for _, n := range e.Entitlements {
		add("entitlements", n.ID)
	}
	for _, group := range []string{"actors", "stages", "moves and reviews", "clocks", "duties", "entitlements"} {
		seen := map[string]bool{}
		for _, id := range groups[group] {
			c.refuse(!isCode(id), at+"."+group, "the id %q is not of small letters, digits and hyphens", id)
			c.refuse(seen[id], at+"."+group, "the id %q stands twice: rename one", id)
			seen[id] = true
		}
	}
}

// isCode reports whether an id can stand in an address, a column and an entry of the ledger.
func isCode(id string) bool {
	return id != "" && len(id) <= 40 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// topic refuses a topic on which no jurisdiction of the procedure has a fact, and one that must name
// a time but does not.
func (c *procedureCheck) topic(at, topic string, uses []topicUse) {
	var facts []Fact
	for _, j := range append([]string{c.procedure.Jurisdiction}, c.procedure.Also...) {
		for _, f := range c.facts.profiles[j].Facts {
			if f.Topic == topic {
				facts = append(facts, f)
			}
		}
	}
	for _, use := range uses {
		field := at + "." + use.field
		c.refuse(len(facts) == 0, field, "no fact on the topic %q: add one to the profile, or name another topic", topic)
		for _, f := range facts {
			c.refuse(use.timed && f.Unit == "", field, "a clock without a unit: the fact %s on %q names no time; give it a value and a unit", f.ID, topic)
		}
	}
}

func (c *procedureCheck) move(field string, e Edition, m Move) {
	c.refuse(m.Name == "", field, "it has no name")
	c.refuse(len(m.From) == 0, field+".from", "it starts nowhere: name a stage")
	for _, from := range append(slices.Clone(m.From), m.To) {
		_, known := e.Stage(from)
		c.refuse(!known, field, "there is no stage %q: add it, or name another", from)
	}
	c.who(field, e, m.Who)
	c.ages(field, m.Ages)
	to, _ := e.Stage(m.To)
	c.refuse(!slices.Contains([]string{"", "positive", "negative"}, m.Decides), field+".decides", "%q is neither positive nor negative", m.Decides)
	c.refuse(m.Decides == "negative" && to.Kind != Negative && to.Kind != Ended, field+".to", "a negative decision leads to a stage of the kind negative or ended")
	c.refuse(m.Decides != "negative" && to.Kind == Negative, field+".decides", "only a negative decision leads to a stage of the kind negative")
	c.refuse(m.Second != "" && m.Decides == "", field+".second", "only a decision is signed by two")
	c.refuse(m.Refusal && m.Ages == "child", field+".refusal", "a child does not leave protection by refusing: remove the step, or its refusal")
	c.refuse(to.Kind == Refused && !m.Refusal, field+".refusal", "a step to a stage of the kind refused is a refusal: say so")
	c.refuse(to.Kind == Notified && m.Ages != "adult", field+".ages", "a notification without identity is about adults: write \"adult\"")
	c.refuse(to.Kind == Notified && e.Consent.Refused != "anonymous", field, "consent.refused says that nothing is sent: write \"anonymous\" there, or remove the step")
}

func (c *procedureCheck) review(field string, e Edition, r Review) {
	c.refuse(r.Name == "", field, "it has no name")
	c.refuse(r.While == "", field+".while", "name the topic that grants it")
	c.refuse(len(r.From) == 0, field+".from", "it starts nowhere: name a stage")
	for _, from := range append(slices.Clone(r.From), r.To) {
		_, known := e.Stage(from)
		c.refuse(!known, field, "there is no stage %q: add it, or name another", from)
	}
	to, _ := e.Stage(r.To)
	c.refuse(to.Kind != Pending && to.Kind != Protected, field+".to", "a review leads to a stage where a decision is awaited: pending or protected")
	c.who(field, e, r.Who)
}

func (c *procedureCheck) clock(field string, e Edition, k Clock) {
	c.refuse(k.Name == "", field, "it has no name")
	c.refuse(len(k.Starts) == 0, field+".starts", "nothing starts it: name a move")
	c.refuse(k.Age < 0 || k.Age > 30, field+".age", "an age of %d ends no clock", k.Age)
	c.steps(field, e, append(slices.Clone(k.Starts), k.Ends...))
	c.ages(field, k.Ages)
}

// steps refuses names that are neither a move nor a review.
func (c *procedureCheck) steps(field string, e Edition, ids []string) {
	for _, id := range ids {
		_, move := e.Move(id)
		_, review := e.Review(id)
		c.refuse(!move && !review, field, "there is no move or review %q: add it, or name another", id)
	}
}

func (c *procedureCheck) who(field string, e Edition, ids []string) {
	c.refuse(len(ids) == 0, field+".who", "nobody may do it: name an actor")
	for _, id := range ids {
		_, known := e.Actor(id)
		c.refuse(!known, field+".who", "there is no actor %q: add it, or name another", id)
	}
}

func (c *procedureCheck) ages(field, ages string) {
	c.refuse(!slices.Contains([]string{"", "child", "adult"}, ages), field+".ages", "%q is neither child nor adult", ages)
}

// rest checks what stands beside the steps.
func (c *procedureCheck) rest(at string, e Edition) {
	c.refuse(e.Consent.Refused != "nothing" && e.Consent.Refused != "anonymous", at+".consent.refused", "%q is neither nothing nor anonymous", e.Consent.Refused)
	c.refuse(e.Consent.Topic == "", at+".consent.topic", "name the topic of the rule")
	if len(e.Suspends) > 0 {
		c.who(at+".suspends", e, e.Suspends)
	}
	needs, seen := []string{"needed", "not-needed", "unknown"}, map[string]bool{}
	for i, r := range e.Elements {
		field := fmt.Sprintf("%s.elements[%d]", at, i)
		c.refuse(r.Purpose != "*" && !slices.Contains(Purposes(), r.Purpose), field+".purpose", "%q is none of * %v", r.Purpose, Purposes())
		c.refuse(!slices.Contains(needs, r.Adult) || !slices.Contains(needs, r.Child), field, "adult and child are each one of %v", needs)
		c.refuse(seen[r.Purpose], field+".purpose", "%q stands twice", r.Purpose)
		c.refuse(r.Topic == "", field+".topic", "name the topic of the rule")
		seen[r.Purpose] = true
	}
	for i, d := range e.Duties {
		field := fmt.Sprintf("%s.duties[%d] (%s)", at, i, d.ID)
		c.refuse(d.Name == "" || d.Trigger == "" || d.Recipient == "" || d.Topic == "", field, "it needs name, trigger, recipient and topic")
		c.refuse(len(d.To) == 0, field+".to", "say to which kinds of recipient it goes")
		c.refuse(len(d.Content) == 0, field+".content", "say what must be told at least")
		for _, code := range append(slices.Clone(d.Content), d.Anonymous...) {
			c.refuse(!slices.Contains(Contents(), code), field+".content", "%q is none of %v", code, Contents())
		}
		c.refuse(slices.Contains(d.Anonymous, "identity") || slices.Contains(d.Anonymous, "contact"), field+".anonymous", "what is told without consent names nobody")
		c.who(field, e, d.Reporters)
		c.ages(field, d.Ages)
	}
	for i, n := range e.Entitlements {
		field := fmt.Sprintf("%s.entitlements[%d] (%s)", at, i, n.ID)
		c.refuse(n.Name == "" || len(n.Starts) == 0 || n.Topic == "", field, "it needs name, starts and topic")
		c.steps(field, e, n.Starts)
	}
}
