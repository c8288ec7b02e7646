//go:build !race

package driver_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A textRule changes the SQL at each match of a pattern.
type textRule struct {
	kind    string
	pattern string
	by      string                                    // what takes the place of a match, with $1 for its first group
	edit    func(x *example, match []string) []string // in place of by: the changes to make, each in a mutant of its own
	stale   bool                                      // sqlc is not run afterwards
	only    func(x *example, about string) bool       // of the query or the table that the match is in; nil for all
}

var (
	queryLine   = regexp.MustCompile(`(?m)^-- name: (\w+) :(\w+)$`)
	createTable = regexp.MustCompile(`(?m)^CREATE TABLE (\w+) \(`)
	aComment    = regexp.MustCompile(`(?m)--.*$|^COMMENT .*$`)
)

// queryNames are the names of an example's queries.
func (x *example) queryNames() []string {
	var names []string
	for _, file := range x.queries {
		for _, m := range queryLine.FindAllStringSubmatch(x.files[file], -1) {
			names = append(names, m[1])
		}
	}
	return names
}

// called reports whether the specification names a query.
func (x *example) called(query string) bool {
	return regexp.MustCompile(`\b` + query + `\b`).MatchString(x.files["specgen.yaml"])
}

// touched reports whether a query that is called names a table.
func (x *example) touched(table string) bool {
	re := regexp.MustCompile(`\b` + table + `\b`)
	for _, file := range x.queries {
		text := x.files[file]
		starts := queryLine.FindAllStringSubmatchIndex(text, -1)
		for i, m := range starts {
			end := len(text)
			if i+1 < len(starts) {
				end = starts[i+1][0]
			}
			if x.called(text[m[2]:m[3]]) && re.MatchString(aComment.ReplaceAllString(text[m[1]:end], "")) {
				return true
			}
		}
	}
	return false
}

// inserted reports whether a query that is called inserts into a table.
func (x *example) inserted(table string) bool {
	for _, file := range x.queries {
		if regexp.MustCompile(`INSERT INTO ` + table + `\b`).MatchString(x.files[file]) {
			return x.touched(table)
		}
	}
	return false
}

// apply makes the mutants of a rule in some files of an example; header says
// what a match is about: the query or the table that it is in.
func (r textRule) apply(t *testing.T, x *example, files []string, header *regexp.Regexp) []*mutant {
	t.Helper()
	re := regexp.MustCompile(r.pattern)
	var out []*mutant
	for _, file := range files {
		text := x.files[file]
		comments := aComment.FindAllStringIndex(text, -1)
		counts := map[string]int{}
		for _, at := range re.FindAllStringSubmatchIndex(text, -1) {
			inComment := slices.ContainsFunc(comments, func(c []int) bool { return c[0] < at[0] && at[0] < c[1] })
			about := ""
			for _, h := range header.FindAllStringSubmatchIndex(text, -1) {
				if h[0] <= at[0] {
					about = text[h[2]:h[3]]
				}
			}
			if inComment || about == "" || r.only != nil && !r.only(x, about) {
				continue
			}
			var match []string
			for g := 0; g < len(at); g += 2 {
				part := ""
				if at[g] >= 0 {
					part = text[at[g]:at[g+1]]
				}
				match = append(match, part)
			}
			changes := []string{string(re.ExpandString(nil, r.by, text, at))}
			if r.edit != nil {
				changes = r.edit(x, match)
			}
			for _, change := range changes {
				changed := text[:at[0]] + change + text[at[1]:]
				if changed == text {
					continue
				}
				counts[about]++
				what := strings.Join(strings.Fields(match[0]), " ")
				if len(what) > 60 {
					what = what[:60] + "…"
				}
				out = append(out, &mutant{example: x, kind: r.kind, place: fmt.Sprintf("%s %d: %s", about, counts[about], what), changed: map[string]string{file: changed}, stale: r.stale})
			}
		}
	}
	return out
}

// calledOnly leaves queries out that nothing calls.
func calledOnly(x *example, about string) bool { return x.called(about) }

// queryRules are the mistakes in a query.
func queryRules() []textRule {
	rules := []textRule{
		{kind: "dropped column of a WHERE", pattern: `(?i)(WHERE|\bAND) ((?:NOT )?[\w.]+(?: (?:=|<>) (?:@\w+|'\w+'))?)`, edit: func(_ *example, m []string) []string {
			if strings.EqualFold(m[1], "AND") {
				return []string{""}
			}
			return []string{"WHERE true"}
		}},
		{kind: "dropped WHERE", pattern: `(?s)\s+WHERE [^;]*?(\s+ORDER BY[^;]*|\s+FOR [^;]*|\s+RETURNING[^;]*)?;`, by: "$1;"},
		{kind: "dropped FOR UPDATE", pattern: `\s+FOR (UPDATE|SHARE|KEY SHARE);`, by: ";"},
		{kind: "weakened lock", pattern: `FOR (UPDATE|SHARE|KEY SHARE);`, edit: func(_ *example, m []string) []string {
			return map[string][]string{"UPDATE": {"FOR NO KEY UPDATE;", "FOR SHARE;", "FOR KEY SHARE;"}, "SHARE": {"FOR KEY SHARE;"}}[m[1]]
		}},
		{kind: "SKIP LOCKED", pattern: `FOR (UPDATE|SHARE|KEY SHARE);`, by: "FOR $1 SKIP LOCKED;"},
		{kind: "dropped column of an INSERT", pattern: `(?s)INSERT INTO (\w+) \((.*?)\)\s+VALUES \((.*?)\)`, edit: func(_ *example, m []string) []string {
			columns, values := strings.Split(m[2], ","), strings.Split(m[3], ",")
			var out []string
			for i := range columns {
				c, v := slices.Delete(slices.Clone(columns), i, i+1), slices.Delete(slices.Clone(values), i, i+1)
				out = append(out, fmt.Sprintf("INSERT INTO %s (%s)\nVALUES (%s)", m[1], strings.Join(c, ","), strings.Join(v, ",")))
			}
			return out
		}},
		{kind: "swapped values of an INSERT", pattern: `VALUES \(([^)]*)\)`, edit: func(_ *example, m []string) []string {
			values := strings.Split(m[1], ", ")
			var out []string
			for i := range len(values) - 1 {
				v := slices.Clone(values)
				v[i], v[i+1] = v[i+1], v[i]
				out = append(out, "VALUES ("+strings.Join(v, ", ")+")")
			}
			return out
		}},
		{kind: "a constant for a parameter", pattern: `@\w+_type\b|@name\b|@status\b|@source\b`, by: "'other'"},
		{kind: "NULL for a parameter", pattern: `(VALUES \((?:@\w+, )*)(@\w+)(, @\w+)*\)`, edit: func(_ *example, m []string) []string {
			return []string{strings.Replace(m[0], m[2], "NULL", 1)}
		}},
		{kind: "another column in a WHERE", pattern: `(scope|entity)_(type|id) = @`, edit: func(_ *example, m []string) []string {
			other := map[string]string{"scope": "entity", "entity": "scope"}[m[1]]
			kind := map[string]string{"type": "id", "id": "type"}[m[2]]
			return []string{other + "_" + m[2] + " = @", m[1] + "_" + kind + " = @"}
		}},
		{kind: "another operator", pattern: `([\w.]+) = @`, by: "$1 <> @"},
		{kind: "OR for AND", pattern: ` AND `, by: " OR "},
		{kind: "NOT left out", pattern: `NOT (p\.)?deleted`, by: "${1}deleted"},
		{kind: "another command", pattern: `(?m)^(-- name: \w+) :(\w+)$`, edit: func(_ *example, m []string) []string {
			var out []string
			for _, c := range map[string][]string{"one": {"exec", "many"}, "many": {"one", "exec"}, "execrows": {"exec", "one"}, "exec": {"execrows", "one"}}[m[2]] {
				out = append(out, m[1]+" :"+c)
			}
			return out
		}},
		{kind: "dropped RETURNING", pattern: `\s+RETURNING \*;`, by: ";"},
		{kind: "RETURNING less", pattern: `RETURNING \*;`, by: "RETURNING created_at;"},
		{kind: "a second table in a query", pattern: `(?m)^(DELETE FROM|INSERT INTO|SELECT) `, edit: func(x *example, m []string) []string {
			return []string{"WITH gone AS (DELETE FROM " + map[string]string{"rbac": "user_roles", "backendai": "object_permissions", "saas": "subscriptions"}[x.name] + ")\n" + m[0]}
		}},
		{kind: "another table", pattern: `DELETE FROM (\w+)`, edit: func(x *example, m []string) []string {
			var out []string
			for _, other := range map[string][]string{
				"permissions": {"association_scopes_entities"}, "association_scopes_entities": {"permissions"}, "entity_memberships": {"scope_bindings"},
				"scope_bindings": {"virtual_scopes"}, "virtual_scopes": {"scope_bindings", "permissions"}, "role_grants": {"roles", "members"}, "members": {"roles"},
				"roles": {"role_grants"}, "projects": {"domains"}, "users": {"domains"}, "domains": {"projects"}, "environments": {"workspaces"}, "organisations": {"workspaces"},
			}[m[1]] {
				out = append(out, "DELETE FROM "+other)
			}
			return out
		}},
		{kind: "another table in a lock", pattern: `(?m)^(SELECT (?:id|\*) FROM) (\w+)( WHERE id|\nWHERE id)`, edit: func(x *example, m []string) []string {
			other := map[string]string{"domains": "projects", "projects": "domains", "users": "domains", "groups": "resource_groups", "resource_groups": "container_registries",
				"container_registries": "resource_groups", "organisations": "workspaces", "workspaces": "organisations", "environments": "roles"}[m[2]]
			return []string{m[1] + " " + other + m[3]}
		}},
		{kind: "ON CONFLICT DO NOTHING", pattern: `(VALUES \([^)]*\)|\) VALUES \(\n[^)]*\n\))`, by: "$1\nON CONFLICT DO NOTHING"},
		{kind: "dropped ORDER BY", pattern: `\s+ORDER BY [\w., ]+`, by: ""},
		{kind: "LIMIT 1", pattern: `(?m)(ORDER BY [\w., ]+)`, by: "$1 LIMIT 1"},
		{kind: "a cast to another type", pattern: `@\w*(?:name|_id|id)\b`, by: "$0::int"},
		{kind: "a parameter that may be NULL", pattern: `@(name|scope_type|entity_type|domain_id|role_id|slug)\b`, by: "sqlc.narg($1)"},
		{kind: "an UPDATE for a DELETE", pattern: `DELETE FROM (projects|domains|groups|users|workspaces|environments|organisations) WHERE`, by: "UPDATE $1 SET created_at = now() WHERE"},
		{kind: "a SELECT for a DELETE", pattern: `DELETE FROM (\w+) WHERE (\w+ = @\w+)\nRETURNING \*;`, by: "SELECT * FROM $1 WHERE $2;"},
		{kind: "dropped query", pattern: `(?s)-- name: (\w+) :\w+\n.*?;`, by: ""},
		{kind: "renamed query", pattern: `(?m)^-- name: (\w+) :`, by: "-- name: The$1 :"},
		{kind: "renamed query, sqlc not run", pattern: `(?m)^-- name: (\w+) :`, by: "-- name: The$1 :", stale: true},
		{kind: "dropped column of a WHERE, sqlc not run", pattern: ` AND \w+ = @\w+`, by: "", stale: true},
	}
	for i := range rules {
		rules[i].only = calledOnly
	}
	return rules
}

// schemaRules are the mistakes in a schema, or changes that the queries do not
// follow.
func schemaRules() []textRule {
	touched := func(x *example, about string) bool { return x.touched(about) }
	inserted := func(x *example, about string) bool { return x.inserted(about) }
	column := `(?m)^(    (\w+) +)`
	return []textRule{
		{kind: "added NOT NULL column", pattern: `(?m)^CREATE TABLE (\w+) \(\n`, by: "${0}    extra text NOT NULL,\n", only: inserted},
		{kind: "added NOT NULL column, sqlc not run", pattern: `(?m)^CREATE TABLE (\w+) \(\n`, by: "${0}    extra text NOT NULL,\n", only: inserted, stale: true},
		{kind: "added column", pattern: `(?m)^CREATE TABLE (\w+) \(\n`, by: "${0}    extra text,\n", only: inserted},
		{kind: "added generated column", pattern: `(?m)^CREATE TABLE (\w+) \(\n`, by: "${0}    extra text NOT NULL GENERATED ALWAYS AS ('x') STORED,\n", only: inserted},
		{kind: "dropped DEFAULT", pattern: column + `(.*?) DEFAULT [^,\n]+,`, by: "$1$3,", only: inserted},
		{kind: "dropped NOT NULL", pattern: column + `(\w+) NOT NULL,`, by: "$1$3,", only: touched},
		{kind: "NOT NULL", pattern: column + `(text|varchar\(\d+\)|boolean|smallint|jsonb|uuid),`, by: "$1$3 NOT NULL,", only: inserted},
		{kind: "changed type: text", pattern: column + `(text|varchar\(\d+\)) `, edit: func(_ *example, m []string) []string {
			return []string{m[1] + "varchar(2) ", m[1] + "integer ", m[1] + "uuid "}
		}, only: touched},
		{kind: "changed type: uuid", pattern: column + `uuid `, edit: func(_ *example, m []string) []string {
			return []string{m[1] + "text ", m[1] + "bigint "}
		}, only: touched},
		{kind: "changed type: boolean", pattern: column + `boolean `, by: "${1}text ", only: touched},
		{kind: "changed type: bigint", pattern: column + `bigint NOT`, edit: func(_ *example, m []string) []string {
			return []string{m[1] + "smallint NOT", m[1] + "text NOT"}
		}, only: touched},
		{kind: "changed type: other", pattern: column + `(jsonb|timestamptz|bytea|smallint)((?: NOT NULL)?,)`, by: "${1}integer$4", only: inserted},
		{kind: "made by the server", pattern: column + `(text|uuid|varchar\(\d+\)) NOT NULL,`, edit: func(_ *example, m []string) []string {
			value := "'x'"
			if m[3] == "uuid" {
				value = "'aaaaaaaa-0000-4000-8000-00000000abcd'::uuid"
			}
			return []string{m[1] + m[3] + " NOT NULL GENERATED ALWAYS AS (" + value + ") STORED,"}
		}, only: inserted},
		{kind: "identity not made by the server", pattern: ` GENERATED ALWAYS AS IDENTITY`, by: "", only: inserted},
		{kind: "dropped foreign key", pattern: `(?m),\n    (?:-- .*\n    )*CONSTRAINT \w+ FOREIGN KEY [^,\n]*(?:\n        (?:REFERENCES|FOREIGN KEY)[^,\n]*)?| REFERENCES \w+ \(\w+\)`, by: "", only: touched},
		{kind: "dropped ON DELETE CASCADE", pattern: ` ON DELETE CASCADE`, by: "", only: touched},
		{kind: "ON DELETE CASCADE", pattern: `(REFERENCES (\w+) \(\w+\))([,\n])`, by: "$1 ON DELETE CASCADE$3", only: touched},
		{kind: "ON DELETE SET NULL", pattern: `(REFERENCES (\w+) \(\w+\))(?: ON DELETE CASCADE)?([,\n])`, by: "$1 ON DELETE SET NULL$3", only: touched},
		{kind: "dropped unique key", pattern: `(?m),\n    (?:-- .*\n    )*CONSTRAINT \w+ UNIQUE ?[^,\n]*\(.*?\)|,\n    CONSTRAINT \w+\n +UNIQUE \(.*?\)`, by: "", only: touched},
		{kind: "narrower unique key", pattern: `UNIQUE \((\w+), ([\w, ]+)\)`, edit: func(_ *example, m []string) []string {
			rest := strings.Split(m[2], ", ")
			return []string{"UNIQUE (" + m[2] + ")", "UNIQUE (" + strings.Join(append([]string{m[1]}, rest[:len(rest)-1]...), ", ") + ")"}
		}, only: touched},
		{kind: "renamed constraint", pattern: `CONSTRAINT (\w+) (UNIQUE|PRIMARY KEY \(name|CHECK)`, by: "CONSTRAINT the_$1 $2", only: touched},
		{kind: "a CHECK", pattern: column + `text NOT NULL,`, by: "${1}text NOT NULL CONSTRAINT a_check CHECK ($2 IN ('other')),", only: inserted},
		{kind: "fewer values in a CHECK", pattern: `IN \('\w+', `, by: "IN (", only: inserted},
		{kind: "renamed value of an enum", pattern: `(?m)^(CREATE TYPE \w+ *AS ENUM \()'(\w+)'`, by: "$1'the $2'"},
		{kind: "fewer values of an enum", pattern: `(?m)^(CREATE TYPE \w+ *AS ENUM \()'[\w-]+', `, by: "$1"},
		{kind: "a table that refers to the scope", pattern: `(?s)CREATE TABLE (domains|projects|groups|users|resource_groups|organisations|workspaces|environments) \(.*?\n\);`, edit: func(_ *example, m []string) []string {
			key, typ := "id", "uuid"
			switch {
			case m[1] == "users" && strings.Contains(m[0], "    uuid "):
				key = "uuid"
			case m[1] == "environments":
				typ = "text"
			case m[1] == "organisations", m[1] == "workspaces":
				typ = "bigint"
			}
			return []string{m[0] + fmt.Sprintf("\nCREATE TABLE notes_of_%s (id uuid PRIMARY KEY, of_id %s NOT NULL REFERENCES %s (%s), note text);", m[1], typ, m[1], key)}
		}, only: touched},
		{kind: "renamed table", pattern: `(?m)^CREATE TABLE (\w+) \(`, by: "CREATE TABLE the_$1 (", only: touched},
		{kind: "renamed column", pattern: column + `(uuid|text|varchar\(\d+\)|boolean)`, by: "    the_$2 $3", only: touched},
	}
}

// mutants are those of an example: of each rule at every n-th place that it
// applies to, beginning with the first.
func (x *example) mutants(t *testing.T, n int) []*mutant {
	t.Helper()
	var all [][]*mutant
	for _, r := range specRules(x) {
		all = append(all, r.apply(t, x))
	}
	for _, r := range queryRules() {
		all = append(all, r.apply(t, x, x.queries, queryLine))
	}
	for _, r := range schemaRules() {
		header := createTable
		if strings.Contains(r.kind, "enum") {
			header = regexp.MustCompile(`(?m)^CREATE TYPE (\w+)`)
		}
		all = append(all, r.apply(t, x, x.schema, header))
	}
	return selected(all, n)
}
