package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/plan"
)

// namesError reports whether the body of a queued call assigns its error.
func namesError(a plan.Answer) bool {
	switch a := a.(type) {
	case *plan.Stored:
		return a.Only == nil
	case *plan.Batched:
		return true
	default: // it defines err, or has none
		return false
	}
}

// answer prints the body of a queued call: the query, and what becomes of its
// answer once its error is nil.
func (f *file) answer(g *jen.Group, s *plan.Do) {
	get := func(name string) {
		g.List(jen.Id(name), jen.Err()).Op(":=").Add(f.expr(s.Call))
		g.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err()))
	}
	switch a := s.Answer.(type) {
	case *plan.NoAnswer:
		g.Return(f.expr(s.Call))
	case *plan.Stored:
		f.stored(g, s, a, get)
	case *plan.Ignored:
		if a.Expect == nil {
			g.List(jen.Id("_"), jen.Err()).Op(":=").Add(f.expr(s.Call))
			g.Return(jen.Err())
			return
		}
		get(nameOf(a.Count))
		g.Return(expected(a.Expect, counted(a.Count)))
	case *plan.Appended:
		f.appended(g, a, get)
	case *plan.Distributed:
		get("rows")
		owner := jen.Id("row")
		if a.Owner != "" {
			owner.Dot(a.Owner)
		}
		g.Qual(runtimePath, "Distribute").Call(jen.Id("rows"), jen.Func().Params(jen.Id("row").Add(f.typ(a.Row))).Add(f.typ(a.Key)).Block(jen.Return(owner)),
			f.expr(a.Keys), f.expr(a.Target))
		g.Return(jen.Nil())
	case *plan.Counted:
		get(nameOf(a.Count))
		g.Add(f.expr(a.Target)).Op("+=").Add(counted(a.Count))
		g.Return(expected(a.Expect, counted(a.Count)))
	case *plan.Optional:
		g.List(jen.Id("_"), jen.Err()).Op(":=").Add(f.expr(s.Call))
		g.Return(jen.Qual(runtimePath, "Optional").Call(jen.Err()))
	case *plan.Locked:
		f.locked(g, s, a)
	case *plan.Purged:
		f.purged(g, s, a)
	case *plan.Refused:
		f.refused(g, a, get)
	case *plan.Batched:
		f.batch(g, s, a)
	}
}

func (f *file) stored(g *jen.Group, s *plan.Do, a *plan.Stored, get func(string)) {
	if a.Only != nil {
		get("rows")
		g.If(f.expr(a.Only)).Block(jen.Add(f.expr(a.Target)).Op("=").Id("rows"))
		g.Return(jen.Nil())
		return
	}
	if a.Expect != nil {
		g.If(jen.List(f.expr(a.Target), jen.Err()).Op("=").Add(f.expr(s.Call)), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err()))
		g.Return(expected(a.Expect, length(f.expr(a.Target))))
		return
	}
	g.List(f.expr(a.Target), jen.Err()).Op("=").Add(f.expr(s.Call))
	g.Return(jen.Err())
}

func (f *file) appended(g *jen.Group, a *plan.Appended, get func(string)) {
	name := "row"
	if a.All {
		name = "rows"
	}
	get(name)
	if a.Also != nil {
		g.Add(f.expr(a.Also)).Op("=").Id(name)
	}
	added := jen.Id(name)
	if a.All {
		added.Op("...")
	}
	g.Add(f.expr(a.Target)).Op("=").Append(f.expr(a.Target), added)
	g.Return(expected(a.Expect, length(jen.Id(name))))
}

// purged prints what becomes of the answer of a purge's row: it fails when the row
// stays that was locked.
func (f *file) purged(g *jen.Group, s *plan.Do, a *plan.Purged) {
	if a.Row != nil {
		g.List(jen.Id("row"), jen.Err()).Op(":=").Add(f.expr(s.Call))
		g.If(jen.List(f.expr(a.Target), jen.Err()).Op("=").Qual(runtimePath, "Found").Call(jen.Err()), f.expr(a.Target)).Block(
			jen.Add(f.expr(a.Row)).Op("=").Id("row"),
		)
	} else {
		g.List(jen.Id("n"), jen.Err()).Op(":=").Add(f.expr(s.Call))
		g.Add(f.expr(a.Target)).Op("=").Err().Op("==").Nil().Op("&&").Add(counted(a.Count)).Op(">").Lit(0)
	}
	if a.Locked == nil {
		g.Return(jen.Err())
		return
	}
	g.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err()))
	g.Return(jen.Qual(runtimePath, "ExpectTaken").Call(f.expr(a.Locked), f.expr(a.Target), f.orNil(a.Error)))
}

// locked prints what becomes of the answer of a purge's lock.
func (f *file) locked(g *jen.Group, s *plan.Do, a *plan.Locked) {
	if a.One {
		g.List(jen.Id("_"), jen.Err()).Op(":=").Add(f.expr(s.Call))
		g.List(f.expr(a.Target), jen.Err()).Op("=").Qual(runtimePath, "Found").Call(jen.Err())
	} else {
		g.List(jen.Id("n"), jen.Err()).Op(":=").Add(f.expr(s.Call))
		g.Add(f.expr(a.Target)).Op("=").Err().Op("==").Nil().Op("&&").Add(counted(a.Count)).Op(">").Lit(0)
	}
	g.Return(jen.Err())
}

// refused prints a check that forbids a purge.
func (f *file) refused(g *jen.Group, a *plan.Refused, get func(string)) {
	get(nameOf(a.Count))
	if a.Only != nil {
		g.If(jen.Op("!").Add(f.expr(a.Only))).Block(jen.Return(jen.Nil()))
	}
	n := counted(a.Count)
	if a.Count == plan.ByNumber && a.Type != goname.Basic("int64") {
		n = jen.Int64().Call(n)
	}
	if a.Child != "" {
		g.Return(jen.Qual(runtimePath, "RefuseChildren").Call(jen.Lit(a.Child), n, f.orNil(a.Error)))
		return
	}
	g.Return(jen.Qual(runtimePath, "Refuse").Call(n, f.orNil(a.Error)))
}

func (f *file) orNil(e plan.Expr) *jen.Statement {
	if e == nil {
		return jen.Nil()
	}
	return f.expr(e)
}

// nameOf is what a variable that is counted by is called.
func nameOf(c plan.Counting) string {
	switch c {
	case plan.ByRows:
		return "rows"
	case plan.ByTruth:
		return "exists"
	default:
		return "n"
	}
}

// counted is the number of rows that this variable stands for.
func counted(c plan.Counting) *jen.Statement {
	x := jen.Id(nameOf(c))
	switch c {
	case plan.ByTag:
		return x.Dot("RowsAffected").Call()
	case plan.ByRows:
		return length(x)
	case plan.ByTruth:
		return jen.Qual(runtimePath, "CountTrue").Call(x)
	default:
		return x
	}
}

// length is the number of rows in a list.
func length(list jen.Code) *jen.Statement { return jen.Int64().Call(jen.Len(list)) }

// expected is the check of a number of rows; nil where any will do.
func expected(e *plan.Expect, n *jen.Statement) *jen.Statement {
	if e == nil {
		return jen.Nil()
	}
	return jen.Qual(runtimePath, e.Check).Call(n, jen.Lit(int(e.N)))
}
