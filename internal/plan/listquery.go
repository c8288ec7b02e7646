package plan

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
)

// A bulk call, of a :copyfrom or :batch… query, has a flush of its own. What the
// turns of its loops give is gathered in an earlier flush, where it can be: the
// loops are there already.

// finish makes flushes of levels. A level is a flush of single calls, and behind
// it one flush for each bulk call, in the order of the document.
func (s *schedule) finish(levels int) {
	level := s.flush
	s.flush = map[*model.Call]int{}
	for l := 1; l <= levels; l++ {
		at := func(bulk bool) (out []*model.Call) {
			for _, c := range s.calls {
				if level[c] == l && c.Bulk() == bulk {
					out = append(out, c)
				}
			}
			return out
		}
		single := at(false)
		if len(single) > 0 {
			s.count++
		}
		for _, c := range single {
			s.flush[c] = s.count
		}
		for _, c := range at(true) {
			s.count++
			s.flush[c] = s.count
		}
	}
	for i, c := range s.calls {
		if c.Bulk() && len(c.Over) > 0 {
			s.turns[c] = s.turnFlush(c, s.calls[:i])
		}
	}
}

// turnFlush is the flush in which a bulk call's elements are gathered: the last
// one up to its own in which the loop runs in any case, else its own.
func (s *schedule) turnFlush(c *model.Call, before []*model.Call) int {
	earliest := 1
	for _, l := range c.Loops {
		earliest = max(earliest, s.loopAvailable(l)+1)
	}
	for _, a := range c.Args {
		earliest = max(earliest, s.available(a.Value)+1)
	}
	for _, g := range c.Guards {
		earliest = max(earliest, s.condAvailable(g)+1)
	}
	best, depth := s.flush[c], 0
	for _, d := range s.calls {
		shared := 0
		for shared < min(len(c.Loops), len(d.Loops)) && c.Loops[shared] == d.Loops[shared] {
			shared++
		}
		if shared < max(depth, 1) || d.Bulk() && !slices.Contains(before, d) {
			continue
		}
		if at := s.code(d); earliest <= at && at <= s.flush[c] && (shared > depth || at > best) {
			best, depth = at, shared
		}
	}
	return best
}

// code is the flush in whose code a call stands: where its turns are gathered,
// for a bulk call.
func (s *schedule) code(c *model.Call) int {
	if at := s.turns[c]; at > 0 {
		return at
	}
	return s.flush[c]
}

// bulkTurn builds what a turn adds to the list of a bulk call.
func (b *builder) bulkTurn(c *model.Call, lv *level) []Stmt {
	if b.elements[c] == nil {
		b.elements[c] = b.keep(nil, lv, goname.Unexported(goname.Plural(goname.Singular(c.Table()))), bulkType(c))
	}
	out := []Stmt{&Append{Target: b.elements[c](lv), Value: b.element(c, lv, false)}}
	if distributes(c) {
		out = append(out, b.gatherList(c, nil, lv))
	}
	return out
}

// sendBulk queues the bulk call that this flush is for, when its elements were
// gathered. With nothing gathered nothing is sent.
func (b *builder) sendBulk(top *level) {
	for _, c := range b.schedule.calls {
		if b.schedule.flush[c] != b.flush || b.elements[c] == nil {
			continue
		}
		some := &Binary{Op: ">", Left: call(ident("len"), b.elements[c](top)), Right: &Lit{Source: "0"}}
		top.out = append(top.out, &If{Cond: some, Body: b.queue(c, top)})
	}
}

// bulkArgument builds the list that a bulk call is given: what was gathered, or
// its one element.
func (b *builder) bulkArgument(c *model.Call, lv *level) Expr {
	if b.elements[c] != nil {
		return b.elements[c](lv)
	}
	return &Composite{Type: bulkType(c), Fields: []FieldValue{{Value: b.element(c, lv, true)}}}
}

// bulkType is the type of the list that a bulk query takes.
func bulkType(c *model.Call) goname.Type {
	if c.Query.ParamStruct.IsZero() {
		return c.Args[0].Param.Type.SliceOf()
	}
	return c.Query.ParamStruct
}

// element builds one element of a bulk call's list; within a literal of the list
// its type goes without saying.
func (b *builder) element(c *model.Call, lv *level, elide bool) Expr {
	if c.Query.ParamStruct.IsZero() {
		return b.argument(c, c.Args[0], lv)
	}
	return b.params(c, c.Query.ParamStruct.Elem(), elide, lv)
}

// bulkAnswer decides what is done with the answer of a bulk call.
func (b *builder) bulkAnswer(c *model.Call, lv *level) Answer {
	if c.Query.Cmd == "copyfrom" {
		return &Ignored{}
	}
	a := &Batched{Method: map[string]string{"batchexec": "Exec", "batchone": "QueryRow", "batchmany": "Query"}[c.Query.Cmd]}
	switch c.Query.Cmd {
	case "batchone":
		a.Type = c.Query.Row
	case "batchmany":
		a.Type = c.Query.Row.SliceOf()
	}
	switch {
	case c.Into != nil && len(c.Over) > 0 && distributes(c):
		a.Target, a.Turns = b.gatheredLists[c](lv), true
	case c.Into != nil:
		a.Target = b.list(c.Into, lv)
	}
	return a
}
