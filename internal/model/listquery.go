package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/spec"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// A bulk query, :copyfrom or :batch…, takes a list of what its SQL takes once.
// A step that calls it gives one element; in loops, the elements of all turns
// are gathered, and the query is called once. It never shares a round trip: its
// function of sqlc sends by itself. What it counts belongs to no turn.

// singleCommands and bulkCommands are the commands of queries that a step can call.
var (
	singleCommands = []string{"one", "many", "exec", "execrows", "execresult"}
	bulkCommands   = []string{"copyfrom", "batchexec", "batchone", "batchmany"}
)

// Bulk reports whether the call's query is :copyfrom or :batch….
func (c *Call) Bulk() bool { return slices.Contains(bulkCommands, c.Query.Cmd) }

// callable reports whether anything can call a query, and a bulk query only a step.
func (r *resolver) callable(name spec.Text, q *sqlcapi.Query, role Role) bool {
	message, fix := "", ""
	switch step := role == PlainStep || role == PurgeStep; {
	case slices.Contains(singleCommands, q.Cmd), step && slices.Contains(bulkCommands, q.Cmd):
		return true
	case slices.Contains(bulkCommands, q.Cmd):
		message = fmt.Sprintf("%s is a :%s query, which takes a list: only a step can call it", q.Name, q.Cmd)
		fix = "name a query for one row here"
	default:
		message = fmt.Sprintf("a step cannot call %s, which is a :%s query", q.Name, q.Cmd)
		fix = "make it :one, :many, :exec, :execrows, :execresult, :copyfrom, :batchexec, :batchone or :batchmany"
	}
	r.problems.Add(diag.Problem{Pos: name.Pos, Code: "SG404", Message: message, Fix: fix,
		Related: []diag.Related{{Pos: q.Pos, Message: q.Name + " is declared here"}}})
	return false
}

// statement is the SQL of a query. sqlc writes none into the code of a
// :copyfrom query: COPY is to the schema what an INSERT of these columns is, but
// that rules are not applied (PostgreSQL manual, COPY, Notes).
func statement(q *sqlcapi.Query) string {
	if q.Cmd != "copyfrom" {
		return q.SQL
	}
	quoted := func(names []string) []string {
		out := make([]string, len(names))
		for i, name := range names {
			out[i] = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		}
		return out
	}
	params := make([]string, len(q.CopyColumns))
	for i := range params {
		params[i] = fmt.Sprintf("$%d", i+1)
	}
	table := q.CopyTable[max(0, len(q.CopyTable)-2):] // without the database
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)",
		strings.Join(quoted(table), "."), strings.Join(quoted(q.CopyColumns), ", "), strings.Join(params, ", "))
}

// gatherBulk finishes the binding of a call of a bulk query: each turn of all
// loops around it gives one element.
func (r *resolver) gatherBulk(c *Call) {
	c.Over = c.Loops
	if c.Expect != nil {
		r.fail(c.Expect.Pos, "SG409", "leave `expect` out, or write a query that takes one element",
			"%s is called once for all turns: the number of its rows is not that of one turn", c.Query.Name)
	}
}

// checkBulk checks what a step asks of a bulk query. It reports whether the
// query is one.
func (r *resolver) checkBulk(c *Call, s *spec.QueryStep) bool {
	if !c.Bulk() {
		return false
	}
	cmd := c.Query.Cmd
	switch {
	case s.As.Value == "":
	case cmd == "batchexec", cmd == "copyfrom":
		r.fail(s.As.Pos, "SG406", "use a query with array parameters: :many for the rows, or :execrows for the count",
			"%s is :%s: nothing comes back to name %q", c.Query.Name, cmd, s.As.Value)
	case cmd == "batchmany":
		r.fail(s.As.Pos, "SG409", "use a :many query with array parameters, or collect the rows with `into`",
			"%s is :batchmany: the rows of a turn come back with those of all turns, and cannot be named %q", c.Query.Name, s.As.Value)
	}
	if s.Missing.Value != "" && cmd != "batchone" {
		r.fail(s.Missing.Pos, "SG408", "make it :batchone", "%s is :%s: no row is not noticed", c.Query.Name, cmd)
	}
	return true
}
