package model

import (
	"testing"

	"github.com/specgen-dev/specgen/internal/schema"
)

// What is made of rows in groups, too, is copied from them.
func TestCopiesOf(t *testing.T) {
	t.Parallel()
	reads := func() *Call {
		return &Call{Facts: &schema.Query{Kind: schema.Select, Reads: []string{"presets"}}}
	}
	over := func(list Value) *Loop { return &Loop{Var: "preset", Over: list} }
	for name, use := range map[string]func(read *Call) *Call{
		"a row":              func(c *Call) *Call { return &Call{Args: []*Arg{{Value: &RowValue{Call: c}}}} },
		"a column":           func(c *Call) *Call { return &Call{Args: []*Arg{{Value: &ColumnValue{Call: c}}}} },
		"a loop over rows":   func(c *Call) *Call { return &Call{Loops: []*Loop{over(&RowsValue{Call: c})}} },
		"a loop over groups": func(c *Call) *Call { return &Call{Loops: []*Loop{over(&GroupsValue{Call: c})}} },
		"a field of a group": func(c *Call) *Call {
			return &Call{Args: []*Arg{{Value: &FieldValue{Of: &ElemValue{Loop: over(&GroupsValue{Call: c})}}}}}
		},
		"the rows of a group": func(c *Call) *Call { return &Call{Loops: []*Loop{over(&ElemValue{Loop: over(&GroupsValue{Call: c})})}} },
		"a value that is there": func(c *Call) *Call {
			return &Call{Args: []*Arg{{Value: &Conversion{X: &ColumnValue{Call: c}, As: asPresent}}}}
		},
		"a condition": func(c *Call) *Call {
			return &Call{Guards: []Cond{&Negation{Cond: &IsSet{Value: &ColumnValue{Call: c}}}}}
		},
		"a Go function of a row": func(c *Call) *Call { return &Call{Args: []*Arg{{Value: &GoCall{Args: []Value{&RowValue{Call: c}}}}}} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read, idle := reads(), reads()
			c := use(read)
			c.Facts = &schema.Query{Kind: schema.Insert}
			if got := copiesOf([]*Call{read, idle, c}); len(got) != 1 || got[0] != read {
				t.Errorf("%d steps are copied from, want the one that is read", len(got))
			}
		})
	}
}
