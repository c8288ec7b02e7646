-- name: CreateMember :exec
-- Makes a user a member of a scope in one role.
INSERT INTO members (scope_type, scope_id, user_id, role_id, joined_at)
VALUES (@scope_type, @scope_id, @user_id, @role_id, @joined_at);

-- name: DeleteMembersOfScope :execrows
-- Deletes the memberships in a scope.
DELETE FROM members
WHERE scope_type = @scope_type AND scope_id = @scope_id;
