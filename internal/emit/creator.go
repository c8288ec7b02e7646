package emit

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/specgen-dev/specgen/internal/plan"
)

// scopeFile prints everything of one scope.
func scopeFile(p *plan.Package, s *plan.Scope) *file {
	f := newFile(p)
	f.creatorTypes(s)
	f.creatorMethods(s)
	f.coordinator(s.Creator.Plan, s.Creator.Func, s.Creator.Result.Name,
		fmt.Sprintf("%s runs the plan of creating %s: %s.", s.Creator.Func, a(s.Name), flushCount(s.Creator.Plan)),
		[]jen.Code{jen.Id("p").Op("*").Id(s.Creator.Prepared.Name)}, jen.Id("p").Dot("draws"))
	f.createMany(s)
	if s.Purger != nil {
		f.purgerTypes(s)
		f.purgerMethods(s)
		params := []jen.Code{jen.Id("spec").Id(s.Purger.Spec.Name)}
		for _, c := range s.Purger.Context {
			params = append(params, jen.Id(c.Name).Add(f.typ(c.Type)))
		}
		f.coordinator(s.Purger.Plan, s.Purger.Func, s.Purger.Result.Name,
			fmt.Sprintf("%s runs the plan of purging %s: %s.", s.Purger.Func, a(s.Name), flushCount(s.Purger.Plan)), params, nil)
		f.purgeMany(s)
	}
	return f
}

func flushCount(c *plan.Coordinator) string {
	if len(c.Flushes) == 1 {
		return "one flush"
	}
	return fmt.Sprintf("%d flushes", len(c.Flushes))
}

func (f *file) creatorTypes(s *plan.Scope) {
	c := s.Creator
	f.doc(fmt.Sprintf("%s says what %s to create.", c.Spec.Name, s.Name))
	if s.Doc != "" {
		f.Comment("//")
		f.doc(s.Doc)
	}
	f.Type().Id(c.Spec.Name).StructFunc(func(g *jen.Group) { f.fields(g, c.Spec.Fields) })
	f.Line()
	f.doc(fmt.Sprintf("CreatesScope returns %q: every %s is a scope.CreatorSpec.", s.Type, c.Spec.Name))
	f.Func().Params(jen.Id(c.Spec.Name)).Id("CreatesScope").Params().String().Block(jen.Return(jen.Lit(s.Type)))
	f.Line()
	f.Var().Id("_").Qual(scopePath, "CreatorSpec").Op("=").Id(c.Spec.Name).Values()
	f.Line()
	f.doc(fmt.Sprintf("%s is what creating %s gave.", c.Result.Name, a(s.Name)))
	f.Type().Id(c.Result.Name).StructFunc(func(g *jen.Group) { f.fields(g, c.Result.Fields) })
	f.Line()
	f.doc(fmt.Sprintf("%s is %s that is ready to run: its defaults are filled in and its ids are drawn%s. It serves one call, and every retry of that call.", c.Prepared.Name, a(c.Spec.Name), hooksClause(c)))
	f.Type().Id(c.Prepared.Name).StructFunc(func(g *jen.Group) {
		g.Id("spec").Id(c.Spec.Name)
		g.Id("draws").Op("*").Qual(scopePath, "Draws")
		for _, x := range c.Context {
			g.Id(x.Name).Add(f.typ(x.Type))
		}
		f.fields(g, c.Prepared.Fields)
	})
	f.Line()
}

func hooksClause(c *plan.Creator) string {
	if c.HasHooks {
		return ", and what comes before the transaction is done"
	}
	return ""
}

// lostClause says when a committed creation has no result.
func lostClause(c *plan.Creator) string {
	if c.Plan.Found == "" {
		return ""
	}
	return fmt.Sprintf(", unless its answers were lost. When COMMIT is not answered, %s looks whether the scope is there, and the creation is run again if it is not", c.Plan.Found)
}

// transactionClause says in what transaction a scope is created.
func transactionClause(s *plan.Scope) string {
	if s.Creator.HasHooks {
		return fmt.Sprintf("in a transaction of its own. When the Provider joins a caller's transaction it does nothing and returns scope.ErrPrepareFirst; call Prepare%s before that transaction, and CreatePrepared%s in it", s.GoName, s.GoName)
	}
	return "in a transaction of its own, or under a savepoint when the Provider joins a caller's"
}

func (f *file) creatorMethods(s *plan.Scope) {
	c := s.Creator
	f.doc(fmt.Sprintf("Prepare%s prepares the creation of %s. Call it outside of any transaction.", s.GoName, a(s.Name)))
	f.Func().Params(jen.Id("p").Op("*").Id("Provider")).Id("Prepare"+s.GoName).Params(ctxParam(), jen.Id("spec").Id(c.Spec.Name)).
		Params(jen.Op("*").Id(c.Prepared.Name), jen.Error()).BlockFunc(func(g *jen.Group) { f.prepare(g, s) })
	f.Line()

	f.doc(fmt.Sprintf("Create%s creates %s with everything that belongs to it: %s. On an error nothing was written, unless the error is scope.ErrCommitUnknown, or a *scope.Error whose Committed is true: with that one the result is returned too%s. ctx governs every statement.", s.GoName, a(s.Name), transactionClause(s), lostClause(c)))
	f.Func().Params(jen.Id("p").Op("*").Id("Provider")).Id("Create"+s.GoName).Params(ctxParam(), jen.Id("spec").Id(c.Spec.Name)).
		Params(jen.Op("*").Id(c.Result.Name), jen.Error()).BlockFunc(func(g *jen.Group) {
		if c.HasHooks {
			g.If(jen.Id("p").Dot("runner").Dot("Joined").Call()).Block(jen.Return(jen.Nil(), jen.Qual(scopePath, "NotPrepared").Call(jen.Lit(s.Type))))
		}
		prepareFirst(g, s, jen.Id("p"))
		g.Return(jen.Id("p").Dot("CreatePrepared"+s.GoName).Call(jen.Id("ctx"), jen.Id("prepared")))
	})
	f.Line()

	f.doc(fmt.Sprintf("CreatePrepared%s is Create%s for what Prepare%s returned.", s.GoName, s.GoName, s.GoName))
	f.Func().Params(jen.Id("p").Op("*").Id("Provider")).Id("CreatePrepared"+s.GoName).Params(ctxParam(), jen.Id("prepared").Op("*").Id(c.Prepared.Name)).
		Params(jen.Op("*").Id(c.Result.Name), jen.Error()).Block(
		jen.Return(f.inTransaction(c.Plan, c.Result.Name, jen.Id(c.Func).Call(jen.Id("ctx"), jen.Id("tx"), jen.Id("prepared")))))
	f.Line()

	if !c.HasHooks {
		f.doc(fmt.Sprintf("Create%s is Provider.Create%s within the transaction of ops.", s.GoName, s.GoName))
		f.Func().Params(jen.Id("ops").Op("*").Id("WriterOps")).Id("Create"+s.GoName).Params(ctxParam(), jen.Id("spec").Id(c.Spec.Name)).
			Params(jen.Op("*").Id(c.Result.Name), jen.Error()).BlockFunc(func(g *jen.Group) {
			prepareFirst(g, s, jen.Id("ops").Dot("provider"))
			g.Id("prepared").Dot("draws").Op("=").Id("ops").Dot("tx").Dot("Draw").Call().Comment("// the same when the transaction is run again")
			g.Return(jen.Id(c.Func).Call(jen.Id("ctx"), jen.Id("ops").Dot("tx"), jen.Id("prepared")))
		})
		f.Line()
	}

	f.doc(fmt.Sprintf("CreatePrepared%s is Provider.CreatePrepared%s within the transaction of ops.", s.GoName, s.GoName))
	f.Func().Params(jen.Id("ops").Op("*").Id("WriterOps")).Id("CreatePrepared"+s.GoName).Params(ctxParam(), jen.Id("prepared").Op("*").Id(c.Prepared.Name)).
		Params(jen.Op("*").Id(c.Result.Name), jen.Error()).Block(
		jen.Return(jen.Id(c.Func).Call(jen.Id("ctx"), jen.Id("ops").Dot("tx"), jen.Id("prepared"))))
	f.Line()
}

// inTransaction prints the call of a coordinator's function in a transaction of
// its own, or under a savepoint.
func (f *file) inTransaction(c *plan.Coordinator, result string, run jen.Code) *jen.Statement {
	return jen.Qual(scopePath, "Single").Call(append([]jen.Code{jen.Id("ctx"), jen.Id("p").Dot("runner"),
		jen.Func().Params(ctxParam(), jen.Id("tx").Op("*").Qual(scopePath, "Tx")).Params(jen.Op("*").Id(result), jen.Error()).Block(jen.Return(run))}, level(c)...)...)
}

// level prints the option that sets the isolation level of a coordinator's own
// transaction, if it needs one.
func level(c *plan.Coordinator) []jen.Code {
	if !c.Snapshot {
		return nil
	}
	return []jen.Code{jen.Qual(scopePath, "Snapshot").Call()}
}

func prepareFirst(g *jen.Group, s *plan.Scope, provider *jen.Statement) {
	g.List(jen.Id("prepared"), jen.Err()).Op(":=").Add(provider).Dot("Prepare"+s.GoName).Call(jen.Id("ctx"), jen.Id("spec"))
	g.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err()))
}

func (f *file) prepare(g *jen.Group, s *plan.Scope) {
	c := s.Creator
	p := printer{file: f, fail: func(step string) *jen.Statement {
		return jen.Return(jen.Nil(), jen.Qual(scopePath, "PrepareFailed").Call(jen.Lit(s.Type), jen.Lit(step), jen.Err()))
	}}
	p.stmts(g, c.Defaults)
	g.Id("prepared").Op(":=").Op("&").Id(c.Prepared.Name).Values(
		jen.Id("spec").Op(":").Id("spec"), jen.Id("draws").Op(":").Id("p").Dot("runner").Dot("Draw").Call())
	if len(c.Context) > 0 || assignsError(c.Prepare) {
		g.Var().Err().Error()
	}
	if len(c.Context) > 0 {
		f.contextLets(g, c.Context, func(field string) *jen.Statement { return jen.Id("prepared").Dot(field) }, jen.Id("p"), false)
	}
	p.stmts(g, c.Prepare)
	g.Return(jen.Id("prepared"), jen.Nil())
}

// coordinator prints the function that runs a plan, and the names of the
// constraints that it maps.
func (f *file) coordinator(c *plan.Coordinator, name, result, about string, params []jen.Code, draws jen.Code) {
	constraints := jen.Nil()
	if c.ConstraintsVar != "" {
		constraints = jen.Id(c.ConstraintsVar)
	}
	if c.ConstraintsVar != "" && !c.ConstraintsShared {
		f.doc(fmt.Sprintf("%s maps the constraints that the specification names to its errors; nothing writes it.", c.ConstraintsVar))
		f.Var().Id(c.ConstraintsVar).Op("=").Map(jen.String()).Error().CustomFunc(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, func(g *jen.Group) {
			for _, x := range c.Constraints {
				g.Lit(x.Name).Op(":").Id(x.Error)
			}
		})
		f.Line()
	}
	f.doc(about)
	all := append([]jen.Code{ctxParam(), jen.Id("tx").Op("*").Qual(scopePath, "Tx")}, params...)
	f.Func().Id(name).Params(all...).Params(jen.Op("*").Id(result), jen.Error()).BlockFunc(func(g *jen.Group) {
		if c.NoID != nil {
			g.If(f.expr(c.NoID)).Block(jen.Return(jen.Nil(), jen.Qual(scopePath, "NoID").Call(jen.Lit(c.Scope))))
		}
		if draws != nil {
			g.Id("op").Op(":=").Id("tx").Dot("Create").Call(jen.Lit(c.Scope), draws, constraints)
		} else {
			g.Id("op").Op(":=").Id("tx").Dot("Purge").Call(jen.Id("spec").Dot("PurgesScope").Call(), constraints)
		}
		f.openPackages(g, c)
		g.Id("res").Op(":=").Op("&").Id(result).Values()
		f.declarations(g, c)
		f.flushes(g, c)
		p := f.failIn()
		p.stmts(g, c.AfterCommit)
		g.Return(jen.Id("res"), jen.Nil())
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
		if flush.Decides && i < len(c.Flushes)-1 {
			g.If(jen.Id("op").Dot("Absent").Call()).Block(jen.Return(jen.Id("res"), jen.Nil()))
		}
	}
	g.Line()
}
