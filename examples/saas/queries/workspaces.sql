-- name: CreateWorkspace :one
-- Inserts a workspace.
INSERT INTO workspaces (organisation_id, slug, name, description, plan, trial_ends_at, settings)
VALUES (@organisation_id, @slug, @name, @description, @plan, @trial_ends_at, @settings)
RETURNING *;

-- name: LockWorkspace :one
-- Keeps a workspace from being purged while an environment is made in it.
SELECT * FROM workspaces
WHERE id = @id
FOR KEY SHARE;

-- name: LockWorkspaceForPurge :one
-- Waits for the creators of environments and subscriptions that hold the workspace, and keeps new ones out.
SELECT id FROM workspaces
WHERE id = @id
FOR UPDATE;

-- name: ListWorkspaceIDsForUpdate :many
-- Lists and locks the workspaces of an organisation, in the order in which every purge locks them.
SELECT id FROM workspaces
WHERE organisation_id = @organisation_id
ORDER BY id
FOR UPDATE;

-- name: DeleteWorkspace :one
-- Deletes a workspace.
DELETE FROM workspaces
WHERE id = @id
RETURNING *;
