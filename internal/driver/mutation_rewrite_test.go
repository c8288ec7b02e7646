//go:build !race

package driver_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// rewrites are an example said in other ways: what it does is the same.
func (x *example) rewrites(t *testing.T, n int) []*mutant {
	t.Helper()
	var all [][]*mutant
	for _, r := range x.specRewrites() {
		all = append(all, r.apply(t, x))
	}
	all = append(all, x.renamings(t))
	for _, r := range queryRewrites() {
		all = append(all, r.apply(t, x, x.queries, queryLine))
	}
	for _, r := range schemaRewrites() {
		all = append(all, r.apply(t, x, x.schema, createTable))
	}
	return selected(all, n)
}

// specRewrites say the same in another order, style or length.
func (x *example) specRewrites() []treeRule {
	isMapping := func(p *place) bool { return !p.isKey && p.node.Kind == yaml.MappingNode }
	style := func(s yaml.Style) func(_, node *yaml.Node, _ int) bool {
		return func(_, node *yaml.Node, _ int) bool {
			if node.Style&yaml.FlowStyle == s&yaml.FlowStyle || node.HeadComment+node.LineComment+node.FootComment != "" {
				return false
			}
			node.Style = s
			return true
		}
	}
	entry := func(key, value string) func(_, node *yaml.Node, _ int) bool {
		return func(_, node *yaml.Node, _ int) bool {
			for i := 0; i < len(node.Content); i += 2 {
				if node.Content[i].Value == key {
					return false
				}
			}
			node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, &yaml.Node{Kind: yaml.ScalarNode, Value: value})
			return true
		}
	}
	isScope := func(p *place) bool { return isMapping(p) && len(p.names) == 2 && p.names[0] == "scopes" }
	return []treeRule{
		{kind: "keys in another order", at: isMapping, edit: func(_, node *yaml.Node, _ int) bool {
			var content []*yaml.Node
			for i := len(node.Content) - 2; i >= 0; i -= 2 {
				content = append(content, node.Content[i], node.Content[i+1])
			}
			node.Content = content
			return len(content) > 2
		}},
		{kind: "block style", at: func(p *place) bool { return isMapping(p) && !p.in("doc") && len(p.names) > 1 }, edit: func(parent, node *yaml.Node, i int) bool {
			return parent.Style&yaml.FlowStyle == 0 && style(0)(parent, node, i)
		}},
		{kind: "flow style", at: both(isMapping, isStep), edit: func(parent, node *yaml.Node, i int) bool {
			for _, n := range node.Content {
				if len(n.Content) > 4 {
					return false
				}
			}
			return style(yaml.FlowStyle)(parent, node, i)
		}},
		{kind: "quotes", at: isText(`.`), edit: func(_, node *yaml.Node, _ int) bool {
			changed := node.Style != yaml.DoubleQuotedStyle
			node.Style = yaml.DoubleQuotedStyle
			return changed
		}},
		{kind: "a comment", at: isStep, edit: func(_, node *yaml.Node, _ int) bool {
			node.HeadComment = "# " + strings.TrimSpace(strings.TrimPrefix(node.HeadComment, "#")) + " and more: {query: X}"
			return true
		}},
		{kind: "a list of one", at: func(p *place) bool { return len(p.names) == 1 && p.names[0] == "sqlc" && !p.isKey }, edit: setNode("[sqlc.yaml]")},
		{kind: "the name of a query alone", at: isStep, edit: func(parent, node *yaml.Node, i int) bool {
			if node.Kind == yaml.ScalarNode {
				return setNode("{query: "+node.Value+"}")(parent, node, i)
			}
			if len(node.Content) != 2 || node.Content[0].Value != "query" {
				return false
			}
			return setNode(node.Content[1].Value)(parent, node, i)
		}},
		{kind: "the type that is the default", at: isScope, edit: func(parent, node *yaml.Node, i int) bool {
			return entry("type", parent.Content[i-1].Value)(parent, node, i)
		}},
		{kind: "the id that is the default", at: isScope, edit: entry("id", "$row.id")},
		{kind: "a binding that is the rule", at: isStep, edit: x.sayBindings},
		{kind: "a list for a value of a filter", at: func(p *place) bool { return entriesOf("where")(p) && p.node.Kind == yaml.ScalarNode }, edit: func(parent, node *yaml.Node, i int) bool {
			return setNode("{in: ["+node.Value+"]}")(parent, node, i)
		}},
		{kind: "a list in another order", at: func(p *place) bool {
			return p.node.Kind == yaml.SequenceNode && !p.isKey && (p.names[len(p.names)-1] == "in" || p.names[len(p.names)-1] == "rows" && p.in("data"))
		}, edit: func(_, node *yaml.Node, _ int) bool {
			slices.Reverse(node.Content)
			return true
		}},
		{kind: "another sentence", at: valueOf("doc"), edit: setText(func(s string) string { return s + " And that is so." })},
	}
}

// sayBindings says of a step what scope_type and scope_id are anyway.
func (x *example) sayBindings(_, node *yaml.Node, _ int) bool {
	if node.Kind != yaml.MappingNode || node.Content[0].Value != "query" {
		return false
	}
	text := x.query(node.Content[1].Value)
	var with *yaml.Node
	for i := 0; i < len(node.Content); i += 2 {
		if node.Content[i].Value == "with" {
			with = node.Content[i+1]
		}
	}
	if !strings.Contains(text, "@scope_type") || !strings.Contains(text, "@scope_id") || with != nil && slices.ContainsFunc(with.Content, func(n *yaml.Node) bool { return n.Value == "scope_type" }) {
		return false
	}
	if with == nil {
		with = &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
		node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "with"}, with)
	}
	for _, e := range [][2]string{{"scope_type", "$scope.type"}, {"scope_id", "$scope.id"}} {
		with.Content = append(with.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: e[0]}, &yaml.Node{Kind: yaml.ScalarNode, Value: e[1]})
	}
	return true
}

// query is the text of a query.
func (x *example) query(name string) string {
	for _, file := range x.queries {
		if _, text, found := strings.Cut(x.files[file], "-- name: "+name+" "); found {
			text, _, _ = strings.Cut(text, ";")
			return text
		}
	}
	return ""
}

// renamings give things other names, wherever they are named.
func (x *example) renamings(t *testing.T) []*mutant {
	t.Helper()
	spec := x.files["specgen.yaml"]
	var out []*mutant
	add := func(what, name string, patterns ...string) {
		changed := spec
		for _, p := range patterns {
			changed = regexp.MustCompile(p).ReplaceAllString(changed, "${1}other_"+name+"${2}")
		}
		parseYAML(t, changed)
		out = append(out, &mutant{example: x, kind: "another name", place: what + " " + name, changed: map[string]string{"specgen.yaml": changed}})
	}
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^  (\w+):\n(?:    params: \[(\w+)\]|    steps:)`).FindAllStringSubmatch(spec, -1) {
		add("block", m[1], `(?m)(^  )`+m[1]+`(:\n)`, `(use: )`+m[1]+`\b()`)
	}
	for _, m := range regexp.MustCompile(`for: (\w+) in`).FindAllStringSubmatch(spec, -1) {
		if !seen[m[1]] && strings.Count(spec, "as: "+m[1]+",") == 0 {
			add("loop variable", m[1], `(for: )`+m[1]+`( in)`, `(\$)`+m[1]+`(\.|\b)`)
		}
		seen[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`as: (\w+)`).FindAllStringSubmatch(spec, -1) {
		// The name of a step may be that of a parameter, without the _id.
		if !seen[m[1]] && m[1] != "role" && strings.Count(spec, "into: "+m[1]) == 0 {
			add("step", m[1], `(as: )`+m[1]+`\b()`, `(\$)`+m[1]+`(\.|\b)`)
		}
		seen[m[1]] = true
	}
	return out
}

// queryRewrites are the same statements in other words.
func queryRewrites() []textRule {
	lower := func(_ *example, m []string) []string { return []string{strings.ToLower(m[0])} }
	rules := []textRule{
		{kind: "lower-case keywords", pattern: `\b(INSERT INTO|DELETE FROM|SELECT|VALUES|WHERE|AND|RETURNING|FOR UPDATE|FOR KEY SHARE|FOR SHARE|ORDER BY)\b`, edit: lower},
		{kind: "other line breaks", pattern: ` (WHERE|AND|FROM|VALUES|FOR) `, by: "\n\t $1\n"},
		{kind: "a comment in a statement", pattern: ` (WHERE|VALUES|FROM) `, by: " /* DELETE FROM roles; */ $1 -- here\n"},
		{kind: "parentheses", pattern: `WHERE (\w+ = @\w+)([;\n ])`, by: "WHERE ($1)$2"},
		{kind: "conditions in another order", pattern: `WHERE (\w+ = @\w+) AND (\w+ = @\w+)`, by: "WHERE $2 AND $1"},
		{kind: "sides of an equality exchanged", pattern: `(\w+) = (@\w+)`, by: "$2 = $1"},
		{kind: "sqlc.arg", pattern: `([(= ])@(\w+)`, by: "${1}sqlc.arg($2)"},
		{kind: "an alias", pattern: `(DELETE FROM|SELECT id FROM) (\w+) WHERE (\w+) =`, by: "$1 $2 AS x WHERE x.$3 ="},
		{kind: "a qualified column", pattern: `FROM (\w+)(\s+)WHERE (\w+) =`, by: "FROM $1${2}WHERE $1.$3 ="},
		{kind: "a quoted name", pattern: `(FROM|INTO) (\w+)`, by: `$1 "$2"`},
		{kind: "a qualified table", pattern: `(DELETE FROM|INSERT INTO) (\w+)`, by: `$1 public.$2`},
		{kind: "columns in another order", pattern: `\((\w+), ([\w, ]+)\)(\s+)VALUES \((@\w+), ([@\w, ]+)\)`, by: "($2, $1)${3}VALUES ($5, $4)"},
		{kind: "another comment of a query", pattern: `(?m)^(-- name: \w+ :\w+)$`, by: "$1\n-- Another sentence."},
		{kind: "no comment of a query", pattern: `(?m)^(-- name: \w+ :\w+)\n(?:-- .*\n)+`, by: "$1\n"},
		{kind: "ascending order", pattern: `ORDER BY (\w+)\b`, by: "ORDER BY $1 ASC"},
		{kind: "locks of a table by name", pattern: `FROM (\w+)([^;]*)FOR (UPDATE|SHARE|KEY SHARE);`, by: "FROM $1${2}FOR $3 OF $1;"},
	}
	for i := range rules {
		rules[i].only = calledOnly
	}
	return rules
}

// schemaRewrites are the same tables in other words.
func schemaRewrites() []textRule {
	touched := func(x *example, about string) bool { return x.touched(about) }
	synonyms := map[string]string{"timestamptz": "timestamp with time zone", "boolean": "bool", "bigint": "int8", "smallint": "int2"}
	return []textRule{
		{kind: "another name of a type", pattern: `\b(timestamptz|boolean|bigint|smallint)\b`, edit: func(_ *example, m []string) []string { return []string{synonyms[m[1]]} }, only: touched},
		{kind: "lower-case SQL", pattern: `(?s)CREATE TABLE \w+ \(.*?\);`, edit: func(_ *example, m []string) []string {
			return []string{regexp.MustCompile(`\b[A-Z ]+\b`).ReplaceAllStringFunc(m[0], strings.ToLower)}
		}, only: touched},
		{kind: "IF NOT EXISTS", pattern: `CREATE TABLE (\w+)`, by: "CREATE TABLE IF NOT EXISTS $1", only: touched},
		{kind: "a key by ALTER TABLE", pattern: `(?s)(CREATE TABLE (\w+) \([^;]*?),\n    (CONSTRAINT \w+ UNIQUE \([\w, ]+\))(.*?\);)`, by: "$1$4\nALTER TABLE $2 ADD $3;", only: touched},
		{kind: "a foreign key by ALTER TABLE", pattern: `(?s)(CREATE TABLE (\w+) \([^;]*?),\n    (CONSTRAINT \w+\s+FOREIGN KEY \(\w+\)\s+REFERENCES \w+ \(\w+\)(?: ON DELETE CASCADE)?)(\n\);)`, by: "$1$4\nALTER TABLE $2 ADD $3;", only: touched},
		{kind: "an index", pattern: `(?s)CREATE TABLE (\w+) \(.*?\n    (\w+) .*?\n\);`, by: "$0\nCREATE INDEX an_index_of_$1 ON $1 ($2);", only: touched},
		{kind: "a comment on a table", pattern: `(?s)CREATE TABLE (\w+) \(.*?\n\);`, by: "$0\nCOMMENT ON TABLE $1 IS 'Another sentence.';", only: touched},
		{kind: "a qualified name", pattern: `CREATE TABLE (\w+) \(`, by: "CREATE TABLE public.$1 (", only: touched},
		{kind: "a quoted column", pattern: `(?m)^    (\w+)( +(?:uuid|text|boolean|varchar))`, by: `    "$1"$2`, only: touched},
		{kind: "another default of the same value", pattern: `DEFAULT now\(\)`, by: "DEFAULT CURRENT_TIMESTAMP", only: touched},
		{kind: "NOT NULL behind the default", pattern: `NOT NULL DEFAULT (now\(\)|false|gen_random_uuid\(\)|'\w+')`, by: "DEFAULT $1 NOT NULL", only: touched},
		{kind: "a column made in two steps", pattern: `(?s)(CREATE TABLE (\w+) \([^;]*?\n)    (name|email|username) +(text|varchar\(\d+\)) NOT NULL,\n(.*?\n\);)`, by: "$1    $3 $4,\n$5\nALTER TABLE $2 ALTER COLUMN $3 SET NOT NULL;", only: touched},
	}
}

// selected is every n-th of each list, beginning with the first, all named
// differently.
func selected(lists [][]*mutant, n int) []*mutant {
	var out []*mutant
	names := map[string]bool{}
	for _, all := range lists {
		for i := 0; i < len(all); i += n {
			m := all[i]
			for names[m.name()] {
				m.place += "'"
			}
			names[m.name()] = true
			out = append(out, m)
		}
	}
	return out
}
