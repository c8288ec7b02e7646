package schema

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
)

// TestDoBlocks holds that DDL in a DO block is read as the same statements outside
// of it, and which tables a block makes uncertain.
func TestDoBlocks(t *testing.T) {
	t.Parallel()
	const tables = `CREATE TYPE mood AS ENUM ('ok');
		CREATE TABLE a (id uuid PRIMARY KEY, updated_at timestamptz);
		CREATE TABLE b (id uuid PRIMARY KEY, a_id uuid, CONSTRAINT b_a FOREIGN KEY (a_id) REFERENCES a);
		CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN NEW.updated_at := now(); RETURN NEW; END $f$;
		CREATE TABLE c (id uuid);
	`
	const trigger = "CREATE TRIGGER touch BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION touch();"
	for name, tt := range map[string]struct {
		do, plain string
		uncertain string
		hints     int
	}{
		"plain":                   {do: `DO $$ BEGIN ALTER TABLE a ADD COLUMN x int NOT NULL; CREATE INDEX ON a (x); END $$;`, plain: `ALTER TABLE a ADD COLUMN x int NOT NULL; CREATE INDEX ON a (x);`},
		"quoted":                  {do: `DO 'BEGIN ALTER TABLE a ADD COLUMN x text DEFAULT ''y''; END' LANGUAGE plpgsql;`, plain: `ALTER TABLE a ADD COLUMN x text DEFAULT 'y';`},
		"drizzle, new":            {do: `DO $$ BEGIN CREATE TYPE "kind" AS ENUM('x', 'y'); EXCEPTION WHEN duplicate_object THEN null; END $$;`, plain: `CREATE TYPE kind AS ENUM ('x', 'y');`},
		"drizzle, there":          {do: `DO $$ BEGIN CREATE TYPE mood AS ENUM('x', 'y'); EXCEPTION WHEN duplicate_object THEN null; END $$;`},
		"drizzle, foreign key":    {do: `DO $$ BEGIN ALTER TABLE "c" ADD CONSTRAINT "c_fk" FOREIGN KEY ("id") REFERENCES "public"."a"("id") ON DELETE cascade ON UPDATE no action; EXCEPTION WHEN duplicate_object THEN null; END $$;`, plain: `ALTER TABLE c ADD CONSTRAINT c_fk FOREIGN KEY (id) REFERENCES a (id) ON DELETE CASCADE;`},
		"foreign key, there":      {do: `DO $$ BEGIN ALTER TABLE b ADD CONSTRAINT b_a FOREIGN KEY (a_id) REFERENCES a ON DELETE CASCADE; EXCEPTION WHEN others THEN RAISE NOTICE 'there'; END $$;`},
		"not there":               {do: `DO $$ BEGIN ALTER TABLE b RENAME COLUMN zz TO a_id2; EXCEPTION WHEN undefined_column THEN NULL; END $$;`},
		"if not exists, new":      {do: `DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'touch' AND tgrelid = 'a'::regclass) THEN ` + trigger + ` END IF; END $$;`, plain: trigger},
		"if not exists, there":    {do: `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'b_a') THEN ALTER TABLE b ADD CONSTRAINT b_a FOREIGN KEY (id) REFERENCES a; END IF; END $$;`},
		"if exists, drop":         {do: `DO $$ BEGIN IF EXISTS (SELECT 1 FROM information_schema.table_constraints WHERE constraint_name = 'b_a' AND table_name = 'b' AND table_schema = current_schema()) THEN ALTER TABLE b DROP CONSTRAINT b_a; END IF; END $$;`, plain: `ALTER TABLE b DROP CONSTRAINT b_a;`},
		"if exists, rename":       {do: `DO $$ BEGIN IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name='b' AND column_name='a_id') AND NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name='b' AND column_name='x_id') THEN ALTER TABLE b RENAME COLUMN a_id TO x_id; END IF; END $$;`, plain: `ALTER TABLE b RENAME COLUMN a_id TO x_id;`},
		"else":                    {do: `DO $$ BEGIN IF to_regclass('public.zz') IS NOT NULL THEN DROP TABLE zz; ELSIF to_regclass('zz') IS NULL THEN ALTER TABLE a ADD y int; ELSE ALTER TABLE a ADD z int; END IF; END $$;`, plain: `ALTER TABLE a ADD y int;`},
		"count":                   {do: `DO $$ BEGIN IF (SELECT count(*) FROM pg_type WHERE typname = 'kind') = 0 THEN CREATE TYPE kind AS ENUM ('x'); END IF; END $$;`, plain: `CREATE TYPE kind AS ENUM ('x');`},
		"enum value":              {do: `DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typname = 'mood' AND e.enumlabel = 'sad') THEN ALTER TYPE mood ADD VALUE 'sad'; END IF; END $$;`, plain: `ALTER TYPE mood ADD VALUE 'sad';`},
		"foreach":                 {do: `DO $$ DECLARE t text; BEGIN FOREACH t IN ARRAY ARRAY['a', 'b'] LOOP EXECUTE format('CREATE TRIGGER touch BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION touch()', t); END LOOP; END $$;`, plain: trigger + strings.Replace(trigger, "ON a", "ON b", 1)},
		"foreach of a variable":   {do: `DO $$ DECLARE t text; list text[] := ARRAY['a']; BEGIN FOREACH t IN ARRAY list LOOP EXECUTE 'CREATE TRIGGER touch BEFORE UPDATE ON ' || quote_ident(t) || ' FOR EACH ROW EXECUTE FUNCTION touch()'; END LOOP; END $$;`, plain: trigger},
		"for in unnest":           {do: `DO $$ DECLARE t text; BEGIN FOR t IN SELECT unnest(ARRAY['a']) LOOP EXECUTE format('CREATE TRIGGER touch BEFORE UPDATE ON %1$s FOR EACH ROW EXECUTE FUNCTION touch()', t); END LOOP; END $$;`, plain: trigger},
		"for over the catalog":    {do: `DO $$ DECLARE t text; BEGIN FOR t IN SELECT table_name FROM information_schema.columns WHERE column_name = 'updated_at' LOOP EXECUTE format('CREATE TRIGGER touch BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION touch()', t); END LOOP; END $$;`, plain: trigger, hints: 1},
		"execute a constant":      {do: `DO $$ BEGIN EXECUTE 'ALTER TABLE a ADD x int'; END $$;`, plain: `ALTER TABLE a ADD x int;`},
		"nothing of tables":       {do: `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') THEN CREATE ROLE app; END IF; EXECUTE 'GRANT SELECT ON a TO ' || current_user; RAISE NOTICE 'a'; UPDATE a SET id = id; PERFORM pg_sleep(0); END $$;`},
		"an unknown condition":    {do: `DO $$ BEGIN IF current_setting('x') = 'y' THEN ALTER TABLE a ADD x int; END IF; END $$;`, plain: `ALTER TABLE a ADD x int;`, uncertain: "a", hints: 1},
		"unreadable":              {do: `DO $$ DECLARE s text; BEGIN SELECT definition INTO s FROM scripts; EXECUTE s; PERFORM 'b'; END $$;`, uncertain: "b", hints: 1},
		"another language":        {do: `DO LANGUAGE plpython3u $$ plpy.execute("ALTER TABLE c ADD x int") $$;`, uncertain: "c", hints: 1},
		"options in front":        {do: "DO $$\n#variable_conflict use_column\nBEGIN ALTER TABLE a ADD x int; END $$;", plain: `ALTER TABLE a ADD x int;`},
		"a cursor":                {do: `DO $$ DECLARE c CURSOR FOR SELECT 1; BEGIN OPEN c; CLOSE c; ALTER TABLE a ADD x int; END $$;`, plain: `ALTER TABLE a ADD x int;`},
		"a case":                  {do: `DO $$ BEGIN CASE current_setting('x') WHEN 'y' THEN ALTER TABLE a ADD x int; ELSE NULL; END CASE; END $$;`, plain: `ALTER TABLE a ADD x int;`, uncertain: "a", hints: 1},
		"a query with IN":         {do: `DO $$ DECLARE t text; BEGIN FOR t IN VALUES ('a') LOOP EXECUTE 'ALTER TABLE ' || t || ' ADD x int'; END LOOP; END $$;`, plain: `ALTER TABLE a ADD x int;`},
		"a function with a body":  {do: `DO $$ BEGIN CREATE FUNCTION one() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 1; END; ALTER TABLE a ADD x int; END $$;`, plain: `CREATE FUNCTION one() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 1; END; ALTER TABLE a ADD x int;`},
		"two that cannot be read": {do: `DO $$ DECLARE r record; BEGIN FOR r IN SELECT conname FROM pg_constraint WHERE conrelid = 'b'::regclass LOOP EXECUTE 'ALTER TABLE b DROP CONSTRAINT ' || r.conname; EXECUTE r.x; END LOOP; END $$;`, uncertain: "a b c", hints: 1},
		"a function that does":    {do: `CREATE FUNCTION add_touch(t regclass) RETURNS void LANGUAGE plpgsql AS $f$ BEGIN EXECUTE format('CREATE TRIGGER touch BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION touch()', t); END $f$; SELECT add_touch('a');`, plain: `CREATE FUNCTION add_touch(t regclass) RETURNS void LANGUAGE plpgsql AS $f$ $f$;`, uncertain: "a", hints: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			load := func(sql string) (*Catalog, string, []diag.Problem) {
				var problems diag.List
				c := Load([]File{{Name: "schema.sql", Text: []byte(tables + sql)}}, &problems)
				return c, describe(c) + triggerFacts(c), problems.Sorted()
			}
			c, got, problems := load(tt.do)
			var uncertain []string
			for _, table := range c.Tables {
				if table.Uncertain {
					uncertain = append(uncertain, table.Name)
				}
			}
			if diff := cmp.Diff(tt.uncertain, strings.Join(uncertain, " ")); diff != "" {
				t.Errorf("uncertain tables (-want +got):\n%s", diff)
			}
			if len(problems) != tt.hints {
				t.Errorf("problems: %q", problems)
			}
			for _, p := range problems {
				if p.Severity != diag.Hint || p.Code != codeBlock {
					t.Errorf("problem: %v", p)
				}
			}
			_, want, _ := load(tt.plain)
			if tt.uncertain != "" {
				got = strings.ReplaceAll(got, " rewritten", "")
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-plain +DO):\n%s", diff)
			}
		})
	}
}

// triggerFacts spells the known triggers of a catalog in lines.
func triggerFacts(c *Catalog) string {
	var b strings.Builder
	for _, t := range c.Tables {
		for _, x := range t.Triggers {
			if !x.Unknown {
				fmt.Fprintf(&b, "trigger %s on %s: %s %s row=%v %s\n", x.Name, t.QualifiedName(), x.Timing, x.Events, x.Row, x.Function)
			}
		}
	}
	return b.String()
}
