-- name: CreatePermission :exec
-- CreatePermission lets the holders of a role do one operation on one type of entity in one scope. The column permission
-- is the operation as a bit.
INSERT INTO permissions (id, role_id, scope_type, scope_id, entity_type, operation, permission)
VALUES (@id, @role_id, @scope_type, @scope_id, @entity_type, @operation, @permission);

-- name: DeleteScopePermissions :execrows
-- DeleteScopePermissions takes back what any role permits in a scope.
DELETE FROM permissions WHERE scope_type = @scope_type AND scope_id = @scope_id;
