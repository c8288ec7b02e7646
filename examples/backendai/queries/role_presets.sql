-- name: ListRolePresetsWithEntries :many
-- ListRolePresetsWithEntries returns the active presets of a scope type with their entries; a preset without entries has
-- one row, and two presets may have one name. One statement is one moment: an edit of several presets that commits meanwhile is seen whole or not at all.
SELECT p.id, p.name, p.auto_assign, p.role_name_template, e.id AS entry_id, e.entity_type, e.operation
FROM role_presets AS p
LEFT JOIN role_permission_presets AS e ON e.role_preset_id = p.id
WHERE p.scope_type = @scope_type AND NOT p.deleted
ORDER BY p.id, e.id;
