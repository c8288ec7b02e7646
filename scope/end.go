package scope

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

// readEnd reads the answer to COMMIT, or to RELEASE, which was sent with the
// statements. Once it is read the transaction has ended, whatever happens to the
// connection then.
func (tx *Tx) readEnd(ctx context.Context, results pgx.BatchResults) error {
	ended, err := tx.takeEnd(results)
	if ended {
		tx.ended = true
		return nil
	}
	if tx.runner.Joined() {
		err = tx.commitError(ctx, tx.closingPhase(), err)
	} else {
		err = tx.outcome(ctx, tx.closingPhase(), err)
	}
	e, _ := asType[*Error](err)
	return tx.fail(e)
}

// takeEnd takes the answer to COMMIT, or to RELEASE, and reports whether it says
// that this was done.
func (tx *Tx) takeEnd(results pgx.BatchResults) (ended bool, err error) {
	tag, err := results.Exec()
	if err != nil {
		return false, err
	}
	if tag.String() == "COMMIT" || tx.runner.Joined() && tag.String() == "RELEASE" {
		return true, nil
	}
	return false, pgx.ErrTxCommitRollback
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
	if _, early := asType[pgx.ErrPreprocessingBatch](err); early {
		return failure // nothing was sent
	}
	for rest := r.statements() - rep.answers; rest > 0; rest-- {
		if _, err = rep.results.Exec(); err != nil {
			break
		}
	}
	// Of an error of the driver or the server, this gives that error again.
	if tx.ended, err = tx.takeEnd(rep.results); tx.ended || tx.runner.Joined() || !isUnknown(err) {
		return failure
	}
	e := tx.transactionError(ctx, tx.closingPhase(), errors.Join(failure, err))
	e.own, e.generic = nil, ErrCommitUnknown
	tx.failure = e
	return e
}

// afterEnd tells of a failure after COMMIT had travelled with the last flush:
// the rows are there.
func (tx *Tx) afterEnd(err error) error {
	if e, ok := err.(*Error); ok {
		told := *e
		told.Committed = true
		return &told
	}
	e := tx.transactionError(context.Background(), "after COMMIT", err)
	e.Committed = true
	return e
}
