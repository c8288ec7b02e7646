package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// queries looks at the queries that a scope uses by themselves. A problem is
// that of the query, however many steps call it.
func (c *checker) queries(s *model.Scope) {
	for _, call := range allCalls(s) {
		c.generated(s, call)
		c.arrays(s, call)
	}
}

// generated refuses a value for a column that the server makes (PostgreSQL
// manual, sections 5.4 and 5.3: only DEFAULT may be written, for an identity
// column unless the INSERT says OVERRIDING).
func (c *checker) generated(s *model.Scope, call *model.Call) {
	t := c.catalog.Table(call.Facts.Target)
	if t == nil {
		return
	}
	for _, set := range call.Facts.Sets {
		col := t.Column(set.Column)
		switch {
		case col == nil, call.Facts.Kind == schema.Update && set.Param == 0: // it may be DEFAULT
			continue
		case col.Generated, col.Always && !call.Facts.Overriding:
			c.report(s, diag.Problem{Pos: call.Query.Pos, Code: codeGenerated,
				Message: fmt.Sprintf("%s gives %s.%s a value; the column is GENERATED ALWAYS", call.Query.Name, call.Facts.Target, set.Column),
				Fix:     "take the column out of the query, and run sqlc generate", Related: []diag.Related{{Pos: col.Pos, Message: "the column is declared here"}}})
		}
	}
}

// arrays names the traps of lists: sqlc accepts these queries, and they fail
// when they run.
func (c *checker) arrays(s *model.Scope, call *model.Call) {
	for i, p := range call.Facts.Params {
		a := argument(call, i+1)
		if a == nil {
			continue
		}
		if a.Shape.Kind == model.List && !p.Array && p.Cast == "" && c.holdsOne(p) {
			c.report(s, diag.Problem{Pos: call.Query.Pos, Code: codeSlice,
				Message: fmt.Sprintf("%s compares %s.%s, a single value, with the list %q: sqlc.slice is not for PostgreSQL, and the query fails when it runs", call.Query.Name, p.Table, p.Column, a.Name),
				Fix:     fmt.Sprintf("write %s = ANY(@%s::%s[]), and run sqlc generate", p.Column, a.Name, c.elementType(p, a))})
			continue
		}
		single := slices.Contains([]model.Kind{model.UUID, model.Text, model.Bool, model.Int, model.Float, model.Time, model.Enum}, a.Shape.Kind)
		if p.Array && p.Cast == "" && single {
			c.report(s, diag.Problem{Pos: call.Query.Pos, Code: codeArrayCast,
				Message: fmt.Sprintf("%s takes a list as %q, and sqlc made a single value of it: the query fails when it runs", call.Query.Name, a.Name),
				Fix:     fmt.Sprintf("cast it: ANY(@%s::%s[]), and run sqlc generate", a.Name, c.elementType(p, a))})
		}
		if a.Shape.Kind == model.List && a.Shape.Elem != nil && a.Shape.Elem.Kind == model.Enum {
			c.report(s, diag.Problem{Pos: call.Query.Pos, Severity: diag.Warning, Code: codeEnumArray,
				Message: fmt.Sprintf("%s takes an array of an enum as %q, which pgx cannot encode unless the type is registered with every connection", call.Query.Name, a.Name),
				Fix:     fmt.Sprintf("take text and cast it in the query, such as %s, and run sqlc generate", c.castFromText(p, a))})
		}
	}
}

// castFromText casts a parameter of texts to an enum, or to a list of it. sqlc does
// not rewrite @name with two casts behind it, so that there are parentheses.
func (c *checker) castFromText(p schema.Param, a *model.Arg) string {
	enum := p.Cast
	if enum == "" {
		enum = c.elementType(p, a)
	}
	if t := c.catalog.Table(p.Table); p.Column == "" || t != nil && t.Column(p.Column) != nil && !t.Column(p.Column).Array && p.Cast != "" {
		return fmt.Sprintf("unnest(@%s::text[])::%s", a.Name, enum)
	}
	return fmt.Sprintf("(@%s::text[])::%s[]", a.Name, enum)
}

// holdsOne reports whether the column of a parameter is no array.
func (c *checker) holdsOne(p schema.Param) bool {
	t := c.catalog.Table(p.Table)
	if t == nil || t.Column(p.Column) == nil {
		return false
	}
	col := t.Column(p.Column)
	return !col.Array && !strings.HasSuffix(c.catalog.Domains[col.Type], "[]")
}

// elementType is the type of one element of a list parameter.
func (c *checker) elementType(p schema.Param, a *model.Arg) string {
	if t := c.catalog.Table(p.Table); t != nil {
		if col := t.Column(p.Column); col != nil {
			return col.Type
		}
	}
	if a.Shape.SQL != "" {
		return a.Shape.SQL
	}
	return "text"
}
