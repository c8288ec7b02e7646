-- name: InsertPermission :one
INSERT INTO permissions (id, parent, permission_bits) VALUES ($1, $2, $3) RETURNING *;

-- name: GetBits :one
SELECT permission_bits FROM permissions WHERE id = $1 AND parent = $2;
