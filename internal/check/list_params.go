package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// listParam is a parameter of a call, and what it is given.
type listParam struct {
	call *model.Call
	arg  *model.Arg
	schema.Param
}

func (c *checker) params(s *model.Scope) []listParam {
	var out []listParam
	for _, call := range allCalls(s) {
		for i, p := range call.Facts.Params {
			if a := argument(call, i+1); a != nil {
				out = append(out, listParam{call, a, p})
			}
		}
	}
	return out
}

// isSlice reports sqlc.slice, which PostgreSQL does not have: a list for a column
// that is compared as a single value.
func (c *checker) isSlice(p listParam) bool {
	return p.arg.Shape.Kind == model.List && !p.arg.OneValue() && !p.Array && p.Cast == "" && c.holdsOne(p.Param)
}

// sqlcSlices refuses sqlc.slice: sqlc accepts the query, and it fails when it runs.
func (c *checker) sqlcSlices(s *model.Scope) {
	for _, p := range c.params(s) {
		if c.isSlice(p) {
			c.report(s, diag.Problem{Pos: p.call.Query.Pos,
				Message: fmt.Sprintf("%s compares %s.%s, a single value, with the list %q: sqlc.slice is not for PostgreSQL, and the query fails when it runs", p.call.Query.Name, p.Table, p.Column, p.arg.Name),
				Fix:     fmt.Sprintf("write %s = ANY(@%s::%s[]), and run sqlc generate", p.Column, p.arg.Name, c.elementType(p.Param, p.arg))})
		}
	}
}

// scalarLists refuses a list of which sqlc made a single value.
func (c *checker) scalarLists(s *model.Scope) {
	for _, p := range c.params(s) {
		single := slices.Contains([]model.Kind{model.UUID, model.Text, model.Bool, model.Int, model.Float, model.Time, model.Enum}, p.arg.Shape.Kind)
		if p.Array && p.Cast == "" && single {
			c.report(s, diag.Problem{Pos: p.call.Query.Pos,
				Message: fmt.Sprintf("%s takes a list as %q, and sqlc made a single value of it: the query fails when it runs", p.call.Query.Name, p.arg.Name),
				Fix:     fmt.Sprintf("cast it: ANY(@%s::%s[]), and run sqlc generate", p.arg.Name, c.elementType(p.Param, p.arg))})
		}
	}
}

// enumArrays warns of arrays of an enum, which pgx does not encode by itself.
func (c *checker) enumArrays(s *model.Scope) {
	for _, p := range c.params(s) {
		if p.arg.Shape.Kind == model.List && p.arg.Shape.Elem != nil && p.arg.Shape.Elem.Kind == model.Enum && !c.isSlice(p) {
			c.report(s, diag.Problem{Pos: p.call.Query.Pos,
				Message: fmt.Sprintf("%s takes an array of an enum as %q, which pgx cannot encode unless the type is registered with every connection", p.call.Query.Name, p.arg.Name),
				Fix:     fmt.Sprintf("take text and cast it in the query, such as %s, and run sqlc generate", c.castFromText(p.Param, p.arg))})
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
