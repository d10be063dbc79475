package e2e

import "maps"

// samples say how each GET route is visited. TestPages fails when a route is missing here, and
// when a row here is no route any more.
func samples() map[string]sample {
	all := caseSamples()
	maps.Copy(all, figureSamples())
	maps.Copy(all, staffSamples())
	return all
}

// caseSamples are the pages of cases and what belongs to them.
func caseSamples() map[string]sample {
	return map[string]sample{
		"/referrals":                                    {as: manager, paths: []string{"/referrals"}},
		"/referrals/{referral}":                         {as: manager, journey: "TestStoryOfAnAdult"},
		"/cases/{case}/referrals":                       {as: manager, journey: "TestStoryOfAnAdult"},
		"/cases/{case}/referrals/new":                   {as: manager, journey: "TestStoryOfAnAdult"},
		"/cases/{case}/referrals/{referral}":            {as: manager, journey: "TestStoryOfAnAdult"},
		"/recalls":                                      {as: manager, paths: []string{"/recalls"}},
		"/cases":                                        {as: manager, paths: []string{"/cases", "/cases?list=all", "/cases?list=held"}},
		"/search":                                       {as: manager, paths: []string{"/search"}},
		"/cases/import":                                 {as: manager, paths: []string{"/cases/import"}},
		"/cases/release":                                {as: manager, paths: []string{"/cases/release"}},
		"/cases/new":                                    {as: manager, paths: []string{"/cases/new"}},
		"/cases/{case}":                                 {as: manager, journey: "TestCaseJourney"},
		"/cases/{case}/agreement":                       {as: manager, journey: "TestConsentJourney"},
		"/cases/{case}/agreement/new":                   {as: manager, journey: "TestConsentJourney"},
		"/cases/{case}/agreement/copy":                  {as: manager, journey: "TestConsentJourney"},
		"/cases/{case}/agreement/without":               {as: manager, journey: "TestConsentJourney"},
		"/cases/{case}/agreement/demand":                {as: manager, journey: "TestConsentJourney"},
		"/cases/{case}/agreement/demand/{basis}":        {as: manager, journey: "TestConsentJourney"},
		"/cases/{case}/change":                          {as: manager, journey: "TestCaseJourney"},
		"/cases/{case}/tasks":                           {as: manager, journey: "TestCaseJourney"},
		"/cases/{case}/notes":                           {as: manager, journey: "TestCaseJourney"},
		"/cases/{case}/files":                           {as: manager, journey: "TestCaseJourney"},
		"/cases/{case}/time":                            {as: manager, journey: "TestCaseJourney"},
		"/cases/{case}/seen":                            {as: manager, journey: "TestCaseJourney"},
		"/cases/{case}/workers":                         {as: manager, journey: "TestCaseJourney"},
		"/cases/{case}/print":                           {as: manager, journey: "TestCaseJourney"},
		"/letters/check":                                {as: nobody, paths: []string{"/letters/check"}},
		"/cases/{case}/identification":                  {as: manager, journey: "TestIdentificationJourney"},
		"/cases/{case}/identification/step":             {as: manager, journey: "TestIdentificationJourney"},
		"/cases/{case}/identification/letters/{letter}": {as: manager, journey: "TestIdentificationJourney"},
		"/cases/{case}/signs":                           {as: manager, journey: "TestIdentificationJourney"},
		"/places":                                       {as: manager, paths: []string{"/places"}},
		"/places/find":                                  {as: manager, paths: []string{"/places/find"}},
		"/places/{place}":                               {as: manager, journey: "TestPlaceJourney"},
		"/cases/{case}/place":                           {as: manager, journey: "TestPlaceJourney"},
		"/cases/{case}/signs/{sheet}":                   {as: manager, journey: "TestIdentificationJourney"},
		"/cases/{case}/support":                         {as: manager, journey: "TestSupportJourney"},
		"/cases/{case}/support/{part}":                  {as: manager, journey: "TestSupportJourney"},
		"/cases/{case}/plan":                            {as: manager, journey: "TestSupportJourney"},
		"/cases/{case}/rights":                          {as: manager, journey: "TestSupportJourney"},
		"/cases/{case}/visits":                          {as: manager, journey: "TestSupportJourney"},
		"/cases/{case}/own":                             {as: manager, journey: "TestOwnPageJourney"},
		"/feedback":                                     {as: manager, paths: []string{"/feedback"}},
		"/feedback/{item}":                              {as: manager, journey: "TestStoryOfAnAdult"},
		"/visits":                                       {as: manager, paths: []string{"/visits"}},
		"/cases/{case}/person":                          {as: manager, journey: "TestPersonJourney"},
		"/cases/{case}/person/age":                      {as: manager, journey: "TestPersonJourney"},
		"/cases/{case}/person/beside":                   {as: manager, journey: "TestPersonJourney"},
		"/cases/{case}/person/same":                     {as: manager, journey: "TestPersonJourney"},
		"/cases/{case}/person/same/{other}":             {as: manager, journey: "TestPersonJourney"},
		"/interpreters":                                 {as: manager, paths: []string{"/interpreters"}},
		"/cases/{case}/keeping":                         {as: manager, journey: "TestStoryOfAChild"},
		"/erasures":                                     {as: officer, paths: []string{"/erasures"}},
	}
}

// figureSamples are the pages of figures, and those that anybody may see.
func figureSamples() map[string]sample {
	return map[string]sample{
		"/{$}":         {as: nobody, paths: []string{"/"}},
		"/about":       {as: nobody, paths: []string{"/about"}},
		"/tour":        {as: nobody, paths: []string{"/tour"}},
		"/import":      {as: analyst, paths: []string{"/import"}},
		"/import/{id}": {as: analyst, journey: "TestImportJourney"},
		"/measures":    {as: analyst, paths: []string{"/measures", "/measures?text=children"}},
		"/measures/{id}": {as: analyst, paths: []string{
			"/measures/nrm.referrals", "/measures/nrm.referrals?view=table", "/measures/nrm.referrals?known=2022-08-04",
			"/measures/nrm.referrals.detail", "/measures/nrm.decisions.first?by=age", "/measures/nrm.duty-to-notify",
			"/measures/farrowdale.referrals?by=form", "/measures/glotip.victims", "/measures/sdg.16.2.2",
		}},
		"/measures/{id}/figures.csv":      {as: analyst, paths: []string{"/measures/nrm.referrals/figures.csv"}, download: true},
		"/measures/{id}/figures-sdmx.csv": {as: analyst, paths: []string{"/measures/nrm.referrals/figures-sdmx.csv"}, download: true},
		"/measures/compare":               {as: analyst, paths: []string{"/measures/compare", "/measures/compare?m1=nrm.referrals"}},
		"/releases":                       {as: analyst, paths: []string{"/releases"}},
		"/releases/{id}":                  {as: analyst, on: "/releases"},
		"/policy-review":                  {as: analyst, paths: []string{"/policy-review"}},
		"/healthz":                        {as: nobody, paths: []string{"/healthz"}, download: true},
		"/readyz":                         {as: nobody, paths: []string{"/readyz"}, download: true},
	}
}

// staffSamples are the pages of accounts, of agreements and of the machine.
func staffSamples() map[string]sample {
	return map[string]sample{
		"/enter":                          {as: nobody, paths: []string{"/enter", "/enter?link=sample"}},
		"/sign-in":                        {as: nobody, paths: []string{"/sign-in"}},
		"/sign-in/return":                 {as: nobody, paths: []string{"/sign-in/return"}},
		"/locked":                         {as: nobody, paths: []string{"/locked"}},
		"/locked/form":                    {as: analyst, paths: []string{"/locked/form"}},
		"/security":                       {as: analyst, paths: []string{"/security"}},
		"/security/new":                   {as: analyst, paths: []string{"/security/new"}},
		"/security/password":              {as: analyst, paths: []string{"/security/password"}},
		"/providers":                      {as: administrator, paths: []string{"/providers"}},
		"/resets":                         {as: officer, paths: []string{"/resets"}},
		"/people":                         {as: administrator, paths: []string{"/people"}},
		"/people/{id}":                    {as: administrator, on: "/people"},
		"/roles":                          {as: analyst, paths: []string{"/roles"}},
		"/proposals":                      {as: officer, paths: []string{"/proposals"}},
		"/access-review":                  {as: officer, paths: []string{"/access-review"}},
		"/organisation":                   {as: administrator, paths: []string{"/organisation"}},
		"/teams":                          {as: manager, paths: []string{"/teams"}},
		"/exclusions":                     {as: manager, paths: []string{"/exclusions"}},
		"/deferrals":                      {as: manager, paths: []string{"/deferrals"}},
		"/emergency":                      {as: manager, paths: []string{"/emergency"}},
		"/settings":                       {as: administrator, paths: []string{"/settings"}},
		"/breaches":                       {as: officer, paths: []string{"/breaches"}},
		"/breaches/{id}":                  {as: officer, journey: "TestBreachJourney"},
		"/settings/letters":               {as: administrator, paths: []string{"/settings/letters"}},
		"/ledger":                         {as: officer, paths: []string{"/ledger", "/ledger?kind=login"}},
		"/ledger/{entry}":                 {as: officer, on: "/ledger"},
		"/ledger/{entry}/proof.txt":       {as: officer, on: "/ledger", download: true},
		"/ledger/forged":                  {as: officer, paths: []string{"/ledger/forged"}},
		"/node":                           {as: administrator, paths: []string{"/node"}},
		"/jobs":                           {as: administrator, paths: []string{"/jobs"}},
		"/setup":                          {as: nobody, journey: "TestSetupWizard"},
		"/setup/key":                      {as: nobody, journey: "TestSetupWizard"},
		"/setup/done":                     {as: nobody, journey: "TestSetupWizard"},
		"/agreements":                     {as: liaison, paths: []string{"/agreements"}},
		"/agreements/new":                 {as: liaison, paths: []string{"/agreements/new"}},
		"/agreements/ask":                 {as: liaison, paths: []string{"/agreements/ask"}},
		"/agreements/{id}":                {as: liaison, on: "/agreements"},
		"/agreements/{id}/simulate":       {as: liaison, journey: "TestAgreementJourney"},
		"/agreements/{id}/agreement.json": {as: liaison, journey: "TestAgreementJourney"},
	}
}
