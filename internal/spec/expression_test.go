package spec

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
)

// parserOf makes a parser of text and returns the root value; ok is false when
// the text is no YAML.
func parserOf(text string, problems *diag.List) (p *parser, root value, ok bool) {
	if !checkCharacters(specFile, []byte(text), problems) {
		return nil, value{}, false
	}
	p = &parser{src: newSource(specFile, []byte(text)), problems: problems, reported: map[report]bool{}}
	node, ok := p.decode([]byte(text))
	if !ok || !p.checkSize(node) {
		return nil, value{}, false
	}
	return p, p.value(node, p.src.pos(1, 1)), true
}

// parseValue parses a text that is one YAML value.
func parseValue(text string, problems *diag.List) Expr {
	p, root, ok := parserOf(text, problems)
	if !ok {
		return nil
	}
	return p.expr(root)
}

// tree writes an expression with its parts and their columns, such as
// Call(1) F [Ref(6) $x].
func tree(e Expr) string {
	head := fmt.Sprintf("%s(%d)", strings.TrimPrefix(fmt.Sprintf("%T", e), "*spec."), e.Position().Col)
	list := func(items []Expr) string {
		parts := make([]string, len(items))
		for i, item := range items {
			parts[i] = tree(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	switch e := e.(type) {
	case *Call:
		return head + " " + e.Func + " " + list(e.Args)
	case *Concat:
		return head + " " + list(e.Parts)
	case *List:
		return head + " " + list(e.Items)
	case *Map:
		parts := make([]string, len(e.Entries))
		for i, entry := range e.Entries {
			parts[i] = fmt.Sprintf("%s(%d): %s", entry.Name.Value, entry.Name.Pos.Col, tree(entry.Value))
		}
		return head + " {" + strings.Join(parts, ", ") + "}"
	case *Scalar:
		return fmt.Sprintf("%s %d %q", head, e.Kind, e.Text)
	default:
		return head + " " + e.String()
	}
}

// codes writes problems as line:column and code.
func codes(problems *diag.List) string {
	var out []string
	for _, p := range problems.Sorted() {
		out = append(out, fmt.Sprintf("%d:%d %s", p.Pos.Line, p.Pos.Col, p.Code))
	}
	return strings.Join(out, ", ")
}

func TestExpressions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in     string
		tree   string
		string string // empty: as in
	}{
		{in: `$row`, tree: `Ref(1) $row`},
		{in: `$row.id`, tree: `Ref(1) $row.id`},
		{in: `$a.b.C_d1`, tree: `Ref(1) $a.b.C_d1`},
		{in: `"$row.id"`, tree: `Ref(2) $row.id`, string: `$row.id`},
		{in: `'$row.id'`, tree: `Ref(2) $row.id`, string: `$row.id`},
		{in: `!!str $row.id`, tree: `Ref(7) $row.id`, string: `$row.id`},
		{in: `&x "$row.id"`, tree: `Ref(5) $row.id`, string: `$row.id`},
		{in: `"$row.id  "`, tree: `Ref(2) $row.id`, string: `$row.id`},
		{in: `$new.uuid`, tree: `New(1) $new.uuid`},
		{in: `$now`, tree: `Now(1) $now`},
		{in: `$now + 168h`, tree: `Now(1) $now + 168h`},
		{in: `$now+1h30m`, tree: `Now(1) $now + 1h30m`, string: `$now + 1h30m`},
		{in: `$now -  90s`, tree: `Now(1) $now - 1m30s`, string: `$now - 1m30s`},
		{in: `$now + 0s`, tree: `Now(1) $now`, string: `$now`},
		{in: `$now + 100ms`, tree: `Now(1) $now + 100ms`},
		{in: `$uuid($x)`, tree: `Call(1) uuid [Ref(7) $x]`},
		{in: `$int("12")`, tree: `Call(1) int [Scalar(6) 4 "12"]`},
		{in: `$text`, tree: `Ref(1) $text`},
		{in: `$go.F()`, tree: `Call(1) F []`},
		{in: `$go.F( $x ,"y", 'z''s', -1, 2.50, true, null)`, tree: `Call(1) F [Ref(8) $x, Scalar(12) 4 "y", Scalar(17) 4 "z's", Scalar(25) 2 "-1", Scalar(29) 3 "2.5", Scalar(35) 1 "true", Scalar(41) 0 "null"]`,
			string: `$go.F($x, "y", "z's", -1, 2.5, true, null)`},
		{in: `$go.F($go.G($x), $now + 1h)`, tree: `Call(1) F [Call(7) G [Ref(13) $x], Now(18) $now + 1h]`},
		{in: `'$go.F("it''s", $x)'`, tree: `Call(2) F [Scalar(8) 4 "it's", Ref(17) $x]`, string: `$go.F("it's", $x)`},
		{in: `"$go.F(\"a\\tb\", $x)"`, tree: `Call(2) F [Scalar(8) 4 "a\tb", Ref(19) $x]`, string: `$go.F("a\tb", $x)`},
		{in: `'$go.F("a: b")'`, tree: `Call(2) F [Scalar(8) 4 "a: b"]`},
		{in: `$go.F("\u00e9\U0001F600\"\\\n\r\u0007")`, tree: `Call(1) F [Scalar(7) 4 "é😀\"\\\n\r\a"]`, string: `$go.F("é😀\"\\\n\r\u0007")`},
		{in: `$go.F("é", $x)`, tree: `Call(1) F [Scalar(7) 4 "é", Ref(12) $x]`},
		{in: `$go.F("${row.name}$$", '${x}')`, tree: `Call(1) F [Concat(7) [Ref(10) $row.name, Scalar(19) 4 "$"], Concat(24) [Ref(27) $x]]`,
			string: `$go.F("${row.name}$$", "${x}")`},
		{in: `"${input.name}-default"`, tree: `Concat(1) [Ref(4) $input.name, Scalar(15) 4 "-default"]`},
		{in: `a-${b}-c`, tree: `Concat(1) [Scalar(1) 4 "a-", Ref(5) $b, Scalar(7) 4 "-c"]`, string: `"a-${b}-c"`},
		{in: `"${x}"`, tree: `Concat(1) [Ref(4) $x]`},
		{in: `"${ now + 1h }${new.uuid}"`, tree: `Concat(1) [Now(5) $now + 1h, New(17) $new.uuid]`, string: `"${now + 1h}${new.uuid}"`},
		{in: `"${go.F(input.x, $y, true, \"z\")}!"`, tree: `Concat(1) [Call(4) F [Ref(9) $input.x, Ref(18) $y, Scalar(22) 1 "true", Scalar(28) 4 "z"], Scalar(35) 4 "!"]`,
			string: `'${go.F($input.x, $y, true, "z")}!'`},
		{in: `$$5 and $${x}`, tree: `Scalar(1) 4 "$5 and ${x}"`, string: `"$$5 and $${x}"`},
		{in: `"\u0041${b}"`, tree: `Concat(1) [Scalar(2) 4 "A", Ref(10) $b]`, string: `"A${b}"`},
		{in: `"\x41\U0001F600${b}"`, tree: `Concat(1) [Scalar(2) 4 "A😀", Ref(18) $b]`, string: `"A😀${b}"`},
		{in: "\"$go.F(\n  $x)\"", tree: `Call(1) F [Ref(1) $x]`, string: `$go.F($x)`},
		{in: "|\n  $go.F(\n    $x\n  )\n", tree: `Call(1) F [Ref(1) $x]`, string: `$go.F($x)`},

		{in: `role`, tree: `Scalar(1) 4 "role"`},
		{in: `""`, tree: `Scalar(1) 4 ""`},
		{in: `"true"`, tree: `Scalar(1) 4 "true"`},
		{in: `yes`, tree: `Scalar(1) 4 "yes"`, string: `"yes"`},
		{in: `True`, tree: `Scalar(1) 1 "true"`, string: `true`},
		{in: `~`, tree: `Scalar(1) 0 "null"`, string: `null`},
		{in: `+12`, tree: `Scalar(1) 2 "12"`, string: `12`},
		{in: `-0x1F`, tree: `Scalar(1) 2 "-31"`, string: `-31`},
		{in: `0o17`, tree: `Scalar(1) 2 "15"`, string: `15`},
		{in: `1_000`, tree: `Scalar(1) 2 "1000"`, string: `1000`},
		{in: `123456789012345678901234567890`, tree: `Scalar(1) 2 "123456789012345678901234567890"`},
		{in: `1.50`, tree: `Scalar(1) 3 "1.5"`, string: `1.5`},
		{in: `1e2`, tree: `Scalar(1) 3 "100.0"`, string: `100.0`},
		{in: `0.12345678901234567890`, tree: `Scalar(1) 3 "0.12345678901234567890"`},
		{in: `-.inf`, tree: `Scalar(1) 3 "-.inf"`},
		{in: `.NaN`, tree: `Scalar(1) 3 ".nan"`, string: `.nan`},
		{in: `+.Inf`, tree: `Scalar(1) 3 ".inf"`, string: `.inf`},
		{in: `-0`, tree: `Scalar(1) 2 "0"`, string: `0`},
		{in: `.5e3`, tree: `Scalar(1) 3 "500.0"`, string: `500.0`},
		{in: `-1.5e+300`, tree: `Scalar(1) 3 "-1.5e+300"`},
		{in: `.12345678901234567890`, tree: `Scalar(1) 3 "0.12345678901234567890"`, string: `0.12345678901234567890`},
		{in: `2026-11-23`, tree: `Scalar(1) 4 "2026-11-23"`, string: `"2026-11-23"`},
		{in: `!!str 12`, tree: `Scalar(7) 4 "12"`, string: `"12"`},
		{in: `!!float 1`, tree: `Scalar(9) 3 "1.0"`, string: `1.0`},
		{in: `!!binary aGVsbG8=`, tree: `Scalar(10) 5 "hello"`, string: `!!binary "aGVsbG8="`},
		{in: `a line
  break`, tree: `Scalar(1) 4 "a line break"`, string: `"a line break"`},
		{in: `"two\nlines \"quoted\""`, tree: `Scalar(1) 4 "two\nlines \"quoted\""`},
		{in: `[]`, tree: `List(1) []`},
		{in: `{}`, tree: `Map(1) {}`},
		{in: `[$a, "$go.F($x, 1)", {b: c, "d e": ~}]`, tree: `List(1) [Ref(2) $a, Call(7) F [Ref(13) $x, Scalar(17) 2 "1"], Map(22) {b(23): Scalar(26) 4 "c", d e(29): Scalar(36) 0 "null"}]`,
			string: `[$a, "$go.F($x, 1)", {b: c, "d e": null}]`},
		{in: `{$ref: x}`, tree: `Map(1) {$ref(2): Scalar(8) 4 "x"}`, string: `{"$ref": x}`},
	}
	for _, test := range tests {
		t.Run(test.in, func(t *testing.T) {
			t.Parallel()
			var problems diag.List
			e := parseValue(test.in, &problems)
			if problems.Len() > 0 {
				t.Fatalf("problems: %s", printProblems(t, &problems, []byte(test.in)))
			}
			if diff := cmp.Diff(test.tree, tree(e)); diff != "" {
				t.Errorf("tree (-want +got):\n%s", diff)
			}
			want := test.string
			if want == "" {
				want = test.in
			}
			if got := e.String(); got != want {
				t.Errorf("String() = %s, want %s", got, want)
			}
		})
	}
}

func TestBrokenExpressions(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{`$`, "1:1 SG032"},
		{`$5.00`, "1:1 SG032"},
		{`"costs $5"`, "1:8 SG032"},
		{`a $b c`, "1:3 SG032"},
		{`$ x`, "1:1 SG032"},
		{`$é`, "1:2 SG031"},
		{`$a.`, "1:4 SG031"},
		{`$a..b`, "1:4 SG031"},
		{`$a.1`, "1:4 SG031"},
		{`$a b`, "1:4 SG031"},
		{`$a-b`, "1:3 SG031"},
		{`$a[0]`, "1:3 SG031"},
		{`$a == b`, "1:4 SG031"},
		{`"é $$ ${a"`, "1:7 SG031"},
		{`"${}"`, "1:4 SG031"},
		{`"${$a}"`, "1:4 SG031"},
		{`"${a.b c}"`, "1:8 SG031"},
		{`"${'x'}"`, "1:4 SG031"},
		{`$f($x)`, "1:2 SG033"},
		{`$Hash($x)`, "1:2 SG033"},
		{`$a.b($x)`, "1:5 SG033"},
		{`$uuid()`, "1:1 SG035"},
		{`$uuid($a, $b)`, "1:1 SG035"},
		{`$go`, "1:1 SG034"},
		{`$go.`, "1:5 SG031"},
		{`$go.f($x)`, "1:5 SG034"},
		{`$go.F`, "1:6 SG034"},
		{`$go.F.G()`, "1:6 SG034"},
		{`$go.F($x`, "1:6 SG031"},
		{`$go.F(`, "1:6 SG031"},
		{`$go.F($x,`, "1:6 SG031"},
		{`$go.F($x,)`, "1:10 SG031"},
		{`$go.F(,)`, "1:7 SG031"},
		{`$go.F($x $y)`, "1:10 SG031"},
		{`$go.F(x)`, "1:7 SG031"},
		{`$go.F(true.x)`, "1:7 SG031"},
		{`$go.F(1.2.3)`, "1:7 SG031"},
		{`$go.F(010)`, "1:7 SG031"},
		{`$go.F(1_0)`, "1:7 SG031"},
		{`$go.F(-)`, "1:7 SG031"},
		{`$go.F("x)`, "1:7 SG039"},
		{`$go.F("\q")`, "1:8 SG039"},
		{`$go.F("\ud800")`, "1:8 SG039"},
		{`$go.F("\u12`, "1:8 SG039"},
		{`$go.F("\`, "1:8 SG039"},
		{`$go.F("$x")`, "1:8 SG032"},
		{`$go.F($x))`, "1:10 SG031"},
		{`$new`, "1:1 SG037"},
		{`$new.int`, "1:1 SG037"},
		{`$now.x`, "1:5 SG031"},
		{`$now +`, "1:7 SG031"},
		{`$now + 7d`, "1:8 SG036"},
		{`$now + 9999999999h`, "1:8 SG036"},
		{`$now + 1h + 2h`, "1:11 SG031"},
		{`"a\tb $c"`, "1:7 SG032"},
		{`'it''s $c'`, "1:8 SG032"},
		{"|\n  a $c\n", "1:1 SG032"},
		{`$go.F(` + strings.Repeat(`$go.F(`, 60), "1:306 SG038"},
		{`010`, "1:1 SG021"},
		{`!!int x`, "1:7 SG021"},
		{`!!int 1.5`, "1:7 SG021"},
		{`!!bool x`, "1:8 SG021"},
		{`!!null x`, "1:8 SG021"},
		{`!mine x`, "1:7 SG021"},
		{`!mine [x]`, "1:1 SG021"},
		{`!!binary x`, "1:10 SG021"},
		{`[$a, $b., $c]`, "1:9 SG031"},
		{`{a: $go.F($x, $y)}`, "1:5 SG020"},
		{`{a: $go.F("x, y", z), b: $x-}`, "1:5 SG020, 1:28 SG031"},
		{`[$go.F($x, $y), $b.]`, "1:2 SG020, 1:20 SG031"},
		{`{a: $go.F($x, $y, b: 1}`, "1:5 SG020"},
		{`{$a, b: 1}`, "1:2 SG020"},
		{`{<<: {a: 1}}`, "1:2 SG008"},
		{`{a: 1, b: 2, a: 3}`, "1:14 SG009"},
		{`{? [a] : 1, ~: 2}`, "1:4 SG010, 1:13 SG010"},
	}
	for _, test := range tests {
		t.Run(test.in, func(t *testing.T) {
			t.Parallel()
			var problems diag.List
			parseValue(test.in, &problems)
			if got := codes(&problems); got != test.want {
				t.Errorf("got %q, want %q\n%s", got, test.want, printProblems(t, &problems, []byte(test.in)))
			}
		})
	}
}
