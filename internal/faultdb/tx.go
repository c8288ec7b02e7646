package faultdb

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// faultyTx is a transaction of pgx, but for the methods that issue statements.
type faultyTx struct {
	pgx.Tx
	db *DB
}

func (t faultyTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if !t.db.strike() {
		return t.Tx.Exec(ctx, sql, args...)
	}
	if t.db.fault == Refused {
		return t.Tx.Exec(ctx, refusal)
	}
	_, err := t.Tx.Exec(ctx, sql, args...)
	return pgconn.CommandTag{}, lost(err)
}

func (t faultyTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if !t.db.strike() {
		return t.Tx.Query(ctx, sql, args...)
	}
	if t.db.fault == Refused {
		return t.Tx.Query(ctx, refusal)
	}
	_, err := t.Tx.Exec(ctx, sql, args...)
	return failed(lost(err)).Query()
}

func (t faultyTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if !t.db.strike() {
		return t.Tx.QueryRow(ctx, sql, args...)
	}
	if t.db.fault == Refused {
		return t.Tx.QueryRow(ctx, refusal)
	}
	_, err := t.Tx.Exec(ctx, sql, args...)
	return failed(lost(err)).QueryRow()
}

func (t faultyTx) CopyFrom(
	ctx context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource,
) (int64, error) {
	if !t.db.strike() {
		return t.Tx.CopyFrom(ctx, table, columns, rows)
	}
	if t.db.fault == Refused {
		_, err := t.Tx.Exec(ctx, refusal)
		return 0, err
	}
	_, err := t.Tx.CopyFrom(ctx, table, columns, rows)
	return 0, lost(err)
}

// SendBatch counts the statements of the batch one by one.
func (t faultyTx) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	struck := false
	for _, q := range batch.QueuedQueries {
		if !t.db.strike() {
			continue
		}
		struck = true
		if t.db.fault == Refused {
			q.SQL, q.Arguments = refusal, nil
		}
	}
	results := t.Tx.SendBatch(ctx, batch)
	if !struck || t.db.fault == Refused {
		return results
	}
	return failed(lost(results.Close()))
}

// Commit fails for certain: were its answer lost, nobody could tell what is in
// the database.
func (t faultyTx) Commit(ctx context.Context) error {
	if t.db.strike() {
		// The server then answers ROLLBACK to COMMIT.
		_, _ = t.Tx.Exec(ctx, refusal)
	}
	return t.Tx.Commit(ctx)
}

// lost is the error of a statement that was executed. An error of its own is not
// hidden: the test would then fail at another point than it says.
func lost(err error) error {
	if err != nil {
		return err
	}
	return errLost
}

// failed gives an error as rows and as a row.
func failed(err error) pgx.BatchResults { return pgx.FailedBatchResults(&pgx.Batch{}, err) }
