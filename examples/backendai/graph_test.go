package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// TestVirtualScopes compares all that ties a scope to virtual scopes and to its parents with what was agreed, and with
// what the seed has for a scope of that type.
func TestVirtualScopes(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, pool *pgxpool.Pool, k kind) {
		want := []string{
			k.scopeType + " is a member of the node of its " + k.scopeType,
			k.scopeType + " reaches into the node of its " + k.scopeType,
		}
		if k.want.EntityAssociations > 0 {
			want = []string{
				"domain is associated with its " + k.scopeType,
				"domain reaches into the node of its " + k.scopeType,
				k.scopeType + " is a member of the node of its domain",
				k.scopeType + " is a member of the node of its " + k.scopeType,
				k.scopeType + " reaches into the node of its " + k.scopeType,
			}
		}
		if diff := cmp.Diff(want, ties(t, pool, k, mustCreate(t, pool, k).id)); diff != "" {
			t.Errorf("ties (-want +got):\n%s", diff)
		}
		if k.want.EntityAssociations > 0 {
			old := idOf(t, pool, "SELECT "+k.id+" FROM "+k.table+" ORDER BY created_at LIMIT 1")
			if diff := cmp.Diff(want, ties(t, pool, k, old)); diff != "" {
				t.Errorf("ties of a scope of the seed (-want +got):\n%s", diff)
			}
		}
	})
}

// ties describes the edges of a scope's node, those of the scope itself, and its associations with other scopes, but
// for the roles.
func ties(t *testing.T, pool *pgxpool.Pool, k kind, id pgtype.UUID) []string {
	t.Helper()
	const query = `
		WITH members AS (
			SELECT m.entity_type, m.entity_id, v.scope_type, v.scope_id
			FROM entity_memberships AS m JOIN virtual_scopes AS v ON v.id = m.virtual_scope_id
		), bindings AS (
			SELECT b.scope_type AS from_type, b.scope_id AS from_id, v.scope_type, v.scope_id
			FROM scope_bindings AS b JOIN virtual_scopes AS v ON v.id = b.virtual_scope_id
		)
		SELECT entity_type || ' is a member of the node of its ' || scope_type FROM members
		WHERE (entity_type, entity_id) = ($1, $2) OR (scope_type, scope_id) = ($1, $2)
		UNION ALL
		SELECT from_type || ' reaches into the node of its ' || scope_type FROM bindings
		WHERE (from_type, from_id) = ($1, $2) OR (scope_type, scope_id) = ($1, $2)
		UNION ALL
		SELECT scope_type || ' is associated with its ' || entity_type FROM association_scopes_entities
		WHERE (entity_type, entity_id) = ($1, $2::uuid::text)
			OR (scope_type, scope_id) = ($1, $2::uuid::text) AND entity_type <> 'role'
		ORDER BY 1`
	rows, err := pool.Query(t.Context(), query, k.scopeType, id)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return list
}
