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

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"sync"
)

//go:embed national.csv.gz
var packed []byte

// National returns the CSV file, which nobody may change. It is embedded compressed: a twentieth of its
// size.
var National = sync.OnceValue(func() []byte {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic(err) // a defect of the build, found by every test
	}
	text, err := io.ReadAll(r)
	if err != nil {
		panic(err)
	}
	return text
})

// Pack returns a file as it is embedded.
func Pack(text []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

// Name is what messages call the file.
const Name = "national.csv"
