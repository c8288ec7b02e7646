-- name: CreateKey :exec
INSERT INTO api_keys (id, workspace_id, secret_hash, mask, weight, priority, labels, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: DeleteKeys :execrows
DELETE FROM api_keys WHERE workspace_id = $1;

-- name: ExpireKeys :execresult
UPDATE api_keys SET expires_at = $2 WHERE workspace_id = $1;

-- name: AddUsage :exec
INSERT INTO usage (workspace_id, calls) VALUES ($1, $2)
ON CONFLICT (workspace_id) DO UPDATE SET calls = usage.calls + excluded.calls;

-- name: DeleteUsage :exec
DELETE FROM usage WHERE workspace_id = $1;

-- name: HasFreshKeys :one
SELECT EXISTS (SELECT FROM api_keys WHERE workspace_id = $1 AND expires_at > $2);
