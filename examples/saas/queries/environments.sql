-- name: CreateEnvironment :one
-- Inserts an environment.
INSERT INTO environments (id, workspace_id, name, settings)
VALUES (@id, @workspace_id, @name, @settings)
RETURNING *;

-- name: LockEnvironmentForPurge :one
-- Takes an environment for its purge.
SELECT id FROM environments
WHERE id = @id
FOR UPDATE;

-- name: ListEnvironmentIDsForUpdate :many
-- Lists and locks the environments of a workspace, in the order in which every purge locks them.
SELECT id FROM environments
WHERE workspace_id = @workspace_id
ORDER BY id
FOR UPDATE;

-- name: DeleteEnvironment :one
-- Deletes an environment.
DELETE FROM environments
WHERE id = @id
RETURNING *;
