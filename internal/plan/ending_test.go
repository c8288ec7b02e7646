package plan

import "testing"

// What stands behind the last answer may fail wherever it stands: in a loop, in a
// condition, in an argument.
func TestMayFail(t *testing.T) {
	t.Parallel()
	app := &Qualified{Pkg: "example.com/app/funcs", PkgName: "funcs", Name: "Token"}
	harmless := call(inScope("Ptr"), ident("x"))
	hook := &AfterCommit{Call: call(app), Fails: true}
	for name, tc := range map[string]struct {
		stmt Stmt
		want bool
	}{
		"an error":                    {&Let{Name: ident("x"), Value: harmless, Fails: true}, true},
		"a function of the app":       {&Let{Name: ident("x"), Value: call(app)}, true},
		"as an argument":              {&Assign{Target: ident("x"), Value: call(inScope("Ptr"), call(app))}, true},
		"in a condition":              {&If{Cond: &Not{X: call(app)}}, true},
		"in a composite":              {&Append{Target: ident("x"), Value: &Composite{Fields: []FieldValue{{Value: call(app)}}}}, true},
		"over what a loop goes":       {&Range{Over: call(app)}, true},
		"in a loop":                   {&Range{Over: ident("x"), Body: []Stmt{&Let{Name: ident("x"), Value: call(app)}}}, true},
		"for each item":               {&Items{Over: ident("items"), Body: []Stmt{&If{Cond: ident("c"), Body: []Stmt{&Let{Name: ident("x"), Value: harmless, Fails: true}}}}}, true},
		"by what items are sorted":    {&Items{Over: ident("items"), By: call(app)}, true},
		"an id of the app's source":   {&Let{Name: ident("x"), Value: call(&Select{X: ident("op"), Name: "NewUUID"})}, true},
		"one of a list":               {&If{Cond: &Select{X: &Index{X: ident("list"), I: 1}, Name: "OK"}}, true},
		"nothing":                     {&Let{Name: ident("x"), Value: harmless}, false},
		"a hook, which is queued":     {hook, false},
		"a hook of each item":         {&Items{Over: ident("items"), Body: []Stmt{&If{Cond: ident("c"), Body: []Stmt{hook}}}}, false},
		"a length, a time and a text": {&Assign{Target: ident("x"), Value: call(ident("len"), call(&Qualified{Pkg: "strconv", Name: "FormatInt"}, ident("y")))}, false},
	} {
		if got := mayFail([]Stmt{&VarDecl{Name: "x"}, &Continue{}, tc.stmt}); got != tc.want {
			t.Errorf("%s: %t, want %t", name, got, tc.want)
		}
	}
}
