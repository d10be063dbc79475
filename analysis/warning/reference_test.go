package warning_test

import (
	"strconv"
	"testing"

	"github.com/fourfold/fourfold/analysis/warning"
)

// methods are the settings under which R surveillance was run.
func methods() map[string]warning.Settings {
	classic := warning.ClassicFarrington()
	classic.Years = 3
	return map[string]warning.Settings{
		"farrington":        {Method: warning.Farrington, Alpha: 0.025, Farrington: classic}, // two-sided 0.05
		"farrflex_noufaily": {Method: warning.Farrington, Farrington: warning.FarringtonSettings{Years: 3}},
		"ears_c1":           {Method: warning.EARS1, Alpha: 0.001, MinCases: -1},
		"ears_c2":           {Method: warning.EARS2, Alpha: 0.001, MinCases: -1},
		"ears_c3":           {Method: warning.EARS3, Alpha: 0.001, MinCases: -1, EARS: warning.EARSSettings{AsSurveillance: true}},
		"cusum":             {Method: warning.CUSUM, CUSUM: warning.CUSUMSettings{Learn: 207}, MinCases: -1},
		"rki1":              {Method: warning.Recent, MinCases: -1},
	}
}

// TestAgona: bounds of every week to 1e-4, alarms of every week, and 16, 15, 5, 7, 9, 8 and 5
// alarms (E5). R writes no bound, or 0, for weeks with fewer than 5 cases in 4 weeks.
func TestAgona(t *testing.T) {
	counts, rows := agona(t)
	want := map[string]int{"farrington": 16, "farrflex_noufaily": 15, "ears_c1": 5, "ears_c2": 7, "ears_c3": 9, "cusum": 8, "rki1": 5}
	for name, s := range methods() {
		answers := judge(t, counts, s)
		alarms, judged := 0, 0
		for i, a := range answers {
			row := rows[i]
			flag := row[name+"_alarm"]
			if i < 207 {
				continue
			}
			judged++
			if a.Alarm {
				alarms++
			}
			if (flag == "1") != a.Alarm {
				t.Errorf("%s, week %d: %+v, want alarm %q", name, i+1, a, flag)
			}
			text, ok := row[name+"_ub"]
			if ok && s.Method == warning.Farrington && (a.Status == warning.Few) != (text == "" || text == "0") {
				t.Errorf("%s, week %d: %s, want the bound %q", name, i+1, a.Status, text)
			}
			if !ok || a.Status == warning.Few {
				continue
			}
			upper, err := strconv.ParseFloat(text, 64)
			if err != nil || !near(max(0, a.Upper), max(0, upper), 1e-4) {
				t.Errorf("%s, week %d: bound %.6f, want %s", name, i+1, a.Upper, text)
			}
		}
		if alarms != want[name] || judged != 105 {
			t.Errorf("%s: %d alarms in %d weeks, want %d in 105", name, alarms, judged, want[name])
		}
	}
}
