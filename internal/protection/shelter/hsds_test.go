package shelter

import (
	"archive/zip"
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/fourfold/fourfold/internal/fault"
)

// nested is one invented service as the API of HSDS 3.0 gives it.
const nested = `{"contents":[{
 "id":"s1","name":"Harbour advice (invented)","description":"Advice about wages","status":"active","email":"help@example.org","minimum_age":16,
 "assured_date":"2026-05-02","fees":"none","last_modified":"2026-05-02T10:00:00Z","url":"https://example.org",
 "organization":{"id":"o1","name":"Harbour (invented)","parent_organization_id":"o2","tax_id":"1","phones":[{"id":"p9","number":"+44 7700 900001"}]},
 "phones":[{"id":"p1","number":"+44 7700 900002","type":"voice","languages":[{"id":"l9","name":"Welsh","code":"cy"}]}],
 "contacts":[{"id":"c1","name":"A. Person","title":"Front desk"}],
 "languages":[{"id":"l1","code":"en","name":"English"}],
 "service_areas":[{"id":"a1","name":"Wales","extent":"GB-WLS"}],
 "schedules":[{"id":"h1","freq":"WEEKLY","byday":"MO,TU","opens_at":"09:00","closes_at":"17:00","byweekno":"1"}],
 "required_documents":[{"id":"d1","document":"none"}],
 "cost_options":[{"id":"k1","option":"free"}],
 "attributes":[{"id":"t1","value":"woman","taxonomy_term":{"id":"x1","taxonomy":"fourfold-eligibility","code":"genders","name":"g"}},
  {"id":"t2","value":"maybe","taxonomy_term":{"id":"x2","taxonomy":"fourfold-eligibility","code":"invented","name":"i"}},
  {"id":"t3","value":"true","taxonomy_term":{"id":"x4","taxonomy":"fourfold-eligibility","code":"police","name":"p"}},
  {"id":"t4","taxonomy_term":{"id":"x3","code":"LF","name":"Legal","parent_id":"x3","taxonomy_detail":{"id":"tx","name":"Topics"}}}],
 "service_at_locations":[{"id":"sl1","location":{"id":"w1","name":"Desk","location_type":"physical","latitude":51.5,
  "addresses":[{"id":"ad1","address_1":"1 Invented Road","city":"Cardiff","country":"GB","address_type":"physical"}],
  "accessibility":[{"id":"ac1","description":"ramp"}]}}],
 "capacities":[{"id":"z"}]
}]}`

func TestReadNested(t *testing.T) {
	in, err := ReadHSDS([]byte(nested))
	if err != nil || len(in.Services) != 1 || len(in.Problems) > 0 {
		t.Fatalf("%+v %v", in, err)
	}
	s := in.Services[0]
	want := Service{
		ForeignID: "s1", Name: "Harbour advice (invented)", About: "Advice about wages", Status: "active", Email: "help@example.org", URL: "https://example.org",
		AgeFrom: 16, VerifiedOn: "2026-05-02", Organisation: Organisation{ID: "o1", Name: "Harbour (invented)"},
		Phones:   []Phone{{Number: "+44 7700 900001"}, {Number: "+44 7700 900002", Type: "voice"}},
		Contacts: []Contact{{Title: "Front desk"}}, Languages: []Language{{Code: "en", Name: "English"}}, Areas: []Served{{Name: "Wales", Extent: "GB-WLS"}},
		Hours:     []Hours{{Freq: "WEEKLY", ByDay: "MO,TU", Opens: "09:00", Closes: "17:00"}},
		Documents: []string{"none"}, Costs: []Costs{{Option: "free"}}, Terms: []Term{{"Topics", "LF", "Legal"}}, Access: []Accessible{{About: "ramp"}},
		Sites: []Site{{Type: "physical", Name: "Desk", Line1: "1 Invented Road", City: "Cardiff", Country: "GB"}},
		Rules: &Rules{Genders: []string{"woman"}, Police: true},
	}
	if d := cmp.Diff(want, s); d != "" {
		t.Error(d)
	}
	var lost []string
	for _, l := range in.Losses {
		lost = append(lost, l.Record+": "+l.What)
	}
	// Everything that is not kept is named, and by column only.
	expect := []string{
		"language l9: belongs to no service",
		"service s1: address.address_type", "service s1: attribute fourfold-eligibility invented", "service s1: contact.name", "service s1: location.latitude",
		"service s1: organization.parent_organization_id", "service s1: organization.tax_id", "service s1: schedule.byweekno",
		"service s1: service.capacities", "service s1: service.fees", "service s1: service.last_modified", "service s1: taxonomy_term.parent_id",
	}
	if d := cmp.Diff(expect, lost); d != "" {
		t.Error(d)
	}
}

// TestAPlaceToStayHasNoAddress: whether the file says so or it only sounds like one, the address is neither
// kept nor written.
func TestAPlaceToStayHasNoAddress(t *testing.T) {
	for name, text := range map[string]string{
		"by its name": strings.Replace(nested, "Harbour advice", "Women’s Refuge", 1),
		"by its term": strings.Replace(nested, `"name":"Legal"`, `"name":"Emergency shelter"`, 1),
		"by our code": strings.Replace(nested, `"value":"maybe","taxonomy_term":{"id":"x2","taxonomy":"fourfold-eligibility","code":"invented"`, `"value":"true","taxonomy_term":{"id":"x2","taxonomy":"fourfold-eligibility","code":"stay"`, 1),
	} {
		in, err := ReadHSDS([]byte(text))
		if err != nil || len(in.Services) != 1 || !in.Services[0].Stay || len(in.Services[0].Sites) > 0 {
			t.Fatalf("%s: %+v %v", name, in, err)
		}
		if !slices.Contains(in.Losses, Loss{"service s1", "address: people stay there"}) {
			t.Errorf("%s: %v", name, in.Losses)
		}
		s := in.Services[0]
		s.Sites = []Site{{Line1: "1 Invented Road", City: "Cardiff"}} // however it came there
		for _, f := range []Format{JSON, ZIP} {
			out, err := WriteHSDS([]Service{s}, f)
			if err != nil {
				t.Fatal(err)
			}
			if f == ZIP {
				out = unzipped(t, out)
			}
			if bytes.Contains(out, []byte("Invented Road")) || bytes.Contains(out, []byte("Cardiff")) {
				t.Errorf("%s: the address is in the %s", name, f)
			}
		}
	}
}

func unzipped(t *testing.T, data []byte) []byte {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := all.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
	}
	return all.Bytes()
}

func drawService(rt *rapid.T, id string) Service {
	word := rapid.StringMatching(`[A-Za-z=@+é]{1,8}( [a-zéا,"']{1,8})?`)
	maybe := rapid.OneOf(rapid.Just(""), word)
	s := Service{
		ForeignID: id, Name: word.Draw(rt, "name"), About: maybe.Draw(rt, "about"), Status: rapid.SampledFrom(Statuses()).Draw(rt, "status"),
		AgeFrom: rapid.IntRange(0, 20).Draw(rt, "from"), VerifiedOn: rapid.SampledFrom([]string{"", "2026-01-31"}).Draw(rt, "day"), Fees: maybe.Draw(rt, "fees"),
		Programme: maybe.Draw(rt, "programme"), Organisation: Organisation{ID: "o1", Name: "One"}, Stay: rapid.Bool().Draw(rt, "stay"),
	}
	if rapid.Bool().Draw(rt, "phone") {
		s.Phones = []Phone{{Number: "+44 1"}, {Number: word.Draw(rt, "number"), About: maybe.Draw(rt, "x")}}
		s.Access = []Accessible{{About: word.Draw(rt, "access")}}
		s.Documents, s.Costs, s.Funding = []string{word.Draw(rt, "document")}, []Costs{{Option: word.Draw(rt, "cost")}}, []string{word.Draw(rt, "funding")}
	}
	if !s.Stay && rapid.Bool().Draw(rt, "site") {
		s.Sites = []Site{{Type: "physical", Name: word.Draw(rt, "site"), City: maybe.Draw(rt, "city")}}
	}
	if rapid.Bool().Draw(rt, "rules") {
		s.Rules = &Rules{
			Genders: []string{"woman", "other"}, AgeFrom: 18, AgeTo: 60, Children: true, ChildTo: 12, Languages: []string{"en", "vi"}, Substance: "not-here",
			Police: rapid.Bool().Draw(rt, "police"), From: []string{"police"}, AnswersIn: 4, Pets: rapid.Bool().Draw(rt, "pets"),
		}
	}
	return s
}

// TestHSDSThereAndBack writes invented services and reads them again, in both forms: nothing is lost.
func TestHSDSThereAndBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var all []Service
		for _, id := range []string{"a", "b", "c"}[:rapid.IntRange(1, 3).Draw(rt, "n")] {
			one := drawService(rt, id)
			one.Stay = one.Stay || soundsLikeAStay(one)
			if one.Stay {
				one.Sites = nil
			}
			all = append(all, one)
		}
		for _, f := range []Format{JSON, ZIP} {
			data, err := WriteHSDS(all, f)
			if err != nil {
				rt.Fatal(err)
			}
			in, err := ReadHSDS(data)
			if err != nil || len(in.Losses)+len(in.Problems) > 0 {
				rt.Fatalf("%s: %v %+v %+v\n%s", f, err, in.Losses, in.Problems, data)
			}
			if d := cmp.Diff(all, in.Services); d != "" {
				rt.Fatalf("%s: %s", f, d)
			}
		}
	})
}

func TestBadFiles(t *testing.T) {
	whole, err := WriteHSDS([]Service{{ForeignID: "a", Name: "A", Status: "active"}}, ZIP)
	if err != nil {
		t.Fatal(err)
	}
	deep := strings.Repeat(`{"id":"a","phones":[`, 60) + strings.Repeat(`]}`, 60)
	for name, data := range map[string]string{
		"nothing": "", "no JSON": "name,status", "stops in the middle": nested[:len(nested)/2], "more behind": nested + "{}", "a number": "7",
		"no services": `{"organization":[{"id":"o"}]}`, "a zip that stops": string(whole[:len(whole)-20]), "nested deeply": deep,
		"a row that is none": `{"service":[1]}`, "a value too long": `{"id":"a","name":"` + strings.Repeat("x", maxCell+1) + `"}`,
		"a table twice":  zipOf("service.csv", "id,name,status\n1,A,active\n", "x/service.csv", "id,name,status\n1,A,active\n"),
		"a ragged table": zipOf("service.csv", "id,name\n1,A,active,more\n"), "no text": zipOf("service.csv", "id,name\n1,\xff\xfe\n"),
	} {
		in, err := ReadHSDS([]byte(data))
		if fault.KindOf(err) != fault.Invalid || len(in.Services) > 0 {
			t.Errorf("%s: %+v %v", name, in, err)
		}
	}
	for name, c := range map[string]struct{ data, problem string }{
		"an invented status":    {`{"id":"a","name":"A","status":"wonderful"}`, "service.status"},
		"no name":               {`{"id":"a","status":"active"}`, "service.name"},
		"no identifier":         {`{"name":"A","status":"active"}`, "service.id"},
		"twice":                 {`[{"id":"a","name":"A","status":"active"},{"id":"a","name":"B","status":"active"}]`, "service.id twice"},
		"ages the wrong way":    {`{"id":"a","name":"A","status":"active","minimum_age":30,"maximum_age":20}`, "service.maximum_age"},
		"a control in the name": {`{"id":"a\u0001","name":"A","status":"active"}`, "service.id"},
	} {
		in, err := ReadHSDS([]byte(c.data))
		if err != nil || len(in.Problems) != 1 || in.Problems[0].What != c.problem {
			t.Errorf("%s: %+v %v", name, in, err)
		}
	}
	for name, c := range map[string]struct{ data, loss string }{
		"an age that is none":     {`{"id":"a","name":"A","status":"active","minimum_age":"old"}`, "service.minimum_age"},
		"a day that is none":      {`{"id":"a","name":"A","status":"active","assured_date":"2026-02-31"}`, "service.assured_date"},
		"a site that is not here": {`{"service":[{"id":"a","name":"A","status":"active"}],"service_at_location":[{"id":"x","service_id":"a","location_id":"gone"}]}`, "service_at_location.location_id"},
		"a gender of their own":   {`{"id":"a","name":"A","status":"active","attributes":[{"id":"t","value":"everybody","taxonomy_term":{"id":"x","taxonomy":"fourfold-eligibility","code":"genders"}}]}`, "attribute fourfold-eligibility"},
		"parents in a circle":     {`{"service":[{"id":"a","name":"A","status":"active","organization_id":"o"}],"organization":[{"id":"o","parent_organization_id":"p"},{"id":"p","parent_organization_id":"o"}]}`, "organization.parent_organization_id"},
	} {
		in, err := ReadHSDS([]byte(c.data))
		if err != nil || len(in.Services) != 1 || !slices.ContainsFunc(in.Losses, func(l Loss) bool { return l.What == c.loss }) {
			t.Errorf("%s: %+v %v", name, in, err)
		}
	}
}

func zipOf(files ...string) string {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = w.Write([]byte(files[i+1]))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return out.String()
}

// FuzzReadHSDS reads anything: it never fails otherwise than with a fault, and what it took is the same
// when it is written and read again.
func FuzzReadHSDS(f *testing.F) {
	f.Add([]byte(nested))
	f.Add([]byte(`{"service":[{"id":"a","name":"A","status":"active"}],"phone":[{"id":"p","service_id":"a","number":"1"}]}`))
	f.Add([]byte(zipOf("service.csv", "id,name,status\n1,A,active\n", "phone.csv", "id,service_id,number\n1,1,7\n")))
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := ReadHSDS(data)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		if len(in.Services) == 0 {
			return
		}
		out, err := WriteHSDS(in.Services, JSON)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ReadHSDS(out)
		if err != nil {
			t.Fatalf("%v\n%s", fault.Cause(err), out)
		}
		if d := cmp.Diff(in.Services, again.Services); d != "" {
			t.Fatal(d)
		}
	})
}
