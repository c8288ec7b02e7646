-- name: CreateResourceGroup :one
-- CreateResourceGroup inserts a resource group.
INSERT INTO resource_groups (id, name) VALUES (@id, @name)
RETURNING *;

-- name: LockResourceGroupForPurge :one
-- LockResourceGroupForPurge waits for whoever uses the resource group, and keeps others from beginning to.
SELECT id FROM resource_groups WHERE id = @id FOR UPDATE;

-- name: DeleteResourceGroup :one
-- DeleteResourceGroup deletes a resource group.
DELETE FROM resource_groups WHERE id = @id
RETURNING *;
