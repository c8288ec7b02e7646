package explain

import "github.com/specgen-dev/specgen/internal/plan"

func newScope(s *plan.Scope) Scope {
	out := Scope{Name: s.Name, Type: s.Type, Doc: s.Doc, At: s.At, Parents: []Parent{}, Makes: list(s.Makes), Children: []Child{}, Operations: []Operation{}}
	for _, p := range s.Parents {
		out.Parents = append(out.Parents, Parent{Name: p.Name, Type: p.Type, At: p.At, Lock: p.Lock, Unsafe: p.Unsafe, Optional: p.When, Many: p.Many})
	}
	for _, c := range s.Children {
		found := "refuse"
		if c.Cascade {
			found = "cascade"
		}
		out.Children = append(out.Children, Child{Scope: c.Scope, Found: found, At: c.At})
	}
	for _, o := range s.Operations {
		out.Operations = append(out.Operations, operation(o))
	}
	return out
}

func operation(o *plan.Operation) Operation {
	c := o.Plan
	out := Operation{Kind: string(o.Kind), Method: o.Method(), RoundTrips: c.RoundTrips(), Begin: c.Begin(), Isolation: c.Isolation, Commit: c.Commit(), LookUp: c.Found, Flushes: []Flush{}, Errors: []Failure{},
		Before: hooks(c.Before), After: hooks(c.After),
		Many: Many{Method: o.MethodForMany(), RoundTrips: c.RoundTrips(), Once: list(o.Once())}}
	if out.Begin == "" {
		out.Begin = "BEGIN travels with flush 1"
	}
	number := 0
	for i, f := range c.Flushes {
		flush := Flush{Number: i + 1, Own: f.Own, Steps: []Step{}}
		for _, call := range f.Calls {
			number++
			flush.Steps = append(flush.Steps, step(number, call))
		}
		out.Flushes = append(out.Flushes, flush)
	}
	for _, x := range c.Constraints {
		out.Errors = append(out.Errors, Failure{When: "violates " + x.Name, Error: x.Error})
	}
	return out
}

func hooks(all []*plan.Hook) []Hook {
	out := []Hook{}
	for _, h := range all {
		out = append(out, Hook{Call: h.Call, As: h.As, When: list(h.When), At: h.At})
	}
	return out
}

func step(number int, c *plan.Call) Step {
	out := Step{Number: number, Name: c.Step, Role: c.Role, At: c.At, Query: c.Query, Command: c.Cmd, QueryAt: c.Origin, Action: c.Action,
		Statement: c.Kind, Table: c.Table, Writes: list(c.Writes), Reads: list(c.Reads), Locks: list(c.Locks), SQL: c.SQL, Loops: list(c.Repeats),
		Gathers: list(c.Gathers), When: list(c.When), Parameters: []Parameter{}, Defaults: list(c.Defaults), Fails: []Failure{}, Hints: []Hint{}, Answer: c.Gives, Waits: c.Waits}
	for _, a := range c.Args {
		out.Parameters = append(out.Parameters, Parameter{Name: a.Name, Value: a.Source, Rule: a.Rule})
	}
	for _, h := range c.Hints {
		out.Hints = append(out.Hints, Hint(h))
	}
	for _, f := range c.Fails {
		out.Fails = append(out.Fails, Failure(f))
	}
	for _, f := range c.Violates {
		out.Fails = append(out.Fails, Failure(f))
	}
	return out
}

// list is never nil: a reader finds an empty array, not null.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
