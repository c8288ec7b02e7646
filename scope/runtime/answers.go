package runtime

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope/internal/fault"
)

// send sends what was recorded and has each function that recorded a statement
// read its answer; with ends, the transaction ends with it.
func (r *recorder) send(ctx context.Context, queue []queued, ends bool) (err error) {
	tx, start := r.op.tx, time.Now()
	if r.statements() == 0 {
		for _, q := range queue {
			_ = r.settled(q.step, time.Since(start), nil)
		}
		return nil
	}
	defer func() {
		if err != nil {
			tx.forget(err) // pgx prepares the statements anew
		}
	}()
	batch, opens := &pgx.Batch{QueuedQueries: r.queries[1:]}, !tx.open
	if opens {
		r.queries[0] = &pgx.QueuedQuery{SQL: tx.opening()}
		batch.QueuedQueries = r.queries
	}
	if ends {
		if tx.link.Conn().IsClosed() { // for certain before anything is sent
			return tx.fail(tx.transactionError(ctx, tx.openingPhase(), pgconn.ErrConnClosed))
		}
		batch.Queue(tx.closing())
	}
	results := tx.link.SendBatch(ctx, batch)
	defer func() { _ = results.Close() }() // reads what is left; its error was reported at its statement
	rep := &replayer{ctx: ctx, op: r.op, results: results, known: r.known}
	if opens {
		if _, err := results.Exec(); err != nil {
			return r.failed(ctx, rep, ends, err, r.notOpened(ctx, queue, err))
		}
		tx.open = true
	}
	for i, q := range queue {
		var err error
		if !r.silent[i] {
			err = rep.call(q)
		}
		step := q.step
		if err != nil && rep.answers == 1 {
			if culprit, found := r.culprit(queue, err); found {
				step = culprit
			}
		}
		if failure := r.settled(step, time.Since(start), err); failure != nil {
			return r.failed(ctx, rep, ends, err, failure)
		}
	}
	if ends {
		err = tx.readEnd(ctx, results)
	} else if err = results.Close(); err != nil {
		err = tx.fail(tx.transactionError(ctx, "reading the answers of a flush", err))
	}
	return err
}

// notOpened tells of an error that came instead of the answer to the opening: the
// opening's own, or that of a statement that could not be prepared or encoded,
// because of which nothing was sent.
func (r *recorder) notOpened(ctx context.Context, queue []queued, err error) error {
	if step, found := r.culprit(queue, err); found {
		return r.settled(step, 0, err)
	}
	tx := r.op.tx
	return tx.fail(tx.transactionError(ctx, tx.openingPhase(), err))
}

// culprit finds the step whose statement could not be prepared or encoded. pgx
// says which SQL it was, and in mode exec not even that. Statements of the same
// SQL have arguments of the same types: when one cannot be encoded on account of
// its type none can, and the first was tried first; on account of its value, it
// most likely cannot be encoded as text either.
func (r *recorder) culprit(queue []queued, err error) (step Step, found bool) {
	early, bySQL := fault.As[pgx.ErrPreprocessingBatch](err)
	_, fromServer := fault.As[*pgconn.PgError](err)
	if errors.Is(err, pgx.ErrTxClosed) {
		return Step{}, false // the connection, and its types, may be another's
	}
	if !bySQL && (fromServer || r.op.tx.runner.mode != pgx.QueryExecModeExec) {
		return Step{}, false
	}
	var encoding pgx.ExtendedQueryBuilder
	types, statements := r.op.tx.link.Conn().TypeMap(), r.queries[1:]
	for i, q := range queue {
		if r.silent[i] {
			continue
		}
		statement := statements[0]
		statements = statements[1:]
		if bySQL && statement.SQL != early.SQL() {
			continue
		}
		if bySQL && !found {
			step, found = q.step, true
		}
		if !fromServer && encoding.Build(types, nil, statement.Arguments) != nil {
			return q.step, true
		}
	}
	return step, found
}

// replayer is a DBTX that answers each statement from the results of a batch.
type replayer struct {
	ctx     context.Context
	op      *Op
	results pgx.BatchResults
	known   columns // of the connection; nil where nothing is learnt
	answers int     // taken from the results so far

	// Of the function that is called.
	step     Step
	issued   int
	sql      string
	rows     pgx.Rows
	copy     *copied // nil unless its rows are copied
	reported error   // by the server
}

// call has a function read its answer. The error of a function that dropped the
// server's is the server's: the transaction has failed, and what comes behind
// would be told as the failure.
func (r *replayer) call(q queued) error {
	r.step, r.issued, r.rows, r.copy, r.reported = q.step, 0, nil, q.copy, nil
	r.op.via = r
	err := q.call(r.ctx)
	r.op.via = nil
	if r.rows != nil {
		r.rows.Close() // a function that failed may have read some of them only
	}
	switch {
	case err != nil:
		return err
	case r.issued > 1:
		return errTwoStatements
	case r.issued == 0:
		return errReplay
	case r.reported == nil && r.rows != nil:
		return r.note(r.rows.Err())
	default:
		return r.reported
	}
}

// next counts the answer of one statement; a function has one.
func (r *replayer) next(sql string) bool {
	if r.issued++; r.issued > 1 {
		return false
	}
	r.answers++
	r.sql = sql
	return true
}

func (r *replayer) note(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := fault.As[*pgconn.PgError](err); ok {
		r.reported = err
		r.op.tx.note(r.op.stepError(r.ctx, r.step, err))
	}
	return err
}

func (r *replayer) Exec(_ context.Context, sql string, _ ...any) (pgconn.CommandTag, error) {
	if !r.next(sql) {
		return pgconn.CommandTag{}, errTwoStatements
	}
	tag, err := r.results.Exec()
	return tag, r.note(err)
}

func (r *replayer) Query(_ context.Context, sql string, _ ...any) (pgx.Rows, error) {
	if !r.next(sql) {
		return refusing{errTwoStatements}.results().Query()
	}
	rows, err := r.results.Query()
	if err == nil && r.known != nil {
		r.known.learn(sql, rows.FieldDescriptions())
		rows = &keptRows{Rows: rows}
	}
	if err == nil {
		rows = r.copy.watch(rows)
	}
	r.rows = rows
	return rows, r.note(err)
}

func (r *replayer) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if !r.next(sql) {
		return refusing{errTwoStatements}.QueryRow(ctx, sql, args...)
	}
	return (*replayedRow)(r)
}

func (r *replayer) CopyFrom(context.Context, pgx.Identifier, []string, pgx.CopyFromSource) (int64, error) {
	r.issued = 2
	return 0, errReplay
}

func (r *replayer) SendBatch(_ context.Context, b *pgx.Batch) pgx.BatchResults {
	r.issued = 2
	return pgx.FailedBatchResults(b, errReplay)
}

// replayedRow is the row of the statement whose answer is next.
type replayedRow replayer

func (r *replayedRow) Scan(dest ...any) error {
	rep := (*replayer)(r)
	if r.known == nil && r.copy == nil {
		return rep.note(r.results.QueryRow().Scan(dest...))
	}
	return rep.note(rep.scanKept(dest))
}

// scanKept does what the Scan of pgx's own row does, with three differences: it
// notes the types of the columns, an answer that does not decode leaves the
// answers behind it readable, COMMIT's among them, and all rows that are copied
// are counted.
func (r *replayer) scanKept(dest []any) error {
	rows, err := r.results.Query()
	if err != nil {
		return err
	}
	if r.known != nil {
		r.known.learn(r.sql, rows.FieldDescriptions())
	}
	rows = r.copy.watch(rows)
	found := rows.Next()
	if found {
		err = pgx.ScanRow(rows.TypeMap(), rows.FieldDescriptions(), rows.RawValues(), dest...)
	}
	for r.copy != nil && rows.Next() {
	}
	rows.Close()
	switch {
	case rows.Err() != nil:
		return rows.Err()
	case !found:
		return pgx.ErrNoRows
	default:
		return err
	}
}
