package schema

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
)

// TestOracle loads schemas of the kinds that projects have into PostgreSQL, and
// compares what this package reads with what the server's catalogs say, and its
// facts of queries with what PREPARE answers.
func TestOracle(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/oracle/*.txtar")
	if err != nil || len(paths) < 12 {
		t.Fatalf("%d schemas, %v", len(paths), err)
	}
	counts := make(chan oracleCounts, len(paths))
	t.Run("schemas", func(t *testing.T) {
		for _, path := range paths {
			t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
				t.Parallel()
				o := &oracle{t: t}
				o.read(path)
				o.compareTables()
				o.compareQueries()
				counts <- o.counts
			})
		}
	})
	close(counts)
	var all oracleCounts
	for c := range counts {
		all.add(c)
	}
	t.Logf("compared: %d tables, %d columns, %d keys and indexes, %d foreign keys, %d checks, %d triggers, %d enums, %d queries with %d parameters and %d columns of answers; differences: %d",
		all.tables, all.columns, all.keys, all.foreign, all.checks, all.triggers, all.enums, all.queries, all.params, all.results, all.differences)
}

type oracleCounts struct {
	tables, columns, keys, foreign, checks, triggers, enums, queries, params, results, differences int
}

func (c *oracleCounts) add(o oracleCounts) {
	for _, p := range [][2]*int{{&c.tables, &o.tables}, {&c.columns, &o.columns}, {&c.keys, &o.keys}, {&c.foreign, &o.foreign}, {&c.checks, &o.checks},
		{&c.triggers, &o.triggers}, {&c.enums, &o.enums}, {&c.queries, &o.queries}, {&c.params, &o.params}, {&c.results, &o.results}, {&c.differences, &o.differences}} {
		*p[0] += *p[1]
	}
}

// oracle compares one schema.
type oracle struct {
	t       *testing.T
	catalog *Catalog
	pool    *pgxpool.Pool
	queries map[string]string
	counts  oracleCounts
}

func (o *oracle) read(path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		o.t.Fatal(err)
	}
	var files []File
	var sql []string
	for _, f := range archive.Files {
		switch {
		case f.Name == "queries.sql":
			o.queries = namedQueries(string(f.Data))
		case isRollback(f.Name):
			files = append(files, File{Name: f.Name, Text: f.Data})
		default:
			files = append(files, File{Name: f.Name, Text: f.Data})
			sql = append(sql, forwardPart(string(f.Data)))
		}
	}
	var problems diag.List
	o.catalog = Load(files, &problems)
	for _, p := range problems.Sorted() {
		if p.Severity != diag.Hint {
			o.t.Errorf("%s: %s", p.Pos, p.Message)
		}
	}
	o.pool = pgtest.Pool(o.t, sql...)
}

var queryName = regexp.MustCompile(`(?m)^-- name: (\w+) :\w+\n`)

func namedQueries(text string) map[string]string {
	queries := map[string]string{}
	places := queryName.FindAllStringSubmatchIndex(text, -1)
	for i, p := range places {
		end := len(text)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		queries[text[p[2]:p[3]]] = strings.TrimSpace(text[p[1]:end])
	}
	return queries
}

// same compares two lists of facts, whose order says nothing.
func (o *oracle) same(what string, got, want []string) int {
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		o.counts.differences++
		o.t.Errorf("%s (-PostgreSQL +read):\n%s", what, diff)
	}
	return len(want)
}

// rows are the answers of a query, each row joined by blanks.
func (o *oracle) rows(sql string) []string {
	rows, err := o.pool.Query(context.Background(), sql)
	if err != nil {
		o.t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			o.t.Fatal(err)
		}
		out = append(out, line)
	}
	if rows.Err() != nil {
		o.t.Fatal(rows.Err())
	}
	return out
}

// ours is the condition on relations and types that the files made, and not an extension.
const ours = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = %s.oid AND d.deptype = 'e')`

const qualified = `(CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || c.relname)`

func fromTables(kinds string) string {
	return ` FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND c.relkind IN (` + kinds + `) AND ` + fmt.Sprintf(ours, "c")
}

func (o *oracle) compareTables() {
	var tables, columns, keys, foreign, checks, triggers, enums []string
	flag := func(on bool, name string) string {
		if on {
			return " " + name
		}
		return ""
	}
	for _, t := range o.catalog.Tables {
		name := t.QualifiedName()
		tables = append(tables, name+flag(t.Partitioned, "partitioned")+flag(t.RowSecurity, "secured")+flag(t.ForceRowSecurity, "forced"))
		for _, c := range t.Columns {
			array := ""
			if c.Array {
				array = "[]"
			}
			columns = append(columns, fmt.Sprintf("%s.%s %s%s", name, c.Name, c.Type, array)+flag(c.Length > 0, fmt.Sprint(c.Length))+
				flag(c.NotNull, "notnull")+flag(c.Default, "default")+flag(c.Identity, "identity")+flag(c.Always, "always")+flag(c.Generated, "generated"))
		}
		if t.PrimaryKey != nil {
			keys = append(keys, fmt.Sprintf("primary %s %s (%s)", name, t.PrimaryKey.Name, strings.Join(t.PrimaryKey.Columns, ",")))
		}
		for _, k := range t.Uniques {
			keys = append(keys, fmt.Sprintf("unique %s %s (%s)", name, k.Name, strings.Join(k.Columns, ","))+flag(k.Partial, "partial"))
		}
		for _, k := range t.Indexes {
			keys = append(keys, fmt.Sprintf("index %s %s (%s)", name, k.Name, strings.Join(k.Columns, ","))+flag(k.Partial, "partial"))
		}
		for _, k := range t.Excludes {
			keys = append(keys, fmt.Sprintf("exclude %s %s (%s)", name, k.Name, strings.Join(k.Columns, ","))+flag(k.Partial, "partial"))
		}
		for _, k := range t.ForeignKeys {
			foreign = append(foreign, fmt.Sprintf("%s %s (%s) %s (%s) %s", name, k.Name, strings.Join(k.Columns, ","), k.RefTable, strings.Join(k.RefColumns, ","), k.OnDelete)+flag(k.Deferrable, "deferrable"))
		}
		for _, c := range t.Checks {
			checks = append(checks, name+" "+c)
		}
		for _, x := range t.Triggers {
			if x.Table == name && !x.Unknown {
				triggers = append(triggers, fmt.Sprintf("%s %s %s %s", name, x.Name, x.Timing, x.Events)+flag(x.Row, "row")+flag(x.Disabled, "disabled")+flag(x.Deferrable, "deferrable"))
			}
		}
	}
	for _, e := range o.catalog.Enums {
		enums = append(enums, e.Name+" "+strings.Join(e.Values, ","))
	}
	o.counts.tables += o.same("tables", tables, o.rows(`SELECT `+qualified+` || CASE WHEN c.relkind = 'p' THEN ' partitioned' ELSE '' END
		|| CASE WHEN c.relrowsecurity THEN ' secured' ELSE '' END || CASE WHEN c.relforcerowsecurity THEN ' forced' ELSE '' END`+fromTables(`'r', 'p', 'f'`)))
	o.counts.columns += o.same("columns", columns, o.rows(`SELECT `+qualified+` || '.' || a.attname || ' '
			|| CASE WHEN tn.nspname IN ('pg_catalog', 'public') THEN '' ELSE tn.nspname || '.' END || e.typname || CASE WHEN ty.typcategory = 'A' AND ty.typtype = 'b' THEN '[]' ELSE '' END
			|| CASE WHEN m.typmod > 0 AND b.typname IN ('varchar', 'bpchar') THEN ' ' || m.typmod - 4 ELSE '' END
			|| CASE WHEN a.attnotnull OR ty.typnotnull THEN ' notnull' ELSE '' END
			|| CASE WHEN pg_get_expr(ad.adbin, ad.adrelid) NOT LIKE 'NULL%' AND a.attgenerated = '' OR a.attidentity <> '' OR ty.typdefault IS NOT NULL AND ty.typtype = 'd' THEN ' default' ELSE '' END
			|| CASE WHEN a.attidentity <> '' OR pg_get_expr(ad.adbin, ad.adrelid) LIKE 'nextval(%' THEN ' identity' ELSE '' END
			|| CASE WHEN a.attidentity = 'a' THEN ' always' ELSE '' END
			|| CASE WHEN a.attgenerated <> '' THEN ' generated' ELSE '' END`+fromTables(`'r', 'p', 'f'`)+`
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		JOIN pg_type ty ON ty.oid = a.atttypid
		JOIN pg_type e ON e.oid = CASE WHEN ty.typcategory = 'A' AND ty.typtype = 'b' THEN ty.typelem ELSE ty.oid END
		JOIN pg_namespace tn ON tn.oid = e.typnamespace
		JOIN pg_type b ON b.oid = CASE WHEN e.typtype = 'd' THEN e.typbasetype ELSE e.oid END
		CROSS JOIN LATERAL (SELECT CASE WHEN e.typtype = 'd' THEN e.typtypmod ELSE a.atttypmod END AS typmod) m
		LEFT JOIN pg_attrdef ad ON ad.adrelid = c.oid AND ad.adnum = a.attnum`))
	o.counts.keys += o.same("keys and indexes", keys, o.rows(`SELECT CASE WHEN i.indisprimary THEN 'primary' WHEN i.indisexclusion THEN 'exclude' WHEN i.indisunique THEN 'unique' ELSE 'index' END
			|| ' ' || `+qualified+` || ' ' || ic.relname || ' ('
			|| (SELECT string_agg(coalesce(a.attname, ''), ',' ORDER BY k.n) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(num, n) LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num WHERE k.n <= i.indnkeyatts)
			|| ')' || CASE WHEN i.indpred IS NOT NULL THEN ' partial' ELSE '' END`+fromTables(`'r', 'p', 'f'`)+`
		JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class ic ON ic.oid = i.indexrelid`))
	o.counts.foreign += o.same("foreign keys", foreign, o.rows(`SELECT `+qualified+` || ' ' || k.conname
			|| ' (' || (SELECT string_agg(a.attname, ',' ORDER BY x.n) FROM unnest(k.conkey) WITH ORDINALITY x(num, n) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x.num)
			|| ') ' || CASE WHEN rn.nspname = 'public' THEN '' ELSE rn.nspname || '.' END || r.relname
			|| ' (' || (SELECT string_agg(a.attname, ',' ORDER BY x.n) FROM unnest(k.confkey) WITH ORDINALITY x(num, n) JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.num)
			|| ') ' || CASE k.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END
			|| CASE WHEN k.condeferrable THEN ' deferrable' ELSE '' END`+fromTables(`'r', 'p', 'f'`)+`
		JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f' AND (k.conparentid = 0 OR (SELECT p.confrelid FROM pg_constraint p WHERE p.oid = k.conparentid) = k.confrelid)
		JOIN pg_class r ON r.oid = k.confrelid JOIN pg_namespace rn ON rn.oid = r.relnamespace`))
	o.counts.checks += o.same("checks", checks, o.rows(`SELECT `+qualified+` || ' ' || k.conname`+fromTables(`'r', 'p', 'f'`)+` JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'c'`))
	o.counts.triggers += o.same("triggers", triggers, o.rows(`SELECT `+qualified+` || ' ' || g.tgname || ' '
			|| CASE WHEN g.tgtype & 64 <> 0 THEN 'instead of' WHEN g.tgtype & 2 <> 0 THEN 'before' ELSE 'after' END || ' '
			|| concat_ws(' or ', CASE WHEN g.tgtype & 4 <> 0 THEN 'insert' END, CASE WHEN g.tgtype & 16 <> 0 THEN 'update' END, CASE WHEN g.tgtype & 8 <> 0 THEN 'delete' END, CASE WHEN g.tgtype & 32 <> 0 THEN 'truncate' END)
			|| CASE WHEN g.tgtype & 1 <> 0 THEN ' row' ELSE '' END || CASE WHEN g.tgenabled IN ('D', 'R') THEN ' disabled' ELSE '' END || CASE WHEN g.tgdeferrable THEN ' deferrable' ELSE '' END`+fromTables(`'r', 'p', 'f'`)+`
		JOIN pg_trigger g ON g.tgrelid = c.oid AND NOT g.tgisinternal AND g.tgparentid = 0`))
	o.counts.enums += o.same("enums", enums, o.rows(`SELECT CASE WHEN n.nspname = 'public' THEN '' ELSE n.nspname || '.' END || t.typname || ' ' || string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder)
		FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_enum e ON e.enumtypid = t.oid WHERE `+fmt.Sprintf(ours, "t")+` GROUP BY n.nspname, t.typname`))
}

func (o *oracle) compareQueries() {
	conn, err := o.pool.Acquire(context.Background())
	if err != nil {
		o.t.Fatal(err)
	}
	defer conn.Release()
	types := map[string]string{}
	for _, line := range o.rows(`SELECT t.oid || ' ' || CASE WHEN n.nspname IN ('pg_catalog', 'public') THEN '' ELSE n.nspname || '.' END || CASE WHEN e.oid IS NOT NULL THEN e.typname || '[]' ELSE t.typname END
		FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_type e ON t.typcategory = 'A' AND e.oid = t.typelem`) {
		oid, name, _ := strings.Cut(line, " ")
		types[oid] = name
	}
	columns := map[string]string{}
	for _, line := range o.rows(`SELECT c.oid || ' ' || a.attnum || ' ' || ` + qualified + ` || '.' || a.attname` + fromTables(`'r', 'p', 'f'`) + ` JOIN pg_attribute a ON a.attrelid = c.oid`) {
		parts := strings.SplitN(line, " ", 3)
		columns[parts[0]+" "+parts[1]] = parts[2]
	}
	for name, sql := range o.queries {
		q, err := o.catalog.ParseQuery(sql)
		if err != nil {
			o.t.Errorf("%s: %v", name, err)
			continue
		}
		text := strings.TrimSuffix(positional(sql), ";")
		sd, err := conn.Conn().Prepare(context.Background(), name, text)
		if err != nil {
			o.t.Errorf("%s: %v", name, err)
			continue
		}
		o.counts.queries++
		o.compareParams(name, q, sd, types)
		o.compareResults(name, q, sd, types, columns)
	}
}

func (o *oracle) compareParams(name string, q *Query, sd *pgconn.StatementDescription, types map[string]string) {
	if len(q.Params) != len(sd.ParamOIDs) {
		o.counts.differences++
		o.t.Errorf("%s: %d parameters, PostgreSQL has %d", name, len(q.Params), len(sd.ParamOIDs))
		return
	}
	for i, p := range q.Params {
		got := p.Cast
		array := p.Array
		if got == "" {
			t := o.catalog.Table(p.Table)
			if t == nil || t.Column(p.Column) == nil {
				continue // nothing is said of it
			}
			got, array = t.Column(p.Column).Type, array || t.Column(p.Column).Array
		}
		got = o.catalog.class(got)
		if array && !strings.HasSuffix(got, "[]") {
			got += "[]"
		}
		want := types[fmt.Sprint(sd.ParamOIDs[i])]
		o.counts.params++
		if want = o.catalog.class(want); strings.TrimSuffix(want, "[]") == "varchar" {
			want = strings.Replace(want, "varchar", "text", 1)
		}
		if got != want {
			o.counts.differences++
			o.t.Errorf("%s: $%d is %s, in PostgreSQL %s", name, i+1, got, want)
		}
	}
}

func (o *oracle) compareResults(name string, q *Query, sd *pgconn.StatementDescription, types, columns map[string]string) {
	if slices.ContainsFunc(q.Returns, func(r Result) bool { return r.Name == "*" && r.Table == "" }) {
		return // over something of unknown columns
	}
	var got, want []string
	for i, f := range sd.Fields {
		from := columns[fmt.Sprintf("%d %d", f.TableOID, f.TableAttributeNumber)]
		if i < len(q.Returns) && q.Returns[i].Table == "" {
			from = "" // nothing is said of it
		}
		want = append(want, f.Name+" "+from)
	}
	for i, r := range q.Returns {
		from := ""
		if r.Table != "" {
			from = r.Table + "." + r.Column
			if t := o.catalog.Table(r.Table); t != nil && t.Column(r.Column) != nil && i < len(sd.Fields) {
				c := t.Column(r.Column)
				typ := o.catalog.class(c.Type)
				if c.Array {
					typ += "[]"
				}
				if is := o.catalog.class(types[fmt.Sprint(sd.Fields[i].DataTypeOID)]); is != typ {
					o.counts.differences++
					o.t.Errorf("%s: %s is %s, in PostgreSQL %s", name, r.Name, typ, is)
				}
			}
		}
		got = append(got, r.Name+" "+from)
	}
	o.counts.results += len(want)
	if diff := cmp.Diff(want, got); diff != "" {
		o.counts.differences++
		o.t.Errorf("%s, its answer (-PostgreSQL +read):\n%s", name, diff)
	}
}
