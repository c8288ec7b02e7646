package driver_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/plan"
)

// TestOneAndManyFailAlike makes each Go function of each case fail, and empties each
// table that must have rows, in every call of the case's script: one and many leave the
// same rows, on a fresh and on a warm connection, and none where the error came before
// the commit.
func TestOneAndManyFailAlike(t *testing.T) {
	t.Parallel()
	root := newModule(t)
	cases := slices.DeleteFunc(loadCases(t, root), func(c *caseFile) bool { return c.script == "" || c.section("funcs/funcs.go") == nil })
	calls := 0
	for _, c := range cases {
		g, err := driver.Generate(filepath.Join(c.dir, "specgen.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.Write(); err != nil {
			t.Fatal(err)
		}
		functions := breakFunctions(t, c)
		for table := range needed(g.Project) {
			functions = append(functions, "empty "+table) // alike.Empties
		}
		slices.Sort(functions)
		var n int
		c.script, n = inEveryWay(t, c.script, functions, g.Plan)
		calls += n
	}
	writeProgram(t, root, cases)
	binary := filepath.Join(root, "cases")
	goIn(t, root, "build", "-o", binary, ".")
	p := startProgram(t, binary)
	for _, c := range cases {
		if a := p.run(t, c); a.Error != "" {
			t.Errorf("%s: %s", c.name, a.Error)
		}
	}
	t.Logf("%d calls in %d cases", calls, len(cases))
	if len(cases) >= 8 && calls < 30 {
		t.Errorf("%d calls in %d cases were tried, want 30 at least", calls, len(cases))
	}
}

// needed are the tables that a step reads which must return rows.
func needed(p *model.Project) map[string]bool {
	tables := map[string]bool{}
	for _, s := range p.Scopes {
		for _, c := range model.Calls(s.Create.Body) {
			if c.Expect == nil || !c.Expect.AtLeast {
				continue
			}
			for _, table := range c.Facts.Reads {
				tables[table] = true
			}
		}
	}
	return tables
}

// breakFunctions has each exported function of a case fail when it is told to: by
// its error, or by a panic if it returns none.
func breakFunctions(t *testing.T, c *caseFile) []string {
	t.Helper()
	name := filepath.Join(c.dir, "funcs", "funcs.go")
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var functions []string
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || !fn.Name.IsExported() || !strings.Contains(string(c.section("specgen.yaml")), "$go."+fn.Name.Name+"(") {
			continue
		}
		functions = append(functions, fn.Name.Name)
		var results []string
		if fn.Type.Results != nil {
			for _, r := range fn.Type.Results.List {
				results = append(results, spell(t, files, r.Type))
			}
		}
		end := "panic(err)"
		if last := len(results) - 1; last >= 0 && results[last] == "error" {
			for i := range last {
				results[i] = "*new(" + results[i] + ")"
			}
			results[last] = "err"
			end = "return " + strings.Join(results, ", ")
		}
		fn.Body.List = slices.Insert(fn.Body.List, 0, statement(t, fmt.Sprintf("if err := alike.Fails(%q); err != nil { %s }", fn.Name.Name, end)))
	}
	text := spell(t, files, f)
	head := "package " + f.Name.Name
	text = strings.Replace(text, head, head+"\n\nimport \""+casesModule+"/alike\"\n", 1)
	writeFile(t, name, []byte(text))
	return functions
}

// inEveryWay replaces each call of a provider p of a script by alike.Call, and
// counts them.
func inEveryWay(t *testing.T, script string, functions []string, p *plan.Package) (string, int) {
	t.Helper()
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, "script.go", "package p\nfunc _() {\n"+script+"\n}\n", 0)
	if err != nil {
		t.Fatal(err)
	}
	var provider *ast.CallExpr // of p
	ast.Inspect(f, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && provider == nil && len(a.Lhs) == 1 && spell(t, files, a.Lhs[0]) == "p" {
			provider, _ = a.Rhs[0].(*ast.CallExpr)
		}
		return true
	})
	if provider == nil {
		return script, 0
	}
	construct := spell(t, files, provider)
	construct = strings.Replace(construct, "(pool", "(db", 1)
	var calls []*ast.CallExpr
	ast.Inspect(f, func(node ast.Node) bool {
		if c, ok := node.(*ast.CallExpr); ok && len(c.Args) == 2 && strings.HasPrefix(spell(t, files, c.Fun), "p.") {
			calls = append(calls, c)
		}
		return true
	})
	n := 0
	for _, c := range calls {
		method := strings.TrimPrefix(spell(t, files, c.Fun), "p.")
		for _, s := range p.Scopes {
			i := slices.IndexFunc(s.Operations, func(o *plan.Operation) bool { return o.Method() == method })
			if i < 0 {
				continue
			}
			many, spec := s.Operations[i].MethodForMany(), s.Operations[i].Spec.Name
			n++
			one := spell(t, files, c.Fun)
			of := func(method, arg string) string {
				return fmt.Sprintf("func(ctx context.Context, db scope.DB, spec gen.%s) (%%s, error) { return %s.%s(ctx, %s) }", spec, construct, method, arg)
			}
			result := "*gen." + s.GoName + strings.TrimSuffix(strings.TrimPrefix(spec, s.GoName), "Spec") + "Result"
			call, err := parser.ParseExpr(fmt.Sprintf("alike.Call(_ctx, pool, []string{%s}, _spec, %s, %s, func(spec gen.%s) (%s, error) { return %s(ctx, spec) })",
				quoted(functions), fmt.Sprintf(of(method, "spec"), result), fmt.Sprintf(of(many, fmt.Sprintf("[]gen.%s{spec}", spec)), "[]"+result), spec, result, one))
			if err != nil {
				t.Fatal(err)
			}
			made := call.(*ast.CallExpr)
			made.Args[0], made.Args[3] = c.Args[0], c.Args[1]
			c.Fun, c.Args = made.Fun, made.Args
			break
		}
	}
	text := spell(t, files, f)
	text = text[strings.Index(text, "{")+1 : strings.LastIndex(text, "}")]
	return text, n
}

func quoted(names []string) string {
	var out []string
	for _, n := range names {
		out = append(out, fmt.Sprintf("%q", n))
	}
	return strings.Join(out, ", ")
}

// statement parses one statement.
func statement(t *testing.T, text string) ast.Stmt {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() {\n"+text+"\n}\n", 0)
	if err != nil {
		t.Fatal(err)
	}
	return f.Decls[0].(*ast.FuncDecl).Body.List[0]
}

func spell(t *testing.T, files *token.FileSet, n any) string {
	t.Helper()
	var b bytes.Buffer
	if err := format.Node(&b, files, n); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
