package indicator

import (
	"context"
	"maps"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/fault"
)

// share answers a query for the share of a part in its whole, period by period. Both are read as
// published, or as yearly sums; a period in which either is missing, or the year of which is
// incomplete in only one of them, has no share.
func share(ctx context.Context, tx *db.Tx, a auth.Actor, q Query, i Indicator) (Answer, error) {
	if i.Kind != Count {
		return Answer{}, fault.New(fault.Invalid, "The indicator %s is no count, so it has no shares.", string(i.ID))
	}
	whole, part := q, q
	whole.Part, part.Part = nil, nil
	part.Where = maps.Clone(q.Where)
	if part.Where == nil {
		part.Where = map[Dim]string{}
	}
	for d, code := range q.Part {
		if q.Where[d] != "" || q.By == d || code == "" {
			return Answer{}, fault.New(fault.Invalid, "The part of a share has to be a category that the whole does not fix.").
				WithHint("Choose a category of another dimension.")
		}
		part.Where[d] = code
	}
	parts, err := answer(ctx, tx, a, part)
	if err != nil {
		return Answer{}, err
	}
	ans, err := answer(ctx, tx, a, whole)
	if err != nil {
		return Answer{}, err
	}
	byPlace := map[string]Series{}
	for _, s := range parts.Series {
		k := s.Key
		for d := range q.Part {
			k = k.Without(d)
		}
		byPlace[s.Area+"\x00"+string(k)] = s
	}
	for n := range ans.Series {
		s := &ans.Series[n]
		divide(s, byPlace[s.Area+"\x00"+string(s.Key)])
		s.Breaks = declaredOnly(s.Breaks)
	}
	ans.Query.Part = maps.Clone(q.Part)
	ans.Share = true
	ans.Coverage, ans.Hash, ans.Notes = coverage(ans.Series), hashOf(ans.Series), notes(ans)
	return ans, nil
}

// divide turns the points of a whole into shares of a part. The points are copied, not changed.
func divide(whole *Series, part Series) {
	at := map[Period]Point{}
	for _, p := range part.Points {
		at[p.Period] = p
	}
	points := make([]Point, len(whole.Points))
	for i, w := range whole.Points {
		p := at[w.Period]
		points[i] = Point{Period: w.Period, Release: w.Release, Derived: true, Revised: w.Revised || p.Revised, Parts: w.Parts}
		if w.Partial() != p.Partial() {
			continue
		}
		points[i].Value = p.Value.PartOf(w.Value)
	}
	whole.Points = points
}

func declaredOnly(all []Break) []Break {
	var kept []Break
	for _, b := range all {
		if b.Kind == Declared {
			kept = append(kept, b)
		}
	}
	return kept
}
