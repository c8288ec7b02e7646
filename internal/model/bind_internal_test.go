package model

import (
	"testing"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/spec"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// No rule may bind what identifies a row, or what the database would fill in.
func TestIsProtected(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		arg  Arg
		want bool
	}{
		"a column":                {Arg{written: true, column: &schema.Column{Name: "team_id"}}, false},
		"a column named id":       {Arg{written: true, column: &schema.Column{Name: "id"}}, true},
		"a primary key":           {Arg{written: true, primary: true, column: &schema.Column{Name: "team_id"}}, true},
		"a column with a default": {Arg{written: true, column: &schema.Column{Name: "team_id", Default: true}}, true},
		"an id that is looked up": {Arg{primary: true, column: &schema.Column{Name: "id"}}, false},
		"no column":               {Arg{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := isProtected(&tc.arg); got != tc.want {
				t.Errorf("it is protected: %t, want %t", got, tc.want)
			}
		})
	}
}

// A list of the values of a column goes by the name of the column, and a column of
// lists by the name of the parameter.
func TestRuleName(t *testing.T) {
	t.Parallel()
	column, lists := &schema.Column{Name: "team_id"}, &schema.Column{Name: "team_id", Array: true}
	for name, tc := range map[string]struct {
		arg  Arg
		want string
	}{
		"a value":                 {Arg{Name: "team", column: column}, "team"},
		"a list of values":        {Arg{Name: "teams", Shape: Shape{Kind: List}, column: column}, "team_id"},
		"a column of lists":       {Arg{Name: "teams", Shape: Shape{Kind: List}, column: lists}, "teams"},
		"a list of nothing known": {Arg{Name: "teams", Shape: Shape{Kind: List}}, "teams"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := ruleName(&tc.arg); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

// An entry of `with` names a parameter as SQL does, as Go does, or by the column that
// sqlc.yaml renames, in this order.
func TestMatchWith(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		with string
		want int // the parameter, -1 for none
	}{
		"as in SQL":                             {"team_id", 0},
		"as in Go":                              {"TeamID", 0},
		"in another case":                       {"teamId", 0},
		"the column":                            {"kind", 1},
		"the parameter's name":                  {"type", 1},
		"the name before the column of another": {"slug", 2},
		"unknown":                               {"teem_id", -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var problems diag.List
			r := &resolver{problems: &problems}
			c := &Call{Query: &sqlcapi.Query{Name: "Q"}, Args: []*Arg{
				{Name: "team_id", Param: sqlcapi.Param{Name: "TeamID"}},
				{Name: "type", Param: sqlcapi.Param{Name: "Type"}, column: &schema.Column{Name: "kind"}},
				{Name: "slug", Param: sqlcapi.Param{Name: "Slug"}, column: &schema.Column{Name: "name"}},
				{Name: "other", Param: sqlcapi.Param{Name: "Other"}, column: &schema.Column{Name: "slug"}},
			}}
			given, unknown := r.matchWith(c, &spec.Query{With: []*spec.Binding{{Name: spec.Text{Value: tc.with}}}})
			if tc.want < 0 {
				if len(given) > 0 || len(unknown) != 1 || len(problems.Sorted()) != 1 || problems.Sorted()[0].Code != "SG214" {
					t.Errorf("given %v, unknown %v, problems %v; want SG214", given, unknown, problems.Sorted())
				}
				return
			}
			if given[tc.want] == nil || len(given) != 1 || len(unknown) > 0 || problems.Len() > 0 {
				t.Errorf("given %v, unknown %v, problems %v; want parameter %d", given, unknown, problems.Sorted(), tc.want)
			}
		})
	}
}

// A parameter is bound to the field of the one loop around it that has the name; of
// two loops, the user must say which.
func TestLoopRule(t *testing.T) {
	t.Parallel()
	loop := func(name string, fields ...string) *Loop {
		d := &DataStruct{}
		for _, f := range fields {
			d.Fields = append(d.Fields, &DataField{Name: f})
		}
		return &Loop{Var: name, Data: d}
	}
	for name, tc := range map[string]struct {
		loops []*Loop
		outer int // of them, those around the whole of a nested scope
		want  string
		code  string
	}{
		"no loop":                  {nil, 0, "", ""},
		"one":                      {[]*Loop{loop("role", "name")}, 0, "$role.name", ""},
		"one without the field":    {[]*Loop{loop("role", "slug")}, 0, "", ""},
		"the outer of two":         {[]*Loop{loop("role", "name"), loop("grant", "object")}, 0, "$role.name", ""},
		"both":                     {[]*Loop{loop("role", "name"), loop("grant", "name")}, 0, "", "SG402"},
		"one around nested scopes": {[]*Loop{loop("role", "name")}, 1, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var problems diag.List
			r := &resolver{problems: &problems}
			en := &env{loops: tc.loops, frame: &frame{loops: tc.loops[:tc.outer]}}
			v, ambiguous := r.loopRule(&Call{Query: &sqlcapi.Query{Name: "Q"}}, &Arg{Name: "name"}, en)
			got, code := "", ""
			if v != nil {
				got = v.String()
			}
			if problems.Len() > 0 {
				code = problems.Sorted()[0].Code
			}
			if got != tc.want || code != tc.code || ambiguous != (tc.code != "") {
				t.Errorf("%q, code %q, ambiguous %t; want %q, %q", got, code, ambiguous, tc.want, tc.code)
			}
		})
	}
}
