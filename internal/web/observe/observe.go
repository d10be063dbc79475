// Package observe lets an operator see that a node is well without seeing whom it serves.
//
// It writes one log line per request, counts requests for Prometheus and answers the two
// health checks. A request is named by its route pattern ("/measures/{id}") and never by its
// address, because an address can hold a search text, a code or a name. Query, form, headers,
// cookies and the network address of the caller are never read here, so that they cannot be
// written by mistake. Log lines and metrics are therefore fit to be shown to people who may
// not read a case; they still tell when an account worked, and are kept as carefully.
package observe

import (
	"context"
	"sync"
)

// unmatched stands in log and metrics for a request that no route answered. The address that
// was asked for is the sender's text and stays out.
const unmatched = "unmatched"

// Record collects what a handler may add to the log line of its request. Its methods are safe
// for concurrent use and do nothing on a nil Record, so that a handler called outside the
// middleware, as in a test, needs no special case.
type Record struct {
	mu                          sync.Mutex
	pattern, actor, fault, kind string
}

type recordKey struct{}

// Note returns the record of the request that ctx belongs to, or nil outside a request.
func Note(ctx context.Context) *Record {
	r, _ := ctx.Value(recordKey{}).(*Record)
	return r
}

// Actor sets the account id the request acted for. It must be the random id, never a name.
func (r *Record) Actor(id string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.actor = id
}

// Fail sets the id under which the cause of an error was logged, and the kind of error, such
// as "internal". Both may be shown to the person who met the error.
func (r *Record) Fail(id, kind string) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fault, r.kind = id, kind
}

func (r *Record) route(pattern string) {
	if r == nil || pattern == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pattern = pattern
}
