-- What an expert adds to the queries of the reference: one statement a table for all rows of it, of one project or of many.

-- name: CreateRoles :many
-- CreateRoles inserts roles that are made from presets.
INSERT INTO roles (id, name, source, status, auto_assign)
SELECT t.id, t.name, 'preset', 'active', t.auto_assign
FROM ROWS FROM (unnest(@ids::uuid[]), unnest(@names::text[]), unnest(@auto_assigns::boolean[])) AS t (id, name, auto_assign)
RETURNING *;

-- name: CreatePermissions :exec
-- CreatePermissions inserts permissions in scopes of one type.
INSERT INTO permissions (id, role_id, scope_type, scope_id, entity_type, operation)
SELECT t.id, t.role_id, @scope_type, t.scope_id, t.entity_type, t.operation
FROM ROWS FROM (unnest(@ids::uuid[]), unnest(@role_ids::uuid[]), unnest(@scope_ids::text[]), unnest(@entity_types::text[]),
    unnest(@operations::text[])) AS t (id, role_id, scope_id, entity_type, operation);

-- name: CreateAssociations :exec
-- CreateAssociations says of entities that they belong to scopes, as their own.
INSERT INTO association_scopes_entities (id, scope_type, scope_id, entity_type, entity_id, relation_type)
SELECT t.id, t.scope_type, t.scope_id, t.entity_type, t.entity_id, 'auto'
FROM ROWS FROM (unnest(@ids::uuid[]), unnest(@scope_types::text[]), unnest(@scope_ids::text[]), unnest(@entity_types::text[]),
    unnest(@entity_ids::text[])) AS t (id, scope_type, scope_id, entity_type, entity_id);

-- name: LockDomains :many
-- LockDomains keeps domains from being purged until the transaction ends. It locks them in the order of their ids.
SELECT id FROM domains WHERE id = ANY(@ids::uuid[]) ORDER BY id FOR KEY SHARE;

-- name: CreateProjects :many
-- CreateProjects inserts projects into domains. An empty description stands for none.
INSERT INTO projects (id, domain_id, name, description)
SELECT t.id, t.domain_id, t.name, nullif(t.description, '')
FROM ROWS FROM (unnest(@ids::uuid[]), unnest(@domain_ids::uuid[]), unnest(@names::text[]), unnest(@descriptions::text[]))
    AS t (id, domain_id, name, description)
RETURNING *;
