package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/specgen-dev/specgen/internal/plan"
)

// scopeFile prints everything of one scope.
func scopeFile(p *plan.Package, s *plan.Scope) *file {
	f := newFile(p)
	for _, o := range s.Operations {
		op := operation{f, s, o, kinds[o.Kind]}
		op.types()
		if o.Prepared != nil {
			op.prepare()
		} else if len(o.Context) > 0 {
			op.withContext()
		}
		op.methods()
		op.coordinator()
	}
	return f
}

// operation prints one operation of one scope.
type operation struct {
	*file
	scope *plan.Scope
	*plan.Operation
	kind
}

// kind is how operations of one kind are printed.
type kind struct {
	verb, doing string // to create, creating
	marker      string // the interface of package scope that its specification satisfies
	address     string // the method of that interface
	about       func(f operation, many bool) string
	begin       func(f operation, constraints jen.Code) *jen.Statement // of the operation, in its transaction
}

var kinds = map[plan.Kind]kind{
	plan.Create: {"create", "creating", "CreatorSpec", "CreatesScope", operation.aboutCreate, operation.beginCreate},
	plan.Purge:  {"purge", "purging", "PurgerSpec", "PurgesScope", operation.aboutPurge, operation.beginPurge},
}

func (f operation) types() {
	s := f.scope
	f.doc(fmt.Sprintf("%s says what %s to %s.", f.Spec.Name, s.Name, f.verb))
	if s.Doc != "" && f.Kind == plan.Create {
		f.Comment("//")
		f.doc(s.Doc)
	}
	f.Type().Id(f.Spec.Name).StructFunc(func(g *jen.Group) { f.fields(g, f.Spec.Fields) })
	f.Line()
	f.specAddress()
	f.Line()
	f.Var().Id("_").Qual(scopePath, f.marker).Op("=").Id(f.Spec.Name).Values()
	f.Line()
	f.doc(fmt.Sprintf("%s is what %s %s gave.", f.Result.Name, f.doing, a(s.Name)))
	f.Type().Id(f.Result.Name).StructFunc(func(g *jen.Group) { f.fields(g, f.Result.Fields) })
	f.Line()
}

// specAddress prints the method by which a specification tells its scope.
func (f operation) specAddress() {
	if f.IDText == nil {
		f.doc(fmt.Sprintf("%s returns %q: every %s is a scope.%s.", f.address, f.scope.Type, f.Spec.Name, f.marker))
		f.Func().Params(jen.Id(f.Spec.Name)).Id(f.address).Params().String().Block(jen.Return(jen.Lit(f.scope.Type)))
		return
	}
	f.doc(fmt.Sprintf("%s returns the address of the scope: every %s is a scope.%s.", f.address, f.Spec.Name, f.marker))
	f.Func().Params(jen.Id("spec").Id(f.Spec.Name)).Id(f.address).Params().Qual(scopePath, "Context").Block(
		jen.Return(jen.Qual(scopePath, "Context").Values(jen.Id("Type").Op(":").Lit(f.scope.Type), jen.Id("ID").Op(":").Add(f.expr(f.IDText)))))
}

// receiver is what a method belongs to.
type receiver struct {
	name, typ string
	provider  string // of its provider, as an expression
}

var (
	onProvider = receiver{"p", "Provider", "p"}
	onOps      = receiver{"ops", "WriterOps", "ops.provider"}
)

// method prints a method. params and results leave out ctx and the error.
func (f operation) method(on receiver, name string, param jen.Code, result jen.Code, body func(g *jen.Group)) {
	f.Func().Params(jen.Id(on.name).Op("*").Id(on.typ)).Id(name).Params(ctxParam(), param).Params(result, jen.Error()).BlockFunc(body)
	f.Line()
}

// methods prints what a caller calls, for one scope and for many, on a provider and
// in its transaction.
func (f operation) methods() {
	for _, on := range []receiver{onProvider, onOps} {
		for _, many := range []bool{false, true} {
			switch {
			case f.Prepared == nil:
				f.doc(f.comment(on, many))
				f.method(on, f.named("", many), f.param(many), f.results(many), func(g *jen.Group) {
					f.lookUpContext(g, on, many)
					g.Return(f.run(on, many, f.given(many)))
				})
				continue
			case on == onProvider:
				f.doc(f.comment(on, many))
				f.method(on, f.named("", many), f.param(many), f.results(many), func(g *jen.Group) { f.prepareFirst(g, many) })
				f.doc(fmt.Sprintf("%s is %s for what %s returned.", f.named("Prepared", many), f.named("", many), f.preparer(many)))
			default:
				f.doc(withinOps(f.named("Prepared", many)))
			}
			f.method(on, f.named("Prepared", many), jen.Id("prepared").Add(f.preparedType(many)), f.results(many), func(g *jen.Group) {
				g.Return(f.run(on, many, jen.Id("prepared")))
			})
		}
	}
}

// named is the name of a method, such as CreatePreparedProjects.
func (f operation) named(middle string, many bool) string {
	name := f.GoName
	if many {
		name = f.Plural
	}
	return f.Verb() + middle + name
}

// param is what a method takes, and given what it calls that.
func (f operation) param(many bool) jen.Code {
	if many {
		return jen.Id("specs").Index().Id(f.Spec.Name)
	}
	return jen.Id("spec").Id(f.Spec.Name)
}

func (f operation) given(many bool) jen.Code {
	if many {
		return jen.Id("specs")
	}
	return jen.Id("spec")
}

func (f operation) results(many bool) jen.Code {
	if many {
		return jen.Index().Op("*").Id(f.Result.Name)
	}
	return jen.Op("*").Id(f.Result.Name)
}

// run prints the call of the coordinator for what the caller gave.
func (f operation) run(on receiver, many bool, given jen.Code) *jen.Statement {
	call := "One"
	if many {
		call = "Many"
	}
	do := jen.Id(f.FuncName)
	if f.Prepared == nil && len(f.Context) > 0 {
		do = jen.Id("do")
	}
	if on == onOps {
		return jen.Qual(runtimePath, call+"In").Call(jen.Id("ctx"), jen.Id("ops").Dot("tx"), given, do)
	}
	args := []jen.Code{jen.Id("ctx"), jen.Id("p").Dot("runner"), given, do}
	if f.Plan.Snapshot {
		args = append(args, jen.Qual(runtimePath, "Snapshot").Call())
	}
	return jen.Qual(runtimePath, call).Call(args...)
}

// withContext prints the function that looks up the context's values, once for a
// call, and gives them to the coordinator.
func (f operation) withContext() {
	f.doc(fmt.Sprintf("%s returns %s with the values that it takes from the context.", f.closure(), f.FuncName))
	f.Func().Params(jen.Id("p").Op("*").Id("Provider")).Id(f.closure()).Params(ctxParam()).
		Params(jen.Qual(runtimePath, "Coordinator").Types(jen.Id(f.Spec.Name), jen.Op("*").Id(f.Result.Name)), jen.Error()).BlockFunc(func(g *jen.Group) {
		f.contextLets(g, f.Context, func(field string) *jen.Statement { return jen.Id(field) }, true)
		args := []jen.Code{jen.Id("ctx"), jen.Id("tx"), jen.Id("specs")}
		for _, c := range f.Context {
			args = append(args, jen.Id(c.Name))
		}
		g.Return(jen.Func().Params(ctxParam(), jen.Id("tx").Op("*").Qual(runtimePath, "Tx"), jen.Id("specs").Index().Id(f.Spec.Name)).Params(f.results(true), jen.Error()).Block(
			jen.Return(jen.Id(f.FuncName).Call(args...))), jen.Nil())
	})
	f.Line()
}

func (f operation) closure() string { return f.FuncName + "InContext" }

func (f operation) lookUpContext(g *jen.Group, on receiver, many bool) {
	if len(f.Context) == 0 {
		return
	}
	g.List(jen.Id("do"), jen.Err()).Op(":=").Id(on.provider).Dot(f.closure()).Call(jen.Id("ctx"))
	failed := jen.Return(jen.Nil(), jen.Err())
	if many {
		failed = jen.Return(jen.Qual(runtimePath, "OfItem").Call(jen.Index().Op("*").Id(f.Result.Name).Parens(jen.Nil()), jen.Err()))
	}
	g.If(jen.Err().Op("!=").Nil()).Block(failed)
}
