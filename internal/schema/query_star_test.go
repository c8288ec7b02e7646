package schema

import (
	"testing"

	"github.com/specgen-dev/specgen/internal/diag"
)

// TestStale holds statements that sqlc expanded for other columns, and mostly those
// of which nothing can be said.
func TestStale(t *testing.T) {
	t.Parallel()
	const tables = `CREATE SCHEMA app; CREATE TABLE app.things (id int, "order" int, name text); CREATE TABLE a (id int, name text); CREATE TABLE b (id int, a_id int);
		CREATE TABLE child (own int) INHERITS (a); CREATE TABLE likes (LIKE a, more int); CREATE VIEW v AS SELECT id FROM a;
		CREATE TABLE done (id int); DO $$ BEGIN ALTER TABLE done ADD COLUMN name text; END $$;
		CREATE TABLE moved (id int, old text); ALTER TABLE moved RENAME old TO new; ALTER TABLE moved ADD COLUMN late int, DROP COLUMN id;
		CREATE TABLE heir (id int, name text); ALTER TABLE heir INHERIT a; ALTER TABLE a ADD COLUMN IF NOT EXISTS name text;`
	type want struct {
		table, column string
		gone          bool
	}
	for name, tc := range map[string]struct {
		source, generated string
		want              want
	}{
		"equal":            {`SELECT * FROM a`, `SELECT id, name FROM a`, want{}},
		"added":            {`SELECT * FROM a`, `SELECT id FROM a`, want{table: "a", column: "name"}},
		"dropped":          {`INSERT INTO a (id) VALUES (@id) RETURNING *`, `INSERT INTO a (id) VALUES ($1) RETURNING id, name, note`, want{table: "a", column: "note", gone: true}},
		"moved":            {`DELETE FROM a RETURNING *`, `DELETE FROM a RETURNING name, id`, want{table: "a"}},
		"renamed":          {`SELECT * FROM moved`, `SELECT old, late FROM moved`, want{table: "moved", column: "new"}},
		"altered":          {`SELECT m.* FROM moved m`, `SELECT m.new, m.late FROM moved m`, want{}},
		"beside others":    {`SELECT 1 AS one, a.* FROM a`, `SELECT 1 AS one, a.id FROM a`, want{table: "a", column: "name"}},
		"embedded":         {`SELECT sqlc.embed(a), b.id FROM a JOIN b ON a.id = b.a_id`, `SELECT a.id, b.id FROM a JOIN b ON a.id = b.a_id`, want{table: "a", column: "name"}},
		"joined":           {`SELECT * FROM a JOIN b ON a.id = b.a_id`, `SELECT a.id, name, b.id FROM a JOIN b ON a.id = b.a_id`, want{table: "b", column: "a_id"}},
		"in WITH":          {`WITH x AS (DELETE FROM a RETURNING *) SELECT id FROM x`, `WITH x AS (DELETE FROM a RETURNING id) SELECT id FROM x`, want{table: "a", column: "name"}},
		"copied":           {`INSERT INTO b SELECT * FROM moved`, `INSERT INTO b SELECT new FROM moved`, want{table: "moved", column: "late"}},
		"quoted":           {`SELECT * FROM app.things`, `SELECT id, "order", name FROM app.things`, want{}},
		"another schema":   {`SELECT * FROM app.things`, `SELECT id, name FROM app.things`, want{table: "app.things", column: "order"}},
		"USING":            {`SELECT * FROM a JOIN b USING (id)`, `SELECT a.id, name, b.id, a_id FROM a JOIN b USING (id)`, want{}},
		"inherited":        {`SELECT * FROM child`, `SELECT own FROM child`, want{}},
		"an heir":          {`SELECT * FROM heir`, `SELECT name, id FROM heir`, want{}},
		"LIKE":             {`SELECT * FROM likes`, `SELECT more, id, name FROM likes`, want{}},
		"a DO block":       {`SELECT * FROM done`, `SELECT id FROM done`, want{}},
		"a view":           {`SELECT * FROM v`, `SELECT id, name FROM v`, want{}},
		"unknown":          {`SELECT * FROM elsewhere`, `SELECT id FROM elsewhere`, want{}},
		"a function":       {`SELECT * FROM generate_series(1, 2)`, `SELECT generate_series FROM generate_series(1, 2)`, want{}},
		"count":            {`SELECT count(*) FROM a`, `SELECT count(*) FROM a`, want{}},
		"times":            {`SELECT id * 2 AS twice FROM a`, `SELECT id * 2 AS twice FROM a`, want{}},
		"left as it is":    {`SELECT id FROM a WHERE EXISTS (SELECT * FROM b)`, `SELECT id FROM a WHERE EXISTS (SELECT * FROM b)`, want{}},
		"twice in a list":  {`SELECT *, name FROM a`, `SELECT id, name FROM a`, want{table: "a", column: "name"}},
		"another text":     {`SELECT * FROM a`, `SELECT id FROM a WHERE EXISTS (SELECT id FROM b)`, want{}},
		"renamed by alias": {`SELECT * FROM a AS x (one, two)`, `SELECT one, two FROM a AS x (one, two)`, want{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var problems diag.List
			c := Load([]File{{Name: "schema.sql", Text: []byte(tables)}}, &problems)
			q, err := c.ParseQuery(tc.generated)
			if err != nil {
				t.Fatal(err)
			}
			stale, _ := c.Stale(tc.source, q)
			got := want{column: stale.Column, gone: stale.Gone}
			if stale.Table != nil {
				got.table = stale.Table.QualifiedName()
			}
			if got != tc.want {
				t.Errorf("Stale(%s) = %+v, want %+v", tc.source, got, tc.want)
			}
		})
	}
}
