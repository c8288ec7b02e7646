package model

import (
	"fmt"
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/schema"
)

// Of a group that an outer join found nothing for, such as a preset without
// entries, there is one row, which holds no entry. A loop over the rows of the
// group passes it over.

// absence says which rows of a group hold nothing.
type absence struct {
	joins []int // that find nothing, as in [schema.Result]; nil where each row holds something
	mark  int   // a column that is NULL in these rows, and in no other
}

// passOver has a loop over the rows of a group pass over those that hold nothing.
// It reports whether it is known which these are.
func (r *resolver) passOver(l, group *Loop) bool {
	c := l.rows
	for i, ret := range c.Facts.Returns {
		if s := r.columnShape(c, i); len(ret.Missing) > 0 && ret.MayBeNull && !s.Optional() {
			r.problems.Add(diag.Problem{Pos: l.Pos, Code: "SG228", Message: fmt.Sprintf("%s fails where an outer join finds no row: %s is NULL then, and its Go type %s cannot be", c.Query.Name, columnName(c, i), s.Go),
				Fix: "select the columns of the joined table, and not sqlc.embed, and run sqlc generate", Related: []diag.Related{{Pos: c.Query.Pos, Message: c.Query.Name + " is declared here"}}})
			return false
		}
	}
	a, why := absent(r.returns(c), group.Groups().same, c.Facts.OuterJoins, func(i int) bool {
		s := r.columnShape(c, i)
		col := r.tableColumn(c.Facts.Returns[i].Table, c.Facts.Returns[i].Column)
		return s.Form != Plain && col != nil && col.NotNull
	})
	if why != "" {
		fix := "select a column of it that is NOT NULL, such as its primary key, as a column that may be NULL, and run sqlc generate"
		if why == severalJoins {
			fix = "join all but one of the tables by JOIN, or read one of them by a query of its own"
		}
		r.problems.Add(diag.Problem{Pos: l.Pos, Code: "SG228", Message: fmt.Sprintf("%s: of a $%s without rows of the joined table, %s returns one row, which holds nothing", why, group.Var, c.Query.Name),
			Fix: fix, Related: []diag.Related{{Pos: c.Query.Pos, Message: c.Query.Name + " is declared here"}}})
		return false
	}
	if a.joins == nil {
		return true
	}
	l.present = a.joins
	s := r.columnShape(c, a.mark)
	field := &FieldValue{Of: &ElemValue{Loop: l}, Field: c.Query.Columns[a.mark].Field, Name: columnName(c, a.mark), Type: s}
	l.Filters = append(l.Filters, &Filter{Field: field, Not: true, Any: []Value{&Literal{Of: s, Null: true}}})
	return true
}

const (
	noMark       = "no column tells whether an outer join found a row"
	severalJoins = "there are several outer joins, and any of them may find no row"
)

// absent finds out which rows of an answer hold nothing but what is the same in
// the group. marks reports a column that is NOT NULL in its table, and whose Go
// type can hold NULL all the same. why says why that is not known.
func absent(returns []schema.Result, same []bool, outer bool, marks func(int) bool) (a absence, why string) {
	if !outer {
		return absence{}, ""
	}
	var joined [][]int // the joins of the columns that are not the same in the group
	for i, ret := range returns {
		switch {
		case same[i], ret.Source == 0 && len(ret.Missing) == 0:
		case len(ret.Missing) == 0:
			return absence{}, "" // each row has a row of that table
		default:
			joined = append(joined, ret.Missing)
		}
	}
	if len(joined) == 0 {
		return absence{}, noMark
	}
	// A join inside another finds nothing where that does not. So the outermost
	// decides, if there is one for all columns.
	shortest := slices.MinFunc(joined, func(a, b []int) int { return len(a) - len(b) })
	for _, joins := range joined {
		if !slices.Equal(joins[len(joins)-len(shortest):], shortest) {
			return absence{}, severalJoins
		}
	}
	for i, ret := range returns {
		if !same[i] && slices.Equal(ret.Missing, shortest) && ret.Source != 0 && marks(i) {
			return absence{joins: shortest, mark: i}, ""
		}
	}
	return absence{}, noMark
}

// elementShape is the shape of a column of a loop's element: what an outer join
// leaves NULL is there in a row that is not passed over.
func (r *resolver) elementShape(l *Loop, i int) Shape {
	s := r.columnShape(l.rows, i)
	ret := returned(l.rows, i)
	if l.present == nil || ret == nil || !slices.Equal(ret.Missing, l.present) {
		return s
	}
	if col := r.tableColumn(ret.Table, ret.Column); col != nil && col.NotNull {
		s.Nullable = false
	}
	return s
}
