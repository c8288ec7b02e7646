package scaffold

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// query is a query of the project with the facts of its SQL.
type query struct {
	*sqlcapi.Query
	facts *schema.Query
}

// readQueries parses what the queries do. One that does not parse is left out:
// no step may use it.
func readQueries(api *sqlcapi.API, catalog *schema.Catalog) []*query {
	var out []*query
	for _, p := range api.Packages {
		for _, q := range p.Queries {
			if facts, err := catalog.ParseQuery(q.SQL); err == nil && q.SQL != "" {
				out = append(out, &query{q, facts})
			}
		}
	}
	return out
}

// find returns the first query that is right, those of better first.
func find(queries []*query, right func(*query) bool, better ...func(*query) bool) *query {
	var found []*query
	for _, q := range queries {
		if right(q) {
			found = append(found, q)
		}
	}
	if len(found) == 0 {
		return nil
	}
	slices.SortStableFunc(found, func(a, b *query) int {
		for _, is := range better {
			if x, y := is(a), is(b); x != y {
				if x {
					return -1
				}
				return 1
			}
		}
		return cmp.Or(cmp.Compare(len(a.facts.Params), len(b.facts.Params)), strings.Compare(a.Name, b.Name))
	})
	return found[0]
}

// compares reports whether the query has no parameters but those that it
// compares with these columns of a table, each once.
func (q *query) compares(t *schema.Table, columns ...string) bool {
	if len(q.facts.Params) != len(columns) || len(q.facts.Equal) != len(columns) {
		return false
	}
	for _, name := range columns {
		if !slices.ContainsFunc(q.facts.Equal, func(c schema.ColumnValue) bool {
			return c.Column == name && c.Table == t.QualifiedName() && c.Param > 0
		}) {
			return false
		}
	}
	return true
}

// comment and condition are parts of a query's text.
var (
	comment   = regexp.MustCompile(`(?s)--[^\n]*|/\*.*?\*/`)
	condition = regexp.MustCompile(`(?is)^[^;]*?\swhere\s+\(?((?:[\w."]+\s*=\s*\$\d+(?:::[\w.]+)?\)?\s*(?:\sand\s+)?)+?)(?:\s+(?:returning|order\s+by|for|limit)\s.*)?\s*;?\s*$`)
	joins     = regexp.MustCompile(`(?i)\s(?:join|using|with|union)\s|\(\s*select\s`)
	counts    = regexp.MustCompile(`(?i)select\s+count\s*\(`)
)

// plain reports whether the WHERE of a query holds nothing but comparisons of
// columns with parameters, so that it concerns all the rows that they fix.
func (q *query) plain() bool {
	text := comment.ReplaceAllString(q.SQL, "")
	m := condition.FindStringSubmatch(text)
	return m != nil && !joins.MatchString(text) && strings.Count(m[1], "=") == len(q.facts.Equal)
}

// locks reports whether the query locks rows of a table in one of these ways,
// and waits for them.
func (q *query) locks(t *schema.Table, strengths ...string) bool {
	return len(q.facts.Locks) == 1 && q.facts.Locks[0].Table == t.QualifiedName() &&
		slices.Contains(strengths, q.facts.Locks[0].Strength) && !q.facts.Locks[0].SkipLocked && !q.facts.Locks[0].NoWait
}

// counted reports whether a purge learns from the query how many rows it took.
func (q *query) counted() bool { return q.Cmd == "execrows" || q.Cmd == "execresult" }

// returned is the place of a table's column in the answer, -1 for none.
func (q *query) returned(t *schema.Table, column string) int {
	return slices.IndexFunc(q.facts.Returns, func(r schema.Result) bool {
		return r.Table == t.QualifiedName() && r.Column == column && !r.MayBeNull
	})
}

// argument is the name that the specification has for the parameter which an
// INSERT writes to a column; "" when it writes something else.
func (q *query) argument(column string) string {
	i := slices.IndexFunc(q.facts.Sets, func(c schema.ColumnValue) bool { return c.Column == column && c.Param > 0 })
	if i < 0 || q.facts.Sets[i].Param > len(q.Params) {
		return ""
	}
	name := q.Params[q.facts.Sets[i].Param-1].Name
	if goname.Equal(column, name) || !strings.Contains(q.SQL, "@") {
		return column
	}
	return goname.Snake(name)
}

// ref is how the specification names a query.
func (p *project) ref(q *query) string {
	if len(p.api.Lookup(q.Name)) > 1 {
		return q.Package.Name + "." + q.Name
	}
	return q.Name
}
