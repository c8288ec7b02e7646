-- name: CreateEntityMembership :exec
-- CreateEntityMembership puts an entity into a virtual scope.
INSERT INTO entity_memberships (virtual_scope_id, entity_type, entity_id)
VALUES (@virtual_scope_id, @entity_type, @entity_id);

-- name: DeleteScopeMemberships :execrows
-- DeleteScopeMemberships empties the virtual scope of a scope, of the scope itself too.
DELETE FROM entity_memberships
WHERE virtual_scope_id = (
    SELECT v.id FROM virtual_scopes AS v WHERE v.scope_type = @scope_type AND v.scope_id = @scope_id
);

-- name: DeleteEntityMemberships :execrows
-- DeleteEntityMemberships takes an entity out of every virtual scope.
DELETE FROM entity_memberships WHERE entity_type = @entity_type AND entity_id = @entity_id;
