package plan

import (
	"fmt"

	"github.com/specgen-dev/specgen/internal/model"
)

// schedule puts every call of a coordinator in the earliest flush that its
// inputs and the order of the document allow.
type schedule struct {
	tables model.Tables
	calls  []*model.Call
	flush  map[*model.Call]int
	turns  map[*model.Call]int // where the elements of a bulk call are gathered
	why    map[*model.Call]string
	count  int
	open   map[*model.Loop]bool // whose availability is being found
}

// newSchedule computes the flushes of the calls in a body, counted from 1.
//
// A value is available before the first flush when the client has it, and
// after a flush when it is in that flush's answer. A call goes to the flush
// after the last of its inputs. It never overtakes an earlier call that it
// conflicts with: one of the two writes a table that the other touches or
// refers to; a row lock; or a check that may refuse a purge.
//
// A bulk call has a flush of its own, behind the single calls that it waits for
// and in front of those that wait for it.
func newSchedule(body []model.Node, tables model.Tables) *schedule {
	s := &schedule{tables: tables, calls: model.Calls(body), flush: map[*model.Call]int{}, turns: map[*model.Call]int{}, why: map[*model.Call]string{}, open: map[*model.Loop]bool{}}
	levels := 0
	for i, c := range s.calls {
		s.place(c, s.calls[:i])
		levels = max(levels, s.flush[c])
	}
	s.finish(levels)
	return s
}

func (s *schedule) place(c *model.Call, before []*model.Call) {
	at, next := 1, 1
	if c.Bulk() {
		next = 0 // it is sent behind the single calls of its level
	}
	wait := func(flush int, why string) {
		if flush > at {
			at = flush
			s.why[c] = why
		}
	}
	for _, l := range c.Loops {
		wait(s.loopAvailable(l)+next, fmt.Sprintf("$%s comes from an answer", l.Var))
	}
	for _, a := range c.Args {
		wait(s.available(a.Value)+next, fmt.Sprintf("%s needs %s, which comes from an answer", a.Name, a.Source))
	}
	for _, g := range c.Guards {
		wait(s.condAvailable(g)+next, "its condition needs an answer: "+g.Key())
	}
	for _, b := range before {
		why, keep := s.tables.Order(b, c)
		if why != "" {
			why = ": " + why
		}
		switch {
		case b.Role == model.Refusal || b.Role == model.ChildList:
			if independent := c.Role == model.Refusal || c.Role == model.ChildList || c.Role == model.PurgeLock; !independent {
				wait(s.flush[b]+next, b.Step+" may refuse the purge")
			}
		case keep, sharesList(b, c):
			behind := s.flush[b]
			if b.Bulk() {
				behind += next
			}
			wait(behind, "it must not overtake "+b.Step+why)
		}
	}
	s.flush[c] = at
}

// sharesList reports whether b appends to a list that a appends to or reads: the
// rows of the later call come last, and a does not see them.
func sharesList(a, b *model.Call) bool {
	return b.Into != nil && (a.Into == b.Into || readsList(a, b.Into))
}

// available is the flush whose answer brings a value; 0 for before the first.
func (s *schedule) available(v model.Value) int {
	if v == nil {
		return 0
	}
	o := model.OriginOf(v)
	at := s.latest(o.Parts)
	for _, c := range o.Calls {
		at = max(at, s.flush[c])
	}
	if o.List != nil {
		at = max(at, s.listAvailable(o.List))
	}
	if o.Loop != nil {
		at = max(at, s.loopAvailable(o.Loop))
	}
	for _, l := range o.Around {
		at = max(at, s.loopAvailable(l))
	}
	return at
}

func (s *schedule) latest(values []model.Value) int {
	at := 0
	for _, v := range values {
		at = max(at, s.available(v))
	}
	return at
}

func (s *schedule) listAvailable(l *model.Collected) int {
	at := 0
	for _, c := range l.Calls {
		at = max(at, s.flush[c])
	}
	return at
}

func (s *schedule) loopAvailable(l *model.Loop) int {
	if l.Continues != nil {
		return s.loopAvailable(l.Continues)
	}
	if s.open[l] {
		return 0 // its own filter asks
	}
	s.open[l] = true
	defer delete(s.open, l)
	at := s.available(l.Over)
	for _, f := range l.Filters {
		at = max(at, s.latest(f.Values()))
	}
	for _, outer := range l.Outer {
		at = max(at, s.loopAvailable(outer))
	}
	return at
}

func (s *schedule) condAvailable(c model.Cond) int { return s.latest(model.ValuesOf(c)) }
