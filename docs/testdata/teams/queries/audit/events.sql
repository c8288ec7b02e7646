-- name: InsertEvent :exec
INSERT INTO events (id, actor, action, scope_type, scope_id, at) VALUES ($1, $2, $3, $4, $5, $6);
