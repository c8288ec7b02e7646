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
	model.Walk(body, func(n model.Node) bool {
		if l, ok := n.(*model.Loop); ok && l.Continues != nil {
			u.continued[l.Continues] = true
		}
		return true
	})
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
	if v == nil || seen[v] {
		return
	}
	o := model.OriginOf(v)
	answers := u.read
	switch v := v.(type) {
	case *model.NewUUID, *model.GoCall:
		seen[v] = true
	case *model.ContextValue:
		u.contexts[v.Input] = true
	case *model.LockedValue:
		answers = u.locked
	default: // nothing else is kept apart
	}
	for _, c := range o.Calls {
		answers[c] = true
	}
	u.visitAll(o.Parts, seen)
}

func (u *uses) visitAll(values []model.Value, seen map[model.Value]bool) {
	for _, v := range values {
		u.visit(v, seen)
	}
}

func (u *uses) visitLoop(l *model.Loop, seen map[model.Value]bool) {
	u.visit(l.Over, seen)
	for _, f := range l.Filters {
		u.visitAll(f.Values(), seen)
	}
}

func (u *uses) visitCond(c model.Cond, seen map[model.Value]bool) {
	u.visitAll(model.ValuesOf(c), seen)
}
