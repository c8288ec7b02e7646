package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// checkTypes refuses a query whose Go code was made for other types than the columns
// have now. Only types of which it is certain what sqlc makes are compared.
func (r *resolver) checkTypes(q *sqlcapi.Query, f *schema.Query) bool {
	if len(f.Params) == len(q.Params) {
		for i, p := range f.Params {
			if p.Sole && p.Cast == "" && !p.Array && !r.checkType(q, q.Params[i].Type, p.Table, p.Column, givesAlone(q, f, i+1)) {
				return false
			}
		}
	}
	if len(f.Returns) == len(q.Columns) {
		for i, ret := range f.Returns {
			if !r.checkType(q, q.Columns[i].Type, ret.Table, ret.Column, !f.OuterJoins && !ret.MayBeNull) {
				return false
			}
		}
	}
	return true
}

// givesAlone reports a parameter that is NULL for sqlc where its column may be.
func givesAlone(q *sqlcapi.Query, f *schema.Query, param int) bool {
	return q.Source != "" && !strings.Contains(q.Source, "narg") && len(f.Reads) == 0 &&
		slices.ContainsFunc(f.Sets, func(s schema.ColumnValue) bool { return s.Param == param })
}

// checkType compares a Go type with a column; exact says that NULL counts.
func (r *resolver) checkType(q *sqlcapi.Query, g goname.Type, table, column string, exact bool) bool {
	if table == "" || column == "" {
		return true
	}
	t := r.catalog.Table(table)
	if t == nil {
		return true
	}
	c := t.Column(column)
	if c == nil || c.Array {
		return true
	}
	want := q.Package.Plain(c.Type, !c.NotNull)
	if g == want {
		return true
	}
	certain := func() bool { return r.catalog.Certain(t) && !q.Package.OverridesColumn(t.QualifiedName(), column) }
	if e := r.catalog.Enum(c.Type); e != nil {
		return r.checkEnum(q, g, e, certain)
	}
	other := q.Package.Plain(c.Type, c.NotNull)
	if c.Identity || t.PrimaryKey != nil && slices.Contains(t.PrimaryKey.Columns, c.Name) {
		exact = false // sqlc does not take every such column for NOT NULL
	}
	if want.IsZero() || other.IsZero() || !exact && g == other || !q.Package.IsPlain(g) || !certain() {
		return true
	}
	is := "is " + c.Type
	switch {
	case g == other && c.NotNull:
		is = "is NOT NULL"
	case g == other:
		is = "may be NULL"
	}
	r.problems.Add(diag.Problem{Pos: q.Pos, Code: "SG108", Fix: "run sqlc generate", Cause: "column " + t.QualifiedName() + "." + c.Name,
		Message: fmt.Sprintf("the generated code is older than the schema: %s has the Go type %s for %s.%s, which %s now", q.Name, g, t.QualifiedName(), c.Name, is),
		Related: append(generated(q), diag.Related{Pos: c.Pos, Message: "the column is declared here"})})
	return false
}

// checkEnum compares the constants of an enum's Go type with its values.
func (r *resolver) checkEnum(q *sqlcapi.Query, g goname.Type, e *schema.Enum, certain func() bool) bool {
	made := q.Package.Enum(g)
	if made == nil || e.Uncertain || q.Package.TypeOf(e.Name, false) != made.Type {
		return true
	}
	known := func(value string) bool {
		return slices.ContainsFunc(made.Consts, func(c sqlcapi.EnumConst) bool { return c.Value == value })
	}
	what := ""
	for _, value := range e.Values {
		if what == "" && value != "" && !known(value) {
			what = fmt.Sprintf("%s lacks %q, a value of %s", made.Type.Name, value, e.Name)
		}
	}
	for _, c := range made.Consts {
		if what == "" && !slices.Contains(e.Values, c.Value) {
			what = fmt.Sprintf("%s has %q, which is no value of %s", made.Type.Name, c.Value, e.Name)
		}
	}
	if what == "" || !certain() {
		return true
	}
	r.problems.Add(diag.Problem{Pos: q.Pos, Code: "SG108", Fix: "run sqlc generate", Cause: "type " + e.Name, Message: "the generated code is older than the schema: " + what,
		Related: append(generated(q), diag.Related{Pos: e.Pos, Message: "the type is declared here"})})
	return false
}
