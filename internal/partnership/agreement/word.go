package agreement

import (
	"slices"

	"github.com/fourfold/fourfold/internal/i18n"
)

// Word is a code of the forms with its English label, the key of its translations. Documents made elsewhere
// may hold other codes; those are shown as they are and never match by accident.
type Word struct{ Code, Label string }

// Purposes are what something may be asked for.
func Purposes() []Word {
	return []Word{
		{"safety", i18n.Mark("keeping the person safe")},
		{"support", i18n.Mark("support and a place to stay")},
		{"identification", i18n.Mark("the decision on identification")},
		{"return", i18n.Mark("a safe return")},
		{"investigation", i18n.Mark("investigating those who exploited the person")},
	}
}

// Subjects are the classes of person.
func Subjects() []Word {
	return []Word{
		{"survivor", i18n.Mark("survivors")},
		{"relative", i18n.Mark("relatives of survivors")},
		{"witness", i18n.Mark("witnesses")},
		{"suspect", i18n.Mark("suspects")},
	}
}

// ClassWord is a class of record with its fields.
type ClassWord struct {
	Word
	Fields []Word
}

// Classes are the classes of record, those that endanger least first, after the one that most agreements are about.
func Classes() []ClassWord {
	return []ClassWord{
		{Word{"contact", i18n.Mark("how to reach the person safely")}, []Word{
			{"channel", i18n.Mark("safe way to make contact")}, {"hours", i18n.Mark("safe hours")}, {"language", i18n.Mark("language")},
		}},
		{Word{"outline", i18n.Mark("what kind of exploitation and about where, without who")}, []Word{
			{"codes", i18n.Mark("codes that identify nobody, record by record or counted")},
			{"gender", i18n.Mark("gender")},
			{"citizenship", i18n.Mark("citizenship")},
		}},
		{Word{"need", i18n.Mark("what the person needs")}, []Word{
			{"support", i18n.Mark("kinds of support")}, {"interpreter", i18n.Mark("interpreter")}, {"health", i18n.Mark("health needs")},
		}},
		{Word{"referral", i18n.Mark("referrals")}, []Word{
			{"service", i18n.Mark("service")},
			{"state", i18n.Mark("state of the referral")},
			{"appointment", i18n.Mark("next appointment")},
			{"age-group", i18n.Mark("age group")},
			{"language", i18n.Mark("language")},
			{"dependants", i18n.Mark("who comes along")},
			{"access", i18n.Mark("access needs")},
			{"safety", i18n.Mark("what safety needs")},
		}},
		{Word{"decision", i18n.Mark("decisions on identification")}, []Word{
			{"outcome", i18n.Mark("outcome")}, {"date", i18n.Mark("date of the decision")},
		}},
		{Word{"risk", i18n.Mark("danger to the person")}, []Word{
			{"level", i18n.Mark("how grave the danger is")}, {"kind", i18n.Mark("kind of danger")},
		}},
		{Word{"identity", i18n.Mark("who the person is")}, []Word{
			{"name", i18n.Mark("name")},
			{"birth-year", i18n.Mark("year of birth")},
			{"citizenship", i18n.Mark("citizenship")},
			{"papers", i18n.Mark("full date and place of birth, gender, numbers of documents")},
		}},
	}
}

// Authorities are the grounds on which one person's data may leave.
func Authorities() []Word {
	return []Word{
		{"consent", i18n.Mark("the person’s consent")},
		{"duty", i18n.Mark("a duty of law")},
		{"danger-to-life", i18n.Mark("danger to life")},
		{"legal-basis", i18n.Mark("a dated legal basis, for suspects only")},
	}
}

// Uses that the form offers to forbid, after those that every agreement forbids.
func Uses() []Word {
	return []Word{
		{"deportation", i18n.Mark("deportation")},
		{"prosecution-of-person", i18n.Mark("prosecuting the person")},
		{"immigration-control", i18n.Mark("immigration control")},
		{"publication", i18n.Mark("publication")},
		{"profiling", i18n.Mark("scores or profiles of persons")},
	}
}

// ClassOf returns a class of the form.
func ClassOf(code string) (ClassWord, bool) {
	i := slices.IndexFunc(Classes(), func(c ClassWord) bool { return c.Code == code })
	if i < 0 {
		return ClassWord{}, false
	}
	return Classes()[i], true
}

// LabelOf returns the English label of a code in a list, or "" for a code that is not there.
func LabelOf(list []Word, code string) string {
	for _, w := range list {
		if w.Code == code {
			return w.Label
		}
	}
	return ""
}

func codesOf(list []Word) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = w.Code
	}
	return out
}
