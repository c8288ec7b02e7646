-- Who may do what, where. The tables refer to a scope of any kind by
-- (scope_type, scope_id), as text and so without a foreign key: what removes a
-- scope has to remove these rows.

CREATE TYPE member_role AS ENUM ('owner', 'editor', 'viewer');

CREATE TABLE roles (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope_type text NOT NULL,
    scope_id   text NOT NULL,
    name       member_role NOT NULL,
    CONSTRAINT roles_name_key UNIQUE (scope_type, scope_id, name)
);

-- A grant may reach below the role's own scope: a workspace's roles hold grants
-- on its environments.
CREATE TABLE role_grants (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    role_id    bigint NOT NULL REFERENCES roles (id),
    scope_type text NOT NULL,
    scope_id   text NOT NULL,
    object     text NOT NULL,
    action     text NOT NULL,
    CONSTRAINT role_grants_key UNIQUE (role_id, scope_type, scope_id, object, action)
);

CREATE INDEX role_grants_scope_idx ON role_grants (scope_type, scope_id);

-- Users live in an identity provider: user_id refers to no table.
CREATE TABLE members (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope_type text NOT NULL,
    scope_id   text NOT NULL,
    user_id    uuid NOT NULL,
    role_id    bigint NOT NULL REFERENCES roles (id),
    joined_at  timestamptz NOT NULL,
    CONSTRAINT members_user_key UNIQUE (scope_type, scope_id, user_id)
);

CREATE INDEX members_role_id_idx ON members (role_id);
