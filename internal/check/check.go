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
	"strings"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// Codes of this package's problems.
const (
	codeLength      = "SG302" // a literal that is too long for its column
	codeArrayCast   = "SG412" // a list parameter that sqlc makes a scalar of
	codeSlice       = "SG413" // sqlc.slice, which PostgreSQL does not have
	codeEnumArray   = "SG414" // an array of an enum, which pgx cannot encode
	codeGenerated   = "SG506" // a value for a column that the server makes
	codeNotAllowed  = "SG507" // a constant that a CHECK refuses
	codeIncomplete  = "SG510" // a table that create writes and purge does not clean
	codeDirection   = "SG511" // rows of such a table that no DELETE reaches
	codeUntyped     = "SG512" // an id is compared, its type is not
	codeDeleteOrder = "SG513" // a DELETE before that of the rows that refer to it
	codeInsertOrder = "SG514" // an INSERT before that of the row that it refers to
	codeCascade     = "SG515" // a cascade that takes a scope and leaves its rights
	codeLiveness    = "SG516" // a lock that finds parents that were purged
	codeDropped     = "SG517" // a row that ON CONFLICT DO NOTHING may drop
	codeUntypedKey  = "SG518" // a conflict of an id that leaves its type out
	codeKeep        = "SG519" // keep that keeps nothing
	codeManyRows    = "SG520" // a purge's row or lock that may take many rows
	codeNoRow       = "SG521" // :one where a conflict leaves no row
	codePurgeLock   = "SG522" // a purge's lock on another table
	codeParentLock  = "SG523" // a parent's lock on another table
	codeChildList   = "SG524" // a list of children that reads another table
	codeStranger    = "SG530" // a parent of no known type in the table of a known one
	codeRepeated    = "SG531" // a key that is the same in every turn of a loop
	codeRefused     = "SG532" // a purge that the rows of another scope refuse
	codeNothing     = "SG533" // an id that was just drawn, where a row must have it
	codeOtherParent = "SG534" // a parent that is locked, and another that the row refers to
	codeUnbounded   = "SG525" // a step of a purge that takes the rows of other scopes
	codeUnused      = "SG224" // a loop that does not use its element
	codeRequired    = "SG501" // NULL for a column that is NOT NULL
	codeNotOfTurn   = "SG527" // a loop in a loop whose rows are not those of the turn
	codeAddress     = "SG528" // an id beside the type of something else
	codeOpposite    = "SG535" // a statement that is about the others
	codeNarrow      = "SG536" // a column that takes less than the one that it is copied from
	codeNoParent    = "SG537" // a child that does not name the scope as a parent
	codeCount       = "SG538" // a number of rows that a purge must meet
	codeUnmarked    = "SG539" // a purge by UPDATE that nothing tells
	codeTwin        = "SG540" // a step that is there twice
	codeEveryType   = "SG541" // presets of every type of scope
	codeEmptied     = "SG542" // a DELETE without WHERE beside what a statement is about
	codeBoolean     = "SG529" // a condition that is no boolean
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
		c.hints(s)
		c.queries(s)
		c.nulls(s)
		c.flags(s)
		c.narrow(s)
		c.opposites(s)
		c.constants(s)
		c.insertOrder(s)
		c.repeats(s)
		c.turns(s)
		c.addresses(s)
		c.conflicts(s)
		c.parents(s)
		c.otherParent(s)
		c.dangling(s)
		c.nothing(s, s.Create.Body)
		c.emptied(s)
		c.everyType(s)
		c.twins(s, s.Create.Body)
		c.untyped(s, own(s.Create.Body))
		if s.Purge == nil || s.Purge.Row == nil {
			continue
		}
		c.complete(s)
		c.kept(s)
		c.unbounded(s)
		c.untyped(s, own(s.Purge.Body))
		c.deleteOrder(s)
		c.cascades(s)
		c.refusals(s)
		c.nothing(s, s.Purge.Body)
		c.cardinality(s)
		c.children(s)
		c.unnamedParents(s)
		c.expectations(s)
		c.countsAll(s)
		c.marks(s)
		c.twins(s, s.Purge.Body)
	}
	for _, f := range c.findings {
		problems.Add(f.problem())
	}
}

type checker struct {
	project *model.Project
	catalog *schema.Catalog
	kinds   map[column]bool // columns that say which kind of scope an id is of
	// boundless are the queries of which it was reported that they take the rows
	// of other scopes.
	boundless map[diag.Pos]bool
	findings  []*finding
	index     map[string]int // of findings, by place, code and message
}

// column is a column of a table.
type column struct{ table, name string }

// finding is a problem with the scopes that have it: a step of a block is one
// mistake, however many scopes use the block.
type finding struct {
	diag.Problem
	scopes []string
}

// scopesHere stands for the names of the scopes in a message.
const scopesHere = "\x00"

// report adds a problem of a scope.
func (c *checker) report(s *model.Scope, p diag.Problem) { c.reportAt(p.Pos, s, p) }

// reportQuery adds an error that is to be mended in a query, and is one however
// many steps call it. A warning is one for each step: it may be ignored there.
func (c *checker) reportQuery(s *model.Scope, call *model.Call, p diag.Problem) {
	f := c.reportAt(call.Query.Pos, s, p)
	also := diag.Related{Pos: call.Pos, Message: "called here, too"}
	if call.Pos != f.Pos && !slices.Contains(f.Related, also) {
		f.Related = append(f.Related, also)
	}
}

// reportAt adds a problem of a scope, with those of one place that say the same.
func (c *checker) reportAt(at diag.Pos, s *model.Scope, p diag.Problem) *finding {
	key := at.String() + p.Code + p.Message
	i, ok := c.index[key]
	if !ok {
		i = len(c.findings)
		c.index[key] = i
		c.findings = append(c.findings, &finding{Problem: p})
	}
	f := c.findings[i]
	if !slices.Contains(f.scopes, s.Name) {
		f.scopes = append(f.scopes, s.Name)
	}
	for _, r := range p.Related {
		if !slices.Contains(f.Related, r) {
			f.Related = append(f.Related, r)
		}
	}
	return f
}

func (f *finding) problem() diag.Problem {
	p := f.Problem
	p.Message = strings.ReplaceAll(p.Message, scopesHere, list(f.scopes, "and"))
	p.Fix = strings.ReplaceAll(p.Fix, scopesHere, list(f.scopes, "and"))
	return p
}

// list is an enumeration in words.
func list(names []string, and string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " " + and + " " + names[last]
}

// declared is the second position of a problem that is about a query.
func declared(call *model.Call) diag.Related {
	return diag.Related{Pos: call.Query.Pos, Message: call.Query.Name + " is declared here"}
}

// own lists the calls in a body, in order, without those of the scopes nested in
// it: these are checked with the scope that they belong to.
func own(body []model.Node) []*model.Call {
	var out []*model.Call
	for _, n := range body {
		switch n := n.(type) {
		case *model.Call:
			out = append(out, n)
		case *model.Loop:
			out = append(out, own(n.Body)...)
		case *model.Guard:
			out = append(out, own(n.Body)...)
		}
	}
	return out
}

// allCalls lists the calls of a scope's coordinators.
func allCalls(s *model.Scope) []*model.Call {
	calls := model.Calls(s.Create.Body)
	if s.Purge != nil {
		calls = append(calls, model.Calls(s.Purge.Body)...)
	}
	return calls
}

// withRole finds the calls of a role.
func withRole(body []model.Node, role model.Role) []*model.Call {
	return slices.DeleteFunc(own(body), func(call *model.Call) bool { return call.Role != role })
}
