package spec

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
)

// Each mapping of the schema knows the keys that the loader knows: those that it
// names when it meets another.
func TestSchemaKeys(t *testing.T) {
	t.Parallel()
	const head = "version: 1\nsqlc: s\noutput: {dir: g}\n"
	const unknown = "qqqqqqqqqq: 1"
	inScope := func(text string) string { return head + "scopes:\n  team:\n    row: R\n    " + text + "\n" }
	defs := definitions()
	one := func(name string) *schema { return defs.of(name) }
	last := func(name string) *schema { a := defs.of(name).AnyOf; return a[len(a)-1] }
	document := documentSchema()
	for name, c := range map[string]struct {
		text   string
		schema *schema
	}{
		"document":      {head + "scopes: {team: {row: R}}\n" + unknown, document},
		"output":        {"version: 1\nsqlc: s\noutput: {dir: g, " + unknown + "}\nscopes: {team: {row: R}}", document.Properties.of("output")},
		"go":            {head + "go: {package: p, " + unknown + "}\nscopes: {team: {row: R}}", document.Properties.of("go")},
		"context value": {head + "context: {c: {type: uuid, " + unknown + "}}\nscopes: {team: {row: R}}", last("contextValue")},
		"data":          {head + "data: {d: {rows: [{a: 1}], " + unknown + "}}\nscopes: {team: {row: R}}", one("data")},
		"block":         {head + "blocks: {b: {steps: [Q], " + unknown + "}}\nscopes: {team: {row: R}}", one("block")},
		"input":         {inScope("inputs: {i: {" + unknown + "}}"), last("input")},
		"query":         {inScope("found: {query: Q, " + unknown + "}"), last("query")},
		"parent":        {inScope("parents: [{type: p, " + unknown + "}]"), one("parent")},
		"before":        {inScope("before: [{call: $go.F(), " + unknown + "}]"), last("beforeCall")},
		"after_commit":  {inScope("after_commit: [{call: $go.F(), " + unknown + "}]"), last("afterCall")},
		"purge":         {inScope("purge: {row: R, " + unknown + "}"), one("purge")},
		"child":         {inScope("purge: {row: R, children: [{scope: s, list: L, found: cascade, " + unknown + "}]}"), one("child")},
		"refusal":       {inScope("purge: {row: R, refuse: [{query: Q, error: ErrX, " + unknown + "}]}"), one("refusal")},
		"query step":    {inScope("create: [{query: Q, " + unknown + "}]"), one("step").AnyOf[1]},
		"use step":      {inScope("create: [{use: b, " + unknown + "}]"), one("step").AnyOf[2]},
		"for step":      {inScope("create: [{for: x in $y, do: [Q], " + unknown + "}]"), one("step").AnyOf[3]},
		"scope step":    {inScope("create: [{scope: s, " + unknown + "}]"), one("step").AnyOf[4]},
		"condition":     {inScope("create: [{query: Q, when: {set: $x, " + unknown + "}}]"), last("condition")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var problems diag.List
			Parse(specFile, []byte(c.text), &problems)
			known := knownKeys(problems.Sorted())
			if known == nil {
				t.Fatalf("the loader names no known keys:\n%s", printProblems(t, &problems, []byte(c.text)))
			}
			var inSchema []string
			for _, p := range c.schema.Properties {
				inSchema = append(inSchema, p.name)
			}
			slices.Sort(inSchema)
			if diff := cmp.Diff(known, inSchema); diff != "" {
				t.Errorf("keys (-loader +schema):\n%s", diff)
			}
		})
	}
}

// The loader knows the keys of a scope, which are too many for it to name.
func TestSchemaScopeKeys(t *testing.T) {
	t.Parallel()
	for _, p := range definitions().of("scope").Properties {
		text := "version: 1\nsqlc: s\noutput: {dir: g}\nscopes: {team: {" + p.name + ": {}}}\n"
		var problems diag.List
		Parse(specFile, []byte(text), &problems)
		for _, problem := range problems.Sorted() {
			if problem.Code == "SG011" {
				t.Errorf("the loader does not know %s: %s", p.name, problem.Message)
			}
		}
	}
}

// knownKeys returns the keys that the problem of an unknown one names.
func knownKeys(problems []diag.Problem) []string {
	for _, p := range problems {
		if keys, ok := strings.CutPrefix(p.Fix, "known here: "); ok && p.Code == "SG011" {
			known := strings.Split(keys, ", ")
			slices.Sort(known)
			return known
		}
	}
	return nil
}

func (p properties) of(name string) *schema {
	for _, member := range p {
		if member.name == name {
			return member.value.(*schema)
		}
	}
	return nil
}

// Every key that stands for something of its own is described, by itself or by
// what it refers to.
func TestSchemaDescribesKeys(t *testing.T) {
	t.Parallel()
	defs := definitions()
	seen := 0
	var walk func(path string, s *schema)
	walk = func(path string, s *schema) {
		for _, p := range s.Properties {
			value, ok := p.value.(*schema)
			if !ok || s.AdditionalProps != false {
				continue
			}
			seen++
			at := path + "." + p.name
			target := value
			if name, ok := strings.CutPrefix(value.Ref, "#/$defs/"); ok {
				if target = defs.of(name); target == nil {
					t.Fatalf("%s refers to %s, which is not there", at, value.Ref)
				}
			}
			if value.Description == "" && target.Description == "" && p.name != "query" {
				t.Errorf("%s has no description", at)
			}
			walk(at, value)
		}
		for _, of := range s.AnyOf {
			walk(path, of)
		}
		if value, ok := s.AdditionalProps.(*schema); ok {
			walk(path+".*", value)
		}
	}
	walk("", documentSchema())
	for _, d := range defs {
		walk(d.name, d.value.(*schema))
	}
	if seen < 80 {
		t.Errorf("%d keys were seen: the walk is broken", seen)
	}
}
