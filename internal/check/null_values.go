package check

import (
	"fmt"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// nullArguments refuses NULL where it cannot be: in a column that is NOT NULL,
// unless a trigger may give it a value, and in a comparison, of which NULL lets no
// row pass.
func (c *checker) nullArguments(s *model.Scope) {
	for _, w := range c.storedBy(s) {
		if w.call.Facts.Kind == schema.Insert && w.col.NotNull && !c.catalog.Fills(w.table, w.col.Name) && givesNull(w.arg) {
			c.report(s, diag.Problem{Pos: w.arg.Pos,
				Message: fmt.Sprintf("null for %q of %s: %s is NOT NULL", w.arg.Name, w.call.Query.Name, w.column()),
				Fix:     "give it a value, or make the column nullable", Related: []diag.Related{{Pos: w.col.Pos, Message: "the column is declared here"}}})
		}
	}
	for _, call := range allCalls(s) {
		for _, e := range call.Facts.Equal {
			if a := argument(call, e.Param); givesNull(a) {
				c.report(s, diag.Problem{Pos: a.Pos,
					Message: fmt.Sprintf("null for %q of %s: its WHERE compares it by =, and nothing equals NULL", a.Name, call.Query.Name),
					Fix:     "give it a value, or write a query with IS NULL", Related: []diag.Related{declared(call)}})
			}
		}
	}
}

// nullTexts refuses a NULL in the text of an INSERT, for a column that is NOT NULL.
func (c *checker) nullTexts(s *model.Scope) {
	for _, call := range allCalls(s) {
		t := c.catalog.Table(call.Facts.Target)
		if t == nil || call.Facts.Kind != schema.Insert {
			continue
		}
		for _, x := range call.Facts.Gives {
			if col := t.Column(x.Column); x.Null && col != nil && col.NotNull && !c.catalog.Fills(t, col.Name) {
				c.report(s, diag.Problem{Pos: call.Query.Pos,
					Message: fmt.Sprintf("%s gives %s.%s NULL; the column is NOT NULL", call.Query.Name, call.Facts.Target, col.Name),
					Fix:     "give it a value, and run sqlc generate", Related: []diag.Related{{Pos: col.Pos, Message: "the column is declared here"}}})
			}
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
