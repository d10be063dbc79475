package web

import (
	"context"
	"math/rand/v2"
	"reflect"
	"strings"
	"time"

	"github.com/fourfold/fourfold/internal/auth"
	"github.com/fourfold/fourfold/internal/vault"
)

// What the campaign of chain_test.go fills into forms and passes to methods.

func anyOf[T any](r *rand.Rand, all []T) T { return all[r.IntN(len(all))] }

// cookie is the session of an administrator, or of whom they have become.
func (c *chain) cookie() string {
	if c.r.IntN(4) > 0 {
		return anyOf(c.r, c.cookies[:len(c.bosses)])
	}
	return anyOf(c.r, c.cookies)
}

// anything is a value that some field or parameter might take.
func (c *chain) anything() string {
	switch c.r.IntN(7) {
	case 6:
		return string(anyOf(c.r, c.bosses))
	case 0, 1:
		return anyOf(c.r, c.pool)
	case 2, 3: // what they have just come to see is what they would try
		return anyOf(c.r, c.pool[max(0, len(c.pool)-6):])
	}
	return anyOf(c.r, []string{
		"support-worker", "supervisor", "investigator", "protection-officer", "administrator", "analyst", "2024-12-31", "2024-07-01",
		"to help", "Ada (invented)", "glass", "search", "other", "danger-to-life", "court-order", "justified", "30", "", chainCase,
	})
}

// field is a plausible value of a form field: most random forms would otherwise be refused at once.
func (c *chain) field(name string) string {
	plausible := map[string][]string{
		"role": {"support-worker", "supervisor", "investigator", "authority", "protection-officer", "analyst"}, "until": {"2024-12-31"},
		"reason": {"to help", "danger-to-life", "other"}, "name": {"Ada (invented)"}, "scope": {chainCase}, "subject": {chainCase},
		"occasion": {"glass"}, "ground": {"court-order"}, "finding": {"justified"}, "days": {"30"}, "why": {"to help"},
	}
	if values := plausible[name]; values != nil && c.r.IntN(5) > 0 {
		return anyOf(c.r, values)
	}
	return c.anything()
}

// arguments makes arguments for a method; ok is false when it takes no actor, or something that cannot
// be made.
func (c *chain) arguments(m reflect.Type) (args []reflect.Value, ok bool) {
	takesActor := false
	for i := range m.NumIn() {
		in := m.In(i)
		if m.IsVariadic() && i == m.NumIn()-1 {
			in = in.Elem()
		}
		if in == reflect.TypeFor[auth.Actor]() {
			takesActor = true
		}
		v, made := c.value(in, 0)
		if !made {
			return nil, false
		}
		args = append(args, v)
	}
	return args, takesActor
}

// value makes a value of a type.
func (c *chain) value(t reflect.Type, depth int) (reflect.Value, bool) {
	v := reflect.New(t).Elem()
	switch {
	case depth > 4:
		return v, true
	case t == reflect.TypeFor[context.Context]():
		return reflect.ValueOf(c.t.Context()), true
	case t == reflect.TypeFor[auth.Actor]():
		_, secret, _ := strings.Cut(c.cookie(), "=")
		a, err := c.app.Accounts.SessionActor(c.t.Context(), secret)
		return reflect.ValueOf(a), err == nil
	case t == reflect.TypeFor[auth.ProposalID]() && c.r.IntN(2) == 0:
		waiting, err := c.app.Accounts.Waiting(c.t.Context(), auth.Actor{Org: c.org, Account: c.bosses[0], Roles: []auth.Role{auth.Administrator}})
		if err != nil || len(waiting) == 0 {
			return v, false
		}
		return reflect.ValueOf(anyOf(c.r, waiting).ID), true
	case t == reflect.TypeFor[vault.Item]():
		return reflect.ValueOf(c.item), true
	case t == reflect.TypeFor[time.Time]():
		return reflect.ValueOf(noon.Add(time.Hour)), true
	case t == reflect.TypeFor[map[string]string]():
		m := map[string]string{}
		for _, k := range []string{"role", "until", "accounts", "ground", "excluded"} {
			m[k] = c.field(k)
		}
		return reflect.ValueOf(m), true
	case t == reflect.TypeFor[vault.Why]():
		return reflect.ValueOf(vault.Why{Purpose: "support", Scope: chainCase}), true
	}
	switch t.Kind() {
	case reflect.String:
		v.SetString(c.field(strings.ToLower(strings.TrimSuffix(t.Name(), "ID"))))
	case reflect.Bool:
		v.SetBool(c.r.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(1 + c.r.IntN(20)))
	case reflect.Slice:
		e, ok := c.value(t.Elem(), depth+1)
		if !ok {
			return v, false
		}
		v = reflect.Append(v, e)
	case reflect.Struct:
		for i := range t.NumField() {
			if !t.Field(i).IsExported() {
				continue
			}
			f, ok := c.fieldValue(t.Field(i), depth)
			if !ok {
				return v, false
			}
			v.Field(i).Set(f)
		}
	case reflect.Func, reflect.Chan, reflect.Interface, reflect.Pointer:
		return v, false
	}
	return v, true
}

// fieldValue makes the value of a field of a struct, by its name where it is a text.
func (c *chain) fieldValue(f reflect.StructField, depth int) (reflect.Value, bool) {
	if f.Type.Kind() == reflect.String {
		v := reflect.New(f.Type).Elem()
		if f.Type == reflect.TypeFor[auth.ChangeKind]() {
			v.SetString(string(anyOf(c.r, auth.ChangeKinds())))
		} else {
			v.SetString(c.field(strings.ToLower(f.Name)))
		}
		return v, true
	}
	return c.value(f.Type, depth+1)
}
