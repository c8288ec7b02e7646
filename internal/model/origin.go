package model

import "slices"

// Origin is what a value is made of, and what it comes from. Each kind of value says
// it once: a kind that does not is no Value. Who follows values asks for it, and looks
// at kinds only for what is special in them.
type Origin struct {
	Parts  []Value    // the values that it is computed from
	Calls  []*Call    // of whose answers it is taken
	List   *Collected // that it is taken from; nil for none
	Loop   *Loop      // whose current element it is; nil for none
	Turns  []*Loop    // in each of whose turns it is another one
	Around []*Loop    // around the place where it is computed
	Caller bool       // the caller gives it, for each item another one
}

// origin says that the caller gives it.
func (v *InputValue) origin() Origin { return Origin{Caller: true} }

// origin says that the caller gives it.
func (v *ContextValue) origin() Origin { return Origin{Caller: true} }

// origin says that the caller gives it: what runs before the transaction is the caller's.
func (v *HookResult) origin() Origin { return Origin{Caller: true} }

// origin says that the caller gives it.
func (v *ScopeID) origin() Origin { return Origin{Caller: true} }

// origin is empty: the items are the same in every turn.
func (v *ItemsValue) origin() Origin { return Origin{} }

// origin is the lock.
func (v *LockedValue) origin() Origin { return answerOf(v.Call) }

// origin is the call.
func (v *RowValue) origin() Origin { return answerOf(v.Call) }

// origin is the call.
func (v *RowsValue) origin() Origin { return answerOf(v.Call) }

// origin is the call.
func (v *GroupsValue) origin() Origin { return answerOf(v.Call) }

// origin is the call, or the argument that it returns for certain.
func (v *ColumnValue) origin() Origin {
	if v.Known != nil {
		return Origin{Parts: []Value{v.Known.Value}, Turns: v.Call.Loops}
	}
	return answerOf(v.Call)
}

func answerOf(c *Call) Origin { return Origin{Calls: []*Call{c}, Turns: c.Loops} }

// origin is the list.
func (v *ListValue) origin() Origin { return Origin{List: v.List, Turns: v.List.Loops} }

// origin is the list.
func (v *PickValue) origin() Origin { return Origin{List: v.List, Turns: v.List.Loops} }

// origin is the loop.
func (v *ElemValue) origin() Origin { return Origin{Loop: v.Loop, Turns: []*Loop{v.Loop}} }

// origin is what it is a field of.
func (v *FieldValue) origin() Origin { return Origin{Parts: []Value{v.Of}} }

// origin is empty: constants come from nowhere.
func (v *DataValue) origin() Origin { return Origin{} }

// origin is empty: constants come from nowhere.
func (l *Literal) origin() Origin { return Origin{} }

// origin is empty: the time is that of the call.
func (v *NowValue) origin() Origin { return Origin{} }

// origin is the loops in whose turns it is drawn.
func (v *NewUUID) origin() Origin { return Origin{Turns: v.Loops, Around: v.Loops} }

// origin is the arguments. It is called for each item: what it gives may be another
// value each time.
func (v *GoCall) origin() Origin {
	return Origin{Parts: v.Args, Turns: v.Loops[:len(v.Loops)-len(InnerLoops(v.Loops))], Around: v.Loops}
}

// origin is the parts.
func (v *Concat) origin() Origin { return Origin{Parts: v.Parts} }

// origin is what is converted.
func (v *Conversion) origin() Origin { return Origin{Parts: []Value{v.X}} }

// OriginOf is what a value is made of, and what it comes from.
func OriginOf(v Value) Origin { return v.origin() }

// dependsOn reports whether a value changes with the turns of a loop.
func dependsOn(v Value, l *Loop) bool {
	if v == nil {
		return false
	}
	o := v.origin()
	return o.Caller && l.Items || slices.Contains(o.Turns, l) || slices.ContainsFunc(o.Parts, func(p Value) bool { return dependsOn(p, l) })
}

// computedIn reports whether a value, or what it is made of, is computed in the turns
// of a loop, though it may not depend on them.
func computedIn(v Value, l *Loop) bool {
	if v == nil {
		return false
	}
	o := v.origin()
	return slices.Contains(o.Around, l) || slices.ContainsFunc(o.Parts, func(p Value) bool { return computedIn(p, l) })
}

// Bare is what a value was made of: without the conversions that off names, and a
// column whose value the statement itself fixes as that value.
func Bare(v Value, off func(*Conversion) bool) Value {
	for {
		switch x := v.(type) {
		case *Conversion:
			if !off(x) {
				return v
			}
			v = x.X
		case *ColumnValue:
			if x.Known == nil || x.Known.Value == nil {
				return v
			}
			v = x.Known.Value
		default: // nothing else stands for another value
			return v
		}
	}
}

// Underlying is Bare without any conversion.
func Underlying(v Value) Value { return Bare(v, func(*Conversion) bool { return true }) }

// operands of a truth is its value.
func (c *Truth) operands() ([]Value, []Cond) { return []Value{c.Value}, nil }

// operands of a constant are none.
func (c *Constantly) operands() ([]Value, []Cond) { return nil, nil }

// operands of an equality are its sides.
func (c *Compare) operands() ([]Value, []Cond) { return []Value{c.Left, c.Right}, nil }

// operands of a question for presence is the value.
func (c *IsSet) operands() ([]Value, []Cond) { return []Value{c.Value}, nil }

// operands of a negation is what it negates.
func (c *Negation) operands() ([]Value, []Cond) { return nil, []Cond{c.Cond} }

// operands of a junction are its conditions.
func (c *Junction) operands() ([]Value, []Cond) { return nil, c.Conds }

// ValuesOf lists the values that a condition is made of, those of the conditions in it
// included.
func ValuesOf(c Cond) []Value {
	values, conds := c.operands()
	for _, x := range conds {
		values = append(values[:len(values):len(values)], ValuesOf(x)...)
	}
	return values
}

// Values lists what the filter compares its field with.
func (f *Filter) Values() []Value {
	if f.List == nil {
		return f.Any
	}
	return append(f.Any[:len(f.Any):len(f.Any)], f.List)
}

// inner of a call is nothing.
func (*Call) inner() []Node { return nil }

// inner is the body.
func (l *Loop) inner() []Node { return l.Body }

// inner is the body.
func (g *Guard) inner() []Node { return g.Body }

// inner is the body.
func (n *Nested) inner() []Node { return n.Body }

// Walk visits the nodes of a body in order, and goes into those of which visit returns true.
func Walk(body []Node, visit func(Node) (enter bool)) {
	for _, n := range body {
		if visit(n) {
			Walk(n.inner(), visit)
		}
	}
}

// Calls lists the calls in a body, in order, those of loops, conditions and nested
// scopes included.
func Calls(body []Node) []*Call { return callsIn(body, true) }

// OwnCalls is Calls without those of nested scopes.
func OwnCalls(body []Node) []*Call { return callsIn(body, false) }

func callsIn(body []Node, nested bool) []*Call {
	var out []*Call
	Walk(body, func(n Node) bool {
		if c, ok := n.(*Call); ok {
			out = append(out, c)
		}
		_, other := n.(*Nested)
		return nested || !other
	})
	return out
}

// OwnNested lists the scopes nested right in a body: not those within them.
func OwnNested(body []Node) []*Nested {
	var out []*Nested
	Walk(body, func(n Node) bool {
		s, ok := n.(*Nested)
		if ok {
			out = append(out, s)
		}
		return !ok
	})
	return out
}
