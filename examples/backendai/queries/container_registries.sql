-- name: CreateContainerRegistry :one
-- CreateContainerRegistry inserts a container registry.
INSERT INTO container_registries (id, name) VALUES (@id, @name)
RETURNING *;

-- name: LockContainerRegistryForPurge :one
-- LockContainerRegistryForPurge waits for whoever uses the container registry, and keeps others from beginning to.
SELECT id FROM container_registries WHERE id = @id FOR UPDATE;

-- name: DeleteContainerRegistry :one
-- DeleteContainerRegistry deletes a container registry.
DELETE FROM container_registries WHERE id = @id
RETURNING *;
