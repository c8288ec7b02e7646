package driver_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/plan"
	"github.com/specgen-dev/specgen/internal/schema"
	"github.com/specgen-dev/specgen/internal/spec"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

// usualTriggers are what many projects have on every table: one that notes the
// time of a change, and one that writes an audit row.
func usualTriggers(c *schema.Catalog) string {
	var b strings.Builder
	b.WriteString(`
CREATE TABLE history_of_rows (id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), actor text, table_name text NOT NULL, op text NOT NULL, before jsonb, after jsonb);
CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.updated_at = now();
	RETURN NEW;
END;
$$;
CREATE FUNCTION write_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
	who text := coalesce(nullif(current_setting('app.actor', true), ''), session_user);
BEGIN
	IF TG_OP = 'DELETE' THEN
		INSERT INTO history_of_rows (actor, table_name, op, before) VALUES (who, TG_TABLE_NAME, TG_OP, to_jsonb(OLD));
		RETURN OLD;
	ELSIF TG_OP = 'UPDATE' THEN
		IF OLD IS DISTINCT FROM NEW THEN
			INSERT INTO history_of_rows (actor, table_name, op, before, after) VALUES (who, TG_TABLE_NAME, TG_OP, to_jsonb(OLD), to_jsonb(NEW));
		END IF;
		RETURN NEW;
	END IF;
	INSERT INTO history_of_rows (actor, table_name, op, after) VALUES (who, TG_TABLE_NAME, TG_OP, to_jsonb(NEW));
	RETURN NEW;
END;
$$;
`)
	for _, t := range c.Tables {
		name := `"` + strings.ReplaceAll(t.QualifiedName(), ".", `"."`) + `"`
		fmt.Fprintf(&b, "CREATE TRIGGER touch_updated_at BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION touch_updated_at();\n", name)
		fmt.Fprintf(&b, "CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION write_audit();\n", name)
	}
	return b.String()
}

// TestUsualTriggersCostNothing adds such triggers to every table of the cases
// and the examples: the plans stay as they are.
func TestUsualTriggersCostNothing(t *testing.T) {
	t.Parallel()
	var paths []string
	for _, c := range loadCases(t, newModule(t)) {
		if c.script != "" {
			paths = append(paths, filepath.Join(c.dir, "specgen.yaml"))
		}
	}
	examples, err := filepath.Glob("../../examples/*/specgen.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range slices.Concat(paths, examples, []string{"../../specgen.yaml"}) {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			t.Parallel()
			text := readFile(t, path)
			in, files := inputsOf(t, path, text)
			without := shapeOf(t, path, text, in)
			var problems diag.List
			files = append(files, schema.File{Name: "triggers.sql", Text: []byte(usualTriggers(in.Catalog))})
			with := *in
			with.Catalog = schema.Load(files, &problems)
			if diff := cmp.Diff(without, shapeOf(t, path, text, &with)); diff != "" {
				t.Errorf("the plan is another one with triggers on every table (-without +with):\n%s", diff)
			}
		})
	}
}

// inputsOf loads what a specification names, and the files of its schema.
func inputsOf(t *testing.T, path string, text []byte) (*driver.Inputs, []schema.File) {
	t.Helper()
	var problems diag.List
	base := filepath.Dir(path)
	var configs []sqlcapi.Config
	for _, s := range spec.Parse(filepath.Base(path), text, &problems).Sqlc {
		configs = append(configs, sqlcapi.Config{Path: s.Value, Pos: s.Pos})
	}
	in := driver.LoadInputs(nil, base, configs, &problems)
	var files []schema.File
	seen := map[string]bool{}
	for _, p := range in.API.Packages {
		for _, name := range p.Schema {
			if seen[name] {
				continue
			}
			seen[name] = true
			sql, err := os.ReadFile(filepath.Join(base, filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, schema.File{Name: name, Text: sql})
		}
	}
	return in, files
}

// shapeOf tells the flushes of every coordinator, and what is sent once for many.
func shapeOf(t *testing.T, path string, text []byte, in *driver.Inputs) []string {
	t.Helper()
	g, err := driver.Draft(path, text, in)
	if err != nil {
		t.Fatal(err)
	}
	if g.Plan == nil {
		t.Fatalf("there are problems: %v", g.Problems.Sorted())
	}
	var out []string
	tell := func(what string, c *plan.Coordinator) {
		out = append(out, fmt.Sprintf("%s: %d trips", what, c.RoundTrips()))
		for i, f := range c.Flushes {
			for _, call := range f.Calls {
				out = append(out, fmt.Sprintf("%s: flush %d: %s, for each %v, for every %v", what, i+1, call.Step, call.Repeats, call.Gathers))
			}
		}
	}
	for _, s := range g.Plan.Scopes {
		for _, o := range s.Operations {
			tell(string(o.Kind)+" "+s.Name, o.Plan)
		}
	}
	return out
}
