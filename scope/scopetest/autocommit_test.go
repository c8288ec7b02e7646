package scopetest_test

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope"
)

// autocommit returns db without its transactions: each statement is one of its
// own. A caller's transaction stays what it is.
func autocommit(db scope.DB) scope.DB {
	if _, joined := db.(pgx.Tx); joined {
		return db
	}
	return autocommitDB{db.(beginner)}
}

type autocommitDB struct{ beginner }

func (d autocommitDB) BeginTx(ctx context.Context, opts pgx.TxOptions) (pgx.Tx, error) {
	tx, err := d.beginner.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	return &autocommitTx{Tx: tx, db: d.beginner}, nil
}

// autocommitTx has the transaction of the statement that comes next.
type autocommitTx struct {
	pgx.Tx
	db beginner
}

func (t *autocommitTx) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	return &autocommitResults{
		BatchResults: pgx.FailedBatchResults(&pgx.Batch{}, pgx.ErrTxClosed), ctx: ctx, tx: t, queue: batch.QueuedQueries,
	}
}

type autocommitResults struct {
	pgx.BatchResults
	ctx   context.Context
	tx    *autocommitTx
	queue []*pgx.QueuedQuery
	open  pgx.BatchResults // of the statement issued last
	err   error
}

// next ends the transaction of the statement before, and issues one in the next.
func (r *autocommitResults) next() pgx.BatchResults {
	if r.settle(); r.err != nil {
		return pgx.FailedBatchResults(&pgx.Batch{}, r.err)
	}
	r.open = r.tx.Tx.SendBatch(r.ctx, &pgx.Batch{QueuedQueries: r.queue[:1]})
	r.queue = r.queue[1:]
	return r.open
}

func (r *autocommitResults) settle() {
	if r.open == nil {
		return
	}
	r.err, r.open = r.open.Close(), nil
	if r.err != nil {
		return
	}
	if r.err = r.tx.Tx.Commit(r.ctx); r.err == nil {
		var tx pgx.Tx
		if tx, r.err = r.tx.db.BeginTx(r.ctx, pgx.TxOptions{}); r.err == nil {
			r.tx.Tx = tx
		}
	}
}

func (r *autocommitResults) Exec() (pgconn.CommandTag, error) { return r.next().Exec() }

func (r *autocommitResults) Query() (pgx.Rows, error) { return r.next().Query() }

func (r *autocommitResults) QueryRow() pgx.Row { return r.next().QueryRow() }

func (r *autocommitResults) Close() error {
	for r.settle(); r.err == nil && len(r.queue) > 0; r.settle() {
		_, _ = r.next().Exec()
	}
	return r.err
}
