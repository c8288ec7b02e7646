-- name: CreateScopeBinding :exec
-- CreateScopeBinding lets a scope reach into a virtual scope.
INSERT INTO scope_bindings (virtual_scope_id, scope_type, scope_id)
VALUES (@virtual_scope_id, @scope_type, @scope_id);

-- name: DeleteBindingsInto :execrows
-- DeleteBindingsInto keeps every scope from reaching into the virtual scope of one, that one itself too.
DELETE FROM scope_bindings
WHERE virtual_scope_id = (
    SELECT v.id FROM virtual_scopes AS v WHERE v.scope_type = @scope_type AND v.scope_id = @scope_id
);

-- name: DeleteScopeBindings :execrows
-- DeleteScopeBindings keeps a scope from reaching into any virtual scope.
DELETE FROM scope_bindings WHERE scope_type = @scope_type AND scope_id = @scope_id;
