package schema

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
)

// TestAbsent holds what a query names that is certainly not there, and mostly what
// may be.
func TestAbsent(t *testing.T) {
	t.Parallel()
	const tables = `CREATE SCHEMA app; CREATE TABLE app.things (id int, name text); CREATE TABLE a (id int); CREATE VIEW v AS SELECT id FROM a;
		CREATE MATERIALIZED VIEW mv AS SELECT id FROM a; CREATE TABLE copied AS SELECT id FROM a; CREATE TABLE child () INHERITS (made_elsewhere);`
	for sql, want := range map[string]Absent{
		`INSERT INTO b (id) VALUES ($1)`:                                                      {Table: "b"},
		`INSERT INTO a (id, name) VALUES ($1, $2)`:                                            {Table: "a", Column: "name"},
		`UPDATE app.things SET title = $1`:                                                    {Table: "app.things", Column: "title"},
		`DELETE FROM app.gone WHERE id = $1`:                                                  {Table: "app.gone"},
		`SELECT 1 FROM a JOIN b ON a.id = b.id`:                                               {Table: "b"},
		`SELECT id FROM a WHERE EXISTS (SELECT FROM b)`:                                       {Table: "b"},
		`WITH b AS (SELECT id FROM a) SELECT b FROM b`:                                        {},
		`WITH RECURSIVE b AS (SELECT 1 UNION SELECT * FROM b) SELECT * FROM b`:                {},
		`SELECT v.*, mv, copied FROM v, mv, copied`:                                           {},
		`SELECT a.ctid, a.xmin, a.tableoid, a FROM a`:                                         {},
		`SELECT * FROM pg_tables, information_schema.columns, pg_catalog.pg_class`:            {},
		`SELECT * FROM generate_series(1, $1) AS g(n), unnest($2::int[]) u`:                   {},
		`SELECT id FROM elsewhere.t`:                                                          {},
		`SELECT id FROM things`:                                                               {},
		`INSERT INTO child (own) VALUES ($1)`:                                                 {},
		`INSERT INTO v (id) VALUES ($1)`:                                                      {},
		`MERGE INTO a USING v ON a.id = v.id WHEN NOT MATCHED THEN INSERT (id) VALUES (v.id)`: {},
	} {
		var problems diag.List
		c := Load([]File{{Name: "schema.sql", Text: []byte(tables)}}, &problems)
		q, err := c.ParseQuery(sql)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := c.Absent(q)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sql, diff)
		}
	}
}
