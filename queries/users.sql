-- name: CreateUser :one
-- CreateUser inserts a user into a domain.
INSERT INTO users (id, domain_id, email, full_name)
VALUES (@id, @domain_id, @email, @full_name)
RETURNING *;

-- name: ListUserIDs :many
-- ListUserIDs returns the users of a domain. It takes no locks: with the domain locked for a purge, none can be added.
SELECT id FROM users WHERE domain_id = @domain_id ORDER BY id;

-- name: LockUserForPurge :one
-- LockUserForPurge waits for whoever gives the user a role, and keeps others from beginning to.
SELECT id FROM users WHERE id = @id FOR UPDATE;

-- name: DeleteUser :one
-- DeleteUser deletes a user, and nothing that refers to it.
DELETE FROM users WHERE id = @id
RETURNING *;
