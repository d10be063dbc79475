package screening_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/analysis/screening"
	"github.com/fourfold/fourfold/internal/testdata"
)

// delphiRule is the published rule, as a file has it.
const delphiRule = `{"sources":["s"],"lines":[
	{"code":"a","label":"two strong","strong":2},
	{"code":"b","label":"one strong and another","strong":1,"medium_or_weak":1},
	{"code":"c","label":"three medium","medium":3},
	{"code":"d","label":"two medium, one weak","medium":2,"weak":1}]}`

// invented returns an instrument with one dimension for each text of strengths ("SMW-": strong,
// medium, weak, not rated); dimension n is called d<n>, its indicators d<n>.<i>. Between two or more
// dimensions there is a combination.
func invented(t rapid.TB, rule string, dims ...string) *screening.Instrument {
	t.Helper()
	name := map[rune]string{'S': "strong", 'M': "medium", 'W': "weak", '-': ""}
	var list []string
	for d, strengths := range dims {
		var indicators []string
		for i, k := range strengths {
			indicators = append(indicators, fmt.Sprintf(`{"code":"d%d.%d","label":"sign %d of %d","strength":%q}`, d, i, i, d, name[k]))
		}
		list = append(list, fmt.Sprintf(`{"code":"d%d","label":"dimension %d","element":"means","alternative":"deception","indicators":[%s]}`,
			d, d, strings.Join(indicators, ",")))
	}
	combinations := ""
	if len(dims) > 1 {
		combinations = `,"combinations":[
			{"code":"both","label":"both","reading":"an invented pattern","groups":[["d0"],["d1"]],"sources":["s"]},
			{"code":"either","label":"either","reading":"an invented pattern","groups":[["d0","d1"]],"outside":["act"],"sources":["s"]}]`
	}
	in, err := screening.Parse("invented.json", []byte(`{"code":"invented","version":"1","title":"An invented list","about":"For tests.",
		"person":"any","form":"labour","from":"2020","basis":"expert consensus","validated":false,"validation":"None: it is invented.",
		"licence":{"holder":"nobody","terms":"none"},"sources":[{"code":"s","title":"invented","confidence":"recalled"}],
		"rule":`+rule+`,"dimensions":[`+strings.Join(list, ",")+`]`+combinations+`}`))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// find returns an embedded instrument.
func find(t testing.TB, code string) *screening.Instrument {
	t.Helper()
	in, found := screening.Find(code)
	if !found {
		t.Fatalf("%s is not in the library", code)
	}
	return in
}

// codes lists the indicators of an instrument.
func codes(in *screening.Instrument) []string {
	var out []string
	for _, d := range in.Sheet().Dimensions {
		for _, i := range d.Indicators {
			out = append(out, i.Code)
		}
	}
	return out
}

// evaluate is Evaluate on answers that must be good.
func evaluate(t rapid.TB, in *screening.Instrument, answers []screening.Answer) *screening.Profile {
	p, err := screening.Evaluate(in, answers)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// drawAnswers draws a value for each indicator; those not asked are left out half of the time.
func drawAnswers(t *rapid.T, in *screening.Instrument) []screening.Answer {
	var out []screening.Answer
	bias := rapid.IntRange(0, 4).Draw(t, "bias")
	for _, code := range codes(in) {
		v := screening.Value(rapid.IntRange(0, 4).Draw(t, code))
		if rapid.IntRange(0, 4).Draw(t, "sway") < bias {
			v = screening.NotAsked
		}
		if v == screening.NotAsked && rapid.Bool().Draw(t, "left out") {
			continue
		}
		out = append(out, screening.Answer{Indicator: code, Value: v, By: "outreach", Source: "her words", On: "2026-11-23"})
	}
	return out
}

// with returns the answers with one more, in place of an older one on the same indicator.
func with(answers []screening.Answer, code string, v screening.Value) []screening.Answer {
	out := []screening.Answer{{Indicator: code, Value: v}}
	for _, a := range answers {
		if a.Indicator != code {
			out = append(out, a)
		}
	}
	return out
}

// valueOf is what the answers say of an indicator.
func valueOf(answers []screening.Answer, code string) screening.Value {
	for _, a := range answers {
		if a.Indicator == code {
			return a.Value
		}
	}
	return screening.NotAsked
}

// reference is the file of the reference data.
type reference struct {
	Dimensions []struct {
		ID, PalermoElement, Phase string
		Indicators                []struct {
			ID       string
			Strength map[string]*string
			ILO11    []int
		}
	}
	RuleTestVectors []struct {
		Strong, Medium, Weak int
		Positive             bool
	}
	ForcedLabourIndicators []struct {
		N     int
		Label string
	}
}

func readReference(t testing.TB) reference {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(testdata.Dir(t, "ilo-indicators"), "delphi-labour.json"))
	if err != nil {
		t.Fatal(err)
	}
	var ref reference
	if err := json.Unmarshal(data, &ref); err != nil {
		t.Fatal(err)
	}
	return ref
}
