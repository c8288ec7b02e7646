package emit

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/plan"
)

var teamType = goname.Named("example.com/app/db", "db", "Team")

func ident(name string) plan.Expr { return &plan.Ident{Name: name} }

func call(fun string, args ...plan.Expr) plan.Expr {
	return &plan.CallExpr{Fun: ident(fun), Args: args}
}

func binary(op string, left, right plan.Expr) plan.Expr {
	return &plan.Binary{Op: op, Left: left, Right: right}
}

func TestExpr(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		expr plan.Expr
		want string
	}{
		"a name": {ident("x"), "x"},
		"a field of a composite in the head of an if": {&plan.Select{X: &plan.Composite{Type: teamType}, Name: "ID"}, "(db.Team{}).ID"},
		"a field of an address":                       {&plan.Select{X: &plan.Composite{Type: teamType, Addr: true}, Name: "ID"}, "&db.Team{}.ID"},
		"an element with a comment":                   {&plan.Index{X: ident("list"), I: 2, Comment: "owner"}, "list[2 /* owner */]"},
		"an element":                                  {&plan.Index{X: ident("list"), I: 2}, "list[2]"},
		"the first of a group":                        {&plan.Select{X: &plan.First{X: ident("group")}, Name: "ID"}, "group[0].ID"},
		"a function literal": {&plan.Func{Param: "x", Type: teamType, Result: goname.Basic("string"), Value: &plan.Select{X: ident("x"), Name: "Name"}}, `
func(x db.Team) string {
	return x.Name
}`},
		"a name of another package":              {&plan.Qualified{Pkg: "example.com/app/funcs", PkgName: "funcs", Name: "Slug"}, "funcs.Slug"},
		"a name of the package itself":           {&plan.Qualified{Pkg: "example.com/gen", PkgName: "gen", Name: "Team"}, "Team"},
		"a call":                                 {&plan.CallExpr{Fun: ident("f"), Args: []plan.Expr{ident("a"), &plan.Lit{Source: "1"}}}, "f(a, 1)"},
		"a conversion":                           {&plan.Convert{Type: goname.Basic("int64").SliceOf(), X: ident("x")}, "[]int64(x)"},
		"an address of what a pointer points to": {&plan.AddrOf{X: &plan.Deref{X: ident("x")}}, "&*x"},
		"the same operator needs no parentheses": {binary("&&", binary("&&", ident("a"), ident("b")), ident("c")), "a && b && c"},
		"another operator does":                  {binary("&&", binary("||", ident("a"), ident("b")), ident("c")), "(a || b) && c"},
		"a comparison binds closer":              {binary("||", binary("==", ident("a"), ident("b")), ident("c")), "a == b || c"},
		"a composite in a comparison":            {binary("==", ident("a"), &plan.Composite{Type: teamType}), "a == (db.Team{})"},
		"not a comparison":                       {&plan.Not{X: binary("==", ident("a"), ident("b"))}, "!(a == b)"},
		"not a name":                             {&plan.Not{X: ident("a")}, "!a"},
		"a composite with names":                 {&plan.Composite{Type: teamType, Addr: true, Fields: []plan.FieldValue{{Name: "ID", Value: ident("id")}, {Name: "Name", Value: &plan.Lit{Source: `"x"`}}}}, `&db.Team{ID: id, Name: "x"}`},
		"a composite in lines": {&plan.Composite{Type: goname.Basic("int").SliceOf(), Lines: true, Fields: []plan.FieldValue{{Value: &plan.Lit{Source: "1"}}, {Value: &plan.Lit{Source: "2"}}}}, `
[]int{
	1,
	2,
}`},
		"a composite whose type is known": {&plan.Composite{Type: goname.Basic("int").SliceOf(), Fields: []plan.FieldValue{{Value: &plan.Composite{Elide: true}}}}, "[]int{{}}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := printed(t, &plan.Let{Value: tc.expr, NoValue: true})
			if diff := cmp.Diff(unindented(tc.want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
