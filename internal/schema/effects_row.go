package schema

// What the triggers of a table make of a row, before it is written.

// Keeps reports whether a column of a table that a statement with one of these
// events gives a value holds that value afterwards: no trigger, rule or other
// server may give it another.
func (c *Catalog) Keeps(table *Table, events Events, column string) bool {
	o := c.outcome(table, events)
	return !o.all && !o.columns[column]
}

// Fills reports whether a trigger may give a column a value when a row is inserted.
func (c *Catalog) Fills(table *Table, column string) bool { return !c.Keeps(table, OnInsert, column) }

// Takes reports whether a statement with one of these events takes every row that
// it is about: no trigger or rule may leave one out.
func (c *Catalog) Takes(table *Table, events Events) bool { return !c.outcome(table, events).skips }

// outcome joins what all triggers that run before a row is written may do to it.
func (c *Catalog) outcome(table *Table, events Events) outcome {
	if table.Uncertain || table.ruled(events) {
		return outcome{all: true, skips: true}
	}
	out := outcome{columns: map[string]bool{}}
	for _, x := range table.Fired(events) {
		if x.Timing == After || x.Timing == Before && !x.Row {
			continue
		}
		for _, event := range []Events{OnInsert, OnUpdate, OnDelete} {
			if x.Events&event == 0 || events&event == 0 && events&OnUpdate == 0 {
				continue
			}
			one := c.triggerOutcome(x, table, event)
			out.all, out.skips = out.all || one.all, out.skips || one.skips
			for name := range one.columns {
				out.columns[name] = true
			}
		}
	}
	return out
}

func (c *Catalog) triggerOutcome(x *Trigger, table *Table, event Events) outcome {
	unknown := outcome{all: true, skips: true}
	f := c.triggerFunction(x)
	if f == nil {
		return builtinOutcome(x)
	}
	if f.Language != "plpgsql" || x.Timing == InsteadOf {
		return unknown
	}
	block, ok := readPlpgsql(f.Body)
	if !ok {
		return unknown
	}
	w := &plWalk{trace: newTracer(c), by: &firing{trigger: x, table: c.alone(table.QualifiedName()), event: event}, out: outcome{columns: map[string]bool{}}}
	w.statements([]plStatement{block})
	return w.out
}

// builtinOutcome is what the trigger functions of PostgreSQL and its extensions do.
func builtinOutcome(x *Trigger) outcome {
	switch _, name := cutSchema(x.Function); {
	case name == "tsvector_update_trigger" || name == "tsvector_update_trigger_column":
		return outcome{} // a tsvector is never known before the answer
	case name == "suppress_redundant_updates_trigger":
		return outcome{skips: true}
	case harmlessTrigger(name) && len(x.args) > 0:
		o := outcome{columns: map[string]bool{}}
		for _, column := range x.args {
			o.columns[column] = true
		}
		return o
	default:
		return outcome{all: true, skips: true}
	}
}
