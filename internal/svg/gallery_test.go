package svg

import (
	"flag"
	"html/template"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var gallery = flag.String("gallery", "", "write the sample figures as pages into this folder, to look at them")

// TestGallery writes one page with every kind of figure, left to right and right to left. It
// always draws them and checks that the parts fit together on one page (ids are unique).
func TestGallery(t *testing.T) {
	arabic := sample()
	arabic.ID, arabic.Y.Label = "ar", "أشخاص في كل ربع سنة"
	for i, s := range []string{"بالغون", "أطفال", "بالغون كما نشر أول مرة", "العمر غير مسجل (5)"} {
		arabic.Series[i].Label = s
	}
	arabic.Changes[0].Label, arabic.Changes[1].Label = "30 يناير 2023: رفع المعيار", "24 يوليو 2023"
	arabic.Breaks[0].Label = "انقطاع في السلسلة"
	share := sample()
	share.ID, share.Y, share.Breaks, share.Changes = "sh", Axis{Unit: Share, Label: "share of first decisions that were positive", Max: 1}, nil, sample().Changes
	share.Series = []Series{
		{Label: "Adults", Points: wave(40, func(i int) Point { return Value(0.9 - 0.4*float64(max(i-35, 0))/4) })},
		{Label: "Adults, expected without the change", Kind: Without, Points: wave(40, func(i int) Point {
			if i < 35 {
				return Gap()
			}
			return Estimate(0.9, 0.86, 0.93)
		})},
	}
	bars := Bars{
		Figure: Figure{ID: "ba", Title: "Forms"}, Y: Axis{Label: "people"}, Format: plain{},
		Rows: []Bar{
			{"Labour exploitation", Value(1720)},
			{"Criminal exploitation and a rather long name that must wrap", Estimate(1300, 1100, 1500)},
			{"Domestic servitude", Between(1, 400)},
			{"Not recorded", Gap()},
			{"الاستغلال في العمل", Hull(200, 700)},
		},
	}
	mirrored := bars
	mirrored.ID, mirrored.RTL = "br", true
	var body strings.Builder
	for _, draw := range []func() (template.HTML, error){
		sample().SVG, share.SVG, bars.SVG, worldSample().SVG, netSample(2, 12).SVG, arabic.SVG, mirrored.SVG,
	} {
		got, err := draw()
		if err != nil {
			t.Fatal(err)
		}
		body.WriteString(string(got))
	}
	body.WriteString(string(Spark(sample().Series[0].Points)))
	wellFormed(t, template.HTML(body.String()))
	if *gallery == "" {
		return
	}
	for _, dir := range []string{"ltr", "rtl"} {
		page := `<!doctype html><html lang="en" dir="` + dir + `"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="stylesheet" href="chart.css">` +
			`<body>` + body.String()
		if err := os.WriteFile(filepath.Join(*gallery, dir+".html"), []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(*gallery, "chart.css"), []byte(CSS+"body{font-family:system-ui;margin:16px}"), 0o600); err != nil {
		t.Fatal(err)
	}
}
