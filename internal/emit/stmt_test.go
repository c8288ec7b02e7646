package emit

import (
	"strings"
	"testing"

	"github.com/dave/jennifer/jen"
	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/plan"
)

// printed is how statements are printed, as the body of a function.
func printed(t *testing.T, list ...plan.Stmt) string {
	t.Helper()
	f := newFile(&plan.Package{Name: "gen", ImportPath: "example.com/gen"})
	f.Func().Id("body").Params().BlockFunc(func(g *jen.Group) { f.failIn().stmts(g, list) })
	text, err := source(f)
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(text), "func body() {\n")
	return unindented(strings.TrimSuffix(body, "}\n"))
}

// unindented takes the tab of the first line off every line, and the empty lines
// around the text.
func unindented(text string) string {
	text = strings.Trim(text, "\n")
	tabs := text[:len(text)-len(strings.TrimLeft(text, "\t"))]
	return strings.Trim(strings.ReplaceAll("\n"+text, "\n"+tabs, "\n"), "\n\t")
}

func TestStmt(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		stmt plan.Stmt
		want string
	}{
		"define": {&plan.Let{Name: ident("x"), Value: call("f")}, "x := f()"},
		"assign": {&plan.Let{Name: ident("x"), Assign: true, Value: call("f")}, "x = f()"},
		"define what may fail": {&plan.Let{Name: ident("x"), Value: call("f"), Fails: true, Step: "$go.F"}, `
x, err := f()
if err != nil {
	return nil, op.Fail("$go.F", err)
}`},
		"assign what may fail": {&plan.Let{Name: ident("x"), Assign: true, Value: call("f"), Fails: true, Step: "$go.F"}, `
if x, err = f(); err != nil {
	return nil, op.Fail("$go.F", err)
}`},
		"an error alone": {&plan.Let{Value: call("f"), Fails: true, NoValue: true, Step: "$go.F"}, `
if err := f(); err != nil {
	return nil, op.Fail("$go.F", err)
}`},
		"no value": {&plan.Let{Value: call("f"), NoValue: true}, "f()"},
		"declare":  {&plan.VarDecl{Name: "x", Type: goname.Named("example.com/app/db", "db", "Team").SliceOf()}, "var x []db.Team"},
		"append":   {&plan.Append{Target: ident("x"), Value: ident("y")}, "x = append(x, y)"},
		"a condition": {&plan.If{Cond: ident("ok"), Body: []plan.Stmt{&plan.Assign{Target: ident("x"), Value: ident("y")}, &plan.Continue{}}}, `
if ok {
	x = y
	continue
}`},
		"a loop": {&plan.Range{Var: "x", Over: ident("list"), Body: []plan.Stmt{&plan.Append{Target: ident("all"), Value: ident("x")}}}, `
for _, x := range list {
	all = append(all, x)
}`},
		"a loop whose element nobody reads": {&plan.Range{Over: ident("list")}, `
for range list {
}`},
		"each item": {&plan.Items{Var: "item", Over: ident("items"), Item: "teamItem"}, `
for item := range runtime.Items(op, items) {
}`},
		"each item in the order of its keys": {&plan.Items{Var: "item", Over: ident("items"), Item: "teamItem", By: call("key", ident("item"))}, `
for item := range runtime.ItemsBy(op, items, func(item *teamItem) string {
	return key(item)
}) {
}`},
		"each item that is not the same": {&plan.Items{Over: ident("items"), Item: "teamItem", By: call("key", ident("item")), Distinct: true}, `
for range runtime.DistinctItems(op, items, func(item *teamItem) string {
	return key(item)
}) {
}`},
		"after the commit": {&plan.AfterCommit{Step: "$go.F", Call: call("f", ident("ctx"))}, `
op.AfterCommit("$go.F", func(ctx context.Context) error {
	f(ctx)
	return nil
})`},
		"after the commit, an error": {&plan.AfterCommit{Step: "$go.F", Call: call("f"), Fails: true}, `
op.AfterCommit("$go.F", func(ctx context.Context) error {
	return f()
})`},
		"after the commit, a value and an error": {&plan.AfterCommit{Step: "$go.F", Call: call("f"), Fails: true, Value: true}, `
op.AfterCommit("$go.F", func(ctx context.Context) error {
	_, err := f()
	return err
})`},
		"how a scope is looked up": {&plan.LookUp{Query: "GetTeam", Call: call("q.GetTeam", ident("ctx"))}, `
op.LookUp("GetTeam", func(ctx context.Context) error {
	_, err := q.GetTeam(ctx)
	return err
})`},
		"all that a call says of itself": {&plan.Do{Step: "lock", Query: "LockTeam", Missing: ident("ErrNoTeam"), Lock: call("key"), Copied: true, Locks: true, Deletes: true, MayVanish: []string{"a", "b"}, Call: call("q"), Answer: &plan.NoAnswer{}}, `
f.Do(runtime.Step{Name: "lock", Query: "LockTeam", Missing: ErrNoTeam, Lock: key(), Copied: true, Locks: true, Deletes: true, MayVanish: []string{"a", "b"}}, func(ctx context.Context) error {
	return q()
})`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(unindented(tc.want), printed(t, tc.stmt)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
