-- name: CreateRolePermissionPreset :one
-- CreateRolePermissionPreset adds an entry to a preset. Roles made from the preset before do not get it.
INSERT INTO role_permission_presets (id, role_preset_id, entity_type, operation)
VALUES (@id, @role_preset_id, @entity_type, @operation)
RETURNING *;
