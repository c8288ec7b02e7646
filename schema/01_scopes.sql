-- The scopes: things that own roles and permissions. Each has a table of its own; the tables of rights refer to all of
-- them by the pair (scope_type, scope_id), as text and without a foreign key.

CREATE TABLE domains (
    id          uuid NOT NULL,
    name        text NOT NULL,
    description text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT domains_pkey PRIMARY KEY (id),
    CONSTRAINT domains_name_key UNIQUE (name),
    CONSTRAINT domains_name_check CHECK (name <> '')
);
COMMENT ON TABLE domains IS 'A domain is the outermost scope: it holds the projects and the users of one organisation.';
COMMENT ON COLUMN domains.id IS 'Made by the client, so that the rows that refer to it can be sent with it.';
COMMENT ON COLUMN domains.name IS 'Unique, and not empty.';
COMMENT ON COLUMN domains.description IS 'Free text; NULL for none.';
COMMENT ON COLUMN domains.created_at IS 'When the row was inserted, by the server''s clock.';

CREATE TABLE projects (
    id          uuid NOT NULL,
    domain_id   uuid NOT NULL,
    name        text NOT NULL,
    description text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT projects_pkey PRIMARY KEY (id),
    CONSTRAINT projects_domain_id_name_key UNIQUE (domain_id, name),
    CONSTRAINT projects_name_check CHECK (name <> ''),
    -- Not ON DELETE CASCADE: it would take the project and leave its rights.
    CONSTRAINT projects_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES domains (id)
);
COMMENT ON TABLE projects IS 'A project is a scope inside a domain: it groups the work of one team.';
COMMENT ON COLUMN projects.id IS 'Made by the client.';
COMMENT ON COLUMN projects.domain_id IS 'The domain that the project belongs to.';
COMMENT ON COLUMN projects.name IS 'Unique within the domain, and not empty.';
COMMENT ON COLUMN projects.description IS 'Free text; NULL for none.';
COMMENT ON COLUMN projects.created_at IS 'When the row was inserted, by the server''s clock.';

CREATE TABLE users (
    id         uuid NOT NULL,
    domain_id  uuid NOT NULL,
    email      text NOT NULL,
    full_name  text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_email_check CHECK (email <> ''),
    CONSTRAINT users_domain_id_fkey FOREIGN KEY (domain_id) REFERENCES domains (id)
);
CREATE INDEX users_domain_id_idx ON users (domain_id);
COMMENT ON TABLE users IS 'A user is a person inside a domain, and a scope for what belongs to that person alone.';
COMMENT ON COLUMN users.id IS 'Made by the client.';
COMMENT ON COLUMN users.domain_id IS 'The domain that the user belongs to.';
COMMENT ON COLUMN users.email IS 'Unique among all users, compared as it is written, and not empty.';
COMMENT ON COLUMN users.full_name IS 'The name to show; NULL when the user gave none.';
COMMENT ON COLUMN users.created_at IS 'When the row was inserted, by the server''s clock.';
