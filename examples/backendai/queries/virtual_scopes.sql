-- name: CreateVirtualScope :one
-- CreateVirtualScope inserts the node of a scope in the graph of virtual scopes.
INSERT INTO virtual_scopes (id, scope_type, scope_id) VALUES (@id, @scope_type, @scope_id)
RETURNING *;

-- name: GetVirtualScope :one
-- GetVirtualScope returns the node of a scope. It takes no lock: the caller has locked the scope's row, without which no
-- purge deletes the node.
SELECT * FROM virtual_scopes WHERE scope_type = @scope_type AND scope_id = @scope_id;

-- name: DeleteVirtualScope :execrows
-- DeleteVirtualScope deletes the node of a scope, and with it what is left of the node's edges.
DELETE FROM virtual_scopes WHERE scope_type = @scope_type AND scope_id = @scope_id;
