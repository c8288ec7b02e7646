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

// Origin says that the caller gives it.
func (v *InputValue) Origin() Origin { return Origin{Caller: true} }

// Origin says that the caller gives it.
func (v *ContextValue) Origin() Origin { return Origin{Caller: true} }

// Origin says that the caller gives it: what runs before the transaction is the caller's.
func (v *HookResult) Origin() Origin { return Origin{Caller: true} }

// Origin says that the caller gives it.
func (v *ScopeID) Origin() Origin { return Origin{Caller: true} }

// Origin is empty: the items are the same in every turn.
func (v *ItemsValue) Origin() Origin { return Origin{} }

// Origin is the lock.
func (v *LockedValue) Origin() Origin { return answerOf(v.Call) }

// Origin is the call.
func (v *RowValue) Origin() Origin { return answerOf(v.Call) }

// Origin is the call.
func (v *RowsValue) Origin() Origin { return answerOf(v.Call) }

// Origin is the call.
func (v *GroupsValue) Origin() Origin { return answerOf(v.Call) }

// Origin is the call, or the argument that it returns for certain.
func (v *ColumnValue) Origin() Origin {
	if v.Known != nil {
		return Origin{Parts: []Value{v.Known.Value}, Turns: v.Call.Loops}
	}
	return answerOf(v.Call)
}

func answerOf(c *Call) Origin { return Origin{Calls: []*Call{c}, Turns: c.Loops} }

// Origin is the list.
func (v *ListValue) Origin() Origin { return Origin{List: v.List, Turns: v.List.Loops} }

// Origin is the list.
func (v *PickValue) Origin() Origin { return Origin{List: v.List, Turns: v.List.Loops} }

// Origin is the loop.
func (v *ElemValue) Origin() Origin { return Origin{Loop: v.Loop, Turns: []*Loop{v.Loop}} }

// Origin is what it is a field of.
func (v *FieldValue) Origin() Origin { return Origin{Parts: []Value{v.Of}} }

// Origin is empty: constants come from nowhere.
func (v *DataValue) Origin() Origin { return Origin{} }

// Origin is empty: constants come from nowhere.
func (l *Literal) Origin() Origin { return Origin{} }

// Origin is empty: the time is that of the call.
func (v *NowValue) Origin() Origin { return Origin{} }

// Origin is the loops in whose turns it is drawn.
func (v *NewUUID) Origin() Origin { return Origin{Turns: v.Loops, Around: v.Loops} }

// Origin is the arguments.
func (v *GoCall) Origin() Origin { return Origin{Parts: v.Args, Around: v.Loops} }

// Origin is the parts.
func (v *Concat) Origin() Origin { return Origin{Parts: v.Parts} }

// Origin is what is converted.
func (v *Conversion) Origin() Origin { return Origin{Parts: []Value{v.X}} }

// dependsOn reports whether a value changes with the turns of a loop.
func dependsOn(v Value, l *Loop) bool {
	if v == nil {
		return false
	}
	o := v.Origin()
	return o.Caller && l.Items || slices.Contains(o.Turns, l) || slices.ContainsFunc(o.Parts, func(p Value) bool { return dependsOn(p, l) })
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

// Operands of a truth is its value.
func (c *Truth) Operands() ([]Value, []Cond) { return []Value{c.Value}, nil }

// Operands of a constant are none.
func (c *Constantly) Operands() ([]Value, []Cond) { return nil, nil }

// Operands of an equality are its sides.
func (c *Compare) Operands() ([]Value, []Cond) { return []Value{c.Left, c.Right}, nil }

// Operands of a question for presence is the value.
func (c *IsSet) Operands() ([]Value, []Cond) { return []Value{c.Value}, nil }

// Operands of a negation is what it negates.
func (c *Negation) Operands() ([]Value, []Cond) { return nil, []Cond{c.Cond} }

// Operands of a junction are its conditions.
func (c *Junction) Operands() ([]Value, []Cond) { return nil, c.Conds }

// ValuesOf lists the values that a condition is made of, those of the conditions in it
// included.
func ValuesOf(c Cond) []Value {
	values, conds := c.Operands()
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

// Inner of a call is nothing.
func (*Call) Inner() []Node { return nil }

// Inner is the body.
func (l *Loop) Inner() []Node { return l.Body }

// Inner is the body.
func (g *Guard) Inner() []Node { return g.Body }

// Inner is the body.
func (n *Nested) Inner() []Node { return n.Body }

// Walk visits the nodes of a body in order, and goes into those of which visit returns true.
func Walk(body []Node, visit func(Node) (enter bool)) {
	for _, n := range body {
		if visit(n) {
			Walk(n.Inner(), visit)
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
