//go:build !race

package driver_test

import (
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// specRules are the mistakes in a specification.
func specRules(x *example) []treeRule {
	queries := x.queryNames()
	next := func(name string) string { // another query of the project
		for i, q := range queries {
			if q == name {
				return queries[(i+1)%len(queries)]
			}
		}
		return name
	}
	isQuery := func(p *place) bool {
		return !p.isKey && p.node.Kind == yaml.ScalarNode && next(p.node.Value) != p.node.Value && p.key != "as"
	}
	sub := func(pattern, by string) func(string) string {
		re := regexp.MustCompile(pattern)
		return func(s string) string { return re.ReplaceAllString(s, by) }
	}
	inExpression := func(pattern string) func(p *place) bool { return both(isText(`^\$|\$\{`), isText(pattern)) }
	misspellGroup := func(pattern string) func(string) string {
		re := regexp.MustCompile(pattern)
		return func(s string) string {
			m := re.FindStringSubmatchIndex(s)
			if m == nil {
				return s
			}
			return s[:m[2]] + misspelt(s[m[2]:m[3]]) + s[m[3]:]
		}
	}
	top := func(keys ...string) func(p *place) bool {
		return func(p *place) bool { return !p.isKey && len(p.names) == 1 && valueKey(p, keys) }
	}
	value := func(keys ...string) func(p *place) bool { // of any kind
		return func(p *place) bool {
			return !p.isKey && p.parent().Kind == yaml.MappingNode && valueKey(p, keys) && !p.in("with") && !p.in("data")
		}
	}
	isKeyword := func(p *place) bool {
		return p.isKey && !p.in("with") && !p.in("data") && !p.in("errors") && !p.in("where") && p.key == "" && keywords[p.node.Value]
	}
	return []treeRule{
		{kind: "misspelt query", at: isQuery, edit: setText(misspelt)},
		{kind: "another query", at: isQuery, edit: setText(next)},
		{kind: "misspelt block", at: valueOf("use"), edit: setText(misspelt)},
		{kind: "misspelt name of a value", at: inExpression(`\$[a-z_]+`), edit: setText(misspellGroup(`\$\{?([a-z_]+)`))},
		{kind: "misspelt field of a value", at: inExpression(`\$[a-z_]+\.[a-z]`), edit: setText(misspellGroup(`\$[a-z_]+\.([a-z_]+)`))},
		{kind: "misspelt Go function", at: inExpression(`\$go\.`), edit: setText(misspellGroup(`\$go\.(\w+)`))},
		{kind: "misspelt name of a step", at: valueOf("as", "into"), edit: setText(misspelt)},
		{kind: "misspelt parameter", at: func(p *place) bool { return p.isKey && len(p.names) > 1 && p.names[len(p.names)-2] == "with" }, edit: setText(misspelt)},
		{kind: "misspelt field of a filter", at: func(p *place) bool { return p.isKey && len(p.names) > 1 && p.names[len(p.names)-2] == "where" }, edit: setText(misspelt)},
		{kind: "misspelt constraint", at: func(p *place) bool { return p.isKey && p.in("errors") }, edit: setText(misspelt)},
		{kind: "misspelt key of the language", at: isKeyword, edit: setText(misspelt)},
		{kind: "misspelt table", at: func(p *place) bool { return p.key == "keep" && p.node.Kind == yaml.ScalarNode }, edit: setText(misspelt)},
		{kind: "misspelt type", at: both(valueOf("type"), func(p *place) bool { return p.in("inputs") || p.in("context") }), edit: setText(misspelt)},
		{kind: "misspelt scope", at: both(valueOf("type", "scope"), func(p *place) bool { return p.in("parents") || p.in("children") || p.in("create") }), edit: setText(misspelt)},
		{kind: "misspelt list", at: valueOf("for"), edit: setText(misspellGroup(`\$.*?(\w+)$`))},
		{kind: "misspelt result", at: func(p *place) bool { return p.key == "result" && p.node.Kind == yaml.ScalarNode }, edit: setText(misspelt)},

		{kind: "dropped binding", at: entriesOf("with"), edit: drop},
		{kind: "dropped bindings", at: value("with"), edit: drop},
		{kind: "dropped step", at: both(isStep, not(inPurge)), edit: drop},
		{kind: "dropped purge step", at: both(isStep, inPurge), edit: drop},
		{kind: "swapped steps", at: isStep, edit: swapWithNext},
		{kind: "repeated step", at: isStep, edit: repeat},
		{kind: "dropped parents", at: value("parents"), edit: drop},
		{kind: "dropped row", at: func(p *place) bool { return value("row")(p) && !p.in("purge") }, edit: drop},
		{kind: "dropped row of a purge", at: func(p *place) bool { return value("row")(p) && p.in("purge") }, edit: drop},
		{kind: "dropped lock", at: value("lock"), edit: drop},
		{kind: "dropped children", at: func(p *place) bool { return p.parent().Kind == yaml.SequenceNode && p.key == "children" }, edit: drop},
		{kind: "dropped refusal", at: value("refuse"), edit: drop},
		{kind: "dropped keep", at: value("keep"), edit: drop},
		{kind: "dropped purge", at: value("purge"), edit: drop},
		{kind: "dropped filter", at: value("where"), edit: drop},
		{kind: "dropped condition", at: value("when"), edit: drop},
		{kind: "dropped name of a step", at: value("as"), edit: drop},
		{kind: "dropped list of results", at: value("into"), edit: drop},
		{kind: "dropped result", at: value("result"), edit: drop},
		{kind: "dropped error of a missing row", at: value("missing"), edit: drop},
		{kind: "dropped errors", at: value("errors"), edit: drop},
		{kind: "dropped block", at: func(p *place) bool { return !p.isKey && len(p.names) == 2 && p.names[0] == "blocks" }, edit: drop},
		{kind: "dropped parameter of a block", at: value("params"), edit: drop},
		{kind: "dropped default", at: value("default"), edit: drop},
		{kind: "dropped inputs", at: value("inputs"), edit: drop},
		{kind: "dropped input", at: entriesOf("inputs"), edit: drop},
		{kind: "dropped id", at: func(p *place) bool { return value("id")(p) && (p.in("scopes") && len(p.names) == 3 || p.in("parents")) }, edit: drop},
		{kind: "dropped key of the file", at: top("version", "sqlc", "output", "go", "context", "data", "blocks", "scopes"), edit: drop},
		{kind: "dropped hook", at: value("before", "after_commit"), edit: drop},
		{kind: "dropped field of a constant", at: func(p *place) bool { return !p.isKey && p.in("rows") && p.parent().Kind == yaml.MappingNode }, edit: drop},
		{kind: "dropped key of constants", at: func(p *place) bool { return !p.isKey && p.key == "key" && p.in("data") }, edit: drop},
		{kind: "dropped child list", at: value("list"), edit: drop},

		{kind: "wrong literal", at: isLiteral, edit: setText(func(s string) string { return s + "x" })},
		{kind: "wrong constant", at: func(p *place) bool {
			return p.in("rows") && !p.isKey && p.node.Kind == yaml.ScalarNode
		}, edit: setText(func(s string) string { return s + "x" })},
		{kind: "too long a literal", at: both(isLiteral, func(*place) bool { return x.hasLengths() }), edit: setText(func(s string) string { return strings.Repeat(s+"-", 100) })},
		{kind: "a number for a text", at: isLiteral, edit: setNode("12")},
		{kind: "null", at: entriesOf("with"), edit: setNode("null")},
		{kind: "a list for a value", at: entriesOf("with"), edit: setNode("[a, b]")},
		{kind: "a time for another value", at: entriesOf("with"), edit: setNode("$now")},
		{kind: "a new id for another value", at: entriesOf("with"), edit: setNode("$new.uuid")},
		{kind: "the type of the scope for another value", at: entriesOf("with"), edit: setNode("$scope.type")},
		{kind: "the id of the scope for another value", at: entriesOf("with"), edit: setNode("$scope.id")},
		{kind: "swapped bindings", at: func(p *place) bool { return entriesOf("with")(p) }, edit: swapWithNext},
		{kind: "refuse and cascade exchanged", at: valueOf("found"), edit: setText(func(s string) string {
			return map[string]string{"refuse": "cascade", "cascade": "refuse"}[s]
		})},
		{kind: "wrong duration", at: isText(`^\$now \+`), edit: setText(sub(`\d+h$`, "two weeks"))},
		{kind: "a row for a column", at: inExpression(`^\$[a-z_]+\.[a-z_]+$`), edit: setText(sub(`\..*`, ""))},
		{kind: "another list", at: valueOf("for"), edit: setText(sub(`\$presets|\$entries`, "$$roles"))},
		{kind: "no list", at: valueOf("for"), edit: setText(sub(`\$.*`, "$$scope.id"))},
		{kind: "a filter that never holds", at: entriesOf("where"), edit: setNode("nothing")},
		{kind: "a condition that is none", at: value("when"), edit: setNode("$row.id")},
		{kind: "an unknown word", at: valueOf("found"), edit: setText(func(s string) string { return s + "x" })},
		{kind: "a name that is taken", at: valueOf("as", "into"), edit: setText(func(string) string { return "row" })},
		{kind: "an error that is none", at: valueOf("missing", "error"), edit: setText(strings.ToLower)},
		{kind: "an error of another scope", at: both(entriesOf("errors"), func(p *place) bool { return p.node.Kind == yaml.ScalarNode }), edit: setText(func(string) string { return "ErrNotFound" })},
		{kind: "a step outside of its loop", at: isStep, edit: func(parent, node *yaml.Node, i int) bool {
			n := len(node.Content)
			if node.Kind != yaml.MappingNode || n < 2 || node.Content[n-2].Value != "do" || len(node.Content[n-1].Content) < 2 {
				return false
			}
			steps := node.Content[n-1]
			last := len(steps.Content) - 1
			parent.Content = slices.Insert(parent.Content, i+1, steps.Content[last])
			steps.Content = steps.Content[:last]
			return true
		}},
		{kind: "another version", at: top("version"), edit: setText(func(string) string { return "2" })},
		{kind: "output elsewhere", at: valueOf("dir"), edit: setText(func(s string) string { return "../" + s })},
		{kind: "another file of sqlc", at: top("sqlc"), edit: setText(misspelt)},
		{kind: "another stored type", at: func(p *place) bool {
			return p.node.Kind == yaml.MappingNode && len(p.names) == 2 && p.names[0] == "scopes" && !p.isKey
		}, edit: func(_, node *yaml.Node, _ int) bool {
			node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "type"}, &yaml.Node{Kind: yaml.ScalarNode, Value: "other"})
			return true
		}},
		{kind: "an expectation", at: isStep, edit: func(_, node *yaml.Node, _ int) bool {
			if node.Kind != yaml.MappingNode || node.Content[0].Value != "query" {
				return false
			}
			node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "expect"}, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: "1"})
			return true
		}},
		{kind: "an unused name", at: func(p *place) bool { return value("params")(p) || value("inputs")(p) }, edit: func(_, node *yaml.Node, _ int) bool {
			if node.Kind == yaml.SequenceNode {
				node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "spare"})
			} else {
				node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "spare"}, &yaml.Node{Kind: yaml.ScalarNode, Value: "text"})
			}
			return true
		}},
	}
}

func valueKey(p *place, keys []string) bool {
	for _, k := range keys {
		if p.names[len(p.names)-1] == k {
			return true
		}
	}
	return false
}

// keywords are those keys of the language that the examples use.
var keywords = map[string]bool{
	"version": true, "sqlc": true, "output": true, "blocks": true, "scopes": true, "steps": true, "query": true, "as": true, "with": true, "into": true,
	"for": true, "do": true, "where": true, "use": true, "row": true, "create": true, "purge": true, "lock": true, "children": true, "keep": true,
	"refuse": true, "parents": true, "result": true, "errors": true, "inputs": true, "params": true, "found": true, "missing": true, "when": true,
}

// hasLengths reports whether a column of the schema has a length that a text can
// pass.
func (x *example) hasLengths() bool {
	return slices.ContainsFunc(x.schema, func(file string) bool { return strings.Contains(x.files[file], "varchar(") })
}
