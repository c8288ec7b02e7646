package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// childLists makes sure that the list of a scope's children holds all of them, and
// no others.
func (c *checker) childLists(s *model.Scope) {
	for _, call := range withRole(s.Purge.Body, model.ChildList) {
		table := c.rowTable(call.Child)
		if table == "" || !c.tablesOnly(call.Facts.Reads) {
			continue
		}
		if !slices.Contains(call.Facts.Reads, table) {
			if !namesType(call, call.Child) {
				c.report(s, diag.Problem{Pos: call.Pos,
					Message: fmt.Sprintf("%s reads %s, and a %s is a row of %s", call.Query.Name, list(call.Facts.Reads, "and"), call.Child.Name, table),
					Fix:     "name the query that lists the children of this scope", Related: []diag.Related{declared(call), declared(call.Child.Create.Row)}})
			}
			continue
		}
		if wrong, fix := c.wrongChildren(s, call, table); wrong != "" {
			c.report(s, diag.Problem{Pos: call.Pos, Message: call.Query.Name + " " + wrong, Fix: fix + ", and run sqlc generate", Related: []diag.Related{declared(call)}})
		}
	}
}

// wrongChildren says what a query of the children's table lists instead of the
// children of the scope.
func (c *checker) wrongChildren(s *model.Scope, call *model.Call, table string) (wrong, fix string) {
	child := call.Child
	if len(call.Facts.ReferencedColumns) == 0 && len(call.Args) == 0 && len(call.Facts.Reads) == 1 && c.tells(table, s) {
		return fmt.Sprintf("lists every row of %s, not those that belong to the %s", table, s.Name), "compare the column that refers to the scope with its id"
	}
	for _, x := range comparisons(call, table, s.Purge) {
		if x.scopeID && c.ownID(child, x.Column) {
			return fmt.Sprintf("compares %s.%s, the id of the %s itself, with the id of the %s: it finds none", table, x.Column, child.Name, s.Name), "compare the column that refers to the scope"
		}
	}
	if column := c.passesOthers(call, s); column != "" {
		return fmt.Sprintf("compares %s with the id of the %s, and not by =: it lists the children of others", column, s.Name), "write " + column + " = @" + column
	}
	switch {
	case !call.Cascade: // one child is enough to refuse
	case call.Facts.Limited:
		return fmt.Sprintf("lists some of the children of the %s, by LIMIT or OFFSET: the others are left behind", s.Name), "list all of them"
	case slices.ContainsFunc(call.Facts.Locks, func(l schema.Lock) bool { return l.SkipLocked }):
		return fmt.Sprintf("skips the children that somebody else holds: they are left behind when the %s goes", s.Name), "wait for them: FOR UPDATE without SKIP LOCKED"
	}
	return "", ""
}

// tells reports whether a column of a table says to which scope of a kind a row
// belongs. Without one there may be one scope of that kind only.
func (c *checker) tells(table string, s *model.Scope) bool {
	t := c.catalog.Table(table)
	return t.Column(s.Name+"_id") != nil || t.Column("scope_id") != nil ||
		slices.ContainsFunc(t.ForeignKeys, func(k *schema.ForeignKey) bool { return k.RefTable == c.rowTable(s) })
}

// ownID reports whether a column of a scope's row is an id of its own, which is
// made when the row is inserted.
func (c *checker) ownID(s *model.Scope, name string) bool {
	t := c.catalog.Table(s.Create.Row.Facts.Target)
	if t == nil || foreignKey(t, name) != nil || t.PrimaryKey == nil || !slices.Equal(t.PrimaryKey.Columns, []string{name}) {
		return false
	}
	if a := given(s.Create.Row, name); a != nil {
		_, drawn := plain(a.Value).(*model.NewUUID)
		return drawn
	}
	return t.Column(name).Default
}

// namesType reports whether a query is about things of a scope's type, such as
// the associations of a parent with its children.
func namesType(call *model.Call, s *model.Scope) bool {
	if strings.Contains(call.Query.SQL, "'"+s.Type+"'") {
		return true
	}
	return slices.ContainsFunc(call.Args, func(a *model.Arg) bool {
		l, ok := plain(a.Value).(*model.Literal)
		return ok && l.Text == s.Type
	})
}
