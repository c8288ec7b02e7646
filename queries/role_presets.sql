-- name: CreateRolePreset :one
-- CreateRolePreset inserts a preset without entries. Scopes that exist do not get a role from it.
INSERT INTO role_presets (id, scope_type, name, auto_assign)
VALUES (@id, @scope_type, @name, @auto_assign)
RETURNING *;

-- name: ListActiveRolePresets :many
-- ListActiveRolePresets returns the presets of a scope type and locks them, in the order of their ids, so that none is
-- changed or deleted between this read and that of their entries.
SELECT * FROM role_presets
WHERE scope_type = @scope_type AND NOT deleted
ORDER BY id
FOR SHARE;
