package indicator

import (
	"slices"
	"strings"

	"github.com/fourfold/fourfold/internal/evaluation/indicator/figure"
	"github.com/fourfold/fourfold/internal/evaluation/indicator/importer"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/vocab"
)

// maxAreas bounds the areas that a query may name; there are fewer in the world.
const maxAreas = 400

// asked is a query after checking: what to select and by what to split.
type asked struct {
	Query
	where Key    // the fixed cell
	shape string // dimensions of the cells wanted
	// shapes, when not nil, ask for every cell of these shapes within where instead.
	shapes []string
}

// single reports whether the answer has one cell in each area.
func (a asked) single() bool { return a.By == "" && a.shapes == nil }

// check puts a query into canonical writing and refuses what the indicator does not have.
func check(q Query, i Indicator) (asked, error) {
	q.Areas = slices.Clone(q.Areas)
	if len(q.Areas) > maxAreas {
		return asked{}, fault.New(fault.Invalid, "A query may name at most %d areas.", maxAreas)
	}
	for n, area := range q.Areas {
		code, ok := vocab.Find(vocab.Area, area)
		if !ok {
			return asked{}, fault.New(fault.Invalid, "The country %q is not known.", clip(area)).
				WithHint("Write its ISO 3166-1 code of three letters, such as GBR.").
				WithField("area", "not known")
		}
		q.Areas[n] = code
	}
	slices.Sort(q.Areas)
	q.Areas = slices.Compact(q.Areas)
	if err := checkPeriods(q); err != nil {
		return asked{}, err
	}
	fixed := map[Dim]string{}
	for d, code := range q.Where {
		if code == "" {
			continue
		}
		if err := checkDim(i, d); err != nil {
			return asked{}, err
		}
		if !figure.ValidCode(code) {
			return asked{}, fault.New(fault.Invalid, "%q cannot be a category.", clip(code)).WithField(string(d), "not known")
		}
		fixed[d] = code
	}
	where, err := figure.MakeKey(fixed)
	if err != nil {
		return asked{}, fault.New(fault.Invalid, "These categories cannot be combined.").Wrap(err)
	}
	a := asked{Query: q, where: where, shape: where.Dims()}
	if q.By == "" {
		return a, nil
	}
	if err := checkDim(i, q.By); err != nil {
		return asked{}, err
	}
	if fixed[q.By] != "" {
		return asked{}, fault.New(fault.Invalid, "The answer cannot be split by %q and fixed to one category of it.", string(q.By)).
			WithHint("Leave one of the two out.")
	}
	fixed[q.By] = "x"
	key, err := figure.MakeKey(fixed)
	a.shape = key.Dims()
	return a, err
}

func checkPeriods(q Query) error {
	for _, p := range []Period{q.From, q.To} {
		if !p.IsZero() && !p.Valid() {
			return fault.New(fault.Invalid, "There is no such period in the calendar.").
				WithHint("Write 2022, 2022-Q2 or 2022-04.").WithField("period", "not in the calendar")
		}
	}
	if !q.From.IsZero() && !q.To.IsZero() && q.To.Ordinal() < q.From.Ordinal() {
		return fault.New(fault.Invalid, "The last period %s lies before the first one %s.", q.To.String(), q.From.String()).
			WithHint("Swap them.").WithField("to", "before the first period")
	}
	if q.KnownOn != "" && !importer.Civil(q.KnownOn) {
		return fault.New(fault.Invalid, "%q is not a date of the calendar.", clip(q.KnownOn)).
			WithHint("Write it as YYYY-MM-DD.").WithField("known-on", "not a date")
	}
	return nil
}

func checkDim(i Indicator, d Dim) error {
	if i.has(d) {
		return nil
	}
	var names []string
	for _, x := range i.Dimensions {
		names = append(names, string(x.Dim))
	}
	e := fault.New(fault.Invalid, "The indicator %s is not split by %q.", string(i.ID), clip(string(d))).WithField(string(d), "not known")
	if len(names) == 0 {
		return e.WithHint("It is published as a total only.")
	}
	return e.WithHint("It is split by: %s.", strings.Join(names, ", "))
}

// wants reports whether a stored cell belongs to the answer.
func (a asked) wants(k Key) bool {
	if a.shapes != nil {
		return a.where.Covers(k)
	}
	if a.By == "" {
		return k == a.where
	}
	return k.Without(a.By) == a.where && k.Code(a.By) != ""
}
