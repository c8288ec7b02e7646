-- name: DeleteUserRoles :execrows
-- DeleteUserRoles takes every role from a user.
DELETE FROM user_roles WHERE user_id = @user_id;
