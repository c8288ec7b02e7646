package schema

import (
	"testing"
)

func TestParseWrite(t *testing.T) {
	t.Parallel()
	testFacts(t, map[string]struct{ sql, want string }{
		"insert a row": {`
			-- name: CreateRole :one
			INSERT INTO roles (id, name, status, source, rank) VALUES ($1, $2, $3::status, DEFAULT, 1 + $4) RETURNING id, name AS title, *`, `
			INSERT roles single
			writes: roles
			sets: roles.id=$1 roles.name=$2 roles.status=$3 roles.rank=?
			returns id roles.id $1
			returns title roles.name $2
			returns id roles.id $1
			returns name roles.name $2
			returns source roles.source
			returns status roles.status $3
			returns rank roles.rank
			returns created_at roles.created_at
			$1 roles.id
			$2 roles.name
			$3 roles.status ::status
			$4
			`},
		"insert without columns": {
			`INSERT INTO permissions VALUES ($1, $2, $3)`, `
			INSERT permissions single
			writes: permissions
			sets: permissions.id=$1 permissions.role_id=$2 permissions.scope_type=$3
			$1 permissions.id
			$2 permissions.role_id
			$3 permissions.scope_type
			`},
		"insert defaults": {
			`INSERT INTO odd DEFAULT VALUES RETURNING m`, `
			INSERT odd single
			writes: odd
			returns m odd.m
			`},
		"insert rows": {
			`INSERT INTO permissions (id, bits) VALUES ($1, 1), ($2, DEFAULT) RETURNING id`, `
			INSERT permissions
			writes: permissions
			sets: permissions.id=?
			returns id permissions.id
			$1 permissions.id
			$2 permissions.id
			`},
		"insert arrays": {`
			INSERT INTO permissions AS p (id, role_id, scope_type, scope_id, bits)
			SELECT t.id, t.role_id, $3, $4::text, t.bits
			FROM ROWS FROM (unnest($1::uuid[]), unnest($2::uuid[]), unnest($5::smallint[])) AS t(id, role_id, bits)
			RETURNING p.id`, `
			INSERT permissions
			writes: permissions
			sets: permissions.id=? permissions.role_id=? permissions.scope_type=$3 permissions.scope_id=$4 permissions.bits=?
			returns id permissions.id
			$1 permissions.id ::uuid array
			$2 permissions.role_id ::uuid array
			$3 permissions.scope_type
			$4 permissions.scope_id ::text
			$5 permissions.bits ::int2 array
			`},
		"insert arrays, as Citus routes them": {`
			INSERT INTO permissions (scope_id, id, bits)
			SELECT $1::text, u.* FROM ROWS FROM (unnest($2::uuid[]), unnest($3::text[])) u(id, kind)`, `
			INSERT permissions
			writes: permissions
			sets: permissions.scope_id=$1 permissions.id=? permissions.bits=?
			$1 permissions.scope_id ::text
			$2 permissions.id ::uuid array
			$3 permissions.bits ::text array
			`},
		"insert arrays in the list": {
			`INSERT INTO roles (id, status) SELECT unnest($1::uuid[]), unnest($2::text[])::status`, `
			INSERT roles
			writes: roles
			sets: roles.id=? roles.status=?
			$1 roles.id ::uuid array
			$2 roles.status ::text array
			`},
		"insert from another table": {
			`INSERT INTO permissions (id, role_id, scope_type) SELECT gen_random_uuid(), r.id, r.source FROM roles r WHERE r.id = $1`, `
			INSERT permissions
			writes: permissions
			reads: roles
			sets: permissions.id=? permissions.role_id=? permissions.scope_type=?
			$1 roles.id
			`},
		"upsert": {`
			INSERT INTO roles (id, name) VALUES ($1, $2)
			ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, source = $3 WHERE roles.rank < $4 RETURNING id, name`, `
			INSERT roles conflict-update
			writes: roles
			sets: roles.id=$1 roles.name=$2
			returns id roles.id
			returns name roles.name
			$1 roles.id
			$2 roles.name
			$3 roles.source
			$4 roles.rank
			`},
		"insert or nothing": {
			`INSERT INTO roles (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id`, `
			INSERT roles conflict-nothing
			writes: roles
			sets: roles.id=$1
			returns id roles.id $1
			$1 roles.id
			`},
		"update": {`
			UPDATE roles SET name = $2, rank = rank + 1, (source, status) = ($3, 'deleted')
			WHERE id = $1 AND status = 'active' AND name = $4 RETURNING id, name, rank`, `
			UPDATE roles
			writes: roles
			sets: roles.name=$2 roles.rank=? roles.source=$3 roles.status=?
			equal: roles.id=$1 roles.name=$4
			returns id roles.id $1
			returns name roles.name
			returns rank roles.rank
			$1 roles.id
			$2 roles.name
			$3 roles.source
			$4 roles.name
			`},
		"update from": {`
			UPDATE permissions p SET scope_id = r.name, bits = COALESCE($3, p.bits) FROM roles r
			WHERE p.role_id = r.id AND r.id = $1 AND p.scope_type = $2 RETURNING p.id, r.id, p.scope_type`, `
			UPDATE permissions
			writes: permissions
			reads: roles
			sets: permissions.scope_id=? permissions.bits=?
			equal: roles.id=$1 permissions.scope_type=$2
			returns id permissions.id
			returns id roles.id $1
			returns scope_type permissions.scope_type $2
			$1 roles.id
			$2 permissions.scope_type
			$3
			`},
		"update from arrays": {`
			UPDATE roles SET name = u.name FROM ROWS FROM (unnest(@ids::uuid[]), unnest(@names::text[])) AS u(id, name) WHERE roles.id = u.id`, `
			UPDATE roles
			writes: roles
			sets: roles.name=?
			$1 roles.id ::uuid array
			$2 roles.name ::text array
			`},
		"delete": {
			`DELETE FROM permissions USING roles WHERE permissions.role_id = roles.id AND scope_type = $1 AND (scope_id = $2::text) AND roles.name <> $3 RETURNING permissions.*`, `
			DELETE permissions
			writes: permissions
			reads: roles
			equal: permissions.scope_type=$1 permissions.scope_id=$2
			returns id permissions.id
			returns role_id permissions.role_id
			returns scope_type permissions.scope_type $1
			returns scope_id permissions.scope_id $2
			returns bits permissions.bits
			$1 permissions.scope_type
			$2 permissions.scope_id ::text
			$3 roles.name
			`},
	})
}
