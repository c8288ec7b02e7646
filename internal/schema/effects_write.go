package schema

import (
	"slices"
	"strings"

	pg "github.com/sqlc-dev/oliphant"
)

// change is what a statement does to the rows of a relation.
type change struct {
	event   Events   // one of them
	columns []string // that an UPDATE sets, or an INSERT gives; nil for any
	plain   bool     // an INSERT without ON CONFLICT
}

// write follows a change of a relation.
func (t *tracer) write(rel *pg.RangeVar, ch change) {
	if t.blind {
		return
	}
	for _, name := range t.names(rel) {
		switch table := t.catalog.Table(name); {
		case table != nil:
			t.change(table, ch)
		case t.catalog.relations.views[name] != nil:
			t.writeView(name, t.catalog.relations.views[name], ch)
		default:
			add(t.set.writes, Effect{Table: name, Via: t.via})
		}
	}
}

// writeView follows a change of a view: its INSTEAD OF triggers or its rules do
// it, or else it is one of its tables.
func (t *tracer) writeView(name string, v *view, ch change) {
	if !t.first("write " + name + " " + ch.key()) {
		return
	}
	if t.react(&Table{Name: name, Triggers: v.triggers, Rules: v.rules}, ch) {
		return
	}
	t.through("view "+name, func() {
		for _, base := range v.bases() {
			next := change{event: ch.event, plain: ch.plain}
			if ch.event == OnInsert {
				next.columns = []string{} // a view may name columns otherwise: any may be left to its default
			}
			t.write(base, next)
		}
		t.statement(v.query) // its conditions, and WITH CHECK OPTION
	})
}

func (ch change) key() string {
	columns := "*"
	if ch.columns != nil {
		columns = strings.Join(ch.columns, ",")
	}
	key := ch.event.String() + " " + columns
	if ch.plain {
		key += " plain"
	}
	return key
}

// change follows a change of a table's rows to what reacts to it: triggers and
// rules, defaults, and the foreign keys that refer to it.
func (t *tracer) change(table *Table, ch change) {
	root := t.catalog.Root(table.QualifiedName())
	add(t.set.writes, Effect{Table: root, Via: t.via, Append: t.reacts && ch.event == OnInsert && ch.plain})
	if !t.first("write " + table.QualifiedName() + " " + ch.key()) {
		return
	}
	t.uncertain(table)
	t.policies(table)
	t.react(table, ch)
	switch ch.event {
	case OnInsert:
		t.defaults(table, ch.columns)
	case OnUpdate, OnDelete:
		t.cascade(root, ch)
	}
}

// defaults follows the defaults of the columns that an INSERT does not give. What
// a sequence gives is not followed: that numbers are drawn in order is not
// promised.
func (t *tracer) defaults(table *Table, given []string) {
	for _, c := range table.Columns {
		if c.Default && c.defaultExpr != nil && !c.Identity && !slices.Contains(given, c.Name) {
			t.through("the default of "+table.QualifiedName()+"."+c.Name, func() { t.expression(c.defaultExpr) })
		}
	}
}

// cascade follows the foreign keys that refer to a table whose rows are updated
// or deleted.
func (t *tracer) cascade(root string, ch change) {
	for _, r := range t.catalog.relations.refers[root] {
		action := r.key.OnDelete
		if ch.event == OnUpdate {
			action = r.key.OnUpdate
			if ch.columns != nil && !slices.ContainsFunc(r.key.RefColumns, func(c string) bool { return slices.Contains(ch.columns, c) }) {
				continue
			}
		}
		next := change{event: OnUpdate, columns: r.key.Columns}
		switch action {
		case "CASCADE":
			next.event = ch.event
			if ch.event == OnDelete {
				next.columns = nil
			}
		case "SET NULL", "SET DEFAULT":
		default:
			continue
		}
		what := "foreign key " + r.key.Name + " on " + r.table.QualifiedName()
		t.through(what, func() { t.change(r.table, next) })
	}
}

// react follows the triggers and rules that a change of a relation fires. It
// reports whether they stand for the change itself.
func (t *tracer) react(on *Table, ch change) (instead bool) {
	reacted := t.reacts
	t.reacts = true
	defer func() { t.reacts = reacted }()
	for _, x := range on.Fired(ch.event) {
		instead = instead || x.Timing == InsteadOf
		for _, event := range x.eventsOf(ch) {
			t.through("trigger "+x.Name+" on "+x.Table, func() {
				t.expression(x.when)
				t.trigger(x, on, event)
			})
		}
	}
	for _, r := range on.Rules {
		if r.Disabled || r.Event&ch.event == 0 {
			continue
		}
		instead = instead || r.Instead
		t.through("rule "+r.Name+" on "+on.QualifiedName(), func() {
			t.expression(r.where)
			for _, action := range r.actions {
				t.statement(action)
			}
		})
	}
	return instead
}

// eventsOf are the events of a trigger that a change may bring about: a row that
// moves to another partition is deleted and inserted.
func (x *Trigger) eventsOf(ch change) []Events {
	var out []Events
	for _, e := range []Events{OnInsert, OnUpdate, OnDelete} {
		switch {
		case x.Events&e == 0, e != ch.event && ch.event != OnUpdate:
		case e == OnUpdate && x.Columns != nil && ch.columns != nil && !slices.ContainsFunc(x.Columns, func(c string) bool { return slices.Contains(ch.columns, c) }):
		case e == ch.event || x.Row:
			out = append(out, e)
		}
	}
	return out
}
