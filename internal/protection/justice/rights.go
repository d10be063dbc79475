package justice

import (
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/profile"
)

// Right is a line of the card: what this house promises, or a question with what the law of the place says
// about it. No sentence of ours says more than the law does.
type Right struct {
	// Says is an English msgid: the promise, or the question.
	Says string
	// Law is what a profile says; nil when it says nothing. Unsure is that it is not certain whether it
	// holds today, Unchecked that nobody has compared it with its source.
	Law       *profile.Fact
	Topic     string // English msgid, "" without a law
	Unsure    bool
	Unchecked bool
}

// promises are what this house tells everybody, whatever the law of the place: they need no source,
// because keeping them is up to us.
func promises() []string {
	return []string{
		i18n.Mark("You may say no, to every question and every offer. You need not say why."),
		i18n.Mark("You get help whether or not you speak with the police."),
		i18n.Mark("You get help whether or not an authority has decided about you."),
		i18n.Mark("You may have an interpreter, and ask for another one."),
		i18n.Mark("You may change your mind at any time."),
		i18n.Mark("You may see what we have written about you, and say what is wrong."),
		i18n.Mark("You may ask who has seen it, and why."),
	}
}

// topics are the topics of law that the card explains, with the question that each answers.
func topics() []struct{ topic, says string } {
	return []struct{ topic, says string }{
		{"support.unconditional", i18n.Mark("Does help depend on working with the police?")},
		{"recovery.minimum", i18n.Mark("Is there time to rest and think?")},
		{"support.duration", i18n.Mark("How long does help last?")},
		{"support.discretion", i18n.Mark("Is there help before a decision?")},
		{"consent.adult", i18n.Mark("Who decides whether anything is asked for in your name?")},
		{"child.presumption", i18n.Mark("What if it is not certain whether you are a child?")},
		{"child.assistance", i18n.Mark("What help do children get?")},
		{"residence.permit", i18n.Mark("Can you stay in the country?")},
		{"non-punishment", i18n.Mark("Can you be punished for what you were made to do?")},
		{"compensation", i18n.Mark("Can you get compensation, and a lawyer?")},
		{"reconsideration.time", i18n.Mark("What if a decision is wrong?")},
		{"procedure.withdrawal", i18n.Mark("Can you leave the procedure?")},
		{"provider.confidentiality", i18n.Mark("Who may be told who you are?")},
		{"support.move-on.positive", i18n.Mark("What comes after a last decision that says yes?")},
		{"support.move-on.negative", i18n.Mark("What comes after a last decision that says no?")},
	}
}

// Card returns the rights of a person under the law of a jurisdiction on a civil date: first what this
// house promises, then what the law says. A topic on which the profile is silent is left out: silence is
// no law. An unknown jurisdiction has the promises alone.
func Card(book *profile.Book, jurisdiction, day string) []Right {
	var all []Right
	for _, says := range promises() {
		all = append(all, Right{Says: says})
	}
	for _, t := range topics() {
		f, state := book.At(jurisdiction, t.topic, day)
		if state != profile.Holds && state != profile.Unsure {
			continue
		}
		all = append(all, Right{
			Says: t.says, Law: &f, Topic: book.Topic(t.topic), Unsure: state == profile.Unsure, Unchecked: f.Confidence != profile.Stated,
		})
	}
	return all
}
