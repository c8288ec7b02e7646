-- What was done, by whom. Written in the transaction that does it, and kept
-- when the scope goes.
CREATE TABLE audit_log (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    actor      uuid NOT NULL,
    action     text NOT NULL,
    scope_type text NOT NULL,
    scope_id   text NOT NULL,
    at         timestamptz NOT NULL
);

CREATE INDEX audit_log_scope_idx ON audit_log (scope_type, scope_id, at);
