-- name: CreateUserRole :exec
-- CreateUserRole gives a role to a user.
INSERT INTO user_roles (id, user_id, role_id)
VALUES (@id, @user_id, @role_id);

-- name: DeleteUserRoles :execrows
-- DeleteUserRoles takes every role from a user.
DELETE FROM user_roles WHERE user_id = @user_id;
