-- Presets: templates from which a new scope gets its roles. Administrators write them, so their ids have a default.

CREATE TABLE role_presets (
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    scope_type  text NOT NULL,
    name        text NOT NULL,
    auto_assign boolean NOT NULL DEFAULT false,
    deleted     boolean NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT role_presets_pkey PRIMARY KEY (id),
    CONSTRAINT role_presets_name_check CHECK (name <> '')
);
-- The name of a deleted preset may be used again.
CREATE UNIQUE INDEX role_presets_scope_type_name_key ON role_presets (scope_type, name) WHERE NOT deleted;
COMMENT ON TABLE role_presets IS 'A role preset is a template: every new scope of its type gets one role made from it.';
COMMENT ON COLUMN role_presets.scope_type IS 'The type of scope that the preset applies to, such as project.';
COMMENT ON COLUMN role_presets.name IS 'Unique among the active presets of a scope type. The roles made from the preset bear it.';
COMMENT ON COLUMN role_presets.auto_assign IS 'Whether a member who joins the scope gets the role without being asked.';
COMMENT ON COLUMN role_presets.deleted IS 'Soft delete: new scopes get no role from the preset, roles made before stay.';
COMMENT ON COLUMN role_presets.created_at IS 'When the row was inserted, by the server''s clock.';

CREATE TABLE role_permission_presets (
    id             uuid NOT NULL DEFAULT gen_random_uuid(),
    role_preset_id uuid NOT NULL,
    entity_type    text NOT NULL,
    operation      text NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT role_permission_presets_pkey PRIMARY KEY (id),
    CONSTRAINT role_permission_presets_preset_entity_operation_key UNIQUE (role_preset_id, entity_type, operation),
    CONSTRAINT role_permission_presets_role_preset_id_fkey
        FOREIGN KEY (role_preset_id) REFERENCES role_presets (id) ON DELETE CASCADE
);
COMMENT ON TABLE role_permission_presets IS 'An entry of a role preset: one operation on one type of entity.';
COMMENT ON COLUMN role_permission_presets.role_preset_id IS 'The preset that the entry belongs to, and goes with.';
COMMENT ON COLUMN role_permission_presets.entity_type IS 'What may be acted upon, such as document.';
COMMENT ON COLUMN role_permission_presets.operation IS 'What may be done to it, such as read.';
COMMENT ON COLUMN role_permission_presets.created_at IS 'When the row was inserted, by the server''s clock.';
