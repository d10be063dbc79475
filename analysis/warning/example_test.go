package warning_test

import (
	"context"
	"fmt"

	"github.com/fourfold/fourfold/analysis/warning"
)

// A stream is fed week by week, and carried over a restart.
func ExampleWatch() {
	ctx := context.Background()
	w, err := warning.New(warning.Settings{Method: warning.EARS1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for week, calls := range []int{4, 6, 5, 3, 7, 5, 4, 6, 19} {
		if week == 5 { // the machine is started anew
			saved, err := w.Save()
			if err != nil {
				fmt.Println(err)
				return
			}
			if w, err = warning.Restore(saved); err != nil {
				fmt.Println(err)
				return
			}
		}
		if err := w.Report(warning.Report{Week: week, Count: calls}); err != nil {
			fmt.Println(err)
			return
		}
		answers, err := w.Close(ctx, 0)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, a := range answers {
			if week >= 6 {
				fmt.Println(a.Why())
			}
		}
	}
	// Output:
	// week 6 was not judged: learning
	// week 7: 6 cases known, 4.9 expected, not above the bound of 9.0
	// week 8: 19 cases known, 5.1 expected, above the bound of 9.3
}

// Half of the reports of a week arrive in it, the other half a week later. Week 40 has twice the usual
// number: judged against half of what is expected, that is seen at once.
func ExampleReplay() {
	s := warning.Series{Name: "helpline", Weeks: 41}
	for week := range s.Weeks {
		half := 10 + week%3
		if week == 40 {
			half = 24
		}
		for wait := range 2 {
			if week+wait < s.Weeks {
				s.Arrivals = append(s.Arrivals, warning.Arrival{Report: warning.Report{Week: week, Count: half}, Received: week + wait})
			}
		}
	}
	answers, err := warning.Replay(context.Background(), []warning.Series{s}, warning.Settings{
		Method: warning.EARS2, Delay: warning.DelaySettings{Rule: warning.Correct, Weeks: 1},
	}, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range answers[0][len(answers[0])-2:] {
		fmt.Println(a.Why())
	}
	// Output:
	// week 39: 20 cases known, 21.7 expected, not above the bound of 27.3
	// week 40: 24 cases known (about 50 % of the reports have arrived), 11.0 expected, above the bound of 18.7
}
