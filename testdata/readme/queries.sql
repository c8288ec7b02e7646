-- name: CreateTeam :one
INSERT INTO teams (id, name) VALUES (@id, @name) RETURNING *;
-- name: LockTeam :one
SELECT id FROM teams WHERE id = @id FOR UPDATE;
-- name: DeleteTeam :one
DELETE FROM teams WHERE id = @id RETURNING *;
-- name: ListPresets :many
SELECT * FROM presets WHERE scope_type = @scope_type ORDER BY id;
-- name: CreateRole :one
INSERT INTO roles (id, scope_type, scope_id, name) VALUES (@id, @scope_type, @scope_id, @name) RETURNING *;
-- name: DeleteScopeRoles :execrows
DELETE FROM roles WHERE scope_type = @scope_type AND scope_id = @scope_id;
