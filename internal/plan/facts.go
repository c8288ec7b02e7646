package plan

import (
	"slices"
	"strconv"
	"strings"

	"github.com/specgen-dev/specgen/internal/model"
)

// relatives tells the scopes that a scope has to do with.
func relatives(s *model.Scope, out *Scope, all []*model.Scope) {
	out.At = s.Pos.String()
	for _, p := range s.Parents() {
		parent := Parent{Name: p.Name, Type: p.Type, Lock: p.Lock, When: p.When, Many: p.Many, Unsafe: p.Unsafe, At: p.Pos.String()}
		if i := slices.IndexFunc(all, func(s *model.Scope) bool { return s.Type == p.Type }); i >= 0 {
			parent.Scope = all[i].Name
		}
		out.Parents = append(out.Parents, parent)
	}
	for _, n := range model.OwnNested(s.Create.Body) {
		if !slices.Contains(out.Makes, n.Scope.Name) {
			out.Makes = append(out.Makes, n.Scope.Name)
		}
	}
	if s.Purge == nil {
		return
	}
	for _, c := range model.OwnCalls(s.Purge.Body) {
		if c.Role == model.ChildList {
			out.Children = append(out.Children, Child{Scope: c.Child.Name, Cascade: c.Cascade, At: c.Pos.String()})
		}
	}
}

// facts tells what the statement of a call does.
func (b *builder) facts(c *model.Call, out *Call) {
	out.Role = roleName(c.Role)
	out.Kind, out.Table = string(c.Facts.Kind), c.Table()
	out.Writes, out.Reads = c.Facts.Writes, c.Facts.Reads
	for _, l := range c.Facts.Locks {
		text := l.Table + " FOR " + l.Strength
		if l.SkipLocked {
			text += " SKIP LOCKED"
		}
		if l.NoWait {
			text += " NOWAIT"
		}
		out.Locks = append(out.Locks, text)
	}
	for _, l := range c.Loops {
		if d, ok := l.Over.(*model.DataValue); ok && !slices.Contains(out.Data, d.Set.Name) {
			out.Data = append(out.Data, d.Set.Name)
		}
	}
	out.SQL = statement(c)
	out.Defaults = b.schedule.tables.Defaults(c)
	for _, v := range b.schedule.tables.Violates(c) {
		if slices.Contains(c.MayVanish, v.Name) {
			v.Is, v.Says = "ErrConflict", v.Says+", to a row that was read; it is run again"
		}
		out.Violates = append(out.Violates, Failure{When: "violates " + v.Name + ": " + v.Says, Error: "scope." + v.Is})
		out.constraints = append(out.constraints, v.Name)
	}
}

// statement is the SQL of a call, without sqlc's line that names it. sqlc keeps
// none for COPY.
func statement(c *model.Call) string {
	q := c.Query
	if q.Cmd == "copyfrom" {
		return "COPY " + strings.Join(q.CopyTable, ".") + " (" + strings.Join(q.CopyColumns, ", ") + ") FROM STDIN"
	}
	text := q.SQL
	if first, rest, found := strings.Cut(text, "\n"); found && strings.HasPrefix(first, "-- name:") {
		text = rest
	}
	return strings.TrimSpace(text)
}

func roleName(r model.Role) string {
	switch r {
	case model.ParentLock:
		return "parent"
	case model.ScopeRow, model.PurgeRow:
		return "row"
	case model.PurgeLock:
		return "lock"
	case model.ChildList:
		return "children"
	case model.Refusal:
		return "refusal"
	default:
		return "step"
	}
}

// nameViolations gives the violations of constraints the errors that the
// specification has for them.
func (c *Coordinator) nameViolations() {
	for _, f := range c.Flushes {
		for _, call := range f.Calls {
			for i, name := range call.constraints {
				if k := slices.IndexFunc(c.Constraints, func(x Constraint) bool { return x.Name == name }); k >= 0 {
					call.Violates[i].Error = c.Constraints[k].Error
				}
			}
		}
	}
}

// miscounts names the errors of another number of rows than is expected.
func miscounts(c *model.Call) []Failure {
	var out []Failure
	none := c.Expect.N > 0 && !c.Expect.AtMost
	if none && c.Missing == nil {
		out = append(out, Failure{"no row", "scope.ErrNotFound"})
	}
	bound := "other than "
	switch {
	case c.Expect.AtMost:
		bound = "more than "
	case c.Expect.AtLeast && c.Expect.N == 1:
		return out
	case c.Expect.AtLeast:
		bound = "fewer than "
	}
	return append(out, Failure{bound + strconv.FormatInt(c.Expect.N, 10) + " rows", "scope.ErrConflict"})
}

// failures names the errors that the spec gives a call.
func failures(c *model.Call) []Failure {
	var out []Failure
	switch {
	case c.Guarded != "" && c.Missing != nil:
		out = append(out, Failure{"leaves the row", c.Missing.Name})
	case c.Guarded != "":
		out = append(out, Failure{"leaves the row", "scope.ErrInUse"})
	case c.Role == model.PurgeRow:
	case c.Missing != nil:
		out = append(out, Failure{"no row", c.Missing.Name})
	case c.Role == model.ParentLock:
		out = append(out, Failure{"no row", "scope.ErrParentNotFound"})
	}
	if c.Expect != nil {
		out = append(out, miscounts(c)...)
	}
	switch {
	case c.Error != nil:
		out = append(out, Failure{"any", c.Error.Name})
	case c.Role == model.Refusal:
		out = append(out, Failure{"any", "scope.ErrInUse"})
	case c.Role == model.ChildList && !c.Cascade:
		out = append(out, Failure{"any", "scope.ErrHasChildren"})
	}
	return out
}
