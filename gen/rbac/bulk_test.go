package rbac_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/gen/rbac"
	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/schema"
	"github.com/specgen-dev/specgen/scope"
)

// rows counts the rows of every table that a call may write.
func rows(t *testing.T, pool *pgxpool.Pool) (n int) {
	t.Helper()
	const query = `SELECT (SELECT count(*) FROM domains) + (SELECT count(*) FROM projects) + (SELECT count(*) FROM roles) +
		(SELECT count(*) FROM permissions) + (SELECT count(*) FROM association_scopes_entities)`
	if err := pool.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Whatever is wrong with one item of many: it is named, and nothing is written.
func TestBulkBadInput(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t, pgtest.Texts(schema.Files)...)
	p := rbac.NewProvider(pool)
	domain, err := p.CreateDomain(t.Context(), rbac.DomainCreatorSpec{Name: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	before := rows(t, pool)
	spec := func(name string) rbac.ProjectCreatorSpec {
		return rbac.ProjectCreatorSpec{DomainID: domain.Row.ID, Name: name}
	}
	nobody := pgtype.UUID{Bytes: [16]byte{1}, Valid: true}
	for _, tc := range []struct {
		name  string
		specs []rbac.ProjectCreatorSpec
		index int
		is    error
	}{
		{"a name twice", []rbac.ProjectCreatorSpec{spec("a"), spec("b"), spec("a")}, 2, rbac.ErrProjectNameTaken},
		{"a NUL byte", []rbac.ProjectCreatorSpec{spec("a"), spec("b\x00")}, 1, scope.ErrInvalid},
		{"no UTF-8", []rbac.ProjectCreatorSpec{spec("\xff"), spec("b")}, 0, scope.ErrInvalid},
		{"an empty name", []rbac.ProjectCreatorSpec{spec("a"), spec(""), spec("")}, 1, scope.ErrInvalid},
		{"no domain", []rbac.ProjectCreatorSpec{spec("a"), {Name: "b"}}, 1, scope.ErrParentNotFound},
		{"an unknown domain", []rbac.ProjectCreatorSpec{spec("a"), {DomainID: nobody, Name: "b"}, spec("c")}, 1, scope.ErrParentNotFound},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res, err := p.CreateProjects(t.Context(), tc.specs)
			var item *scope.ItemError
			if !errors.As(err, &item) || item.Index != tc.index || !errors.Is(err, tc.is) || res != nil {
				t.Errorf("got %v, %v; want item %d, %v", res, err, tc.index, tc.is)
			}
			if after := rows(t, pool); after != before {
				t.Errorf("%d rows were written", after-before)
			}
			made, err := scope.Each(t.Context(), p, tc.specs, p.CreateProject, p.CreateProjects)
			var failed *scope.ItemsError
			if !errors.As(err, &failed) || !errors.Is(err, tc.is) {
				t.Fatalf("each: %v", err)
			}
			for i, r := range made {
				lost := false
				for _, f := range failed.Items {
					lost = lost || f.Index == i
				}
				if lost != (r == nil) {
					t.Errorf("item %d: result %v, failed %t", i, r, lost)
				}
				if r != nil {
					if _, err := p.PurgeProject(t.Context(), rbac.ProjectPurgerSpec{ID: r.Row.ID}); err != nil {
						t.Fatal(err)
					}
				}
			}
			if _, err := pool.Exec(t.Context(), "DELETE FROM roles WHERE id NOT IN (SELECT entity_id::uuid FROM association_scopes_entities WHERE entity_type = 'role')"); err != nil {
				t.Fatal(err)
			}
		})
	}
	t.Run("hostile names are stored", func(t *testing.T) {
		names := []string{"'; DROP TABLE projects; --", `"`, "$1", "%s", strings.Repeat("x", 1000)}
		var specs []rbac.ProjectCreatorSpec
		for _, n := range names {
			specs = append(specs, spec(n))
		}
		made, err := p.CreateProjects(t.Context(), specs)
		if err != nil {
			t.Fatal(err)
		}
		var purges []rbac.ProjectPurgerSpec
		for i, r := range made {
			purges = append(purges, rbac.ProjectPurgerSpec{ID: r.Row.ID})
			if r.Row.Name != names[i] {
				t.Errorf("item %d is %q, want %q", i, r.Row.Name, names[i])
			}
		}
		t.Run("and purged, an id twice", func(t *testing.T) {
			gone, err := p.PurgeProjects(t.Context(), append(purges, purges[0]))
			if err != nil {
				t.Fatal(err)
			}
			for i, g := range gone {
				if g.Found != (i < len(purges)) {
					t.Errorf("item %d: found %t", i, g.Found)
				}
			}
		})
	})
	t.Run("an id that is not set", func(t *testing.T) {
		_, err := p.PurgeProjects(t.Context(), []rbac.ProjectPurgerSpec{{ID: nobody}, {}})
		var item *scope.ItemError
		if !errors.As(err, &item) || item.Index != 1 || !errors.Is(err, scope.ErrInvalid) {
			t.Errorf("got %v, want an ErrInvalid of item 1", err)
		}
	})
	t.Run("nothing", func(t *testing.T) {
		made, err := p.CreateProjects(t.Context(), nil)
		gone, err2 := p.PurgeProjects(t.Context(), nil)
		each, err3 := scope.Each(t.Context(), p, nil, p.CreateProject, p.CreateProjects)
		if err := errors.Join(err, err2, err3); err != nil || len(made)+len(gone)+len(each) != 0 {
			t.Errorf("got %v, %v, %v, %v", made, gone, each, err)
		}
	})
}

// A hundred thousand items are one transaction, in parts that fit in memory.
func TestBulkOfAHundredThousand(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t, pgtest.Texts(schema.Files)...)
	p := rbac.NewProvider(pool)
	const n = 100_000
	specs := make([]rbac.DomainCreatorSpec, n)
	for i := range specs {
		specs[i].Name = fmt.Sprint("domain ", i)
	}
	specs[n-1].Name = specs[7].Name
	_, err := p.CreateDomains(t.Context(), specs)
	var item *scope.ItemError
	if !errors.As(err, &item) || item.Index != n-1 || !errors.Is(err, rbac.ErrDomainNameTaken) {
		t.Fatalf("got %v, want an error of the last item", err)
	}
	if left := rows(t, pool); left != 0 {
		t.Fatalf("%d rows are left of it", left)
	}
	specs[n-1].Name = "the last"
	made, err := p.CreateDomains(t.Context(), specs)
	if err != nil {
		t.Fatal(err)
	}
	if len(made) != n || made[0].Row.Name != specs[0].Name || made[n-1].Row.Name != "the last" || rows(t, pool) != n {
		t.Errorf("made %d domains, %d rows", len(made), rows(t, pool))
	}
}
