-- What the examples of docs/language.md find in the database.

INSERT INTO organisations (id, name) VALUES ('00000000-0000-4000-8000-000000000001', 'Seed');
INSERT INTO teams (id, organisation_id, name) VALUES
    ('00000000-0000-4000-8000-000000000002', '00000000-0000-4000-8000-000000000001', 'one'),
    ('00000000-0000-4000-8000-000000000003', '00000000-0000-4000-8000-000000000001', 'two');
INSERT INTO workspaces (id, organisation_id, slug) VALUES
    ('00000000-0000-4000-8000-000000000004', '00000000-0000-4000-8000-000000000001', 'seed');
INSERT INTO roles (id, scope_type, scope_id, name, auto_assign) VALUES
    ('00000000-0000-4000-8000-000000000005', 'workspace', 'preset-host', 'owner', false);
INSERT INTO role_presets (id, scope_type, name, auto_assign) VALUES
    ('00000000-0000-4000-8000-000000000006', 'workspace', 'admin', true),
    ('00000000-0000-4000-8000-000000000007', 'workspace', 'reader', false);
INSERT INTO preset_grants (id, preset_id, object, action) VALUES
    ('00000000-0000-4000-8000-000000000008', '00000000-0000-4000-8000-000000000006', 'member', 'write'),
    ('00000000-0000-4000-8000-000000000009', '00000000-0000-4000-8000-000000000007', 'member', 'read');
INSERT INTO projects (name) VALUES ('seed'); -- with the id 1
