package scopetest_test

import (
	"context"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope"
)

// edit is one change of the text of one query.
type edit struct {
	query    string // its name, or the statement itself where it has none
	old, new string
}

// rewriting changes queries on their way to the server, so that the coordinator
// that issues them is the generated one minus exactly that.
type rewriting struct {
	edits []edit
	level pgx.TxIsoLevel // of transactions that are begun; empty for the one asked for

	mu   sync.Mutex
	done map[edit]bool // those that changed something
}

func (r *rewriting) sql(sql string) string {
	for _, e := range r.edits {
		if !strings.HasPrefix(sql, "-- name: "+e.query+" ") && sql != e.query {
			continue
		}
		changed := strings.Replace(sql, e.old, e.new, 1)
		if changed != sql {
			r.mu.Lock()
			r.done[e] = true
			r.mu.Unlock()
		}
		sql = changed
	}
	return sql
}

// unused returns the queries whose text was not found.
func (r *rewriting) unused() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var names []string
	for _, e := range r.edits {
		if !r.done[e] {
			names = append(names, e.query)
		}
	}
	return names
}

// on returns db with the changes made.
func (r *rewriting) on(db scope.DB) scope.DB {
	if len(r.edits) == 0 && r.level == "" {
		return db
	}
	if tx, ok := db.(pgx.Tx); ok {
		return rewritingTx{Tx: tx, rules: r}
	}
	return rewritingDB{db: db.(beginner), rules: r}
}

type beginner interface {
	scope.DB
	BeginTx(ctx context.Context, opts pgx.TxOptions) (pgx.Tx, error)
}

type rewritingDB struct {
	db    beginner
	rules *rewriting
}

func (d rewritingDB) Begin(ctx context.Context) (pgx.Tx, error) {
	return d.BeginTx(ctx, pgx.TxOptions{})
}

func (d rewritingDB) BeginTx(ctx context.Context, opts pgx.TxOptions) (pgx.Tx, error) {
	if d.rules.level != "" {
		opts.IsoLevel = d.rules.level
	}
	tx, err := d.db.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	return rewritingTx{Tx: tx, rules: d.rules}, nil
}

type rewritingTx struct {
	pgx.Tx
	rules *rewriting
}

func (t rewritingTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return t.Tx.Exec(ctx, t.rules.sql(sql), args...)
}

func (t rewritingTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return t.Tx.Query(ctx, t.rules.sql(sql), args...)
}

func (t rewritingTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return t.Tx.QueryRow(ctx, t.rules.sql(sql), args...)
}

func (t rewritingTx) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	for _, q := range batch.QueuedQueries {
		q.SQL = t.rules.sql(q.SQL)
	}
	return t.Tx.SendBatch(ctx, batch)
}
