package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/specgen-dev/specgen/internal/goname"
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
	named := s.Answer.Kind == plan.Store && s.Answer.Only == nil || s.Answer.Kind == plan.Batch
	result := jen.Error()
	if named {
		result = jen.Params(jen.Err().Error())
	}
	g.Id("f").Dot("Do").Call(
		jen.Qual(runtimePath, "Step").Values(fields...),
		jen.Func().Params(ctxParam()).Add(result).BlockFunc(func(g *jen.Group) { f.answer(g, s) }),
	)
}

// answer prints the body of a queued call: the query, and what becomes of its
// answer once its error is nil.
func (f *file) answer(g *jen.Group, s *plan.Do) {
	a := s.Answer
	get := func(name string) {
		g.List(jen.Id(name), jen.Err()).Op(":=").Add(f.expr(s.Call))
		g.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err()))
	}
	switch a.Kind {
	case plan.NoAnswer:
		g.Return(f.expr(s.Call))
	case plan.Store:
		if a.Only != nil {
			get("rows")
			g.If(f.expr(a.Only)).Block(jen.Add(f.expr(a.Target)).Op("=").Id("rows"))
			g.Return(jen.Nil())
			return
		}
		if a.Expect != nil {
			g.If(jen.List(f.expr(a.Target), jen.Err()).Op("=").Add(f.expr(s.Call)), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err()))
			g.Return(f.expected(a, length(f.expr(a.Target))))
			return
		}
		g.List(f.expr(a.Target), jen.Err()).Op("=").Add(f.expr(s.Call))
		g.Return(jen.Err())
	case plan.Ignore:
		if a.Expect == nil {
			g.List(jen.Id("_"), jen.Err()).Op(":=").Add(f.expr(s.Call))
			g.Return(jen.Err())
			return
		}
		if a.Rows {
			get("rows")
			g.Return(f.expected(a, length(jen.Id("rows"))))
			return
		}
		get("n")
		g.Return(f.expected(a, counted(a)))
	case plan.Collect, plan.CollectAll:
		name := "row"
		if a.Kind == plan.CollectAll {
			name = "rows"
		}
		get(name)
		if a.Also != nil {
			g.Add(f.expr(a.Also)).Op("=").Id(name)
		}
		added := jen.Id(name)
		if a.Kind == plan.CollectAll {
			added.Op("...")
		}
		g.Add(f.expr(a.Target)).Op("=").Append(f.expr(a.Target), added)
		g.Return(f.expected(a, length(jen.Id(name))))
	case plan.Distribute:
		get("rows")
		owner := jen.Id("row")
		if a.Owner != "" {
			owner.Dot(a.Owner)
		}
		g.Qual(runtimePath, "Distribute").Call(jen.Id("rows"), jen.Func().Params(jen.Id("row").Add(f.typ(a.Type))).Add(f.typ(a.Key)).Block(jen.Return(owner)),
			f.expr(a.Keys), f.expr(a.Target))
		g.Return(jen.Nil())
	case plan.Count:
		get("n")
		g.Add(f.expr(a.Target)).Op("+=").Add(counted(a))
		g.Return(f.expected(a, counted(a)))
	case plan.CountRows:
		get("rows")
		g.Add(f.expr(a.Target)).Op("+=").Add(length(jen.Id("rows")))
		g.Return(f.expected(a, length(jen.Id("rows"))))
	case plan.Batch:
		f.batch(g, s)
	default:
		f.found(g, s)
	}
}

// found prints what a purge does with the answers about its scope.
func (f *file) found(g *jen.Group, s *plan.Do) {
	a := s.Answer
	switch a.Kind {
	case plan.FoundNothing:
		g.List(jen.Id("_"), jen.Err()).Op(":=").Add(f.expr(s.Call))
		g.Return(jen.Qual(runtimePath, "Optional").Call(jen.Err()))
	case plan.FoundLock:
		f.locked(g, s)
	case plan.FoundRow:
		g.List(jen.Id("row"), jen.Err()).Op(":=").Add(f.expr(s.Call))
		g.If(jen.List(f.expr(a.Target), jen.Err()).Op("=").Qual(runtimePath, "Found").Call(jen.Err()), f.expr(a.Target)).Block(
			jen.Add(f.expr(a.Also)).Op("=").Id("row"),
		)
		f.taken(g, a)
	case plan.FoundCount:
		g.List(jen.Id("n"), jen.Err()).Op(":=").Add(f.expr(s.Call))
		g.Add(f.expr(a.Target)).Op("=").Err().Op("==").Nil().Op("&&").Add(counted(a)).Op(">").Lit(0)
		f.taken(g, a)
	default:
		f.refuse(g, s)
	}
}

// taken prints the end of a purge's row: it fails when the row stays that was locked.
func (f *file) taken(g *jen.Group, a plan.Answer) {
	if a.Locked == nil {
		g.Return(jen.Err())
		return
	}
	custom := jen.Nil()
	if a.Error != nil {
		custom = f.expr(a.Error)
	}
	g.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err()))
	g.Return(jen.Qual(runtimePath, "ExpectTaken").Call(f.expr(a.Locked), f.expr(a.Target), custom))
}

// locked prints what becomes of the answer of a purge's lock.
func (f *file) locked(g *jen.Group, s *plan.Do) {
	a := s.Answer
	name, found := "_", jen.Qual(runtimePath, "Found").Call(jen.Err())
	if !a.One {
		name, found = "n", jen.List(counted(a).Op(">").Lit(0), jen.Err())
	}
	g.List(jen.Id(name), jen.Err()).Op(":=").Add(f.expr(s.Call))
	if a.One {
		g.List(f.expr(a.Target), jen.Err()).Op("=").Add(found)
	} else {
		g.Add(f.expr(a.Target)).Op("=").Err().Op("==").Nil().Op("&&").Add(counted(a)).Op(">").Lit(0)
	}
	g.Return(jen.Err())
}

// refuse prints a check that forbids a purge.
func (f *file) refuse(g *jen.Group, s *plan.Do) {
	a := s.Answer
	name, n := "n", jen.Int64().Call(jen.Id("n"))
	if a.Type == goname.Basic("int64") {
		n = jen.Id("n")
	}
	switch a.Kind {
	case plan.RefuseRows:
		name, n = "rows", jen.Int64().Call(jen.Len(jen.Id("rows")))
	case plan.RefuseTrue:
		name, n = "exists", jen.Qual(runtimePath, "CountTrue").Call(jen.Id("exists"))
	}
	g.List(jen.Id(name), jen.Err()).Op(":=").Add(f.expr(s.Call))
	g.If(jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err()))
	if a.Only != nil {
		g.If(jen.Op("!").Add(f.expr(a.Only))).Block(jen.Return(jen.Nil()))
	}
	custom := jen.Nil()
	if a.Error != nil {
		custom = f.expr(a.Error)
	}
	if a.Child != "" {
		g.Return(jen.Qual(runtimePath, "RefuseChildren").Call(jen.Lit(a.Child), n, custom))
		return
	}
	g.Return(jen.Qual(runtimePath, "Refuse").Call(n, custom))
}

// counted is the number of rows that n stands for.
func counted(a plan.Answer) *jen.Statement {
	if a.Tag {
		return jen.Id("n").Dot("RowsAffected").Call()
	}
	return jen.Id("n")
}

// length is the number of rows in a list.
func length(list jen.Code) *jen.Statement { return jen.Int64().Call(jen.Len(list)) }

// expected is the check of a number of rows; nil where any will do.
func (f *file) expected(a plan.Answer, n *jen.Statement) *jen.Statement {
	if a.Expect == nil {
		return jen.Nil()
	}
	return jen.Qual(runtimePath, a.Expect.Check).Call(n, jen.Lit(int(a.Expect.N)))
}
