package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/specgen-dev/specgen/internal/plan"
)

// scopeFile prints everything of one scope.
func scopeFile(p *plan.Package, s *plan.Scope) *jen.File {
	f := newFile(p)
	creatorTypes(f, s)
	creatorMethods(f, s)
	coordinator(f, s.Creator.Plan, s.Creator.Func, s.Creator.Result.Name,
		fmt.Sprintf("%s runs the plan of creating a %s: %s.", s.Creator.Func, s.Name, flushCount(s.Creator.Plan)),
		[]jen.Code{jen.Id("p").Op("*").Id(s.Creator.Prepared.Name)}, jen.Id("p").Dot("draws"))
	if s.Purger != nil {
		purgerTypes(f, s)
		purgerMethods(f, s)
		params := []jen.Code{jen.Id("spec").Id(s.Purger.Spec.Name)}
		for _, c := range s.Purger.Context {
			params = append(params, jen.Id(c.Name).Add(typ(c.Type)))
		}
		coordinator(f, s.Purger.Plan, s.Purger.Func, s.Purger.Result.Name,
			fmt.Sprintf("%s runs the plan of purging a %s: %s.", s.Purger.Func, s.Name, flushCount(s.Purger.Plan)), params, nil)
	}
	return f
}

func flushCount(c *plan.Coordinator) string {
	if len(c.Flushes) == 1 {
		return "one flush"
	}
	return fmt.Sprintf("%d flushes", len(c.Flushes))
}

func creatorTypes(f *jen.File, s *plan.Scope) {
	c := s.Creator
	fileDoc(f, fmt.Sprintf("%s says what %s to create.", c.Spec.Name, s.Name))
	if s.Doc != "" {
		f.Comment("//")
		fileDoc(f, s.Doc)
	}
	f.Type().Id(c.Spec.Name).StructFunc(func(g *jen.Group) { fields(g, c.Spec.Fields) })
	f.Line()
	fileDoc(f, fmt.Sprintf("CreatesScope returns %q: every %s is a scope.CreatorSpec.", s.Type, c.Spec.Name))
	f.Func().Params(jen.Id(c.Spec.Name)).Id("CreatesScope").Params().String().Block(jen.Return(jen.Lit(s.Type)))
	f.Line()
	fileDoc(f, fmt.Sprintf("%s is what creating a %s gave.", c.Result.Name, s.Name))
	f.Type().Id(c.Result.Name).StructFunc(func(g *jen.Group) { fields(g, c.Result.Fields) })
	f.Line()
	fileDoc(f, fmt.Sprintf("%s is a %s that is ready to run: its defaults are filled in and its ids are drawn%s. It serves one call, and every retry of that call.", c.Prepared.Name, c.Spec.Name, hooksClause(c)))
	f.Type().Id(c.Prepared.Name).StructFunc(func(g *jen.Group) {
		g.Id("spec").Id(c.Spec.Name)
		g.Id("draws").Op("*").Qual(scopePath, "Draws")
		for _, x := range c.Context {
			g.Id(x.Name).Add(typ(x.Type))
		}
		fields(g, c.Prepared.Fields)
	})
	f.Line()
}

func hooksClause(c *plan.Creator) string {
	if c.HasHooks {
		return ", and what comes before the transaction is done"
	}
	return ""
}

func creatorMethods(f *jen.File, s *plan.Scope) {
	c := s.Creator
	fileDoc(f, fmt.Sprintf("Prepare%s prepares the creation of a %s. Call it outside of any transaction.", s.GoName, s.Name))
	f.Func().Params(jen.Id("p").Op("*").Id("Provider")).Id("Prepare"+s.GoName).Params(ctxParam(), jen.Id("spec").Id(c.Spec.Name)).
		Params(jen.Op("*").Id(c.Prepared.Name), jen.Error()).BlockFunc(func(g *jen.Group) { prepare(g, s) })
	f.Line()

	fileDoc(f, fmt.Sprintf("Create%s creates a %s with everything that belongs to it: in a transaction of its own, or under a savepoint when the Provider joins a caller's. On an error nothing was written, unless the error is scope.ErrCommitUnknown or a *scope.Error whose Committed is true; then the result is returned too. ctx governs every statement.", s.GoName, s.Name))
	f.Func().Params(jen.Id("p").Op("*").Id("Provider")).Id("Create"+s.GoName).Params(ctxParam(), jen.Id("spec").Id(c.Spec.Name)).
		Params(jen.Op("*").Id(c.Result.Name), jen.Error()).BlockFunc(func(g *jen.Group) {
		if c.HasHooks {
			g.If(jen.Id("p").Dot("runner").Dot("Joined").Call()).Block(jen.Return(jen.Nil(), jen.Qual(scopePath, "ErrPrepareFirst")))
		}
		prepareFirst(g, s, jen.Id("p"))
		g.Return(jen.Id("p").Dot("CreatePrepared"+s.GoName).Call(jen.Id("ctx"), jen.Id("prepared")))
	})
	f.Line()

	fileDoc(f, fmt.Sprintf("CreatePrepared%s is Create%s for what Prepare%s returned.", s.GoName, s.GoName, s.GoName))
	f.Func().Params(jen.Id("p").Op("*").Id("Provider")).Id("CreatePrepared"+s.GoName).Params(ctxParam(), jen.Id("prepared").Op("*").Id(c.Prepared.Name)).
		Params(jen.Op("*").Id(c.Result.Name), jen.Error()).Block(
		jen.Return(inTransaction(c.Result.Name, jen.Id(c.Func).Call(jen.Id("ctx"), jen.Id("tx"), jen.Id("prepared")))))
	f.Line()

	if !c.HasHooks {
		fileDoc(f, fmt.Sprintf("Create%s is Provider.Create%s within the transaction of ops.", s.GoName, s.GoName))
		f.Func().Params(jen.Id("ops").Op("*").Id("WriterOps")).Id("Create"+s.GoName).Params(ctxParam(), jen.Id("spec").Id(c.Spec.Name)).
			Params(jen.Op("*").Id(c.Result.Name), jen.Error()).BlockFunc(func(g *jen.Group) {
			prepareFirst(g, s, jen.Id("ops").Dot("provider"))
			g.Return(jen.Id(c.Func).Call(jen.Id("ctx"), jen.Id("ops").Dot("tx"), jen.Id("prepared")))
		})
		f.Line()
	}

	fileDoc(f, fmt.Sprintf("CreatePrepared%s is Provider.CreatePrepared%s within the transaction of ops.", s.GoName, s.GoName))
	f.Func().Params(jen.Id("ops").Op("*").Id("WriterOps")).Id("CreatePrepared"+s.GoName).Params(ctxParam(), jen.Id("prepared").Op("*").Id(c.Prepared.Name)).
		Params(jen.Op("*").Id(c.Result.Name), jen.Error()).Block(
		jen.Return(jen.Id(c.Func).Call(jen.Id("ctx"), jen.Id("ops").Dot("tx"), jen.Id("prepared"))))
	f.Line()
}

// inTransaction prints the call of scope.In around a coordinator's function.
func inTransaction(result string, run jen.Code) *jen.Statement {
	return jen.Qual(scopePath, "In").Call(jen.Id("ctx"), jen.Id("p").Dot("runner"),
		jen.Func().Params(ctxParam(), jen.Id("tx").Op("*").Qual(scopePath, "Tx")).Params(jen.Op("*").Id(result), jen.Error()).Block(jen.Return(run)))
}

func prepareFirst(g *jen.Group, s *plan.Scope, provider *jen.Statement) {
	g.List(jen.Id("prepared"), jen.Err()).Op(":=").Add(provider).Dot("Prepare"+s.GoName).Call(jen.Id("ctx"), jen.Id("spec"))
	g.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err()))
}

func prepare(g *jen.Group, s *plan.Scope) {
	c := s.Creator
	p := printer{fail: func(step string) *jen.Statement {
		return jen.Return(jen.Nil(), jen.Qual(scopePath, "PrepareFailed").Call(jen.Lit(s.Type), jen.Lit(step), jen.Err()))
	}}
	p.stmts(g, c.Defaults)
	g.Id("prepared").Op(":=").Op("&").Id(c.Prepared.Name).Values(
		jen.Id("spec").Op(":").Id("spec"), jen.Id("draws").Op(":").Id("p").Dot("runner").Dot("Draw").Call())
	if len(c.Context) > 0 {
		g.Var().Err().Error()
		contextLets(g, c.Context, func(field string) *jen.Statement { return jen.Id("prepared").Dot(field) }, jen.Id("p"), false)
	}
	p.stmts(g, c.Prepare)
	g.Return(jen.Id("prepared"), jen.Nil())
}

// coordinator prints the function that runs a plan, and the names of the
// constraints that it maps.
func coordinator(f *jen.File, c *plan.Coordinator, name, result, about string, params []jen.Code, draws jen.Code) {
	constraints := jen.Nil()
	if c.ConstraintsVar != "" {
		constraints = jen.Id(c.ConstraintsVar)
		fileDoc(f, fmt.Sprintf("%s maps the constraints that the specification names to its errors; nothing writes it.", c.ConstraintsVar))
		f.Var().Id(c.ConstraintsVar).Op("=").Map(jen.String()).Error().CustomFunc(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, func(g *jen.Group) {
			for _, x := range c.Constraints {
				g.Lit(x.Name).Op(":").Id(x.Error)
			}
		})
		f.Line()
	}
	fileDoc(f, about)
	all := append([]jen.Code{ctxParam(), jen.Id("tx").Op("*").Qual(scopePath, "Tx")}, params...)
	f.Func().Id(name).Params(all...).Params(jen.Op("*").Id(result), jen.Error()).BlockFunc(func(g *jen.Group) {
		if draws != nil {
			g.Id("op").Op(":=").Id("tx").Dot("Create").Call(jen.Lit(c.Scope), draws, constraints)
		} else {
			g.Id("op").Op(":=").Id("tx").Dot("Purge").Call(jen.Id("spec").Dot("PurgesScope").Call(), constraints)
		}
		for _, q := range c.Packages {
			if q.DBArgument {
				g.Id(q.Var).Op(":=").Qual(q.Pkg, "New").Call()
			} else {
				g.Id(q.Var).Op(":=").Qual(q.Pkg, "New").Call(jen.Id("op"))
			}
		}
		g.Id("res").Op(":=").Op("&").Id(result).Values()
		for _, frame := range c.Frames {
			g.Type().Id(frame.Name).StructFunc(func(g *jen.Group) { fields(g, frame.Fields) })
		}
		flushes(g, c)
		p := failIn()
		p.stmts(g, c.AfterCommit)
		g.Return(jen.Id("res"), jen.Nil())
	})
	f.Line()
}

// failIn ends a coordinator in the name of a step.
func failIn() printer {
	return printer{fail: func(step string) *jen.Statement {
		return jen.Return(jen.Nil(), jen.Id("op").Dot("Fail").Call(jen.Lit(step), jen.Err()))
	}}
}

func flushes(g *jen.Group, c *plan.Coordinator) {
	p := failIn()
	for i, flush := range c.Flushes {
		g.Line()
		g.Comment(fmt.Sprintf("// Flush %d of %d.", i+1, len(c.Flushes)))
		op := "="
		if i == 0 {
			op = ":="
		}
		g.Id("f").Op(op).Id("op").Dot("Flush").Call()
		if i == 0 && c.Op == "purge" {
			g.Id("f").Dot("RequireReadCommitted").Call()
		}
		p.stmts(g, flush.Body)
		g.If(jen.Err().Op(":=").Id("f").Dot("Send").Call(jen.Id("ctx")), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err()))
	}
	g.Line()
}
