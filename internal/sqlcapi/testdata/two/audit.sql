CREATE TABLE events (id bigserial PRIMARY KEY, actor uuid, at timestamptz NOT NULL DEFAULT now());
