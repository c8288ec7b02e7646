package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// serverIDs finds the inserts whose answer others wait for, since the server
// makes a value that they use.
func (c *checker) serverIDs(s *model.Scope) {
	for _, call := range own(s.Create.Body) {
		for _, a := range call.Args {
			v, ok := plain(a.Value).(*model.ColumnValue)
			if !ok || v.Call.Facts.Kind != schema.Insert || v.Index >= len(v.Call.Facts.Returns) {
				continue
			}
			ret := v.Call.Facts.Returns[v.Index]
			t := c.catalog.Table(ret.Table)
			if t == nil || t.Column(ret.Column) == nil || !t.Column(ret.Column).Default || given(v.Call, ret.Column) != nil {
				continue // of a column that the query gives, something else makes the answer be waited for
			}
			p := diag.Problem{Pos: v.Call.Pos,
				Message: fmt.Sprintf("the server makes %s.%s: the steps that use it wait for the answer of %s, which costs a round trip", ret.Table, ret.Column, v.Call.Query.Name),
				Related: []diag.Related{{Pos: call.Pos, Message: call.Query.Name + " waits for it"}}}
			if t.Column(ret.Column).Type == "uuid" {
				p.Fix = "have the query take the column, and give it $new.uuid"
			}
			c.report(s, p)
		}
	}
}

// rowByRow finds the writes that are sent once for each row of an answer: how
// many there are, the data decides.
func (c *checker) rowByRow(s *model.Scope) {
	for _, call := range ownCalls(s) {
		if !call.Repeats() || len(call.Over) > 0 || len(call.Facts.Writes) == 0 || call.Role != model.PlainStep && call.Role != model.PurgeStep {
			continue
		}
		rows := call.Loops[len(call.Loops)-1].Rows()
		if rows == nil {
			continue
		}
		c.report(s, diag.Problem{Pos: call.Pos,
			Message: fmt.Sprintf("%s is sent once for each row of %s, in one round trip all the same", call.Query.Name, rows.Query.Name),
			Fix:     "write a query that takes lists, such as SELECT … FROM ROWS FROM (unnest(@ids::uuid[]), …): it is called once", Related: []diag.Related{declared(call)}})
	}
}

// missingIndexes finds the statements of a purge that have no index to find their rows
// by, and so read the whole table.
func (c *checker) missingIndexes(s *model.Scope) {
	for _, call := range own(s.Purge.Body) {
		tables := lockedTables(call)
		if call.Facts.Target != "" {
			tables = []string{call.Facts.Target}
		}
		if len(tables) != 1 || c.catalog.Table(tables[0]) == nil {
			continue
		}
		t := c.catalog.Table(tables[0])
		var fixed []string
		for _, e := range call.Facts.Equal {
			if e.Table == tables[0] {
				fixed = append(fixed, e.Column)
			}
		}
		helps := func(k *schema.Key) bool { return len(k.Columns) > 0 && slices.Contains(fixed, k.Columns[0]) }
		if len(fixed) == 0 || slices.ContainsFunc(slices.Concat(uniqueKeys(t), t.Indexes), helps) {
			continue
		}
		c.report(s, diag.Problem{Pos: call.Pos,
			Message: fmt.Sprintf("no index of %s begins with %s: %s reads the whole table", tables[0], list(fixed, "or"), call.Query.Name),
			Fix:     fmt.Sprintf("CREATE INDEX ON %s (%s)", tables[0], strings.Join(fixed, ", ")), Related: []diag.Related{declared(call), {Pos: t.Pos, Message: "the table is created here"}}})
	}
}

// otherReads finds the writes that read other tables: they may block, and be
// blocked by, more than the table that they are about.
func (c *checker) otherReads(s *model.Scope) {
	for _, call := range ownCalls(s) {
		others := slices.DeleteFunc(slices.Clone(call.Facts.Reads), func(name string) bool { return slices.Contains(call.Facts.Writes, name) })
		if len(call.Facts.Writes) != 1 || len(others) == 0 {
			continue
		}
		c.report(s, diag.Problem{Pos: call.Pos,
			Message: fmt.Sprintf("%s writes %s and reads %s", call.Query.Name, call.Facts.Writes[0], list(others, "and")),
			Fix:     "have a step of its own read what the query needs, when it is known before", Related: []diag.Related{declared(call)}})
	}
}
