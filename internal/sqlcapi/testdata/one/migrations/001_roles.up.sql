CREATE TABLE permissions (id uuid PRIMARY KEY, parent uuid, permission_bits bigint NOT NULL);
