package schema

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/specgen-dev/specgen/internal/diag"
)

func loadBackendAI(t testing.TB) *Catalog {
	t.Helper()
	text, err := os.ReadFile("testdata/backendai.sql")
	if err != nil {
		t.Fatal(err)
	}
	var problems diag.List
	c := Load([]File{{Name: "backendai.sql", Text: text}}, &problems)
	if lines := problemLines(&problems); len(lines) > 0 {
		t.Fatalf("problems: %q", lines)
	}
	return c
}

// TestBackendAI checks what makes that schema hard: its primary keys that are
// names, its columns without defaults, and its keys that omit a column.
func TestBackendAI(t *testing.T) {
	t.Parallel()
	c := loadBackendAI(t)

	if got := len(c.Tables); got != 18 {
		t.Errorf("%d tables, want 18", got)
	}
	if diff := cmp.Diff([]string{"general", "model-store"}, c.Enum("projecttype").Values); diff != "" {
		t.Errorf("projecttype (-want +got):\n%s", diff)
	}

	domains := c.Table("domains")
	if domains.PrimaryKey.Name != "pk_domains" || !cmp.Equal(domains.PrimaryKey.Columns, []string{"name"}) {
		t.Errorf("primary key of domains is %+v", domains.PrimaryKey)
	}
	wantUniques := []struct {
		name, column string
		partial      bool
	}{{"uq_domains_id", "id", false}, {"uq_domains_is_default", "is_default", true}}
	if len(domains.Uniques) != len(wantUniques) {
		t.Fatalf("domains has %d unique keys, want %d", len(domains.Uniques), len(wantUniques))
	}
	for i, want := range wantUniques {
		if k := domains.Uniques[i]; k.Name != want.name || k.Columns[0] != want.column || k.Partial != want.partial {
			t.Errorf("unique key %d of domains is %+v, want %+v", i, *k, want)
		}
	}
	registries := domains.Column("allowed_docker_registries")
	if registries.Type != "varchar" || !registries.Array || !registries.NotNull || registries.Default {
		t.Errorf("allowed_docker_registries is %+v", *registries)
	}

	groups := c.Table("groups")
	if len(groups.ForeignKeys) != 2 {
		t.Fatalf("groups has %d foreign keys, want 2", len(groups.ForeignKeys))
	}
	for i, want := range []ForeignKey{
		{Name: "fk_groups_domain_name_domains", Columns: []string{"domain_name"}, RefTable: "domains", RefColumns: []string{"name"}, OnDelete: "CASCADE", OnUpdate: "CASCADE"},
		{Name: "fk_groups_resource_policy_project_resource_policies", Columns: []string{"resource_policy"}, RefTable: "project_resource_policies", RefColumns: []string{"name"}, OnDelete: "NO ACTION", OnUpdate: "NO ACTION"},
	} {
		got := *groups.ForeignKeys[i]
		got.Pos = diag.Pos{}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("foreign key of groups (-want +got):\n%s", diff)
		}
	}

	for _, tt := range []struct {
		table, column string
		want          Column
	}{
		{"permissions", "permission", Column{Type: "int2", NotNull: true}},
		{"permissions", "scope_id", Column{Type: "varchar", Length: 64, NotNull: true}},
		{"virtual_scopes", "scope_id", Column{Type: "uuid", NotNull: true}},
		{"groups", "type", Column{Type: "projecttype", NotNull: true}},
		{"groups", "is_active", Column{Type: "bool"}},
		{"groups", "dotfiles", Column{Type: "bytea", NotNull: true}},
		{"roles", "source", Column{Type: "varchar", Length: 16, NotNull: true, Default: true}},
		{"roles", "deleted_at", Column{Type: "timestamptz"}},
		{"project_resource_policies", "name", Column{Type: "varchar", Length: 256, NotNull: true}},
	} {
		got := *c.Table(tt.table).Column(tt.column)
		tt.want.Name, got.Pos = tt.column, diag.Pos{}
		if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreUnexported(Column{})); diff != "" {
			t.Errorf("%s.%s (-want +got):\n%s", tt.table, tt.column, diff)
		}
	}

	if diff := cmp.Diff([]string{"scope_type", "scope_id", "entity_id"}, c.Table("association_scopes_entities").Uniques[0].Columns); diff != "" {
		t.Errorf("the unique key omits entity_type (-want +got):\n%s", diff)
	}
	if pk := c.Table("scope_bindings").PrimaryKey; len(pk.Columns) != 3 {
		t.Errorf("primary key of scope_bindings is %+v", pk)
	}
	if pos := domains.Pos; pos.Line == 0 || pos.Col != len("CREATE TABLE ")+1 {
		t.Errorf("domains is at %s", pos)
	}
}

func BenchmarkLoad(b *testing.B) {
	text, err := os.ReadFile("testdata/backendai.sql")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if c := Load([]File{{Name: "s.sql", Text: text}}, &diag.List{}); len(c.Tables) != 18 {
			b.Fatalf("%d tables", len(c.Tables))
		}
	}
}

func BenchmarkParseQuery(b *testing.B) {
	c := loadBackendAI(b)
	b.ReportAllocs()
	for b.Loop() {
		q, err := c.ParseQuery(`SELECT g.*, d.id AS domain_id FROM groups g JOIN domains d ON d.name = g.domain_name WHERE g.id = $1 FOR UPDATE OF g`)
		if err != nil || len(q.Returns) != 15 {
			b.Fatal(q, err)
		}
	}
}
