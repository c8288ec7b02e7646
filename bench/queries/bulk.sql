-- What an expert adds to the queries of the reference: one statement a table for all rows of it.

-- name: CreateRoles :many
INSERT INTO roles (id, name, source, status, auto_assign)
SELECT t.id, t.name, 'preset', 'active', t.auto_assign
FROM ROWS FROM (unnest(@ids::uuid[]), unnest(@names::text[]), unnest(@auto_assigns::boolean[])) AS t (id, name, auto_assign)
RETURNING *;

-- name: CreatePermissions :exec
INSERT INTO permissions (id, role_id, scope_type, scope_id, entity_type, operation)
SELECT t.id, t.role_id, @scope_type, @scope_id, t.entity_type, t.operation
FROM ROWS FROM (unnest(@ids::uuid[]), unnest(@role_ids::uuid[]), unnest(@entity_types::text[]), unnest(@operations::text[]))
    AS t (id, role_id, entity_type, operation);

-- name: CreateAssociations :exec
INSERT INTO association_scopes_entities (id, scope_type, scope_id, entity_type, entity_id, relation_type)
SELECT t.id, t.scope_type, t.scope_id, t.entity_type, t.entity_id, 'auto'
FROM ROWS FROM (unnest(@ids::uuid[]), unnest(@scope_types::text[]), unnest(@scope_ids::text[]), unnest(@entity_types::text[]),
    unnest(@entity_ids::text[])) AS t (id, scope_type, scope_id, entity_type, entity_id);
