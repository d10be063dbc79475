package linkage

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// each calls do for 0 … n−1 on the given number of workers (0: one for each processor), each with a
// workspace of its own made by start. Which worker takes which index is left to chance, so do must
// depend on the index alone. The error of the smallest failing index seen is returned.
func each[W any](ctx context.Context, n, workers int, start func() W, do func(w W, i int) error) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = max(1, min(workers, n))
	var next atomic.Int64
	var group sync.WaitGroup
	var lock sync.Mutex
	var failed error
	at := n
	fail := func(i int, err error) {
		lock.Lock()
		defer lock.Unlock()
		if i < at {
			at, failed = i, err
		}
		next.Store(int64(n))
	}
	for range workers {
		group.Go(func() {
			w := start()
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				err := ctx.Err()
				if err == nil {
					err = do(w, i)
				}
				if err != nil {
					fail(i, err)
					return
				}
			}
		})
	}
	group.Wait()
	return failed
}
