package check

import (
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
)

// cleaning is what a purge removes.
type cleaning struct {
	deletes  []*model.Call
	tables   map[string]bool // that are cleaned in a way that is not looked into
	taken    map[string]bool // that cascades may clean
	children map[*model.Scope]bool
	// unknown reports a statement that may clean anything: a function, or a
	// trigger.
	unknown bool
}

func (c *checker) cleaning(purge *model.Operation) *cleaning {
	out := &cleaning{tables: map[string]bool{}, taken: map[string]bool{}, children: map[*model.Scope]bool{}}
	for _, call := range own(purge.Body) {
		f := call.Facts
		switch {
		case f.Kind == schema.Delete:
			out.deletes = append(out.deletes, call)
			t := c.catalog.Table(f.Target)
			out.unknown = out.unknown || t == nil || t.Reacts(schema.OnDelete)
			for _, taken := range c.taken(f.Target, nil) {
				out.taken[taken] = true
				t := c.catalog.Table(taken)
				out.unknown = out.unknown || t == nil || t.Reacts(schema.OnDelete)
			}
		case f.Kind == schema.Update || f.Kind == schema.Other:
			// An UPDATE marks rows as deleted. Of MERGE and TRUNCATE no more is known.
			for _, table := range f.Writes {
				out.tables[table] = true
			}
			out.unknown = out.unknown || len(f.Writes) == 0
		case call.Role == model.Refusal:
			for _, table := range f.Reads { // there are none left
				out.tables[table] = true
			}
		case call.Role == model.ChildList:
			out.children[call.Child] = true
		case call.Opaque() && !strings.Contains(strings.ToLower(call.Query.SQL), "pg_advisory"):
			out.unknown = true
		}
	}
	return out
}

// taken are the tables whose rows go with those of a table, by ON DELETE
// CASCADE, however long the chain; none through the tables in except.
func (c *checker) taken(table string, except map[string]bool) []string {
	reached := []string{table}
	for i := 0; i < len(reached); i++ {
		for _, r := range c.catalog.Referring(reached[i]) {
			name := r.Table.QualifiedName()
			if r.Key.OnDelete == "CASCADE" && !except[name] && !slices.Contains(reached[1:], name) {
				reached = append(reached, name)
			}
		}
	}
	return reached[1:]
}

// nestedOf tells in which scope, nested in a body, a call stands.
func nestedOf(body []model.Node) map[*model.Call]*model.Nested {
	out := map[*model.Call]*model.Nested{}
	for _, n := range model.OwnNested(body) {
		for _, call := range model.Calls(n.Body) {
			out[call] = n
		}
	}
	return out
}

// writes lists the inserts of a body; those of a nested scope only when its own
// purge does not remove what they write.
func writes(body []model.Node, purged map[*model.Scope]bool) []*model.Call {
	var out []*model.Call
	model.Walk(body, func(n model.Node) bool {
		if c, ok := n.(*model.Call); ok && c.Facts.Kind == schema.Insert {
			out = append(out, c)
		}
		s, nested := n.(*model.Nested)
		return !nested || !purged[s.Scope]
	})
	return out
}

func keeps(purge *model.Operation, table string) bool {
	return slices.ContainsFunc(purge.Keep, func(k *model.Kept) bool { return k.Table.QualifiedName() == table })
}
