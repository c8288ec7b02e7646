package plan

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/model"
)

// uses knows what each flush needs: which nodes have calls in it, which values
// several calls share, and which answers somebody reads.
type uses struct {
	schedule  *schedule
	loopFlush map[*model.Loop][]int
	continued map[*model.Loop]bool
	shared    map[model.Value]int // calls that need a drawn or computed value
	read      map[*model.Call]bool
	locked    map[*model.Call]bool // locks of purges, whose answer somebody reads
	contexts  map[*model.Input]bool
}

func newUses(s *schedule, body []model.Node, after []*model.Hook) *uses {
	u := &uses{schedule: s, loopFlush: map[*model.Loop][]int{}, continued: map[*model.Loop]bool{}, shared: map[model.Value]int{}, read: map[*model.Call]bool{}, locked: map[*model.Call]bool{}, contexts: map[*model.Input]bool{}}
	for _, c := range s.calls {
		for _, l := range c.Loops {
			if at := s.code(c); !slices.Contains(u.loopFlush[l], at) {
				u.loopFlush[l] = append(u.loopFlush[l], at)
			}
		}
		if c.Guarded != "" && c.Lock.Decisive == "" {
			u.locked[c.Lock] = true
		}
		if c.Only != nil {
			u.locked[c.Only] = true
		}
		seen := map[model.Value]bool{}
		for _, a := range c.Args {
			u.visit(a.Value, seen)
		}
		for _, g := range c.Guards {
			u.visitCond(g, seen)
		}
		for _, l := range c.Loops {
			u.visitLoop(l, seen)
		}
		for v := range seen {
			u.shared[v]++
		}
	}
	for _, h := range after {
		seen := map[model.Value]bool{}
		for _, a := range h.Call.Args {
			u.visit(a, seen)
		}
		for _, c := range h.Conds {
			u.visitCond(c, seen)
		}
		for v := range seen {
			u.shared[v]++
		}
	}
	u.continuations(body)
	return u
}

func (u *uses) continuations(body []model.Node) {
	for _, n := range body {
		switch n := n.(type) {
		case *model.Loop:
			if n.Continues != nil {
				u.continued[n.Continues] = true
			}
			u.continuations(n.Body)
		case *model.Guard:
			u.continuations(n.Body)
		case *model.Nested:
			u.continuations(n.Body)
		}
	}
}

// spans reports whether a loop's turns must be kept: its calls lie in several
// flushes, or it is taken up again.
func (u *uses) spans(l *model.Loop) bool { return len(u.loopFlush[l]) > 1 || u.continued[l] }

// flushes lists the flushes in which a node has calls.
func (u *uses) flushes(n model.Node) []int {
	var out []int
	for _, c := range model.Calls([]model.Node{n}) {
		if at := u.schedule.code(c); !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	return out
}

// visit notes everything that a value needs. seen holds the values that are
// computed once: drawn ids and results of Go functions.
func (u *uses) visit(v model.Value, seen map[model.Value]bool) {
	switch v := v.(type) {
	case *model.NewUUID:
		seen[v] = true
	case *model.ContextValue:
		u.contexts[v.Input] = true
	case *model.GoCall:
		if seen[v] {
			return
		}
		seen[v] = true
		for _, a := range v.Args {
			u.visit(a, seen)
		}
	case *model.Concat:
		for _, p := range v.Parts {
			u.visit(p, seen)
		}
	case *model.Conversion:
		u.visit(v.X, seen)
	case *model.FieldValue:
		u.visit(v.Of, seen)
	case *model.LockedValue:
		u.locked[v.Call] = true
	case *model.RowValue:
		u.read[v.Call] = true
	case *model.RowsValue:
		u.read[v.Call] = true
	case *model.GroupsValue:
		u.read[v.Call] = true
	case *model.ColumnValue:
		if v.Known != nil {
			u.visit(v.Known.Value, seen)
		} else {
			u.read[v.Call] = true
		}
	}
}

func (u *uses) visitLoop(l *model.Loop, seen map[model.Value]bool) {
	if l.Over != nil {
		u.visit(l.Over, seen)
	}
	for _, f := range l.Filters {
		for _, v := range f.Any {
			u.visit(v, seen)
		}
		if f.List != nil {
			u.visit(f.List, seen)
		}
	}
}

func (u *uses) visitCond(c model.Cond, seen map[model.Value]bool) {
	switch c := c.(type) {
	case *model.Truth:
		u.visit(c.Value, seen)
	case *model.IsSet:
		u.visit(c.Value, seen)
	case *model.Compare:
		u.visit(c.Left, seen)
		u.visit(c.Right, seen)
	case *model.Negation:
		u.visitCond(c.Cond, seen)
	case *model.Junction:
		for _, x := range c.Conds {
			u.visitCond(x, seen)
		}
	}
}
