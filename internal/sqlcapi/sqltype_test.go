package sqlcapi_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/specgen-dev/specgen/internal/goname"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// columns are those of testdata/shared/schema.sql, each with its type as it is
// written there.
var columns = []struct {
	table, column, sqlType string
	nullable               bool
}{
	{"domains", "id", "uuid", false},
	{"domains", "name", "varchar(64)", false},
	{"domains", "created_at", "timestamptz", false},
	{"roles", "id", "uuid", false},
	{"roles", "domain_id", "UUID", true},
	{"roles", "name", "text", false},
	{"roles", "description", "text", true},
	{"roles", "status", "role_status", false},
	{"roles", "kind", "entity_kind", true},
	{"roles", "settings", "jsonb", false},
	{"roles", "extra", "jsonb", true},
	{"roles", "tags", "text[]", false},
	{"roles", "weights", "integer[]", true},
	{"roles", "priority", "smallint", true},
	{"roles", "auto_assign", "boolean", false},
	{"roles", "hidden", "boolean", true},
	{"roles", "address", "inet", true},
	{"roles", "ratio", "double precision", true},
	{"roles", "price", "numeric(10, 2)", true},
	{"roles", "deleted_at", "timestamp with time zone", true},
	{"roles", "validity", "tstzrange", true},
	{"events", "id", "bigint", false},
	{"events", "type", "text", false},
	{"events", "payload", "bytea", false},
	{"events", "level", "audit.level", false},
	{"events", "took", "interval", true},
	{"events", "at", "date", false},
	{"events", "digest", "bytea", true},
}

// TestTypeOfAgreesWithSqlc holds TypeOf against the models that sqlc made of
// the same columns, under every combination of options in testdata.
func TestTypeOfAgreesWithSqlc(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"default", "enumnulls", "flat", "pointers", "structs"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := loadClean(t, "testdata/"+name, "sqlc.yaml").Packages[0]
			checked := 0
			for _, c := range columns {
				if name == "pointers" && (c.column == "settings" || c.column == "extra") {
					continue // the configuration overrides these columns themselves
				}
				field, ok := modelField(p, c.table, c.column)
				if !ok {
					t.Fatalf("no field for %s.%s", c.table, c.column)
				}
				checked++
				if got := p.TypeOf(c.sqlType, c.nullable); got != field {
					t.Errorf("%s.%s: TypeOf(%q, %t) = %s, but sqlc made it %s", c.table, c.column, c.sqlType, c.nullable, spell(got), spell(field))
				}
			}
			if checked < len(columns)-2 {
				t.Errorf("%d columns were checked", checked)
			}
		})
	}
}

// modelField finds the field of a column, whatever the options named them.
func modelField(p *sqlcapi.Package, table, column string) (goname.Type, bool) {
	for _, s := range p.Models {
		if !goname.Equal(s.Name, table) && !goname.Equal(s.Name+"s", table) {
			continue
		}
		i := slices.IndexFunc(s.Fields, func(f sqlcapi.Field) bool {
			return goname.Equal(f.Name, column) || column == "domain_id" && f.Name == "TopID" // renamed in one case
		})
		if i >= 0 {
			return s.Fields[i].Type, true
		}
	}
	return goname.Type{}, false
}

func TestTypeOf(t *testing.T) {
	t.Parallel()
	plain := &sqlcapi.Package{}
	pointers := &sqlcapi.Package{PointersForNull: true}
	overridden := &sqlcapi.Package{Overrides: map[string]sqlcapi.Override{
		"pg_catalog.bool": {Type: goname.Basic("string")},
		"int4":            {NullType: goname.Basic("int").PointerTo()},
		"ltree":           {Type: goname.Named("example.com/tree", "tree", "Path")},
	}}
	for _, c := range []struct {
		pkg      *sqlcapi.Package
		sqlType  string
		nullable bool
		want     string
	}{
		{plain, "uuid", true, "pgtype.UUID"},
		{plain, "int", false, "int32"},
		{plain, "INT8", true, "pgtype.Int8"},
		{plain, "float", false, "float64"},
		{plain, "real", true, "pgtype.Float4"},
		{plain, "character varying(3)", false, "string"},
		{plain, "timestamp(3) with time zone", false, "pgtype.Timestamptz"},
		{plain, "timestamp(3)", false, "pgtype.Timestamp"},
		{plain, "time", false, "pgtype.Time"},
		{plain, "timetz", true, "sql.NullTime"},
		{pointers, "timetz", true, "*time.Time"},
		{plain, "inet", false, "netip.Addr"},
		{plain, "inet", true, "*netip.Addr"},
		{plain, "json", true, "[]byte"},
		{plain, "uuid[]", true, "[]pgtype.UUID"},
		{plain, "text[][]", false, "[][]string"},
		{pointers, "text", true, "*string"},
		{pointers, "text[]", true, "[]string"},
		{pointers, "uuid", true, "pgtype.UUID"},
		{pointers, "vector", false, "*pgvector.Vector"},
		{plain, "vector", true, "pgvector.Vector"},
		{overridden, "bool", false, "string"},
		{overridden, "bool", true, "pgtype.Bool"},
		{overridden, "integer", true, "*int"},
		{overridden, "integer", false, "int32"},
		{overridden, "ltree", false, "tree.Path"},
		{overridden, "lquery", false, "string"},
		{plain, "no_such_type", false, ""},
		{plain, "no_such_type[]", false, ""},
		{plain, "varchar(", false, ""},
		{plain, "", false, ""},
	} {
		if got := c.pkg.TypeOf(c.sqlType, c.nullable).String(); got != c.want {
			t.Errorf("TypeOf(%q, %t) = %q, want %q", c.sqlType, c.nullable, got, c.want)
		}
	}
}

func TestEnum(t *testing.T) {
	t.Parallel()
	for name, nulls := range map[string]bool{"default": true, "enumnulls": true, "pointers": false} {
		p := loadClean(t, "testdata/"+name, "sqlc.yaml").Packages[0]
		enum := p.Enum(p.TypeOf("role_status", false))
		if enum == nil || len(enum.Consts) != 3 || enum.Consts[2].Value != "soft-deleted" {
			t.Fatalf("%s: the enum of role_status is %+v", name, enum)
		}
		null := p.TypeOf("role_status", true)
		if nulls && (p.Enum(null) != enum || null != enum.NullType || enum.Field != enum.Type.Name) {
			t.Errorf("%s: the nullable type is %s, of enum %+v", name, null, p.Enum(null))
		}
		if !nulls && (!null.IsPointer() || p.Enum(null) != nil || p.Enum(null.Elem()) != enum) {
			t.Errorf("%s: the nullable type is %s, of enum %+v", name, null, p.Enum(null))
		}
		if p.Enum(goname.Basic("string")) != nil || p.Enum(goname.Type{}) != nil {
			t.Errorf("%s: what is no enum is taken for one", name)
		}
		if p.Struct(strings.TrimPrefix(enum.Type.Name, "X")) != nil || p.Struct("CreateRoleParams") == nil {
			t.Errorf("%s: Struct confuses structs with other types", name)
		}
	}
}
