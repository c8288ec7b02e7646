package plan

import (
	"slices"
	"strings"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
)

// builder turns one coordinator of the model into flushes of Go statements.
type builder struct {
	names         goname.Namer
	schedule      *schedule
	rereads       rereads
	uses          *uses
	plan          *Coordinator
	packages      map[string]*Queries
	values        callerValues
	lists         map[*model.Collected]place // where each list is kept
	rows          map[*model.Call]place      // where each answer is kept
	locked        map[*model.Call]place      // where it is kept whether a purge's lock found the row
	results       map[*model.Nested]place    // the result of each nested scope
	within        []place                    // the results around the steps being built, outermost first
	lets          map[model.Value]place      // values that are computed once
	letShape      map[model.Value]model.Shape
	texts         map[model.Value]place         // texts of ids that are made once
	elements      map[*model.Call]place         // the lists of bulk calls
	gathered      map[*model.Arg]place          // the lists of gathered calls
	gatheredLists map[*model.Call]place         // the lists that its rows go to
	pending       map[*model.Loop][]*model.Call // gathered over a loop, and not queued yet
	frames        map[*model.Loop]*frame
	grouped       []grouping             // the groups of rows that were made
	counts        map[*model.Call]string // field of the result, by purge step
	draw          Expr                   // what $new and $now are drawn from
	flush         int                    // being built
	row           *model.Call            // that makes the scope
	found         *model.Call            // that looks it up; nil for none
	items         *model.Loop            // around all steps
}

// place says where a value is kept, as seen from a level.
type place func(lv *level) Expr

// fixed is a place that is the same from everywhere.
func fixed(e Expr) place { return func(*level) Expr { return e } }

// callerValues says how the caller's values are reached in a coordinator.
type callerValues struct {
	input   func(in *model.Input, lv *level) Expr
	context func(in *model.Input, lv *level) Expr
	hook    func(h *model.Hook, lv *level) Expr
	id      func(lv *level) Expr // of a purge
}

// level is the body of a loop, of a condition, or of the coordinator: where
// values are computed in front of the calls that need them.
type level struct {
	loop  *model.Loop // innermost loop; nil for none
	guard model.Cond  // of the body of a condition
	outer *level
	out   []Stmt
	elem  Expr // the current element
	turn  Expr // the current frame; nil without frames
	used  bool // of a loop's own body: somebody reads the element, or the frame
}

// under opens the body of a condition.
func (lv *level) under(c model.Cond) *level {
	return &level{loop: lv.loop, guard: c, outer: lv, elem: lv.elem, turn: lv.turn}
}

// at finds the innermost level of a loop; the coordinator's own for nil.
func (lv *level) at(l *model.Loop) *level {
	for lv.loop != l && lv.outer != nil {
		lv = lv.outer
	}
	return lv
}

// turnOf is the current frame of a loop.
func (lv *level) turnOf(l *model.Loop) Expr {
	lv.root(l).used = true
	return lv.at(l).turn
}

// root finds the body of a loop itself, outside every condition in it.
func (lv *level) root(l *model.Loop) *level {
	for lv = lv.at(l); lv.guard != nil && lv.outer.loop == l; {
		lv = lv.outer
	}
	return lv
}

// within reports whether the level lies under a condition.
func (lv *level) within(c model.Cond) bool {
	for ; lv != nil; lv = lv.outer {
		if lv.guard == c {
			return true
		}
	}
	return false
}

func newBuilder(c *model.Operation, body []model.Node, stored string, kind Kind, shared *common, values callerValues) *builder {
	b := &builder{
		schedule: newSchedule(body, shared.tables), values: values, plan: &Coordinator{Scope: stored, Kind: kind},
		packages: map[string]*Queries{}, lists: map[*model.Collected]place{}, rows: map[*model.Call]place{}, locked: map[*model.Call]place{}, results: map[*model.Nested]place{},
		lets: map[model.Value]place{}, letShape: map[model.Value]model.Shape{}, texts: map[model.Value]place{}, elements: map[*model.Call]place{}, gathered: map[*model.Arg]place{}, gatheredLists: map[*model.Call]place{}, pending: map[*model.Loop][]*model.Call{}, frames: map[*model.Loop]*frame{}, counts: map[*model.Call]string{}, draw: ident("op"),
	}
	b.uses = newUses(b.schedule, body, c.AfterCommit)
	if kind == Create {
		b.rereads = newRereads(b.schedule, body)
	}
	b.names.Reserve(reservedLocals...)
	b.names.Reserve(shared.taken...)
	b.row, b.found, b.items = c.Row, c.Found, c.Items
	b.openPackages()
	return b
}

// openPackages names a variable for the queries of each sqlc package.
func (b *builder) openPackages() {
	calls := b.schedule.calls
	if b.found != nil {
		b.plan.Found = b.found.Query.Name
		calls = append(calls[:len(calls):len(calls)], b.found)
	}
	for _, c := range calls {
		p := c.Query.Package
		if b.packages[p.ImportPath] == nil {
			b.packages[p.ImportPath] = &Queries{Pkg: p.ImportPath, PkgName: p.Name, DBArgument: p.DBArgument}
			b.plan.Packages = append(b.plan.Packages, b.packages[p.ImportPath])
		}
	}
	slices.SortFunc(b.plan.Packages, func(x, y *Queries) int { return strings.Compare(x.Pkg, y.Pkg) })
	for _, q := range b.plan.Packages {
		q.Var = "q"
		if len(b.plan.Packages) > 1 {
			q.Var = goname.Unexported(q.PkgName) + "Queries"
		}
		q.Var = b.names.Unique(q.Var)
	}
}

// build makes every flush.
func (b *builder) build(body []model.Node) *level {
	top := &level{}
	for b.flush = 1; b.flush <= b.schedule.count; b.flush++ {
		f := &Flush{}
		b.plan.Flushes = append(b.plan.Flushes, f)
		if b.flush == b.rereads.flush {
			f.Again = b.rereads.steps()
		}
		top.out = nil
		b.body(body, top, &top.out)
		b.sendBulk(top)
		f.Body = top.out
		for _, c := range b.schedule.calls {
			if b.schedule.flush[c] == b.flush {
				f.Calls = append(f.Calls, b.describe(c))
				if c.Bulk() {
					f.Own = c.Query.Cmd
				}
			}
		}
	}
	top.out = nil
	return top
}

// body builds the statements of those nodes that belong to this flush. What a
// node needs is computed in front of it, at the level of its own loop.
func (b *builder) body(nodes []model.Node, lv *level, out *[]Stmt) {
	for _, n := range nodes {
		if !slices.Contains(b.uses.flushes(n), b.flush) {
			continue
		}
		var stmts []Stmt
		switch n := n.(type) {
		case *model.Call:
			stmts = b.call(n, lv)
		case *model.Guard:
			cond := b.cond(n.Cond, lv)
			in := lv.under(n.Cond)
			b.body(n.Body, in, &in.out)
			stmts = []Stmt{&If{Cond: cond, Body: in.out}}
		case *model.Loop:
			stmts = b.loop(n, lv)
			stmts = append(stmts, b.sendGathered(n, lv)...)
		case *model.Nested:
			b.nested(n, lv, out)
		}
		*out = append(*out, stmts...)
	}
}

// loop builds a loop's statements for this flush.
func (b *builder) loop(n *model.Loop, lv *level) []Stmt {
	if n.Items {
		return b.itemsLoop(n, lv)
	}
	l := n
	if n.Continues != nil {
		l = n.Continues
	}
	in := &level{loop: l, outer: lv}
	if !b.uses.spans(l) {
		r := b.rangeOver(l, lv, in)
		b.filters(l, in)
		b.body(n.Body, in, &in.out)
		r.Body = in.out
		if !in.used {
			r.Var = ""
		}
		return []Stmt{r}
	}
	fr := b.frames[l]
	if fr != nil {
		in.turn = ident(fr.turn)
		in.elem = &Select{X: in.turn, Name: fr.elem}
		r := &Range{Var: fr.turn, Over: fr.slice(lv)}
		b.body(n.Body, in, &in.out)
		r.Body = in.out
		if !in.used {
			r.Var = ""
		}
		return []Stmt{r}
	}
	fr = b.newFrame(l, lv)
	in.turn = ident(fr.turn)
	r := b.rangeOver(l, lv, in)
	in.out = []Stmt{&Let{Name: in.turn, Value: &Composite{Type: goname.Basic(fr.typ.Name), Addr: true, Fields: []FieldValue{{Name: fr.elem, Value: in.elem}}}}}
	b.filters(l, in) // what a filter computes may be kept in the frame
	in.out = append(in.out, &Append{Target: fr.slice(lv), Value: in.turn})
	b.body(n.Body, in, &in.out)
	r.Body = in.out
	return []Stmt{r}
}

// rangeOver builds the head of a loop over its list.
func (b *builder) rangeOver(l *model.Loop, lv, in *level) *Range {
	name := b.names.Unique(goname.Unexported(l.Var))
	in.elem = ident(name)
	r := &Range{Var: name, Over: b.raw(l.Over, lv)}
	if l.Sorted {
		r.Over = call(inRuntime("Sorted"), r.Over)
	}
	return r
}

// filters passes over the elements that `where` does not want.
func (b *builder) filters(l *model.Loop, in *level) {
	for _, f := range l.Filters {
		skip := b.skip(f, in)
		in.out = append(in.out, &If{Cond: skip, Body: []Stmt{&Continue{}}})
	}
}

// nested builds the steps of a nested scope; its result comes before the first.
func (b *builder) nested(n *model.Nested, lv *level, out *[]Stmt) {
	of := n
	if n.Continues != nil {
		of = n.Continues
	}
	if b.results[of] == nil {
		*out = append(*out, b.openResult(of, lv)...)
	}
	b.within = append(b.within, b.results[of])
	b.body(n.Body, lv, out)
	b.within = b.within[:len(b.within)-1]
}
