package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// typeColumns finds the columns that tell of which kind the id beside them is:
// some step writes the type of a scope into them, or compares them with it. A
// column of such a name alone may as well be the kind of a user.
func typeColumns(p *model.Project) map[column]bool {
	types := map[string]bool{}
	for _, s := range p.Scopes {
		types[s.Type] = true
	}
	found := map[column]bool{}
	for _, s := range p.Scopes {
		for _, co := range s.Operations {
			for _, call := range model.Calls(co.Body) {
				for i, f := range call.Facts.Params {
					a := argument(call, i+1)
					if a == nil || !strings.HasSuffix(f.Column, "_type") {
						continue
					}
					if l, ok := plain(a.Value).(*model.Literal); ok && types[l.Text] {
						found[column{f.Table, f.Column}] = true
					}
				}
			}
		}
	}
	return found
}

// typeOf is the column that tells of which kind an id is, "" where the id is of
// one kind only.
func (c *checker) typeOf(t *schema.Table, id string) string {
	name, ok := strings.CutSuffix(id, "_id")
	if t == nil || !ok || foreignKey(t, id) != nil {
		return ""
	}
	kind := name + "_type"
	if t.Column(kind) == nil || kind != "scope_type" && !c.kinds[column{t.QualifiedName(), kind}] {
		return ""
	}
	return kind
}

// untypedIDs makes sure that a WHERE that compares an id with the scope's compares
// the type, too: the same id may be that of something else.
func (c *checker) untypedIDs(s *model.Scope) {
	for _, call := range ownCalls(s) {
		if c.boundless[call.Query.Pos] {
			continue // the type alone may be compared beside it
		}
		disjuncts := slices.Clone(alternatives(call.Facts))
		for _, w := range call.Facts.InSubquery {
			disjuncts = append(disjuncts, schema.Disjunct{Equal: w.Equal, ReferencedColumns: call.Facts.ReferencedColumns})
		}
		for _, e := range untypedIn(disjuncts, func(e schema.ColumnValue) string { return c.typeOf(c.catalog.Table(e.Table), e.Column) }) {
			kind := c.typeOf(c.catalog.Table(e.Table), e.Column)
			a := argument(call, e.Param)
			if a == nil || !isScopeID(a.Value, s) || c.idIsUnique(s) {
				continue
			}
			c.reportQuery(s, call, diag.Problem{Pos: call.Pos,
				Message: fmt.Sprintf("%s compares %s.%s with the id of %s and leaves %s out: it takes the rows of anything that has the same id", call.Query.Name, e.Table, e.Column, scopesHere, kind),
				Fix:     fmt.Sprintf("add AND %s = @%s to the WHERE, and run sqlc generate", kind, kind), Related: []diag.Related{declared(call)}})
		}
	}
}

// idIsUnique reports whether nothing else has the id of a scope: it is a uuid that
// is drawn for it, and no scope takes its id from elsewhere.
func (c *checker) idIsUnique(s *model.Scope) bool {
	drawn := func(s *model.Scope) bool {
		return s.Create != nil && s.Create.ID != nil && isFresh(s.Create.ID) && plain(s.Create.ID).Shape().Kind == model.UUID
	}
	return drawn(s) && !slices.ContainsFunc(c.project.Scopes, func(other *model.Scope) bool {
		return other.Create != nil && other.Create.ID != nil && plain(other.Create.ID).Shape().Kind == model.UUID && !drawn(other)
	})
}

// untypedIn lists the ids that conditions compare without the type beside them.
func untypedIn(disjuncts []schema.Disjunct, typeOf func(schema.ColumnValue) string) []schema.ColumnValue {
	var out []schema.ColumnValue
	for _, disjunct := range disjuncts {
		for _, e := range disjunct.Equal {
			if kind := typeOf(e); kind != "" && !slices.Contains(disjunct.ReferencedColumns, kind) {
				out = append(out, e)
			}
		}
	}
	return out
}

// alternatives are the conditions of a WHERE of which a row passes one: those of
// an OR, or the only one that there is.
func alternatives(q *schema.Query) []schema.Disjunct {
	if len(q.Disjuncts) > 0 {
		return q.Disjuncts
	}
	return []schema.Disjunct{{Equal: q.Equal, ReferencedColumns: q.ReferencedColumns}}
}

// isScopeID reports whether a value is the id of the scope, in either of its
// coordinators.
func isScopeID(v model.Value, s *model.Scope) bool { return senseOf(v, s.Create).scopeID }
