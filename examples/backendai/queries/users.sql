-- name: CreateUser :one
-- CreateUser inserts a user into a domain, which the row names twice.
INSERT INTO users (uuid, username, email, full_name, status, domain_name, domain_id, role, resource_policy)
VALUES (@uuid, @username, @email, @full_name, @status, @domain_name, @domain_id, @role, @resource_policy)
RETURNING *;

-- name: ListUserIDs :many
-- ListUserIDs returns the users of a domain. It takes no locks: with the domain locked for a purge, no user can be added.
SELECT uuid FROM users WHERE domain_id = @domain_id ORDER BY uuid;

-- name: LockUserForPurge :one
-- LockUserForPurge waits for whoever gives the user a role or a project, and keeps others from beginning to.
SELECT uuid FROM users WHERE uuid = @uuid FOR UPDATE;

-- name: DeleteUser :one
-- DeleteUser deletes a user. Memberships of projects go with the row, by a foreign key that cascades.
DELETE FROM users WHERE uuid = @uuid
RETURNING *;
