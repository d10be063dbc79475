package api

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fourfold/fourfold/internal/fault"
	"github.com/fourfold/fourfold/internal/web/observe"
)

// Problem is every error of the interface (RFC 9457). It says what is wrong and where, and never
// what was sent.
type Problem struct {
	Type    string         `json:"type" doc:"Always about:blank."`
	Title   string         `json:"title"`
	Status  int            `json:"status"`
	Kind    string         `json:"kind" doc:"The class of the error, for programs." example:"invalid"`
	Detail  string         `json:"detail,omitempty"`
	Hint    string         `json:"hint,omitempty" doc:"How to mend it."`
	ErrorID string         `json:"error_id,omitempty" doc:"The number under which the node logged an error of its own."`
	Fields  []ProblemField `json:"fields,omitempty"`
}

// ProblemField is one parameter or part of the body that is at fault.
type ProblemField struct {
	Name    string `json:"name" example:"query.from"`
	Message string `json:"message"`
}

// Error returns the detail. With GetStatus and ContentType it makes Problem an error of huma.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType names the format of errors.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func newProblem(status int, kind, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Kind: kind, Detail: detail}
}

// asked is what an error must not repeat: the values a request brought.
type asked []string

// holds reports whether text repeats one of the values. Values of one or two letters are let
// pass: they occur in any sentence and tell nothing.
func (a asked) holds(text string) bool {
	for _, value := range a {
		if len(value) > 2 && strings.Contains(text, value) {
			return true
		}
	}
	return false
}

// sentence fills msg with args, leaving out those that repeat what was sent.
func (a asked) sentence(msg string, args []any) string {
	if len(args) == 0 {
		return msg
	}
	clean := make([]any, len(args))
	for i, arg := range args {
		clean[i] = arg
		if a.holds(fmt.Sprint(arg)) {
			clean[i] = withheld{}
		}
	}
	return fmt.Sprintf(msg, clean...)
}

// withheld stands for a value that was sent, whatever the verb that prints it.
type withheld struct{}

// Format writes an ellipsis.
func (withheld) Format(w fmt.State, _ rune) { _, _ = w.Write([]byte("…")) }

// problemOf turns an error of a room into a Problem. named tells that the request named an object,
// so that "not permitted" must read like "does not exist".
func problemOf(err error, named bool, sent asked, note *observe.Record, logger *slog.Logger) *Problem {
	kind := fault.KindOf(err)
	if named && (kind == fault.Denied || kind == fault.Withheld) {
		kind = fault.NotFound
	}
	f, known := fault.As(err)
	if kind == fault.Internal || !known {
		p := newProblem(http.StatusInternalServerError, fault.Internal.String(), "The node could not answer.")
		p.ErrorID = rand.Text()[:10]
		note.Fail(p.ErrorID, p.Kind)
		logger.Error("request failed", "error_id", p.ErrorID, "cause", fault.Cause(err))
		return p
	}
	note.Fail("", kind.String())
	if kind == fault.NotFound {
		return newProblem(http.StatusNotFound, kind.String(), "There is no such thing here for this token.")
	}
	p := newProblem(statusOf(kind), kind.String(), sent.sentence(f.Msg, f.Args))
	if f.Hint != "" {
		p.Hint = sent.sentence(f.Hint, f.HintArgs)
	}
	for _, field := range f.Fields {
		name := field.Name
		if sent.holds(name) {
			name = "query"
		}
		p.Fields = append(p.Fields, ProblemField{Name: name, Message: sent.sentence(field.Msg, field.Args)})
	}
	return p
}

func statusOf(k fault.Kind) int {
	switch k {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Denied:
		return http.StatusForbidden
	case fault.NotFound, fault.Withheld:
		return http.StatusNotFound
	case fault.Conflict, fault.Stale:
		return http.StatusConflict
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	default:
		return http.StatusInternalServerError
	}
}

// discreet is the transformer that turns huma's own errors into Problems. As huma writes them they
// hold the rejected value, and the name of an unknown parameter, which is the sender's text too.
func discreet(ctx huma.Context, _ string, v any) (any, error) {
	model, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := newProblem(model.Status, fault.Invalid.String(), "The request is not valid.")
	if model.Status >= http.StatusInternalServerError {
		p.Kind, p.Detail = fault.Internal.String(), "The node could not answer."
		return p, nil
	}
	sent := askedOf(ctx)
	for _, e := range model.Errors {
		p.Fields = append(p.Fields, discreetField(e, ctx.Operation(), sent))
	}
	observe.Note(ctx.Context()).Fail("", p.Kind)
	return p, nil
}

func discreetField(e *huma.ErrorDetail, op *huma.Operation, sent asked) ProblemField {
	field := ProblemField{Name: e.Location, Message: e.Message}
	if sent.holds(field.Message) {
		field.Message = "is not valid"
	}
	if where, name, _ := strings.Cut(e.Location, "."); where == "query" && !declares(op, name) {
		return ProblemField{Name: "query", Message: "unknown parameter"}
	}
	return field
}

// declares reports whether the operation has a query parameter of that name.
func declares(op *huma.Operation, name string) bool {
	name, _, _ = strings.Cut(name, "[")
	for _, p := range op.Parameters {
		if p.In == "query" && p.Name == name {
			return true
		}
	}
	return false
}

// askedOf collects the values that a request brought in its path and query, and their parts.
func askedOf(ctx huma.Context) asked {
	u := ctx.URL()
	var sent asked
	for _, values := range u.Query() {
		for _, value := range values {
			sent = append(sent, value)
			sent = append(sent, strings.FieldsFunc(value, func(r rune) bool { return r == '=' || r == ',' })...)
		}
	}
	for _, p := range ctx.Operation().Parameters {
		if p.In == "path" {
			sent = append(sent, ctx.Param(p.Name))
		}
	}
	return sent
}
