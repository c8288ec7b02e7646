-- Which entity belongs to which scope. Both ends are (type, id) pairs without a foreign key, since both may be rows of any table.

CREATE TABLE association_scopes_entities (
    id            uuid NOT NULL,
    scope_type    text NOT NULL,
    scope_id      text NOT NULL,
    entity_type   text NOT NULL,
    entity_id     text NOT NULL,
    relation_type text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT association_scopes_entities_pkey PRIMARY KEY (id),
    -- Every type is part of the key: an id is unique within its own table only.
    CONSTRAINT association_scopes_entities_scope_entity_relation_key
        UNIQUE (scope_type, scope_id, entity_type, entity_id, relation_type),
    CONSTRAINT association_scopes_entities_relation_type_check CHECK (relation_type IN ('auto', 'ref'))
);
CREATE INDEX association_scopes_entities_entity_idx ON association_scopes_entities (entity_type, entity_id);
COMMENT ON TABLE association_scopes_entities IS 'An association says that an entity belongs to a scope: a role to the scope that it was made in, a project or a user to its domain.';
COMMENT ON COLUMN association_scopes_entities.id IS 'Made by the client.';
COMMENT ON COLUMN association_scopes_entities.scope_type IS 'With scope_id, the scope that the entity belongs to.';
COMMENT ON COLUMN association_scopes_entities.scope_id IS 'The scope''s id as text; a uuid is written in lower case.';
COMMENT ON COLUMN association_scopes_entities.entity_type IS 'With entity_id, the entity, which may itself be a scope.';
COMMENT ON COLUMN association_scopes_entities.entity_id IS 'The entity''s id as text; a uuid is written in lower case.';
COMMENT ON COLUMN association_scopes_entities.relation_type IS 'How the entity belongs to the scope: auto, as its own, or ref, shared into it.';
COMMENT ON COLUMN association_scopes_entities.registered_at IS 'When the row was inserted, by the server''s clock.';
