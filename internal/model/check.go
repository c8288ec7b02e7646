package model

import (
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/spec"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// checkQuery checks what a step's query does: it writes at most one table, and
// an INSERT gives every column a value that must have one.
func (r *resolver) checkQuery(q *sqlcapi.Query, f *schema.Query) {
	if len(f.Writes) > 1 {
		r.fail(q.Pos, "SG405", "split it: specgen puts the statements of a coordinator in one transaction", "%s writes %s: a query of a step writes one table", q.Name, strings.Join(f.Writes, " and "))
	}
	t := r.catalog.Table(f.Target)
	if f.Kind != schema.Insert || t == nil {
		return
	}
	for _, col := range t.Columns {
		if !r.catalog.Requires(t, col) {
			continue
		}
		if !slices.ContainsFunc(f.Sets, func(s schema.ColumnValue) bool { return s.Column == col.Name }) {
			r.problems.Add(diag.Problem{Pos: q.Pos, Code: "SG501", Message: q.Name + " gives " + t.QualifiedName() + "." + col.Name + " no value; the column is NOT NULL and has no default",
				Fix: "add the column to the INSERT, and run sqlc generate", Related: []diag.Related{{Pos: col.Pos, Message: "the column is declared here"}}})
		}
	}
}

// checkStep checks what a step asks of its query's kind.
func (r *resolver) checkStep(c *Call, s *spec.QueryStep) {
	if r.checkBulk(c, s) {
		return
	}
	cmd := c.Query.Cmd
	if s.As.Value != "" && cmd == "exec" {
		r.fail(s.As.Pos, "SG406", "make it :one for the row, or :execrows for the count", "%s is :exec: nothing comes back to name %q", c.Query.Name, s.As.Value)
	}
	switch {
	case s.Expect == nil, cmd == "execrows", cmd == "execresult", cmd == "many" && s.Expect.AtLeast:
	case cmd == "many":
		r.fail(s.Expect.Pos, "SG408", "write `expect: at_least N`", "%s is :many: all that can be expected is at_least a number of rows", c.Query.Name)
	default:
		r.fail(s.Expect.Pos, "SG408", "make it :execrows", "%s is :%s: there is no count to expect", c.Query.Name, cmd)
	}
	if s.Missing.Value != "" && cmd != "one" && s.Expect == nil {
		r.fail(s.Missing.Pos, "SG408", "make it :one, or :execrows with `expect: 1`", "%s is :%s: no row is not noticed", c.Query.Name, cmd)
	}
}

// constraints maps the constraints that a scope names to its errors.
func (r *resolver) constraints(s *Scope) []*ConstraintError {
	var out []*ConstraintError
	docs := slices.Clone(s.doc.Errors)
	slices.SortFunc(docs, func(a, b *spec.ConstraintError) int {
		return strings.Compare(a.Constraint.Value, b.Constraint.Value)
	})
	for _, d := range docs {
		is, doc := r.constraintKind(d.Constraint.Value, s)
		if is == "" {
			r.failNear(d.Constraint.Pos, "SG209", d.Constraint.Value, r.constraintNames(), "no constraint is named %q", d.Constraint.Value)
			continue
		}
		out = append(out, &ConstraintError{Constraint: d.Constraint.Value, Error: r.errorDef(d.Error, is, doc)})
	}
	return out
}

// constraintKind is the generic error of a constraint, "" when there is none
// of that name.
func (r *resolver) constraintKind(name string, s *Scope) (is, doc string) {
	for _, t := range r.catalog.Constrained(name) {
		keys := t.Uniques
		if t.PrimaryKey != nil {
			keys = append(keys[:len(keys):len(keys)], t.PrimaryKey)
		}
		for _, k := range keys {
			if k.Name == name {
				return "ErrAlreadyExists", "a row of " + t.QualifiedName() + " has the same " + strings.Join(k.Columns, ", ") + " (" + name + ")"
			}
		}
		for _, k := range t.Excludes {
			if k.Name == name {
				return "ErrAlreadyExists", "a row of " + t.QualifiedName() + " is in the way (" + name + ")"
			}
		}
		for _, k := range t.ForeignKeys {
			if k.Name == name && s.Create.Row != nil && k.RefTable == s.Create.Row.Facts.Target && t.QualifiedName() != k.RefTable {
				return "ErrInUse", "a row of " + t.QualifiedName() + " still refers to it (" + name + ")"
			}
			if k.Name == name {
				return "ErrParentNotFound", "the row of " + k.RefTable + " that " + t.QualifiedName() + "." + strings.Join(k.Columns, ", ") + " refers to does not exist (" + name + ")"
			}
		}
		if slices.Contains(t.Checks, name) {
			return "ErrInvalid", "a row of " + t.QualifiedName() + " violates " + name
		}
	}
	if slices.ContainsFunc(r.catalog.Tables, func(t *schema.Table) bool { return t.Uncertain }) {
		return unreadConstraint(name)
	}
	return "", ""
}

// unreadConstraint is the generic error of a constraint that a statement which was
// not read may make: by how constraints are usually named.
func unreadConstraint(name string) (is, doc string) {
	switch last := goname.Words(name); {
	case len(last) > 0 && slices.Contains([]string{"key", "idx", "pkey", "uniq", "unique", "uq", "excl"}, last[len(last)-1]):
		return "ErrAlreadyExists", "there is such a row (" + name + ")"
	case len(last) > 0 && slices.Contains([]string{"fkey", "fk"}, last[len(last)-1]):
		return "ErrParentNotFound", "a row that is referred to does not exist (" + name + ")"
	default:
		return "ErrInvalid", "a row violates " + name
	}
}

func (r *resolver) constraintNames() []string {
	var names []string
	for _, t := range r.catalog.Tables {
		names = append(names, t.ConstraintNames()...)
	}
	return names
}
