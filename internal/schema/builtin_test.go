package schema_test

import (
	"os"
	"testing"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/internal/schema"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// TestBuiltins holds the list of built-in functions against a server's. One that
// the list lacks would keep its query in the order of the document.
func TestBuiltins(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t, `
		DO $$ DECLARE x text; BEGIN
			FOR x IN SELECT name FROM pg_available_extensions WHERE name IN ('uuid-ossp', 'pgcrypto', 'citext', 'ltree', 'hstore', 'pg_trgm', 'unaccent') LOOP
				EXECUTE format('CREATE EXTENSION %I', x);
			END LOOP;
		END $$;`)
	rows, err := pool.Query(t.Context(), `
		SELECT DISTINCT p.proname, bool_or(p.provolatile = 'v') OVER (PARTITION BY p.proname)
		FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
		WHERE n.nspname IN ('pg_catalog', 'public') AND p.proname !~ '^(RI_FKey|binary_upgrade|pg_stat|pg_get|pg_aios|pg_numa|pg_walsummary|pg_wal_summary)'
			AND p.prorettype NOT IN ('internal'::regtype, 'cstring'::regtype, 'trigger'::regtype)
			AND p.prorettype::regtype::text !~ 'handler$' AND NOT 'internal'::regtype = ANY (p.proargtypes) AND NOT 'cstring'::regtype = ANY (p.proargtypes)
		ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var name string
		var volatile bool
		if err := rows.Scan(&name, &volatile); err != nil {
			t.Fatal(err)
		}
		n++
		switch listed, ok := schema.Builtin(name); {
		case !ok:
			t.Errorf("%s is not in builtin.txt", name)
		case volatile && !listed:
			t.Errorf("%s is volatile, and builtin.txt does not say so", name)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("functions compared: %d", n)
}
