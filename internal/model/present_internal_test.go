package model

import (
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

func input(name string) *InputValue { return &InputValue{Input: &Input{Name: name}} }

func all(conds ...Cond) Cond { return &Junction{Conds: conds} }

func anyOf(conds ...Cond) Cond { return &Junction{Any: true, Conds: conds} }

func not(c Cond) Cond { return &Negation{Cond: c} }

// SQL's logic has three values: what is not NULL where a condition holds says
// nothing of where it does not.
func TestSetWhen(t *testing.T) {
	t.Parallel()
	a, b, null := input("a"), input("b"), &Literal{Null: true}
	set, equal, isNull := &IsSet{Value: a}, &Compare{Left: a, Right: b}, &Compare{Left: a, Right: null}
	for name, tc := range map[string]struct {
		cond             Cond
		holds, otherwise string
	}{
		"set":                        {set, "$input.a", ""},
		"not set":                    {not(set), "", "$input.a"},
		"not not set":                {not(not(set)), "$input.a", ""},
		"equal":                      {equal, "$input.a $input.b", ""},
		"equal to null":              {isNull, "", "$input.a"},
		"not equal to null":          {not(isNull), "$input.a", ""},
		"both":                       {all(set, &IsSet{Value: b}), "$input.a $input.b", ""},
		"one of two":                 {anyOf(set, &IsSet{Value: b}), "", ""},
		"one of two, which is one":   {anyOf(set), "", ""},
		"neither is not set":         {not(anyOf(not(set), not(&IsSet{Value: b}))), "$input.a $input.b", ""},
		"not both of what says null": {not(all(not(set), isNull)), "", ""},
		"both, one of which is null": {all(isNull, &IsSet{Value: b}), "$input.b", ""},
		"true":                       {&Truth{Value: a}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := names(setWhen(tc.cond, true)); got != tc.holds {
				t.Errorf("where it holds, %q are set, want %q", got, tc.holds)
			}
			if got := names(setWhen(tc.cond, false)); got != tc.otherwise {
				t.Errorf("where it does not, %q are set, want %q", got, tc.otherwise)
			}
		})
	}
}

func names(values []Value) string {
	var names []string
	for _, v := range values {
		names = append(names, v.String())
	}
	return strings.Join(names, " ")
}

func TestFilterExcludesNull(t *testing.T) {
	t.Parallel()
	one, null := &Literal{Text: "x"}, &Literal{Null: true}
	for name, tc := range map[string]struct {
		filter Filter
		want   bool
	}{
		"equal":                  {Filter{Any: []Value{one}}, true},
		"not equal":              {Filter{Any: []Value{one}, Not: true}, false},
		"null":                   {Filter{Any: []Value{null}}, false},
		"not null":               {Filter{Any: []Value{null}, Not: true}, true},
		"one of them is null":    {Filter{Any: []Value{one, null}}, false},
		"none of them, and null": {Filter{Any: []Value{one, null}, Not: true}, true},
		"in a list":              {Filter{List: input("list")}, true},
		"not in a list":          {Filter{List: input("list"), Not: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tc.filter.excludesNull(); got != tc.want {
				t.Errorf("it excludes NULL: %t, want %t", got, tc.want)
			}
		})
	}
}

// A value is set where a condition around the place or a filter of a loop around it
// says so: of that value, and of no other.
func TestIsSet(t *testing.T) {
	t.Parallel()
	v, other := input("a"), input("b")
	null := []Value{&Literal{Null: true}}
	for name, tc := range map[string]struct {
		en   env
		want bool
	}{
		"nothing around":        {env{}, false},
		"a condition":           {env{guards: []Cond{&Truth{Value: other}, &IsSet{Value: &InputValue{Input: v.Input}}}}, true},
		"a condition on others": {env{guards: []Cond{&IsSet{Value: other}}}, false},
		"a filter":              {env{loops: []*Loop{{}, {Filters: []*Filter{{Field: v, Any: null, Not: true}}}}}, true},
		"a filter of others":    {env{loops: []*Loop{{Filters: []*Filter{{Field: other, Any: null, Not: true}}}}}, false},
		"a filter for NULL":     {env{loops: []*Loop{{Filters: []*Filter{{Field: v, Any: null}}}}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tc.en.isSet(v); got != tc.want {
				t.Errorf("it is set: %t, want %t", got, tc.want)
			}
		})
	}
}

// A column of the row that an INSERT made is there if what the INSERT gave it is.
func TestIsGiven(t *testing.T) {
	t.Parallel()
	catalog, q := groupQuery(t, "INSERT INTO presets (id, tenant, slug, name) VALUES ($1, $2, $3, $4) RETURNING name")
	column := catalog.Table("presets").Column("name")
	text, maybe := Shape{Kind: Text, SQL: "text"}, Shape{Kind: Text, SQL: "text", Nullable: true, Form: Pointer}
	for name, tc := range map[string]struct {
		value    Value
		gathered bool
		want     bool
	}{
		"a text":               {&InputValue{Input: &Input{Shape: text}}, false, true},
		"one that may be NULL": {&InputValue{Input: &Input{Shape: maybe}}, false, false},
		"null":                 {&Literal{Of: maybe, Null: true}, false, false},
		"one for each turn":    {&InputValue{Input: &Input{Shape: text}}, true, false},
		"nothing":              {nil, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &Call{Facts: q, Query: &sqlcapi.Query{Columns: []sqlcapi.Column{{}}}, Args: []*Arg{{written: true, column: column, Value: tc.value, Gathered: tc.gathered}}}
			r := &resolver{catalog: catalog}
			if got := r.isGiven(&ColumnValue{Call: c}); got != tc.want {
				t.Errorf("it is given: %t, want %t", got, tc.want)
			}
		})
	}
	read := &schema.Query{Kind: schema.Select}
	if (&resolver{catalog: catalog}).isGiven(&ColumnValue{Call: &Call{Facts: read}}) {
		t.Error("a column that was read counts as given")
	}
}
