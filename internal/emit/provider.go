package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/specgen-dev/specgen/internal/plan"
)

// provider prints the package's documentation and what all scopes share.
func provider(p *plan.Package) *file {
	f := newFile(p)
	for _, line := range wrapText(fmt.Sprintf("Package %s creates and purges scopes, each with everything that belongs to it, in one transaction or not at all: %s.", p.Name, scopeList(p)), 77) {
		f.PackageComment("// " + line)
	}
	if len(p.Context) > 0 {
		f.contextValues(p)
	}
	f.doc("Provider runs coordinators. On a pool or a connection each call is a transaction of its own, run again as a whole after a serialization failure or a deadlock; on a pgx.Tx each call joins that transaction under a savepoint, and is not run again. A Provider is as safe for concurrent use as what it runs on: a pool is, a connection and a pgx.Tx are not.")
	f.Type().Id("Provider").StructFunc(func(g *jen.Group) {
		g.Id("runner").Op("*").Qual(runtimePath, "Runner")
		if len(p.Context) > 0 {
			g.Id("values").Id("ContextValues")
		}
	})
	f.Line()
	f.doc("NewProvider returns a Provider on db: a *pgxpool.Pool, *pgxpool.Conn, *pgx.Conn, or a pgx.Tx to join. It sends nothing. It panics when db is nil or cannot begin a transaction.")
	f.Func().Id("NewProvider").ParamsFunc(func(g *jen.Group) {
		g.Id("db").Qual(scopePath, "DB")
		if len(p.Context) > 0 {
			g.Id("values").Id("ContextValues")
		}
		g.Id("opts").Op("...").Qual(scopePath, "Option")
	}).Op("*").Id("Provider").Block(jen.Return(jen.Op("&").Id("Provider").ValuesFunc(func(g *jen.Group) {
		g.Id("runner").Op(":").Qual(runtimePath, "NewRunner").Call(jen.Id("db"), jen.Id("opts").Op("..."))
		if len(p.Context) > 0 {
			g.Id("values").Op(":").Id("values")
		}
	})))
	f.Line()
	f.doc("Joined reports whether p works in a caller's transaction: each call then has a savepoint of it.")
	f.Func().Params(jen.Id("p").Op("*").Id("Provider")).Id("Joined").Params().Bool().Block(jen.Return(jen.Id("p").Dot("runner").Dot("Joined").Call()))
	f.Line()
	f.doc("Pooled reports whether p works on a *pgxpool.Pool: scope.Each can then run several calls at the same time.")
	f.Func().Params(jen.Id("p").Op("*").Id("Provider")).Id("Pooled").Params().Bool().Block(jen.Return(jen.Id("p").Dot("runner").Dot("Pooled").Call()))
	f.Line()
	f.ops(p)
	f.writerOps()
	return f
}

// ops prints the interface of the operations.
func (f *file) ops(p *plan.Package) {
	f.doc("Ops are the operations that a Provider and WriterOps both have, for services that take either and for tests that bring their own. On a Provider each call is a transaction of its own; calls are all or nothing together on WriterOps alone. A scope that is added to the specification adds methods.")
	f.Type().Id("Ops").InterfaceFunc(func(g *jen.Group) {
		for _, s := range p.Scopes {
			for _, o := range s.Operations {
				op := operation{f, s, o, kinds[o.Kind]}
				for _, many := range []bool{false, true} {
					name, param := op.named("", many), op.param(many)
					if o.Prepared != nil {
						name, param = op.named("Prepared", many), jen.Id("prepared").Add(op.preparedType(many))
					}
					g.Id(name).Params(ctxParam(), param).Params(op.results(many), jen.Error())
				}
			}
		}
	})
	f.Line()
	f.Var().Defs(
		jen.Id("_").Id("Ops").Op("=").Parens(jen.Op("*").Id("Provider")).Parens(jen.Nil()),
		jen.Id("_").Id("Ops").Op("=").Parens(jen.Op("*").Id("WriterOps")).Parens(jen.Nil()),
	)
	f.Line()
}

func scopeList(p *plan.Package) string {
	out := ""
	for i, s := range p.Scopes {
		switch {
		case i == 0:
		case i == len(p.Scopes)-1:
			out += " and "
		default:
			out += ", "
		}
		out += s.Name
	}
	return out
}

func (f *file) contextValues(p *plan.Package) {
	f.doc("ContextValues says how values that a specification takes from the context are found there. Each function is called once for each call that needs it, before the transaction; its error ends the call.")
	f.Type().Id("ContextValues").StructFunc(func(g *jen.Group) {
		for _, c := range p.Context {
			groupDoc(g, c.Doc)
			g.Id(c.Name).Func().Params(ctxParam()).Params(f.typ(c.Type), jen.Error())
		}
	})
	f.Line()
}

func (f *file) writerOps() {
	f.doc("WriterOps are operations that share one transaction. They are valid until the function given to Provider.WriterOps returns, and not for concurrent use.")
	f.Type().Id("WriterOps").Struct(
		jen.Id("provider").Op("*").Id("Provider"),
		jen.Id("tx").Op("*").Qual(runtimePath, "Tx"),
	)
	f.Line()
	f.doc("WriterOps runs fn in one transaction: everything that its operations wrote is committed when fn returns nil, and nothing when it returns an error or panics, or when an operation failed. ctx governs all statements.")
	f.Comment("//")
	f.doc("After a serialization failure or a deadlock the whole of fn runs again, unless the Provider was made with scope.WithRetry(1): what fn does besides its operations must bear that. scope.Isolation chooses the isolation level.")
	f.Func().Params(jen.Id("p").Op("*").Id("Provider")).Id("WriterOps").Params(
		ctxParam(), jen.Id("fn").Func().Params(ctxParam(), jen.Id("ops").Op("*").Id("WriterOps")).Error(),
		jen.Id("opts").Op("...").Qual(scopePath, "TxOption"),
	).Error().Block(
		jen.List(jen.Id("_"), jen.Err()).Op(":=").Qual(runtimePath, "In").Call(jen.Id("ctx"), jen.Id("p").Dot("runner"),
			jen.Func().Params(ctxParam(), jen.Id("tx").Op("*").Qual(runtimePath, "Tx")).Params(jen.Struct(), jen.Error()).Block(
				jen.Return(jen.Struct().Values(), jen.Id("fn").Call(jen.Id("ctx"), jen.Op("&").Id("WriterOps").Values(jen.Id("provider").Op(":").Id("p"), jen.Id("tx").Op(":").Id("tx")))),
			), jen.Id("opts").Op("...")),
		jen.Return(jen.Err()),
	)
	f.Line()
	f.doc("DB is the transaction of ops for queries of the caller's own, such as those of a sqlc package: db.New(ops.DB()). They run in order with the operations, are committed or rolled back with them, and are run again with them. The first begins the transaction if no operation has.")
	f.Comment("//")
	f.doc("An error of a query fails the transaction, even if fn drops it or its rows tell it late; pgx.ErrNoRows does not. Rows must be closed before the next query or operation. BEGIN, COMMIT, ROLLBACK and savepoints are refused.")
	f.Func().Params(jen.Id("ops").Op("*").Id("WriterOps")).Id("DB").Params().Qual(scopePath, "DBTX").Block(jen.Return(jen.Id("ops").Dot("tx").Dot("DB").Call()))
	f.Line()
	f.doc("AfterCommit runs what operations on a caller's pgx.Tx queued to run after the commit; the caller calls it once its own COMMIT has succeeded. Otherwise it does nothing.")
	f.Func().Params(jen.Id("p").Op("*").Id("Provider")).Id("AfterCommit").Params(ctxParam()).Error().Block(
		jen.Return(jen.Id("p").Dot("runner").Dot("AfterCommit").Call(jen.Id("ctx"))),
	)
}

// errorVars prints the sentinels of the specification.
func errorVars(p *plan.Package) *file {
	f := newFile(p)
	for _, e := range p.Errors {
		f.doc(fmt.Sprintf("%s means that %s. It is scope.%s.", e.Name, e.Doc, e.Is))
		f.Var().Id(e.Name).Op("=").Qual(runtimePath, "NewError").Call(jen.Lit(e.Text), jen.Qual(scopePath, e.Is))
		f.Line()
	}
	return f
}

// data prints the constants of the specification.
func data(p *plan.Package) *file {
	f := newFile(p)
	for _, t := range p.Data {
		for _, s := range t.Types {
			f.Type().Id(s.Name).StructFunc(func(g *jen.Group) { f.fields(g, s.Fields) })
			f.Line()
		}
		f.doc(fmt.Sprintf("%s is the data %s of the specification; nothing writes it.", t.Var, t.Doc))
		f.Var().Id(t.Var).Op("=").Add(f.expr(t.Rows))
		f.Line()
	}
	return f
}
