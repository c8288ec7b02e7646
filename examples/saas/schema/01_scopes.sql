-- The three kinds of scope: an organisation holds workspaces, a workspace
-- holds environments. Their keys differ on purpose: two are made by the
-- server, one is chosen by the caller.

CREATE TYPE workspace_plan AS ENUM ('trial', 'team', 'enterprise');

CREATE TABLE organisations (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL,
    billing_email text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT organisations_name_key UNIQUE (name)
);

COMMENT ON COLUMN organisations.name IS 'Unique in the whole service.';
COMMENT ON COLUMN organisations.billing_email IS 'Where invoices go; NULL until the first purchase.';

CREATE TABLE workspaces (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id bigint NOT NULL REFERENCES organisations (id),
    slug            text NOT NULL,
    name            text NOT NULL,
    description     text,
    plan            workspace_plan NOT NULL,
    trial_ends_at   timestamptz,
    settings        jsonb NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT workspaces_slug_key UNIQUE (organisation_id, slug)
);

COMMENT ON COLUMN workspaces.slug IS 'The name in URLs, unique within the organisation.';
COMMENT ON COLUMN workspaces.name IS 'The name that people see.';
COMMENT ON COLUMN workspaces.description IS 'What the workspace is for; NULL for nothing said.';

CREATE TABLE environments (
    id           text PRIMARY KEY,
    workspace_id bigint NOT NULL REFERENCES workspaces (id),
    name         text NOT NULL,
    settings     jsonb NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT environments_id_check CHECK (id ~ '^[a-z][a-z0-9-]{0,62}$')
);

COMMENT ON COLUMN environments.id IS 'A host name''s first label, such as vision-prod: unique in the whole service.';
COMMENT ON COLUMN environments.name IS 'The name that people see.';

CREATE INDEX environments_workspace_id_idx ON environments (workspace_id);
