package check

import (
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// sense is what a value means, as far as two coordinators of one scope can be
// compared: the id of the scope, a constant, or something else.
type sense struct {
	scopeID  bool
	constant bool
	text     string // of a constant
	value    model.Value
}

// senseOf says what a value means in a coordinator. The zero sense means that
// nothing is known.
func senseOf(v model.Value, co *model.Operation) sense {
	v = plain(v)
	switch x := v.(type) {
	case nil:
		return sense{}
	case *model.ScopeID:
		return sense{scopeID: true, value: v}
	case *model.Literal:
		if x.Null || x.Of.Kind == model.List || x.Of.Kind == model.JSON {
			return sense{}
		}
		return sense{constant: true, text: x.Text, value: v}
	default: // it may be the id
	}
	if model.Same(v, plain(co.ID)) {
		return sense{scopeID: true, value: v}
	}
	return sense{value: v}
}

// plain takes conversions off a value, and takes a column whose value the
// statement itself fixes for that value.
func plain(v model.Value) model.Value {
	return model.Underlying(v)
}

// untexted is plain of a text that $text made: other conversions stay.
func untexted(v model.Value) model.Value {
	return model.Bare(v, func(x *model.Conversion) bool { return x.As == "text" })
}

// mayEqual reports whether what a purge compares a column with may be what
// create wrote into it.
func (c *checker) mayEqual(purged, created sense, s *model.Scope) bool {
	switch {
	case purged.value == nil || created.value == nil:
		return true
	case purged.constant && created.constant:
		return purged.text == created.text
	case purged.constant && created.scopeID:
		return false
	case purged.scopeID && created.scopeID:
		return true
	case purged.scopeID:
		return !c.otherThanID(created, s)
	default:
		return true
	}
}

// surelyEqual reports whether they are certainly the same.
func surelyEqual(purged, created sense) bool {
	return purged.scopeID && created.scopeID || purged.constant && created.constant && purged.text == created.text
}

// otherThanID reports whether a value of create is certainly not the id of the
// scope that is being made.
func (c *checker) otherThanID(v sense, s *model.Scope) bool {
	if v.constant {
		return true
	}
	fresh := isFresh(s.Create.ID)
	switch x := v.value.(type) {
	case *model.NewUUID:
		return true // each is drawn once
	case *model.InputValue, *model.ContextValue, *model.HookResult, *model.NowValue, *model.PickValue:
		return fresh // it was there before the id
	case *model.ColumnValue:
		return x.Call.Role == model.ParentLock && (fresh || c.isKey(x)) || x.Call.Role != model.ScopeRow && x.Call.Facts.Kind == schema.Insert && c.isKey(x)
	default:
		return false
	}
}

// isFresh reports an id that did not exist before the call: drawn by the client,
// or made by the server.
func isFresh(id model.Value) bool {
	switch id := plain(id).(type) {
	case *model.NewUUID:
		return true
	case *model.ColumnValue:
		return id.Call.Role == model.ScopeRow
	default:
		return false
	}
}

// argument is what a call gives the parameter $n, nil when that is not known.
func argument(call *model.Call, n int) *model.Arg {
	if n < 1 || n > len(call.Query.Params) {
		return nil
	}
	for _, a := range call.Args {
		if a.Param.Name == call.Query.Params[n-1].Name {
			return a
		}
	}
	return nil
}

// given is the argument that an INSERT or UPDATE gives a column, nil when it
// gives none or something else than a parameter.
func given(call *model.Call, name string) *model.Arg {
	for _, set := range call.Facts.Sets {
		if set.Column != name {
			continue
		}
		if set.Param > 0 {
			return argument(call, set.Param)
		}
		for i, p := range call.Facts.Params { // an element of a list; an UPDATE may only compare with it
			if a := argument(call, i+1); a != nil && a.Gathered && call.Facts.Kind == schema.Insert && p.Table == call.Facts.Target && p.Column == name {
				return a
			}
		}
	}
	return nil
}

// stored is a value that a call writes into a column.
type stored struct {
	call  *model.Call
	arg   *model.Arg
	table *schema.Table
	col   *schema.Column
}

// column is the column's name, with that of its table.
func (w stored) column() string { return w.call.Facts.Target + "." + w.col.Name }

// storedBy lists what the calls of a scope's coordinators write into known columns.
func (c *checker) storedBy(s *model.Scope) []stored {
	var out []stored
	for _, call := range allCalls(s) {
		t := c.catalog.Table(call.Facts.Target)
		if t == nil {
			continue
		}
		for _, set := range call.Facts.Sets {
			if a, col := given(call, set.Column), t.Column(set.Column); a != nil && a.Value != nil && col != nil {
				out = append(out, stored{call, a, t, col})
			}
		}
	}
	return out
}

// givenSense is what an INSERT or UPDATE of create writes into a column.
func givenSense(call *model.Call, name string, co *model.Operation) sense {
	if a := given(call, name); a != nil && a.Value != nil {
		return senseOf(a.Value, co)
	}
	return sense{}
}

// comparison is a column that a WHERE fixes to a value.
type comparison struct {
	schema.ColumnValue
	sense
}

// comparisons are the columns of a table that a call's WHERE fixes.
func comparisons(call *model.Call, table string, co *model.Operation) []comparison {
	return compared(call, call.Facts.Equal, table, co)
}

// compared are those of a list of equalities that are about a table.
func compared(call *model.Call, equal []schema.ColumnValue, table string, co *model.Operation) []comparison {
	var out []comparison
	for _, e := range equal {
		if e.Table != table {
			continue
		}
		x := comparison{ColumnValue: e}
		if a := argument(call, e.Param); a != nil && a.Value != nil {
			x.sense = senseOf(a.Value, co)
		}
		out = append(out, x)
	}
	return out
}
