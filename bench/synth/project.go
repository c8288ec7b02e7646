package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// queriesPerScope is how many queries writeProject gives each scope.
const queriesPerScope = 10

// writeProject writes a project with as many scopes into dir: each has four tables
// of its own, ten queries, a creator with a loop, and a purger.
func writeProject(dir string, scopes int) error {
	spec := &strings.Builder{}
	spec.WriteString("version: 1\nsqlc: sqlc.yaml\noutput: {dir: scopes, package: scopes}\nscopes:\n")
	files := map[string]string{
		"go.mod": "module example.com/synth\n\ngo 1.25.0\n",
		"sqlc.yaml": `version: "2"
sql:
  - engine: postgresql
    schema: schema
    queries: queries
    gen:
      go: {package: db, out: db, sql_package: pgx/v5, emit_pointers_for_null_types: true}
`,
	}
	for n := range scopes {
		name := strings.NewReplacer("%n", fmt.Sprintf("%04d", n))
		files[name.Replace("schema/%n.sql")] = name.Replace(tables)
		files[name.Replace("queries/%n.sql")] = name.Replace(queries)
		spec.WriteString(name.Replace(scope))
	}
	files["specgen.yaml"] = spec.String()
	for path, text := range files {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

const tables = `CREATE TABLE things%n (
    id         uuid NOT NULL PRIMARY KEY,
    name       text NOT NULL UNIQUE,
    note       text,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE templates%n (
    id      uuid NOT NULL PRIMARY KEY,
    label   text NOT NULL,
    deleted boolean NOT NULL DEFAULT false
);
CREATE TABLE parts%n (
    id       uuid NOT NULL PRIMARY KEY,
    thing_id uuid NOT NULL REFERENCES things%n (id),
    label    text NOT NULL
);
CREATE TABLE tags%n (
    id       uuid NOT NULL PRIMARY KEY,
    thing_id uuid NOT NULL REFERENCES things%n (id),
    part_id  uuid NOT NULL REFERENCES parts%n (id),
    label    text NOT NULL
);
`

const queries = `-- name: CreateThing%n :one
INSERT INTO things%n (id, name, note) VALUES (@id, @name, @note) RETURNING *;

-- name: LockThing%nForPurge :one
SELECT id FROM things%n WHERE id = @id FOR UPDATE;

-- name: DeleteThing%n :one
DELETE FROM things%n WHERE id = @id RETURNING *;

-- name: ListTemplates%n :many
SELECT * FROM templates%n WHERE NOT deleted ORDER BY id FOR SHARE;

-- name: CreatePart%n :one
INSERT INTO parts%n (id, thing_id, label) VALUES (@id, @thing_id, @label) RETURNING *;

-- name: CreateTag%n :exec
INSERT INTO tags%n (id, thing_id, part_id, label) VALUES (@id, @thing_id, @part_id, @label);

-- name: DeleteTags%n :execrows
DELETE FROM tags%n WHERE thing_id = @thing_id;

-- name: DeleteParts%n :execrows
DELETE FROM parts%n WHERE thing_id = @thing_id;

-- name: GetThing%n :one
SELECT * FROM things%n WHERE id = @id;

-- name: ListParts%n :many
SELECT * FROM parts%n WHERE thing_id = @thing_id ORDER BY id;
`

const scope = `  thing%n:
    doc: A thing has a part for each template.
    row: {query: CreateThing%n, with: {id: $new.uuid}}
    create:
      - {query: ListTemplates%n, as: templates}
      - for: template in $templates
        do:
          - {query: CreatePart%n, as: part, into: parts, with: {id: $new.uuid, thing_id: $scope.id}}
          - {query: CreateTag%n, with: {id: $new.uuid, thing_id: $scope.id}}
    result: [parts]
    purge:
      lock: LockThing%nForPurge
      steps:
        - {query: DeleteTags%n, as: tags, with: {thing_id: $scope.id}}
        - {query: DeleteParts%n, as: parts, with: {thing_id: $scope.id}}
      row: DeleteThing%n
`
