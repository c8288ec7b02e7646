-- name: CreateOrganisation :one
INSERT INTO organisations (id, name) VALUES ($1, $2) RETURNING *;

-- name: LockOrganisation :one
SELECT * FROM organisations WHERE id = $1 FOR KEY SHARE;

-- name: LockOrganisationByName :one
SELECT * FROM organisations WHERE name = $1 FOR KEY SHARE;

-- name: LockOrganisationForPurge :one
SELECT id FROM organisations WHERE id = $1 FOR UPDATE;

-- name: TakeSeat :execrows
UPDATE organisations SET seats_left = seats_left - 1 WHERE id = $1 AND seats_left > 0;

-- name: DeleteOrganisation :one
DELETE FROM organisations WHERE id = $1 RETURNING *;

-- name: CreateTeam :one
INSERT INTO teams (id, organisation_id, name) VALUES ($1, $2, $3) RETURNING *;

-- name: LockTeam :one
SELECT * FROM teams WHERE id = $1 FOR KEY SHARE;

-- name: CountTeams :one
SELECT count(*) FROM teams WHERE organisation_id = $1;

-- name: CreateWorkspace :one
INSERT INTO workspaces (id, organisation_id, slug, kind, settings, trial_ends_at, note)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING *;

-- name: LockWorkspace :one
SELECT * FROM workspaces WHERE id = $1 AND deleted_at IS NULL FOR KEY SHARE;

-- name: LockWorkspaceForPurge :one
SELECT id FROM workspaces WHERE id = $1 FOR UPDATE;

-- name: ListWorkspaceIDsForUpdate :many
SELECT id FROM workspaces WHERE organisation_id = $1 ORDER BY id FOR UPDATE;

-- name: DeleteWorkspace :one
DELETE FROM workspaces WHERE id = $1 RETURNING *;

-- name: ArchiveWorkspace :execrows
UPDATE workspaces SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL;

-- name: CreateEnvironment :one
INSERT INTO environments (id, workspace_id, name) VALUES ($1, $2, $3) RETURNING *;

-- name: LockEnvironmentForPurge :one
SELECT id FROM environments WHERE id = $1 FOR UPDATE;

-- name: ListEnvironmentIDsForUpdate :many
SELECT id FROM environments WHERE workspace_id = $1 ORDER BY id FOR UPDATE;

-- name: DeleteEnvironment :execrows
DELETE FROM environments WHERE id = $1;

-- name: CreateProject :one
INSERT INTO projects (name) VALUES ($1) RETURNING *;

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
