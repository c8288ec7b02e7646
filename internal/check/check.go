// Package check finds what a resolved document gets wrong against the schema:
// rows that a purge leaves behind, keys that a statement breaks, locks on the
// wrong row. Everything in it compiles and runs, and does harm.
//
// Every rule is silent where it cannot decide: an alarm that is false costs more
// than a miss. What is wrong with a document apart from the schema is the
// business of package model.
package check

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// Run checks the scopes of a project of which nothing else was reported.
func Run(p *model.Project, catalog *schema.Catalog, problems *diag.List) {
	c := &checker{project: p, catalog: catalog, kinds: typeColumns(p), boundless: map[diag.Pos]bool{}, index: map[string]int{}}
	broken := map[diag.Pos]bool{} // where something was reported, such as a query
	for _, x := range problems.Sorted() {
		broken[x.Pos] = true
	}
	for _, s := range p.Scopes {
		if s.Broken || s.Create == nil || s.Create.Row == nil || slices.ContainsFunc(allCalls(s), func(call *model.Call) bool { return broken[call.Query.Pos] }) {
			continue
		}
		hasPurge := s.Purge != nil && s.Purge.Row != nil
		for _, rule := range Rules() {
			if c.rule = rule; hasPurge || !rule.ofPurge {
				rule.find(c, s)
			}
		}
	}
	for _, f := range c.findings {
		problems.Add(f.problem())
	}
}

type checker struct {
	project *model.Project
	catalog *schema.Catalog
	kinds   map[column]bool // columns that say which kind of scope an id is of
	rule    Rule            // that runs
	// boundless are the queries already reported as affecting rows outside the scope.
	boundless map[diag.Pos]bool
	findings  []*finding
	index     map[string]int // of findings, by place, code and message
}

// column is a column of a table.
type column struct{ table, name string }

// own lists the calls in a body, in order, without those of the scopes nested in
// it: these are checked with the scope that they belong to.
func own(body []model.Node) []*model.Call { return model.OwnCalls(body) }

// allCalls lists the calls of a scope's coordinators.
func allCalls(s *model.Scope) []*model.Call {
	var calls []*model.Call
	for _, o := range s.Operations {
		calls = append(calls, model.Calls(o.Body)...)
	}
	return calls
}

// ownCalls lists the calls of a scope's coordinators, without those of nested scopes.
func ownCalls(s *model.Scope) []*model.Call {
	var calls []*model.Call
	for _, o := range s.Operations {
		calls = append(calls, own(o.Body)...)
	}
	return calls
}

// withRole finds the calls of a role.
func withRole(body []model.Node, role model.Role) []*model.Call {
	return slices.DeleteFunc(own(body), func(call *model.Call) bool { return call.Role != role })
}

// rowTable is the table that the row of a scope is in, "" when it is not known.
func (c *checker) rowTable(s *model.Scope) string {
	if s == nil || s.Broken || s.Create == nil || s.Create.Row == nil || c.catalog.Table(s.Create.Row.Facts.Target) == nil {
		return ""
	}
	return s.Create.Row.Facts.Target
}

// scopeOfType is the scope of a stored type, nil for one of another document.
func (c *checker) scopeOfType(typ string) *model.Scope {
	for _, s := range c.project.Scopes {
		if s.Type == typ {
			return s
		}
	}
	return nil
}

// tablesOnly reports whether names are tables of the schema, all of them: of a
// view it is not known what is behind it.
func (c *checker) tablesOnly(names []string) bool {
	return len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return c.catalog.Table(n) == nil })
}

func lockedTables(call *model.Call) []string {
	var tables []string
	for _, l := range call.Facts.Locks {
		tables = append(tables, l.Table)
	}
	return tables
}
