package schema

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
)

// TestAbsent holds what a query names that is certainly not there, and mostly what
// may be.
func TestAbsent(t *testing.T) {
	t.Parallel()
	const tables = `CREATE SCHEMA app; CREATE TABLE app.things (id int, name text); CREATE TABLE a (id int); CREATE VIEW v AS SELECT id FROM a;
		CREATE MATERIALIZED VIEW mv AS SELECT id FROM a; CREATE TABLE copied AS SELECT id FROM a; CREATE TABLE child () INHERITS (made_elsewhere);
		CREATE FUNCTION label(a) RETURNS text LANGUAGE sql AS 'SELECT 1'; CREATE SCHEMA b; CREATE TABLE same (id int); CREATE TABLE b.same (name text);
		CREATE TABLE grown (id int); DO $$ BEGIN EXECUTE format('ALTER TABLE grown ADD COLUMN %I int', 'added'); END $$; CREATE TABLE heir (own int) INHERITS (a);`
	for sql, want := range map[string]Absent{
		`INSERT INTO b (id) VALUES ($1)`:                                                                                {Table: "b"},
		`INSERT INTO a (id, name) VALUES ($1, $2)`:                                                                      {Table: "a", Column: "name"},
		`UPDATE app.things SET title = $1`:                                                                              {Table: "app.things", Column: "title"},
		`DELETE FROM app.gone WHERE id = $1`:                                                                            {Table: "app.gone"},
		`SELECT 1 FROM a JOIN b ON a.id = b.id`:                                                                         {Table: "b"},
		`SELECT id FROM a WHERE EXISTS (SELECT FROM b)`:                                                                 {Table: "b"},
		`WITH b AS (SELECT id FROM a) SELECT b FROM b`:                                                                  {},
		`WITH RECURSIVE b AS (SELECT 1 UNION SELECT * FROM b) SELECT * FROM b`:                                          {},
		`SELECT v.*, mv, copied FROM v, mv, copied`:                                                                     {},
		`SELECT a.ctid, a.xmin, a.tableoid, a FROM a`:                                                                   {},
		`SELECT * FROM pg_tables, information_schema.columns, pg_catalog.pg_class`:                                      {},
		`SELECT * FROM generate_series(1, $1) AS g(n), unnest($2::int[]) u`:                                             {},
		`SELECT id FROM a WHERE old = $1`:                                                                               {Table: "a", Column: "old"},
		`SELECT id FROM a WHERE old = ANY($1::int[])`:                                                                   {Table: "a", Column: "old"},
		`SELECT id FROM a WHERE old IN ($1, $2)`:                                                                        {Table: "a", Column: "old"},
		`SELECT id FROM a WHERE old IS NULL`:                                                                            {Table: "a", Column: "old"},
		`SELECT id FROM a WHERE id = old`:                                                                               {Table: "a", Column: "old"},
		`SELECT id FROM a WHERE (id, old) = ($1, $2)`:                                                                   {Table: "a", Column: "old"},
		`SELECT id FROM a WHERE old BETWEEN $1 AND $2`:                                                                  {Table: "a", Column: "old"},
		`SELECT id FROM a WHERE old LIKE $1`:                                                                            {Table: "a", Column: "old"},
		`SELECT id FROM a WHERE old IN (SELECT id FROM app.things)`:                                                     {Table: "a", Column: "old"},
		`SELECT id FROM a ORDER BY old`:                                                                                 {Table: "a", Column: "old"},
		`SELECT id FROM a ORDER BY lower(old) DESC`:                                                                     {Table: "a", Column: "old"},
		`SELECT count(*) FROM a GROUP BY old`:                                                                           {Table: "a", Column: "old"},
		`SELECT count(*) FROM a HAVING max(old) > 1`:                                                                    {Table: "a", Column: "old"},
		`SELECT count(*) FILTER (WHERE old) FROM a`:                                                                     {Table: "a", Column: "old"},
		`SELECT row_number() OVER (PARTITION BY old) FROM a`:                                                            {Table: "a", Column: "old"},
		`SELECT row_number() OVER w FROM a WINDOW w AS (ORDER BY old)`:                                                  {Table: "a", Column: "old"},
		`SELECT old FROM a`:                                                                                             {Table: "a", Column: "old"},
		`SELECT a.old AS x FROM a`:                                                                                      {Table: "a", Column: "old"},
		`SELECT DISTINCT ON (old) id FROM a`:                                                                            {Table: "a", Column: "old"},
		`DELETE FROM a WHERE old`:                                                                                       {Table: "a", Column: "old"},
		`DELETE FROM a WHERE id = $1 RETURNING gone`:                                                                    {Table: "a", Column: "gone"},
		`INSERT INTO a (id) VALUES ($1) RETURNING id, coalesce(a.old, 1) AS x`:                                          {Table: "a", Column: "old"},
		`INSERT INTO a (id) VALUES ($1) ON CONFLICT (old) DO NOTHING`:                                                   {Table: "a", Column: "old"},
		`INSERT INTO a (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = excluded.old`:                               {Table: "a", Column: "old"},
		`INSERT INTO a (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET old = 1`:                                         {Table: "a", Column: "old"},
		`UPDATE a SET id = old + 1 WHERE id = $1`:                                                                       {Table: "a", Column: "old"},
		`UPDATE a SET id = (SELECT max(t.title) FROM app.things t)`:                                                     {Table: "app.things", Column: "title"},
		`UPDATE a SET id = t.id FROM app.things t WHERE t.title = $1`:                                                   {Table: "app.things", Column: "title"},
		`SELECT a.id FROM a JOIN app.things t ON a.id = t.a_id`:                                                         {Table: "app.things", Column: "a_id"},
		`SELECT a.id FROM a JOIN app.things t ON a.id = a_id`:                                                           {Table: "a app.things", Column: "a_id"},
		`SELECT a.id FROM a LEFT JOIN app.things t USING (id, name)`:                                                    {Table: "a", Column: "name"},
		`SELECT id FROM a WHERE EXISTS (SELECT 1 FROM app.things t WHERE t.id = a.old)`:                                 {Table: "a", Column: "old"},
		`SELECT id FROM a WHERE EXISTS (SELECT 1 FROM app.things WHERE id = old)`:                                       {Table: "app.things a", Column: "old"},
		`WITH x AS (SELECT id FROM a WHERE old > 1) SELECT id FROM x`:                                                   {Table: "a", Column: "old"},
		`WITH x AS (INSERT INTO a (old) VALUES ($1) RETURNING id) SELECT id FROM x`:                                     {Table: "a", Column: "old"},
		`MERGE INTO a USING app.things t ON a.id = t.id WHEN MATCHED AND t.title = '' THEN DELETE`:                      {Table: "app.things", Column: "title"},
		`SELECT old FROM (SELECT a.id FROM a) AS x`:                                                                     {},
		`WITH x AS (SELECT id FROM a) SELECT old FROM x`:                                                                {},
		`SELECT id + 1 AS old FROM a ORDER BY old`:                                                                      {},
		`SELECT DISTINCT ON (old) id AS old FROM a`:                                                                     {},
		`SELECT id % 2 AS old, count(*) FROM a GROUP BY old`:                                                            {},
		`SELECT old FROM a, elsewhere.t`:                                                                                {},
		`SELECT a.id FROM a JOIN v ON v.old = old`:                                                                      {},
		`SELECT old FROM a CROSS JOIN LATERAL (SELECT a.id AS old) AS x`:                                                {},
		`SELECT old FROM a, generate_series(1, 2) AS old`:                                                               {},
		`SELECT x.one FROM a AS x (one)`:                                                                                {},
		`SELECT a.label, a.count FROM a`:                                                                                {},
		`SELECT name FROM same WHERE same.name = 'x'`:                                                                   {},
		`SELECT row_to_json(a), to_jsonb(x), count(x) FROM a, app.things x`:                                             {},
		`SELECT oid, ctid FROM a WHERE xmin = $1 AND a.tableoid = $2`:                                                   {},
		`SELECT added FROM grown`:                                                                                       {},
		`SELECT own, id FROM heir`:                                                                                      {},
		`SELECT EXTRACT(year FROM now()), current_date, current_user, user, localtime FROM a`:                           {},
		`SELECT id FROM a WHERE $1 = ANY(SELECT id FROM app.things WHERE a.id = name)`:                                  {},
		`SELECT id FROM a UNION SELECT id FROM app.things ORDER BY id`:                                                  {},
		`SELECT make_interval(days => id) FROM a`:                                                                       {},
		`SELECT t.title FROM app.things a JOIN app.things t ON a.id = t.id`:                                             {Table: "app.things", Column: "title"},
		`INSERT INTO a (id) SELECT t.id FROM app.things t ON CONFLICT DO NOTHING RETURNING a.*`:                         {},
		`UPDATE a AS x SET id = x.id + 1 FROM (VALUES ($1::int, $2::int)) AS v (id, old) WHERE v.id = x.id AND old > 1`: {},
		`DELETE FROM a USING app.things AS t WHERE t.id = a.id AND name = $1 RETURNING t.name, a.id`:                    {},
		`SELECT j.id FROM a JOIN app.things USING (id) AS j`:                                                            {},
		`SELECT id FROM elsewhere.t`:                                                                                    {},
		`SELECT id FROM things`:                                                                                         {},
		`INSERT INTO child (own) VALUES ($1)`:                                                                           {},
		`INSERT INTO v (id) VALUES ($1)`:                                                                                {},
		`MERGE INTO a USING v ON a.id = v.id WHEN NOT MATCHED THEN INSERT (id) VALUES (v.id)`:                           {},
	} {
		var problems diag.List
		c := Load([]File{{Name: "schema.sql", Text: []byte(tables)}}, &problems)
		q, err := c.ParseQuery(sql)
		if err != nil {
			t.Fatal(err)
		}
		absent, _ := c.Absent(q)
		got := Absent{Table: absent.Table, Column: absent.Column}
		for _, t := range absent.Tables {
			got.Table += " " + t.QualifiedName()
		}
		got.Table = strings.TrimSpace(got.Table)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sql, diff)
		}
	}
}
