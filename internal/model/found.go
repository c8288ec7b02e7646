package model

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/schema"
)

// found resolves the look-up of a created scope by its id, nil for none or after
// reporting. After a COMMIT that was not answered the runtime asks it, and runs
// the transaction again when the scope is not there. That is right only if nobody
// else can make a row of that id, if two rows of it cannot be, and if the look-up
// finds nothing else; so all of this is checked here.
func (r *resolver) found(s *Scope, en *env) *Call {
	row := en.frame.row
	if s.doc.Found == nil || row == nil {
		return nil
	}
	c := r.queryCall(s.doc.Found, en, LookUp, "found")
	if c == nil {
		return nil
	}
	r.bind(c, s.doc.Found, en, binding{sole: en.frame.id, only: true})
	refuse := func(fix, format string, args ...any) *Call {
		r.fail(s.doc.Found.Name.Pos, "SG503", fix, format, args...)
		return nil
	}
	id, column := drawnID(en.frame.id, row)
	table := r.catalog.Table(row.Facts.Target)
	switch {
	case id == nil:
		return refuse("make the id in the client, with: {id: $new.uuid}, in a table without triggers",
			"the id of %q is not drawn by the call: who finds it there does not know whose it is", s.Name)
	case row.Facts.Kind != schema.Insert || row.Facts.OnConflict != "":
		return refuse("insert the row without ON CONFLICT",
			"%s does not fail when the row is there: two transactions could both commit", row.Query.Name)
	case !uniqueAlone(table, column):
		return refuse("make "+column+" a PRIMARY KEY or UNIQUE by itself",
			"%s.%s is not unique by itself: two transactions could both make the row", row.Facts.Target, column)
	case c.Query.Cmd != "one" || c.Facts.Kind != schema.Select:
		return refuse("SELECT "+column+" FROM "+row.Facts.Target+" WHERE "+column+" = $1, as :one", "%s is no :one SELECT", c.Query.Name)
	case !looksUp(c, row.Facts.Target, column) || len(c.Args) != 1 || drawnBy(c.Args[0].Value) != id:
		return refuse("SELECT "+column+" FROM "+row.Facts.Target+" WHERE "+column+" = $1",
			"%s does not find the row of %s by %s alone", c.Query.Name, row.Facts.Target, column)
	}
	return c
}

// drawnID returns what the id of a scope is drawn as, and its column in the
// scope's row; nil when it is anything else.
func drawnID(id Value, row *Call) (*NewUUID, string) {
	v, ok := id.(*ColumnValue)
	if !ok || v.Call != row || v.Known == nil || v.Known.column == nil {
		return nil, ""
	}
	return drawnBy(v), v.Known.column.Name
}

// drawnBy is the id that a value is, once it is known; nil for none.
func drawnBy(v Value) *NewUUID {
	id, _ := Underlying(v).(*NewUUID)
	return id
}

// uniqueAlone reports whether no two rows of a table have the same value in a column.
func uniqueAlone(t *schema.Table, column string) bool {
	if t == nil {
		return false
	}
	alone := func(k *schema.Key) bool {
		return k != nil && !k.Partial && len(k.Columns) == 1 && k.Columns[0] == column
	}
	return alone(t.PrimaryKey) || slices.ContainsFunc(t.Uniques, alone)
}

// looksUp reports whether a query returns a row of the table if, and only if,
// there is one with the value in the column, or fewer.
func looksUp(c *Call, table, column string) bool {
	byID := slices.ContainsFunc(c.Facts.Equal, func(e schema.ColumnValue) bool {
		return e.Table == table && e.Column == column && e.Param == 1
	})
	// An aggregate would return a row in any case, but not the column.
	returns := slices.ContainsFunc(c.Facts.Returns, func(ret schema.Result) bool {
		return ret.Table == table && ret.Column == column && !ret.MayBeNull
	})
	return byID && returns
}
