package graph

import (
	"fmt"
	"strings"

	"github.com/specgen-dev/specgen/internal/plan"
)

// scopePanel is what a click on a scope shows.
type scopePanel struct {
	ID, Name, Type, Doc, At string
	Relations               []string
	Coordinators            []*coordinatorPanel
}

type coordinatorPanel struct {
	Title, Trips, Begin, Commit, Settle, Many string
	Before, After                             []string // Go functions around the transaction
	Flushes                                   []flushPanel
}

type flushPanel struct {
	Title string
	Steps []stepPanel
}

// stepPanel is a step, and what a click on it shows.
type stepPanel struct {
	ID     string
	Number int
	Name   string
	Around []string // loops and conditions
	*plan.Call
}

// storePanel is what a click on a table shows: the steps that use it.
type storePanel struct {
	ID, Kind, Name, Note string
	Uses                 []usePanel
}

type usePanel struct {
	Scope, Does string
	Steps       []stepLink
}

type stepLink struct{ ID, Text string }

func (g *Graph) scopePanel(n *Node) *scopePanel {
	s := n.Scope
	p := &scopePanel{ID: n.ID, Name: clean(s.Name), Type: clean(s.Type), Doc: clean(s.Doc), At: clean(s.At)}
	for _, parent := range s.Parents {
		p.Relations = append(p.Relations, parentText(parent))
	}
	for _, name := range s.Makes {
		p.Relations = append(p.Relations, "its creation makes a "+clean(name)+", too")
	}
	for _, c := range s.Children {
		if c.Cascade {
			p.Relations = append(p.Relations, "its purge purges each "+clean(c.Scope)+" below it")
			continue
		}
		p.Relations = append(p.Relations, "its purge refuses while there is a "+clean(c.Scope)+" below it")
	}
	for _, o := range s.Operations {
		p.Coordinators = append(p.Coordinators, coordinator(stepPrefix(n, o), o.Method(), o.Plan, o.Summary()))
	}
	return p
}

func parentText(p plan.Parent) string {
	text := "lies in a " + clean(p.Type)
	switch {
	case p.Many:
		text = "lies in any number of " + clean(p.Type)
	case p.When:
		text = "may lie in a " + clean(p.Type)
	}
	switch {
	case p.Lock != "":
		text += ", locked by " + clean(p.Lock)
	case p.Unsafe != "":
		text += ", not locked: " + clean(p.Unsafe)
	}
	return text
}

func stepPrefix(n *Node, o *plan.Operation) string { return n.ID + "-" + string(o.Kind) + "-" }

func coordinator(prefix, title string, c *plan.Coordinator, many string) *coordinatorPanel {
	p := &coordinatorPanel{Title: clean(title), Trips: plan.Trips(c.RoundTrips()), Begin: clean(c.Begin()), Commit: clean(c.Commit()), Settle: clean(c.Settle()), Many: clean(many)}
	p.Before, p.After = hookTexts(c.Before), hookTexts(c.After)
	number := 0
	for i, f := range c.Flushes {
		fp := flushPanel{Title: clean(fmt.Sprintf("Flush %d of %d%s", i+1, len(c.Flushes), f.OnItsOwn()))}
		for _, call := range f.Calls {
			number++
			fp.Steps = append(fp.Steps, step(prefix, number, call))
		}
		p.Flushes = append(p.Flushes, fp)
	}
	return p
}

func hookTexts(hooks []*plan.Hook) []string {
	var out []string
	for _, h := range hooks {
		text := h.Call
		if len(h.When) > 0 {
			text += ", when " + strings.Join(h.When, " and ")
		}
		out = append(out, clean(text))
	}
	return out
}

func step(prefix string, number int, call *plan.Call) stepPanel {
	c := cleanCall(call)
	s := stepPanel{ID: fmt.Sprintf("%s%d", prefix, number), Number: number, Name: c.Step, Call: c}
	for _, r := range c.Repeats {
		s.Around = append(s.Around, "for each "+r)
	}
	for _, r := range c.Gathers {
		s.Around = append(s.Around, "once for every "+r)
	}
	for _, w := range c.When {
		s.Around = append(s.Around, "when "+w)
	}
	return s
}

// cleanCall is a copy of a call whose texts XML can hold.
func cleanCall(c *plan.Call) *plan.Call {
	out := *c
	for _, text := range []*string{&out.Step, &out.Query, &out.Origin, &out.At, &out.Action, &out.Waits, &out.Gives, &out.Table, &out.SQL} {
		*text = clean(*text)
	}
	for _, list := range []*[]string{&out.Repeats, &out.Gathers, &out.When, &out.Locks, &out.Defaults} {
		var cleaned []string
		for _, text := range *list {
			cleaned = append(cleaned, clean(text))
		}
		*list = cleaned
	}
	out.Args = nil
	for _, a := range c.Args {
		out.Args = append(out.Args, plan.Arg{Name: clean(a.Name), Source: clean(a.Source), Rule: clean(a.Rule)})
	}
	out.Hints = nil
	for _, h := range c.Hints {
		out.Hints = append(out.Hints, plan.Hint{Code: clean(h.Code), Text: clean(h.Text)})
	}
	out.Fails = cleanFailures(c.Fails)
	out.Violates = cleanFailures(c.Violates)
	return &out
}

func cleanFailures(list []plan.Failure) []plan.Failure {
	var out []plan.Failure
	for _, f := range list {
		out = append(out, plan.Failure{When: clean(f.When), Error: clean(f.Error)})
	}
	return out
}

func (g *Graph) storePanel(n *Node) *storePanel {
	p := &storePanel{ID: n.ID, Kind: string(n.Kind), Name: clean(n.Name), Note: clean(n.Note)}
	if n.Kind == OutsideNode {
		p.Kind = "scope"
	}
	for _, e := range g.Edges {
		if e.To != n || e.From.Scope == nil {
			continue
		}
		for _, e := range append([]*Edge{e}, e.Also...) {
			u := usePanel{Scope: clean(e.From.Name), Does: string(e.Relation)}
			for _, s := range e.Of {
				u.Steps = append(u.Steps, links(stepPrefix(e.From, s.Op), s)...)
			}
			p.Uses = append(p.Uses, u)
		}
	}
	return p
}

func links(prefix string, s Steps) []stepLink {
	var calls []*plan.Call
	for _, f := range s.Op.Plan.Flushes {
		calls = append(calls, f.Calls...)
	}
	var out []stepLink
	for _, n := range s.Numbers {
		out = append(out, stepLink{ID: fmt.Sprintf("%s%d", prefix, n), Text: fmt.Sprintf("%s %d: %s", s.Op.Kind, n, clean(calls[n-1].Step))})
	}
	return out
}
