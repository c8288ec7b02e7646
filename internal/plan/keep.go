package plan

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
)

// frame keeps what a loop computes in its turns when they span flushes.
type frame struct {
	typ   *Struct
	elem  string // field of the element
	turn  string // variable of the current frame
	slice place  // where the frames are kept
	names goname.Namer
}

// newFrame declares the frames of a loop: a local type, and a slice of it.
func (b *builder) newFrame(l *model.Loop, lv *level) *frame {
	name := goname.Unexported(l.Var)
	fr := &frame{typ: &Struct{Name: b.names.Unique(name + "State")}, elem: name, turn: b.names.Unique(name + "Turn")}
	fr.names.Reserve(fr.elem)
	elem := l.Elem.Go
	if l.Data != nil {
		elem = goname.Basic(dataType(l.Data))
	}
	fr.typ.Fields = []*Field{{Name: fr.elem, Type: elem}}
	// The frame of the loop around this one holds these: Go wants a local type
	// declared before it is used.
	at := len(b.plan.Frames)
	if outer := b.frames[outerLoop(l)]; outer != nil {
		at = slices.Index(b.plan.Frames, outer.typ)
	}
	b.plan.Frames = slices.Insert(b.plan.Frames, at, fr.typ)
	b.frames[l] = fr
	fr.slice = b.keep(outerLoop(l), lv, name+"Turns", goname.Basic(fr.typ.Name).PointerTo().SliceOf())
	return fr
}

func outerLoop(l *model.Loop) *model.Loop { return innermost(l.Outer) }

func innermost(loops []*model.Loop) *model.Loop {
	if len(loops) == 0 {
		return nil
	}
	return loops[len(loops)-1]
}

// keep declares a variable at the level of a loop, or a field of its frame.
func (b *builder) keep(l *model.Loop, lv *level, name string, typ goname.Type) place {
	if fr := b.frames[l]; l != nil && fr != nil {
		field := fr.names.Unique(name)
		fr.typ.Fields = append(fr.typ.Fields, &Field{Name: field, Type: typ})
		return func(lv *level) Expr { return &Select{X: lv.turnOf(l), Name: field} }
	}
	home := lv.root(l)
	local := b.names.Unique(name)
	home.out = append(home.out, &VarDecl{Name: local, Type: typ})
	return fixed(ident(local))
}

// let computes a value once, at the level of its loop: where its one user is,
// or where every user sees it. What the value is made of is built for that level.
func (b *builder) let(v model.Value, loops []*model.Loop, guards []model.Cond, lv *level, name string, shape model.Shape, build func(*level) *Let) {
	l := innermost(loops)
	b.letShape[v] = shape
	home := lv.at(l)
	if b.uses.shared[v] > 1 {
		home = lv.root(l)
		guards = slices.DeleteFunc(slices.Clone(guards), home.within)
		if b.frames[l] != nil || len(guards) > 0 {
			b.lets[v] = b.keep(l, lv, name, shape.Go)
			b.guarded(guards, home, func(at *level) Stmt {
				stmt := build(at)
				stmt.Name, stmt.Assign = b.lets[v](at), true
				return stmt
			})
			return
		}
	}
	stmt := build(home)
	stmt.Name = ident(b.names.Unique(name))
	b.lets[v] = fixed(stmt.Name)
	home.out = append(home.out, stmt)
}

// guarded puts a statement under conditions, the first outermost. What a
// condition or the statement needs is computed under the conditions before it.
func (b *builder) guarded(guards []model.Cond, lv *level, build func(*level) Stmt) {
	if len(guards) == 0 {
		stmt := build(lv)
		lv.out = append(lv.out, stmt)
		return
	}
	cond := b.cond(guards[0], lv)
	in := lv.under(guards[0])
	b.guarded(guards[1:], in, build)
	lv.out = append(lv.out, &If{Cond: cond, Body: in.out})
}

// openResult declares where the result of a nested scope goes, and makes it.
func (b *builder) openResult(n *model.Nested, lv *level) []Stmt {
	typ := goname.Basic(nestedType(n))
	fresh := &Composite{Type: typ, Addr: true}
	lists := n.Lists
	if n.Purge {
		lists = nil // a purge gives no lists back
	}
	outer := b.within[len(b.within)-1]
	field := func(lv *level) Expr { return &Select{X: outer(lv), Name: nestedField(n)} }
	if !n.Many {
		b.ownResult(field, n.Row, lists)
		b.results[n] = field
		return []Stmt{&Assign{Target: field(lv), Value: fresh}}
	}
	l := innermost(n.Loops)
	var first Stmt
	name := goname.Unexported(n.Name) + "Result"
	if b.frames[l] != nil {
		b.results[n] = b.keep(l, lv, name, typ.PointerTo())
		first = &Assign{Target: b.results[n](lv), Value: fresh}
	} else {
		local := ident(b.names.Unique(name))
		b.results[n] = fixed(local)
		first = &Let{Name: local, Value: fresh}
	}
	b.ownResult(b.results[n], n.Row, lists)
	return []Stmt{first, &Append{Target: field(lv), Value: b.results[n](lv)}}
}

// ownResult keeps the row and the lists of a scope in its result.
func (b *builder) ownResult(result place, row *model.Call, lists []*model.Collected) {
	if row != nil {
		b.rows[row] = func(lv *level) Expr { return &Select{X: result(lv), Name: "Row"} }
	}
	for _, l := range lists {
		name := goname.Exported(l.Name)
		b.lists[l] = func(lv *level) Expr { return &Select{X: result(lv), Name: name} }
	}
}
