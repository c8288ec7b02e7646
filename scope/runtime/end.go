package runtime

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/specgen-dev/specgen/scope"
	"github.com/specgen-dev/specgen/scope/internal/fault"
)

// answered says what the answer to COMMIT, or to RELEASE, means: nil when it says
// that this was done. pgx gives the tag beside an error, and the tag decides. The
// server completes COMMIT, and only then looks at a signal that came meanwhile,
// when it logs the statement (log_min_duration_statement, log_duration): then
// CommandComplete is followed by 57P01 or 57014. A proxy may lose the server
// there, and the context may be done.
func (tx *Tx) answered(tag pgconn.CommandTag, err error) error {
	done := "COMMIT"
	if tx.runner.Joined() {
		done = "RELEASE"
	}
	switch {
	case tag.String() == done:
		return nil
	case tag.String() == "ROLLBACK":
		return pgx.ErrTxCommitRollback
	case err == nil:
		return errNoTag
	default:
		return err
	}
}

var errNoTag = fault.New("the server's answer to COMMIT is neither COMMIT nor ROLLBACK", nil)

// readEnd reads the answer to COMMIT, or to RELEASE, which was sent with the
// statements. Once it is read the transaction has ended, whatever happens to the
// connection then. The caller's transaction, of which RELEASE is a statement
// among others, has failed by an error that follows.
func (tx *Tx) readEnd(ctx context.Context, results pgx.BatchResults) error {
	err := tx.takeEnd(results)
	if tx.ended {
		if err = results.Close(); err != nil {
			tx.forget(err) // pgx prepares the statements anew
		}
	}
	switch {
	case err == nil, tx.ended && !tx.runner.Joined():
		return nil
	case tx.runner.Joined():
		err = tx.commitError(ctx, tx.closingPhase(), err)
	default:
		err = tx.outcome(ctx, tx.closingPhase(), err)
	}
	e, _ := fault.As[*scope.Error](err)
	return tx.fail(e)
}

// takeEnd takes the answer to COMMIT, or to RELEASE, and notes whether it says
// that this was done.
func (tx *Tx) takeEnd(results pgx.BatchResults) error {
	tag, err := results.Exec()
	err = tx.answered(tag, err)
	tx.ended = err == nil
	return err
}

// failed returns the failure of a step or of the opening, made of err, unless the
// end travelled with it: then it finds out whether the transaction ended all the
// same. When the server reported an error it did not: what came behind was
// skipped. An answer that did not decode, or that a function refused, against
// what [Flush.MayEnd] promises, does not undo a COMMIT, so its answer is read.
// When the connection is lost nobody knows.
func (r *recorder) failed(ctx context.Context, rep *replayer, ends bool, err, failure error) error {
	tx := r.op.tx
	if !ends {
		return failure
	}
	if _, early := fault.As[pgx.ErrPreprocessingBatch](err); early {
		return failure // nothing was sent
	}
	for rest := r.statements() - rep.answers; rest > 0; rest-- {
		if _, err = rep.results.Exec(); err != nil {
			break
		}
	}
	// Of an error of the driver or the server, this gives that error again.
	if err = tx.takeEnd(rep.results); tx.ended || tx.runner.Joined() || !isUnknown(err) {
		return failure
	}
	e := tx.transactionError(ctx, tx.closingPhase(), errors.Join(failure, err))
	e.Own, e.Sentinel = nil, scope.ErrCommitUnknown
	tx.failure = e
	return e
}

// afterEnd tells of a failure after COMMIT had travelled with the last flush:
// the rows are there.
func (tx *Tx) afterEnd(err error) error {
	if e, ok := err.(*scope.Error); ok {
		told := *e
		told.Committed = true
		return &told
	}
	e := tx.transactionError(context.Background(), "after COMMIT", err)
	e.Committed = true
	return e
}
