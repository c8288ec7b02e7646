-- name: CreateDomain :one
-- CreateDomain inserts a domain.
INSERT INTO domains (
    id, name, description, is_active, total_resource_slots, allowed_vfolder_hosts, allowed_docker_registries,
    integration_id, dotfiles
) VALUES (
    @id, @name, @description, @is_active, @total_resource_slots, @allowed_vfolder_hosts, @allowed_docker_registries,
    @integration_id, @dotfiles
)
RETURNING *;

-- name: LockDomainByName :one
-- LockDomainByName finds an active domain, and keeps it from being purged or renamed until the transaction ends. Whoever
-- creates something inside the domain calls it first; several may hold the lock at once.
SELECT id, name FROM domains WHERE name = @name AND is_active FOR KEY SHARE;

-- name: LockDomainForPurge :one
-- LockDomainForPurge waits for whoever creates something inside the domain, and keeps others from beginning to.
SELECT id FROM domains WHERE id = @id FOR UPDATE;

-- name: DeleteDomain :one
-- DeleteDomain deletes a domain. The foreign key of its projects cascades: they must be gone before, or they go without
-- their rights.
DELETE FROM domains WHERE id = @id
RETURNING *;
