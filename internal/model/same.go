package model

import "slices"

// sameGuards reports whether a reference under the conditions here may use
// something that was made under those conditions there.
func sameGuards(here, there []Cond) bool {
	for _, c := range there {
		if !slices.ContainsFunc(here, func(h Cond) bool { return sameCond(h, c) }) {
			return false
		}
	}
	return true
}

// sameCond reports whether two conditions hold together: they ask the same of
// the same values. Their texts do not tell, since a name may stand for different
// rows in different blocks and scopes.
func sameCond(a, b Cond) bool {
	switch a := a.(type) {
	case *Constantly: // of what never holds, and is checked all the same
		b, ok := b.(*Constantly)
		return ok && a.Holds == b.Holds
	case *Truth:
		b, ok := b.(*Truth)
		return ok && isSame(a.Value, b.Value)
	case *IsSet:
		b, ok := b.(*IsSet)
		return ok && isSame(a.Value, b.Value)
	case *Compare:
		b, ok := b.(*Compare)
		return ok && isSame(a.Left, b.Left) && isSame(a.Right, b.Right)
	case *Negation:
		b, ok := b.(*Negation)
		return ok && sameCond(a.Cond, b.Cond)
	case *Junction:
		b, ok := b.(*Junction)
		return ok && a.Any == b.Any && slices.EqualFunc(a.Conds, b.Conds, sameCond)
	default:
		return false
	}
}

// Same reports whether two values are one.
func Same(a, b Value) bool { return a != nil && b != nil && isSame(a, b) }

// isSame reports whether two values are one: an expression that is written twice
// makes two nodes of the graph, which refer to the same call, loop or input.
func isSame(a, b Value) bool {
	a, b = unwrapped(a), unwrapped(b)
	if a == b {
		return true
	}
	switch a := a.(type) {
	case *Literal:
		b, ok := b.(*Literal)
		return ok && a.Of.Kind == b.Of.Kind && a.Null == b.Null && a.String() == b.String()
	case *InputValue:
		b, ok := b.(*InputValue)
		return ok && a.Input == b.Input
	case *ContextValue:
		b, ok := b.(*ContextValue)
		return ok && a.Input == b.Input
	case *HookResult:
		b, ok := b.(*HookResult)
		return ok && a.Hook == b.Hook
	case *LockedValue:
		b, ok := b.(*LockedValue)
		return ok && a.Call == b.Call
	case *RowValue:
		b, ok := b.(*RowValue)
		return ok && a.Call == b.Call
	case *RowsValue:
		b, ok := b.(*RowsValue)
		return ok && a.Call == b.Call
	case *GroupsValue:
		b, ok := b.(*GroupsValue)
		return ok && a.Call == b.Call && slices.Equal(a.By, b.By)
	case *ColumnValue:
		b, ok := b.(*ColumnValue)
		return ok && a.Call == b.Call && a.Index == b.Index
	case *ListValue:
		b, ok := b.(*ListValue)
		return ok && a.List == b.List
	case *PickValue:
		b, ok := b.(*PickValue)
		return ok && a.List == b.List && a.Index == b.Index
	case *ElemValue:
		b, ok := b.(*ElemValue)
		return ok && a.Loop == b.Loop
	case *FieldValue:
		b, ok := b.(*FieldValue)
		return ok && a.Field == b.Field && isSame(a.Of, b.Of)
	case *DataValue:
		b, ok := b.(*DataValue)
		return ok && a.Set == b.Set
	case *NowValue:
		b, ok := b.(*NowValue)
		return ok && a.Offset == b.Offset
	case *GoCall:
		b, ok := b.(*GoCall)
		return ok && a.Func == b.Func && slices.EqualFunc(a.Args, b.Args, isSame)
	case *Concat:
		b, ok := b.(*Concat)
		return ok && slices.EqualFunc(a.Parts, b.Parts, isSame)
	case *Conversion:
		b, ok := b.(*Conversion)
		return ok && a.As == b.As && isSame(a.X, b.X)
	default:
		return false
	}
}

// unwrapped is a value that is known to be there, as the value that it is.
func unwrapped(v Value) Value {
	if x, ok := v.(*Conversion); ok && x.As == asPresent {
		return x.X
	}
	return v
}
