package runtime_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// versions edits the two presets of projects. A version is a number that never
// comes again; a preset of that version, and a role made from it, has it in its
// name and in each of its entries, of which the number says how many there are.
type versions struct {
	slots [2]sync.Mutex // administrators of one preset take turns

	mu    sync.Mutex
	last  int
	fates map[int]fate // made: it was committed; purged: it was rolled back
}

func slotName(slot int) string { return []string{"admin", "member"}[slot] }

func entriesOf(version int) (operations []string) {
	for i := range 1 + version%5 {
		operations = append(operations, fmt.Sprintf("%d of %d", i, version))
	}
	return operations
}

func (v *versions) next() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.last++
	return v.last
}

func (v *versions) became(version int, f fate) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.fates[version] = f
}

// begin replaces the presets of projects in a fresh database.
func (v *versions) begin(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	v.fates = map[int]fate{}
	mustExec(t, pool, "DELETE FROM role_presets WHERE scope_type = 'project'")
	for slot := range v.slots {
		version := v.next()
		v.became(version, made)
		err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error { return insertPreset(t.Context(), tx, slot, version) })
		if err != nil {
			t.Fatal(err)
		}
	}
}

func insertPreset(ctx context.Context, tx pgx.Tx, slot, version int) error {
	var id string
	const insert = "INSERT INTO role_presets (scope_type, name) VALUES ('project', $1) RETURNING id::text"
	if err := tx.QueryRow(ctx, insert, fmt.Sprintf("%s %d", slotName(slot), version)).Scan(&id); err != nil {
		return err
	}
	return insertEntries(ctx, tx, id, version)
}

// insertEntries takes a statement for each: the edit is not one moment.
func insertEntries(ctx context.Context, tx pgx.Tx, id string, version int) error {
	for _, operation := range entriesOf(version) {
		const insert = "INSERT INTO role_permission_presets (role_preset_id, entity_type, operation) VALUES ($1::text::uuid, 'document', $2)"
		if _, err := tx.Exec(ctx, insert, id, operation); err != nil {
			return err
		}
	}
	return nil
}

// edit makes a new version of one preset, in one of four ways.
func (v *versions) edit(ctx context.Context, pool *pgxpool.Pool, random *rand.Rand) error {
	slot := random.IntN(len(v.slots))
	v.slots[slot].Lock()
	defer v.slots[slot].Unlock()
	version := v.next()
	v.became(version, purged)
	tx, err := pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := editIn(ctx, tx, slot, version, random.IntN(4)); err != nil {
		return err
	}
	v.became(version, maybe)
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	v.became(version, made)
	return nil
}

func editIn(ctx context.Context, tx pgx.Tx, slot, version, way int) error {
	var id string
	const current = "SELECT id::text FROM role_presets WHERE scope_type = 'project' AND NOT deleted AND name LIKE $1 || ' %'"
	if err := tx.QueryRow(ctx, current, slotName(slot)).Scan(&id); err != nil {
		return err
	}
	exec := func(sql string, args ...any) func() error {
		return func() error {
			_, err := tx.Exec(ctx, sql, args...)
			return err
		}
	}
	rename := exec("UPDATE role_presets SET name = $2 WHERE id = $1::text::uuid", id, fmt.Sprintf("%s %d", slotName(slot), version))
	clearEntries := exec("DELETE FROM role_permission_presets WHERE role_preset_id = $1::text::uuid", id)
	fill := func() error { return insertEntries(ctx, tx, id, version) }
	add := func() error { return insertPreset(ctx, tx, slot, version) }
	for _, do := range [][]func() error{
		{rename, clearEntries, fill}, // the preset, then its entries
		{clearEntries, fill, rename}, // the entries, then their preset
		{exec("DELETE FROM role_presets WHERE id = $1::text::uuid", id), add},
		{exec("UPDATE role_presets SET deleted = true WHERE id = $1::text::uuid", id), add},
	}[way] {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// whole reports whether a role is some version that was committed, whole.
func (v *versions) whole(name string, operations []string) error {
	slot, number, _ := strings.Cut(name, " ")
	var version int
	if _, err := fmt.Sscan(number, &version); err != nil {
		return err
	}
	want := entriesOf(version)
	slices.Sort(want)
	if !slices.Equal(want, operations) {
		return fmt.Errorf("role %s is torn: it has %q", name, operations)
	}
	f, known := v.fates[version]
	if !known || f == purged || slot != slotName(0) && slot != slotName(1) {
		return fmt.Errorf("role %s is of a version that was never committed", name)
	}
	return nil
}

// audit looks at every row: nothing is without its scope, nothing is torn, and
// everything is as the workers were told.
func (s *soak) audit(t *testing.T) {
	t.Helper()
	wantNoOrphans(t, s.direct)
	const torn = `role_presets p WHERE scope_type = 'project' AND NOT deleted AND
		1 + split_part(name, ' ', 2)::int % 5 <> (SELECT count(*) FROM role_permission_presets WHERE role_preset_id = p.id AND operation LIKE '% of ' || split_part(name, ' ', 2))`
	if n := count(t, s.direct, torn); n > 0 {
		t.Errorf("%d presets are torn", n)
	}
	s.auditRoles(t)
	s.auditScopes(t)
}

// wantNoOrphans looks for rows of the reference RBAC that belong to nothing, or
// that something lacks.
func wantNoOrphans(t *testing.T, pool *pgxpool.Pool) {
	t.Helper()
	const scopes = "(SELECT 'domain' AS type, id::text FROM domains UNION ALL SELECT 'project', id::text FROM projects UNION ALL SELECT 'user', id::text FROM users)"
	for what, sql := range map[string]string{
		"permissions without their scope":  "permissions p WHERE NOT EXISTS (SELECT FROM " + scopes + " s WHERE s.type = scope_type AND s.id = scope_id)",
		"associations without their scope": "association_scopes_entities a WHERE NOT EXISTS (SELECT FROM " + scopes + " s WHERE s.type = scope_type AND s.id = scope_id)",
		"associations without their entity": "association_scopes_entities a WHERE entity_type <> 'role' AND NOT EXISTS (SELECT FROM " + scopes +
			" s WHERE s.type = entity_type AND s.id = entity_id) OR entity_type = 'role' AND NOT EXISTS (SELECT FROM roles r WHERE r.id::text = entity_id)",
		"permissions of a role that is not in their scope": `permissions p WHERE NOT EXISTS (SELECT FROM association_scopes_entities a
			WHERE a.scope_type = p.scope_type AND a.scope_id = p.scope_id AND entity_type = 'role' AND entity_id = role_id::text)`,
		"projects and users that are not once in their domain": `(SELECT 'project' AS type, id, domain_id FROM projects UNION ALL SELECT 'user', id, domain_id FROM users) s
			WHERE 1 <> (SELECT count(*) FROM association_scopes_entities a WHERE entity_type = s.type AND entity_id = s.id::text)
			OR NOT EXISTS (SELECT FROM association_scopes_entities a
				WHERE entity_type = s.type AND entity_id = s.id::text AND scope_type = 'domain' AND scope_id = s.domain_id::text)`,
		"users without their one role": `users u WHERE 1 <> (SELECT count(*) FROM user_roles JOIN permissions p USING (role_id)
			WHERE user_id = u.id AND scope_type = 'user' AND scope_id = u.id::text)`,
	} {
		if n := count(t, pool, sql); n > 0 {
			t.Errorf("%d %s", n, what)
		}
	}
}

func (s *soak) auditRoles(t *testing.T) {
	t.Helper()
	rows, err := s.direct.Query(t.Context(), `SELECT r.name, array(SELECT operation FROM permissions p WHERE p.role_id = r.id ORDER BY operation COLLATE "C")
		FROM roles r JOIN association_scopes_entities a ON entity_type = 'role' AND entity_id = r.id::text WHERE scope_type = 'project'`)
	if err != nil {
		t.Fatal(err)
	}
	var name string
	var operations []string
	tag, err := pgx.ForEachRow(rows, []any{&name, &operations}, func() error {
		if err := s.versions.whole(name, operations); err != nil {
			t.Error(err)
		}
		return nil
	})
	noError(t, tag, err)
}

func (s *soak) auditScopes(t *testing.T) {
	t.Helper()
	rows, err := s.direct.Query(t.Context(), "SELECT 'project', id, name FROM projects UNION ALL SELECT 'user', id, email FROM users")
	if err != nil {
		t.Fatal(err)
	}
	there := map[thing]bool{}
	var th thing
	var name string
	tag, err := pgx.ForEachRow(rows, []any{&th.kind, &th.id, &name}, func() error {
		there[th] = true
		if s.untold[name] {
			s.told[th] = maybe
		}
		return nil
	})
	noError(t, tag, err)
	for th, f := range s.told {
		if f != maybe && there[th] != (f == made) {
			t.Errorf("%s %v: told that it was made: %t, purged or never made: %t, and it is there: %t", th.kind, th.id, f == made, f == purged, there[th])
		}
	}
	for th := range there {
		if _, told := s.told[th]; !told && th.kind == "project" {
			t.Errorf("nobody was told of %s %v", th.kind, th.id)
		}
	}
}

func noError(t *testing.T, tag pgconn.CommandTag, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(tag, err)
	}
}
