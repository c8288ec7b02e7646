CREATE TABLE events (
    id         uuid PRIMARY KEY,
    actor      uuid NOT NULL,
    action     text NOT NULL,
    scope_type text NOT NULL,
    scope_id   text NOT NULL,
    at         timestamptz NOT NULL
);
