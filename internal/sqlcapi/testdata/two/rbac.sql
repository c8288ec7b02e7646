CREATE TABLE roles (id uuid PRIMARY KEY, name text NOT NULL);
