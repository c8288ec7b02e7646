-- name: InsertEvent :one
INSERT INTO events (actor) VALUES ($1) RETURNING *;

-- name: Count :one
SELECT count(*) FROM events;
