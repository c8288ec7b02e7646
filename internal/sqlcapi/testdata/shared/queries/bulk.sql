-- name: CopyRoles :copyfrom
INSERT INTO roles (id, name, status) VALUES ($1, $2, $3);

-- name: CopyNames :copyfrom
INSERT INTO domains (name) VALUES ($1);

-- Audit rows, many at once.
-- name: InsertEvents :batchexec
INSERT INTO events (type, payload, level, at) VALUES ($1, $2, $3, $4);

-- name: InsertEventsBack :batchone
INSERT INTO events (type, payload, level, at) VALUES ($1, $2, $3, $4) RETURNING id;

-- name: EventsOfTypes :batchmany
SELECT * FROM events WHERE type = $1;
