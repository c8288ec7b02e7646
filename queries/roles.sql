-- name: CreateRole :one
-- CreateRole inserts a role without permissions. It belongs to no scope before CreateAssociation says so.
INSERT INTO roles (id, name, source, status, auto_assign)
VALUES (@id, @name, @source, @status, @auto_assign)
RETURNING *;
