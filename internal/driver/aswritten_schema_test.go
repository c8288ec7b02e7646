package driver_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A world is a random schema, with queries on everything in it. Each relation of
// it has the columns id, team_id, up, v and n; what is between a query and the rows
// is random: views, partitions, children, triggers, functions, rules, defaults and
// cascades.
type world struct {
	rnd      *rand.Rand
	features map[string]bool // of those in allFeatures, the ones it may have
	ddl      strings.Builder
	tables   []string // base tables
	seeded   []string // tables that hold rows before
	queries  []*worldQuery
	triggers int
}

// allFeatures are what can be between a query and a table.
var allFeatures = []string{"views", "triggers", "partitions", "functions", "cascades", "rules", "defaults"}

// worldQuery is one query, as sqlc reads it and as it writes it.
type worldQuery struct {
	name, cmd, sql string // with @name
	params         []worldParam
	columns        []worldColumn
	kind           string // insert, array, change, list, read or run
	base           int    // for inserts: the index of the table; a cause of triggers' order
}

type worldParam struct{ name, typ string }

type worldColumn struct{ name, typ string }

const seedTeams = 2

func seedTeam(i int) string { return fmt.Sprintf("10000000-0000-4000-8000-%012d", i) }

func newWorld(seed uint64, features []string) *world {
	w := &world{rnd: rand.New(rand.NewPCG(seed, 7)), features: map[string]bool{}}
	for _, f := range features {
		w.features[f] = true
	}
	w.base()
	return w
}

func (w *world) may(feature string, chance int) bool {
	return w.features[feature] && w.rnd.IntN(100) < chance
}

func (w *world) add(format string, args ...any) { fmt.Fprintf(&w.ddl, format+"\n", args...) }

func (w *world) base() {
	w.add("CREATE TABLE teams (id uuid PRIMARY KEY, name text NOT NULL, n int NOT NULL DEFAULT 0);")
	w.add("CREATE TABLE counters (name text PRIMARY KEY, n int NOT NULL);")
	w.add("CREATE TABLE audit (op text NOT NULL, v text NOT NULL);")
	w.add("CREATE FUNCTION f_next() RETURNS int LANGUAGE sql AS 'UPDATE counters SET n = n + 1 WHERE name = ''f'' RETURNING n';")
	for i := range 3 {
		name, n := fmt.Sprint("t", i), "0"
		if w.may("defaults", 40) {
			n = "f_next()"
		}
		team, up := "", ""
		if w.may("cascades", 70) {
			team = " REFERENCES teams ON DELETE CASCADE"
		}
		if i > 0 && w.may("cascades", 70) {
			up = fmt.Sprintf(" REFERENCES t%d ON DELETE %s", i-1, []string{"CASCADE", "SET NULL", "SET DEFAULT"}[w.rnd.IntN(3)])
		}
		w.add("CREATE TABLE %s (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), team_id uuid NOT NULL%s, up uuid%s, v text NOT NULL DEFAULT '', n int NOT NULL DEFAULT %s);", name, team, up, n)
		w.tables = append(w.tables, name)
	}
	w.seeded = slices.Clone(w.tables)
	relations := slices.Clone(w.tables)
	if w.features["partitions"] {
		// By what both runs know: ids are other ones in each.
		w.add("CREATE TABLE parts (id uuid NOT NULL DEFAULT gen_random_uuid(), team_id uuid NOT NULL, up uuid, v text NOT NULL DEFAULT '', n int NOT NULL DEFAULT 0) PARTITION BY LIST ((length(v) %% 2));")
		for i := range 2 {
			w.add("CREATE TABLE parts_%d PARTITION OF parts FOR VALUES IN (%d);", i, i)
		}
		w.add("CREATE TABLE t2_child () INHERITS (t2);")
		w.tables = append(w.tables, "parts", "t2_child")
		w.seeded = append(w.seeded, "parts")
		relations = append(relations, "parts", "parts_0", "t2_child")
	}
	relations = append(relations, w.views()...)
	w.functions()
	w.reactions()
	for i, r := range relations {
		w.relationQueries(r, i)
	}
	w.otherQueries()
	w.seed()
}

func (w *world) views() []string {
	if !w.features["views"] {
		return nil
	}
	var out []string
	for i := range 2 {
		name := fmt.Sprint("view", i)
		w.add("CREATE VIEW %s AS SELECT * FROM %s WHERE v <> 'hidden';", name, w.tables[w.rnd.IntN(len(w.tables))])
		out = append(out, name)
	}
	w.add("CREATE VIEW view_of_view AS SELECT id, team_id, up, v, n FROM view0;")
	return append(out, "view_of_view")
}

func (w *world) functions() {
	if !w.features["functions"] {
		return
	}
	from := w.tables[w.rnd.IntN(len(w.tables))]
	to := w.tables[w.rnd.IntN(2)]
	w.add("CREATE FUNCTION f_digest() RETURNS text STABLE LANGUAGE sql AS 'SELECT md5(coalesce(string_agg(v || n, '','' ORDER BY v, n), '''')) FROM %s';", from)
	w.add("CREATE FUNCTION f_add(team uuid, what text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO %s (team_id, v) VALUES (team, what); END $$;", to)
	w.add("CREATE FUNCTION f_wild(what text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'UPDATE %s SET v = v || $1' USING what; END $$;", from)
}

// reactions makes triggers and rules. A trigger of a table writes tables behind it
// only, so that none runs for ever.
func (w *world) reactions() {
	events := []string{"INSERT", "UPDATE", "DELETE", "INSERT OR UPDATE", "INSERT OR DELETE", "UPDATE OF v", "UPDATE OF n"}
	for i, table := range w.tables {
		for range 2 {
			if !w.may("triggers", 55) {
				continue
			}
			w.triggers++
			event, later := events[w.rnd.IntN(len(events))], "audit"
			if i < 2 {
				later = w.tables[i+1+w.rnd.IntN(2-i)]
			}
			any := w.tables[w.rnd.IntN(len(w.tables))]
			timing, level, body := "AFTER", "ROW", ""
			switch w.rnd.IntN(9) {
			case 0:
				body = "UPDATE counters SET n = n + 1 WHERE name = 'c';"
				level = []string{"ROW", "STATEMENT"}[w.rnd.IntN(2)]
			case 1:
				body = "INSERT INTO audit (op, v) VALUES (TG_OP, COALESCE(NEW.v, OLD.v));"
			case 2:
				if later == "audit" {
					body = "INSERT INTO audit (op, v) SELECT TG_OP, count(*)::text FROM audit;"
				} else {
					body = fmt.Sprintf("INSERT INTO %s (team_id, v) VALUES (COALESCE(NEW.team_id, OLD.team_id), 'by ' || TG_OP);", later)
				}
			case 3:
				timing, body = "BEFORE", "IF TG_OP <> 'DELETE' THEN NEW.v := NEW.v || '*'; END IF;"
			case 4:
				timing, body = "BEFORE", "IF TG_OP <> 'DELETE' AND NEW.v LIKE '%skip%' THEN RETURN NULL; END IF;"
			case 5:
				timing, body = "BEFORE", fmt.Sprintf("IF TG_OP <> 'DELETE' THEN SELECT count(*) INTO NEW.n FROM %s; END IF;", any)
			case 6:
				timing, body = "BEFORE", "IF TG_OP <> 'DELETE' THEN NEW.v := NEW.v || (SELECT n FROM counters WHERE name = 'c'); END IF;"
			case 7:
				body = "EXECUTE 'UPDATE counters SET n = n + 1 WHERE name = ''c''';"
			case 8:
				if later != "audit" {
					body = fmt.Sprintf("UPDATE %s SET v = v || '+' WHERE team_id = COALESCE(NEW.team_id, OLD.team_id);", later)
				} else {
					body = "DELETE FROM audit WHERE v = COALESCE(NEW.v, OLD.v);"
				}
			}
			if table == "parts" && timing == "BEFORE" { // it may not move a row to another partition
				body = strings.NewReplacer("NEW.v := NEW.v || '*'", "NEW.n := NEW.n + 7", "NEW.v := NEW.v || (SELECT n", "NEW.n := (SELECT n").Replace(body)
			}
			w.add("CREATE FUNCTION react_%d() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN %s IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$;", w.triggers, body)
			w.add("CREATE TRIGGER react_%d %s %s ON %s FOR EACH %s EXECUTE FUNCTION react_%d();", w.triggers, timing, event, table, level, w.triggers)
		}
		if i < 3 && w.may("rules", 30) {
			w.add("CREATE RULE also AS ON UPDATE TO %s DO ALSO UPDATE counters SET n = n + 1 WHERE name = 'c';", table)
		}
	}
}

func (w *world) relationQueries(r string, i int) {
	q := func(kind, name, cmd, sql string, columns ...worldColumn) {
		w.queries = append(w.queries, &worldQuery{name: name + goName(r), cmd: cmd, sql: sql, params: paramsOf(sql), columns: columns, kind: kind, base: i})
	}
	id, v, n, d := worldColumn{"id", "uuid"}, worldColumn{"v", "text"}, worldColumn{"n", "text"}, worldColumn{"d", "text"}
	if r != "parts_0" {
		q("insert", "Insert", "one", "INSERT INTO "+r+" (id, team_id, v) VALUES (@id, @team_id, @v) RETURNING id, v, n::text AS n", id, v, n)
		q("insert", "Put", "exec", "INSERT INTO "+r+" (id, team_id, v) VALUES (@id, @team_id, @v)")
		q("insert", "Attach", "exec", "INSERT INTO "+r+" (id, team_id, up, v) VALUES (@id, @team_id, @up, @v)")
		q("array", "All", "exec", "INSERT INTO "+r+" (id, team_id, v) SELECT t.id, @team_id::uuid, t.v FROM ROWS FROM (unnest(@ids::uuid[]), unnest(@vs::text[])) AS t(id, v)")
	}
	if !strings.HasPrefix(r, "view") && r != "parts_0" && r != "t2_child" {
		q("insert", "Make", "one", "INSERT INTO "+r+" (team_id, v) VALUES (@team_id, @v) RETURNING id, v", id, v)
	}
	if r != "parts_0" {
		q("change", "Set", "exec", "UPDATE "+r+" SET v = @v WHERE team_id = @team_id")
	}
	q("change", "Bump", "execrows", "UPDATE "+r+" SET n = n + 1 WHERE team_id = @team_id")
	q("change", "Drop", "exec", "DELETE FROM "+r+" WHERE team_id = @team_id AND v <> @v")
	q("list", "List", "many", "SELECT id, v FROM "+r+" WHERE team_id = @team_id ORDER BY v, n LIMIT 3", id, v)
	q("list", "Every", "many", "SELECT id, v FROM "+r+" ORDER BY v, n LIMIT 2", id, v)
	q("read", "Digest", "one", "SELECT md5(coalesce(string_agg(v || n, ',' ORDER BY v, n), ''))::text AS d FROM "+r, d)
	q("read", "Own", "one", "SELECT md5(coalesce(string_agg(v || n, ',' ORDER BY v, n), ''))::text AS d FROM "+r+" WHERE team_id = @team_id", d)
}

func (w *world) otherQueries() {
	q := func(kind, name, cmd, sql string, columns ...worldColumn) {
		w.queries = append(w.queries, &worldQuery{name: name, cmd: cmd, sql: sql, params: paramsOf(sql), columns: columns, kind: kind})
	}
	d := worldColumn{"d", "text"}
	q("row", "CreateTeam", "one", "INSERT INTO teams (id, name) VALUES (@id, @name) RETURNING id, name", worldColumn{"id", "uuid"}, worldColumn{"name", "text"})
	q("lock", "LockTeam", "one", "SELECT id FROM teams WHERE id = @id FOR UPDATE", worldColumn{"id", "uuid"})
	q("gone", "DeleteTeam", "execrows", "DELETE FROM teams WHERE id = @id")
	q("read", "ReadCounter", "one", "SELECT n::text AS d FROM counters WHERE name = 'c'", d)
	q("read", "ReadAudit", "one", "SELECT md5(coalesce(string_agg(op || v, ',' ORDER BY op, v), ''))::text AS d FROM audit", d)
	if w.features["functions"] {
		q("read", "FDigest", "one", "SELECT f_digest()::text AS d", d)
		q("read", "FNext", "one", "SELECT f_next()::text AS d", d)
		q("run", "FAdd", "exec", "SELECT f_add(@team_id::uuid, @v::text)")
		q("run", "FWild", "exec", "SELECT f_wild(@v::text)")
	}
}

func (w *world) seed() {
	w.add("INSERT INTO counters VALUES ('c', 0), ('f', 0);")
	for i := range seedTeams {
		w.add("INSERT INTO teams (id, name) VALUES ('%s', 'seed %d');", seedTeam(i), i)
		for j, t := range w.seeded {
			for k := range 2 {
				w.add("INSERT INTO %s (team_id, v) VALUES ('%s', 'row %d %d');", t, seedTeam(i), j, k)
			}
		}
	}
}

// paramsOf finds the parameters of a query, with the types that they have in
// every world.
func paramsOf(sql string) []worldParam {
	var out []worldParam
	for i := 0; i < len(sql); i++ {
		if sql[i] != '@' {
			continue
		}
		end := i + 1
		for end < len(sql) && (sql[end] == '_' || sql[end] >= 'a' && sql[end] <= 'z') {
			end++
		}
		p := worldParam{name: sql[i+1 : end], typ: "uuid"}
		switch {
		case strings.HasPrefix(sql[end:], "::uuid[]"):
			p.typ = "uuid[]"
		case strings.HasPrefix(sql[end:], "::text[]"):
			p.typ = "text[]"
		case p.name == "v" || p.name == "name":
			p.typ = "text"
		}
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

func goName(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "_") {
		switch part {
		case "id":
			b.WriteString("ID")
		case "ids":
			b.WriteString("Ids")
		default:
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}
