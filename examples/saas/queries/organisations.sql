-- name: CreateOrganisation :one
-- Inserts an organisation.
INSERT INTO organisations (name, billing_email)
VALUES (@name, @billing_email)
RETURNING *;

-- name: LockOrganisation :one
-- Keeps an organisation from being purged while a workspace is made in it.
SELECT * FROM organisations
WHERE id = @id
FOR KEY SHARE;

-- name: LockOrganisationForPurge :one
-- Waits for the creators of workspaces that hold the organisation, and keeps new ones out.
SELECT id FROM organisations
WHERE id = @id
FOR UPDATE;

-- name: DeleteOrganisation :one
-- Deletes an organisation.
DELETE FROM organisations
WHERE id = @id
RETURNING *;
