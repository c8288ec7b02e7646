package plan

import (
	"testing"

	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/spec"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

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

// COMMIT may be sent before an answer is read only where no answer but an error makes
// the coordinator fail.
func TestUndecided(t *testing.T) {
	t.Parallel()
	count := &spec.Expect{}
	sure, unsure := &schema.Query{SingleRow: true}, &schema.Query{}
	for name, tc := range map[string]struct {
		cmd  string
		call model.Call
		want string
	}{
		"no answer":                           {"exec", model.Call{}, ""},
		"a count that nothing is expected of": {"execrows", model.Call{}, ""},
		"a tag that nothing is expected of":   {"execresult", model.Call{}, ""},
		"a count":                             {"execrows", model.Call{Expect: count}, "expects a number of rows"},
		"rows":                                {"many", model.Call{}, ""},
		"rows of which a number is expected":  {"many", model.Call{Expect: count}, "expects a number of rows"},
		"the row of an INSERT":                {"one", model.Call{Facts: sure}, ""},
		"a row that may not be there":         {"one", model.Call{Facts: unsure}, "may find no row"},
		"a lock that may find none":           {"one", model.Call{Facts: unsure, Role: model.PurgeLock}, ""},
		"a lock that must find one":           {"one", model.Call{Role: model.PurgeLock, Decisive: "it has conditions"}, "decides whether anything is done (it has conditions)"},
		"a purge's row":                       {"one", model.Call{Facts: unsure, Role: model.PurgeRow}, ""},
		"a purge's row that may stay":         {"execrows", model.Call{Role: model.PurgeRow, Guarded: "it has conditions"}, "may leave the row (it has conditions)"},
		"a parent's lock":                     {"one", model.Call{Facts: unsure, Role: model.ParentLock}, "may find no row"},
		"a refusal":                           {"one", model.Call{Facts: sure, Role: model.Refusal}, "may refuse"},
		"children":                            {"many", model.Call{Role: model.ChildList}, "may refuse"},
		"a command that is not known":         {"copyfrom", model.Call{}, "is :copyfrom"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := tc.call
			c.Query = &sqlcapi.Query{Cmd: tc.cmd}
			if got := undecided(&c); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}
