package check

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// nulls refuses NULL where it cannot be: in a column that is NOT NULL, unless a
// trigger may give it a value, and in a comparison, of which NULL lets no row pass.
func (c *checker) nulls(s *model.Scope) {
	for _, w := range c.storedBy(s) {
		if w.call.Facts.Kind == schema.Insert && !w.table.Active && w.col.NotNull && givesNull(w.arg) {
			c.report(s, diag.Problem{Pos: w.arg.Pos, Code: codeLength,
				Message: fmt.Sprintf("null for %q of %s: %s is NOT NULL", w.arg.Name, w.call.Query.Name, w.column()),
				Fix:     "give it a value, or make the column nullable", Related: []diag.Related{{Pos: w.col.Pos, Message: "the column is declared here"}}})
		}
	}
	for _, call := range allCalls(s) {
		t := c.catalog.Table(call.Facts.Target)
		if t != nil && !t.Active && call.Facts.Kind == schema.Insert {
			c.nullValues(s, call, t)
		}
		for _, e := range call.Facts.Equal {
			if a := argument(call, e.Param); givesNull(a) {
				c.report(s, diag.Problem{Pos: a.Pos, Code: codeLength,
					Message: fmt.Sprintf("null for %q of %s: its WHERE compares it by =, and nothing equals NULL", a.Name, call.Query.Name),
					Fix:     "give it a value, or write a query with IS NULL", Related: []diag.Related{declared(call)}})
			}
		}
	}
}

// nullValues looks at the NULLs in the text of an INSERT.
func (c *checker) nullValues(s *model.Scope, call *model.Call, t *schema.Table) {
	for _, x := range call.Facts.Gives {
		if col := t.Column(x.Column); x.Null && col != nil && col.NotNull {
			c.report(s, diag.Problem{Pos: call.Query.Pos, Code: codeRequired,
				Message: fmt.Sprintf("%s gives %s.%s NULL; the column is NOT NULL", call.Query.Name, call.Facts.Target, col.Name),
				Fix:     "give it a value, and run sqlc generate", Related: []diag.Related{{Pos: col.Pos, Message: "the column is declared here"}}})
		}
	}
}

func givesNull(a *model.Arg) bool {
	if a == nil || a.Value == nil {
		return false
	}
	l, ok := plain(a.Value).(*model.Literal)
	return ok && l.Null
}

// flags refuses a column in the place of a condition that is no boolean: sqlc
// lets it pass, and the server does not.
func (c *checker) flags(s *model.Scope) {
	for _, call := range allCalls(s) {
		for _, f := range call.Facts.Flags {
			t := c.catalog.Table(f.Table)
			if t == nil || t.Column(f.Column) == nil {
				continue
			}
			col := t.Column(f.Column)
			if slices.Contains([]string{"text", "varchar", "uuid", "int2", "int4", "int8", "timestamptz", "jsonb"}, col.Type) && !col.Inexact {
				c.report(s, diag.Problem{Pos: call.Query.Pos, Code: codeBoolean,
					Message: fmt.Sprintf("the WHERE of %s has %s.%s for a condition, which is %s and no boolean", call.Query.Name, f.Table, f.Column, col.Type),
					Fix:     "compare it with something, and run sqlc generate", Related: []diag.Related{{Pos: col.Pos, Message: "the column is declared here"}}})
			}
		}
	}
}
