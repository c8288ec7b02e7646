package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/specgen-dev/specgen/internal/plan"
)

func (f *file) purgerTypes(s *plan.Scope) {
	p := s.Purger
	f.doc(fmt.Sprintf("%s says what %s to purge.", p.Spec.Name, s.Name))
	f.Type().Id(p.Spec.Name).StructFunc(func(g *jen.Group) { f.fields(g, p.Spec.Fields) })
	f.Line()
	f.doc(fmt.Sprintf("PurgesScope returns the address of the scope: every %s is a scope.PurgerSpec.", p.Spec.Name))
	f.Func().Params(jen.Id("spec").Id(p.Spec.Name)).Id("PurgesScope").Params().Qual(scopePath, "Context").Block(
		jen.Return(jen.Qual(scopePath, "Context").Values(jen.Id("Type").Op(":").Lit(s.Type), jen.Id("ID").Op(":").Add(f.expr(p.IDText)))))
	f.Line()
	f.Var().Id("_").Qual(scopePath, "PurgerSpec").Op("=").Id(p.Spec.Name).Values()
	f.Line()
	f.doc(fmt.Sprintf("%s is what purging %s gave.", p.Result.Name, a(s.Name)))
	f.Type().Id(p.Result.Name).StructFunc(func(g *jen.Group) { f.fields(g, p.Result.Fields) })
	f.Line()
}

func (f *file) purgerMethods(s *plan.Scope) {
	p := s.Purger
	f.doc(fmt.Sprintf("Purge%s removes %s and everything that belongs to it: in a transaction of its own, or under a savepoint when the Provider joins a caller's, which must then be READ COMMITTED. A scope that is not there is no error: Found is false, and %s.%s ctx governs every statement.", s.GoName, a(s.Name), p.Absent, stays(s)))
	f.Func().Params(jen.Id("p").Op("*").Id("Provider")).Id("Purge"+s.GoName).Params(ctxParam(), jen.Id("spec").Id(p.Spec.Name)).
		Params(jen.Op("*").Id(p.Result.Name), jen.Error()).BlockFunc(func(g *jen.Group) {
		f.purgeValues(g, p, jen.Id("p"))
		g.Return(f.inTransaction(p.Plan, p.Result.Name, f.runPurge(p, jen.Id("tx"))))
	})
	f.Line()
	f.doc(fmt.Sprintf("Purge%s is Provider.Purge%s within the transaction of ops.", s.GoName, s.GoName))
	f.Func().Params(jen.Id("ops").Op("*").Id("WriterOps")).Id("Purge"+s.GoName).Params(ctxParam(), jen.Id("spec").Id(p.Spec.Name)).
		Params(jen.Op("*").Id(p.Result.Name), jen.Error()).BlockFunc(func(g *jen.Group) {
		f.purgeValues(g, p, jen.Id("ops").Dot("provider"))
		g.Return(f.runPurge(p, jen.Id("ops").Dot("tx")))
	})
	f.Line()
}

// stays tells of a row that a purge may leave.
func stays(s *plan.Scope) string {
	if s.Purger.Stays == "" {
		return ""
	}
	return fmt.Sprintf(" When the row is there and is not to be purged, nothing is removed, and the error is %s.", s.Purger.Stays)
}

// purgeValues prints the look-up of the context's values before the transaction.
func (f *file) purgeValues(g *jen.Group, p *plan.Purger, provider jen.Code) {
	f.contextLets(g, p.Context, func(field string) *jen.Statement { return jen.Id(field) }, provider, true)
}

func (f *file) runPurge(p *plan.Purger, tx jen.Code) *jen.Statement {
	args := []jen.Code{jen.Id("ctx"), tx, jen.Id("spec")}
	for _, c := range p.Context {
		args = append(args, jen.Id(c.Name))
	}
	return jen.Id(p.Func).Call(args...)
}
