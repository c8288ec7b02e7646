-- name: CreateAuditEntry :exec
-- Records what was done to a scope.
INSERT INTO audit_log (actor, action, scope_type, scope_id, at)
VALUES (@actor, @action, @scope_type, @scope_id, @at);
