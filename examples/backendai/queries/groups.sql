-- name: CreateProject :one
-- CreateProject inserts a project into a domain. A project is a row of the table groups.
INSERT INTO groups (
    id, name, description, is_active, integration_id, domain_name, total_resource_slots, allowed_vfolder_hosts,
    dotfiles, resource_policy, type, container_registry
) VALUES (
    @id, @name, @description, @is_active, @integration_id, @domain_name, @total_resource_slots, @allowed_vfolder_hosts,
    @dotfiles, @resource_policy, @type, @container_registry
)
RETURNING *;

-- name: ListProjectIDs :many
-- ListProjectIDs returns the projects of a domain. A project knows its domain by name, a purge by id. It takes no locks:
-- with the domain locked for a purge, no project can be added.
SELECT id FROM groups
WHERE domain_name = (SELECT d.name FROM domains AS d WHERE d.id = @domain_id)
ORDER BY id;

-- name: LockProjectForPurge :one
-- LockProjectForPurge waits for whoever adds something to the project, and keeps others from beginning to.
SELECT id FROM groups WHERE id = @id FOR UPDATE;

-- name: DeleteProject :one
-- DeleteProject deletes a project.
DELETE FROM groups WHERE id = @id
RETURNING *;
