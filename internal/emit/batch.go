package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/specgen-dev/specgen/internal/plan"
)

// batch prints the body of a queued :batch… call: the first error of its
// statements counts, else that of Close, which reads what is left.
func (f *file) batch(g *jen.Group, s *plan.Do, a *plan.Batched) {
	first := func(err jen.Code) *jen.Statement { return jen.Qual("cmp", "Or").Call(jen.Err(), err) }
	many := a.Method == "Query"
	row := "row"
	if many {
		row = "rows"
	}
	index, name := "_", "_"
	if a.Target != nil {
		name = row
	}
	if a.Turns {
		index = "i"
	}
	params := []jen.Code{jen.Id(index).Int()}
	if !a.Type.IsZero() {
		params = append(params, jen.Id(name).Add(f.typ(a.Type)))
	}
	params = append(params, jen.Id("e").Error())
	all := a.Type
	if a.Turns || a.Target != nil && !many {
		all = all.SliceOf()
	}
	switch {
	case a.Turns:
		g.Id("all").Op(":=").Make(f.typ(all), jen.Len(f.expr(a.Target)))
	case a.Target != nil:
		g.Var().Id("all").Add(f.typ(all))
	}
	added := jen.Id(row)
	if many {
		added.Op("...")
	}
	g.Id("batch").Op(":=").Add(f.expr(s.Call))
	g.Id("batch").Dot(a.Method).Call(jen.Func().Params(params...).BlockFunc(func(g *jen.Group) {
		g.Err().Op("=").Add(first(jen.Id("e")))
		switch {
		case a.Turns:
			g.Id("all").Index(jen.Id("i")).Op("=").Id(row)
		case a.Target != nil:
			g.Id("all").Op("=").Append(jen.Id("all"), added)
		}
	}))
	closed := jen.Id("batch").Dot("Close").Call()
	if a.Target == nil {
		g.Return(first(closed))
		return
	}
	g.If(jen.Err().Op("=").Add(first(closed)), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err()))
	if a.Turns {
		list := func() *jen.Statement { return jen.Op("*").Add(f.expr(a.Target)).Index(jen.Id("i")) }
		g.For(jen.List(jen.Id("i"), jen.Id(row)).Op(":=").Range().Id("all")).Block(list().Op("=").Append(list(), added))
	} else {
		g.Add(f.expr(a.Target)).Op("=").Append(f.expr(a.Target), jen.Id("all").Op("..."))
	}
	g.Return(jen.Nil())
}
