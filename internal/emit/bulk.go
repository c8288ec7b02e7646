package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/specgen-dev/specgen/internal/plan"
)

// createMany prints the creation of many scopes of one kind.
func (f *file) createMany(s *plan.Scope) {
	c, m := s.Creator, s.Creator.Many
	prepared := "Prepared" + m.GoName
	f.doc(fmt.Sprintf("%s are several %s that are ready to run, as Prepared%s is one. They serve one call, and every retry of that call.", prepared, c.Spec.Name, s.GoName))
	f.Type().Id(prepared).Struct(
		jen.Id("items").Index().Op("*").Id(c.Prepared.Name),
		jen.Id("draws").Op("*").Qual(scopePath, "Draws"),
	)
	f.Line()

	f.doc(fmt.Sprintf("Prepare%s prepares the creation of several scopes of type %s. Call it outside of any transaction. Its error is a *scope.ItemError, which names the specification that cannot be prepared.", m.GoName, s.Name))
	f.Func().Params(jen.Id("p").Op("*").Id("Provider")).Id("Prepare"+m.GoName).Params(ctxParam(), jen.Id("specs").Index().Id(c.Spec.Name)).
		Params(jen.Op("*").Id(prepared), jen.Error()).Block(
		jen.Id("prepared").Op(":=").Op("&").Id(prepared).Values(jen.Id("draws").Op(":").Id("p").Dot("runner").Dot("Draw").Call()),
		jen.For(jen.List(jen.Id("i"), jen.Id("spec")).Op(":=").Range().Id("specs")).Block(
			jen.List(jen.Id("item"), jen.Err()).Op(":=").Id("p").Dot("Prepare"+s.GoName).Call(jen.Id("ctx"), jen.Id("spec")),
			jen.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Op("&").Qual(scopePath, "ItemError").Values(jen.Id("Index").Op(":").Id("i"), jen.Id("Err").Op(":").Err()))),
			jen.Id("prepared").Dot("items").Op("=").Append(jen.Id("prepared").Dot("items"), jen.Id("item")),
		),
		jen.Return(jen.Id("prepared"), jen.Nil()),
	)
	f.Line()

	results := jen.Index().Op("*").Id(c.Result.Name)
	f.doc(fmt.Sprintf("Create%s creates several scopes of type %s, all of them or none: %s, in %s whatever their number. The results are in the order of specs. An error is a *scope.ItemError, which tells the item that failed where that can be told; what Create%s says of errors holds for all items together.", m.GoName, s.Name, transactionClause(s), flushCount(m.Plan), s.GoName))
	f.Func().Params(jen.Id("p").Op("*").Id("Provider")).Id("Create"+m.GoName).Params(ctxParam(), jen.Id("specs").Index().Id(c.Spec.Name)).
		Params(results, jen.Error()).BlockFunc(func(g *jen.Group) {
		if c.HasHooks {
			g.If(jen.Id("p").Dot("runner").Dot("Joined").Call()).Block(jen.Return(jen.Nil(), jen.Qual(scopePath, "ErrPrepareFirst")))
		}
		prepareMany(g, m, jen.Id("p"))
		g.Return(jen.Id("p").Dot("CreatePrepared"+m.GoName).Call(jen.Id("ctx"), jen.Id("prepared")))
	})
	f.Line()

	f.doc(fmt.Sprintf("CreatePrepared%s is Create%s for what Prepare%s returned.", m.GoName, m.GoName, m.GoName))
	f.Func().Params(jen.Id("p").Op("*").Id("Provider")).Id("CreatePrepared"+m.GoName).Params(ctxParam(), jen.Id("prepared").Op("*").Id(prepared)).
		Params(results, jen.Error()).Block(jen.Return(f.bulk(m.Plan, c.Result.Name, jen.Len(jen.Id("prepared").Dot("items")),
		jen.Id(m.Func).Call(jen.Id("ctx"), jen.Id("tx"), jen.Id("prepared").Dot("items").Index(jen.Empty(), jen.Id("n")), jen.Id("prepared").Dot("draws")))))
	f.Line()

	f.doc(fmt.Sprintf("CreateEach%s creates several scopes of type %s, each in a transaction of its own: those that fail leave the others. The results are in the order of specs, nil for what failed; the error is then a *scope.ItemsError. On a caller's transaction the items are created under savepoints. scope.WithConcurrency has several created at the same time.", s.GoName, s.Name))
	f.Func().Params(jen.Id("p").Op("*").Id("Provider")).Id("CreateEach"+s.GoName).Params(ctxParam(), jen.Id("specs").Index().Id(c.Spec.Name), jen.Id("opts").Op("...").Qual(scopePath, "EachOption")).
		Params(results, jen.Error()).Block(
		jen.Return(jen.Qual(scopePath, "Each").Call(jen.Id("ctx"), jen.Id("p").Dot("runner"), jen.Id("specs"), jen.Id("p").Dot("Create"+s.GoName), jen.Id("p").Dot("Create"+m.GoName), jen.Id("opts").Op("..."))))
	f.Line()

	if !c.HasHooks {
		f.doc(fmt.Sprintf("Create%s is Provider.Create%s within the transaction of ops.", m.GoName, m.GoName))
		f.Func().Params(jen.Id("ops").Op("*").Id("WriterOps")).Id("Create"+m.GoName).Params(ctxParam(), jen.Id("specs").Index().Id(c.Spec.Name)).
			Params(results, jen.Error()).BlockFunc(func(g *jen.Group) {
			prepareMany(g, m, jen.Id("ops").Dot("provider"))
			g.Id("prepared").Dot("draws").Op("=").Id("ops").Dot("tx").Dot("Draw").Call().Comment("// the same when the transaction is run again")
			g.Return(jen.Id("ops").Dot("CreatePrepared"+m.GoName).Call(jen.Id("ctx"), jen.Id("prepared")))
		})
		f.Line()
	}
	f.doc(fmt.Sprintf("CreatePrepared%s is Provider.CreatePrepared%s within the transaction of ops.", m.GoName, m.GoName))
	f.Func().Params(jen.Id("ops").Op("*").Id("WriterOps")).Id("CreatePrepared"+m.GoName).Params(ctxParam(), jen.Id("prepared").Op("*").Id(prepared)).
		Params(results, jen.Error()).Block(
		jen.Return(jen.Qual(scopePath, "OfItem").Call(jen.Id(m.Func).Call(jen.Id("ctx"), jen.Id("ops").Dot("tx"), jen.Id("prepared").Dot("items"), jen.Id("prepared").Dot("draws")))))
	f.Line()

	f.many(m, c.Result.Name, fmt.Sprintf("%s runs the plan of creating many scopes of type %s: %s.", m.Func, s.Name, flushCount(m.Plan)),
		[]jen.Code{jen.Id("prepared").Index().Op("*").Id(c.Prepared.Name), jen.Id("draws").Op("*").Qual(scopePath, "Draws")}, "prepared",
		jen.Id("op").Op(":=").Id("tx").Dot("Create").Call(jen.Lit(m.Plan.Scope), jen.Id("draws"), constraintsOf(m.Plan)))
}

func prepareMany(g *jen.Group, m *plan.Many, provider *jen.Statement) {
	g.List(jen.Id("prepared"), jen.Err()).Op(":=").Add(provider).Dot("Prepare"+m.GoName).Call(jen.Id("ctx"), jen.Id("specs"))
	g.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err()))
}

// bulk prints the call of a coordinator for n items in a transaction of its own.
func (f *file) bulk(c *plan.Coordinator, result string, n, run jen.Code) *jen.Statement {
	return jen.Qual(scopePath, "Bulk").Call(append([]jen.Code{jen.Id("ctx"), jen.Id("p").Dot("runner"), n,
		jen.Func().Params(ctxParam(), jen.Id("tx").Op("*").Qual(scopePath, "Tx"), jen.Id("n").Int()).Params(jen.Index().Op("*").Id(result), jen.Error()).Block(jen.Return(run))}, level(c)...)...)
}

// purgeMany prints the purge of many scopes of one kind.
func (f *file) purgeMany(s *plan.Scope) {
	p, m := s.Purger, s.Purger.Many
	specs, results := jen.Index().Id(p.Spec.Name), jen.Index().Op("*").Id(p.Result.Name)
	run := func(tx, list jen.Code) *jen.Statement {
		args := []jen.Code{jen.Id("ctx"), tx, list}
		for _, c := range p.Context {
			args = append(args, jen.Id(c.Name))
		}
		return jen.Id(m.Func).Call(args...)
	}
	f.doc(fmt.Sprintf("Purge%s removes several scopes of type %s, all of them or none, as Purge%s removes one, in %s whatever their number. They are locked in the order of their ids. The results are in the order of specs. An error is a *scope.ItemError, which tells the item that failed where that can be told.", m.GoName, s.Name, s.GoName, flushCount(m.Plan)))
	f.Func().Params(jen.Id("p").Op("*").Id("Provider")).Id("Purge"+m.GoName).Params(ctxParam(), jen.Id("specs").Add(specs)).Params(results, jen.Error()).BlockFunc(func(g *jen.Group) {
		f.purgeValues(g, p, jen.Id("p"))
		g.Return(f.bulk(m.Plan, p.Result.Name, jen.Len(jen.Id("specs")), run(jen.Id("tx"), jen.Id("specs").Index(jen.Empty(), jen.Id("n")))))
	})
	f.Line()
	f.doc(fmt.Sprintf("PurgeEach%s removes several scopes of type %s, each in a transaction of its own, as CreateEach%s creates them.", s.GoName, s.Name, s.GoName))
	f.Func().Params(jen.Id("p").Op("*").Id("Provider")).Id("PurgeEach"+s.GoName).Params(ctxParam(), jen.Id("specs").Add(specs), jen.Id("opts").Op("...").Qual(scopePath, "EachOption")).Params(results, jen.Error()).Block(
		jen.Return(jen.Qual(scopePath, "Each").Call(jen.Id("ctx"), jen.Id("p").Dot("runner"), jen.Id("specs"), jen.Id("p").Dot("Purge"+s.GoName), jen.Id("p").Dot("Purge"+m.GoName), jen.Id("opts").Op("..."))),
	)
	f.Line()
	f.doc(fmt.Sprintf("Purge%s is Provider.Purge%s within the transaction of ops.", m.GoName, m.GoName))
	f.Func().Params(jen.Id("ops").Op("*").Id("WriterOps")).Id("Purge"+m.GoName).Params(ctxParam(), jen.Id("specs").Add(specs)).Params(results, jen.Error()).BlockFunc(func(g *jen.Group) {
		f.purgeValues(g, p, jen.Id("ops").Dot("provider"))
		g.Return(jen.Qual(scopePath, "OfItem").Call(run(jen.Id("ops").Dot("tx"), jen.Id("specs"))))
	})
	f.Line()
	params := []jen.Code{jen.Id("specs").Add(specs)}
	for _, c := range p.Context {
		params = append(params, jen.Id(c.Name).Add(f.typ(c.Type)))
	}
	f.many(m, p.Result.Name, fmt.Sprintf("%s runs the plan of purging many scopes of type %s: %s.", m.Func, s.Name, flushCount(m.Plan)), params, "specs",
		jen.Id("op").Op(":=").Id("tx").Dot("Purge").Call(jen.Qual(scopePath, "Context").Values(jen.Id("Type").Op(":").Lit(m.Plan.Scope)), constraintsOf(m.Plan)))
}

func constraintsOf(c *plan.Coordinator) jen.Code {
	if c.ConstraintsVar == "" {
		return jen.Nil()
	}
	return jen.Id(c.ConstraintsVar)
}

// many prints the function that runs a plan for many scopes. list is the
// parameter that holds what the caller gave for each.
func (f *file) many(m *plan.Many, result, about string, params []jen.Code, list string, open jen.Code) {
	f.doc(about)
	all := append([]jen.Code{ctxParam(), jen.Id("tx").Op("*").Qual(scopePath, "Tx")}, params...)
	f.Func().Id(m.Func).Params(all...).Params(jen.Index().Op("*").Id(result), jen.Error()).BlockFunc(func(g *jen.Group) {
		g.Add(open)
		f.openPackages(g, m.Plan)
		f.declarations(g, m.Plan)
		g.Id("items").Op(":=").Make(jen.Index().Op("*").Id(m.Item.Name), jen.Len(jen.Id(list)))
		g.Id("res").Op(":=").Make(jen.Index().Op("*").Id(result), jen.Len(jen.Id(list)))
		g.For(jen.List(jen.Id("i"), jen.Id(m.Elem)).Op(":=").Range().Id(list)).BlockFunc(func(g *jen.Group) {
			if m.Plan.NoID != nil {
				g.If(f.expr(m.Plan.NoID)).Block(jen.Return(jen.Nil(), jen.Op("&").Qual(scopePath, "ItemError").Values(
					jen.Id("Index").Op(":").Id("i"), jen.Id("Err").Op(":").Qual(scopePath, "NoID").Call(jen.Lit(m.Plan.Scope)))))
			}
			g.Id("res").Index(jen.Id("i")).Op("=").Op("&").Id(result).Values()
			g.Id("items").Index(jen.Id("i")).Op("=").Op("&").Id(m.Item.Name).Values(jen.Id(m.Elem).Op(":").Id(m.Elem), jen.Id("res").Op(":").Id("res").Index(jen.Id("i")))
		})
		f.flushes(g, m.Plan)
		p := f.failIn()
		p.stmts(g, m.Plan.AfterCommit)
		g.Return(jen.Id("res"), jen.Nil())
	})
	f.Line()
}

// items prints a loop over the items of a call for many scopes.
func (f printer) items(g *jen.Group, s *plan.Items) {
	list := jen.Qual(scopePath, "Items").Call(jen.Id("op"), f.expr(s.Over))
	if s.By != nil {
		name := "ItemsBy"
		if s.Distinct {
			name = "DistinctItems"
		}
		list = jen.Qual(scopePath, name).Call(jen.Id("op"), f.expr(s.Over), jen.Func().Params(jen.Id("item").Op("*").Id(s.Item)).String().Block(jen.Return(f.expr(s.By))))
	}
	head := jen.Range().Add(list)
	if s.Var != "" {
		head = jen.Id(s.Var).Op(":=").Add(head)
	}
	g.For(head).BlockFunc(func(g *jen.Group) { f.stmts(g, s.Body) })
}
