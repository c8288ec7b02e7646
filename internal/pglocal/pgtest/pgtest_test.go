package pgtest_test

import (
	"os"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

const (
	tableSQL = `
		CREATE TABLE item (id int PRIMARY KEY, name text NOT NULL);
		CREATE INDEX ON item (name);`
	rowsSQL = `INSERT INTO item VALUES (1, 'one'), (2, 'two');`
)

func TestPoolAppliesTheTextsInOrder(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t, tableSQL, rowsSQL)
	var n int
	if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM item").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if n != 2 {
		t.Errorf("the table has %d rows, want 2", n)
	}
}

func TestClonesAreIndependent(t *testing.T) {
	t.Parallel()
	const clones = 12
	var wg sync.WaitGroup
	urls := make([]string, clones)
	for i := range clones {
		wg.Go(func() {
			pool := pgtest.Pool(t, tableSQL, rowsSQL)
			urls[i] = pool.Config().ConnString()
			if _, err := pool.Exec(t.Context(), "INSERT INTO item VALUES ($1, 'own')", 100+i); err != nil {
				t.Errorf("clone %d: %v", i, err)
				return
			}
			var n, mine int
			const count = "SELECT count(*), count(*) FILTER (WHERE id = $1) FROM item"
			if err := pool.QueryRow(t.Context(), count, 100+i).Scan(&n, &mine); err != nil {
				t.Errorf("clone %d: %v", i, err)
			} else if n != 3 || mine != 1 {
				t.Errorf("clone %d has %d rows, %d of its own; want 3 and 1", i, n, mine)
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, url := range urls {
		if seen[url] {
			t.Errorf("two clones share %s", url)
		}
		seen[url] = true
	}
}

func TestDatabaseIsDroppedWhenTheTestEnds(t *testing.T) {
	t.Parallel()
	var url string
	t.Run("inner", func(t *testing.T) {
		url = pgtest.URL(t, tableSQL)
		// Left open: the drop must cut it.
		if _, err := pgx.Connect(t.Context(), url); err != nil {
			t.Fatal(err)
		}
	})
	conn, err := pgx.Connect(t.Context(), url)
	if err == nil {
		conn.Close(t.Context())
		t.Fatalf("%s is still there", url)
	}
}

func TestNoTextsGiveAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t)
	var n int
	const tables = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
	if err := pool.QueryRow(t.Context(), tables).Scan(&n); err != nil {
		t.Fatal(err)
	}
	if n != 0 {
		t.Errorf("the public schema has %d relations, want none", n)
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	dir := fstest.MapFS{"b.sql": {Data: []byte("two")}, "a.sql": {Data: []byte("one")}, "c.md": {}, "d/e.sql": {}}
	if diff := cmp.Diff([]string{"one", "two"}, pgtest.Texts(dir)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
