package web

import (
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/beat"
	"github.com/fourfold/fourfold/internal/partnership/agreement"
)

// The classes of question that must not be told apart: no such record; a record whose person has given no
// authority to us; one that the agreement would release and somebody keeps back. The second has authorities for
// others by the score, so that deciding about it takes visibly longer: what hides that is the clock.
const (
	unknownRecord = iota
	refusedRecord
	withheldRecord
	classes
)

// timingHouse is a node on which the partner holds one record of each class, served over a real connection.
type timingHouse struct {
	n      *testNode
	url    string
	cookie string
	forms  [classes]url.Values
	client *http.Client
}

func newTimingHouse(t *testing.T) *timingHouse {
	n := newNode(t, Options{})
	partner := n.partnership().partner
	id := n.agree(partner, n.org, contactTerms(n.org), agreement.InForce)
	fields := map[string]string{"channel": "text", "hours": "mornings", "language": "Amharic"}
	withheld, _ := n.shelve(partner, n.org, 1, fields)
	n.must(n.app.Agreements.Withhold(t.Context(), somebody(partner, "x", auth.SupportWorker), withheld, true))
	// The authorities of the refused name somebody else.
	refused, _ := n.shelve(partner, "SOMEBODYELSE", 200, fields)
	server := httptest.NewServer(n)
	t.Cleanup(server.Close)
	server.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = 500 // all askers keep theirs
	h := &timingHouse{n: n, url: server.URL + "/agreements/ask", cookie: n.session(auth.Investigator), client: server.Client()}
	for class, record := range [classes]agreement.RecordID{"NOSUCHRECORDHEREANYWHEREAT", refused, withheld} {
		h.forms[class] = url.Values{"agreement": {string(id)}, "record": {string(record)}, "purpose": {"safety"}}
	}
	return h
}

// asked sends one question and returns how long the answer took, and all of it but the date.
func (h *timingHouse) asked(t *testing.T, class int) (time.Duration, string) {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url, strings.NewReader(h.forms[class].Encode()))
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Cookie", h.cookie)
	begun := time.Now()
	res, err := h.client.Do(r)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	body, err := io.ReadAll(res.Body)
	took := time.Since(begun)
	if err != nil || res.Body.Close() != nil {
		t.Error("the answer breaks off")
	}
	res.Header.Del("Date")
	var head strings.Builder
	_ = res.Header.Write(&head) // sorted by name
	return took, res.Status + "\n" + head.String() + string(body)
}

// sample asks n times in each class, interleaved at random, many at once, and compares every answer with the first.
// Each waits a random moment before it asks, or the clock would bring all of them to ask at once. There are as many
// askers as bring about as many questions in a second on a slow clock as on a fast one.
func (h *timingHouse) sample(t *testing.T, n int, clock beat.Schedule, seed uint64) (took [classes][]float64) {
	t.Helper()
	h.n.app.Agreements.Schedule = clock
	workers, moment := 3+int(clock.Minimum/(10*time.Millisecond)), 5*time.Millisecond+clock.Minimum
	var order []int
	for class := range classes {
		order = append(order, slices.Repeat([]int{class}, n)...)
	}
	rand.New(rand.NewPCG(seed, 1)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	_, first := h.asked(t, unknownRecord)
	if !strings.Contains(first, "There is nothing for you") {
		t.Fatalf("not the answer that was expected:\n%s", first)
	}
	var (
		mu    sync.Mutex
		group sync.WaitGroup
		next  = make(chan int)
	)
	for range workers {
		group.Go(func() {
			for class := range next {
				time.Sleep(time.Duration(rand.Int64N(int64(moment))))
				d, answer := h.asked(t, class)
				mu.Lock()
				took[class] = append(took[class], d.Seconds())
				if answer != first {
					t.Errorf("class %d: an answer differs\n%s", class, answer)
				}
				mu.Unlock()
			}
		})
	}
	for _, class := range order {
		next <- class
	}
	close(next)
	group.Wait()
	return took
}

// apart is the two-sample Kolmogorov–Smirnov test: the greatest distance between the two empirical distributions,
// and the probability of such a distance when both come from one (asymptotic series, Smirnov 1948).
func apart(a, b []float64) (distance, p float64) {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	i, j := 0, 0
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
	for k := 1; k <= 100; k++ {
		term := 2 * math.Exp(-2*float64(k*k)*lambda*lambda)
		if k%2 == 0 {
			term = -term
		}
		p += term
	}
	if lambda < 0.2 { // the series does not converge there, and nothing is nearer to one
		p = 1
	}
	return distance, min(max(p, 0), 1)
}

// told returns the smallest p over the pairs of classes.
func told(t *testing.T, took [classes][]float64) float64 {
	t.Helper()
	smallest := 1.0
	for a := range classes {
		for b := a + 1; b < classes; b++ {
			d, p := apart(took[a], took[b])
			t.Logf("classes %d and %d: distance %.3f, p %.3g (n %d and %d)", a, b, d, p, len(took[a]), len(took[b]))
			smallest = min(smallest, p)
		}
	}
	return smallest
}

// noticeable is the p below which two classes count as told apart. Of three pairs, one in 3,000 runs is below it by
// chance; the test fails when three in a row are, by chance once in thirty thousand million runs.
const noticeable = 1e-4

// TestUnknownRefusedAndWithheldAreOneAnswer: over a real connection, a hundred questions of each class (500 in the full form), interleaved:
// every answer has the same bytes and headers, and the times cannot be told apart. The control asks the same with
// the clock taken away, and must tell them apart. The full form, FOURFOLD_CAMPAIGN=full, uses the clock that nodes
// have; the short one a clock that this machine keeps: it hides the work only as long as that is done within its
// minimum, and on a busy machine a few milliseconds of work take a hundred.
func TestUnknownRefusedAndWithheldAreOneAnswer(t *testing.T) {
	seed, n := uint64(time.Now().UnixNano()), 100
	full := os.Getenv("FOURFOLD_CAMPAIGN") == "full"
	if full {
		n = 500
	}
	t.Logf("seed %d, %d of each class", seed, n)
	h := newTimingHouse(t)
	n, longest := h.withoutClock(t, n, seed)

	clock := beat.Schedule{Minimum: max(30*time.Millisecond, 2*longest), Grid: 5 * time.Millisecond}
	if full {
		clock = beat.Default()
	}
	for attempt := uint64(1); ; attempt++ {
		t.Logf("clock %v", clock)
		if told(t, h.sample(t, n, clock, seed+attempt)) >= noticeable {
			return
		}
		if attempt == 3 {
			t.Fatal("the time of the answer says which it was")
		}
		if !full { // a longer clock hides work that took longer, and nothing else
			clock.Minimum *= 2
		}
	}
}

// withoutClock is the control: it asks n times in each class, and n times more until the classes are told apart
// beyond doubt, for a busy machine blurs times. It returns how many questions of a class that took, and the longest
// time of an answer.
func (h *timingHouse) withoutClock(t *testing.T, n int, seed uint64) (each int, longest time.Duration) {
	t.Helper()
	const beyondDoubt = noticeable * noticeable * noticeable // so that as many questions notice it with a clock
	var all [classes][]float64
	for round := range uint64(30) {
		for class, took := range h.sample(t, n, beat.Schedule{}, seed^(round+1)<<32) {
			all[class] = append(all[class], took...)
		}
		if told(t, all) < beyondDoubt {
			seconds := slices.Max(slices.Concat(all[:]...))
			return len(all[0]), time.Duration(seconds * float64(time.Second))
		}
	}
	t.Fatal("without the clock the classes cannot be told apart either: this test would not notice")
	return 0, 0
}

// TestKolmogorovSmirnov checks the statistic on samples whose distance is known, and its p against the table of the
// Kolmogorov distribution: P(K > 1.3581) = 0.05, P(K > 1.6276) = 0.01.
func TestKolmogorovSmirnov(t *testing.T) {
	line := func(n int, shift float64) (out []float64) {
		for i := range n {
			out = append(out, float64(i)/float64(n)+shift)
		}
		return out
	}
	if d, p := apart(line(500, 0), line(500, 0)); d != 0 || p != 1 {
		t.Errorf("the same sample: distance %v, p %v", d, p)
	}
	if d, p := apart(line(100, 0), line(100, 5)); d != 1 || p > 1e-40 {
		t.Errorf("nothing in common: distance %v, p %v", d, p)
	}
	const n = 20_000 // n·n/(n+n) = 10,000, so λ is about 100 times the distance
	for lambda, want := range map[float64]float64{1.3581: 0.05, 1.6276: 0.01} {
		if _, p := apart(line(n, 0), line(n, lambda/100)); math.Abs(p-want) > want/20 {
			t.Errorf("λ %v: p %v, want %v", lambda, p, want)
		}
	}
}
