package space_test

import (
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/beat"
	"github.com/fourfold/fourfold/internal/web/space"
)

// The classes of whoever does not get in.
const (
	noSuchNumber = iota
	wrongWord
	revokedSlip
	classes
)

// TestOneAnswerAtOneTime asks over a real connection with a number that does not exist, a wrong word and a revoked slip,
// mixed by chance: every answer has the same bytes and headers, and the times cannot be told apart. The control takes the
// clock away and must tell them apart, or the test would notice nothing.
func TestOneAnswerAtOneTime(t *testing.T) {
	seed, n := uint64(time.Now().UnixNano()), 25
	t.Logf("seed %d", seed)
	s := newSite(t, space.Options{})
	d := &door{site: s, server: httptest.NewServer(s), random: rand.New(rand.NewPCG(seed, 1))}
	defer d.server.Close()
	d.fresh()
	_, d.first = d.ask(t, noSuchNumber)
	var control [classes][]float64
	for round := 0; ; round++ {
		for class, took := range d.sample(t, n) {
			control[class] = append(control[class], took...)
		}
		if told(control) < 1e-9 {
			break
		}
		if round == 30 {
			t.Fatal("without the clock the classes cannot be told apart either: this test would not notice")
		}
	}
	all := slices.Sorted(slices.Values(slices.Concat(control[:]...)))
	clock := max(10*time.Millisecond, time.Duration(2*all[len(all)*19/20]*float64(time.Second)))
	for attempt := 1; ; attempt++ {
		s.app.Space.Schedule = beat.Schedule{Minimum: clock, Grid: clock / 4}
		if told(d.sample(t, n)) >= 1e-4 {
			return
		}
		if attempt == 3 {
			t.Fatal("the time of the answer says which it was")
		}
		clock *= 2 // a longer clock hides work that took longer, and nothing else
	}
}

// door is the entrance, and whoever stands before it.
type door struct {
	*site
	server  *httptest.Server
	random  *rand.Rand
	revoked string
	first   string
	used    int
}

// fresh makes slips anew, before the guesses that one of them bears are used up.
func (d *door) fresh() {
	of, number := d.slip()
	d.revoked = number
	d.must(d.app.Space.Revoke(d.t.Context(), d.worker, of))
	_, d.number = d.slip()
	d.used = 0
}

func (d *door) ask(t *testing.T, class int) (float64, string) {
	t.Helper()
	if d.used++; d.used > 80 {
		d.fresh()
	}
	d.now.Add(time.Hour.Microseconds()) // so that no budget of an hour is spent
	number := [classes]string{strings.Repeat("2", 28), d.number, d.revoked}[class]
	form := url.Values{"number": {number}, "word": {"grape"}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.server.URL+"/in", strings.NewReader(form.Encode()))
	d.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	begun := time.Now()
	res, err := d.server.Client().Do(r)
	d.must(err)
	body, err := io.ReadAll(res.Body)
	took := time.Since(begun)
	d.must(err)
	d.must(res.Body.Close())
	res.Header.Del("Date")
	var head strings.Builder
	_ = res.Header.Write(&head) // sorted by name
	return took.Seconds(), res.Status + "\n" + head.String() + string(body)
}

// sample asks n times in each class, in an order made by chance.
func (d *door) sample(t *testing.T, n int) (took [classes][]float64) {
	t.Helper()
	var order []int
	for class := range classes {
		order = append(order, slices.Repeat([]int{class}, n)...)
	}
	d.random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	for _, class := range order {
		seconds, answer := d.ask(t, class)
		if answer != d.first {
			t.Fatalf("class %d has another answer\n%s\n---\n%s", class, answer, d.first)
		}
		took[class] = append(took[class], seconds)
	}
	return took
}

// told returns the smallest probability, over the pairs of classes, that two come from one: the two-sample
// Kolmogorov–Smirnov test with its asymptotic series (Smirnov 1948).
func told(took [classes][]float64) float64 {
	smallest := 1.0
	for a := range classes {
		for b := range a {
			smallest = min(smallest, apart(took[a], took[b]))
		}
	}
	return smallest
}

func apart(a, b []float64) (p float64) {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	i, j, distance := 0, 0, 0.0
	for i < len(a) && j < len(b) {
		x := min(a[i], b[j])
		for i < len(a) && a[i] <= x {
			i++
		}
		for j < len(b) && b[j] <= x {
			j++
		}
		distance = max(distance, math.Abs(float64(i)/float64(len(a))-float64(j)/float64(len(b))))
	}
	n := float64(len(a)) * float64(len(b)) / float64(len(a)+len(b))
	lambda := (math.Sqrt(n) + 0.12 + 0.11/math.Sqrt(n)) * distance
	if lambda < 0.2 { // the series does not converge there, and nothing is nearer to one
		return 1
	}
	for k := 1; k <= 100; k++ {
		term := 2 * math.Exp(-2*float64(k*k)*lambda*lambda)
		if k%2 == 0 {
			term = -term
		}
		p += term
	}
	return min(max(p, 0), 1)
}
