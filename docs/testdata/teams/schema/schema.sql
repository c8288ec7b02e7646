-- The tables that the examples of docs/language.md work on.

CREATE TYPE workspace_kind AS ENUM ('personal', 'team');

CREATE TABLE organisations (
    id         uuid PRIMARY KEY,
    name       text NOT NULL UNIQUE,
    seats_left int NOT NULL DEFAULT 10 CHECK (seats_left >= 0)
);

CREATE TABLE teams (
    id              uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisations,
    name            text NOT NULL
);

CREATE TABLE workspaces (
    id              uuid PRIMARY KEY,
    organisation_id uuid NOT NULL REFERENCES organisations,
    slug            text NOT NULL UNIQUE,
    kind            workspace_kind NOT NULL DEFAULT 'team',
    settings        jsonb NOT NULL DEFAULT '{}',
    trial_ends_at   timestamptz,
    note            text,
    deleted_at      timestamptz
);

COMMENT ON COLUMN workspaces.slug IS 'Unique in the whole installation.';
COMMENT ON COLUMN workspaces.note IS 'Free text; NULL for none.';

CREATE TABLE environments (
    id           uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    name         text NOT NULL
);

CREATE TABLE role_presets (
    id          uuid PRIMARY KEY,
    scope_type  text NOT NULL,
    name        text NOT NULL,
    auto_assign boolean NOT NULL
);

CREATE TABLE preset_grants (
    id        uuid PRIMARY KEY,
    preset_id uuid NOT NULL REFERENCES role_presets,
    object    text NOT NULL,
    action    text NOT NULL
);

CREATE TABLE roles (
    id          uuid PRIMARY KEY,
    scope_type  text NOT NULL,
    scope_id    text NOT NULL,
    name        text NOT NULL,
    auto_assign boolean NOT NULL
);

CREATE TABLE grants (
    id      uuid PRIMARY KEY,
    role_id uuid NOT NULL REFERENCES roles,
    object  text NOT NULL,
    action  text NOT NULL
);

CREATE TABLE members (
    role_id   uuid NOT NULL REFERENCES roles,
    user_id   uuid NOT NULL,
    joined_at timestamptz NOT NULL,
    PRIMARY KEY (role_id, user_id)
);

CREATE TABLE links (
    id          uuid PRIMARY KEY,
    scope_type  text NOT NULL,
    scope_id    text NOT NULL,
    entity_type text NOT NULL,
    entity_id   text NOT NULL
);

CREATE TABLE api_keys (
    id           uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    secret_hash  text NOT NULL,
    mask         bytea,
    weight       double precision NOT NULL DEFAULT 1,
    priority     int NOT NULL DEFAULT 0,
    labels       text[] NOT NULL DEFAULT '{}',
    expires_at   timestamptz NOT NULL
);

CREATE TABLE usage (
    workspace_id uuid PRIMARY KEY REFERENCES workspaces,
    calls        bigint NOT NULL
);

-- Projects have ids that the server makes, and hosts have names for ids.
CREATE TABLE projects (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE
);

CREATE TABLE hosts (
    id         text PRIMARY KEY CHECK (id ~ '^[a-z0-9-]{1,63}$'),
    project_id bigint NOT NULL REFERENCES projects
);
