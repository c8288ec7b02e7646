package schema

// tableRow is a row of a table, of one use of the table in a statement: columns
// of one *tableRow come from one row.
type tableRow struct{ table string }

// outerJoin is one side of an outer join: where it finds no row, its items are
// NULL.
type outerJoin struct{ of []*fromItem }

// joins are the outer joins that leave a column NULL, innermost first.
func (c column) joins() []*outerJoin {
	if c.item == nil {
		return c.missing
	}
	return append(c.missing[:len(c.missing):len(c.missing)], c.item.joins...)
}

// copies gives a subquery, or a WITH query, rows and joins of its own each time
// that it is used: two uses of it read different rows.
type copies struct {
	rowOf  map[*tableRow]*tableRow
	joinOf map[*outerJoin]*outerJoin
}

func (c *copies) row(r *tableRow) *tableRow {
	if r == nil {
		return nil
	}
	if c.rowOf == nil {
		c.rowOf = map[*tableRow]*tableRow{}
	}
	if c.rowOf[r] == nil {
		again := *r
		c.rowOf[r] = &again
	}
	return c.rowOf[r]
}

func (c *copies) joins(list []*outerJoin) []*outerJoin {
	if c.joinOf == nil {
		c.joinOf = map[*outerJoin]*outerJoin{}
	}
	var out []*outerJoin
	for _, j := range list {
		if c.joinOf[j] == nil {
			again := *j
			c.joinOf[j] = &again
		}
		out = append(out, c.joinOf[j])
	}
	return out
}

// numbering counts the rows and the joins of an answer, from 1.
type numbering struct {
	rowAt  map[*tableRow]int
	joinAt map[*outerJoin]int
}

func (n *numbering) row(r *tableRow) int {
	if r == nil {
		return 0
	}
	if n.rowAt == nil {
		n.rowAt = map[*tableRow]int{}
	}
	if n.rowAt[r] == 0 {
		n.rowAt[r] = len(n.rowAt) + 1
	}
	return n.rowAt[r]
}

func (n *numbering) joins(list []*outerJoin) []int {
	if n.joinAt == nil {
		n.joinAt = map[*outerJoin]int{}
	}
	var out []int
	for _, j := range list {
		if n.joinAt[j] == 0 {
			n.joinAt[j] = len(n.joinAt) + 1
		}
		out = append(out, n.joinAt[j])
	}
	return out
}
