package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/specgen-dev/specgen/scope"
)

type constructor = reflect.Value

// fields are what a caller says of a scope to make. A caller knows the names of
// the original; what a mutant asks for beside them stays zero.
type fields map[string]any

// actor is the user in the context.
const actor = "aaaaaaaa-0000-4000-8000-000000000001"

// clock is the time of every call.
var clock = time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)

// provider makes the mutant's Provider for a party.
func (w *world) provider(db scope.DB) reflect.Value {
	args := []reflect.Value{reflect.ValueOf(&db).Elem()}
	t := w.constructor.Type()
	for i := 1; i < t.NumIn()-1; i++ {
		values := reflect.New(t.In(i)).Elem()
		for j := range values.NumField() {
			f := values.Field(j)
			f.Set(reflect.MakeFunc(f.Type(), func([]reflect.Value) []reflect.Value {
				value := reflect.New(f.Type().Out(0)).Elem()
				set(value, actor)
				return []reflect.Value{value, reflect.Zero(f.Type().Out(1))}
			}))
		}
		args = append(args, values)
	}
	args = append(args, reflect.ValueOf(scope.WithRetry(1)), reflect.ValueOf(scope.WithClock(func() time.Time { return clock })))
	return w.constructor.Call(args)[0]
}

// errCaller says that a program that was written for the original does not
// compile with the mutant.
type errCaller string

func (e errCaller) Error() string { return "callers do not compile: " + string(e) }

// call calls a method of the Provider.
func (w *world) call(ctx context.Context, db scope.DB, method string, fill func(arg reflect.Value)) error {
	m := w.provider(db).MethodByName(method)
	if !m.IsValid() {
		w.broken = errCaller("there is no " + method)
		return w.broken
	}
	arg := reflect.New(m.Type().In(1)).Elem()
	if fill(arg); w.broken != nil {
		return w.broken
	}
	out := m.Call([]reflect.Value{reflect.ValueOf(ctx), arg})
	err, _ := out[len(out)-1].Interface().(error)
	return err
}

// create makes one scope.
func (w *world) create(ctx context.Context, db *party, scopeName string, f fields) error {
	return w.call(ctx, db, "Create"+w.cast[scopeName].one, func(arg reflect.Value) { w.fill(arg, f) })
}

// createAll makes several.
func (w *world) createAll(ctx context.Context, db *party, scopeName string, all ...fields) error {
	return w.call(ctx, db, "Create"+w.cast[scopeName].many, func(arg reflect.Value) {
		for _, f := range all {
			item := reflect.New(arg.Type().Elem()).Elem()
			w.fill(item, f)
			arg.Set(reflect.Append(arg, item))
		}
	})
}

// purge removes one scope, which must have been there.
func (w *world) purge(ctx context.Context, db *party, scopeName string, id any) error {
	return w.call(ctx, db, "Purge"+w.cast[scopeName].one, func(arg reflect.Value) { set(arg.FieldByName("ID"), id) })
}

// purgeAll removes several.
func (w *world) purgeAll(ctx context.Context, db *party, scopeName string, ids ...any) error {
	return w.call(ctx, db, "Purge"+w.cast[scopeName].many, func(arg reflect.Value) {
		for _, id := range ids {
			item := reflect.New(arg.Type().Elem()).Elem()
			set(item.FieldByName("ID"), id)
			arg.Set(reflect.Append(arg, item))
		}
	})
}

// created and purged are acts of their own.
func (w *world) created(name, scopeName string, f fields) {
	w.act(name, func(ctx context.Context) error { return w.create(ctx, &party{world: w}, scopeName, f) })
}

func (w *world) purged(scopeName, name string) {
	id := w.id(scopeName, name)
	w.act("purge "+name, func(ctx context.Context) error { return w.purge(ctx, &party{world: w}, scopeName, id) })
}

// fill makes a specification. Its fields have the types that they have in the
// original.
func (w *world) fill(spec reflect.Value, f fields) {
	for name, value := range f {
		field := spec.FieldByName(name)
		key := spec.Type().Name() + "." + name
		if !field.IsValid() {
			w.broken = errCaller("there is no " + key)
			return
		}
		typ := field.Type().String()
		if want := w.request.Types[key]; want != "" && want != typ {
			w.broken = errCaller(key + " is " + typ + ", and not " + want)
			return
		}
		w.types[key] = typ
		set(field, value)
	}
}

// set gives a field a value, whatever type sqlc and specgen gave the field. What
// cannot be stays zero.
func set(v reflect.Value, x any) {
	if !v.IsValid() || x == nil {
		return
	}
	switch p := v.Addr().Interface().(type) {
	case *pgtype.UUID:
		_ = p.Scan(x)
		return
	case *pgtype.Text:
		*p = pgtype.Text{String: fmt.Sprint(x), Valid: true}
		return
	}
	given := reflect.ValueOf(x)
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		set(v.Elem(), x)
	case v.Kind() == reflect.Slice && given.Kind() == reflect.Slice:
		for i := range given.Len() {
			item := reflect.New(v.Type().Elem()).Elem()
			set(item, given.Index(i).Interface())
			v.Set(reflect.Append(v, item))
		}
	case v.Kind() == given.Kind(), v.CanInt() && given.CanInt():
		v.Set(given.Convert(v.Type()))
	case v.Kind() == reflect.String:
		v.SetString(fmt.Sprint(x))
	}
}

// note says why something was not done.
func note(err error) string {
	text := ""
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		text = pg.Code
	}
	for _, s := range []error{scope.ErrAlreadyExists, scope.ErrNotFound, scope.ErrParentNotFound, scope.ErrHasChildren, scope.ErrInUse, scope.ErrInvalid, scope.ErrConflict, pgx.ErrNoRows} {
		if errors.Is(err, s) {
			text += " " + s.Error()
		}
	}
	if two, ok := err.(*both); ok && two.first == nil && two.second == nil {
		return ""
	}
	if text == "" {
		text = err.Error()
	}
	return text
}
