package record

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/fourfold/fourfold/internal/private"
)

// A document is JSON as encoding/json writes it, with one difference: the content of a [private.Text],
// which prints "[private]" everywhere else, is written and read. Only text on its way into the vault,
// or out of it, comes through here.

var (
	privateText     = reflect.TypeFor[private.Text]()
	marshaler       = reflect.TypeFor[json.Marshaler]()
	textMarshaler   = reflect.TypeFor[encoding.TextMarshaler]()
	unmarshaler     = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func encode(doc any) ([]byte, error) {
	tree, err := outward(reflect.ValueOf(doc))
	if err != nil {
		return nil, err
	}
	return json.Marshal(tree)
}

// outward returns what json.Marshal writes as the value, private text included.
func outward(v reflect.Value) (any, error) {
	if !v.IsValid() {
		return nil, nil
	}
	t := v.Type()
	if t == privateText {
		return v.Interface().(private.Text).Reveal("seal it"), nil
	}
	if t.Implements(marshaler) || t.Implements(textMarshaler) {
		return v.Interface(), nil
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil, nil
		}
		return outward(v.Elem())
	case reflect.Struct:
		m := map[string]any{}
		return m, outwardStruct(m, v)
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && (v.IsNil() || t.Elem().Kind() == reflect.Uint8) {
			return v.Interface(), nil
		}
		return outwardList(v)
	case reflect.Map:
		m := map[string]any{}
		for _, k := range v.MapKeys() {
			one, err := outward(v.MapIndex(k))
			if err != nil {
				return nil, err
			}
			m[fmt.Sprint(k.Interface())] = one
		}
		return m, nil
	default:
		return v.Interface(), nil
	}
}

func outwardList(v reflect.Value) (any, error) {
	list := make([]any, v.Len())
	for i := range list {
		one, err := outward(v.Index(i))
		if err != nil {
			return nil, err
		}
		list[i] = one
	}
	return list, nil
}

func outwardStruct(m map[string]any, v reflect.Value) error {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, omit, skip := tagOf(f)
		if skip || omit && v.Field(i).IsZero() {
			continue
		}
		if f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct {
			if err := outwardStruct(m, v.Field(i)); err != nil {
				return err
			}
			continue
		}
		one, err := outward(v.Field(i))
		if err != nil {
			return err
		}
		if name == "" {
			name = f.Name
		}
		m[name] = one
	}
	return nil
}

// tagOf reads the json tag of a field. Both omitempty and omitzero leave out zero values.
func tagOf(f reflect.StructField) (name string, omit, skip bool) {
	tag := f.Tag.Get("json")
	name, options, _ := strings.Cut(tag, ",")
	return name, strings.Contains(options, "omit"), tag == "-" || !f.IsExported()
}

func decode(text []byte, into any) error {
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return fmt.Errorf("record: %T is not a pointer to read into", into)
	}
	return inward(text, v.Elem())
}

// inward fills v from JSON. What the document has and v has no field for is left out.
func inward(text json.RawMessage, v reflect.Value) error {
	t := v.Type()
	if t == privateText {
		var s string
		err := json.Unmarshal(text, &s)
		v.Set(reflect.ValueOf(private.New(s)))
		return err
	}
	if p := reflect.PointerTo(t); p.Implements(unmarshaler) || p.Implements(textUnmarshaler) {
		return json.Unmarshal(text, v.Addr().Interface())
	}
	if bytes.Equal(text, []byte("null")) {
		v.SetZero()
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		return inward(text, v.Elem())
	case reflect.Struct:
		var m map[string]json.RawMessage
		if err := json.Unmarshal(text, &m); err != nil {
			return err
		}
		return inwardStruct(m, v)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return json.Unmarshal(text, v.Addr().Interface())
		}
		return inwardList(text, v)
	case reflect.Map:
		return inwardMap(text, v)
	default:
		return json.Unmarshal(text, v.Addr().Interface())
	}
}

func inwardStruct(m map[string]json.RawMessage, v reflect.Value) error {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, skip := tagOf(f)
		if skip {
			continue
		}
		if f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct {
			if err := inwardStruct(m, v.Field(i)); err != nil {
				return err
			}
			continue
		}
		if name == "" {
			name = f.Name
		}
		if text, ok := m[name]; ok {
			if err := inward(text, v.Field(i)); err != nil {
				return fmt.Errorf("field %s: %w", name, err)
			}
		}
	}
	return nil
}

func inwardList(text json.RawMessage, v reflect.Value) error {
	var list []json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
	for i, one := range list {
		if err := inward(one, v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func inwardMap(text json.RawMessage, v reflect.Value) error {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(text, &m); err != nil {
		return err
	}
	if v.Type().Key().Kind() != reflect.String {
		return fmt.Errorf("record: a map with keys of %s", v.Type().Key())
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(m)))
	for k, one := range m {
		e := reflect.New(v.Type().Elem()).Elem()
		if err := inward(one, e); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(k).Convert(v.Type().Key()), e)
	}
	return nil
}

// numbered reads a JSON value as a driver would give it: whole numbers as int64.
func numbered(text json.RawMessage, into *any) error {
	if len(text) == 0 {
		*into = nil
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if n, ok := (*into).(json.Number); ok {
		if i, err := n.Int64(); err == nil {
			*into = i
			return nil
		}
		f, err := n.Float64()
		*into = f
		return err
	}
	return nil
}
