package plan

import (
	"slices"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/model"
)

// call builds the statements that queue a call on its flush.
func (b *builder) call(c *model.Call, lv *level) []Stmt {
	switch {
	case c.Bulk() && len(c.Over) > 0:
		return b.bulkTurn(c, lv)
	case len(c.Over) > 0:
		return b.gatherTurn(c, lv)
	}
	return b.queue(c, lv)
}

// queue builds the statement that queues a call.
func (b *builder) queue(c *model.Call, lv *level) []Stmt {
	do := &Do{Step: c.Step, Query: c.Query.Name, MayVanish: c.MayVanish, Deletes: c.Deletes(), Call: b.invoke(c, lv)}
	switch {
	case c.Role == model.PurgeRow:
	case c.Missing != nil:
		do.Missing = ident(c.Missing.Name)
	case c.Role == model.ParentLock:
		do.Missing = inScope("ErrParentNotFound")
	}
	if c.Ordered {
		do.Lock = b.argument(c, c.Args[0], lv)
	}
	do.Copied = b.rereads.has(c)
	do.Locks = do.Copied && locks(c)
	do.Answer = b.answer(c, lv)
	if c != b.row || b.found == nil {
		return []Stmt{do}
	}
	return []Stmt{do, &LookUp{Query: b.found.Query.Name, Call: b.invoke(b.found, lv)}}
}

// invoke builds the call of sqlc's method.
func (b *builder) invoke(c *model.Call, lv *level) Expr {
	q := b.packages[c.Query.Package.ImportPath]
	out := call(&Select{X: ident(q.Var), Name: c.Query.Name}, ident("ctx"))
	if q.DBArgument {
		out.Args = append(out.Args, ident("op"))
	}
	if c.Bulk() {
		out.Args = append(out.Args, b.bulkArgument(c, lv))
		return out
	}
	if c.Query.ParamStruct.IsZero() {
		for _, a := range c.Args {
			out.Args = append(out.Args, b.argument(c, a, lv))
		}
		return out
	}
	out.Args = append(out.Args, b.params(c, c.Query.ParamStruct, false, lv))
	return out
}

// params builds the struct that carries the parameters.
func (b *builder) params(c *model.Call, typ goname.Type, elide bool, lv *level) *Composite {
	params := &Composite{Type: typ, Elide: elide, Lines: len(c.Args) > 1}
	if typ.IsPointer() {
		params.Type, params.Addr = typ.Elem(), !elide
	}
	for _, a := range c.Args {
		params.Fields = append(params.Fields, FieldValue{Name: a.Param.Name, Value: b.argument(c, a, lv)})
	}
	return params
}

// argument builds what a parameter is given: the list of what was gathered, or a value.
func (b *builder) argument(c *model.Call, a *model.Arg, lv *level) Expr {
	switch {
	case a.Gathered && len(c.Over) == 0:
		one := b.value(a.Value, a.Of(), lv, goname.Singular(a.Name))
		return &Composite{Type: a.Shape.Go, Fields: []FieldValue{{Value: one}}}
	case a.Gathered:
		return b.gathered[a](lv)
	}
	return b.value(a.Value, a.Shape, lv, a.Name)
}

// result is the result of the scope whose steps are being built.
func (b *builder) result(lv *level) Expr { return b.within[len(b.within)-1](lv) }

// tellLoops tells the loops that the document has.
func tellLoops(loops []*model.Loop) []string {
	var out []string
	for _, l := range model.InnerLoops(loops) {
		out = append(out, l.Var+" in "+l.Over.String())
	}
	return out
}

// describe tells a call to explain.
func (b *builder) describe(c *model.Call) *Call {
	out := &Call{Step: c.Step, Query: c.Query.Name, Origin: c.Query.Pos.String(), At: c.Pos.String(), Action: c.Action(), Cmd: c.Query.Cmd, Waits: b.schedule.why[c]}
	kept := len(c.Loops) - len(c.Over)
	out.Repeats, out.Gathers = tellLoops(c.Loops[:kept]), tellLoops(c.Over)
	out.once = !slices.ContainsFunc(c.Loops[:kept], func(l *model.Loop) bool { return l.Items })
	for _, g := range c.Guards {
		out.When = append(out.When, g.Key())
	}
	for _, a := range c.Args {
		out.Args = append(out.Args, Arg{Name: a.Name, Source: a.Source, Rule: a.Rule})
	}
	out.Fails = failures(c)
	b.facts(c, out)
	if c.Role == model.PurgeLock && c.Decisive != "" {
		out.Gives = "no row: nothing is done (" + c.Decisive + ")"
	} else if c.Into != nil {
		out.Gives = "collected in " + c.Into.Name
	} else if name := b.counts[c]; name != "" {
		out.Gives = "counted in " + name
	}
	return out
}
