-- name: CreateRole :one
-- Inserts a role of a scope.
INSERT INTO roles (scope_type, scope_id, name)
VALUES (@scope_type, @scope_id, @name)
RETURNING *;

-- name: ListRolesOfScope :many
-- Lists the roles of a scope, and keeps them from being deleted while grants are added to them.
SELECT * FROM roles
WHERE scope_type = @scope_type AND scope_id = @scope_id
ORDER BY id
FOR KEY SHARE;

-- name: DeleteRolesOfScope :execrows
-- Deletes the roles of a scope.
DELETE FROM roles
WHERE scope_type = @scope_type AND scope_id = @scope_id;
