package driver_test

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
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
	corpus := loadArchives(t, root, "testdata/corpus")
	began := time.Now()
	silent := 0
	for _, c := range corpus {
		if generateSilently(t, c) {
			silent++
		}
		c.save(t)
	}
	t.Logf("%d of %d specifications are silent, in %d ms", silent, len(corpus), time.Since(began).Milliseconds())
	if silent < corpusAtLeast && !one() {
		t.Errorf("%d specifications are silent, want %d at least", silent, corpusAtLeast)
	}
	if t.Failed() {
		return
	}
	writeProgram(t, root, corpus)
	binary := filepath.Join(root, "corpus")
	goIn(t, root, "build", "-o", binary, ".")
	p := startProgram(t, binary)
	url := pgtest.URL(t) // one for all: a database each takes most of the time
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	for _, c := range corpus {
		for _, sql := range append([]string{emptyDatabase}, c.schemas()...) {
			if _, err := conn.Exec(t.Context(), sql); err != nil {
				t.Fatalf("%s: %v", c.path, err)
			}
		}
		if a := p.runOn(t, c, url); a.Error != "" {
			t.Errorf("%s: the script ended: %s", c.path, a.Error)
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

// generateSilently writes the package of an archive, and reports whether there was
// nothing to be told unasked.
func generateSilently(t *testing.T, c *caseFile) bool {
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
		t.Errorf("%s is right, and has these problems; %d are silenced:\n%s", c.path, len(g.Silenced), &text)
		return false
	}
	if _, err := g.Write(); err != nil {
		t.Fatal(err)
	}
	return true
}
