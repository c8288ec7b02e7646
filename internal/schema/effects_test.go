package schema

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
)

// effectsSchema has one of each thing that can be between a statement and a table.
const effectsSchema = `
CREATE TABLE teams (id uuid PRIMARY KEY, name text NOT NULL, slug text, updated_at timestamptz);
CREATE TABLE roles (id uuid PRIMARY KEY, team_id uuid NOT NULL REFERENCES teams ON DELETE CASCADE ON UPDATE CASCADE, name text NOT NULL DEFAULT 'x', n int DEFAULT next_n());
CREATE TABLE grants (id uuid PRIMARY KEY, role_id uuid REFERENCES roles ON DELETE SET NULL, kept int);
CREATE TABLE counters (name text PRIMARY KEY, n int NOT NULL);
CREATE TABLE audit (id bigserial PRIMARY KEY, op text, row jsonb, actor text);
CREATE TABLE other (id int);

CREATE VIEW active_roles AS SELECT * FROM roles WHERE name <> 'gone';
CREATE VIEW named AS SELECT r.id FROM active_roles r JOIN teams t ON t.id = r.team_id;
CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM roles;
CREATE TABLE events (id uuid, day date) PARTITION BY RANGE (day);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE base (id int); CREATE TABLE child () INHERITS (base);

CREATE FUNCTION next_n() RETURNS int LANGUAGE sql AS 'UPDATE counters SET n = n + 1 RETURNING n';
CREATE FUNCTION pure(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'x'; END $$;
CREATE FUNCTION reads() RETURNS int STABLE LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'x'; RETURN 1; END $$;
CREATE FUNCTION reads_other() RETURNS bigint STABLE LANGUAGE sql RETURN (SELECT count(*) FROM other);
CREATE FUNCTION wild() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'x'; RETURN 1; END $$;
CREATE FUNCTION twice() RETURNS int LANGUAGE sql BEGIN ATOMIC INSERT INTO other VALUES (1); SELECT next_n(); END;
CREATE PROCEDURE clean() LANGUAGE sql AS 'DELETE FROM other';
CREATE OPERATOR <~> (FUNCTION = wild_pair, LEFTARG = text, RIGHTARG = text);
CREATE FUNCTION wild_pair(text, text) RETURNS bool LANGUAGE c AS 'lib', 'f';

CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at = now(); RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON teams FOR EACH ROW EXECUTE FUNCTION touch();
CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO audit (op, row, actor) VALUES (TG_OP, to_jsonb(NEW), current_setting('app.actor', true));
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER log AFTER INSERT OR DELETE ON grants FOR EACH ROW EXECUTE FUNCTION log();
CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'INSERT' THEN UPDATE counters SET n = n + 1 WHERE name = TG_TABLE_NAME; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER bump AFTER INSERT OR UPDATE OF slug ON teams FOR EACH STATEMENT EXECUTE FUNCTION bump();
CREATE TRIGGER notify_kept AFTER UPDATE OF kept ON grants FOR EACH ROW EXECUTE FUNCTION notify_kept();
CREATE FUNCTION notify_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('x', NEW.id::text); RETURN NEW; END $$;
CREATE RULE keep AS ON DELETE TO counters DO INSTEAD INSERT INTO audit (op) VALUES ('kept');
CREATE FUNCTION put() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO other VALUES (NEW.id); RETURN NEW; END $$;
CREATE VIEW gate AS SELECT id FROM base;
CREATE TRIGGER put INSTEAD OF INSERT ON gate FOR EACH ROW EXECUTE FUNCTION put();
CREATE TABLE secret (id int, owner text);
ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON secret USING (owner = auth.uid() AND EXISTS (SELECT 1 FROM other));
`

func describeEffects(e Effects) string {
	var out []string
	list := func(what string, effects []Effect) {
		for _, x := range effects {
			text := what + " " + x.Table
			if x.Append {
				text += " append"
			}
			if x.Via != "" {
				text += " (" + x.Via + ")"
			}
			out = append(out, text)
		}
	}
	list("read", e.Reads)
	list("write", e.Writes)
	list("lock", e.Locks)
	if e.Unknown != "" {
		out = append(out, e.Unknown)
	}
	if e.ReadsAll != "" {
		out = append(out, "read all ("+e.ReadsAll+")")
	}
	if e.Varies {
		out = append(out, "varies")
	}
	return strings.Join(out, "; ")
}

func TestEffects(t *testing.T) {
	t.Parallel()
	var problems diag.List
	c := Load([]File{{"schema.sql", []byte(effectsSchema)}}, &problems)
	for _, p := range problems.Sorted() {
		t.Error(p.Message)
	}
	for _, tt := range []struct{ sql, want string }{
		{"SELECT * FROM roles", "read roles"},
		{"SELECT now(), gen_random_uuid(), lower($1), $1::citext || uuid_generate_v4()", "varies"},
		{"SELECT lower(name), pure(name), count(*) FROM roles WHERE name ~ $1 AND 'ownr'::text % name GROUP BY 1", "read roles"},
		{"SELECT id FROM active_roles", "read roles (view active_roles)"},
		{"SELECT id FROM named", "read roles (view named); read teams (view named)"},
		{"SELECT id FROM named FOR UPDATE", "read roles (view named); read teams (view named); lock roles (view named); lock teams (view named)"},
		{"SELECT count FROM totals", "read totals"},
		{"SELECT id FROM events_2026", "read events"},
		{"SELECT id FROM child", "read base"},
		{"WITH roles AS (SELECT 1) SELECT * FROM roles", ""},
		{"SELECT id FROM roles WHERE team_id = $1 FOR UPDATE", "read roles; lock roles"},
		{"SELECT pg_advisory_xact_lock($1)", "function pg_advisory_xact_lock may do anything"},
		{"SELECT set_config('a', $1, true)", "function set_config may do anything"},
		{"SELECT nextval('s')", "write <sequences>; varies"},
		{"SELECT pg_notify('c', $1)", "write <notifications>; varies"},
		{"SELECT query_to_xml('x', true, true, '')", "function query_to_xml may do anything"},
		{"SELECT reads()", "read all (function reads)"},
		{"SELECT reads_other()", "read other (function reads_other)"},
		{"SELECT wild()", "function wild may do anything"},
		{"SELECT unheard_of($1)", "function unheard_of may do anything"},
		{"SELECT $1::text <~> $2", "function wild_pair may do anything"},
		{"SELECT twice()", "write counters (function twice); write other (function twice)"},
		{"CALL clean()", "write other (function clean)"},
		{"INSERT INTO roles (id, team_id, name, n) VALUES ($1, $2, $3, 1)", "write roles"},
		{"INSERT INTO roles (id, team_id) VALUES ($1, $2)", "write counters (the default of roles.n); write roles"},
		{"INSERT INTO teams (id, name) VALUES ($1, $2)", "write counters (trigger bump on teams); write teams"},
		{"UPDATE teams SET name = $1", "write teams"},
		{"UPDATE teams SET slug = $1", "write teams"},
		{"UPDATE teams SET id = $1", "write roles (foreign key roles_team_id_fkey on roles); write teams"},
		{"INSERT INTO teams (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = $2", "write counters (trigger bump on teams); write teams"},
		{"DELETE FROM teams WHERE id = $1", "write grants (foreign key roles_team_id_fkey on roles); write roles (foreign key roles_team_id_fkey on roles); write teams"},
		{"DELETE FROM roles WHERE id = $1", "write grants (foreign key grants_role_id_fkey on grants); write roles"},
		{"INSERT INTO grants (id) VALUES ($1)", "write audit append (trigger log on grants); write grants"},
		{"UPDATE grants SET kept = 1", "write <notifications> append (trigger notify_kept on grants); write grants; varies"},
		{"INSERT INTO events (id, day) VALUES ($1, $2)", "write events"},
		{"INSERT INTO audit (op) VALUES ('x')", "write audit"},
		{"DELETE FROM counters", "write audit append (rule keep on counters); write counters"},
		{"INSERT INTO gate VALUES ($1)", "write other append (trigger put on gate)"},
		{"UPDATE active_roles SET name = $1", "read roles (view active_roles); write roles (view active_roles)"},
		{"INSERT INTO active_roles (id, team_id) VALUES ($1, $2)", "read roles (view active_roles); write counters (view active_roles); write roles (view active_roles)"},
		{"SELECT id FROM secret", "read other (policy mine on secret); read secret"},
		{"TRUNCATE roles", "the statement may do anything"},
		{"LOCK TABLE roles", "the statement may do anything"},
		{"MERGE INTO other o USING base b ON o.id = b.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (b.id)", "read base; write other"},
	} {
		q, err := c.ParseQuery(tt.sql)
		if err != nil {
			t.Errorf("%s: %v", tt.sql, err)
			continue
		}
		if diff := cmp.Diff(tt.want, describeEffects(q.Effects)); diff != "" {
			t.Errorf("%s\n%s", tt.sql, diff)
		}
	}
}

func TestOutcomeOfTriggers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, timing, body, want string }{
		{"updated_at", "BEFORE INSERT", "BEGIN NEW.updated_at := now(); RETURN NEW; END", "updated_at"},
		{"of another event", "BEFORE UPDATE", "BEGIN NEW.id := 1; RETURN NULL; END", ""},
		{"after", "AFTER INSERT", "BEGIN NEW.id := 1; RETURN NULL; END", ""},
		{"nothing", "BEFORE INSERT", "BEGIN RETURN NULL; END", "skips"},
		{"old", "BEFORE INSERT OR DELETE", "BEGIN RETURN OLD; END", "skips"},
		{"by operation", "BEFORE INSERT OR UPDATE OR DELETE", "BEGIN IF TG_OP = 'DELETE' THEN RETURN OLD; ELSIF TG_OP IN ('UPDATE') THEN NEW.b := 1; END IF; RETURN NEW; END", ""},
		{"negated", "BEFORE INSERT OR DELETE", "BEGIN IF NOT (TG_OP <> 'DELETE' AND TG_WHEN = 'BEFORE') THEN RETURN NULL; END IF; RETURN NEW; END", ""},
		{"another row", "BEFORE INSERT", "DECLARE r t; BEGIN r := NEW; RETURN r; END", "all skips"},
		{"coalesce", "BEFORE INSERT", "BEGIN RETURN COALESCE(NEW, OLD); END", ""},
		{"select into", "BEFORE INSERT", "BEGIN SELECT a INTO NEW.a FROM t; SELECT a, b INTO STRICT NEW.b, NEW.id FROM t; RETURN NEW; END", "a b id"},
		{"the row itself", "BEFORE INSERT", "BEGIN NEW := f(NEW); RETURN NEW; END", "all"},
		{"refused", "BEFORE INSERT", "BEGIN IF NEW.a THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END", ""},
		{"not understood", "BEFORE INSERT", "BEGIN whatever this is", "all skips"},
		{"dynamic", "BEFORE INSERT", "BEGIN EXECUTE 'x'; RETURN NEW; END", ""},
		{"handler", "BEFORE INSERT", "BEGIN BEGIN RETURN NEW; EXCEPTION WHEN others THEN RETURN NULL; END; END", "skips"},
		{"execute into", "BEFORE INSERT", "BEGIN EXECUTE format('SELECT a FROM %I', 't') INTO NEW.a USING NEW.b; RETURN NEW; END", "a"},
		{"a call that sets", "BEFORE INSERT", "BEGIN CALL p(NEW.a, 1, lower(NEW.b)); RETURN NEW; END", "a b"},
		{"an alias", "BEFORE INSERT", "DECLARE n ALIAS FOR NEW; BEGIN n.a := 1; RETURN NEW; END", "all skips"},
		{"diagnostics", "BEFORE INSERT", "BEGIN GET DIAGNOSTICS NEW.a = ROW_COUNT; RETURN NEW; END", "a"},
		{"returning into", "BEFORE INSERT", "BEGIN WITH q AS (INSERT INTO t VALUES (1) RETURNING a) INSERT INTO t SELECT a FROM q RETURNING a, b INTO NEW.a, NEW.b; RETURN NEW; END", "a b"},
		{"execute into two", "BEFORE INSERT", "BEGIN EXECUTE 'SELECT 1, 2' INTO STRICT NEW.a, NEW.b; RETURN NEW; END", "a b"},
		{"execute into the row", "BEFORE INSERT", "BEGIN EXECUTE 'SELECT $1' INTO NEW USING NEW; RETURN NEW; END", "all"},
		{"a loop over EXECUTE", "BEFORE INSERT", "DECLARE r record; BEGIN FOR r IN EXECUTE 'SELECT 1 AS x' LOOP NEW.a := r.x; END LOOP; RETURN NEW; END", "a"},
		{"a loop over EXECUTE that skips", "BEFORE INSERT", "DECLARE r record; BEGIN FOR r IN EXECUTE 'SELECT 1 AS x' LOOP RETURN NULL; END LOOP; RETURN NEW; END", "skips"},
		{"a loop over a cursor", "BEFORE INSERT", "DECLARE c CURSOR FOR SELECT a FROM t WHERE b = 1; BEGIN FOR r IN c LOOP NEW.b := r.a; END LOOP; RETURN NEW; END", "b"},
		{"fetch", "BEFORE INSERT", "DECLARE c refcursor; BEGIN OPEN c FOR SELECT a FROM t; FETCH NEXT FROM c INTO NEW.a; CLOSE c; RETURN NEW; END", "a"},
		{"a loop", "BEFORE INSERT", "BEGIN FOR NEW.a IN SELECT 1 LOOP NEW.b := 1; END LOOP; RETURN NEW; END", "a b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var problems diag.List
			sql := fmt.Sprintf("CREATE TABLE t (id int, a int, b int, updated_at timestamptz);\nCREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ %s $$;\nCREATE TRIGGER tr %s ON t FOR EACH ROW EXECUTE FUNCTION f();", tt.body, tt.timing)
			c := Load([]File{{"schema.sql", []byte(sql)}}, &problems)
			o := c.outcome(c.Table("t"), OnInsert)
			words := sortedNames(o.columns)
			if o.all {
				words = append(words, "all")
			}
			if o.skips {
				words = append(words, "skips")
			}
			if diff := cmp.Diff(tt.want, strings.Join(words, " ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}
