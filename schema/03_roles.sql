-- Roles, what they permit, and who holds them.

CREATE TABLE roles (
    id          uuid NOT NULL,
    name        text NOT NULL,
    source      text NOT NULL,
    status      text NOT NULL,
    auto_assign boolean NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT roles_pkey PRIMARY KEY (id),
    CONSTRAINT roles_source_check CHECK (source IN ('preset', 'custom')),
    CONSTRAINT roles_status_check CHECK (status IN ('active', 'inactive'))
);
COMMENT ON TABLE roles IS 'A role is a named set of permissions. One made from a preset is a copy: later edits of the preset do not reach it.';
COMMENT ON COLUMN roles.id IS 'Made by the client.';
COMMENT ON COLUMN roles.name IS 'The name to show. Two scopes may have roles of one name.';
COMMENT ON COLUMN roles.source IS 'Where the role comes from: preset or custom.';
COMMENT ON COLUMN roles.status IS 'Whether the role counts: active or inactive.';
COMMENT ON COLUMN roles.auto_assign IS 'Whether a member who joins the scope gets the role without being asked.';
COMMENT ON COLUMN roles.created_at IS 'When the row was inserted, by the server''s clock.';

CREATE TABLE permissions (
    id          uuid NOT NULL,
    role_id     uuid NOT NULL,
    scope_type  text NOT NULL,
    scope_id    text NOT NULL,
    entity_type text NOT NULL,
    operation   text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT permissions_pkey PRIMARY KEY (id),
    CONSTRAINT permissions_role_scope_entity_operation_key
        UNIQUE (role_id, scope_type, scope_id, entity_type, operation),
    CONSTRAINT permissions_role_id_fkey FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
);
CREATE INDEX permissions_scope_entity_operation_idx ON permissions (scope_type, scope_id, entity_type, operation);
COMMENT ON TABLE permissions IS 'A permission lets the holders of a role do one operation on the entities of one type in one scope.';
COMMENT ON COLUMN permissions.id IS 'Made by the client.';
COMMENT ON COLUMN permissions.role_id IS 'The role that carries the permission.';
COMMENT ON COLUMN permissions.scope_type IS 'With scope_id, the scope in which the permission holds.';
COMMENT ON COLUMN permissions.scope_id IS 'The scope''s id as text; a uuid is written in lower case.';
COMMENT ON COLUMN permissions.entity_type IS 'What may be acted upon, such as document.';
COMMENT ON COLUMN permissions.operation IS 'What may be done to it, such as read.';
COMMENT ON COLUMN permissions.created_at IS 'When the row was inserted, by the server''s clock.';

CREATE TABLE user_roles (
    id         uuid NOT NULL,
    user_id    uuid NOT NULL,
    role_id    uuid NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT user_roles_pkey PRIMARY KEY (id),
    CONSTRAINT user_roles_user_id_role_id_key UNIQUE (user_id, role_id),
    CONSTRAINT user_roles_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT user_roles_role_id_fkey FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE
);
CREATE INDEX user_roles_role_id_idx ON user_roles (role_id);
COMMENT ON TABLE user_roles IS 'A user holds a role.';
COMMENT ON COLUMN user_roles.id IS 'Made by the client.';
COMMENT ON COLUMN user_roles.user_id IS 'Who holds the role.';
COMMENT ON COLUMN user_roles.role_id IS 'The role that is held.';
COMMENT ON COLUMN user_roles.granted_at IS 'When the row was inserted, by the server''s clock.';
