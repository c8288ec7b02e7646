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
	do.Answer.Expect = expected(c)
	if c.Only != nil {
		do.Answer.Only = b.locked[c.Only](lv)
	}
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

// answer decides what is done with a call's answer.
func (b *builder) answer(c *model.Call, lv *level) Answer {
	switch c.Role {
	case model.PurgeLock:
		return b.lock(c, lv)
	case model.PurgeRow:
		return b.purgedRow(c, lv)
	case model.Refusal:
		return b.refusal(c)
	case model.ChildList:
		if !c.Cascade {
			a := b.refusal(c)
			a.Child = c.Child.Type
			return a
		}
	}
	if c.Bulk() {
		return b.bulkAnswer(c, lv)
	}
	switch c.Query.Cmd {
	case "exec":
		return Answer{Kind: NoAnswer}
	case "execrows", "execresult":
		return b.count(c, lv)
	case "many":
		return b.manyRows(c, lv)
	default:
		return b.oneRow(c, lv)
	}
}

func (b *builder) oneRow(c *model.Call, lv *level) Answer {
	kept := b.keepAnswer(c, lv, c.Query.Row)
	switch {
	case c.Into != nil:
		return Answer{Kind: Collect, Target: b.list(c.Into, lv), Also: kept}
	case kept != nil:
		return Answer{Kind: Store, Target: kept}
	default:
		return Answer{Kind: Ignore}
	}
}

func (b *builder) manyRows(c *model.Call, lv *level) Answer {
	if name := b.counts[c]; name != "" {
		return Answer{Kind: CountRows, Target: &Select{X: b.result(lv), Name: name}}
	}
	if len(c.Over) > 0 && distributes(c) {
		return b.distribute(c, lv)
	}
	kept := b.keepAnswer(c, lv, c.Query.Row.SliceOf())
	switch {
	case c.Into != nil:
		return Answer{Kind: CollectAll, Target: b.list(c.Into, lv), Also: kept}
	case kept != nil:
		return Answer{Kind: Store, Target: kept}
	default:
		return Answer{Kind: Ignore, Rows: true}
	}
}

// keepAnswer is where an answer is kept for those who read it; nil for nobody.
func (b *builder) keepAnswer(c *model.Call, lv *level, typ goname.Type) Expr {
	if p := b.rows[c]; p != nil {
		return p(lv) // the scope's row
	}
	if !b.uses.read[c] {
		return nil
	}
	name := goname.Unexported(c.Name)
	switch {
	case c.Role == model.ChildList:
		name = goname.Unexported(c.Child.Name) + "IDs"
	case c.Query.Cmd == "one" && goname.Equal(name, "row"):
		name = "found"
	}
	b.rows[c] = b.keep(innermost(c.Loops), lv, name, typ)
	return b.rows[c](lv)
}

// count builds the answer of :execrows and :execresult.
func (b *builder) count(c *model.Call, lv *level) Answer {
	a := Answer{Kind: Ignore, Tag: c.Query.Cmd == "execresult"}
	if name := b.counts[c]; name != "" {
		a.Kind, a.Target = Count, &Select{X: b.result(lv), Name: name}
	}
	return a
}

// expected is how many rows a step must affect or return, nil for any number.
func expected(c *model.Call) *Expect {
	if c.Expect == nil {
		return nil
	}
	check := "ExpectRows"
	switch {
	case c.Expect.AtMost:
		check = "ExpectAtMost"
	case c.Expect.AtLeast:
		check = "ExpectAtLeast"
	}
	return &Expect{Check: check, N: c.Expect.N}
}

func (b *builder) purgedRow(c *model.Call, lv *level) Answer {
	a := Answer{Kind: FoundRow, Target: &Select{X: b.result(lv), Name: "Found"}}
	if c.Query.Cmd == "one" {
		a.Also = b.rows[c](lv)
	} else {
		a.Kind, a.Tag = FoundCount, c.Query.Cmd == "execresult"
	}
	if c.Guarded == "" {
		return a
	}
	if c.Missing != nil {
		a.Error = ident(c.Missing.Name)
	}
	if c.Lock.Decisive != "" {
		a.Locked = boolean(true) // else it is not asked for
	} else {
		a.Locked = b.locked[c.Lock](lv)
	}
	return a
}

// lock builds what becomes of the answer of a purge's lock.
func (b *builder) lock(c *model.Call, lv *level) Answer {
	a := Answer{Kind: Ignore, Tag: c.Query.Cmd == "execresult"}
	switch {
	case b.uses.locked[c]:
		b.locked[c] = b.keep(innermost(c.Loops), lv, "locked", goname.Basic("bool"))
		a.Kind, a.Target = FoundLock, b.locked[c](lv)
	case c.Query.Cmd == "one":
		a.Kind = FoundNothing
	}
	a.One = c.Query.Cmd == "one"
	return a
}

func (b *builder) refusal(c *model.Call) Answer {
	a := Answer{}
	if c.Error != nil {
		a.Error = ident(c.Error.Name)
	}
	switch {
	case c.Query.Cmd == "many":
		a.Kind = RefuseRows
	case c.Query.Columns[0].Type == goname.Basic("bool"):
		a.Kind = RefuseTrue
	default:
		a.Kind, a.Type = RefuseCount, c.Query.Columns[0].Type
	}
	return a
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
