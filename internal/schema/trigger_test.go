package schema

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
)

// TestTriggers holds what is known of triggers, rules and row security after
// every way to make, switch, rename and drop them.
func TestTriggers(t *testing.T) {
	t.Parallel()
	const function = `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;`
	for name, test := range map[string]struct{ sql, want string }{
		"events and timing": {`
			CREATE TABLE a (x int, y int);
			CREATE TRIGGER one BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION f();
			CREATE TRIGGER two AFTER INSERT OR DELETE ON a FOR EACH STATEMENT EXECUTE FUNCTION f();
			CREATE TRIGGER three BEFORE UPDATE OF x, y ON a FOR EACH ROW WHEN (NEW.x > 0) EXECUTE FUNCTION other.f();
			CREATE TRIGGER four AFTER TRUNCATE ON a EXECUTE FUNCTION f();
			CREATE CONSTRAINT TRIGGER five AFTER DELETE ON a DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f();`, `
			a one before update row f
			a two after insert or delete f
			a three before update(x,y) row when other.f
			a four after truncate f
			a five after delete row constraint deferrable deferred f
			a rewrites update, reacts insert or update or delete or truncate`},
		"switched off and on": {`
			CREATE TABLE a (x int);
			CREATE TRIGGER one BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();
			CREATE TRIGGER two BEFORE DELETE ON a FOR EACH ROW EXECUTE FUNCTION f();
			CREATE TRIGGER three BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION f();
			ALTER TABLE a DISABLE TRIGGER ALL;
			ALTER TABLE a ENABLE TRIGGER two, ENABLE REPLICA TRIGGER three;`, `
			a one before insert row disabled f
			a two before delete row f
			a three before update row disabled f
			a rewrites delete, reacts delete`},
		"renamed, replaced, dropped": {`
			CREATE TABLE a (x int);
			CREATE TRIGGER one BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();
			CREATE OR REPLACE TRIGGER one AFTER DELETE ON a FOR EACH ROW EXECUTE FUNCTION f();
			ALTER TRIGGER one ON a RENAME TO two;
			CREATE TRIGGER three BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();
			DROP TRIGGER three ON a;
			ALTER TABLE a RENAME TO b;
			ALTER FUNCTION f() RENAME TO g;`, `
			b two after delete row g
			b rewrites , reacts delete`},
		"a function is dropped with its triggers": {`
			CREATE TABLE a (x int);
			CREATE TRIGGER one BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();
			DROP FUNCTION f CASCADE;`, `
			a rewrites , reacts `},
		"a column is renamed": {`
			CREATE TABLE a (x int);
			CREATE TRIGGER one BEFORE UPDATE OF x ON a FOR EACH ROW EXECUTE FUNCTION f();
			ALTER TABLE a RENAME x TO y;`, `
			a one before update(y) row f
			a rewrites update, reacts update`},
		"rules": {`
			CREATE TABLE a (x int); CREATE TABLE b (x int); CREATE TABLE c (x int);
			CREATE RULE one AS ON DELETE TO a DO INSTEAD UPDATE a SET x = 1;
			CREATE RULE two AS ON INSERT TO a WHERE NEW.x > 1 DO ALSO NOTIFY n;
			ALTER RULE two ON a RENAME TO three;
			CREATE RULE one AS ON UPDATE TO b DO INSTEAD NOTHING;
			ALTER TABLE b DISABLE RULE one;
			CREATE RULE one AS ON UPDATE TO c DO INSTEAD NOTHING;
			DROP RULE one ON c;`, `
			a rule one delete instead
			a rule three insert conditional
			a rewrites insert or delete, reacts insert or delete
			b rule one update instead disabled
			b rewrites , reacts 
			c rewrites , reacts `},
		"row security": {`
			CREATE TABLE a (x int); CREATE TABLE b (x int); CREATE TABLE c (x int);
			ALTER TABLE a ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
			ALTER TABLE b ENABLE ROW LEVEL SECURITY;
			ALTER TABLE c ENABLE ROW LEVEL SECURITY;
			ALTER TABLE c DISABLE ROW LEVEL SECURITY;`, `
			a rewrites , reacts , secured, forced
			b rewrites , reacts , secured
			c rewrites , reacts `},
		// What is written through a partitioned table fires the partition's row
		// triggers, and the partition has those of its parent.
		"partitions": {`
			CREATE TABLE p (x int) PARTITION BY LIST (x);
			CREATE TABLE q PARTITION OF p FOR VALUES IN (1) PARTITION BY LIST (x);
			CREATE TABLE r (x int);
			ALTER TABLE q ATTACH PARTITION r FOR VALUES IN (1);
			CREATE TABLE s (x int);
			ALTER TABLE p ATTACH PARTITION s FOR VALUES IN (2);
			CREATE TRIGGER up BEFORE INSERT ON r FOR EACH ROW EXECUTE FUNCTION f();
			CREATE TRIGGER down AFTER DELETE ON p FOR EACH ROW EXECUTE FUNCTION f();
			CREATE TRIGGER once BEFORE DELETE ON p EXECUTE FUNCTION f();
			ALTER TABLE p DETACH PARTITION s;`, `
			p down after delete row f
			p once before delete f
			p up before insert row from r f
			p rewrites insert or update, reacts insert or update or delete
			q down after delete row from p f
			q up before insert row from r f
			q rewrites insert or update, reacts insert or update or delete
			r up before insert row f
			r down after delete row from p f
			r rewrites insert, reacts insert or delete
			s rewrites , reacts `},
		// Only the rows of a child fire its triggers, and what is inserted into the
		// parent is the parent's.
		"children": {`
			CREATE TABLE p (x int);
			CREATE TABLE c () INHERITS (p);
			CREATE TABLE d (x int);
			ALTER TABLE d INHERIT p;
			ALTER TABLE d NO INHERIT p;
			CREATE TRIGGER up BEFORE INSERT OR UPDATE ON c FOR EACH ROW EXECUTE FUNCTION f();
			CREATE TRIGGER down BEFORE DELETE ON p FOR EACH ROW EXECUTE FUNCTION f();
			CREATE TRIGGER away BEFORE DELETE ON d FOR EACH ROW EXECUTE FUNCTION f();`, `
			p down before delete row f
			p up before update row from c f
			p rewrites update or delete, reacts update or delete
			c up before insert or update row f
			c rewrites insert or update, reacts insert or update
			d away before delete row f
			d rewrites delete, reacts delete`},
		"a foreign table": {`CREATE FOREIGN TABLE a (x int) SERVER s;`, `
			a rewrites insert or update or delete or truncate, reacts insert or update or delete or truncate`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var problems diag.List
			c := Load([]File{{Name: "schema.sql", Text: []byte(function + test.sql)}}, &problems)
			if lines := problemLines(&problems); len(lines) > 0 {
				t.Fatalf("problems: %q", lines)
			}
			if diff := cmp.Diff(outdent(test.want), strings.TrimSuffix(describeTriggers(c), "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func describeTriggers(c *Catalog) string {
	var b strings.Builder
	for _, t := range c.Tables {
		for _, x := range t.Triggers {
			fmt.Fprintf(&b, "%s %s %s %s", t.Name, x.Name, x.Timing, x.Events)
			mark(&b, len(x.Columns) > 0, "("+strings.Join(x.Columns, ",")+")")
			mark(&b, x.Row, "row")
			mark(&b, x.When, "when")
			mark(&b, x.Constraint, "constraint")
			mark(&b, x.Deferrable, "deferrable")
			mark(&b, x.Deferred, "deferred")
			mark(&b, x.Disabled, "disabled")
			mark(&b, x.Table != t.QualifiedName(), "from "+x.Table)
			b.WriteString(" " + x.Function + "\n")
		}
		for _, r := range t.Rules {
			fmt.Fprintf(&b, "%s rule %s %s", t.Name, r.Name, r.Event)
			mark(&b, r.Instead, "instead")
			mark(&b, r.Conditional, "conditional")
			mark(&b, r.Disabled, "disabled")
			b.WriteByte('\n')
		}
		var rewrites, reacts Events
		for e := OnInsert; e <= OnTruncate; e <<= 1 {
			if t.Rewrites(e) {
				rewrites |= e
			}
			if t.Reacts(e) {
				reacts |= e
			}
		}
		fmt.Fprintf(&b, "%s rewrites %s, reacts %s", t.Name, rewrites, reacts)
		mark(&b, t.RowSecurity, ", secured")
		mark(&b, t.ForceRowSecurity, ", forced")
		b.WriteByte('\n')
	}
	return strings.NewReplacer(" (", "(", " , secured", ", secured", " , forced", ", forced").Replace(b.String())
}

// TestFunctions holds what is known of the functions of a schema.
func TestFunctions(t *testing.T) {
	t.Parallel()
	var problems diag.List
	c := Load([]File{{Name: "schema.sql", Text: []byte(`
		CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a = 1; RETURN NEW; END $$;
		CREATE OR REPLACE FUNCTION touch() RETURNS trigger AS $$BEGIN RETURN NEW; END$$ LANGUAGE PLpgSQL STABLE;
		CREATE FUNCTION app.f(a int, b text[], OUT c int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';
		CREATE FUNCTION app.f(uuid) RETURNS SETOF uuid LANGUAGE sql RETURN $1;
		CREATE FUNCTION t() RETURNS TABLE (x int) LANGUAGE c AS 'lib', 'symbol';
		CREATE PROCEDURE p() LANGUAGE sql AS '';
		CREATE FUNCTION gone(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
		DROP FUNCTION gone(int);
		ALTER FUNCTION t() VOLATILE;
		ALTER FUNCTION t() SET SCHEMA app;`)}}, &problems)
	if lines := problemLines(&problems); len(lines) > 0 {
		t.Fatalf("problems: %q", lines)
	}
	var got []string
	for _, f := range c.Functions {
		line := fmt.Sprintf("%s(%s) %s %s %s %q", f.Name, strings.Join(f.Args, ","), f.Returns, f.Language, f.Volatility, f.Body)
		if f.SetReturning {
			line += " set"
		}
		if f.Procedure {
			line += " procedure"
		}
		got = append(got, line)
	}
	want := []string{
		`touch() trigger plpgsql stable "BEGIN RETURN NEW; END"`,
		`app.f(int4,text[]) int4 sql immutable "SELECT 1"`,
		`app.f(uuid) uuid sql volatile "" set`,
		`app.t() int4 c volatile "" set`,
		`p()  sql volatile "" procedure`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if f := c.Function("public.touch"); f == nil || f.Returns != "trigger" {
		t.Errorf("the function of a trigger: %v", f)
	}
}

// TestRewritten holds that a trigger counts for its own event and timing alone.
func TestRewritten(t *testing.T) {
	t.Parallel()
	c := Load([]File{{Name: "schema.sql", Text: []byte(`
		CREATE TABLE teams (id uuid PRIMARY KEY, name text);
		CREATE TRIGGER touch BEFORE UPDATE ON teams FOR EACH ROW EXECUTE FUNCTION touch();
		CREATE TRIGGER audit AFTER INSERT ON teams FOR EACH ROW EXECUTE FUNCTION audit();`)}}, &diag.List{})
	for sql, want := range map[string]struct {
		param  int
		single bool
	}{
		`INSERT INTO teams (id) VALUES ($1) RETURNING id`:                                                    {1, true},
		`INSERT INTO teams (id, name) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING id`:              {1, false},
		`INSERT INTO teams (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = $2 RETURNING id`: {0, false},
		`UPDATE teams SET name = $2 WHERE id = $1 RETURNING id`:                                              {0, false},
		`DELETE FROM teams WHERE id = $1 RETURNING id`:                                                       {1, false},
		`WITH x AS (UPDATE teams SET name = 'x') INSERT INTO teams (id, name) VALUES ($1, $2) RETURNING id`:  {1, true},
		`MERGE INTO teams USING teams u ON teams.id = $1 WHEN MATCHED THEN DELETE RETURNING teams.id`:        {0, false},
	} {
		q, err := c.ParseQuery(sql)
		if err != nil {
			t.Fatal(err)
		}
		if q.Returns[0].Param != want.param || q.SingleRow != want.single {
			t.Errorf("%s: known as $%d, single %v; want $%d, %v", sql, q.Returns[0].Param, q.SingleRow, want.param, want.single)
		}
	}
}
