package model

import (
	"fmt"
	"strings"
	"time"
)

// Value is where a parameter, a condition or a Go function's argument comes
// from. Values are shared: one *NewUUID that two parameters refer to is one id.
//
//sumtype:decl
type Value interface {
	// Shape is the value's type.
	Shape() Shape
	// String is the value as the user would write it.
	String() string
	origin() Origin
}

// InputValue is a field that the caller filled, after defaults.
type InputValue struct{ Input *Input }

// ContextValue is a value that a function of the Provider takes from ctx.
type ContextValue struct{ Input *Input }

// ItemsValue is the list of scopes that a call makes or purges.
type ItemsValue struct{}

// HookResult is what a `before` function returned.
type HookResult struct{ Hook *Hook }

// ScopeID is the id that a purge is given.
type ScopeID struct{ Of Shape }

// LockedValue tells whether the lock of a purge found its row.
type LockedValue struct{ Call *Call }

// RowValue is the one row of a call's answer.
type RowValue struct{ Call *Call }

// RowsValue is every row of a :many call's answer.
type RowsValue struct{ Call *Call }

// ColumnValue is one column of a call's one row.
type ColumnValue struct {
	Call  *Call
	Index int // into Call.Query.Columns
	Of    Shape
	// Known is the argument that the statement itself gives the column, nil
	// when only the answer tells.
	Known *Arg
}

// ListValue is a list that calls append to.
type ListValue struct{ List *Collected }

// PickValue is one row of a list, by its place.
type PickValue struct {
	List  *Collected
	Index int
	Key   string
}

// ElemValue is the current element of a loop.
type ElemValue struct{ Loop *Loop }

// FieldValue is a field of a row that is a value itself: an element, a picked row, a Go struct.
type FieldValue struct {
	Of    Value
	Field string // Go field
	Name  string // as the user writes it
	Type  Shape
	Data  *DataField // when Of is data: the type is known once all uses are
}

// DataValue is a list of constants.
type DataValue struct{ Set *DataSet }

// NewUUID is an id that the client draws, once a turn of the innermost loop.
type NewUUID struct {
	Name  string // what it is the id of, for naming
	Loops []*Loop
}

// NowValue is the time of the call, plus an offset.
type NowValue struct{ Offset time.Duration }

// GoCall is the result of a Go function.
type GoCall struct {
	Func   *Func
	Args   []Value
	Loops  []*Loop
	Guards []Cond // the conditions around it
}

// Concat is a text made of parts.
type Concat struct{ Parts []Value }

// Conversion is $uuid(x), $int(x) or $text(x); or x where it is known to be there.
type Conversion struct {
	To Shape
	X  Value
	As string // "uuid", "int", "text", "present"
}

// Shape is the input's shape.
func (v *InputValue) Shape() Shape { return v.Input.Shape }

// Shape is the context value's shape.
func (v *ContextValue) Shape() Shape { return v.Input.Shape }

// Shape is a list of no type that a document knows.
func (v *ItemsValue) Shape() Shape { return listOf(Shape{}) }

// Shape is the shape of the function's result.
func (v *HookResult) Shape() Shape { return v.Hook.Call.Shape() }

// Shape is the shape of the scope's id.
func (v *ScopeID) Shape() Shape { return v.Of }

// Shape is bool.
func (v *LockedValue) Shape() Shape { return boolShape }

// Shape is the shape of a row.
func (v *RowValue) Shape() Shape { return rowShape(v.Call.Query) }

// Shape is a list of rows.
func (v *RowsValue) Shape() Shape { return listOf(rowShape(v.Call.Query)) }

// Shape is the column's shape.
func (v *ColumnValue) Shape() Shape { return v.Of }

// Shape is a list of rows.
func (v *ListValue) Shape() Shape { return listOf(v.List.Row) }

// Shape is the shape of a row.
func (v *PickValue) Shape() Shape { return v.List.Row }

// Shape is the shape of an element.
func (v *ElemValue) Shape() Shape {
	if v.Loop.Data != nil {
		return Shape{Kind: Constant}
	}
	return v.Loop.Elem
}

// Shape is the field's shape.
func (v *FieldValue) Shape() Shape {
	if v.Data != nil {
		return v.Data.Shape
	}
	return v.Type
}

// Shape is a list of constants.
func (v *DataValue) Shape() Shape { return listOf(Shape{Kind: Constant}) }

// Shape is scope.UUID.
func (v *NewUUID) Shape() Shape { return uuidShape }

// Shape is time.Time.
func (v *NowValue) Shape() Shape { return timeShape }

// Shape is the shape of the function's result.
func (v *GoCall) Shape() Shape { return v.Func.Result }

// Shape is string.
func (v *Concat) Shape() Shape { return textShape }

// Shape is the shape converted to.
func (v *Conversion) Shape() Shape { return v.To }

func (v *InputValue) String() string   { return "$input." + v.Input.Name }
func (v *ContextValue) String() string { return "$context." + v.Input.Name }
func (v *ItemsValue) String() string   { return "the items" }
func (v *HookResult) String() string   { return "$" + v.Hook.As }
func (v *ScopeID) String() string      { return "$scope.id" }
func (v *LockedValue) String() string  { return v.Call.Step + " finds the row" }
func (v *RowValue) String() string     { return "$" + v.Call.Name }
func (v *RowsValue) String() string    { return "$" + v.Call.Name }
func (v *ListValue) String() string    { return "$" + v.List.Name }
func (v *PickValue) String() string    { return "$" + v.List.Name + "." + v.Key }
func (v *ElemValue) String() string    { return "$" + v.Loop.Var }

func (v *DataValue) String() string { return "$data." + v.Set.Name }
func (v *NewUUID) String() string   { return "$new.uuid" }

func (v *ColumnValue) String() string {
	return fmt.Sprintf("$%s.%s", v.Call.Name, columnName(v.Call, v.Index))
}

func (v *FieldValue) String() string { return v.Of.String() + "." + v.Name }

func (v *NowValue) String() string {
	switch {
	case v.Offset > 0:
		return "$now + " + v.Offset.String()
	case v.Offset < 0:
		return "$now - " + (-v.Offset).String()
	default:
		return "$now"
	}
}

func (v *GoCall) String() string {
	args := make([]string, len(v.Args))
	for i, a := range v.Args {
		args[i] = a.String()
	}
	return fmt.Sprintf("$go.%s(%s)", v.Func.Name, strings.Join(args, ", "))
}

func (v *Concat) String() string {
	var b strings.Builder
	b.WriteByte('"')
	for _, p := range v.Parts {
		if l, ok := p.(*Literal); ok {
			b.WriteString(l.Text)
		} else {
			b.WriteString("${" + strings.TrimPrefix(p.String(), "$") + "}")
		}
	}
	b.WriteByte('"')
	return b.String()
}

func (v *Conversion) String() string {
	if v.As == asPresent {
		return v.X.String()
	}
	return fmt.Sprintf("$%s(%s)", v.As, v.X)
}
