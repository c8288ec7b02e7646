package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// bench is a database on which one mutant after the other is played.
type bench struct {
	pool   *pgxpool.Pool // of two parties
	admin  *pgx.Conn     // looks, and prepares
	schema string        // that the database has now
}

func open(url string) (*bench, error) {
	ctx := context.Background()
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.MaxConns = 3
	// A mutant's tables are not those of the one before.
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec
	config.ConnConfig.RuntimeParams["deadlock_timeout"] = "50ms"
	config.ConnConfig.RuntimeParams["statement_timeout"] = "60s"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	admin, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	return &bench{pool: pool, admin: admin}, err
}

func (b *bench) close() {
	b.pool.Close()
	_ = b.admin.Close(context.Background())
}

// script runs several statements at once.
func (b *bench) script(sql string) error {
	_, err := b.admin.Exec(context.Background(), sql, pgx.QueryExecModeSimpleProtocol)
	return err
}

// world is one play.
type world struct {
	*bench
	request     request
	constructor constructor
	cast        cast
	columns     map[string][]string
	types       map[string]string // of the fields that callers filled
	acts        []act
	ended       bool  // it is known to differ from the original
	broken      error // of the machinery
}

// reset makes the tables anew.
func (w *world) reset(seed string) error {
	text := strings.Join(w.request.Schema, "\n")
	clear := "DROP SCHEMA public CASCADE; CREATE SCHEMA public;" + text
	if text == w.schema {
		if err := w.look(); err != nil {
			return err
		}
		clear = "TRUNCATE " + strings.Join(slices.Collect(maps.Keys(w.columns)), ", ") + " RESTART IDENTITY"
	}
	w.schema = ""
	if err := w.script(clear); err != nil {
		return fmt.Errorf("the schema: %w", err)
	}
	w.schema = text
	if err := w.script(seed); err != nil {
		return fmt.Errorf("the seed: %w", err)
	}
	return w.look()
}

// act does something and notes what it left.
func (w *world) act(name string, do func(ctx context.Context) error) {
	if w.broken != nil || w.ended {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	err := guarded(ctx, do)
	a := act{Name: name, Outcome: outcome(err)}
	if two, ok := err.(*both); ok {
		a.Outcome = outcome(two.first) + ", then " + outcome(two.second)
	}
	if err != nil {
		a.Note = note(err)
	}
	if a.Rows, err = w.rows(ctx); err != nil {
		w.broken = fmt.Errorf("reading the tables after %s: %w", name, err)
	}
	w.acts = append(w.acts, a)
	if n := len(w.acts); w.request.Want != nil {
		w.ended = n == len(w.request.Want) || a.Outcome != w.request.Want[n-1].Outcome || a.Rows != w.request.Want[n-1].Rows
	}
}

// guarded makes an error of a panic of generated code.
func guarded(ctx context.Context, do func(ctx context.Context) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return do(ctx)
}

// sql runs a statement of the application, which is no mutant's.
func (w *world) sql(name, text string, args ...any) {
	w.act(name, func(ctx context.Context) error {
		_, err := w.admin.Exec(ctx, text, args...)
		if err != nil && w.request.Want != nil {
			w.broken = fmt.Errorf("the application's own statement is refused: %s: %w", name, err)
		}
		return err
	})
}

// id finds a scope by its name, whatever the generated code says of it.
func (w *world) id(scope, name string) any {
	var id any
	err := w.admin.QueryRow(context.Background(), w.cast[scope].find, name).Scan(&id)
	if err != nil {
		return nil
	}
	if raw, ok := id.([16]byte); ok {
		return fmt.Sprintf("%x-%x-%x-%x-%x", raw[:4], raw[4:6], raw[6:8], raw[8:10], raw[10:])
	}
	return id
}

var queryName = regexp.MustCompile(`^-- name: (\w+) `)

// mutated is the statement that is sent in place of one in the code.
func (w *world) mutated(sql string) string {
	if m := queryName.FindStringSubmatch(sql); m != nil && w.request.SQL[m[1]] != "" {
		return w.request.SQL[m[1]]
	}
	return sql
}

// race has one party act until a moment, then lets another begin; the first goes
// on when the other is done, or waits for the first.
func (w *world) race(name string, when moment, first func(ctx context.Context, db *party) error, second func(ctx context.Context, db *party) error) {
	w.act(name, func(ctx context.Context) error {
		var began chan error
		one := &party{world: w}
		other, err := w.pool.Acquire(ctx)
		if err != nil {
			return err
		}
		defer other.Release()
		pid := other.Conn().PgConn().PID()
		one.after = func(n int, sql string, last bool) {
			if began != nil || !when(n, sql, last) {
				return
			}
			began = make(chan error, 1)
			go func() {
				began <- guarded(ctx, func(ctx context.Context) error { return second(ctx, &party{world: w, conn: other}) })
			}()
			w.settled(ctx, pid, began)
		}
		err = guarded(ctx, func(ctx context.Context) error { return first(ctx, one) })
		if began == nil {
			return errors.Join(err, errors.New("the moment did not come"))
		}
		return &both{err, <-began}
	})
}

// both are the errors of two parties, either of them nil.
type both struct{ first, second error }

func (b *both) Error() string { return errors.Join(b.first, b.second).Error() }

func (b *both) Unwrap() []error {
	return slices.DeleteFunc([]error{b.first, b.second}, func(err error) bool { return err == nil })
}

func outcome(err error) string {
	if err == nil {
		return "done"
	}
	return "refused"
}

// settled returns when the other party is done, or waits for a lock.
func (w *world) settled(ctx context.Context, pid uint32, done chan error) {
	for ctx.Err() == nil {
		if len(done) > 0 {
			return
		}
		var waits bool
		err := w.admin.QueryRow(ctx, `SELECT wait_event_type IS NOT DISTINCT FROM 'Lock' FROM pg_stat_activity, pg_sleep(0.002) WHERE pid = $1`, pid).Scan(&waits)
		if err != nil || waits {
			return
		}
	}
}

// moment says behind which statement of the first party the other begins; last
// is true for the moment before COMMIT.
type moment func(n int, sql string, last bool) bool

func behind(n int) moment { return func(i int, _ string, last bool) bool { return i >= n || last } }

func atTheEnd(_ int, _ string, last bool) bool { return last }

// reading is the moment behind the first statement that reads one of the tables.
func reading(tables ...string) moment {
	return func(_ int, sql string, last bool) bool {
		return last || slices.ContainsFunc(tables, func(t string) bool { return regexp.MustCompile(`FROM ` + t + `\b`).MatchString(sql) })
	}
}
