package emit

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/specgen-dev/specgen/internal/plan"
)

// coordinator prints the function that runs a plan, and the names of the
// constraints that it maps.
func (f operation) coordinator() {
	c := f.Plan
	f.constraints()
	list, param := "specs", jen.Id("specs").Index().Id(f.Spec.Name)
	if f.Prepared != nil {
		list, param = "prepared", jen.Id("prepared").Add(f.preparedType(true))
	}
	params := []jen.Code{ctxParam(), jen.Id("tx").Op("*").Qual(runtimePath, "Tx"), param}
	if f.Prepared == nil {
		for _, x := range f.Context {
			params = append(params, jen.Id(x.Name).Add(f.typ(x.Type)))
		}
	}
	f.doc(fmt.Sprintf("%s runs the plan of %s scopes of type %s: %s.", f.FuncName, f.doing, f.scope.Name, flushCount(c)))
	f.Func().Id(f.FuncName).Params(params...).Params(f.results(true), jen.Error()).BlockFunc(func(g *jen.Group) {
		g.Id("op").Op(":=").Add(f.open())
		f.openPackages(g, c)
		f.declarations(g, c)
		g.Id("items").Op(":=").Make(jen.Index().Id(f.Item.Name), jen.Len(jen.Id(list)))
		g.Id("res").Op(":=").Make(jen.Index().Op("*").Id(f.Result.Name), jen.Len(jen.Id(list)))
		g.For(jen.List(jen.Id("i"), jen.Id(f.Given)).Op(":=").Range().Id(list)).BlockFunc(f.openItem)
		f.flushes(g, c)
		p := f.failIn()
		p.stmts(g, c.AfterCommit)
		g.Return(jen.Id("res"), jen.Nil())
	})
	f.Line()
}

// openItem prints what is done with each thing that the caller gave.
func (f operation) openItem(g *jen.Group) {
	if f.Prepared == nil {
		p := f.failIn()
		p.stmts(g, f.Defaults)
	}
	if f.NoID != nil {
		g.If(f.expr(f.NoID)).Block(jen.Return(jen.Nil(), jen.Qual(runtimePath, "NoID").Call(jen.Lit(f.Plan.Scope), jen.Id("i"))))
	}
	g.Id("res").Index(jen.Id("i")).Op("=").Op("&").Id(f.Result.Name).Values()
	g.Id("items").Index(jen.Id("i")).Op("=").Id(f.Item.Name).Values(jen.Id(f.Given).Op(":").Id(f.Given), jen.Id("res").Op(":").Id("res").Index(jen.Id("i")))
}

// open prints what begins the operation in its transaction.
func (f operation) open() *jen.Statement {
	constraints := jen.Nil()
	if f.Plan.ConstraintsVar != "" {
		constraints = jen.Id(f.Plan.ConstraintsVar)
	}
	return f.begin(f, constraints)
}

func (f operation) beginCreate(constraints jen.Code) *jen.Statement {
	draws := jen.Nil()
	if f.Prepared != nil {
		draws = jen.Id("prepared").Index(jen.Lit(0)).Dot("draws")
	}
	return jen.Id("tx").Dot("Create").Call(jen.Lit(f.Plan.Scope), draws, constraints)
}

func (f operation) beginPurge(constraints jen.Code) *jen.Statement {
	return jen.Id("tx").Dot("Purge").Call(jen.Qual(runtimePath, "Address").Call(jen.Lit(f.Plan.Scope), jen.Id("specs")), constraints)
}

// constraints prints the map of the constraints, unless an earlier operation has it.
func (f operation) constraints() {
	c := f.Plan
	if c.ConstraintsVar == "" || c.ConstraintsShared {
		return
	}
	f.doc(fmt.Sprintf("%s maps the constraints that the specification names to its errors; nothing writes it.", c.ConstraintsVar))
	f.Var().Id(c.ConstraintsVar).Op("=").Map(jen.String()).Error().CustomFunc(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, func(g *jen.Group) {
		for _, x := range c.Constraints {
			g.Lit(x.Name).Op(":").Id(x.Error)
		}
	})
	f.Line()
}

// openPackages makes the queries of each sqlc package run on the operation.
func (f *file) openPackages(g *jen.Group, c *plan.Coordinator) {
	for _, q := range c.Packages {
		if q.DBArgument {
			g.Id(q.Var).Op(":=").Add(f.qual(q.Pkg, q.PkgName, "New")).Call()
		} else {
			g.Id(q.Var).Op(":=").Add(f.qual(q.Pkg, q.PkgName, "New")).Call(jen.Id("op"))
		}
	}
}

// declarations prints what the flushes of a coordinator share.
func (f *file) declarations(g *jen.Group, c *plan.Coordinator) {
	if slices.ContainsFunc(c.Flushes, func(flush *plan.Flush) bool { return assignsError(flush.Body) }) {
		g.Var().Err().Error()
	}
	for _, frame := range c.Frames {
		g.Type().Id(frame.Name).StructFunc(func(g *jen.Group) { f.fields(g, frame.Fields) })
	}
}

// failIn ends a coordinator in the name of a step.
func (f *file) failIn() printer {
	return printer{file: f, fail: func(step string) *jen.Statement {
		return jen.Return(jen.Nil(), jen.Id("op").Dot("Fail").Call(jen.Lit(step), jen.Err()))
	}}
}

func (f *file) flushes(g *jen.Group, c *plan.Coordinator) {
	p := f.failIn()
	for i, flush := range c.Flushes {
		g.Line()
		g.Comment(fmt.Sprintf("// Flush %d of %d%s.", i+1, len(c.Flushes), flush.OnItsOwn()))
		op := "="
		if i == 0 {
			op = ":="
		}
		g.Id("f").Op(op).Id("op").Dot("Flush").Call()
		if i == 0 && c.Require != "" {
			g.Id("f").Dot(c.Require).Call()
		}
		p.stmts(g, flush.Body)
		if len(flush.Again) > 0 {
			g.Id("f").Dot("Reread").Call()
		}
		if c.Rides && i == len(c.Flushes)-1 {
			g.Id("f").Dot("MayEnd").Call()
		}
		g.If(jen.Err().Op(":=").Id("f").Dot("Send").Call(jen.Id("ctx")), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err()))
	}
	g.Line()
}

// items prints a loop over the items.
func (f printer) items(g *jen.Group, s *plan.Items) {
	list := jen.Qual(runtimePath, "Items").Call(jen.Id("op"), f.expr(s.Over))
	if s.By != nil {
		name := "ItemsBy"
		if s.Distinct {
			name = "DistinctItems"
		}
		list = jen.Qual(runtimePath, name).Call(jen.Id("op"), f.expr(s.Over), jen.Func().Params(jen.Id("item").Op("*").Id(s.Item)).String().Block(jen.Return(f.expr(s.By))))
	}
	head := jen.Range().Add(list)
	if s.Var != "" {
		head = jen.Id(s.Var).Op(":=").Add(head)
	}
	g.For(head).BlockFunc(func(g *jen.Group) { f.stmts(g, s.Body) })
}
