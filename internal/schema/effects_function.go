package schema

import (
	"maps"

	pg "github.com/sqlc-dev/oliphant"
)

// call follows a call of a function.
func (t *tracer) call(function []*pg.Node) {
	schema, name := splitName(texts(function))
	own := t.catalog.functionsNamed(schema, name)
	if schema == "pg_catalog" {
		own = nil
	}
	for _, f := range own {
		t.function(f)
	}
	volatile, known := builtins()[name]
	switch {
	case known && acting(name):
		t.unknown("function " + name)
	case known:
		t.set.varies = t.set.varies || volatile
		t.builtin(name)
	case len(own) == 0 && !t.policy && !t.catalog.hasType(qualify(schema, name)):
		t.unknown("function " + qualify(schema, name))
	}
}

// operator follows an operator of the schema; those of PostgreSQL have no effects.
func (t *tracer) operator(operator []*pg.Node) {
	_, name := splitName(texts(operator))
	for _, function := range t.catalog.relations.operators[name] {
		t.call(function)
	}
}

// builtin notes what a function of PostgreSQL does beside answering.
func (t *tracer) builtin(name string) {
	switch name {
	case "nextval":
		add(t.set.writes, Effect{Table: sequences, Via: t.via, Append: t.reacts})
	case "setval":
		add(t.set.writes, Effect{Table: sequences, Via: t.via})
	case "currval", "lastval", "pg_sequence_last_value":
		add(t.set.reads, Effect{Table: sequences, Via: t.via})
	case "pg_notify":
		add(t.set.writes, Effect{Table: notifications, Via: t.via, Append: t.reacts})
	}
}

// function follows a function of the schema. An IMMUTABLE one has no effects, by
// its own word.
func (t *tracer) function(f *Function) {
	if t.blind || f.Volatility == "immutable" || !t.first("function "+f.Name) {
		return
	}
	t.through("function "+f.Name, func() {
		inner := *t
		inner.set, inner.body, inner.policy = newEffectSet(), true, false
		if f.Volatility == "stable" {
			inner.seen = maps.Clone(t.seen) // another may call the same, and mean what it does
		}
		inner.follow(f, nil)
		if inner.set.unknown != "" && f.Volatility == "stable" {
			// It cannot write; what it reads is not known.
			inner.set.unknown = ""
			inner.set.readsAll = t.via
		}
		t.set.merge(inner.set)
	})
}

// trigger follows the function of a trigger, for one event.
func (t *tracer) trigger(x *Trigger, on *Table, event Events) {
	f := t.catalog.triggerFunction(x)
	if f == nil {
		if _, name := cutSchema(x.Function); !harmlessTrigger(name) {
			t.unknown("function " + x.Function)
		}
		return
	}
	if !t.first("trigger " + x.Name + " on " + x.Table + " " + event.String()) {
		return
	}
	body := t.body
	t.body = true
	t.follow(f, &firing{trigger: x, table: t.catalog.alone(on.QualifiedName()), event: event})
	t.body = body
}

// triggerFunction is what a trigger executes, nil where the schema does not define it.
func (c *Catalog) triggerFunction(x *Trigger) *Function {
	schema, name := cutSchema(x.Function)
	for _, f := range c.functionsNamed(schema, name) {
		if len(f.Args) == 0 {
			return f
		}
	}
	return nil
}

// harmlessTrigger reports the trigger functions of PostgreSQL and its extensions
// that only change the row that they are called for.
func harmlessTrigger(name string) bool {
	switch name {
	case "tsvector_update_trigger", "tsvector_update_trigger_column", "suppress_redundant_updates_trigger", "moddatetime", "insert_username":
		return true
	default:
		return false
	}
}

// follow reads the body of a function.
func (t *tracer) follow(f *Function, by *firing) {
	switch f.Language {
	case "sql":
		for _, stmt := range f.statements {
			t.statement(stmt)
		}
		if len(f.statements) == 0 {
			t.sql(f.Body, "function "+f.Name)
		}
	case "plpgsql":
		block, ok := readPlpgsql(f.Body)
		if !ok {
			t.unknown("function " + f.Name)
			return
		}
		(&plWalk{trace: t, by: by}).statements([]plStatement{block})
	default:
		t.unknown("function " + f.Name)
	}
}

// merge adds the effects of another set.
func (s *effectSet) merge(o *effectSet) {
	for _, e := range o.reads {
		add(s.reads, e)
	}
	for _, e := range o.writes {
		add(s.writes, e)
	}
	for _, e := range o.locks {
		add(s.locks, e)
	}
	if s.unknown == "" {
		s.unknown = o.unknown
	}
	if s.readsAll == "" {
		s.readsAll = o.readsAll
	}
	s.varies = s.varies || o.varies
}
