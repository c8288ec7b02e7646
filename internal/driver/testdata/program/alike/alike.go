// Package alike holds one call against the call for many: whatever function of
// the application fails, and whatever table is empty, both leave the same rows, on a
// fresh connection and on one that has run the same call before.
package alike

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/specgen-dev/specgen/scope"
)

// failing is the function of the application that fails now.
var failing string

var errMade = errors.New("made to fail")

// Fails is what a function of the application begins with.
func Fails(name string) error {
	if name == failing {
		return errMade
	}
	return nil
}

// Empties begins the name of a failure that is no function's: the table behind it is
// empty.
const Empties = "empty "

// Call makes a call of a script. It is made in every way first, with each of the
// functions failing, and what that leaves is undone.
func Call[S, T any](
	ctx context.Context, pool *pgxpool.Pool, functions []string, spec S,
	one func(context.Context, scope.DB, S) (T, error), many func(context.Context, scope.DB, S) ([]T, error), real func(S) (T, error),
) (T, error) {
	calls := []struct {
		name string
		run  func(context.Context, scope.DB) error
	}{
		{"one", func(ctx context.Context, db scope.DB) error { _, err := one(ctx, db, spec); return err }},
		{"many", func(ctx context.Context, db scope.DB) error { _, err := many(ctx, db, spec); return err }},
	}
	s := save(ctx, pool)
	defer s.drop(ctx)
	for _, function := range functions {
		var first outcome
		for _, call := range calls {
			for _, state := range []string{"fresh", "warm"} {
				name := fmt.Sprintf("%T: %s fails: %s on a %s connection", spec, function, call.name, state)
				got := s.try(ctx, function, state == "warm", call.run)
				if got.err != nil && !got.committed && got.rows != got.before {
					fail("%s: it failed, and left rows: %v", name, got.err)
				}
				if first.name == "" {
					first = got
					first.name = name
				}
				if shape(got.rows) != shape(first.rows) || (got.err == nil) != (first.err == nil) {
					fail("not alike:\n%s: %v\n%s\n%s: %v\n%s", first.name, first.err, first.rows, name, got.err, got.rows)
				}
			}
		}
	}
	return real(spec)
}

// fail ends the script. A script may recover, so it is told beside it, too.
func fail(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	fmt.Fprintln(os.Stderr, text)
	panic(text)
}

// outcome is what a call gave and left.
type outcome struct {
	name      string
	before    string
	rows      string
	err       error
	committed bool
}

// try makes a call on a connection of its own, while a function fails.
func (s *state) try(ctx context.Context, function string, warm bool, call func(context.Context, scope.DB) error) outcome {
	config := s.pool.Config()
	config.MaxConns = 1
	pool := must(pgxpool.NewWithConfig(ctx, config))
	defer pool.Close()
	for range 2 {
		if warm {
			_ = recovered(func() error { return call(ctx, pool) })
			s.restore(ctx)
		}
	}
	if table, ok := strings.CutPrefix(function, Empties); ok {
		s.run(ctx, func(add func(string, ...any)) {
			add("SET session_replication_role = replica")
			add("DELETE FROM %s", table)
			add("SET session_replication_role = origin")
		})
	}
	failing = function
	defer func() { failing = "" }()
	got := outcome{before: s.read(ctx)}
	got.err = recovered(func() error { return call(ctx, pool) })
	var e *scope.Error
	got.committed = errors.As(got.err, &e) && e.Committed
	var p panicked
	if errors.As(got.err, &p) {
		got.committed = true // it cannot be told; both must be alike
	}
	got.rows = s.read(ctx)
	s.restore(ctx)
	return got
}

// panicked is the panic of a function, as an error.
type panicked struct{ value any }

func (p panicked) Error() string { return fmt.Sprint("panic: ", p.value) }

func recovered(call func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked{p}
		}
	}()
	return call()
}

// state is what all tables of a database hold.
type state struct {
	pool   *pgxpool.Pool
	tables []string
	rows   string
}

func save(ctx context.Context, pool *pgxpool.Pool) *state {
	s := &state{pool: pool}
	rows := must(pool.Query(ctx, `SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'saved') ORDER BY 1`))
	s.tables = must(pgx.CollectRows(rows, pgx.RowTo[string]))
	s.run(ctx, func(add func(string, ...any)) {
		add("CREATE SCHEMA saved")
		for i, t := range s.tables {
			add("CREATE TABLE saved.t%d AS TABLE %s", i, t)
		}
	})
	s.rows = s.read(ctx)
	return s
}

func (s *state) drop(ctx context.Context) {
	s.run(ctx, func(add func(string, ...any)) { add("DROP SCHEMA saved CASCADE") })
}

// read spells every row.
func (s *state) read(ctx context.Context) string {
	var parts []string
	for _, t := range s.tables {
		parts = append(parts, fmt.Sprintf("SELECT '%s ' || x::text FROM %s x", strings.ReplaceAll(t, "'", "''"), t))
	}
	rows := must(s.pool.Query(ctx, strings.Join(parts, " UNION ALL ")+" ORDER BY 1"))
	return strings.Join(must(pgx.CollectRows(rows, pgx.RowTo[string])), "\n")
}

// restore makes the tables again what they were.
func (s *state) restore(ctx context.Context) {
	if s.read(ctx) == s.rows {
		return
	}
	s.run(ctx, func(add func(string, ...any)) {
		add("SET session_replication_role = replica")
		for i, t := range s.tables {
			add("DELETE FROM %s", t)
			add("INSERT INTO %s OVERRIDING SYSTEM VALUE SELECT * FROM saved.t%d", t, i)
		}
		add("SET session_replication_role = origin")
	})
}

func (s *state) run(ctx context.Context, statements func(add func(string, ...any))) {
	var list []string
	statements(func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) })
	must(s.pool.Exec(ctx, strings.Join(list, ";\n"), pgx.QueryExecModeSimpleProtocol))
}

var drawn = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+`)

// shape leaves out what each call draws anew: ids and numbers.
func shape(rows string) string {
	lines := strings.Split(drawn.ReplaceAllString(rows, "#"), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
