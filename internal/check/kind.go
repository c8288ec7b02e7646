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
		for _, co := range []*model.Coordinator{s.Create, s.Purge} {
			if co == nil {
				continue
			}
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

// untyped makes sure that a WHERE that compares an id with the scope's compares
// the type, too: the same id may be that of something else.
func (c *checker) untyped(s *model.Scope, calls []*model.Call) {
	for _, call := range calls {
		if c.boundless[call.Query.Pos] {
			continue // the type alone may be compared beside it
		}
		arms := slices.Clone(alternatives(call.Facts))
		for _, w := range call.Facts.Within {
			arms = append(arms, schema.Arm{Equal: w.Equal, Mentions: call.Facts.Mentions})
		}
		for _, e := range untypedIn(arms, func(e schema.ColumnValue) string { return c.typeOf(c.catalog.Table(e.Table), e.Column) }) {
			kind := c.typeOf(c.catalog.Table(e.Table), e.Column)
			a := argument(call, e.Param)
			if a == nil || !isScopeID(a.Value, s) {
				continue
			}
			c.reportQuery(s, call, diag.Problem{Pos: call.Pos, Code: codeUntyped,
				Message: fmt.Sprintf("%s compares %s.%s with the id of %s and leaves %s out: it takes the rows of anything that has the same id", call.Query.Name, e.Table, e.Column, scopesHere, kind),
				Fix:     fmt.Sprintf("add AND %s = @%s to the WHERE, and run sqlc generate", kind, kind), Related: []diag.Related{declared(call)}})
		}
	}
}

// untypedIn lists the ids that conditions compare without the type beside them.
func untypedIn(arms []schema.Arm, typeOf func(schema.ColumnValue) string) []schema.ColumnValue {
	var out []schema.ColumnValue
	for _, arm := range arms {
		for _, e := range arm.Equal {
			if kind := typeOf(e); kind != "" && !slices.Contains(arm.Mentions, kind) {
				out = append(out, e)
			}
		}
	}
	return out
}

// alternatives are the conditions of a WHERE of which a row passes one: those of
// an OR, or the only one that there is.
func alternatives(q *schema.Query) []schema.Arm {
	if len(q.Arms) > 0 {
		return q.Arms
	}
	return []schema.Arm{{Equal: q.Equal, Mentions: q.Mentions}}
}

// unbounded makes sure that what a purge deletes belongs to the scope: a WHERE
// that compares the type alone takes the rows of every scope of that type, and
// no WHERE takes all.
func (c *checker) unbounded(s *model.Scope) {
	for _, call := range own(s.Purge.Body) {
		f := call.Facts
		t := c.catalog.Table(f.Target)
		if call.Role == model.PurgeRow || t == nil || f.Kind != schema.Delete && f.Kind != schema.Update {
			continue
		}
		what, fix := "", "compare the id in the WHERE, too"
		if len(f.Mentions) == 0 && len(call.Args) == 0 {
			what = "every row of " + f.Target
		}
		for _, arm := range alternatives(f) {
			for _, x := range compared(call, arm.Equal, f.Target, s.Purge) {
				id := strings.TrimSuffix(x.Column, "_type") + "_id"
				if x.constant && x.text == s.Type && t.Column(id) != nil && c.typeOf(t, id) == x.Column && !slices.Contains(arm.Mentions, id) {
					what = "the rows of every scope of its type"
					if len(f.Arms) > 0 {
						fix = "compare the id beside the type: AND, not OR"
					}
				}
			}
		}
		if column := c.passesOthers(call, s); f.Kind == schema.Delete && column != "" {
			what, fix = "the rows of other scopes", "write "+column+" = @"+column
		}
		if what == "" {
			continue
		}
		c.boundless[call.Query.Pos] = true
		c.reportQuery(s, call, diag.Problem{Pos: call.Pos, Code: codeUnbounded,
			Message: fmt.Sprintf("%s takes %s, not those of the one that is purged", call.Query.Name, what),
			Fix:     fix + ", and run sqlc generate", Related: []diag.Related{declared(call)}})
	}
}

// passesOthers is the column that a WHERE of the purge, or a subquery that it
// compares with, compares with the id of the scope by something else than
// equality, such as <>; "" for none, or where the statement compares another column
// by = with that id, or with what a step of the purge found.
func (c *checker) passesOthers(call *model.Call, s *model.Scope) string {
	if keepsTo(call) {
		return ""
	}
	for _, e := range allUnequal(call.Facts) {
		if a := argument(call, e.Param); a != nil && a.Value != nil && senseOf(a.Value, s.Purge).scopeID {
			return e.Column
		}
	}
	return ""
}

// keepsTo reports whether a statement compares some column by = with a value that
// is no constant.
func keepsTo(call *model.Call) bool {
	return slices.ContainsFunc(call.Facts.Matched, func(n int) bool {
		a := argument(call, n)
		if a == nil || a.Value == nil {
			return false
		}
		_, constant := plain(a.Value).(*model.Literal)
		return !constant
	})
}

// isScopeID reports whether a value is the id of the scope, in either of its
// coordinators.
func isScopeID(v model.Value, s *model.Scope) bool { return senseOf(v, s.Create).scopeID }
