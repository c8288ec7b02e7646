package spec

import (
	"regexp"
	"strings"
)

// ignoreKey is the key of a step, a scope or a block that silences warnings.
func ignoreKey() key {
	return key{"ignore", mapOf(nil, refTo("reason")), false, "Warnings that are meant as they are: codes with the reason, such as {SG517: …}."}
}

// stepSchema is the name of a query, or one of four kinds of step.
func stepSchema() *schema {
	when := key{"when", refTo("condition"), false, "The step is run only if this holds."}
	return anyOf(
		refTo("queryName"),
		object(
			key{"query", refTo("queryName"), true, "The query of sqlc to run."},
			key{"as", refTo("local"), false, "The name of the row (:one), of the list of rows (:many), or of a count in a purge's result."},
			key{"into", refTo("local"), false, "The list to which the rows are appended; `result` gives it back."},
			key{"with", refTo("with"), false, ""},
			when,
			key{"expect", expectSchema(), false, "The number of rows that it must affect, or return: N, at_most N, or at_least N."},
			key{"missing", refTo("errorName"), false, "The error for a row that is not there; a case of scope.ErrNotFound."},
			key{"unsafe", refTo("reason"), false, "Why the rows that it reads need no lock."},
			ignoreKey(),
		),
		object(
			key{"use", refTo("name"), true, "The block whose steps to run."},
			key{"as", refTo("local"), false, "A prefix for the names that the block gives."},
			key{"with", refTo("with"), false, "Values for the parameters of the block."},
			when,
			ignoreKey(),
		),
		object(
			key{"for", refTo("each"), true, "Run the steps of `do` for each element of a list: `name in $list`."},
			key{"by", bySchema(), false, "The columns that make groups of the rows: a turn for each of their values, and `for: row in $name` inside for the rows of the group."},
			key{"where", refTo("where"), false, ""},
			when,
			key{"do", refTo("steps"), true, "The steps to run for each element."},
			ignoreKey(),
		),
		object(
			key{"scope", refTo("name"), true, "The scope to create inside this one, by its own steps."},
			key{"as", refTo("local"), false, "Its name: $name.id, $name.type. Default: the scope's name."},
			key{"with", refTo("with"), false, "Values for the inputs of the scope."},
			when,
			ignoreKey(),
		),
	)
}

// number of rows, without a leading zero
const countPattern = `\+?(0|[1-9][0-9]*)`

func expectSchema() *schema {
	zero := 0
	return anyOf(&schema{Type: "integer", Minimum: &zero}, matching(`^\s*(at_most\s+`+countPattern+`|at_least\s+\+?[1-9][0-9]*)\s*$`))
}

func withSchema() *schema {
	s := mapOf(refTo("foreign"), refTo("value"))
	s.Description = "Values for the parameters of the query, by the name of the parameter or of its column. What is not here is bound by rules."
	return s
}

const refPattern = `\$[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*`

// reference is $root.path…, but for what begins like one and means something else.
func reference() *schema {
	return matching(`^` + refPattern + `\s*$`).except(&schema{Pattern: `^\$(go|new|now)(\.|\s*$)`})
}

// conditionSchema is a boolean value, or a mapping of one key.
func conditionSchema() *schema {
	one := object(
		key{"set", anyOf(reference(), matching(`^\$[a-z]+\(`), refTo("goCall")), false, "The value is not NULL, and not left out."},
		key{"equal", &schema{Type: "array", Items: refTo("value"), MinItems: 2, MaxItems: 2}, false, "The two values are equal: [$input.kind, personal]."},
		key{"not", refTo("condition"), false, "The condition does not hold."},
		key{"all", listOf(refTo("condition")), false, "All of the conditions hold."},
		key{"any", listOf(refTo("condition")), false, "One of the conditions holds, or more."},
	)
	one.MinProperties, one.MaxProperties = 1, 1
	s := anyOf(reference(), refTo("goCall"), one)
	s.Description = "A condition: $input.x, {set: $x}, {equal: [a, b]}, {not: …}, {all: […]} or {any: […]}."
	return s
}

// whereSchema compares fields of a loop's elements with values.
func whereSchema() *schema {
	in := key{"in", anyOf(listOf(refTo("value")), reference()), true, "One of these values: a list, or a reference to one."}
	scalar := &schema{Type: []string{"string", "number", "boolean", "null"}}
	s := mapOf(refTo("foreign"), anyOf(scalar, object(in),
		object(key{"not", anyOf(scalar, object(in)), true, "Not this value, or not {in: […]}."})))
	s.Description = "Only the elements whose fields have these values: field: value, {in: [a, b]}, {in: $list}, {not: …}."
	return s
}

func eachSchema() *schema {
	s := matching(`^\s*[a-z][a-z0-9_]*\s+in\s+` + refPattern + `\s*$`)
	s.Not = anyOf(
		&schema{Pattern: `^\s*(` + alternatives(Reserved()) + `)\s`},
		&schema{Pattern: `\$(go|new|now)(\.|\s*$)`},
	)
	s.Description = "`name in $list`: rows of a query, constants ($data.name), or an input."
	return s
}

// bySchema is a column, or a list of columns.
func bySchema() *schema {
	column := matching(columnPattern.String())
	list := setOf(column)
	return anyOf(column, list)
}

// valueSchema is anything: expressions are texts, and their grammar is no
// matter of a schema.
func valueSchema() *schema {
	return &schema{Description: "A value: a reference ($row.id, $input.name, $scope.id), $new.uuid, $now + 24h, $go.Name(…), a conversion ($uuid(x), $int(x), $text(x)), text with ${…} in it, or a literal. Lists and mappings may hold values. Quote what has a comma, a bracket or a brace."}
}

// literalSchema is a value in which no text has a dollar that is not doubled.
func literalSchema() *schema {
	return &schema{
		Description: "A literal: text ($$ for a dollar sign), a number, true, false, null, a list or a mapping.",
		AnyOf: []*schema{
			matching(`^([^$]|\$\$)*$`),
			{Type: []string{"number", "boolean", "null"}},
			{Type: "array", Items: refTo("literal")},
			{Type: "object", AdditionalProps: refTo("literal")},
		},
	}
}

// alternatives writes words into a pattern.
func alternatives(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = regexp.QuoteMeta(w)
	}
	return strings.Join(quoted, "|")
}
