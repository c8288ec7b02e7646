-- name: ListActiveRolePresets :many
-- ListActiveRolePresets returns the presets of a scope type and locks them, in the order of their ids, so that none is
-- changed or deleted between this read and that of their entries. Two may have one name.
SELECT * FROM role_presets
WHERE scope_type = @scope_type AND NOT deleted
ORDER BY id
FOR SHARE;
