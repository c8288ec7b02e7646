-- name: CreateDomain :one
INSERT INTO domains (id, name) VALUES ($1, $2) RETURNING id, name, created_at;

-- name: GetDomain :one
SELECT d.* FROM domains d WHERE d.name = $1;

/* A query that was put aside:
-- name: OldDomain :one
SELECT * FROM domains;
*/
