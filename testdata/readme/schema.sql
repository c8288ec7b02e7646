CREATE TABLE teams (
    id   uuid PRIMARY KEY,
    name text NOT NULL CONSTRAINT teams_name_key UNIQUE
);
CREATE TABLE presets (
    id         uuid PRIMARY KEY,
    scope_type text NOT NULL,
    name       text NOT NULL
);
CREATE TABLE roles (
    id         uuid PRIMARY KEY,
    scope_type text NOT NULL,
    scope_id   text NOT NULL,
    name       text NOT NULL
);
