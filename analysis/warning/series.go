package warning

import (
	"context"
	"fmt"
)

// Arrival is a report and the week in which it became known.
type Arrival struct {
	Report
	// Received is the week in which the report was received, not before Report.Week.
	Received int
	// Line is the line of the file the report came from, or 0.
	Line int
}

// Series is the past of one stream.
type Series struct {
	Name string
	// Weeks is how many weeks there are.
	Weeks    int
	Arrivals []Arrival
	// Exposure of each week, or nil.
	Exposure []float64
	// Names are names of the weeks, or nil.
	Names []string
}

// Counts makes a series of weekly counts, each known in its own week.
func Counts(name string, counts []int) Series {
	s := Series{Name: name, Weeks: len(counts)}
	for t, n := range counts {
		s.Arrivals = append(s.Arrivals, Arrival{Report: Report{Week: t, Count: n}, Received: t})
	}
	return s
}

// maxWeeks bounds a series.
const maxWeeks = 1 << 16

// Replay runs each series through a [Watch], every report in the week in which it was received, and
// returns the answers as they were given at the time, series by series. The same on any number of
// workers (0: one for each processor). O(reports + weeks × what Close takes).
func Replay(ctx context.Context, series []Series, s Settings, workers int) ([][]Answer, error) {
	if workers < 0 {
		return nil, badSetting("workers", "%d; 0 or more are needed", workers)
	}
	if _, err := s.filled(); err != nil {
		return nil, err
	}
	answers := make([][]Answer, len(series))
	nothing := func() struct{} { return struct{}{} }
	err := each(ctx, len(series), workers, nothing, func(_ struct{}, i int) (err error) {
		answers[i], err = replay(ctx, &series[i], s)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answers, nil
}

func replay(ctx context.Context, series *Series, s Settings) ([]Answer, error) {
	if err := series.check(); err != nil {
		return nil, err
	}
	w, err := New(s)
	if err != nil {
		return nil, err
	}
	received := make([][]int, series.Weeks)
	for i, a := range series.Arrivals {
		received[a.Received] = append(received[a.Received], i)
	}
	var answers []Answer
	for t, arrivals := range received {
		for _, i := range arrivals {
			if err := w.Report(series.Arrivals[i].Report); err != nil {
				return nil, series.at(i, err)
			}
		}
		exposure := 0.0
		if series.Exposure != nil {
			exposure = series.Exposure[t]
		}
		now, err := w.Close(ctx, exposure)
		if err != nil {
			return nil, series.at(-1, err)
		}
		answers = append(answers, now...)
	}
	return answers, nil
}

func (s *Series) check() error {
	if s.Weeks < 0 || s.Weeks > maxWeeks {
		return &Error{Problem: TooLarge, Row: -1, Week: -1, Term: s.Name, Reason: fmt.Sprintf("%d weeks; 0 to %d are allowed", s.Weeks, maxWeeks)}
	}
	if s.Exposure != nil && len(s.Exposure) != s.Weeks {
		return badSetting("Exposure", "%d figures for %d weeks", len(s.Exposure), s.Weeks)
	}
	for i, a := range s.Arrivals {
		if a.Received < a.Week || a.Received < 0 || a.Received >= s.Weeks {
			return s.at(i, badReport(BadReport, a.Week, "received in week %d; a week from its own to %d is needed", a.Received, s.Weeks-1))
		}
	}
	return nil
}

// at adds to an error which report of which stream is at fault.
func (s *Series) at(row int, err error) error {
	e, ok := err.(*Error)
	if !ok {
		return err
	}
	named := *e
	named.Row, named.Term = row, s.Name
	if row >= 0 {
		named.Line = s.Arrivals[row].Line
	}
	return &named
}
