-- A schema with one of each thing that changes the generated Go.
CREATE TYPE role_status AS ENUM ('active', 'archived', 'soft-deleted');
CREATE TYPE entity_kind AS ENUM ('project', 'user');
CREATE SCHEMA audit;
CREATE TYPE audit.level AS ENUM ('low', 'high');

CREATE TABLE domains (
    id         uuid PRIMARY KEY,
    name       varchar(64) NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE domains IS 'the top of the tree';
COMMENT ON COLUMN domains.name IS 'unique, lower case';

CREATE TABLE roles (
    id          uuid PRIMARY KEY,
    domain_id   uuid REFERENCES domains (id),
    name        text NOT NULL,
    description text,
    status      role_status NOT NULL DEFAULT 'active',
    kind        entity_kind,
    settings    jsonb NOT NULL DEFAULT '{}',
    extra       jsonb,
    tags        text[] NOT NULL DEFAULT '{}',
    weights     integer[],
    priority    smallint,
    auto_assign boolean NOT NULL DEFAULT false,
    hidden      boolean,
    address     inet,
    ratio       double precision,
    price       numeric(10, 2),
    deleted_at  timestamp with time zone,
    validity    tstzrange
);

CREATE TABLE events (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    type     text NOT NULL,
    payload  bytea NOT NULL,
    level    audit.level NOT NULL,
    took     interval,
    at       date NOT NULL,
    digest   bytea
);
