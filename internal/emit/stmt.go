package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/specgen-dev/specgen/internal/plan"
)

// printer prints statements. fail returns the statement that ends the function
// when the Go code of a step failed with err.
type printer struct {
	*file
	fail func(step string) *jen.Statement
}

// stmts prints a list of statements.
func (f printer) stmts(g *jen.Group, list []plan.Stmt) {
	for _, s := range list {
		f.stmt(g, s)
	}
}

func (f printer) stmt(g *jen.Group, s plan.Stmt) {
	switch s := s.(type) {
	case *plan.Let:
		f.let(g, s)
	case *plan.VarDecl:
		g.Var().Id(s.Name).Add(f.typ(s.Type))
	case *plan.Assign:
		g.Add(f.expr(s.Target)).Op("=").Add(f.expr(s.Value))
	case *plan.Append:
		g.Add(f.expr(s.Target)).Op("=").Append(f.expr(s.Target), f.expr(s.Value))
	case *plan.If:
		g.If(f.expr(s.Cond)).BlockFunc(func(g *jen.Group) { f.stmts(g, s.Body) })
	case *plan.Range:
		head := jen.Range().Add(f.expr(s.Over))
		if s.Var != "" {
			head = jen.List(jen.Id("_"), jen.Id(s.Var)).Op(":=").Add(head)
		}
		g.For(head).BlockFunc(func(g *jen.Group) {
			f.stmts(g, s.Body)
		})
	case *plan.Items:
		f.items(g, s)
	case *plan.Continue:
		g.Continue()
	case *plan.Do:
		f.do(g, s)
	case *plan.AfterCommit:
		f.afterCommit(g, s)
	case *plan.LookUp:
		f.lookUp(g, s)
	default:
		panic(fmt.Sprintf("emit: no Go for a %T", s))
	}
}

func (f printer) let(g *jen.Group, s *plan.Let) {
	op := ":="
	if s.Assign {
		op = "="
	}
	switch {
	case s.Fails && s.NoValue:
		g.If(jen.Err().Op(":=").Add(f.expr(s.Value)), jen.Err().Op("!=").Nil()).Block(f.fail(s.Step))
	case s.Fails && s.Assign:
		g.If(jen.List(f.expr(s.Name), jen.Err()).Op("=").Add(f.expr(s.Value)), jen.Err().Op("!=").Nil()).Block(f.fail(s.Step))
	case s.Fails:
		g.List(f.expr(s.Name), jen.Err()).Op(":=").Add(f.expr(s.Value))
		g.If(jen.Err().Op("!=").Nil()).Block(f.fail(s.Step))
	case s.NoValue:
		g.Add(f.expr(s.Value))
	default:
		g.Add(f.expr(s.Name)).Op(op).Add(f.expr(s.Value))
	}
}

// assignsError reports whether a list of statements assigns an err that must
// be declared in front of it: by none that an earlier one in the same block
// defines.
func assignsError(list []plan.Stmt) bool {
	for _, s := range list {
		assigns := false
		switch s := s.(type) {
		case *plan.Let:
			if s.Fails && !s.Assign && !s.NoValue {
				return false
			}
			assigns = s.Fails && s.Assign && !s.NoValue
		case *plan.If:
			assigns = assignsError(s.Body)
		case *plan.Range:
			assigns = assignsError(s.Body)
		case *plan.Items:
			assigns = assignsError(s.Body)
		default: // it assigns no err
		}
		if assigns {
			return true
		}
	}
	return false
}

func (f *file) afterCommit(g *jen.Group, s *plan.AfterCommit) {
	g.Id("op").Dot("AfterCommit").Call(jen.Lit(s.Step), jen.Func().Params(ctxParam()).Error().BlockFunc(func(g *jen.Group) {
		switch {
		case s.Fails && s.Value:
			g.List(jen.Id("_"), jen.Err()).Op(":=").Add(f.expr(s.Call))
			g.Return(jen.Err())
		case s.Fails:
			g.Return(f.expr(s.Call))
		default:
			g.Add(f.expr(s.Call))
			g.Return(jen.Nil())
		}
	}))
}

// lookUp prints how the scope is found after a COMMIT that was not answered.
func (f *file) lookUp(g *jen.Group, s *plan.LookUp) {
	g.Id("op").Dot("LookUp").Call(jen.Lit(s.Query), jen.Func().Params(ctxParam()).Error().Block(
		jen.List(jen.Id("_"), jen.Err()).Op(":=").Add(f.expr(s.Call)),
		jen.Return(jen.Err()),
	))
}

func ctxParam() *jen.Statement { return jen.Id("ctx").Qual("context", "Context") }

// do prints the queueing of a call on the flush f.
func (f *file) do(g *jen.Group, s *plan.Do) {
	fields := []jen.Code{jen.Id("Name").Op(":").Lit(s.Step), jen.Id("Query").Op(":").Lit(s.Query)}
	if s.Missing != nil {
		fields = append(fields, jen.Id("Missing").Op(":").Add(f.expr(s.Missing)))
	}
	if s.Lock != nil {
		fields = append(fields, jen.Id("Lock").Op(":").Add(f.expr(s.Lock)))
	}
	if s.Copied {
		fields = append(fields, jen.Id("Copied").Op(":").True())
	}
	if s.Locks {
		fields = append(fields, jen.Id("Locks").Op(":").True())
	}
	if s.Deletes {
		fields = append(fields, jen.Id("Deletes").Op(":").True())
	}
	if len(s.MayVanish) > 0 {
		fields = append(fields, jen.Id("MayVanish").Op(":").Index().String().ValuesFunc(func(g *jen.Group) {
			for _, name := range s.MayVanish {
				g.Lit(name)
			}
		}))
	}
	result := jen.Error()
	if namesError(s.Answer) {
		result = jen.Params(jen.Err().Error())
	}
	g.Id("f").Dot("Do").Call(
		jen.Qual(runtimePath, "Step").Values(fields...),
		jen.Func().Params(ctxParam()).Add(result).BlockFunc(func(g *jen.Group) { f.answer(g, s) }),
	)
}
