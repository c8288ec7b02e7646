-- name: ListRolePermissionPresets :many
-- ListRolePermissionPresets returns the entries of all active presets of a scope type. That is one statement, and so one
-- moment: an edit of several entries that commits meanwhile is seen whole or not at all.
SELECT e.*
FROM role_permission_presets AS e
JOIN role_presets AS p ON p.id = e.role_preset_id
WHERE p.scope_type = @scope_type AND NOT p.deleted
ORDER BY e.role_preset_id, e.id;
