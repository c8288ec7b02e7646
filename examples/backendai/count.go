package main

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
)

// counts are numbers of rows.
type counts struct {
	roles, permissions, associations int
	virtualScopes, edges             int
}

// countMade counts what the creation of a scope wrote: the roles that belong to the scope, what they permit in it, and the
// associations of those roles with the scope and of the scope with its parents.
func countMade(ctx context.Context, pool *pgxpool.Pool, s scope.Context) (counts, error) {
	const query = `
		SELECT
			(SELECT count(*) FROM roles WHERE id::text IN (
				SELECT entity_id FROM association_scopes_entities
				WHERE (scope_type, scope_id, entity_type) = ($1, $2, 'role'))),
			(SELECT count(*) FROM permissions WHERE (scope_type, scope_id) = ($1, $2)),
			(SELECT count(*) FROM association_scopes_entities
				WHERE (scope_type, scope_id, entity_type) = ($1, $2, 'role')
				OR (entity_type, entity_id) = ($1, $2))`
	var n counts
	if err := pool.QueryRow(ctx, query, s.Type, s.ID).Scan(&n.roles, &n.permissions, &n.associations); err != nil {
		return n, fmt.Errorf("counting what belongs to a %s: %w", s.Type, err)
	}
	return n, nil
}

// countLeft counts what is left of scopes in any table, and all roles: once the associations are gone, nothing says whose
// a role was.
func countLeft(ctx context.Context, pool *pgxpool.Pool, purged []scope.Context) (counts, error) {
	const query = `
		WITH purged AS (SELECT * FROM unnest($1::text[], $2::text[]) AS address (its_type, its_id))
		SELECT
			(SELECT count(*) FROM roles),
			(SELECT count(*) FROM permissions JOIN purged ON (its_type, its_id) = (scope_type, scope_id)),
			(SELECT count(*) FROM association_scopes_entities AS a
				WHERE EXISTS (SELECT FROM purged
					WHERE (its_type, its_id) IN ((scope_type, scope_id), (entity_type, entity_id)))),
			(SELECT count(*) FROM virtual_scopes JOIN purged ON (its_type, its_id) = (scope_type, scope_id::text)),
			(SELECT count(*) FROM entity_memberships JOIN purged ON (its_type, its_id) = (entity_type, entity_id::text))
				+ (SELECT count(*) FROM scope_bindings JOIN purged ON (its_type, its_id) = (scope_type, scope_id::text))`
	var types, ids []string
	for _, s := range purged {
		types, ids = append(types, s.Type), append(ids, s.ID)
	}
	var n counts
	err := pool.QueryRow(ctx, query, types, ids).
		Scan(&n.roles, &n.permissions, &n.associations, &n.virtualScopes, &n.edges)
	if err != nil {
		return n, fmt.Errorf("counting what is left: %w", err)
	}
	return n, nil
}
