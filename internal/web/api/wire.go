package api

import (
	"time"

	"github.com/fourfold/fourfold/internal/evaluation/indicator"
)

// Indicator describes what a family of series measures.
type Indicator struct {
	ID          string      `json:"id" example:"nrm.referrals"`
	Title       string      `json:"title"`
	Definition  string      `json:"definition"`
	Unit        string      `json:"unit"`
	Kind        string      `json:"kind" enum:"count,rate,proportion,none" doc:"Only counts may be added up."`
	Numerator   string      `json:"numerator,omitempty"`
	Denominator string      `json:"denominator,omitempty"`
	CannotTell  string      `json:"cannot_tell" doc:"What must not be concluded from the figures."`
	Every       string      `json:"every" enum:"year,quarter,month,none" doc:"Length of the periods in which the source publishes."`
	Dimensions  []Dimension `json:"dimensions"`
	Source      string      `json:"source"`
	SourceTitle string      `json:"source_title"`
	SourceURL   string      `json:"source_url,omitempty"`
	Licence     string      `json:"licence"`
	Attribution string      `json:"attribution"`
	Shippable   bool        `json:"shippable" doc:"Whether the licence lets the figures be passed on."`
	Own         bool        `json:"own" doc:"True for an indicator that came with a file of this node."`
	Series      int         `json:"series" doc:"How many series the node holds; 0 when nothing was imported yet."`
}

// Dimension is one way in which an indicator is split.
type Dimension struct {
	Dim   string `json:"dim" example:"age"`
	Label string `json:"label"`
	Codes []Code `json:"codes"`
}

// Code is one category of a dimension.
type Code struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

// Release is one publication of figures. It never changes.
type Release struct {
	ID         string   `json:"id"`
	Source     string   `json:"source"`
	Label      string   `json:"label"`
	ReleasedOn string   `json:"released_on" format:"date"`
	Basis      string   `json:"basis" doc:"How the date is known: stated or recalled."`
	ImportedAt string   `json:"imported_at" format:"date-time"`
	FileSHA256 string   `json:"file_sha256"`
	Rows       int      `json:"rows"`
	Indicators []string `json:"indicators"`
}

// Figures is the answer to a query: the same figures, with the same hash, as on the pages.
type Figures struct {
	Indicator  Indicator `json:"indicator"`
	Query      Asked     `json:"query" doc:"The query as it was understood."`
	Series     []Series  `json:"series"`
	Coverage   Coverage  `json:"coverage"`
	Share      bool      `json:"share" doc:"True when the figures are shares between 0 and 1, as query.part asks for."`
	Notes      []string  `json:"notes" doc:"What a reader has to know, in English."`
	Releases   []Release `json:"releases" doc:"The releases the figures come from, oldest first."`
	FigureHash string    `json:"hash" doc:"SHA-256 of the canonical figures. The same hash means the same figures."`
}

// Asked is a query in canonical writing.
type Asked struct {
	Areas   []string          `json:"areas"`
	Where   map[string]string `json:"where"`
	Part    map[string]string `json:"part,omitempty"`
	By      string            `json:"by,omitempty"`
	From    string            `json:"from,omitempty"`
	To      string            `json:"to,omitempty"`
	KnownOn string            `json:"known_on,omitempty"`
	Annual  bool              `json:"annual"`
}

// Series is one line of figures in time.
type Series struct {
	Area   string            `json:"area" example:"GBR"`
	Key    string            `json:"key" doc:"The cell in canonical writing; empty for the grand total."`
	Cell   map[string]string `json:"cell" doc:"The key as dimension and code."`
	Label  string            `json:"label"`
	Points []Point           `json:"points"`
	Breaks []Break           `json:"breaks" doc:"Figures before and after a break are not comparable."`
}

// Point is the figure of one period: it lies between low and high. Both are null when the figure
// is missing, which is not zero; they are equal when state is exact.
type Point struct {
	Period   string    `json:"period" example:"2022-Q2"`
	State    string    `json:"state" enum:"missing,exact,range,disputed"`
	Low      *float64  `json:"low" nullable:"true"`
	High     *float64  `json:"high" nullable:"true"`
	Release  string    `json:"release,omitempty" doc:"The release the figure comes from."`
	Derived  bool      `json:"derived" doc:"Added up by this program from published figures."`
	Revised  bool      `json:"revised" doc:"An earlier release had another figure."`
	Earlier  []Vintage `json:"earlier,omitempty" doc:"What earlier releases said, latest first."`
	Coverage *Coverage `json:"coverage,omitempty" doc:"For an annual sum: which of its parts there were."`
}

// Vintage is what an earlier release said.
type Vintage struct {
	Release    string   `json:"release"`
	ReleasedOn string   `json:"released_on"`
	State      string   `json:"state" enum:"missing,exact,range,disputed"`
	Low        *float64 `json:"low" nullable:"true"`
	High       *float64 `json:"high" nullable:"true"`
}

// Break says that figures from a period on are not comparable with those before.
type Break struct {
	Period string  `json:"period"`
	Kind   string  `json:"kind" enum:"declared,detected,none"`
	Note   string  `json:"note"`
	Source string  `json:"source,omitempty"`
	Factor float64 `json:"factor,omitempty" doc:"Level after over level before, as far as it can be told."`
}

// Coverage counts what a total rests on.
type Coverage struct {
	Reported int      `json:"reported"`
	Expected int      `json:"expected"`
	Missing  []string `json:"missing"`
}

// Changes is what a release altered against all that was known before.
type Changes struct {
	Release        Release    `json:"release"`
	NewCount       int        `json:"new_count"`
	RevisedCount   int        `json:"revised_count"`
	WithdrawnCount int        `json:"withdrawn_count"`
	Unchanged      int        `json:"unchanged"`
	New            []Revision `json:"new" doc:"At most 500, as in the two lists below."`
	Revised        []Revision `json:"revised"`
	Withdrawn      []Revision `json:"withdrawn"`
}

// Revision is one figure before and after a release.
type Revision struct {
	Indicator string   `json:"indicator"`
	Area      string   `json:"area"`
	Key       string   `json:"key"`
	Label     string   `json:"label"`
	Period    string   `json:"period"`
	Before    Measured `json:"before"`
	After     Measured `json:"after"`
}

// Measured is a figure by itself.
type Measured struct {
	State string   `json:"state" enum:"missing,exact,range,disputed"`
	Low   *float64 `json:"low" nullable:"true"`
	High  *float64 `json:"high" nullable:"true"`
}

// NewFigures writes an answer of the room for the wire. The command line uses it too, so that
// `fourfold measure show --json` and the interface give the same text.
func NewFigures(a indicator.Answer) Figures {
	return Figures{
		Indicator: NewIndicator(a.Indicator),
		Query: Asked{
			Areas: list(a.Query.Areas), Where: codes(a.Query.Where), Part: codes(a.Query.Part), By: string(a.Query.By),
			From: a.Query.From.String(), To: a.Query.To.String(), KnownOn: a.Query.KnownOn, Annual: a.Query.Annual,
		},
		Series:     each(a.Series, newSeries),
		Coverage:   newCoverage(a.Coverage),
		Share:      a.Share,
		Notes:      each(a.Notes, indicator.Note.String),
		Releases:   each(a.Releases, NewRelease),
		FigureHash: a.Hash,
	}
}

// NewIndicator writes an indicator for the wire.
func NewIndicator(i indicator.Indicator) Indicator {
	return Indicator{
		ID: string(i.ID), Title: i.Title, Definition: i.Definition, Unit: i.Unit, Kind: i.Kind.String(),
		Numerator: i.Numerator, Denominator: i.Denominator, CannotTell: i.CannotTell, Every: i.Every.String(),
		Dimensions: each(i.Dimensions, newDimension),
		Source:     i.Source, SourceTitle: i.SourceTitle, SourceURL: i.SourceURL,
		Licence: i.Licence, Attribution: i.Attribution, Shippable: i.Shippable, Own: i.Own, Series: i.SeriesCount,
	}
}

// NewRelease writes a release for the wire.
func NewRelease(r indicator.Release) Release {
	return Release{
		ID: r.ID, Source: r.Source, Label: r.Label, ReleasedOn: r.ReleasedOn, Basis: r.Basis,
		ImportedAt: time.UnixMicro(r.ImportedAt).UTC().Format(time.RFC3339),
		FileSHA256: r.FileHash, Rows: r.Rows,
		Indicators: each(r.Indicators, func(id indicator.ID) string { return string(id) }),
	}
}

// NewChanges writes what a release altered for the wire.
func NewChanges(c indicator.Changes) Changes {
	return Changes{
		Release: NewRelease(c.Release), NewCount: c.NewCount, RevisedCount: c.RevisedCount,
		WithdrawnCount: c.WithdrawnCount, Unchanged: c.Unchanged,
		New: each(c.New, newRevision), Revised: each(c.Revised, newRevision), Withdrawn: each(c.Withdrawn, newRevision),
	}
}

func newDimension(d indicator.Dimension) Dimension {
	return Dimension{
		Dim: string(d.Dim), Label: d.Label,
		Codes: each(d.Codes, func(c indicator.Code) Code { return Code{Code: c.Code, Label: c.Label} }),
	}
}

func newSeries(s indicator.Series) Series {
	return Series{
		Area: s.Area, Key: string(s.Key), Cell: codes(s.Key.Cell()), Label: s.Label,
		Points: each(s.Points, newPoint), Breaks: each(s.Breaks, newBreak),
	}
}

func newPoint(p indicator.Point) Point {
	m := newMeasured(p.Value)
	out := Point{
		Period: p.Period.String(), State: m.State, Low: m.Low, High: m.High,
		Release: p.Release, Derived: p.Derived, Revised: p.Revised,
	}
	for _, v := range p.Earlier {
		was := newMeasured(v.Value)
		out.Earlier = append(out.Earlier, Vintage{
			Release: v.Release, ReleasedOn: v.ReleasedOn, State: was.State, Low: was.Low, High: was.High,
		})
	}
	if p.Parts != nil {
		out.Coverage = new(newCoverage(*p.Parts))
	}
	return out
}

func newBreak(b indicator.Break) Break {
	return Break{Period: b.Period.String(), Kind: b.Kind.String(), Note: b.Note, Source: b.Source, Factor: b.Factor}
}

func newCoverage(c indicator.Coverage) Coverage {
	return Coverage{Reported: c.Reported, Expected: c.Expected, Missing: list(c.Missing)}
}

func newRevision(r indicator.Revision) Revision {
	return Revision{
		Indicator: string(r.Indicator), Area: r.Area, Key: string(r.Key), Label: r.Label,
		Period: r.Period.String(), Before: newMeasured(r.Before), After: newMeasured(r.After),
	}
}

func newMeasured(v indicator.Value) Measured {
	m := Measured{State: v.State.String()}
	if !v.IsMissing() {
		m.Low, m.High = new(v.Lo), new(v.Hi)
	}
	return m
}

// each maps a slice; the result is never nil, so that JSON shows an empty list and not null.
func each[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, a := range in {
		out[i] = f(a)
	}
	return out
}

// list copies a slice; like that of each, the result is never nil.
func list(in []string) []string { return append([]string{}, in...) }

// codes writes a cell with plain texts; the result is never nil.
func codes(in map[indicator.Dim]string) map[string]string {
	out := make(map[string]string, len(in))
	for d, code := range in {
		out[string(d)] = code
	}
	return out
}
