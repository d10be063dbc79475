package support

import "github.com/fourfold/fourfold/internal/i18n"

// Group is a domain of need with the services that answer it.
type Group struct {
	Word
	Services []Word
}

// MenuVersion is the version of the menu: a code never changes its meaning, new ones are added.
const MenuVersion = "1"

// Menu is what people may be offered. It merges the lists of IOM, ODIHR, the Council of Europe
// Convention, TACT and Primero. A code is unique in the whole menu.
func Menu() []Group {
	return append(menuFirst(), menuThen()...)
}

func menuFirst() []Group {
	return []Group{
		{Word{"accommodation", i18n.Mark("a place to live")}, []Word{
			{"acc.emergency", i18n.Mark("emergency place")},
			{"acc.shelter-open", i18n.Mark("open shelter")},
			{"acc.shelter-protected", i18n.Mark("shelter whose address is protected")},
			{"acc.safe-house", i18n.Mark("safe house")},
			{"acc.transitional", i18n.Mark("a place for the time in between")},
			{"acc.foster", i18n.Mark("foster or child care")},
			{"acc.independent", i18n.Mark("own flat with visits")},
			{"acc.hotel", i18n.Mark("a night in a hotel")},
			{"acc.family", i18n.Mark("with family")},
		}},
		{Word{"safety", i18n.Mark("safety")}, []Word{
			{"saf.escort", i18n.Mark("somebody who comes along")},
			{"saf.relocation", i18n.Mark("moving to another area")},
			{"saf.alert", i18n.Mark("an alert device")},
			{"saf.assessment", i18n.Mark("a risk assessment by a specialist")},
			{"saf.witness", i18n.Mark("witness protection")},
			{"saf.identity", i18n.Mark("a change of identity")},
		}},
		{Word{"subsistence", i18n.Mark("daily needs")}, []Word{
			{"sub.food", i18n.Mark("food")},
			{"sub.clothing", i18n.Mark("clothing and household things")},
			{"sub.cash", i18n.Mark("cash")},
			{"sub.sim", i18n.Mark("a telephone or SIM card")},
		}},
		{Word{"medical", i18n.Mark("health")}, []Word{
			{"med.emergency", i18n.Mark("emergency treatment")},
			{"med.sexual", i18n.Mark("sexual health, prevention after exposure")},
			{"med.pregnancy", i18n.Mark("care in pregnancy")},
			{"med.dental", i18n.Mark("dentist")},
			{"med.chronic", i18n.Mark("long-term illness")},
			{"med.substance", i18n.Mark("help with alcohol or drugs")},
			{"med.disability", i18n.Mark("help with a disability")},
			{"med.forensic", i18n.Mark("forensic examination, only when the person asks for it")},
		}},
		{Word{"psychological", i18n.Mark("mind and soul")}, []Word{
			{"psy.first-aid", i18n.Mark("psychological first aid")},
			{"psy.individual", i18n.Mark("counselling alone")},
			{"psy.group", i18n.Mark("counselling in a group")},
			{"psy.psychiatric", i18n.Mark("psychiatrist")},
			{"psy.peer", i18n.Mark("people with the same experience")},
		}},
		{Word{"legal", i18n.Mark("law")}, []Word{
			{"leg.rights", i18n.Mark("information on rights")},
			{"leg.immigration", i18n.Mark("immigration law")},
			{"leg.criminal", i18n.Mark("criminal law")},
			{"leg.wage", i18n.Mark("labour law and wages")},
			{"leg.family", i18n.Mark("family law")},
			{"leg.civil", i18n.Mark("civil law")},
			{"leg.non-punishment", i18n.Mark("not being punished for what one was made to do")},
			{"leg.vacatur", i18n.Mark("having a conviction set aside")},
			{"leg.compensation", i18n.Mark("compensation")},
		}},
		{Word{"status", i18n.Mark("papers and status")}, []Word{
			{"sta.identity", i18n.Mark("new identity papers")},
			{"sta.reflection", i18n.Mark("recovery and reflection period")},
			{"sta.permit", i18n.Mark("residence permit")},
			{"sta.asylum", i18n.Mark("asylum")},
			{"sta.stateless", i18n.Mark("statelessness procedure")},
			{"sta.letter", i18n.Mark("certification or eligibility letter")},
		}},
	}
}

func menuThen() []Group {
	return []Group{
		{Word{"interpretation", i18n.Mark("language")}, []Word{
			{"int.interpreter", i18n.Mark("interpreter")},
			{"int.mediator", i18n.Mark("cultural mediator")},
		}},
		{Word{"education", i18n.Mark("learning")}, []Word{
			{"edu.school", i18n.Mark("school")},
			{"edu.language", i18n.Mark("language course")},
			{"edu.vocational", i18n.Mark("learning a trade")},
		}},
		{Word{"livelihood", i18n.Mark("work and income")}, []Word{
			{"liv.job", i18n.Mark("finding work")},
			{"liv.business", i18n.Mark("a small business")},
			{"liv.benefits", i18n.Mark("benefits")},
			{"liv.bank", i18n.Mark("a bank account")},
		}},
		{Word{"children", i18n.Mark("children and others who depend on the person")}, []Word{
			{"chi.care", i18n.Mark("child care")},
			{"chi.schooling", i18n.Mark("school for the children")},
			{"chi.guardian", i18n.Mark("a guardian for a child")},
		}},
		{Word{"family", i18n.Mark("family")}, []Word{
			{"fam.tracing", i18n.Mark("finding family")},
			{"fam.contact", i18n.Mark("contact with family")},
			{"fam.mediation", i18n.Mark("talking it over with family")},
			{"fam.reunification", i18n.Mark("living together again")},
		}},
		{Word{"return", i18n.Mark("return and a new start")}, []Word{
			{"ret.assessment", i18n.Mark("looking at the dangers before a return")},
			{"ret.travel", i18n.Mark("travel")},
			{"ret.escort", i18n.Mark("somebody who comes along on a return")},
			{"ret.reception", i18n.Mark("somebody who meets them on arrival")},
			{"ret.grant", i18n.Mark("money for a new start")},
		}},
		{Word{"social", i18n.Mark("people and belonging")}, []Word{
			{"soc.mentor", i18n.Mark("a mentor")},
			{"soc.community", i18n.Mark("people nearby")},
		}},
		{Word{"accompaniment", i18n.Mark("beside the person with police and court")}, []Word{
			{"acm.advocate", i18n.Mark("somebody who speaks for the person")},
			{"acm.measures", i18n.Mark("special measures in court")},
		}},
		{Word{"follow-up", i18n.Mark("keeping in touch afterwards")}, []Word{
			{"fol.contact", i18n.Mark("asking how things are")},
		}},
		{Word{"other", i18n.Mark("something else")}, []Word{
			{"oth.other", i18n.Mark("something that is not in this list")},
		}},
	}
}

// Domains are the domains of need.
func Domains() []Word {
	var all []Word
	for _, g := range Menu() {
		all = append(all, g.Word)
	}
	return all
}

// Services are all services of the menu.
func Services() []Word {
	var all []Word
	for _, g := range Menu() {
		all = append(all, g.Services...)
	}
	return all
}

// DomainOf returns the domain of a service, or "".
func DomainOf(service string) string {
	for _, g := range Menu() {
		if known(g.Services, service) {
			return g.Code
		}
	}
	return ""
}
