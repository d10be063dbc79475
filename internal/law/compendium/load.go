package compendium

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/fourfold/fourfold/analysis/alignment"
	"github.com/fourfold/fourfold/internal/law/clock"
	"github.com/fourfold/fourfold/internal/law/membership"
	"github.com/fourfold/fourfold/internal/law/treaty"
	"github.com/fourfold/fourfold/internal/law/work"
	"github.com/fourfold/fourfold/script"
)

// Load reads a set of tables. It refuses what does not fit and names file and line.
func Load(files fs.FS) (*Book, error) {
	b := &Book{
		instrument: map[string]int{}, topic: map[string]int{}, duties: map[string][]Obligation{}, laws: map[string][]Law{},
		regional: map[string]membership.Act{}, chains: map[pair]treaty.Chain{}, places: map[string][]Place{}, sources: map[string]Trust{},
	}
	acts := actReader{base: b}
	for _, step := range []struct {
		file string
		add  func(get func(string) string) error
	}{
		{"source", b.addSource},
		{"instrument", b.addInstrument},
		{"topic", b.addTopic},
		{"obligation", b.addObligation},
		{"law", b.addLaw},
		{"act", acts.add},
		{"extra", acts.extra},
		{"member", b.addMember},
		{"regional", b.addRegional},
		{"work", b.addWork},
		{"event", b.addEvent},
		{"place", b.addPlace},
	} {
		if err := each(files, step.file+".csv", step.add); err != nil {
			return nil, err
		}
	}
	states := map[string]bool{}
	for p, c := range b.chains {
		states[p.state] = true
		i := b.Instruments[b.instrument[p.instrument]]
		if bad := treaty.Check(i.Adopted, i.Articles, c.Acts); len(bad) > 0 {
			return nil, fmt.Errorf("acts of %s for %s: %w", p.state, p.instrument, bad[0])
		}
	}
	b.states = slices.Sorted(maps.Keys(states))
	return b, nil
}

// each calls add for every row of a table; get returns a column by name.
func each(files fs.FS, name string, add func(get func(string) string) error) error {
	f, err := files.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) == 0 {
		return fmt.Errorf("%s: no table: %w", name, err)
	}
	column := map[string]int{}
	for i, c := range rows[0] {
		column[c] = i
	}
	for i, row := range rows[1:] {
		get := func(c string) string {
			if at, ok := column[c]; ok {
				return row[at]
			}
			return ""
		}
		if err := add(get); err != nil {
			return fmt.Errorf("%s, line %d: %w", name, i+2, err)
		}
	}
	return nil
}

// trust reads what a row rests on: the columns source and confidence.
func (b *Book) trust(get func(string) string) (Trust, error) {
	t, known := b.sources[get("source")]
	if !known {
		return t, fmt.Errorf("source %q is not listed", get("source"))
	}
	t.Confidence = get("confidence")
	if !slices.Contains([]string{"high", "medium", "low"}, t.Confidence) {
		return t, fmt.Errorf("confidence %q is none", t.Confidence)
	}
	return t, nil
}

// dates reads columns that hold dates.
func dates(get func(string) string, columns ...string) ([]clock.Day, error) {
	out := make([]clock.Day, len(columns))
	for i, c := range columns {
		d, err := clock.Parse(get(c))
		if err != nil {
			return nil, err
		}
		out[i] = d
	}
	return out, nil
}

func (b *Book) addSource(get func(string) string) error {
	b.sources[get("id")] = Trust{Source: get("text"), Recalled: get("evidence") == "r", Known: clock.Day(get("known"))}
	_, err := dates(get, "known")
	return err
}

func (b *Book) addInstrument(get func(string) string) error {
	d, err := dates(get, "adopted", "force")
	if err != nil {
		return err
	}
	t, err := b.trust(get)
	if err != nil {
		return err
	}
	rule, err := treaty.ParseRule(d[1], get("rule"))
	if err != nil {
		return err
	}
	i := Instrument{
		ID: get("id"), Short: get("short"), Title: get("title"), Body: get("body"), Type: get("type"), Place: get("place"),
		Adopted: d[0], Force: d[1], Parties: get("parties"), PartiesOn: get("parties_on"), Citation: get("citation"),
		Binding: get("binding"), Note: get("note"), Rule: rule, Trust: t,
		URI: "/akn/" + get("akn") + "/act/" + strings.ReplaceAll(get("type"), " ", "-") + "/" + get("adopted") + "/" + strings.ToLower(get("id")),
	}
	if ids := get("ids"); ids != "" {
		i.IDs = strings.Split(ids, "; ")
	}
	if n := get("articles"); n != "" {
		if i.Articles, err = strconv.Atoi(n); err != nil {
			return err
		}
	}
	if _, twice := b.instrument[i.ID]; twice {
		return fmt.Errorf("%s stands twice", i.ID)
	}
	b.instrument[i.ID] = len(b.Instruments)
	b.Instruments = append(b.Instruments, i)
	b.Corpus.Works = append(b.Corpus.Works, work.Work{
		ID: i.ID, Jurisdiction: i.Body, Kind: i.Type, Title: i.Title, Number: i.Citation, Alias: append([]string{i.URI}, i.IDs...),
		Adopted: i.Adopted, Source: t.Source, Confidence: t.Confidence,
	})
	return nil
}

func (b *Book) addTopic(get func(string) string) error {
	tier, err := alignment.ParseTier(get("tier"))
	if err != nil {
		return err
	}
	t := Topic{
		Topic: alignment.Topic{Code: get("code"), Pillar: get("pillar"), Tier: tier}, Title: get("title"), Means: get("means"), Set: get("set"),
		Trust: b.sources["tax"],
	}
	t.Confidence = "high"
	if _, twice := b.topic[t.Code]; twice {
		return fmt.Errorf("%s stands twice", t.Code)
	}
	b.topic[t.Code] = len(b.Topics)
	b.Topics = append(b.Topics, t)
	return nil
}

func (b *Book) addObligation(get func(string) string) error {
	t, err := b.trust(get)
	if err != nil {
		return err
	}
	strength, err := alignment.ParseStrength(get("strength"))
	if err != nil {
		return err
	}
	topic, found := b.topic[get("topic")]
	_, listed := b.instrument[get("instrument")]
	if !found || !listed {
		return fmt.Errorf("topic %q or instrument %q is not listed", get("topic"), get("instrument"))
	}
	o := Obligation{
		Obligation: alignment.Obligation{Topic: get("topic"), Strength: strength, ValidFrom: get("from")},
		Instrument: get("instrument"), Article: get("article"), Paragraph: get("paragraph"), EID: eid(get("article"), get("paragraph")),
		Qualifier: get("qualifier"), Kind: get("kind"), Pillar: b.Topics[topic].Pillar, Text: get("text"), Trust: t,
	}
	for _, part := range []string{o.Instrument, o.Article, o.Paragraph, get("n")} {
		if part != "" {
			o.ID += "." + part
		}
	}
	o.ID = o.ID[1:]
	if o.Kind == "" {
		o.Kind = "State"
	}
	b.Obligations = append(b.Obligations, o)
	b.duties[o.Instrument] = append(b.duties[o.Instrument], o)
	return nil
}

// eid makes the place in the text: article 6, "3(d)" is art_6__para_3__point_d.
func eid(article, paragraph string) string {
	out := []string{"art_" + article}
	for p := range strings.FieldsFuncSeq(paragraph, func(c rune) bool { return c == '(' || c == ')' || c == '.' }) {
		kind := "point_"
		if p[0] >= '0' && p[0] <= '9' {
			kind = "para_"
		}
		out = append(out, kind+p)
	}
	return strings.Join(out, "__")
}

func (b *Book) addMember(get func(string) string) error {
	d, err := dates(get, "from", "until")
	if err != nil {
		return err
	}
	t, err := b.trust(get)
	for state := range strings.FieldsSeq(get("states")) {
		b.Members = append(b.Members, membership.Member{
			State: state, Organisation: get("organisation"), From: d[0], Until: d[1], Source: t.Source, Confidence: t.Confidence,
		})
	}
	return err
}

func (b *Book) addRegional(get func(string) string) error {
	d, err := dates(get, "from", "until", "due")
	if err != nil {
		return err
	}
	t, err := b.trust(get)
	a := membership.Act{
		Instrument: get("instrument"), Organisation: get("organisation"), From: d[0], Until: d[1], Due: d[2],
		Outside: map[string]clock.Day{}, Source: t.Source, Confidence: t.Confidence,
	}
	for out := range strings.FieldsSeq(get("outside")) {
		state, since, _ := strings.Cut(out, "@")
		a.Outside[state] = clock.Day(since)
	}
	b.Regional = append(b.Regional, a)
	b.regional[a.Instrument] = a
	return err
}

func (b *Book) addPlace(get func(string) string) error {
	name := script.Fold(get("name"))
	b.places[name] = append(b.places[name], Place{get("code"), get("what")})
	return nil
}
