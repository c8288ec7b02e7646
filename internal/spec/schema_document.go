package spec

// The descriptions of this file and of schema_step.go are what editors show
// beside a key. docs/language.md has the rules in full.

// documentSchema describes the top level of the file.
func documentSchema() *schema {
	s := object(
		key{"version", &schema{Type: "integer", Const: 1}, true, "The version of the language: 1."},
		key{"sqlc", anyOf(refTo("text"), setOf(refTo("text"))), true,
			"The path of the sqlc configuration, or a list of paths, relative to this file. The packages, schema and query paths are read from it."},
		key{"output", outputSchema(), true, "Where the generated package goes."},
		key{"go", object(
			key{"package", matching(importPattern.String()), true, "The import path of the package; not that of the generated one."},
		), false, "The Go package whose functions $go.Name(…) calls."},
		key{"context", mapOf(refTo("name"), refTo("contextValue")), false,
			"Values that come with the caller's context.Context, by name: $context.name. Functions given to NewProvider take them out of it."},
		key{"data", mapOf(refTo("name"), refTo("data")), false, "Lists of constants, by name: `for: r in $data.name`."},
		key{"blocks", mapOf(refTo("name"), refTo("block")), false, "Steps that several scopes share, by name: `use: name`."},
		key{"scopes", &schema{Type: "object", PropertyNames: refTo("name"), AdditionalProps: refTo("scope"), MinProperties: 1}, true,
			"The scopes, by name. For each, a creator is generated, and a purger if it has `purge`."},
	)
	s.Description = "A specification of specgen: what creating and what purging a scope means, as calls of sqlc's queries."
	return s
}

func outputSchema() *schema {
	s := object(
		key{"dir", refTo("text"), true, "The directory of the generated package, relative to this file and below its directory."},
		key{"package", matching(namePattern.String()).except(&schema{Enum: goWords()}), false,
			"The name of the generated package. Default: the last element of `dir`."},
	)
	// Without a name of its own the package has that of the directory.
	s.If = &schema{Properties: properties{{"package", false}}}
	s.Then = &schema{Properties: properties{{"dir", &schema{Pattern: `(^|/)[a-z][a-z0-9_]*(/+\.{0,2})*$`,
		Not: &schema{Pattern: `(^|/)(` + alternatives(goWords()) + `)/*$`}}}}}
	return s
}

// definitions are the parts that are used more than once, or nest.
func definitions() properties {
	return properties{
		{"scope", scopeSchema()}, {"parent", parentSchema()}, {"purge", purgeSchema()}, {"purgeRow", purgeRowSchema()}, {"child", childSchema()}, {"refusal", refusalSchema()},
		{"step", stepSchema()}, {"steps", listOf(refTo("step"))}, {"block", blockSchema()}, {"query", querySchema()},
		{"contextValue", contextSchema()}, {"input", inputSchema()}, {"data", dataSchema()},
		{"beforeCall", anyOf(refTo("goCall"), object(
			key{"call", refTo("goCall"), true, ""},
			key{"as", refTo("local"), false, "The name of its result: $name."},
			key{"when", refTo("condition"), false, "Only if this holds."},
		))},
		{"afterCall", anyOf(refTo("goCall"), object(
			key{"call", refTo("goCall"), true, ""},
			key{"when", refTo("condition"), false, "Only if this holds."},
		))},
		{"with", withSchema()}, {"condition", conditionSchema()}, {"where", whereSchema()}, {"each", eachSchema()},
		{"value", valueSchema()}, {"literal", literalSchema()},
		{"goCall", describe(matching(`^\$go\.[A-Z][A-Za-z0-9_]*\([\s\S]*\)\s*$`), "A call of a Go function: $go.Name(…).")},
		{"type", describe(refTo("text"), "A type of PostgreSQL, such as uuid, text, bool, int, bigint, numeric, timestamptz, jsonb, or an enum. \"[]\" in front makes a list; quote it. \"?\" behind allows NULL.")},
		{"reason", describe(refTo("text"), "Why, in a sentence.")},
		{"errorName", describe(matching(errorPattern.String()), "The name of an exported error, such as ErrNameTaken. It is generated.")},
		{"queryName", describe(matching(queryPattern.String()), "The name of a query of sqlc, such as CreateRole, or audit.InsertEvent with its package.")},
		{"name", matching(namePattern.String())},
		{"local", matching(namePattern.String()).except(&schema{Enum: Reserved()})},
		{"foreign", matching(foreignPattern.String())},
		{"text", matching(`\S`)},
	}
}

func describe(s *schema, text string) *schema {
	s.Description = text
	return s
}

func contextSchema() *schema {
	return anyOf(refTo("type"), object(
		key{"type", refTo("type"), true, ""},
		key{"doc", refTo("text"), false, "The documentation of its field of ContextValues."},
	))
}

func inputSchema() *schema {
	return anyOf(refTo("type"), object(
		key{"type", refTo("type"), false, "Its type, such as uuid, \"[]uuid\" or \"int?\". Needed unless it names a parameter of `row`."},
		key{"default", refTo("literal"), false, "The value when the caller leaves the field out; a literal."},
		key{"doc", refTo("text"), false, "The documentation of its field of the creator's specification."},
	))
}

func dataSchema() *schema {
	return object(
		key{"key", refTo("foreign"), false, "The field that names a row: $list.name picks the one with that name."},
		key{"rows", listOf(&schema{Type: "object", AdditionalProps: refTo("literal")}), true,
			"The rows, each a mapping of fields to literals. A field may hold rows of its own."},
	)
}

func blockSchema() *schema {
	return object(
		key{"params", setOf(refTo("local")), false, "The names of its parameters, which `with` of `use` gives."},
		key{"steps", refTo("steps"), true, "The steps. They see the scope, its parents and the parameters."},
		ignoreKey(),
	)
}

func scopeSchema() *schema {
	return object(
		key{"doc", refTo("text"), false, "The documentation of the generated types."},
		key{"type", refTo("text"), false, "The stored value of $scope.type. Default: the scope's key. Different for every scope."},
		key{"isolation", &schema{Type: "string", Enum: []string{repeatableRead}}, false,
			"The isolation level of the creation: repeatable read has all its statements see one snapshot. Default: read committed."},
		key{"inputs", mapOf(refTo("foreign"), refTo("input")), false, "Fields of the creator's specification: $input.name. Parameters of `row` that nothing binds are fields without being listed."},
		key{"parents", listOf(refTo("parent")), false, "Rows that must exist, and stay, while the scope is made."},
		key{"before", listOf(refTo("beforeCall")), false, "Calls of Go functions in front of the transaction, once a call."},
		key{"row", refTo("query"), true, "The query that inserts the scope's own row: :one, with RETURNING. It is $row then."},
		key{"found", refTo("query"), false, "The :one SELECT of the scope's row by its id. It is asked after a COMMIT without an answer."},
		key{"id", refTo("value"), false, "What addresses the scope. Default: $row.id."},
		key{"create", refTo("steps"), false, "The steps that follow `row`, in the same transaction."},
		key{"after_commit", listOf(refTo("afterCall")), false, "Calls of Go functions after the COMMIT."},
		key{"result", setOf(refTo("local")), false, "The lists of rows, named by `into`, that the caller gets back beside the row."},
		key{"purge", refTo("purge"), false, "How the scope is removed. Without it no purger is generated."},
		key{"errors", mapOf(&schema{MinLength: 1}, refTo("errorName")), false, "The errors for violated constraints, by the constraint's name."},
		ignoreKey(),
	)
}

func parentSchema() *schema {
	s := object(
		key{"type", refTo("text"), true, "The stored type of the parent: $parent.type in `for: parent in $scope.parents`."},
		key{"as", refTo("local"), false, "The name of its row: $name. Default: the type."},
		key{"lock", refTo("query"), false, "The query that locks the parent's row, SELECT … FOR KEY SHARE, and gives it back."},
		key{"with", refTo("with"), false, "Values for the parameters of `lock`."},
		key{"id", refTo("value"), false, "What addresses the parent. Default: the id of its row."},
		key{"when", refTo("condition"), false, "The parent is there only if this holds."},
		key{"for", refTo("each"), false, "One parent for each element of a list: `name in $list`."},
		key{"missing", refTo("errorName"), false, "The error when there is no such row; a case of scope.ErrParentNotFound."},
		key{"unsafe", refTo("reason"), false, "Why the parent needs no lock."},
	)
	s.DependentRequired = properties{{"with", []string{"lock"}}}
	s.AllOf = []*schema{
		{If: &schema{Required: []string{"with"}}, Then: &schema{Properties: properties{{"lock", &schema{Type: "string"}}}}},
		{If: &schema{Properties: properties{{"as", false}}}, Then: &schema{Properties: properties{{"type", refTo("local")}}}},
	}
	return s
}

func purgeSchema() *schema {
	return object(
		key{"before", listOf(refTo("beforeCall")), false, "Refused: call the function before you call the purger."},
		key{"lock", refTo("query"), false, "The query that locks the scope's row: SELECT … FOR UPDATE. Its only parameter is $scope.id."},
		key{"children", listOf(refTo("child")), false, "Scopes below this one, and what to do when there are any."},
		key{"refuse", listOf(refTo("refusal")), false, "Queries whose rows stand in the way of the purge."},
		key{"steps", refTo("steps"), false, "The steps that remove what belongs to the scope."},
		key{"row", refTo("purgeRow"), true, "The query that removes the scope's row, a DELETE, or an UPDATE for a soft delete."},
		key{"keep", setOf(refTo("text")), false, "The tables whose rows are left on purpose."},
		key{"after_commit", listOf(refTo("afterCall")), false, "Calls of Go functions after the COMMIT; not when the scope was not there."},
		key{"unsafe", refTo("reason"), false, "Why no `lock` is needed."},
	)
}

func childSchema() *schema {
	s := object(
		key{"scope", refTo("name"), true, "The scope that the children are of."},
		key{"list", refTo("queryName"), true, "The query for the ids of the children, which locks them; for `refuse` it may count them."},
		key{"with", refTo("with"), false, "Values for the parameters of `list`."},
		key{"found", &schema{Type: "string", Enum: []string{"cascade", "refuse"}}, true, "cascade: purge each child first. refuse: do not purge while there are any."},
		key{"error", refTo("errorName"), false, "The error for `found: refuse`; a case of scope.ErrHasChildren."},
	)
	s.Not = &schema{Properties: properties{{"found", &schema{Const: "cascade"}}}, Required: []string{"found", "error"}}
	return s
}

func refusalSchema() *schema {
	return object(
		key{"query", refTo("queryName"), true, "The query: the purge is refused when it counts more than 0, returns true, or returns rows."},
		key{"with", refTo("with"), false, "Values for the parameters of the query."},
		key{"error", refTo("errorName"), true, "The error; a case of scope.ErrInUse."},
	)
}

// purgeRowSchema is the query of a purge's row.
func purgeRowSchema() *schema {
	return anyOf(refTo("queryName"), object(
		key{"query", refTo("queryName"), true, "The query that removes the scope's row."},
		key{"with", refTo("with"), false, "Values for the parameters of the query."},
		key{"missing", refTo("errorName"), false, "The error for a row that is there and that the query does not take; a case of scope.ErrInUse."},
	))
}

// querySchema is a query by its name, or with bindings.
func querySchema() *schema {
	return anyOf(refTo("queryName"), object(
		key{"query", refTo("queryName"), true, ""},
		key{"with", refTo("with"), false, ""},
	))
}
