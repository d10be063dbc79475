package load

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// kind is a kind of page.
type kind string

// The kinds.
const (
	list   kind = "case list"
	deep   kind = "deep page"
	work   kind = "my work"
	search kind = "search"
	page   kind = "case page"
)

func kinds() []kind { return []kind{list, deep, work, search, page} }

// pick draws what a user asks for next: a tenth are deep pages of the list.
func pick(r *rand.Rand) kind {
	switch n := r.IntN(100); {
	case n < 20:
		return list
	case n < 30:
		return deep
	case n < 50:
		return work
	case n < 65:
		return search
	}
	return page
}

// hourly is how many searches a user makes: less than an account may within an hour.
const hourly = 55

// caller is the browser of a user.
type caller struct {
	user

	base     string
	client   *http.Client
	r        *rand.Rand
	searches int
}

// request makes a request of a kind, and says what must stand in the answer.
func (c *caller) request(ctx context.Context, k kind) (*http.Request, string, error) {
	if k == search && c.searches >= hourly {
		k = list
	}
	whose := "mine"
	if c.Chief {
		whose = "all"
	}
	some := c.Known[c.r.IntN(len(c.Known))]
	path, body, wants := "/cases?list="+whose, io.Reader(nil), `<th scope="row">`
	switch k {
	case deep:
		path += "&from=" + strconv.FormatInt(some.At+1, 10) + "-Z"
	case work:
		path, wants = "/", "What needs you now"
	case page:
		path, wants = "/cases/"+string(some.Case), some.Number
	case search:
		c.searches++
		form := url.Values{"purpose": {"find-case"}, "scope": {c.Known[c.r.IntN(len(c.Known))].Number}, "name": {some.Name}, "off": {"2"}}
		wants = `id="hits"`
		if c.r.IntN(2) == 0 {
			form.Set("birth", strconv.Itoa(some.Year))
			wants = "/cases/" + string(some.Case)
		}
		path, body = "/search", strings.NewReader(form.Encode())
	}
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, "", err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	req.AddCookie(&http.Cookie{Name: "session", Value: c.session})
	return req, wants, nil
}

// ask asks for a page, reads the answer to its end and looks at it.
func (c *caller) ask(ctx context.Context, k kind) (time.Duration, error) {
	req, wants, err := c.request(ctx, k)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	res, err := c.client.Do(req)
	if err != nil {
		return 0, err
	}
	text, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	took := time.Since(began)
	if err != nil {
		return took, err
	}
	if res.StatusCode != http.StatusOK || !strings.Contains(string(text), wants) {
		return took, fmt.Errorf("%s: status %d, without %q", k, res.StatusCode, wants)
	}
	return took, nil
}

// callers are the browsers of the users of a town.
func (t *town) callers(base string, count int, seed uint64) []*caller {
	client := &http.Client{Timeout: 5 * time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: users * 2}}
	all := make([]*caller, count)
	for i := range all {
		all[i] = &caller{user: t.Users[i*len(t.Users)/count], base: base, client: client, r: rand.New(rand.NewPCG(seed, uint64(i)))}
	}
	return all
}

// taken is how long answers took, by kind.
type taken struct {
	mu    sync.Mutex
	times map[kind][]time.Duration
	wrong []error
}

func (t *taken) note(k kind, d time.Duration, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		t.wrong = append(t.wrong, err)
		return
	}
	if t.times == nil {
		t.times = map[kind][]time.Duration{}
	}
	t.times[k] = append(t.times[k], d)
}

// all are the times of some kinds together, in order; of every kind when none is named.
func (t *taken) all(of ...kind) (all []time.Duration) {
	if len(of) == 0 {
		of = kinds()
	}
	for _, k := range of {
		all = append(all, t.times[k]...)
	}
	slices.Sort(all)
	return all
}

// share is the time within which so many of sorted times lie.
func share(sorted []time.Duration, p float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(p*float64(len(sorted))))]
}

// during has every caller ask until the context ends, thinking between two pages for a time that is exponential with a
// mean; 0 is not at all.
func during(ctx context.Context, all []*caller, think time.Duration) *taken {
	var t taken
	var wait sync.WaitGroup
	for _, c := range all {
		wait.Go(func() {
			for {
				pause := time.Duration(c.r.ExpFloat64() * float64(think))
				select {
				case <-ctx.Done():
					return
				case <-time.After(pause):
				}
				k := pick(c.r)
				d, err := c.ask(context.WithoutCancel(ctx), k)
				t.note(k, d, err)
			}
		})
	}
	wait.Wait()
	return &t
}
