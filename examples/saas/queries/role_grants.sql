-- name: CreateRoleGrant :exec
-- Lets a role do one thing in a scope.
INSERT INTO role_grants (role_id, scope_type, scope_id, object, action)
VALUES (@role_id, @scope_type, @scope_id, @object, @action);

-- name: DeleteRoleGrantsOfScope :execrows
-- Deletes what any role may do in a scope.
DELETE FROM role_grants
WHERE scope_type = @scope_type AND scope_id = @scope_id;
