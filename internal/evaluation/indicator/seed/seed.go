// Package seed holds the national series that come with the program, in the project's own generic
// format, so that a new node shows real figures before anybody imports a file.
//
// The figures are compiled from the quarterly National Referral Mechanism statistics of the United
// Kingdom (Home Office): the revised series of referrals by age and place of exploitation, both
// decision stages by age, Duty to Notify reports, and the first-released totals by first
// responder and its type. Contains public sector information licensed under the Open Government Licence v3.0.
//
// The file is made from the published tables by the test of package indicator (go generate
// ./internal/evaluation/indicator) and is compared with them there. It is trusted as code is.
package seed

import _ "embed"

// National is the CSV file.
//
//go:embed national.csv
var National []byte

// Name is what messages call the file.
const Name = "national.csv"
