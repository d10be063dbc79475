package indicator

import (
	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/i18n"
	"github.com/fourfold/fourfold/internal/vocab"
)

// definitions are the indicators that the program ships. Their texts are message keys.
func definitions() []Indicator {
	return append(nrmDefinitions(), unDefinitions()...)
}

func dims(names ...Dim) []Dimension {
	var all []Dimension
	for _, d := range names {
		all = append(all, Dimension{Dim: d, Label: vocab.Label(vocab.Dimension, string(d), "en")})
	}
	return all
}

func nrmDefinitions() []Indicator {
	all := []Indicator{
		{
			ID:         NRMReferrals,
			Title:      i18n.Mark("Referrals to the national referral mechanism (United Kingdom)"),
			Definition: i18n.Mark("People whom a first responder referred as potential victims of modern slavery, by the quarter in which the referral was received."),
			Unit:       i18n.Mark("people referred"),
			CannotTell: i18n.Mark("It counts referrals and not victims: who looks, who is trained and who agrees to be referred moves it. An adult who does not agree is not in it."),
			Dimensions: dims(figure.DimAge, figure.DimLocation),
		},
		{
			ID:         NRMReferralsDetail,
			Title:      i18n.Mark("Referrals in detail, as first released (United Kingdom)"),
			Definition: i18n.Mark("People referred, by first responder, form of exploitation, age, gender and nationality, as each quarter was first released."),
			Unit:       i18n.Mark("people referred"),
			CannotTell: i18n.Mark("Later corrections are not in it. Cells of nought are not printed, and totals stand among the cells, so that they must not be added up as they are."),
			Dimensions: dims(figure.DimResponderType, figure.DimResponder, figure.DimForm, figure.DimAge, figure.DimSex, figure.DimCitizenship),
		},
		{
			ID:         NRMDecisionsFirst,
			Title:      i18n.Mark("First-stage decisions (reasonable grounds, United Kingdom)"),
			Definition: i18n.Mark("Reasonable-grounds decisions made in the quarter, by age at exploitation and outcome."),
			Unit:       i18n.Mark("decisions"),
			CannotTell: i18n.Mark("It measures decisions under the test of the day, not how many people were victims. The test changed on 30 January and 24 July 2023. A decision may concern a referral of an earlier quarter."),
			Dimensions: dims(figure.DimAge, figure.DimDecision),
		},
		{
			ID:         NRMDecisionsFinal,
			Title:      i18n.Mark("Final decisions (conclusive grounds, United Kingdom)"),
			Definition: i18n.Mark("Conclusive-grounds decisions made in the quarter, by age at exploitation and outcome."),
			Unit:       i18n.Mark("decisions"),
			CannotTell: i18n.Mark("Decisions come long after the referral, so a quarter mixes cohorts. A backlog that is worked off looks like a rise."),
			Dimensions: dims(figure.DimAge, figure.DimDecision),
		},
		{
			ID:         NRMDutyToNotify,
			Title:      i18n.Mark("Duty to Notify reports (United Kingdom)"),
			Definition: i18n.Mark("Reports by public authorities of adults who did not agree to be referred, by quarter. The duty began in November 2015."),
			Unit:       i18n.Mark("reports"),
			CannotTell: i18n.Mark("The reports carry no names, so one person may be in several of them, and may later be referred as well."),
		},
	}
	for n := range all {
		i := &all[n]
		i.Kind, i.Every, i.Source, i.Shippable = Count, Quarter, "nrm", true
		i.SourceTitle = i18n.Mark("Home Office, National Referral Mechanism statistics")
		i.SourceURL = "https://www.gov.uk/government/collections/national-referral-mechanism-statistics"
		i.Licence = "Open Government Licence v3.0"
		i.Attribution = "Contains public sector information licensed under the Open Government Licence v3.0."
	}
	return all
}

func unDefinitions() []Indicator {
	victims := dims(figure.DimForm, figure.DimAge, figure.DimSex, figure.DimCitizenship, figure.DimRepatriation)
	persons := dims(figure.DimAge, figure.DimSex)
	all := []Indicator{
		{
			ID:         GLOTIPVictims,
			Title:      i18n.Mark("Detected victims of trafficking in persons"),
			Definition: i18n.Mark("Victims whom the authorities of a country detected in the year, as the country reported to the United Nations Office on Drugs and Crime."),
			Unit:       i18n.Mark("detected victims"),
			CannotTell: i18n.Mark("Detection is not incidence. Countries count differently and report in some years only, so a sum over countries is no trend. Figures from 1 to 4 are printed as \"<5\"."),
			Dimensions: victims,
		},
		{
			ID:         GLOTIPConvicted,
			Title:      i18n.Mark("Persons convicted of trafficking in persons"),
			Definition: i18n.Mark("Persons convicted in the year, as the country reported to the United Nations Office on Drugs and Crime."),
			Unit:       i18n.Mark("persons convicted"),
			CannotTell: i18n.Mark("A conviction may come years after the offence, and countries convict under different laws."),
			Dimensions: dims(figure.DimForm, figure.DimAge, figure.DimSex, figure.DimCitizenship),
		},
		{
			ID:         GLOTIPProsecuted,
			Title:      i18n.Mark("Persons prosecuted for trafficking in persons"),
			Definition: i18n.Mark("Persons against whom prosecution began in the year, as the country reported to the United Nations Office on Drugs and Crime."),
			Unit:       i18n.Mark("persons prosecuted"),
			CannotTell: i18n.Mark("Countries begin to count at different steps of a case."),
			Dimensions: persons,
		},
		{
			ID:         GLOTIPContact,
			Title:      i18n.Mark("Persons brought into formal contact for trafficking in persons"),
			Definition: i18n.Mark("Persons suspected, arrested or cautioned in the year, as the country reported to the United Nations Office on Drugs and Crime."),
			Unit:       i18n.Mark("persons in formal contact"),
			CannotTell: i18n.Mark("What formal contact means differs between legal systems."),
			Dimensions: persons,
		},
		{
			ID:         GLOTIPOffences,
			Title:      i18n.Mark("Recorded offences of trafficking in persons"),
			Definition: i18n.Mark("Offences recorded in the year, as the country reported to the United Nations Office on Drugs and Crime."),
			Unit:       i18n.Mark("offences"),
			CannotTell: i18n.Mark("One offence may have many victims or offenders, and recording rules differ."),
		},
		{
			ID:          SDG1622,
			Title:       i18n.Mark("Detected victims per 100,000 residents (SDG 16.2.2)"),
			Definition:  i18n.Mark("Victims of human trafficking detected in the year per 100,000 residents, by sex, age and form of exploitation."),
			Unit:        i18n.Mark("detected victims per 100,000 residents"),
			Kind:        Rate,
			Numerator:   i18n.Mark("detected victims"),
			Denominator: i18n.Mark("residents at mid-year, in 100,000"),
			CannotTell:  i18n.Mark("It measures detection. A higher rate may mean that a country looks harder. No series comes with the program: import the official one, or a numerator with a population of the same year."),
			Dimensions:  dims(figure.DimForm, figure.DimAge, figure.DimSex),
			Source:      "sdg",
			SourceTitle: i18n.Mark("United Nations, SDG indicator 16.2.2 (custodian: UNODC)"),
			SourceURL:   "https://unstats.un.org/sdgs/metadata/?Text=&Goal=16&Target=16.2",
		},
	}
	for n := range all {
		i := &all[n]
		i.Every = Year
		if i.Source != "" {
			continue
		}
		i.Kind, i.Source = Count, "glotip"
		i.SourceTitle = i18n.Mark("UNODC, Global Report on Trafficking in Persons data")
		i.SourceURL = "https://dataunodc.un.org/"
		i.Licence = i18n.Mark("No open licence stated; cite the source, do not redistribute the file")
		i.Attribution = "UNODC, Global Report on Trafficking in Persons data."
	}
	return all
}

// shippedBreaks are the breaks that the program declares. The two of 2023 are facts of the
// procedure profile of England and Wales, where their sources stand.
func shippedBreaks() []BreakAt {
	return []BreakAt{
		{
			Indicator: NRMDecisionsFirst, Area: "GBR", Period: figure.QuarterOf(2023, 1),
			Note:   i18n.Mark("From 30 January 2023 the first-stage test asked for reasonable grounds based on objective factors (Nationality and Borders Act 2022 and revised guidance)."),
			Source: "Nationality and Borders Act 2022, ss 60-61; statutory guidance of 30 January 2023",
		},
		{
			Indicator: NRMDecisionsFirst, Area: "GBR", Period: figure.QuarterOf(2023, 3),
			Note:   i18n.Mark("From 24 July 2023, after judicial review, objective corroboration was no longer required for a positive first-stage decision."),
			Source: "Statutory guidance as revised on 24 July 2023",
		},
	}
}
