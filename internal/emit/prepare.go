package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/plan"
)

// prepare prints what prepares an operation before its transaction.
func (f operation) prepare() {
	t := f.Prepared.Type
	f.doc(fmt.Sprintf("%s is %s that is ready to run: its defaults are filled in, its ids are drawn, and what comes before the transaction is done. It serves one call, and every retry of that call.", t.Name, a(f.Spec.Name)))
	f.Type().Id(t.Name).StructFunc(func(g *jen.Group) {
		g.Id("spec").Id(f.Spec.Name)
		g.Id("draws").Op("*").Qual(runtimePath, "Draws")
		for _, x := range f.Context {
			g.Id(x.Name).Add(f.typ(x.Type))
		}
		f.fields(g, t.Fields)
	})
	f.Line()

	one, many := f.preparer(false), f.preparer(true)
	f.doc(fmt.Sprintf("%s prepares %s %s. Call it outside of any transaction.", one, f.doing, a(f.scope.Name)))
	f.method(onProvider, one, jen.Id("spec").Id(f.Spec.Name), f.preparedType(false), func(g *jen.Group) {
		p := printer{file: f.file, fail: func(step string) *jen.Statement {
			return jen.Return(jen.Nil(), jen.Qual(runtimePath, "PrepareFailed").Call(jen.Lit(f.scope.Type), jen.Lit(step), jen.Err()))
		}}
		p.stmts(g, f.Defaults)
		g.Id("prepared").Op(":=").Op("&").Id(t.Name).Values(
			jen.Id("spec").Op(":").Id("spec"), jen.Id("draws").Op(":").Id("p").Dot("runner").Dot("Draw").Call())
		if len(f.Context) > 0 || assignsError(f.Prepared.Work) {
			g.Var().Err().Error()
		}
		f.contextLets(g, f.Context, func(field string) *jen.Statement { return jen.Id("prepared").Dot(field) }, false)
		p.stmts(g, f.Prepared.Work)
		g.Return(jen.Id("prepared"), jen.Nil())
	})
	f.doc(fmt.Sprintf("%s is %s for several scopes. Its error is a *scope.ItemError, which names the specification that cannot be prepared.", many, one))
	f.method(onProvider, many, jen.Id("specs").Index().Id(f.Spec.Name), f.preparedType(true), func(g *jen.Group) {
		g.Return(jen.Qual(runtimePath, "Prepare").Call(jen.Id("ctx"), jen.Id("specs"), jen.Id("p").Dot(one)))
	})
}

// preparer is the name of the method that prepares.
func (f operation) preparer(many bool) string {
	if many {
		return "Prepare" + f.Plural
	}
	return "Prepare" + f.GoName
}

func (f operation) preparedType(many bool) jen.Code {
	t := jen.Op("*").Id(f.Prepared.Type.Name)
	if many {
		return jen.Index().Add(t)
	}
	return t
}

// prepareFirst prints the body of a method that prepares and runs.
func (f operation) prepareFirst(g *jen.Group, many bool) {
	failed := jen.Qual(runtimePath, "NotPrepared").Call(jen.Lit(f.scope.Type))
	if many {
		failed = jen.Qual(scopePath, "ErrPrepareFirst")
	}
	g.If(jen.Id("p").Dot("runner").Dot("Joined").Call()).Block(jen.Return(jen.Nil(), failed))
	g.List(jen.Id("prepared"), jen.Err()).Op(":=").Id("p").Dot(f.preparer(many)).Call(jen.Id("ctx"), f.given(many))
	g.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err()))
	g.Return(jen.Id("p").Dot(f.named("Prepared", many)).Call(jen.Id("ctx"), jen.Id("prepared")))
}

// contextLets prints the look-up of the context's values that a call needs.
func (f *file) contextLets(g *jen.Group, list []*plan.Field, target func(field string) *jen.Statement, define bool) {
	op := "="
	if define {
		op = ":="
	}
	for _, c := range list {
		g.List(target(c.Name), jen.Err()).Op(op).Qual(runtimePath, "Value").Call(
			jen.Id("ctx"), jen.Lit(c.Doc), jen.Id("p").Dot("values").Dot(goname.Exported(c.Doc)))
		g.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Nil(), jen.Err()))
	}
}
