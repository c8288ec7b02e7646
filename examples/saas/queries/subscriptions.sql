-- name: CountLiveSubscriptions :one
-- Counts what a workspace still pays for.
SELECT count(*) FROM subscriptions
WHERE workspace_id = @workspace_id AND status <> 'ended';

-- name: DeleteEndedSubscriptions :execrows
-- Deletes the subscriptions of a workspace that have ended.
DELETE FROM subscriptions
WHERE workspace_id = @workspace_id AND status = 'ended';
