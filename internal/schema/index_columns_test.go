package schema

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
)

// TestRefusedKeys holds which keys PostgreSQL refuses, and that
// nothing is said of others, nor of tables whose columns are not all known.
func TestRefusedKeys(t *testing.T) {
	t.Parallel()
	var problems diag.List
	Load([]File{{Name: "schema.sql", Text: []byte(`
		CREATE TABLE wrong (a int DEFAULT '', b uuid DEFAULT 'none'::text, c bigint DEFAULT gen_random_uuid(), d bool DEFAULT now(),
			UNIQUE (a, missing));
		CREATE INDEX ON wrong (b, gone);
		CREATE TABLE fine (a int DEFAULT '7', b uuid DEFAULT '{00000000-0000-4000-8000-000000000000}', c text DEFAULT gen_random_uuid(), d date DEFAULT now(),
			e int[] DEFAULT '{}', f text DEFAULT '', g mine DEFAULT '', h int DEFAULT NULL, i bigint DEFAULT nextval('s'), UNIQUE (a, b), EXCLUDE USING gist (a WITH =));
		CREATE UNIQUE INDEX ON fine (lower(c), a);
		CREATE TABLE later (a text DEFAULT 'x', b int DEFAULT 'x');
		ALTER TABLE later ALTER b DROP DEFAULT;
		ALTER TABLE later ALTER a DROP DEFAULT;
		ALTER TABLE later ALTER a TYPE int USING 1;
		ALTER TABLE later ALTER a SET DEFAULT 'y';
		CREATE TABLE child (x int, UNIQUE (of_parent)) INHERITS (elsewhere);
		CREATE TABLE twin (LIKE elsewhere, UNIQUE (of_twin));
		CREATE TABLE typed OF a_type (UNIQUE (of_type));`)}}, &problems)
	want := []string{
		`schema.sql:3:4 SG102 "wrong_a_missing_key" is on column "missing", which table "wrong" does not have`,
		`schema.sql:4:3 SG102 "wrong_b_gone_idx" is on column "gone", which table "wrong" does not have`,
		`schema.sql:13:60 SG102 there is no table "elsewhere" at this point`,
		`schema.sql:14:27 SG102 there is no table "elsewhere" at this point`,
	}
	var got []string
	for _, p := range problems.Sorted() {
		got = append(got, p.Pos.String()+" "+p.Code+" "+p.Message)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
