-- name: CreateAssociation :exec
-- CreateAssociation says that an entity belongs to a scope. The table's unique key leaves the type of the entity out: a
-- second entity of one id is an error, which ON CONFLICT DO NOTHING would hide.
INSERT INTO association_scopes_entities (id, scope_type, scope_id, entity_type, entity_id)
VALUES (@id, @scope_type, @scope_id, @entity_type, @entity_id);

-- name: DeleteScopeAssociations :execrows
-- DeleteScopeAssociations removes every entity from a scope; the entities stay.
DELETE FROM association_scopes_entities WHERE scope_type = @scope_type AND scope_id = @scope_id;

-- name: DeleteEntityAssociations :execrows
-- DeleteEntityAssociations removes an entity from every scope.
DELETE FROM association_scopes_entities WHERE entity_type = @entity_type AND entity_id = @entity_id;
