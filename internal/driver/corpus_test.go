package driver_test

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
)

// corpusAtLeast is how many specifications the corpus holds.
const corpusAtLeast = 60

// TestCorpus holds that nothing is said of specifications that are right: each
// archive of testdata/corpus has a schema of a kind that public projects have, and
// its specification gives no error and no warning. What it generates is compiled, and
// creates and purges a scope on PostgreSQL. An archive that a rule warns of is no
// reason to change the archive: the rule is wrong.
func TestCorpus(t *testing.T) {
	t.Parallel()
	root := newModule(t)
	corpus := readArchives(t, root, "testdata/corpus")
	if len(corpus) < corpusAtLeast {
		t.Errorf("the corpus has %d specifications, want %d at least", len(corpus), corpusAtLeast)
	}
	var called []*caseFile // by -run, as in runScripts
	var p *program
	var db sync.Mutex // one for all: a database each takes most of the time
	url := pgtest.URL(t)
	began := time.Now()
	for _, c := range corpus {
		t.Run(c.name, func(t *testing.T) {
			c.layOut(t)
			generateSilently(t, c)
			c.save(t)
			if t.Failed() {
				return
			}
			called = append(called, c)
			t.Parallel()
			if p == nil {
				t.Fatal("the program of the corpus was not made")
			}
			db.Lock()
			defer db.Unlock()
			makeAnew(t, url, c.schemas())
			if a := p.runOn(t, c, url); a.Error != "" {
				t.Errorf("the script ended: %s", a.Error)
			}
		})
	}
	t.Logf("%d of %d specifications are silent, in %d ms", len(called), len(corpus), time.Since(began).Milliseconds())
	if len(called) == 0 {
		return
	}
	writeProgram(t, root, called)
	binary := filepath.Join(root, "corpus")
	goIn(t, root, "build", "-o", binary, ".")
	p = startProgram(t, binary)
}

// makeAnew leaves a database with a schema and nothing else.
func makeAnew(t *testing.T, url string, schema []string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	for _, sql := range append([]string{emptyDatabase}, schema...) {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
}

// emptyDatabase drops all that a schema made; extensions are in public.
const emptyDatabase = `DO $$
DECLARE
    name name;
BEGIN
    FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', name);
    END LOOP;
    CREATE SCHEMA public;
END
$$`

// generateSilently writes the package of an archive; nothing may be told unasked.
func generateSilently(t *testing.T, c *caseFile) {
	t.Helper()
	g, err := driver.Generate(filepath.Join(c.dir, "specgen.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	told := slices.DeleteFunc(g.Problems.Sorted(), func(p diag.Problem) bool { return p.Severity.OnRequest() })
	if len(told) > 0 || len(g.Silenced) > 0 {
		var text bytes.Buffer
		if err := diag.PrintText(&text, told, g.Source); err != nil {
			t.Fatal(err)
		}
		t.Fatalf("%s is right, and has these problems; %d are silenced:\n%s", c.path, len(g.Silenced), &text)
	}
	if _, err := g.Write(); err != nil {
		t.Fatal(err)
	}
}
