-- name: CreateProject :one
-- CreateProject inserts a project into a domain.
INSERT INTO projects (id, domain_id, name, description)
VALUES (@id, @domain_id, @name, @description)
RETURNING *;

-- name: ListProjectIDs :many
-- ListProjectIDs returns the projects of a domain. It takes no locks: with the domain locked for a purge, none can be added.
SELECT id FROM projects WHERE domain_id = @domain_id ORDER BY id;

-- name: LockProjectForPurge :one
-- LockProjectForPurge waits for whoever creates something inside the project, and keeps others from beginning to.
SELECT id FROM projects WHERE id = @id FOR UPDATE;

-- name: DeleteProject :one
-- DeleteProject deletes a project, and nothing that refers to it.
DELETE FROM projects WHERE id = @id
RETURNING *;
