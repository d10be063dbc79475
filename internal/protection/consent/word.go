package consent

import (
	"slices"

	"github.com/fourfold/fourfold/internal/i18n"
)

// Word is a code of the forms with its English label, the key of its translations.
type Word struct{ Code, Label string }

// Kinds are what a consent can be about.
func Kinds() []Word {
	return []Word{
		{string(Service), i18n.Mark("being helped here")},
		{string(Processing), i18n.Mark("that we keep notes and use them")},
		{string(Sharing), i18n.Mark("telling somebody else")},
		{string(Identification), i18n.Mark("asking for formal identification")},
		{string(PoliceContact), i18n.Mark("meeting the police")},
		{string(Research), i18n.Mark("research and statistics")},
		{string(Photo), i18n.Mark("photographs and recordings")},
	}
}

// Purposes are what something may be for: those of agreements between organisations, and those that stay here.
func Purposes() []Word {
	return []Word{
		{"safety", i18n.Mark("keeping the person safe")},
		{"support", i18n.Mark("support and a place to stay")},
		{"identification", i18n.Mark("the decision on identification")},
		{"return", i18n.Mark("a safe return")},
		{"investigation", i18n.Mark("investigating those who exploited the person")},
		{"matching", i18n.Mark("asking partners whether they know the person")},
		{"research", i18n.Mark("research")},
		{"statistics", i18n.Mark("statistics")},
		{"media", i18n.Mark("being seen or heard in public")},
	}
}

// Classes are the classes of record: those of agreements between organisations, and those that stay here.
func Classes() []Word {
	return []Word{
		{"contact", i18n.Mark("how to reach the person safely")},
		{"need", i18n.Mark("what the person needs")},
		{"referral", i18n.Mark("referrals")},
		{"decision", i18n.Mark("decisions on identification")},
		{"risk", i18n.Mark("danger to the person")},
		{"identity", i18n.Mark("who the person is")},
		{"health", i18n.Mark("health")},
		{"account", i18n.Mark("what the person has told of what happened")},
		{"photo", i18n.Mark("pictures and voice")},
		{"outline", i18n.Mark("what kind of exploitation and about where, without who")},
	}
}

// Recipients are kinds of recipient without an agreement on this node. A party of one is named by its code.
func Recipients() []Word {
	return []Word{
		{"us", i18n.Mark("our own organisation")},
		{"police", i18n.Mark("the police")},
		{"competent-authority", i18n.Mark("the authority that decides on identification")},
		{"immigration", i18n.Mark("the immigration authority")},
		{"court", i18n.Mark("a court")},
		{"defence", i18n.Mark("the defence in a trial")},
		{"lawyer", i18n.Mark("the person’s lawyer")},
		{"health", i18n.Mark("a doctor, clinic or hospital")},
		{"child-protection", i18n.Mark("child protection")},
		{"social-services", i18n.Mark("social services")},
		{"school", i18n.Mark("a school")},
		{"shelter", i18n.Mark("another shelter")},
		{"organisation", i18n.Mark("another organisation that helps")},
		{"embassy", i18n.Mark("an embassy or consulate")},
		{"family", i18n.Mark("family")},
		{"funder", i18n.Mark("whoever pays for the help")},
		{"researcher", i18n.Mark("researchers")},
		{"public", i18n.Mark("the public")},
	}
}

// RecallReasons are why a recipient gives nothing back, or only part of it.
func RecallReasons() []Word {
	return []Word{
		{"police-record", i18n.Mark("The police may have to keep what they were told.")},
		{"defence-reads", i18n.Mark("The defence in a trial may read it.")},
		{"court-file", i18n.Mark("What a court has on file stays there.")},
		{"health-record", i18n.Mark("A health record must be kept for years.")},
		{"law-keeps", i18n.Mark("The law makes them keep it for a time.")},
		{"already-used", i18n.Mark("A decision that was made with it stays.")},
		{"already-public", i18n.Mark("What was published cannot be called back.")},
		{"outside", i18n.Mark("They are outside this system; they will be asked.")},
	}
}

// Defaults are what a kind of recipient usually does, for the form to begin with. They are recalled, not
// verified, and somebody looks at each.
func Defaults(recipient string) Term {
	t := Term{To: recipient, Recall: RecallPartly, Why: "outside"}
	switch recipient {
	case "us":
		t.Recall, t.Why, t.Feeds = RecallYes, "", FeedsNo
	case "police":
		t.Recall, t.Why = RecallNo, "police-record"
	case "court":
		t.Recall, t.Why = RecallNo, "court-file"
	case "defence":
		t.Recall, t.Why = RecallNo, "defence-reads"
	case "competent-authority", "immigration":
		t.Recall, t.Why = RecallNo, "already-used"
	case "child-protection", "social-services":
		t.Why = "law-keeps"
	case "health":
		t.Why = "health-record"
	case "public":
		t.Recall, t.Why = RecallNo, "already-public"
	}
	if recipient == "immigration" {
		t.Feeds = FeedsYes
	}
	return t
}

// Known reports whether a code stands in a list.
func Known(list []Word, code string) bool {
	return slices.ContainsFunc(list, func(w Word) bool { return w.Code == code })
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

// Roles are who can be there when somebody is asked.
func Roles() []Word {
	return []Word{
		{"worker", i18n.Mark("a worker of ours")},
		{"interpreter", i18n.Mark("an interpreter")},
		{"guardian", i18n.Mark("a guardian")},
		{"lawyer", i18n.Mark("the person’s lawyer")},
		{"supporter", i18n.Mark("somebody the person trusts")},
		{"official", i18n.Mark("an official")},
		{"other", i18n.Mark("somebody else")},
	}
}
