-- name: CreateRole :one
-- CreateRole inserts a role of the system, active and without permissions. It belongs to no scope before
-- CreateAssociation says so.
INSERT INTO roles (id, name, auto_assign) VALUES (@id, @name, @auto_assign)
RETURNING *;
