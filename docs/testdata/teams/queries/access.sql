-- name: ListRolePresets :many
SELECT * FROM role_presets WHERE scope_type = $1 ORDER BY id FOR SHARE;

-- name: ListPresetGrants :many
SELECT g.* FROM preset_grants g JOIN role_presets p ON p.id = g.preset_id WHERE p.scope_type = $1 ORDER BY g.id;

-- name: ListPresets :many
SELECT p.id, p.name, p.auto_assign, g.id AS grant_id, g.object, g.action
FROM role_presets p LEFT JOIN preset_grants g ON g.preset_id = p.id
WHERE p.scope_type = $1 ORDER BY p.id, g.id;

-- name: ListPresetObjects :many
SELECT p.id, p.name, p.auto_assign, coalesce(g.object, '*')::text AS object
FROM role_presets p LEFT JOIN preset_grants g ON g.preset_id = p.id
WHERE p.scope_type = $1 ORDER BY p.id, g.id;

-- name: CreateRole :one
INSERT INTO roles (id, scope_type, scope_id, name, auto_assign) VALUES ($1, $2, $3, $4, $5) RETURNING *;

-- name: GetRole :one
SELECT * FROM roles WHERE scope_type = $1 AND scope_id = $2 AND name = $3;

-- name: CreateGrant :exec
INSERT INTO grants (id, role_id, object, action) VALUES ($1, $2, $3, $4);

-- name: CreateGrants :execrows
INSERT INTO grants (id, role_id, object, action)
SELECT t.id, t.role_id, t.object, t.action
FROM ROWS FROM (unnest(@ids::uuid[]), unnest(@role_ids::uuid[]), unnest(@objects::text[]), unnest(@actions::text[])) AS t(id, role_id, object, action);

-- name: CreateMember :exec
INSERT INTO members (role_id, user_id, joined_at) VALUES ($1, $2, $3);

-- name: CountMembers :one
SELECT count(*) FROM members WHERE role_id IN (SELECT id FROM roles WHERE scope_type = $1 AND scope_id = $2);

-- name: DeleteGrantsOfScope :execrows
DELETE FROM grants WHERE role_id IN (SELECT id FROM roles WHERE scope_type = $1 AND scope_id = $2);

-- name: DeleteMembersOfScope :execrows
DELETE FROM members WHERE role_id IN (SELECT id FROM roles WHERE scope_type = $1 AND scope_id = $2);

-- name: DeleteRolesOfScope :execrows
DELETE FROM roles WHERE scope_type = $1 AND scope_id = $2;

-- name: CreateLink :exec
INSERT INTO links (id, scope_type, scope_id, entity_type, entity_id) VALUES ($1, $2, $3, $4, $5);

-- name: DeleteLinksOfScope :execrows
DELETE FROM links WHERE scope_type = $1 AND scope_id = $2;

-- name: DeleteLinksOfEntity :execrows
DELETE FROM links WHERE entity_type = $1 AND entity_id = $2;

-- name: ListRolesOfScope :many
SELECT * FROM roles WHERE scope_type = $1 AND scope_id = $2 ORDER BY id FOR UPDATE;

-- name: ListAdmins :many
SELECT id FROM roles WHERE scope_type = 'workspace' AND scope_id = $1 AND name = 'admin';

-- name: DeleteGrantsOfRole :execrows
DELETE FROM grants WHERE role_id = $1;

-- name: ImportLinks :copyfrom
INSERT INTO links (id, scope_type, scope_id, entity_type, entity_id) VALUES ($1, $2, $3, $4, $5);

-- name: AddMembers :batchexec
INSERT INTO members (role_id, user_id, joined_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: MakeRoles :batchone
INSERT INTO roles (id, scope_type, scope_id, name, auto_assign) VALUES ($1, $2, $3, $4, $5) RETURNING *;

-- name: DeleteRoleWithGrants :exec
WITH gone AS (DELETE FROM grants WHERE role_id = $1) DELETE FROM roles WHERE roles.id = $1;
