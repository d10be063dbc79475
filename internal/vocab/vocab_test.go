package vocab

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestLabel(t *testing.T) {
	tests := []struct {
		scheme           Scheme
		code, lang, want string
	}{
		{Area, "GBR", "en", "United Kingdom"},
		{Area, "GBR", "ar", "المملكة المتحدة"},
		{Area, "GBR", "fr", "Royaume-Uni"},
		{Area, "GBR", "ar-EG", "المملكة المتحدة"},
		{Area, "GBR", "tlh", "United Kingdom"},
		{Area, "XFD", "en", "Farrowdale (invented)"},
		{Area, "XFD", "ar", "فارودال (متخيَّلة)"},
		{Area, "202", "en", "Sub-Saharan Africa"},
		{Area, "QQQ", "en", "QQQ"},
		{Area, "", "en", ""},
		{Form, "labour", "en", "Labour exploitation"},
		{Form, "labour+criminal", "en", "Labour exploitation + Criminal exploitation"},
		{Citizenship, "ALB", "en", "Albania"},
		{Citizenship, "ALB+GBR", "en", "Albania + United Kingdom"},
		{Repatriation, "abroad", "en", "Abroad, country not stated"},
		{Age, "40+", "en", "40 years or over"},
		{Scheme("responder-type"), "police", "en", "Police"},
		{Responder, "police-kent-police", "ar", "Kent Police"},
		{Citizenship, "x-turkish-kurd", "en", "turkish kurd"},
		{Scheme("no-such"), "a", "en", "a"},
	}
	for _, tt := range tests {
		if got := Label(tt.scheme, tt.code, tt.lang); got != tt.want {
			t.Errorf("Label(%s, %q, %s) is %q, want %q", tt.scheme, tt.code, tt.lang, got, tt.want)
		}
	}
}

func TestFind(t *testing.T) {
	tests := []struct {
		scheme     Scheme
		text, want string // want "" for not found
	}{
		{Area, "GBR", "GBR"},
		{Area, "gb", ""},
		{Area, "GB", "GBR"},
		{Area, "826", "GBR"},
		{Area, "CÔTE D'IVOIRE", "CIV"},
		{Area, "Ivory Coast", "CIV"},
		{Area, "Burma", "MMR"},
		{Area, "Lao PDR", "LAO"},
		{Area, "Republic of the Congo", "COG"},
		{Area, "ZAR", "COD"},
		{Area, "Zaire", "COD"},
		{Area, "ANT", "ANT"},
		{Area, "SCG", "SCG"},
		{Area, "Kosovo under UNSCR 1244", "XKX"},
		{Area, "المملكة المتحدة", "GBR"},
		{Area, "英国", ""},
		{Area, "Farrowdale", "XFD"},
		{Area, "CAR", "UNODC-CAR"},
		{Area, "Atlantis", ""},
		{Area, "", ""},
		{Citizenship, "Albanian", "ALB"},
		{Citizenship, "ALBANIANS", "ALB"},
		{Citizenship, "Albanian UK", "ALB+GBR"},
		{Citizenship, "Turkish UKrainian", "TUR+UKR"},
		{Citizenship, "Burmese Bangladeshi", "MMR+BGD"},
		{Citizenship, "Citizen of Guinea-Bissau Vietnamese", "GNB+VNM"},
		{Citizenship, "Congolese (Drc) UK", "COD+GBR"},
		{Citizenship, "Congolese", "congolese"},
		{Citizenship, "Dominican", "dominican"},
		{Citizenship, "Citizen of the Dominican Republic", "DOM"},
		{Citizenship, "Viet Nam", "VNM"},
		{Citizenship, "ESPA\uFFFDA", "ESP"},
		{Citizenship, "CAR", ""},
		{Citizenship, "Mumbai, India", ""},
		{Citizenship, "3 maliens", ""},
		{Form, "Labour & Criminal", "labour+criminal"},
		{Form, "Criminal and labour", "labour+criminal"},
		{Form, "Labour, Domestic, Organ Harvesting", "labour+domestic+organ"},
		{Form, "labour+criminal", "labour+criminal"},
		{Form, "Labour & Wizardry", ""},
		{Form, "Other forms of exploitation", "other"},
		{Age, "0 to 17 years", "child"},
		{Age, "Child (17 or under)", "child"},
		{Sex, "Not Recorded", "unknown"},
		{ResponderType, "NGO and third sector", "ngo"},
		{Responder, "Police total", ""}, // a margin is not a responder
		{Responder, "Devon & Cornwall Police", "police-devon-and-cornwall-police"},
		{Location, "UK and Overseas", "both"},
		{Decision, "Positive conclusive grounds", "positive"},
	}
	for _, tt := range tests {
		got, ok := Find(tt.scheme, tt.text)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("Find(%s, %q) is %q, %v, want %q", tt.scheme, tt.text, got, ok, tt.want)
		}
	}
}

func TestMap(t *testing.T) {
	tests := []struct {
		scheme         Scheme
		code, standard string
		want           string
	}{
		{Area, "GBR", "m49", "826"},
		{Area, "GBR", "iso2", "GB"},
		{Citizenship, "GBR", "iso2", "GB"},
		{Area, "XFD", "m49", ""},
		{Sex, "f", "iso5218", "2"},
		{Form, "criminal", "unodc", "Other forms of exploitation"},
		{Form, "organ", "htcds", "OrganRemoval"},
	}
	for _, tt := range tests {
		if got, ok := Map(tt.scheme, tt.code, tt.standard); got != tt.want || ok != (tt.want != "") {
			t.Errorf("Map(%s, %q, %q) is %q, %v, want %q", tt.scheme, tt.code, tt.standard, got, ok, tt.want)
		}
	}
}

// Every code has an English label and, but for responders (proper names) and the historic
// languages, an Arabic one; its label finds it again; its parent exists.
func TestEveryCode(t *testing.T) {
	schemes := []Scheme{Area, Citizenship, Form, Age, Sex, ResponderType, Responder, Location, Decision, Dimension}
	for _, s := range schemes {
		codes := Codes(s)
		if len(codes) == 0 {
			t.Errorf("scheme %s is empty", s)
		}
		for _, c := range codes {
			en, ar := Label(s, c.Code, "en"), Label(s, c.Code, "ar")
			if en == c.Code || en == "" {
				t.Errorf("%s %q has no English label", s, c.Code)
			}
			if ar == en && s != Responder {
				t.Errorf("%s %q has no Arabic label", s, c.Code)
			}
			for _, text := range []string{c.Code, en, ar} {
				if got, ok := Find(s, text); !ok || got != c.Code {
					t.Errorf("Find(%s, %q) is %q, want %q", s, text, got, c.Code)
				}
			}
			if _, ok := Get(parentScheme(s), c.Parent); c.Parent != "" && !ok {
				t.Errorf("%s %q has the unknown parent %q", s, c.Code, c.Parent)
			}
			if strings.ContainsAny(c.Code, "|=, ") {
				t.Errorf("%s %q holds a sign that keys are built with", s, c.Code)
			}
		}
	}
}

func parentScheme(s Scheme) Scheme {
	if s == Responder {
		return ResponderType
	}
	return s
}

func TestOwnIsStable(t *testing.T) {
	for _, text := range []string{"Kurdistan, Iraq", "KURDISTAN — IRAQ", "kurdistan iraq "} {
		if got := Own(text); got != "x-kurdistan-iraq" {
			t.Errorf("Own(%q) is %q", text, got)
		}
	}
	if got := Own("…"); got != "x-unnamed" {
		t.Errorf("a text without words has the code %q", got)
	}
}

func TestCodesAreTheCallers(t *testing.T) {
	Codes(Form)[0].Code = "spoiled"
	if diff := cmp.Diff("sexual", Codes(Form)[0].Code); diff != "" {
		t.Error(diff)
	}
}

// Whatever is looked up, nothing breaks and what is found has a label.
func TestFindAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom([]Scheme{Area, Citizenship, Form, Age, "nothing"}).Draw(t, "scheme")
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`(Labour|Sexual|UK|Albanian|&|,| |\+){1,6}`)).Draw(t, "text")
		code, ok := Find(s, text)
		if ok == (code == "") {
			t.Errorf("Find(%s, %q) is %q, %v", s, text, code, ok)
		}
		if ok && Label(s, code, "en") == "" {
			t.Errorf("%s %q has no label", s, code)
		}
		if again, ok := Find(s, code); code != "" && (!ok || again != code) {
			t.Errorf("Find(%s, %q) is %q, but finding that gives %q", s, text, code, again)
		}
	})
}
