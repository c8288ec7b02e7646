package rbac_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/schema"
	"github.com/specgen-dev/specgen/scope"
)

// BenchmarkIsolation creates projects from 3 presets of 30 entries at each level
// that a create may have, and reads the presets with and without their locks:
// what docs/guarantees.md says of the cost.
func BenchmarkIsolation(b *testing.B) {
	pool := pgtest.Pool(b, pgtest.Texts(schema.Files)...)
	_, err := pool.Exec(b.Context(), `
		INSERT INTO role_presets (id, name, scope_type) SELECT gen_random_uuid(), 'preset ' || n, 'project' FROM generate_series(1, 3) n;
		INSERT INTO role_permission_presets (id, role_preset_id, entity_type, operation)
		SELECT gen_random_uuid(), p.id, 'entity ' || n, 'read' FROM role_presets p, generate_series(1, 30) n`)
	if err != nil {
		b.Fatal(err)
	}
	domain, err := rbac.NewProvider(pool).CreateDomain(b.Context(), rbac.DomainCreatorSpec{Name: "acme"})
	if err != nil {
		b.Fatal(err)
	}
	made := 0
	for _, level := range []pgx.TxIsoLevel{pgx.ReadCommitted, pgx.RepeatableRead, pgx.Serializable} {
		b.Run("create, "+string(level), func(b *testing.B) {
			p := rbac.NewProvider(pool, scope.WithIsolation(level))
			for b.Loop() {
				made++
				res, err := p.CreateProject(b.Context(), rbac.ProjectCreatorSpec{DomainID: domain.Row.ID, Name: fmt.Sprint(made)})
				if err != nil || len(res.Roles) != 3 {
					b.Fatal(res, err)
				}
			}
		})
	}
	for _, lock := range []string{"", " FOR SHARE"} {
		b.Run("presets"+lock, func(b *testing.B) {
			query := "SELECT id, name FROM role_presets WHERE scope_type = 'project' AND NOT deleted ORDER BY id" + lock
			for b.Loop() {
				tag, err := pool.Exec(b.Context(), query)
				if err != nil || tag.RowsAffected() != 3 {
					b.Fatal(tag, err)
				}
			}
		})
	}
}
