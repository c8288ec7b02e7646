-- name: CreateRole :one
INSERT INTO roles (id, name) VALUES ($1, $2) RETURNING *;

-- name: Count :one
SELECT count(*) FROM roles;
