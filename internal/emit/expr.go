package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/specgen-dev/specgen/internal/plan"
)

// expr prints an expression.
func expr(e plan.Expr) *jen.Statement {
	switch e := e.(type) {
	case *plan.Ident:
		return jen.Id(e.Name)
	case *plan.Select:
		return expr(e.X).Dot(e.Name)
	case *plan.Index:
		return expr(e.X).Index(jen.Lit(e.I))
	case *plan.Qualified:
		return jen.Qual(e.Pkg, e.Name)
	case *plan.CallExpr:
		return expr(e.Fun).CallFunc(func(g *jen.Group) {
			for _, a := range e.Args {
				g.Add(expr(a))
			}
		})
	case *plan.Composite:
		return composite(e)
	case *plan.Lit:
		return jen.Op(e.Source)
	case *plan.Convert:
		return typ(e.Type).Call(expr(e.X))
	case *plan.Deref:
		return jen.Op("*").Add(expr(e.X))
	case *plan.Binary:
		return operand(e.Left, e.Op).Op(e.Op).Add(operand(e.Right, e.Op))
	case *plan.Not:
		if _, ok := e.X.(*plan.Binary); ok {
			return jen.Op("!").Parens(expr(e.X))
		}
		return jen.Op("!").Add(expr(e.X))
	default:
		panic(fmt.Sprintf("emit: no Go for a %T", e))
	}
}

// operand puts parentheses where Go's grammar or precedence needs them: a
// composite literal in a condition, and a chain of another operator.
func operand(e plan.Expr, op string) *jen.Statement {
	switch x := e.(type) {
	case *plan.Composite:
		return jen.Parens(expr(e))
	case *plan.Binary:
		if x.Op != op && (x.Op == "&&" || x.Op == "||") {
			return jen.Parens(expr(e))
		}
	}
	return expr(e)
}

func composite(c *plan.Composite) *jen.Statement {
	s := &jen.Statement{}
	if c.Addr {
		s.Op("&")
	}
	if !c.Elide {
		s.Add(typ(c.Type))
	}
	values := func(g *jen.Group) {
		for _, f := range c.Fields {
			if f.Name == "" {
				g.Add(expr(f.Value))
			} else {
				g.Id(f.Name).Op(":").Add(expr(f.Value))
			}
		}
	}
	return s.CustomFunc(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: c.Lines && len(c.Fields) > 0}, values)
}
