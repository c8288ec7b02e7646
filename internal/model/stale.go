package model

import (
	"fmt"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// checkNames refuses a query that names a table or a column that the schema does not
// have: sqlc ran before the schema was edited.
func (r *resolver) checkNames(q *sqlcapi.Query, f *schema.Query) bool {
	absent, ok := r.catalog.Absent(f)
	if !ok {
		return true
	}
	p := diag.Problem{Pos: q.Pos, Code: "SG106", Fix: "correct the query or the schema, and run sqlc generate", Related: generated(q)}
	var tables []string
	for _, t := range absent.Tables {
		tables = append(tables, t.QualifiedName())
		p.Related = append(p.Related, diag.Related{Pos: t.Pos, Message: t.QualifiedName() + " is declared here"})
	}
	switch {
	case absent.Table != "":
		p.Cause = "table " + absent.Table
		p.Message = fmt.Sprintf("%s names the table %q, which the schema does not have", q.Name, absent.Table)
	case len(tables) == 1:
		p.Cause = "column " + tables[0] + "." + absent.Column
		p.Message = fmt.Sprintf("%s names %s.%s, a column that the schema does not have", q.Name, tables[0], absent.Column)
	default:
		p.Message = fmt.Sprintf("%s names a column %q, which none of %s has", q.Name, absent.Column, strings.Join(tables, ", "))
	}
	switch past := absent.Past; {
	case past == (schema.Past{}):
	case past.Now != "":
		p.Related = append(p.Related, diag.Related{Pos: past.Pos, Message: "it is renamed to " + past.Now + " here"})
	default:
		p.Related = append(p.Related, diag.Related{Pos: past.Pos, Message: "it is dropped here"})
	}
	r.problems.Add(p)
	return false
}

// generated is the place of a query in the Go code, where a problem is told at its
// place in the SQL file.
func generated(q *sqlcapi.Query) []diag.Related {
	if q.GoPos() == q.Pos {
		return nil
	}
	return []diag.Related{{Pos: q.GoPos(), Message: "the generated method"}}
}

// checkStars refuses a statement in which sqlc put other columns for a * than the
// table has now.
func (r *resolver) checkStars(q *sqlcapi.Query, f *schema.Query) bool {
	stale, ok := r.catalog.Stale(q.Source, f)
	if !ok {
		return true
	}
	table, pos := stale.Table.QualifiedName(), stale.Table.Pos
	cause := "column " + table + "." + stale.Column
	message := fmt.Sprintf("the columns of %s have another order than those of * in the generated %s", table, q.Name)
	switch c := stale.Table.Column(stale.Column); {
	case stale.Gone:
		message = fmt.Sprintf("the generated %s reads %s for *, which %s does not have", q.Name, stale.Column, table)
	case c != nil:
		message, pos = fmt.Sprintf("the generated %s lacks %s.%s, which * stands for, too", q.Name, table, c.Name), c.Pos
	}
	r.problems.Add(diag.Problem{Pos: q.Pos, Code: "SG107", Message: message, Fix: "run sqlc generate", Cause: cause,
		Related: append(generated(q), diag.Related{Pos: pos, Message: "the schema has it here"})})
	return false
}
