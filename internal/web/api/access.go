package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"reflect"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/web/observe"
)

// visit is who asks and what was sent, for the length of one request.
type visit struct {
	actor auth.Actor
	sent  asked
}

type visitKey struct{}

// enter is the door of every operation: it finds the token, holds its pace, and hands on who asks.
func (s *server) enter(ctx huma.Context, next func(huma.Context)) {
	scheme, secret, _ := strings.Cut(ctx.Header("Authorization"), " ")
	secret = strings.TrimSpace(secret)
	if !strings.EqualFold(scheme, "Bearer") || secret == "" {
		s.closed(ctx)
		return
	}
	actor, err := s.app.Accounts.TokenActor(ctx.Context(), secret)
	switch {
	case err != nil && fault.KindOf(err) == fault.Denied:
		s.closed(ctx)
		return
	case err != nil:
		problemOf(err, false, nil, observe.Note(ctx.Context()), s.logger).answer(ctx)
		return
	}
	observe.Note(ctx.Context()).Actor(string(actor.Account))
	// The bucket is named by a hash: a secret is not kept in memory longer than its request.
	if ok, wait := s.limit.allow(fmt.Sprintf("%x", sha256.Sum256([]byte(secret)))); !ok {
		ctx.SetHeader("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		p := newProblem(http.StatusTooManyRequests, fault.Unavailable.String(), "This token asks too often.")
		p.Hint = "Wait as long as Retry-After says, and ask for several areas in one request."
		observe.Note(ctx.Context()).Fail("", p.Kind)
		p.answer(ctx)
		return
	}
	next(huma.WithValue(ctx, visitKey{}, visit{actor: actor, sent: askedOf(ctx)}))
}

// closed answers a request without a token that opens. It does not tell whether there was one.
func (s *server) closed(ctx huma.Context) {
	ctx.SetHeader("WWW-Authenticate", `Bearer realm="fourfold"`)
	observe.Note(ctx.Context()).Fail("", fault.Denied.String())
	p := newProblem(http.StatusUnauthorized, fault.Denied.String(), "A valid bearer token is needed.")
	p.Hint = "An administrator of the node issues one: on the settings page, or with fourfold token issue."
	p.answer(ctx)
}

// as gives a room method the actor and turns its error into a Problem. named tells that the
// request names an object.
func as[I, O any](s *server, named bool, ask func(context.Context, auth.Actor, *I) (*O, error)) func(context.Context, *I) (*O, error) {
	return func(ctx context.Context, in *I) (*O, error) {
		v, _ := ctx.Value(visitKey{}).(visit)
		out, err := ask(ctx, v.actor, in)
		if err != nil {
			return nil, problemOf(err, named, v.sent, observe.Note(ctx), s.logger)
		}
		return out, nil
	}
}

// recover answers a panic with an error and keeps the stack in the log.
func (s *server) recover(w http.ResponseWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler {
		panic(cause)
	}
	err := fault.New(fault.Internal, "a handler panicked")
	p := problemOf(err, false, nil, observe.Note(r.Context()), s.logger)
	s.logger.ErrorContext(r.Context(), "a handler panicked", "route", r.Pattern, "error_id", p.ErrorID, "stack", string(debug.Stack()))
	p.write(w)
}

// answer writes the problem as the answer of a huma request.
func (p *Problem) answer(ctx huma.Context) {
	ctx.SetHeader("Content-Type", p.ContentType(""))
	ctx.SetStatus(p.Status)
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(p) // the asker has gone when this fails
}

// write writes the problem as the answer of a plain request.
func (p *Problem) write(w http.ResponseWriter) {
	setHeaders(w.Header())
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the asker has gone when this fails
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }
