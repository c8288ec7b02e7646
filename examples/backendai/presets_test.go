package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// role is what a preset gives.
type role struct {
	Name        string
	AutoAssign  bool
	Permissions int
}

// TestRolesOfPresets takes every preset of the seed, its traps included: presets that are archived, that have no entries,
// that share a name, or whose template gives no name.
func TestRolesOfPresets(t *testing.T) {
	t.Parallel()
	want := map[string][]role{
		"domain":  {{"domain-research-admin", false, 75}, {"domain-research-member", true, 1}},
		"project": {{"project_admin-b0000000000040008000000000000003", false, 75}, {"vision-member", true, 15}},
		"user":    {{"user_owner-b0000000000040008000000000000005", true, 79}},
		"resource_group": {
			{"rg_no_permissions-c0000000000040008000000000000001", true, 0},
			{"rg_twin-c0000000000040008000000000000003", false, 1},
			{"rg_twin-c0000000000040008000000000000004", false, 2},
		},
		"container_registry": {
			{"cr_undefined_var-c0000000000040008000000000000005", false, 1},
			{"cr_syntax-c0000000000040008000000000000006", false, 1},
			{"cr_blank-c0000000000040008000000000000007", false, 1},
			{"cr_overlong-c0000000000040008000000000000008", false, 1},
			{strings.Repeat("p", 31) + "-c0000000000040008000000000000009", false, 1},
			{"cr_grant-c000000000004000800000000000000a", false, 2},
		},
	}
	eachKind(t, func(t *testing.T, pool *pgxpool.Pool, k kind) {
		var got []role
		for _, r := range mustCreate(t, pool, k).roles {
			// As stored, and by way of the association: it is what makes the role the scope's.
			const query = `
				SELECT r.name, r.auto_assign, (SELECT count(*) FROM permissions WHERE role_id = r.id AND scope_type = $2)
				FROM roles AS r JOIN association_scopes_entities AS a ON a.entity_id = r.id::text AND a.entity_type = 'role'
				WHERE r.id = $1 AND a.scope_type = $2 AND r.source = 'system' AND r.status = 'active'`
			var stored role
			if err := pool.QueryRow(t.Context(), query, r.ID, k.scopeType).
				Scan(&stored.Name, &stored.AutoAssign, &stored.Permissions); err != nil {
				t.Fatalf("role %s: %v", r.Name, err)
			}
			got = append(got, stored)
		}
		if diff := cmp.Diff(want[k.scopeType], got); diff != "" {
			t.Errorf("roles (-want +got):\n%s", diff)
		}
	})
}

// TestPermissionsOfPresets checks all permissions of a scope at once, the computed column among them.
func TestPermissionsOfPresets(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, pool *pgxpool.Pool, k kind) {
		made := mustCreate(t, pool, k)
		collect := func(query string, args ...any) []string {
			rows, err := pool.Query(t.Context(), query, args...)
			if err != nil {
				t.Fatal(err)
			}
			list, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		want := collect(`
			SELECT concat_ws(' ', e.entity_type, e.operation, CASE e.operation
				WHEN 'read' THEN 1 WHEN 'update' THEN 2 WHEN 'create' THEN 4 WHEN 'soft-delete' THEN 8
				WHEN 'hard-delete' THEN 16 ELSE 0 END)
			FROM role_permission_presets AS e JOIN role_presets AS p ON p.id = e.role_preset_id
			WHERE p.scope_type = $1 AND NOT p.deleted ORDER BY 1`, k.scopeType)
		got := collect(`
			SELECT concat_ws(' ', entity_type, operation, permission) FROM permissions
			WHERE scope_type = $1 AND scope_id = $2 ORDER BY 1`, k.scopeType, uuidText(made.id))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("permissions (-want +got):\n%s", diff)
		}
		if k.scopeType == "container_registry" && got[0] != "image grant:read 0" {
			t.Errorf("the first permission is %q: the deprecated operation was to be tested", got[0])
		}
	})
}

func TestNoPresetsMakeNoRoles(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, pool *pgxpool.Pool, k kind) {
		mustExec(t, pool, "UPDATE role_presets SET deleted = true")
		before := rowsOf(t, pool)
		made := mustCreate(t, pool, k)
		after := rowsOf(t, pool)
		if len(made.roles) != 0 {
			t.Errorf("roles %v", made.roles)
		}
		for _, table := range []string{"roles", "permissions"} {
			if diff := cmp.Diff(before[table], after[table]); diff != "" {
				t.Errorf("table %s has changed:\n%s", table, diff)
			}
		}
		if n := len(after[k.table]) - len(before[k.table]); n != 1 {
			t.Errorf("%d rows more in %s, want 1", n, k.table)
		}
	})
}
