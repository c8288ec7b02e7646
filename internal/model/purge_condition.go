package model

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/schema"
)

// class tells what a condition of a call is to its purge.
func (o *purgeOutcome) class(c schema.Condition, call *Call) conditionClass {
	switch c.Kind {
	case schema.Joins:
		if o.keepsRows(c) {
			return keyCondition
		}
		return guardCondition
	case schema.Unclear:
		return guardCondition
	}
	if mark := o.mark(c, call); mark != guardCondition {
		return mark
	}
	for _, v := range c.Values {
		value := o.value(v, call)
		switch {
		case value == nil:
			return guardCondition
		case equalValue(value, o.frame.id):
			if c.Kind == schema.Among && !c.Null && len(c.Values) == 1 && !v.Array {
				return keyCondition
			}
			return guardCondition
		case o.isType(value):
			if c.Kind != schema.Among || c.Null || len(c.Values) > 1 {
				return guardCondition
			}
			if o.withinKey(c, call) {
				return keyCondition
			}
		case !o.ofCaller(value):
			return guardCondition
		}
	}
	if len(c.Values) == 0 {
		return guardCondition
	}
	if o.withinKey(c, call) && o.everywhere(c, call) {
		return keyCondition
	}
	return tenantCondition
}

// comparesID reports a condition that compares something with the id, or with one
// that is drawn, which no row has.
func (o *purgeOutcome) comparesID(c schema.Condition, call *Call) bool {
	return c.Kind != schema.Unclear && slices.ContainsFunc(c.Values, func(v schema.Operand) bool {
		value := o.value(v, call)
		_, drawn := value.(*NewUUID)
		return drawn || equalValue(value, o.frame.id)
	})
}

// everywhere reports whether all that a purge writes is compared with the value of
// a condition, too: then nothing of another one's is touched.
func (o *purgeOutcome) everywhere(c schema.Condition, call *Call) bool {
	if c.Kind != schema.Among || c.Null || len(c.Values) != 1 || c.Values[0].Array {
		return false
	}
	value := o.value(c.Values[0], call)
	return !slices.ContainsFunc(append(slices.Clone(o.before), o.row), func(w *Call) bool {
		return w.Role != Refusal && w.Role != ChildList && !slices.ContainsFunc(w.Facts.Conditions, func(x schema.Condition) bool {
			return x.Kind == schema.Among && !x.Null && len(x.Values) == 1 && !x.Values[0].Array && x.Table == w.Facts.Target && equalValue(o.value(x.Values[0], w), value)
		})
	})
}

// value is what an operand is: a constant of the text is a Literal.
func (o *purgeOutcome) value(v schema.Operand, call *Call) Value {
	if v.Param == 0 {
		return &Literal{Text: v.Text}
	}
	if a := call.argument(v.Param); a != nil {
		return Underlying(a.Value)
	}
	return nil
}

// argument is what a parameter $n is bound to.
func (c *Call) argument(n int) *Arg {
	if n < 1 || n > len(c.Query.Params) {
		return nil
	}
	for _, a := range c.Args {
		if a.Param.Name == c.Query.Params[n-1].Name {
			return a
		}
	}
	return nil
}

func equalValue(a, b Value) bool {
	a, b = Underlying(a), Underlying(b)
	if a == nil || b == nil {
		return false
	}
	return a == b || key(a) == key(b)
}

// key is equal for equal values of one coordinator.
func key(v Value) string {
	switch x := Underlying(v).(type) {
	case nil:
		return ""
	case *Literal:
		return "'" + x.Text
	default:
		return x.String()
	}
}

// isType reports the stored type of the scope.
func (o *purgeOutcome) isType(v Value) bool {
	l, ok := v.(*Literal)
	return ok && !l.Null && l.Text == o.scope.Type
}

// ofCaller reports a value of the context or an input of the purge, also where a
// list of children gives it.
func (o *purgeOutcome) ofCaller(v Value) bool {
	switch v.(type) {
	case *ContextValue, *InputValue:
		return true
	default: // it may equal an input
	}
	for _, in := range o.frame.inputs {
		if equalValue(in, v) {
			return true
		}
	}
	return false
}

// withinKey reports whether a condition is on a part of a unique key, of which the
// other columns are compared with the id, the type, or what the caller gives.
func (o *purgeOutcome) withinKey(c schema.Condition, call *Call) bool {
	t := o.r.catalog.Table(c.Table)
	if t == nil {
		return false
	}
	ids, found := []string{c.Column}, false
	for _, other := range call.Facts.Conditions {
		if other.Table != c.Table || other.Kind != schema.Among || len(other.Values) != 1 || other.Null {
			continue
		}
		if value := o.value(other.Values[0], call); equalValue(value, o.frame.id) {
			ids, found = append(ids, other.Column), true
		} else if value != nil && (o.isType(value) || o.ofCaller(value)) {
			ids = append(ids, other.Column)
		}
	}
	if !found {
		return false
	}
	covers := func(k *schema.Key) bool {
		return k != nil && !k.Partial && slices.Contains(k.Columns, c.Column) && !slices.ContainsFunc(k.Columns, func(name string) bool { return !slices.Contains(ids, name) })
	}
	return covers(t.PrimaryKey) || slices.ContainsFunc(t.Uniques, covers)
}

// keepsRows reports a join by a foreign key that every row has.
func (o *purgeOutcome) keepsRows(c schema.Condition) bool {
	held := func(table, column, ref, refColumn string) bool {
		t := o.r.catalog.Table(table)
		if t == nil || t.Column(column) == nil || !t.Column(column).NotNull {
			return false
		}
		return slices.ContainsFunc(t.ForeignKeys, func(k *schema.ForeignKey) bool {
			return k.RefTable == ref && slices.Equal(k.Columns, []string{column}) && slices.Equal(k.RefColumns, []string{refColumn})
		})
	}
	target := o.row.Facts.Target
	return c.Table == target && held(c.Table, c.Column, c.RefTable, c.RefColumn) || c.RefTable == target && held(c.RefTable, c.RefColumn, c.Table, c.Column)
}

// settled reports whether the other call asks the same: the rows that it took pass.
func (o *purgeOutcome) settled(c schema.Condition, call, other *Call) bool {
	if c.Kind == schema.Unclear {
		return false
	}
	keys := o.keys(c, call)
	return slices.ContainsFunc(other.Facts.Conditions, func(x schema.Condition) bool {
		return x.Kind == c.Kind && x.Table == c.Table && x.Column == c.Column && x.Null == c.Null && x.RefTable == c.RefTable && x.RefColumn == c.RefColumn &&
			slices.Equal(o.keys(x, other), keys)
	}) || o.sameMark(c, call, other)
}

// sameMark reports a mark of the same column, in other words.
func (o *purgeOutcome) sameMark(c schema.Condition, call, other *Call) bool {
	if o.mark(c, call) != markCondition {
		return false
	}
	return slices.ContainsFunc(other.Facts.Conditions, func(x schema.Condition) bool {
		return x.Table == c.Table && x.Column == c.Column && o.mark(x, other) == markCondition
	})
}

func (o *purgeOutcome) keys(c schema.Condition, call *Call) []string {
	var out []string
	for _, v := range c.Values {
		text := key(o.value(v, call))
		if v.Array {
			text += "[]"
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

// mark tells whether the row's own SET makes a condition false, and nothing else
// does: markCondition; also NULL: doubtfulMark; guardCondition for anything else.
func (o *purgeOutcome) mark(c schema.Condition, call *Call) conditionClass {
	col := o.r.tableColumn(c.Table, c.Column)
	if o.row.Facts.Kind != schema.Update || c.Table != o.row.Facts.Target || col == nil {
		return guardCondition
	}
	i := slices.IndexFunc(o.row.Facts.Assigns, func(s schema.Assignment) bool { return s.Column == c.Column })
	if i < 0 {
		return guardCondition
	}
	set := o.row.Facts.Assigns[i]
	var to Value // what it is set to, nil for what is not known
	if set.Value != nil {
		to = o.value(*set.Value, o.row)
	}
	null := set.Null
	if l, ok := to.(*Literal); ok && l.Null {
		null = true
	}
	values := o.keys(c, call)
	switch {
	case c.Kind == schema.Among && len(values) == 0: // IS NULL
		if !null {
			return markCondition
		}
		return guardCondition
	case c.Kind == schema.NotAmong && len(values) == 0: // IS NOT NULL
		if null {
			return markCondition
		}
		return guardCondition
	case null || to == nil:
		return guardCondition
	case c.Kind == schema.NotAmong:
		if !slices.Equal(values, []string{key(to)}) {
			return guardCondition
		}
	case c.Kind == schema.Among:
		all := o.universe(col)
		rest := slices.DeleteFunc(slices.Clone(all), func(v string) bool { return slices.Contains(values, v) })
		if len(all) == 0 || !slices.Equal(rest, []string{key(to)}) {
			return guardCondition
		}
	default:
		return guardCondition
	}
	if !col.NotNull && !c.Null {
		return doubtfulMark
	}
	return markCondition
}

// once reports whether a condition keeps the row's UPDATE from taking a row twice,
// for certain or as far as is understood, and is no mark.
func (o *purgeOutcome) once() bool {
	return slices.ContainsFunc(o.row.Facts.Conditions, func(c schema.Condition) bool {
		set := func(column string) bool {
			return slices.ContainsFunc(o.row.Facts.Assigns, func(s schema.Assignment) bool { return s.Column == column })
		}
		if c.Kind == schema.Unclear {
			return slices.ContainsFunc(c.Columns, set)
		}
		i := slices.IndexFunc(o.row.Facts.Assigns, func(s schema.Assignment) bool { return s.Column == c.Column })
		if i < 0 || c.Table != o.row.Facts.Target {
			return false
		}
		to := o.row.Facts.Assigns[i]
		if to.Value == nil {
			return !to.Null // such as version = version + 1, or a sentinel
		}
		in := slices.Contains(o.keys(c, o.row), key(o.value(*to.Value, o.row)))
		return c.Kind == schema.NotAmong && in || c.Kind == schema.Among && !in || c.Kind == schema.Compares
	})
}

// universe are the values that a column can have beside NULL, as keys; nil where
// they are not known.
func (o *purgeOutcome) universe(col *schema.Column) []string {
	var values []string
	switch e := o.r.catalog.Enum(col.Type); {
	case col.Type == "bool":
		values = []string{"true", "false"}
	case e != nil:
		values = e.Values
	default:
		for _, x := range col.Allowed {
			values = x.Values
		}
	}
	var out []string
	for _, v := range values {
		out = append(out, key(&Literal{Text: v}))
	}
	return out
}

// chosenID reports whether somebody may choose the id of a scope: a create that
// neither draws it nor leaves it to the server. Then another scope of the same id
// can come while the purge of the first one runs.
func (o *purgeOutcome) chosenID() bool {
	for _, s := range o.r.project.Scopes {
		if s.Create == nil || s.Create.Row == nil {
			continue
		}
		same := s == o.scope || s.Create.Row.Facts.Target != "" && o.scope.Create != nil && o.scope.Create.Row != nil && s.Create.Row.Facts.Target == o.scope.Create.Row.Facts.Target
		if same && s.Create.ID != nil && !drawnOrServed(s.Create.ID, s.Create.Row) {
			return true
		}
	}
	return false
}

// drawnOrServed reports whether an id is drawn by the call, or made by the server.
func drawnOrServed(id Value, row *Call) bool {
	v, ok := id.(*ColumnValue)
	if !ok {
		_, drawn := Underlying(id).(*NewUUID)
		return drawn
	}
	if v.Call != row || v.Index >= len(row.Facts.Returns) {
		return false
	}
	column := row.Facts.Returns[v.Index].Column
	for _, a := range row.Args {
		if a.written && a.column != nil && a.column.Name == column {
			_, drawn := Underlying(a.Value).(*NewUUID)
			return drawn
		}
	}
	return !slices.ContainsFunc(row.Facts.Gives, func(g schema.Constant) bool { return g.Column == column && !g.Null })
}
