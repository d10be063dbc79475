package blind

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/db"
	"github.com/fourfold/fourfold/internal/private"
	"github.com/fourfold/fourfold/internal/vault"
)

// BenchmarkSearch searches among a million people with eight readers, each searching again as soon as
// it has its answer, while a writer puts twenty new people a second and merges them. Every search is
// the whole of [Index.Search]: admission, count, entry, answer. It reports the latency, and the processor
// time of the process, the writer's included, for each search; b.N is the number of searches, so give
// -benchtime 2000x or more. Before it times anything it checks the quality.
//
// On SQLite the town is built once, see million; on PostgreSQL each time.
func BenchmarkSearch(b *testing.B) {
	town := million(b)
	with, without := town.quality(b, 500, 1)
	for s := range with {
		if w := with[s]; float64(w.found) < 0.9*float64(w.asked) || without[s].lost > 2 {
			b.Fatalf("%s: %+v with year, %+v without", town.all[s].name, w, without[s])
		}
	}
	started := time.Now().UnixNano() // new accounts in each run, or they would soon have searched enough
	for _, year := range []bool{true, false} {
		b.Run(fmt.Sprintf("year=%v", year), func(b *testing.B) { town.bench(b, year, &started) })
	}
}

func (t *town) bench(b *testing.B, year bool, account *int64) {
	stop := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() { t.writes(b, stop) })
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	var readers sync.WaitGroup
	before := processor()
	b.ResetTimer()
	for i := range 8 {
		*account += 1 << 20
		first := int(*account)
		readers.Go(func() {
			r := rand.New(rand.NewPCG(uint64(first), uint64(i)))
			for n := int(next.Add(1)) - 1; n < b.N; n = int(next.Add(1)) - 1 {
				q := t.ask(r, n%scripts+map[bool]int{true: 0, false: scripts}[year])
				q.Why = forCase
				actor := auth.Actor{Org: org, Account: worker(first + n/50).Account, Roles: []auth.Role{auth.Supervisor}, Via: auth.ViaSession}
				began := time.Now()
				if _, err := t.Search(b.Context(), actor, q.Query); err != nil {
					b.Error(err)
					return
				}
				took[n] = time.Since(began)
			}
		})
	}
	readers.Wait()
	b.StopTimer()
	b.ReportMetric(float64((processor()-before).Microseconds())/1000/float64(b.N), "cpu-ms/search")
	close(stop)
	writer.Wait()
	slices.Sort(took)
	for _, p := range []int{50, 95, 99} {
		b.ReportMetric(float64(took[len(took)*p/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", p))
	}
	b.ReportMetric(t.perPerson, "bytes/person")
	b.ReportMetric(peak(), "peak-MB")
}

var newcomers atomic.Int64

// writes enrols and puts twenty people a second, and merges them.
func (t *town) writes(b *testing.B, stop chan struct{}) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	r := rand.New(rand.NewPCG(5, 5))
	for n := 1; ; n++ {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		err := t.DB.WriteUnaudited(context.WithoutCancel(b.Context()), "benchmark", func(tx *db.Tx) error {
			p := vault.PersonID(fmt.Sprintf("NEW%d%d", time.Now().UnixNano(), newcomers.Add(1)))
			if err := t.Vault.Enrol(b.Context(), tx, worker(0), p, "adult-client"); err != nil {
				return err
			}
			h := person(&t.all, r, n)
			return t.Put(b.Context(), tx, org, p, Terms{Names: []private.Text{private.New(h.text())}, BirthFrom: h.birth})
		})
		if err == nil && n%mergeChunk == 0 {
			_, err = t.Merge(b.Context(), org)
		}
		if err != nil {
			b.Error(err)
			return
		}
	}
}

// peak returns the peak of the memory of the process in MB, on Linux. It holds the people of the test
// too, about 300 MB.
func peak() (mb float64) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(status) {
		if _, err := fmt.Sscanf(strings.TrimSpace(string(line)), "VmHWM: %f kB", &mb); err == nil {
			return mb / 1024
		}
	}
	return 0
}

// processor returns the processor time that the process has used, on Linux.
func processor() time.Duration {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	var user, system int64 // the 14th and 15th field, in hundredths of a second; the second is a name in brackets
	_, rest, _ := strings.Cut(string(stat), ") ")
	if _, err := fmt.Sscanf(rest, "%s %d %d %d %d %d %d %d %d %d %d %d %d", new(string), new(int), new(int), new(int), new(int),
		new(int), new(int), new(int), new(int), new(int), new(int), &user, &system); err != nil {
		return 0
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}

// BenchmarkPut puts people into an index, without merging them.
func BenchmarkPut(b *testing.B) {
	town := newTown(b)
	people := town.enrolled(b, 0, 64)
	n := 0
	for b.Loop() {
		write(b, town.DB, func(tx *db.Tx) error {
			n++
			return town.Put(b.Context(), tx, org, people[n%64], names(fmt.Sprintf("Tamina Quill%d", n)))
		})
	}
}
