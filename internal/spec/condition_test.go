package spec

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
)

// condTree writes a condition with the columns of its parts.
func condTree(c Cond) string {
	head := fmt.Sprintf("%s(%d)", strings.TrimPrefix(fmt.Sprintf("%T", c), "*spec."), c.Position().Col)
	list := func(conds []Cond) string {
		parts := make([]string, len(conds))
		for i, c := range conds {
			parts[i] = condTree(c)
		}
		return " [" + strings.Join(parts, ", ") + "]"
	}
	switch c := c.(type) {
	case *Truth:
		return head + " " + tree(c.Value)
	case *Is:
		return head + " " + tree(c.Left) + " = " + tree(c.Right)
	case *SetCond:
		return head + " " + tree(c.Value)
	case *Not:
		return head + " " + condTree(c.Cond)
	case *All:
		return head + list(c.Conds)
	case *AnyOf:
		return head + list(c.Conds)
	default:
		return head
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{`$input.internal`, `Truth(1) Ref(1) $input.internal`},
		{`$go.Allowed($row)`, `Truth(1) Call(1) Allowed [Ref(13) $row]`},
		{`{not: $a}`, `Not(1) Truth(7) Ref(7) $a`},
		{`{not: {not: $a}}`, `Not(1) Not(7) Truth(13) Ref(13) $a`},
		{`{set: $input.team_id}`, `SetCond(1) Ref(7) $input.team_id`},
		{`{equal: [$input.kind, personal]}`, `Is(1) Ref(10) $input.kind = Scalar(23) 4 "personal"`},
		{`{equal: [$a, ~]}`, `Is(1) Ref(10) $a = Scalar(14) 0 "null"`},
		{`{all: [$a, {any: [$b, {set: $c}]}]}`, `All(1) [Truth(8) Ref(8) $a, AnyOf(12) [Truth(19) Ref(19) $b, SetCond(23) Ref(29) $c]]`},
		{`[$a]`, `1:1 SG028`},
		{`input.internal`, `1:1 SG028`},
		{`true`, `1:1 SG028`},
		{`12`, `1:1 SG028`},
		{`"${a}"`, `1:1 SG028`},
		{`$now`, `1:1 SG028`},
		{`$int(1)`, `1:1 SG028`},
		{`$a == 1`, `1:4 SG031`},
		{`"!$a"`, `1:3 SG032`},
		{`{}`, `1:1 SG028`},
		{`{nott: $a}`, `1:2 SG011`},
		{`{not: $a, set: $b}`, `1:11 SG028`},
		{`{not: }`, `1:2 SG028`},
		{`{set: x}`, `1:7 SG028`},
		{`{set: $x.}`, `1:10 SG031`},
		{`{equal: $a}`, `1:9 SG012`},
		{`{equal: [$a]}`, `1:9 SG028`},
		{`{equal: [$a, $b, $c]}`, `1:9 SG028`},
		{`{equal: [$go.F($a, $b), $c]}`, `1:10 SG020`},
		{`{equal: [$a, $b.]}`, `1:17 SG031`},
		{`{all: []}`, `1:7 SG014`},
		{`{any: $a}`, `1:7 SG012`},
		{`{all: [$a, b, $c]}`, `1:12 SG028`},
	}
	for _, test := range tests {
		t.Run(test.in, func(t *testing.T) {
			t.Parallel()
			var problems diag.List
			p, root, ok := parserOf(test.in, &problems)
			if !ok {
				t.Fatalf("no YAML: %s", codes(&problems))
			}
			c := p.cond(root)
			got := codes(&problems)
			switch {
			case problems.Len() == 0 && c == nil:
				t.Fatal("no condition, and no problem")
			case problems.Len() > 0 && c != nil:
				t.Errorf("a broken condition was not left out: %s", condTree(c))
			case c != nil:
				got = condTree(c)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{`{f: $a}`, `f = Ref(5) $a`},
		{`{f: {in: [a, $b]}}`, `f = Scalar(11) 4 "a" | Ref(14) $b`},
		{`{f: {in: $list}}`, `f in $list`},
		{`{f: {not: x}}`, `not f = Scalar(11) 4 "x"`},
		{`{f: {not: {in: [a]}}, g: ~}`, `not f = Scalar(17) 4 "a"; g = Scalar(26) 0 "null"`},
		{`[f]`, `1:1 SG012`},
		{`{f: [a]}`, `1:5 SG029`},
		{`{f: {}}`, `1:5 SG029`},
		{`{f: {in: [a], not: b}}`, `1:5 SG029`},
		{`{f: {is: a}}`, `1:6 SG029`},
		{`{f: {in: []}}`, `1:10 SG014`},
		{`{f: {in: a}}`, `1:10 SG012`},
		{`{f: {in: {}}}`, `1:10 SG012`},
		{`{f: {in: $a.}}`, `1:13 SG031`},
		{`{f: {not: {not: a}}}`, `1:12 SG029`},
		{`{f-g: a}`, `1:2 SG016`},
	}
	for _, test := range tests {
		t.Run(test.in, func(t *testing.T) {
			t.Parallel()
			var problems diag.List
			p, root, ok := parserOf(test.in, &problems)
			if !ok {
				t.Fatalf("no YAML: %s", codes(&problems))
			}
			var parts []string
			for _, f := range p.where(fields{mapping: mapping{entries: []entry{{key: Text{Value: "where"}, value: root}}}}) {
				parts = append(parts, filterTree(f))
			}
			got := strings.Join(parts, "; ")
			if problems.Len() > 0 {
				got += codes(&problems)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func filterTree(f *Filter) string {
	s := f.Field.Value
	if f.Not {
		s = "not " + s
	}
	if f.List != nil {
		return s + " in " + f.List.String()
	}
	values := make([]string, len(f.Any))
	for i, e := range f.Any {
		values[i] = tree(e)
	}
	return s + " = " + strings.Join(values, " | ")
}
