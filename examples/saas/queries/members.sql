-- name: CreateMembers :execrows
-- Makes users members of a scope in one role.
INSERT INTO members (scope_type, scope_id, user_id, role_id, joined_at)
SELECT @scope_type::text, @scope_id::text, unnest(@user_ids::uuid[]), @role_id::bigint, @joined_at::timestamptz;

-- name: DeleteMembersOfScope :execrows
-- Deletes the memberships in a scope.
DELETE FROM members
WHERE scope_type = @scope_type AND scope_id = @scope_id;
