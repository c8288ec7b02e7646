-- The queries of roles. This is about the file, not about a query.

-- CreateRole makes a role.
-- Its id is made by the client.
-- name: CreateRole :one
INSERT INTO roles (id, domain_id, name, description, status, kind, settings, tags)
VALUES ($1, $2, $3, $4, $5, $6, $7, @tags)
RETURNING *;

-- name: GetRole :one
SELECT * FROM roles WHERE id = $1;

-- name: GetRoleName :one
-- The name alone.
-- @sqlc-vet-disable
SELECT name FROM roles WHERE id = @id;

-- name: FindRole :one
SELECT id FROM roles WHERE name = sqlc.arg(name) AND kind = sqlc.narg('kind') AND (domain_id = @domain_id OR @domain_id IS NULL);

-- name: ListRoles :many
SELECT r.id, r.name, r.description, r.status, count(*) AS total, max(r.priority * 2)::int AS top
FROM roles r
WHERE r.status = $1 -- only these
GROUP BY r.id
ORDER BY r.id
LIMIT $2;

-- name: ListRoleIDs :many
SELECT id FROM roles WHERE domain_id = $1 FOR UPDATE;

-- name: ListTags :many
SELECT tags FROM roles WHERE id = ANY(@ids::uuid[]);

-- name: ListRolesWithDomain :many
SELECT sqlc.embed(d), sqlc.embed(r), r.name || '; `' || d.name AS label
FROM roles r JOIN domains d ON d.id = r.domain_id
WHERE d.name = $1 AND r.tags @> @wanted::text[];

-- name: CountRoles :one
SELECT count(*) FROM roles;

-- name: RenameRole :execrows
UPDATE roles SET name = $1 WHERE id = $2;

/* name: TouchRoles :exec */
UPDATE roles SET deleted_at = now();

-- name: DeleteRole :execresult
DELETE FROM roles WHERE id = $1;

-- name: BulkRoles :many
INSERT INTO roles (id, name)
SELECT t.id, t.name FROM ROWS FROM (unnest(@ids::uuid[]), unnest(@names::text[])) AS t(id, name)
RETURNING id, status, kind;

-- name: ReservedWords :one
SELECT type, "at" FROM events WHERE type = @type AND "at" > @func::date AND took = @time;
