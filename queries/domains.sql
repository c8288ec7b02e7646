-- name: CreateDomain :one
-- CreateDomain inserts a domain.
INSERT INTO domains (id, name, description)
VALUES (@id, @name, @description)
RETURNING *;

-- name: LockDomain :one
-- LockDomain keeps a domain from being purged until the transaction ends. Whoever creates something inside the domain
-- calls it first; several may hold the lock at once.
SELECT id FROM domains WHERE id = @id FOR KEY SHARE;

-- name: LockDomainForPurge :one
-- LockDomainForPurge waits for whoever creates something inside the domain, and keeps others from beginning to.
SELECT id FROM domains WHERE id = @id FOR UPDATE;

-- name: DeleteDomain :one
-- DeleteDomain deletes a domain, and nothing that refers to it.
DELETE FROM domains WHERE id = @id
RETURNING *;
