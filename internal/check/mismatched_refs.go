package check

import (
	"fmt"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// mismatchedRefs warns unless an id and the type beside it are those of one thing:
// of the scope, of one of its parents, or of a row that create made. It looks at
// what is written, and at what a WHERE compares.
func (c *checker) mismatchedRefs(s *model.Scope) {
	for _, co := range s.Operations {
		for _, call := range own(co.Body) {
			c.mismatchedRef(s, co, call, call.Facts.Sets, call.Facts.Gives)
			c.mismatchedRef(s, co, call, call.Facts.Equal, call.Facts.Constants)
		}
	}
}

// mismatchedRef looks at the columns that a call writes, or at those that it compares.
func (c *checker) mismatchedRef(s *model.Scope, co *model.Operation, call *model.Call, columns []schema.ColumnValue, constants []schema.Constant) {
	for _, id := range columns {
		kind, a := c.typeOf(c.catalog.Table(id.Table), id.Column), argument(call, id.Param)
		if kind == "" || a == nil || a.Value == nil {
			continue
		}
		typ, pos := "", call.Pos
		for _, x := range constants {
			if x.Table == id.Table && x.Column == kind && !x.Null {
				typ = x.Text
			}
		}
		for _, x := range columns {
			b := argument(call, x.Param)
			if x.Table != id.Table || x.Column != kind || b == nil || b.Value == nil {
				continue
			}
			pos = b.Pos
			if is := senseOf(b.Value, co); is.constant {
				typ = is.text
			} else if plain(b.Value).Shape().Kind == model.UUID {
				c.report(s, diag.Problem{Pos: pos, Message: fmt.Sprintf("%s is a uuid, and %s.%s says of which type %s is", b.Source, id.Table, kind, id.Column),
					Fix: "give it the type, such as $scope.type", Related: []diag.Related{declared(call)}})
			}
		}
		if typ == "" {
			continue
		}
		_, isNew := unconverted(a.Value).(*model.NewUUID)
		if isNew && len(call.Facts.Sets) > 0 && c.scopeOfType(typ) != nil && !senseOf(a.Value, co).scopeID {
			c.report(s, diag.Problem{Pos: a.Pos, Message: fmt.Sprintf("%s is drawn here for %s.%s, beside the type %q: it is the id of nothing", a.Source, id.Table, id.Column, typ),
				Fix: "give it the id that is meant, such as $scope.id", Related: []diag.Related{declared(call)}})
			continue
		}
		if owner, ok := c.mismatch(s, co, a.Value, kind, typ); ok {
			c.report(s, diag.Problem{Pos: pos, Message: fmt.Sprintf("%s.%s is %q beside %s, which is the id of %s", id.Table, kind, typ, id.Column, owner),
				Fix: "give both columns what is of one thing", Related: []diag.Related{declared(call)}})
		}
	}
}

// mismatch says whose id a value certainly is, when a type is certainly not its.
// Only scope_type and scope_id are always the address of a scope: elsewhere a
// type that no scope has may be a part of the thing.
func (c *checker) mismatch(s *model.Scope, co *model.Operation, id model.Value, kind, typ string) (owner string, ok bool) {
	scopeOf := c.scopeOfType(typ)
	of := ""
	if x, isColumn := unconverted(id).(*model.ColumnValue); isColumn && x.Index < len(x.Call.Facts.Returns) {
		switch {
		case x.Call.Role == model.ParentLock && c.isUnique(x.Call.Facts.Returns[x.Index]):
			of = x.Call.Parent
		case c.isKey(x) && x.Call.Role == model.PlainStep && x.Call.Facts.Kind == schema.Insert:
			table := c.rowTable(scopeOf)
			return "a row of " + x.Call.Facts.Target, table != "" && table != x.Call.Facts.Target
		}
	}
	if of == "" && senseOf(id, co).scopeID {
		of = s.Type
	}
	if of == "" || of == typ || scopeOf == nil && kind != "scope_type" {
		return "", false
	}
	return "the scope of type " + of, true
}
