package schema

import (
	"testing"
)

func TestParseRead(t *testing.T) {
	t.Parallel()
	testFacts(t, map[string]struct{ sql, want string }{
		"select": {`
			SELECT id, name AS n, roles.rank, count(*), 1, now(), source::text, status::text AS s, coalesce(rank, 0)
			FROM roles WHERE id = $1 AND $2 = name AND (status = $3 OR rank = $4) AND NOT source = $5
			GROUP BY id ORDER BY name LIMIT $6 OFFSET $7`, `
			SELECT ordered
			reads: roles
			equal: roles.id=$1 roles.name=$2
			returns id roles.id $1
			returns n roles.name $2
			returns rank roles.rank
			returns count
			returns ?column?
			returns now
			returns source
			returns s
			returns coalesce
			$1 roles.id
			$2 roles.name
			$3 roles.status
			$4 roles.rank
			$5 roles.source
			$6 ::int8
			$7 ::int8
			`},
		"lists": {`
			SELECT id FROM roles WHERE id = ANY($1::uuid[]) AND name = ANY($2) AND rank IN ($3, $4) AND created_at BETWEEN $5 AND $6
			AND name LIKE $7 AND (source, name) = ($8, $9) AND id <> ALL($10::uuid[])`, `
			SELECT
			reads: roles
			equal: roles.source=$8 roles.name=$9
			returns id roles.id
			$1 roles.id ::uuid array
			$2 roles.name array
			$3 roles.rank
			$4 roles.rank
			$5 roles.created_at
			$6 roles.created_at
			$7 roles.name
			$8 roles.source
			$9 roles.name
			$10 roles.id ::uuid array
			`},
		"joins": {`
			SELECT r.id, p.id, e.kind, p.* FROM roles r JOIN permissions p ON p.role_id = r.id AND p.bits = $3
			LEFT JOIN audit.events e ON e.id = p.id WHERE r.id = $1 AND p.scope_id = $2 AND e.kind = $4`, `
			SELECT
			reads: audit.events permissions roles
			equal: roles.id=$1 permissions.scope_id=$2 audit.events.kind=$4
			returns id roles.id $1
			returns id permissions.id
			returns kind audit.events.kind
			returns id permissions.id
			returns role_id permissions.role_id
			returns scope_type permissions.scope_type
			returns scope_id permissions.scope_id $2
			returns bits permissions.bits
			$1 roles.id
			$2 permissions.scope_id
			$3 permissions.bits
			$4 audit.events.kind
			`},
		"join using": {
			`SELECT * FROM live FULL JOIN audit.events USING (id) WHERE name = $1`, `
			SELECT
			reads: audit.events live
			equal: live.name=$1
			returns id
			returns name live.name
			returns kind audit.events.kind null
			$1 live.name
			`},
		"join using, inner": {
			`SELECT id, name, kind FROM live JOIN audit.events USING (id) WHERE id = $1`, `
			SELECT
			reads: audit.events live
			equal: live.id=$1
			returns id live.id $1
			returns name live.name
			returns kind audit.events.kind
			$1 live.id
			`},
		"a self join keeps its sides apart": {
			`SELECT a.id, b.id FROM roles a, roles b WHERE a.id = $1 AND b.name = a.name`, `
			SELECT
			reads: roles
			equal: roles.id=$1
			returns id roles.id $1
			returns id roles.id
			$1 roles.id
			`},
		"subqueries": {`
			SELECT s.rid, (SELECT max(bits) FROM permissions p WHERE p.role_id = s.rid) AS top, EXISTS (SELECT 1 FROM live WHERE live.name = s.name AND live.id = $2)
			FROM (SELECT id AS rid, name FROM roles WHERE id = $1) s WHERE s.name = $3 AND $4 IN (SELECT id FROM audit.events)`, `
			SELECT
			reads: audit.events live permissions roles
			returns rid roles.id
			returns top
			returns exists
			$1 roles.id
			$2 live.id
			$3 roles.name
			$4 audit.events.id
			`},
		"lateral": {
			`SELECT x.bits FROM roles r LEFT JOIN LATERAL (SELECT p.bits FROM permissions p WHERE p.role_id = r.id LIMIT 1) x ON true WHERE r.id = $1`, `
			SELECT
			reads: permissions roles
			equal: roles.id=$1
			returns bits permissions.bits null
			$1 roles.id
			`},
		"union": {
			`SELECT id FROM roles WHERE id = $1 UNION ALL SELECT id FROM live WHERE name = $2 ORDER BY id LIMIT 1`, `
			SELECT ordered
			reads: live roles
			returns id null
			$1 roles.id
			$2 live.name
			`},
		"grouping sets": {
			`SELECT source, count(*) FROM roles WHERE source = $1 GROUP BY ROLLUP (source)`, `
			SELECT
			reads: roles
			equal: roles.source=$1
			returns source roles.source null
			returns count null
			$1 roles.source
			`},
		"values": {
			`SELECT v.a, r.id FROM (VALUES ($1::uuid, 1)) AS v(a, b) JOIN roles r ON r.id = v.a`, `
			SELECT
			reads: roles
			returns a null
			returns id roles.id
			$1 roles.id ::uuid
			`},
		"with": {`
			WITH RECURSIVE gone AS (DELETE FROM permissions WHERE role_id = $1 RETURNING id, bits),
				tree (id, up) AS (SELECT id, name FROM live WHERE id = $2 UNION SELECT l.id, l.name FROM live l JOIN tree ON tree.up = l.name),
				roles AS (SELECT 1 AS one)
			SELECT gone.id, tree.id, roles.one FROM gone, tree, roles`, `
			SELECT
			writes: permissions
			reads: live
			returns id permissions.id
			returns id null
			returns one
			$1 permissions.role_id
			$2 live.id
			`},
		"a write in WITH before another": {`
			WITH r AS (INSERT INTO roles (id, name) VALUES ($1, $2) RETURNING id)
			INSERT INTO permissions (id, role_id) SELECT $3, r.id FROM r RETURNING role_id`, `
			INSERT permissions
			writes: permissions roles
			sets: permissions.id=$3 permissions.role_id=?
			returns role_id permissions.role_id
			$1 roles.id
			$2 roles.name
			$3 permissions.id
			`},
		"a table that is read and written": {
			`DELETE FROM roles WHERE id IN (SELECT r.id FROM roles r WHERE r.rank > $1)`, `
			DELETE roles
			writes: roles
			reads: roles
			$1 roles.rank
			`},
		"locks": {
			`SELECT r.id FROM roles r JOIN permissions p ON p.role_id = r.id WHERE r.id = $1 FOR UPDATE OF r SKIP LOCKED FOR KEY SHARE OF p NOWAIT`, `
			SELECT
			reads: permissions roles
			equal: roles.id=$1
			returns id roles.id $1
			locks roles UPDATE skip
			locks permissions KEY SHARE nowait
			$1 roles.id
			`},
		"locks on everything": {`
			WITH w AS (SELECT id FROM live)
			SELECT 1 FROM roles, (SELECT id FROM permissions) p, (SELECT id FROM audit.events FOR SHARE) e, w FOR NO KEY UPDATE`, `
			SELECT
			reads: audit.events live permissions roles
			returns ?column?
			locks roles NO KEY UPDATE
			locks permissions NO KEY UPDATE
			locks audit.events NO KEY UPDATE
			locks audit.events SHARE
			`},
		"locks in WITH": {
			`WITH w AS (SELECT id FROM roles ORDER BY id FOR UPDATE) SELECT id FROM w`, `
			SELECT
			reads: roles
			returns id roles.id
			locks roles UPDATE
			`},
		"sqlc's names": {`
			SELECT sqlc.embed(r), sqlc.embed(live) FROM roles r, live WHERE r.id=@id AND r.name = sqlc.arg(name) AND r.rank = sqlc.narg('rank')::int
			AND live.id = ANY(sqlc.slice('ids')::uuid[]) AND live.name = $2 AND r.source = @name::text`, `
			SELECT
			reads: live roles
			equal: roles.id=$1 roles.name=$3 roles.rank=$4 live.name=$2 roles.source=$3
			returns id roles.id $1
			returns name roles.name $3
			returns source roles.source $3
			returns status roles.status
			returns rank roles.rank $4
			returns created_at roles.created_at
			returns id live.id
			returns name live.name $2
			$1 roles.id
			$2 live.name
			$3 roles.name ::text
			$4 roles.rank ::int4
			$5 live.id ::uuid array
			`},
		"merge": {`
			MERGE INTO roles r USING live l ON l.id = r.id
			WHEN MATCHED AND l.name = $1 THEN UPDATE SET name = $2
			WHEN NOT MATCHED THEN INSERT (id, name) VALUES (l.id, $3) RETURNING r.id`, `
			OTHER roles
			writes: roles
			reads: live
			returns id roles.id null
			$1 live.name
			$2 roles.name
			$3 roles.name
			`},
		"truncate": {`TRUNCATE roles, audit.events`, "OTHER\nwrites: audit.events roles\n"},
		"unknown tables and columns": {
			`SELECT x.a, x.*, id, nope FROM nowhere x, roles WHERE x.a = $1 AND roles.nope = $2`, `
			SELECT
			reads: nowhere roles
			returns a
			returns * null
			returns id roles.id
			returns nope
			$1
			$2
			`},
		"an unknown target": {
			`INSERT INTO nowhere (id) VALUES ($1) RETURNING id, *`, `
			INSERT nowhere
			writes: nowhere
			sets: nowhere.id=$1
			returns id
			returns * null
			$1 nowhere.id
			`},
		"gaps between parameters": {`SELECT $3::bool`, "SELECT\nreturns bool\n$1\n$2\n$3 ::bool\n"},
	})
}
