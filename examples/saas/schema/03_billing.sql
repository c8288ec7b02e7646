-- What a workspace pays for. No coordinator writes subscriptions: the purge of
-- a workspace refuses while one is live, and removes the ended ones.

CREATE TYPE subscription_status AS ENUM ('active', 'past_due', 'ended');

CREATE TABLE subscriptions (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id bigint NOT NULL REFERENCES workspaces (id),
    status       subscription_status NOT NULL,
    started_at   timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz
);

CREATE INDEX subscriptions_workspace_id_idx ON subscriptions (workspace_id);
