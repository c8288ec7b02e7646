-- name: CreateProject :one
INSERT INTO projects (workspace_id, name) VALUES ($1, $2) RETURNING *;

-- name: LockProject :one
SELECT id FROM projects WHERE id = $1 FOR KEY SHARE;

-- name: LockProjectForPurge :one
SELECT id FROM projects WHERE id = $1 FOR UPDATE;

-- name: DeleteProject :one
DELETE FROM projects WHERE id = $1 RETURNING *;

-- name: CreateHost :one
INSERT INTO hosts (id, project_id) VALUES ($1, $2) RETURNING *;

-- name: LockHostForPurge :one
SELECT id FROM hosts WHERE id = $1 FOR UPDATE;

-- name: ListHostIDsForUpdate :many
SELECT id FROM hosts WHERE project_id = $1 ORDER BY id FOR UPDATE;

-- name: DeleteHost :one
DELETE FROM hosts WHERE id = $1 RETURNING *;
