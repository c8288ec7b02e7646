package driver_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/specgen-dev/specgen/internal/diag"
	"github.com/specgen-dev/specgen/internal/driver"
	"github.com/specgen-dev/specgen/internal/model"
	"github.com/specgen-dev/specgen/internal/pglocal/pgtest"
	"github.com/specgen-dev/specgen/internal/plan"
	"github.com/specgen-dev/specgen/internal/spec"
	"github.com/specgen-dev/specgen/internal/sqlcapi"
)

var (
	worldsFlag   = flag.Int("worlds", 20, "how many random schemas TestAsWritten makes, with 30 specifications each")
	featuresFlag = flag.String("features", strings.Join(allFeatures, ","), "what there may be between a query and a table in TestAsWritten")
	worldSeed    = flag.Uint64("world", 0, "the first random schema of TestAsWritten")
)

const specificationsOfAWorld = 30

// tally counts what TestAsWritten did.
type tally struct{ compared, runs, failing, interleaved, refused atomic.Int64 }

// TestAsWritten makes random specifications over random schemas: the rows that a
// plan leaves are those of running each step alone, in the order in which it is
// written, for one scope and for many.
//
// Turns of a loop, and items of a call for many, may take effect one after the
// other or step by step: docs/language.md promises no more. Where the plan differs
// and the turns see each other, since their rows depend on their order, the run
// counts as interleaved and is no failure.
func TestAsWritten(t *testing.T) {
	t.Parallel()
	var n tally
	t.Run("worlds", func(t *testing.T) {
		for i := range *worldsFlag {
			t.Run(fmt.Sprint(*worldSeed+uint64(i)), func(t *testing.T) {
				t.Parallel()
				compareWorld(t, newWorld(*worldSeed+uint64(i), strings.Split(*featuresFlag, ",")), &n)
			})
		}
	})
	t.Logf("specifications compared: %d", n.compared.Load())
	t.Logf("runs compared: %d, of which %d end in an error both ways; %d depend on how turns are interleaved; specifications refused: %d",
		n.runs.Load(), n.failing.Load(), n.interleaved.Load(), n.refused.Load())
	if want := int64(*worldsFlag * 25); n.compared.Load() < want && !t.Failed() {
		t.Errorf("%d specifications were compared, want %d at least", n.compared.Load(), want)
	}
}

func compareWorld(t *testing.T, w *world, n *tally) {
	dir := t.TempDir()
	w.write(t, dir)
	var problems diag.List
	in := driver.LoadInputs(nil, dir, []sqlcapi.Config{{Path: "sqlc.yaml"}}, &problems)
	if problems.HasErrors() {
		t.Fatalf("the world is not as sqlc makes it: %v", problems.Sorted())
	}
	conn, err := pgtest.Pool(t, readText(t, filepath.Join(dir, "schema.sql"))).Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	for range specificationsOfAWorld {
		s := w.specification()
		text := s.yaml()
		var problems diag.List
		project := model.Resolve(model.Sources{Document: spec.Parse("specgen.yaml", []byte(text), &problems), API: in.API, Catalog: in.Catalog, ImportPath: "example.com/world/gen"}, &problems)
		if problems.HasErrors() {
			n.refused.Add(1)
			for _, p := range problems.Sorted() {
				if p.Code != "SG410" {
					t.Logf("refused: %s: %s\n%s", p.Code, p.Message, text)
				}
			}
			continue
		}
		n.compared.Add(1)
		p := plan.Build(project)
		for _, run := range runsOf(s, p) {
			run.compare(t, conn.Conn(), w, text, p, n)
		}
		if t.Failed() {
			return
		}
	}
}

func readText(t *testing.T, name string) string { return string(readFile(t, name)) }

// comparedRun is one call of a coordinator, as written and as planned.
type comparedRun struct {
	what    string
	written func(r *asWritten) error
	planned func(r *planRun) error
}

func runsOf(s *specification, p *plan.Package) []comparedRun {
	sc := p.Scopes[0]
	create, purge := sc.Operation(plan.Create), sc.Operation(plan.Purge)
	items := func(o *plan.Operation, specs ...map[string]any) *frameVars {
		var items []any
		for _, spec := range specs {
			items = append(items, &object{map[string]any{o.Given: &object{spec}, "res": &object{map[string]any{}}}})
		}
		return &frameVars{vars: map[string]any{"items": items, "res": &object{map[string]any{}}, "op": nil, "ctx": nil}}
	}
	flag := s.world.rnd.IntN(2) == 0
	var ids []string
	for i := range seedTeams {
		ids = append(ids, seedTeam(i))
	}
	created := func(names ...string) func(r *planRun) error {
		var specs []map[string]any
		for _, name := range names {
			specs = append(specs, map[string]any{"Name": name, "Flag": flag})
		}
		return func(r *planRun) error { return r.coordinator(create.Plan, items(create, specs...)) }
	}
	purged := func(ids ...string) func(r *planRun) error {
		var specs []map[string]any
		for _, id := range ids {
			specs = append(specs, map[string]any{"ID": id})
		}
		return func(r *planRun) error { return r.coordinator(purge.Plan, items(purge, specs...)) }
	}
	return []comparedRun{
		{"create", func(r *asWritten) error { r.flag = flag; return r.create(s, []string{"one"}) }, created("one")},
		{"create many", func(r *asWritten) error { r.flag = flag; return r.create(s, []string{"one", "two"}) }, created("one", "two")},
		{"purge", func(r *asWritten) error { return r.purge(s, ids[:1]) }, purged(ids[0])},
		{"purge many", func(r *asWritten) error { return r.purge(s, ids) }, purged(ids...)},
	}
}

// compare runs both, each in a transaction of its own that is rolled back.
func (c comparedRun) compare(t *testing.T, conn *pgx.Conn, w *world, text string, p *plan.Package, n *tally) {
	t.Helper()
	turns, alone := outcomeOf(t, conn, w, func(db *worldDatabase) error { return c.written(&asWritten{db: db}) })
	got, log := outcomeOf(t, conn, w, func(db *worldDatabase) error { return c.planned(&planRun{db: db, world: w}) })
	n.runs.Add(1)
	if got == "error" && turns == got {
		n.failing.Add(1)
	}
	if got == turns {
		return
	}
	for _, other := range []asWritten{{stepped: true}, {reversed: true}} {
		another, _ := outcomeOf(t, conn, w, func(db *worldDatabase) error {
			run := other
			run.db = db
			return c.written(&run)
		})
		if turns != another {
			n.interleaved.Add(1)
			return
		}
	}
	explained, err := plan.Explain(p, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Errorf("%s: the plan leaves other rows than the steps do as written (-written +planned):\n%s\n%s\n%s\nas written:\n%s\nplanned:\n%s\n%s", c.what, cmp.Diff(turns, got), text, explained,
		strings.Join(alone, "\n"), strings.Join(log, "\n"), w.ddl.String())
}

var errNoRow = errors.New("there is no row")

// worldDatabase runs the queries of a world in a transaction.
type worldDatabase struct {
	ctx context.Context
	tx  pgx.Tx
	log []string
}

// run runs a query. A row of one column is its text, any other a map.
func (d *worldDatabase) run(q *worldQuery, args []any) ([]any, error) {
	d.log = append(d.log, fmt.Sprint(q.name, " ", args))
	options := []any{pgx.QueryResultFormats{pgx.TextFormatCode}}
	rows, err := d.tx.Query(d.ctx, q.numbered(), append(options, args...)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []any
	for rows.Next() {
		values := rows.RawValues()
		if len(q.columns) == 1 {
			out = append(out, string(values[0]))
			continue
		}
		row := map[string]any{}
		for i, c := range q.columns {
			row[c.name] = string(values[i])
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// outcomeOf runs something on the rows of a world, and tells the rows that it
// leaves, or that it ends in an error.
func outcomeOf(t *testing.T, conn *pgx.Conn, w *world, run func(db *worldDatabase) error) (string, []string) {
	t.Helper()
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.WithoutCancel(t.Context()))
	db := &worldDatabase{ctx: t.Context(), tx: tx}
	if err := run(db); err != nil {
		return "error", append(db.log, err.Error())
	}
	var all []string
	for _, table := range append([]string{"teams", "counters", "audit"}, w.tables...) {
		if table != "t2_child" { // its rows are among those of t2
			all = append(all, fmt.Sprintf("SELECT '%[1]s' AS name, to_jsonb(x)::text AS row FROM %[1]s x", table))
		}
	}
	found, err := tx.Query(t.Context(), strings.Join(all, " UNION ALL "))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := pgx.CollectRows(found, pgx.RowToStructByPos[worldRow])
	if err != nil {
		t.Fatal(err)
	}
	return canonical(rows), db.log
}

// worldRow is a row of a table, as JSON.
type worldRow struct{ Table, Row string }

var anyUUID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// canonical writes rows without regard to their order and to the ids that were
// drawn: an id goes by the rows that it stands in, which are told apart by the
// ids beside it, some rounds deep.
func canonical(rows []worldRow) string {
	colour := map[string]string{}
	told := func(row worldRow, self string) string {
		return row.Table + " " + anyUUID.ReplaceAllStringFunc(row.Row, func(id string) string {
			switch {
			case strings.HasPrefix(id, "10000000-0000-4000-8000-"): // of a seeded team
				return id
			case id == self:
				return "<self>"
			}
			return "<" + colour[id] + ">"
		})
	}
	for range 4 {
		next := map[string][]string{}
		for _, row := range rows {
			for _, id := range anyUUID.FindAllString(row.Row, -1) {
				next[id] = append(next[id], told(row, id))
			}
		}
		hashed := map[string]string{}
		for id, list := range next {
			slices.Sort(list)
			hashed[id] = fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(list, "\n"))))[:8]
		}
		colour = hashed
	}
	var out []string
	for _, row := range rows {
		out = append(out, told(row, ""))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}
