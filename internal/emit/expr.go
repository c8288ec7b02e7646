package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/specgen-dev/specgen/internal/plan"
)

// expr prints an expression.
func (f *file) expr(e plan.Expr) *jen.Statement {
	switch e := e.(type) {
	case *plan.Ident:
		return jen.Id(e.Name)
	case *plan.Select:
		if c, ok := e.X.(*plan.Composite); ok && !c.Addr {
			return jen.Parens(f.expr(c)).Dot(e.Name) // it may stand in the head of an if
		}
		return f.expr(e.X).Dot(e.Name)
	case *plan.Index:
		if e.Comment == "" {
			return f.expr(e.X).Index(jen.Lit(e.I))
		}
		return f.expr(e.X).Index(jen.Lit(e.I).Comment("/* " + e.Comment + " */"))
	case *plan.First:
		return f.expr(e.X).Index(jen.Lit(0))
	case *plan.Func:
		return jen.Func().Params(jen.Id(e.Param).Add(f.typ(e.Type))).Add(f.typ(e.Result)).Block(jen.Return(f.expr(e.Value)))
	case *plan.Qualified:
		return f.qual(e.Pkg, e.PkgName, e.Name)
	case *plan.CallExpr:
		return f.expr(e.Fun).CallFunc(func(g *jen.Group) {
			for _, a := range e.Args {
				g.Add(f.expr(a))
			}
		})
	case *plan.Composite:
		return f.composite(e)
	case *plan.Lit:
		return jen.Op(e.Source)
	case *plan.Convert:
		return f.typ(e.Type).Call(f.expr(e.X))
	case *plan.Deref:
		return jen.Op("*").Add(f.expr(e.X))
	case *plan.AddrOf:
		return jen.Op("&").Add(f.expr(e.X))
	case *plan.Binary:
		return f.operand(e.Left, e.Op).Op(e.Op).Add(f.operand(e.Right, e.Op))
	case *plan.Not:
		if _, ok := e.X.(*plan.Binary); ok {
			return jen.Op("!").Parens(f.expr(e.X))
		}
		return jen.Op("!").Add(f.expr(e.X))
	default:
		panic(fmt.Sprintf("emit: no Go for a %T", e))
	}
}

// operand puts parentheses where Go's grammar or precedence needs them: a
// composite literal in a condition, and a chain of another operator.
func (f *file) operand(e plan.Expr, op string) *jen.Statement {
	switch x := e.(type) {
	case *plan.Composite:
		return jen.Parens(f.expr(e))
	case *plan.Binary:
		if x.Op != op && (x.Op == "&&" || x.Op == "||") {
			return jen.Parens(f.expr(e))
		}
	default: // it binds tighter than any operator
	}
	return f.expr(e)
}

func (f *file) composite(c *plan.Composite) *jen.Statement {
	s := &jen.Statement{}
	if c.Addr {
		s.Op("&")
	}
	if !c.Elide {
		s.Add(f.typ(c.Type))
	}
	values := func(g *jen.Group) {
		for _, field := range c.Fields {
			if field.Name == "" {
				g.Add(f.expr(field.Value))
			} else {
				g.Id(field.Name).Op(":").Add(f.expr(field.Value))
			}
		}
	}
	return s.CustomFunc(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: c.Lines && len(c.Fields) > 0}, values)
}
